//! The books: what of each disputed order's money goes where, and the proof that it adds up.

use rayon::prelude::*;

use crate::decide::Decisions;
use crate::decision::{DecidedBy, Decision};
use arbiter_model::case::OrderCases;
use arbiter_model::docket::Docket;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::money::Money;

/// One disputed order's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The index of the order among the docket's.
    pub order: u32,
    /// What the platform holds before the run: goods and shipping without what was refunded.
    pub escrow: Money,
    /// What goes to buyers, awards that stand included.
    pub award: Money,
    /// What goes to the seller.
    pub released: Money,
    /// What stays with the platform.
    pub held: Money,
    /// What the guarantee fund adds.
    pub guarantee: Money,
    /// How many of the order's disputes were decided.
    pub disputes: u64,
}

/// The ledger of a run.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// One entry for each order with a decision, by order id bytewise.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Closes the books over a run's decisions.
    ///
    /// # Errors
    ///
    /// The books do not balance: a defect of this program, with the first order concerned.
    pub fn close(docket: &Docket, decisions: &Decisions) -> Result<Self, Fault> {
        let mut by_file: Vec<&Decision> = decisions.made.iter().collect();
        by_file.par_sort_unstable_by_key(|decision| (decision.at.order, decision.at.dispute));
        let mut entries: Vec<Entry> = by_file
            .par_chunk_by(|left, right| left.at.order == right.at.order)
            .map(|decisions| entry(docket, decisions))
            .collect();
        let order_id = |entry: &Entry| docket.orders[entry.order as usize].order.id.clone();
        entries.par_sort_by_cached_key(order_id);
        match entries.par_iter().find_first(|entry| !balances(entry)) {
            None => Ok(Self { entries }),
            Some(entry) => Err(out_of_balance(&docket.orders[entry.order as usize], entry)),
        }
    }
}

fn entry(docket: &Docket, decisions: &[&Decision]) -> Entry {
    let index = decisions[0].at.order;
    let cases = &docket.orders[index as usize];
    let order = &cases.order;
    let nothing = Money::zero(order.currency);
    let spent = docket.final_decisions.spent(order);
    let new = || decisions.iter().filter(|decision| !matches!(decision.by, DecidedBy::EarlierRun(_)));
    let escrow = order.goods_total + order.shipping_fee - spent.by_others;
    let award = new().fold(spent.awarded, |sum, decision| sum + decision.award);
    // From the decisions, not from the sums: the balance below then proves one against the other.
    let guarantee = new().fold(spent.guarantee, |sum, decision| sum + decision.guarantee);
    let beyond = (award - (order.goods_total - spent.by_others)).at_least_zero();
    // What was paid stays paid where an order is cheaper since; for new awards alone there is no such excuse.
    let guarantee = if spent.awarded.is_positive() { beyond } else { guarantee };
    let goods_left = (order.goods_total - spent.by_others - award).at_least_zero();
    let rest = goods_left + order.shipping_fee;
    let is_held = cases.held_by_reject || decisions.iter().any(|decision| decision.outcome.holds_money());
    let (released, held) = if is_held { (nothing, rest) } else { (rest, nothing) };
    Entry { order: index, escrow, award, released, held, guarantee, disputes: decisions.len() as u64 }
}

/// `award + released + held = escrow + guarantee`, and nothing is below zero.
fn balances(entry: &Entry) -> bool {
    let Entry { escrow, award, released, held, guarantee, .. } = *entry;
    let parts = [award, released, held, guarantee, escrow];
    award + released + held == escrow + guarantee && parts.iter().all(|part| *part == part.at_least_zero())
}

fn out_of_balance(cases: &OrderCases, entry: &Entry) -> Fault {
    let problem = format!(
        "the books of order {} do not balance: award {} + released {} + held {} is not escrow {} + guarantee {}",
        cases.order.id, entry.award, entry.released, entry.held, entry.escrow, entry.guarantee
    );
    Fault::new(FaultKind::Defect, problem)
        .hint("nothing was published; this is a defect of the program, please report it with the order's rows")
}
