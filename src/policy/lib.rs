//! The parameters a run decides under.
//!
//! ```text
//! standard.toml ─┐
//! a profile ─────┤
//! policy files ──┼─▶ overlays ─▶ resolved (versions by date, segments, sources) ─▶ effective periods ─▶ the terms of a case
//! --set ─────────┘  (as written,
//!                    with lines)
//! ```
//!
//! The types of the parameters stand below the rules, in their crate; what is known of them, their units, ranges and
//! meanings, is taken from there.

mod catalogue;
mod change;
mod condition;
mod condition_reader;
mod document;
mod effective_periods;
mod general;
mod kind;
mod labels;
mod mixture;
mod overlay;
mod page;
mod parameter_values;
mod profiles;
mod reader;
mod resolved;
mod schema;
mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use toml::Value;

pub use catalogue::{Catalogue, Group, KnownParameter, catalogue};
pub use change::{Difference, ParameterChange};
pub use condition::CONDITIONS;
pub use document::RESERVED;
pub use general::{GovernedBy, Months};
pub use kind::Kind;
pub use mixture::MixturePart;
pub use overlay::Overlay;
pub use page::{page, table_of_parameters};
pub use parameter_values::ParameterValue;
pub use profiles::{PROFILES, Profile};
pub use resolved::Version;
pub use schema::schema;
pub use write::{InForce, starting_overlay};

use arbiter_model::case::Case;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;
use arbiter_rules::Terms;

use effective_periods::{EffectivePeriod, EffectivePeriods};
use general::General;
use labels::Labels;
use overlay::{WrittenPlace, Wrong};
use reader::day;
use resolved::{Leaves, Resolved, fault_of, in_force};

/// The standard parameters, with a source and a reason beside each value.
pub const STANDARD: &str = include_str!("standard.toml");

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

/// The standard parameters, resolved, which every policy begins with.
fn standard() -> Result<&'static Resolved, Fault> {
    static STANDARD_RESOLVED: LazyLock<Result<Resolved, Fault>> = LazyLock::new(|| {
        let file = WrittenPlace { name: "policy/standard.toml".into(), line: Some(1), said: Some("standard".into()) };
        let overlay = Overlay { complete: true, ..document::read_cited(file, STANDARD) };
        let (mut resolved, mut wrongs) = (Resolved::default(), Vec::new());
        resolved.lay_over(&overlay, &mut wrongs);
        resolved.settle(&mut wrongs);
        match fault_of(&wrongs, &[&overlay]) {
            Some(fault) => Err(fault.of_kind(FaultKind::Defect)),
            None => Ok(resolved),
        }
    });
    STANDARD_RESOLVED.as_ref().map_err(Clone::clone)
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
        let general = resolved::table(&catalogue().general, &resolved.general);
        let general: General = general.try_into().map_err(|error: toml::de::Error| defect(error.to_string()))?;
        let periods = EffectivePeriods::of(&resolved).map_err(defect)?;
        let labels = Labels::of(&resolved, &periods);
        let changed = change::changes(standard()?, &resolved);
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

    /// What differs from the standard, in the order of the catalogue.
    pub fn changed(&self) -> &[ParameterChange] {
        &self.changed
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

    /// What a decision under this policy can rest on, whatever way it came about: the values of all
    /// versions and segments, with their dates and conditions.
    pub fn in_force(&self) -> InForce<'_> {
        InForce(self)
    }

    /// A hash of [`in_force`](Self::in_force).
    pub fn hash(&self) -> String {
        // Everything in it is in an order of its own, so equal parameters give equal bytes.
        let values = serde_json::to_vec(&self.in_force()).unwrap_or_default();
        blake3::hash(&values).to_hex().to_string()
    }

    /// The versions in force at an instant whose last review is longer ago than
    /// [`General::review_months`], each with the day of that review.
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
