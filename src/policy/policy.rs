//! The policy: the parameters in force, and every question that may be asked of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use toml::Value;

use arbiter_model::case::Case;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;
use arbiter_rules::Terms;

use crate::compare::{Difference, MixturePart, ParameterChange, changes, differences, mixed, parts};
use crate::effective::{EffectivePeriod, EffectivePeriods, Labels, ParameterValue, price_bounds, values_for};
use crate::overlays::{Cited, Overlay, fault_of};
use crate::parameters::{General, catalogue};
use crate::resolve::{Leaves, Resolved, Version, in_force, standard, table};
use crate::text::{Wrong, day};
use crate::written::{InForce, complete_file};

/// The parameters in force: for every rule its versions by date.
#[derive(Clone)]
pub struct Policy {
    resolved: Resolved,
    general: General,
    periods: EffectivePeriods,
    labels: Labels,
    changed: Vec<ParameterChange>,
}

impl PartialEq for Policy {
    /// Whether they are written the same: values, dates, conditions, texts, and where they come from.
    fn eq(&self, other: &Self) -> bool {
        self.to_toml() == other.to_toml()
    }
}

impl std::fmt::Debug for Policy {
    /// What differs from the standard.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy").field("changed", &self.changed).finish_non_exhaustive()
    }
}

impl Policy {
    /// The standard parameters alone.
    ///
    /// # Errors
    ///
    /// None that a release can have: the embedded file is checked by the tests.
    pub fn standard() -> Result<Self, Fault> {
        Self::with(&[])
    }

    /// The standard parameters with overlays laid over them, later ones over earlier ones.
    ///
    /// # Errors
    ///
    /// All that is wrong with the overlays, by themselves and together, each with its place.
    pub fn with(overlays: &[Overlay]) -> Result<Self, Fault> {
        Self::laid_over(standard()?.clone(), overlays)
    }

    /// These parameters with overlays laid over them, later ones over earlier ones.
    ///
    /// # Errors
    ///
    /// All that is wrong with the overlays, by themselves and together, each with its place.
    pub fn and(&self, overlays: &[Overlay]) -> Result<Self, Fault> {
        Self::laid_over(self.resolved.clone(), overlays)
    }

    fn laid_over(mut resolved: Resolved, overlays: &[Overlay]) -> Result<Self, Fault> {
        let mut wrongs: Vec<Wrong> = Vec::new();
        for overlay in overlays {
            resolved.lay_over(overlay, &mut wrongs);
        }
        resolved.settle(&mut wrongs);
        match fault_of(&wrongs, &overlays.iter().collect::<Vec<_>>()) {
            Some(fault) => Err(fault),
            None => Self::of(resolved),
        }
    }

    fn of(resolved: Resolved) -> Result<Self, Fault> {
        let defect = |problem: String| Fault::new(FaultKind::Defect, problem).at("policy");
        let general = table(&catalogue().general, &resolved.general);
        let general: General = general.try_into().map_err(|error: toml::de::Error| defect(error.to_string()))?;
        let periods = EffectivePeriods::of(&resolved).map_err(defect)?;
        let labels = Labels::of(&resolved, &periods);
        let changed = changes(standard()?, &resolved);
        Ok(Self { resolved, general, periods, labels, changed })
    }

    /// The parameters that one case is decided under in a run: those in force on its governing date,
    /// with the segments that hold for it.
    pub fn terms_for(&self, case: &Case, as_of: Instant) -> &Terms {
        self.period_of(case, as_of).terms(&self.resolved, case)
    }

    /// The parameters that hold for a run as a whole rather than for one case: those about buyers'
    /// records. They are governed by the as-of.
    pub fn terms_of_run(&self, as_of: Instant) -> &Terms {
        self.periods.at(as_of).plain()
    }

    fn period_of(&self, case: &Case, as_of: Instant) -> &EffectivePeriod {
        self.periods.at(self.general.governed_by.date(case, as_of))
    }

    /// By which versions of its parameters rules decided a case: `colour_mismatch@2026-01-01`, with the
    /// segment that held for the case where one did, `colour_mismatch@2026-01-01#1`; several joined by `;`.
    pub fn versions_for<'a>(
        &self,
        case: &Case,
        as_of: Instant,
        rules: impl IntoIterator<Item = &'a str>,
    ) -> Cow<'_, str> {
        let governing = self.periods.index_at(self.general.governed_by.date(case, as_of));
        let period = self.periods.get(governing);
        let mut rules = rules.into_iter();
        let (first, second) = (rules.next(), rules.next());
        if let (Some(rule), None, true) = (first, second, period.segmented.is_empty())
            && let Some(label) = self.labels.alone(governing, rule)
        {
            return Cow::Borrowed(label);
        }
        let choice = (!period.segmented.is_empty()).then(|| period.choose(&self.resolved, case));
        let rules = first.into_iter().chain(second).chain(rules);
        Cow::Owned(self.labels.joined(rules, period, self.periods.at(as_of), choice.as_ref()))
    }

    /// The values at and below a dotted path that a case is decided by: `colour_mismatch` for all of a
    /// rule's, `returns.posting_cost` for one in every currency. None for a path that leads nowhere.
    pub fn values_for(&self, path: &str, case: &Case, as_of: Instant) -> Vec<ParameterValue> {
        values_for(&self.resolved, path, case, self.period_of(case, as_of), self.periods.at(as_of))
    }

    /// The prices of the goods at which segments begin or end, of whatever currency.
    pub fn price_bounds(&self) -> Vec<Money> {
        price_bounds(&self.resolved)
    }

    /// What differs from the standard, in the order of the catalogue.
    pub fn changed(&self) -> &[ParameterChange] {
        &self.changed
    }

    /// What differs in another policy, in the order of the catalogue.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        differences(&self.resolved, &other.resolved)
    }

    /// What of another set of parameters differs, in the order of the catalogue.
    pub fn parts(&self, other: &Self) -> Vec<MixturePart> {
        parts(&self.resolved, &other.resolved)
    }

    /// These parameters with some parts of another set, which [`parts`](Self::parts) has told.
    ///
    /// # Errors
    ///
    /// None that two sets in order can cause.
    pub fn mixed<'p>(&self, other: &Self, parts: impl IntoIterator<Item = &'p MixturePart>) -> Result<Self, Fault> {
        Self::of(mixed(&self.resolved, &other.resolved, parts))
    }

    /// A rule's versions, by date; none for a rule without parameters.
    pub fn versions(&self, rule: &str) -> &[Version] {
        catalogue().rule(rule).map_or(&[], |(place, _)| &self.resolved.rules[place])
    }

    /// The value of a parameter, by its dotted path (an end of a `[low, high]` by its name), that is in
    /// force at a date, outside of segments; with where it comes from.
    pub fn value(&self, path: &str, at: Instant) -> Option<(Value, &str)> {
        let (rule, inner) = path.split_once('.')?;
        let leaves: &Leaves = match rule {
            "policy" => &self.resolved.general,
            _ => &in_force(self.versions(rule), at)?.leaves,
        };
        let inner: Vec<String> = inner.split('.').map(str::to_owned).collect();
        if let Some(leaf) = leaves.get(&inner) {
            return Some((leaf.value.clone(), &leaf.origin));
        }
        let (last, pair) = inner.split_last()?;
        let leaf = leaves.get(pair)?;
        let end = ["low", "high"].iter().position(|name| name == last)?;
        Some((leaf.value.get(end)?.clone(), &leaf.origin))
    }

    /// What is cited for the values of `[policy]`: their sources and reasons.
    pub(crate) fn general_cited(&self) -> [&Cited; 2] {
        [&self.resolved.general_source, &self.resolved.general_reason]
    }

    /// All parameters as one policy file, complete, with where each value comes from. Read back and laid
    /// over anything, it gives the same policy, and the same file.
    pub fn to_toml(&self) -> String {
        complete_file(&self.resolved)
    }

    /// What a decision under this policy can rest on, whatever way it came about: the values of all
    /// versions and segments, with their dates and conditions.
    pub fn in_force(&self) -> InForce<'_> {
        InForce(&self.resolved)
    }

    /// A hash of [`in_force`](Self::in_force).
    pub fn hash(&self) -> String {
        // Everything in it is in an order of its own, so equal parameters give equal bytes.
        let values = serde_json::to_vec(&self.in_force()).unwrap_or_default();
        blake3::hash(&values).to_hex().to_string()
    }

    /// The versions in force at an instant whose last review is longer ago than
    /// `policy.review_months`, each with the day of that review.
    pub fn overdue_reviews(&self, as_of: Instant) -> Vec<String> {
        let today = as_of.date();
        let mut overdue: BTreeMap<chrono::NaiveDate, Vec<String>> = BTreeMap::new();
        for (group, versions) in catalogue().rules.iter().zip(&self.resolved.rules) {
            let Some(version) = in_force(versions, as_of) else { continue };
            if self.general.review_months.after(version.reviewed_on) < today {
                let label = format!("{}@{}", group.name, day(version.effective_from));
                overdue.entry(version.reviewed_on).or_default().push(label);
            }
        }
        let line = |(reviewed, labels): (chrono::NaiveDate, Vec<String>)| {
            let since = self.general.review_months;
            format!("parameters not reviewed for more than {since}, last on {reviewed}: {}", labels.join(", "))
        };
        overdue.into_iter().map(line).collect()
    }

    /// Only what is in force on a date: of every rule one version, and with the sources of its values.
    pub fn on(&self, date: Instant) -> Result<Self, Fault> {
        let mut resolved = self.resolved.clone();
        for versions in &mut resolved.rules {
            *versions = in_force(versions, date).cloned().into_iter().collect();
        }
        Self::of(resolved)
    }
}
