//! What explanations are taken from, and the search for the one dispute that is asked about.

use crate::decide::Decisions;
use crate::decision::Decision;
use arbiter_model::case::{Case, Docket};
use arbiter_model::dispute::Origin;
use arbiter_model::exports::Reject;
use arbiter_model::fault::{Fault, FaultKind, nearest};
use arbiter_model::instant::Instant;
use arbiter_policy::Policy;

/// A docket that was decided, to be asked about single disputes.
#[derive(Clone, Copy, Debug)]
pub struct Inquiry<'a> {
    /// The instant it was decided as of.
    pub as_of: Instant,
    /// The parameters.
    pub policy: &'a Policy,
    /// What was decided on.
    pub docket: &'a Docket,
    /// The decisions and the buyers' buyer_ratings.
    pub decisions: &'a Decisions,
    /// The rows that were kept out, as far as they are known.
    pub rejects: &'a [Reject],
}

impl Inquiry<'_> {
    /// The decision of the dispute of an id.
    ///
    /// # Errors
    ///
    /// There is no such dispute, its row was rejected, or it was not open yet.
    pub fn decision(&self, id: &str) -> Result<&Decision, Fault> {
        let found = self.decisions.made.iter().find(|decision| decision.at.case(self.docket).dispute.id == id);
        found.ok_or_else(|| self.undecided(id))
    }

    /// Where a fact was read: `disputes.csv, line 33`. Nothing where it was not read from a file.
    pub(super) fn place(&self, origin: Origin) -> Option<String> {
        let file = self.docket.sources.get(origin.file as usize).filter(|_| origin.line > 0)?;
        Some(format!("{file}, line {}", origin.line))
    }

    fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.docket.orders.iter().flat_map(|cases| cases.cases())
    }

    /// Why there is no decision of a dispute.
    fn undecided(&self, id: &str) -> Fault {
        if let Some(case) = self.cases().find(|case| case.dispute.id == id) {
            return self.not_yet_open(case);
        }
        match self.rejects.iter().find(|reject| reject.dispute.as_deref() == Some(id)) {
            Some(reject) => rejected(id, reject),
            None => self.unknown(id),
        }
    }

    fn not_yet_open(&self, case: Case) -> Fault {
        let (id, opened) = (&case.dispute.id, case.dispute.opened_at.exact());
        let problem = format!("{id} was opened on {opened}, after the as-of of {}", self.as_of.exact());
        let fault = Fault::new(FaultKind::Usage, problem).hint(format!("decide it with --as-of {opened} or later"));
        match self.place(case.dispute.origin) {
            Some(place) => fault.at(place),
            None => fault,
        }
    }

    fn unknown(&self, id: &str) -> Fault {
        let rejected = self.rejects.iter().filter_map(|reject| reject.dispute.as_deref());
        let known = self.cases().map(|case| case.dispute.id.as_str()).chain(rejected);
        let hint = match nearest(id, known) {
            Some(near) => format!("did you mean {near}?"),
            None => "check the id, and that its exports are the ones given".to_owned(),
        };
        Fault::new(FaultKind::Usage, format!("{id}: there is no dispute of this id")).hint(hint)
    }
}

/// A dispute whose row could not be read.
fn rejected(id: &str, reject: &Reject) -> Fault {
    let column = if reject.column.is_empty() { String::new() } else { format!("{} ", reject.column) };
    let value = if reject.value.is_empty() { "empty".to_owned() } else { format!("{:?}", reject.value) };
    let problem = format!("{id} was not decided, its row is rejected: {column}{value}, expected {}", reject.expected);
    let fault = Fault::new(FaultKind::Rejects, problem).at(format!("{}, line {}", reject.file, reject.line));
    match &reject.fix {
        Some(fix) => fault.hint(format!("to mend it, {fix}")),
        None => fault,
    }
}
