//! What holds for the parameters as a whole: by which date of a dispute they are chosen, and how long
//! a review of them lasts.

use chrono::{Months as CalendarMonths, NaiveDate};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use arbiter_model::case::Case;
use arbiter_model::coded;
use arbiter_model::instant::Instant;
use arbiter_rules::described;

/// The table `[policy]` of a policy file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct General {
    /// The date of a dispute that chooses the version of every parameter it is decided by.
    pub governed_by: GovernedBy,
    /// Months after its last review from which a parameter is named in the summary of a run.
    pub review_months: Months,
}

coded! {
    /// The date that chooses the version in force.
    GovernedBy {
        /// When the dispute was opened.
        OpenedAt = "opened_at",
        /// When the order was paid.
        PaidAt = "paid_at",
        /// The as-of of the run.
        Run = "run",
    }
}

impl GovernedBy {
    /// The governing date of a case in a run.
    pub fn date(self, case: &Case, as_of: Instant) -> Instant {
        match self {
            Self::OpenedAt => case.dispute.opened_at,
            Self::PaidAt => case.order.paid_at,
            Self::Run => as_of,
        }
    }
}

described!(GovernedBy, { "type": "string", "enum": GovernedBy::CODES, "x-kind": "governed_by", "x-unit": "date" });

/// A number of calendar months, 1 to 1,200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Months(u32);

/// A hundred years.
const MOST_MONTHS: u32 = 1200;

impl Months {
    /// The same day so many months later, or the last of that month; the last day there is where that
    /// leaves the calendar.
    pub fn after(self, day: NaiveDate) -> NaiveDate {
        day.checked_add_months(CalendarMonths::new(self.0)).unwrap_or(NaiveDate::MAX)
    }
}

impl std::fmt::Display for Months {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            1 => f.write_str("1 month"),
            months => write!(f, "{months} months"),
        }
    }
}

described!(Months, { "type": "integer", "minimum": 1, "maximum": MOST_MONTHS, "x-kind": "months", "x-unit": "months" });

impl<'de> Deserialize<'de> for Months {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        let read = u32::try_from(number).ok().filter(|months| (1..=MOST_MONTHS).contains(months));
        read.map(Self).ok_or_else(|| D::Error::custom(format!("expected 1 to {MOST_MONTHS}, not {number}")))
    }
}
