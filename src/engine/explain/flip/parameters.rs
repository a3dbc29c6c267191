//! The parameters that can be turned: every number by which a case is decided, as the catalogue has them.

use std::sync::LazyLock;

use arbiter_model::money::Currency;
use arbiter_policy::{Kind, catalogue};
use arbiter_rules::{ParameterNode, Terms, at_path, at_path_mut, range_at_path};

use super::search::Dial;
use super::variation::{Parameters, Variation};

/// What a step of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A day.
    Day,
    /// An hour.
    Hour,
    /// One.
    One,
    /// A ten-thousandth.
    TenThousandth,
    /// The currency's minor unit.
    Minor,
}

impl Unit {
    fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Days | Kind::DayRange => Some(Self::Day),
            Kind::Hours => Some(Self::Hour),
            Kind::Count => Some(Self::One),
            Kind::Share | Kind::Part | Kind::Band => Some(Self::TenThousandth),
            Kind::Amount => Some(Self::Minor),
            Kind::Codes | Kind::Months | Kind::GovernedBy => None,
        }
    }
}

/// A parameter that is a number, or one end of a pair of them.
pub(super) struct Knob {
    /// Its dotted path; an amount is that of the case's currency.
    pub path: String,
    /// What one step is.
    pub unit: Unit,
}

/// The path of the parameters of buyers' levels, which are those of the run.
const OF_RUN: &str = "serial_disputer.";

impl Knob {
    /// Its value in steps; none where the case has none.
    pub(super) fn get(&self, parameters: &Parameters, currency: Currency) -> Option<i64> {
        let (root, path) = match self.path.strip_prefix(OF_RUN) {
            Some(path) => (&parameters.serial as &dyn ParameterNode, path),
            None => (&parameters.terms as &dyn ParameterNode, &*self.path),
        };
        i64::try_from(at_path(root, path)?.0.steps(Some(currency))?).ok()
    }

    /// Gives it a value, in steps.
    pub(super) fn set(&self, parameters: &mut Parameters, currency: Currency, steps: i64) {
        let (root, path) = match self.path.strip_prefix(OF_RUN) {
            Some(path) => (&mut parameters.serial as &mut dyn ParameterNode, path),
            None => (&mut parameters.terms as &mut dyn ParameterNode, &*self.path),
        };
        if let Some((parameter, _)) = at_path_mut(root, path) {
            parameter.set_steps(steps.unsigned_abs(), Some(currency));
        }
    }

    /// The least and the most, beside others that it must not pass.
    pub(super) fn range(&self, parameters: &Parameters) -> (i64, i64) {
        let range = match self.path.strip_prefix(OF_RUN) {
            Some(path) => range_at_path(&parameters.serial, path),
            None => range_at_path(&parameters.terms, &self.path),
        };
        let (low, high) = range.unwrap_or_default();
        (low as i64, high as i64)
    }
}

/// Every number, those that come by themselves before the ends of pairs.
static KNOBS: LazyLock<Vec<Knob>> = LazyLock::new(|| {
    let is_turned = |rule: &str, inner: &str| Terms::table(rule).is_some_and(|table| (table.is_turned)(inner));
    let turned = catalogue().parameters().filter(|parameter| is_turned(&parameter.rule, &parameter.path.join(".")));
    let (pairs, singles): (Vec<_>, Vec<_>) = turned.partition(|parameter| parameter.kind.ends().is_some());
    let singles = singles.into_iter().map(|parameter| (parameter.name(), parameter.kind));
    let ends = pairs
        .into_iter()
        .flat_map(|parameter| ["low", "high"].map(|end| (format!("{}.{end}", parameter.name()), parameter.kind)));
    let knobs = singles.chain(ends).filter_map(|(path, kind)| Some(Knob { path, unit: Unit::of(kind)? }));
    knobs.collect()
});

/// Every number.
pub(super) fn knobs() -> impl Iterator<Item = &'static Knob> {
    KNOBS.iter()
}

/// A parameter of one case, ready to be turned.
pub(super) struct ParameterDial {
    pub knob: &'static Knob,
    pub now: i64,
    range: (i64, i64),
}

impl ParameterDial {
    /// Takes hold of a parameter; none where the case has none.
    pub(super) fn of(knob: &'static Knob, variation: &Variation, parameters: &Parameters) -> Option<Self> {
        let currency = variation.original().order.currency;
        Some(Self { knob, now: knob.get(parameters, currency)?, range: knob.range(parameters) })
    }
}

impl Dial for ParameterDial {
    fn turn(&self, variation: &mut Variation, steps: i64) {
        let Some(mut changed) = variation.changed.take() else { return };
        self.knob.set(&mut changed, variation.original().order.currency, self.now + steps);
        variation.changed = Some(changed);
    }

    fn reach(&self) -> (i64, i64) {
        let (low, high) = self.range;
        ((low - self.now).min(0), (high - self.now).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arbiter_generate::{Plan, docket};
    use arbiter_model::instant::Instant;
    use arbiter_policy::Policy;

    #[test]
    fn a_turn_changes_what_it_names_and_nothing_else() {
        let as_of = Instant::parse("2026-06-01", chrono_tz::Tz::UTC).unwrap();
        let (docket, policy) = (docket(&Plan { orders: 200, seed: 1, as_of }), Policy::standard().unwrap());
        let decisions = crate::decide::decide_docket(&docket, &policy, as_of);
        let in_usd = |decision: &&crate::decision::Decision| decision.at.case(&docket).order.currency.code() == "USD";
        let decision = decisions.made.iter().find(in_usd).unwrap();
        let variation = Variation::of(&docket, &policy, as_of, &decisions, decision);
        let currency = variation.original().order.currency;
        for knob in knobs() {
            let mut parameters = variation.parameters();
            let now = knob.get(&parameters, currency).unwrap();
            let (low, high) = knob.range(&parameters);
            assert!((low..=high).contains(&now), "{}", knob.path);
            let other = if now < high { now + 1 } else { now - 1 };
            knob.set(&mut parameters, currency, other);
            let turned: Vec<_> = knobs()
                .filter(|one| one.get(&parameters, currency) != one.get(&variation.parameters(), currency))
                .collect();
            assert_eq!(turned.iter().map(|knob| &knob.path).collect::<Vec<_>>(), [&knob.path]);
            assert_eq!(knob.get(&parameters, currency), Some(other), "{}", knob.path);
        }
    }
}
