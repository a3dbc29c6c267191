//! Which values of a parameter are asked about.

use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;
use arbiter_policy::{Overlay, Policy, catalogue};

use super::Scale;
use super::scale::plain;

/// The most values that a parameter may take within one sweep.
pub const MOST_VALUES: u64 = 100_000;

/// The most points that one sweep shows.
pub const MOST_POINTS: u64 = 1000;

/// One parameter's values from one to another, in steps.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The parameter's address, as `--set` has it.
    pub parameter: String,
    /// What is counted or measured.
    pub unit: String,
    /// How its values are counted; all numbers below are on this scale.
    pub scale: Scale,
    /// The first value.
    pub low: u64,
    /// The last value that may be shown.
    pub high: u64,
    /// From one point that is shown to the next.
    pub step: u64,
}

impl Sweep {
    /// Reads a sweep as the command line has it: `colour_mismatch.band.high`, `0.40..0.60` and `0.01`.
    ///
    /// # Errors
    ///
    /// There is no such parameter, or a value is none of its values.
    pub fn parse(parameter: &str, range: &str, step: &str) -> Result<Self, Fault> {
        let scale = Scale::of(parameter)?;
        let fault = |problem: String, hint: &str| Fault::new(FaultKind::Usage, problem).hint(hint);
        let value = |text: &str| {
            let text = text.trim();
            let problem = || fault(format!("{parameter}: invalid value {text}"), scale_hint(scale));
            scale.parse(text).ok_or_else(problem)
        };
        let form = || fault(format!("{range}: expected the first and the last value, as FROM..TO"), scale_hint(scale));
        let (low, high) = range.split_once("..").ok_or_else(form)?;
        let (low, high, step) = (value(low)?, value(high)?, value(step)?);
        let values = high.checked_sub(low).filter(|_| step > 0).ok_or_else(|| {
            let problem = match step {
                0 => "--step must be above 0".to_owned(),
                _ => format!("{range}: the first value is above the last"),
            };
            fault(problem, scale_hint(scale))
        })?;
        if values >= MOST_VALUES || values / step >= MOST_POINTS {
            let problem = format!("{range} in steps of {}: too many values", scale.text(step));
            let hint = format!(
                "a sweep shows at most {MOST_POINTS} points, of at most {MOST_VALUES} values: give a larger --step, or a smaller range"
            );
            return Err(fault(problem, &hint));
        }
        let unit = catalogue().parameter(&plain(parameter)).map(|known| known.unit.clone()).unwrap_or_default();
        let unit = match scale {
            Scale::Amount(currency) => currency.code().to_owned(),
            Scale::Whole | Scale::Share => unit,
        };
        Ok(Self { parameter: parameter.to_owned(), unit, scale, low, high, step })
    }

    /// The values that are shown.
    pub fn points(&self) -> impl Iterator<Item = u64> + use<> {
        (self.low..=self.high).step_by(usize::try_from(self.step).unwrap_or(usize::MAX))
    }

    /// Parameters with one of the values.
    ///
    /// # Errors
    ///
    /// The parameter's own range refuses the value, or a neighbour does: `low` above `high`.
    pub fn at(&self, base: &Policy, value: u64) -> Result<Policy, Fault> {
        let text = self.scale.text(value);
        base.and(&[Overlay::set_to(&self.parameter, &text)]).map_err(|fault| {
            let problem = format!("{} cannot be {text}: {}", self.parameter, fault.problem);
            let fault = fault.hint("choose a range that the parameter can take");
            Fault { place: None, problem, ..fault }
        })
    }

    /// The value in force at an instant, outside of segments.
    pub fn current(&self, base: &Policy, as_of: Instant) -> Option<u64> {
        self.scale.read(&base.value(&plain(&self.parameter), as_of)?.0)
    }
}

fn scale_hint(scale: Scale) -> &'static str {
    match scale {
        Scale::Whole => "expected whole numbers, such as 3..15",
        Scale::Share => "expected shares with at most four digits after the point, such as 0.40..0.60 in steps of 0.01",
        Scale::Amount(_) => {
            "expected amounts no finer than the currency's minor unit, such as 5.00..20.00 in steps of 0.50"
        }
    }
}
