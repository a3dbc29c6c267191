//! payouts.csv: the money to pay, one row for each award that was made tonight. What earlier nights awarded is not in it
//! again.

use std::io::{self, Write};
use std::sync::LazyLock;

use arbiter_engine::decision::{DecidedBy, Decision};
use arbiter_model::dispute::Id;

use super::Run;
use super::cells::write_table;

const HEADER: &[&str] = &[
    "payout_key",
    "dispute_id",
    "order_id",
    "buyer_id",
    "amount",
    "currency",
    "guarantee",
    "refund_to",
    "refund_from",
    "refund_by",
    "decided_by",
    "rule",
    "decided_at",
];

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let payouts: Vec<_> = run.payouts().collect();
    write_table(out, HEADER, &payouts, |cells, decision| {
        let case = decision.at.case(run.docket);
        cells.own(&payout_key(&case.dispute.id, &case.order.id))?;
        cells.text(&case.dispute.id)?;
        cells.text(&case.order.id)?;
        cells.text(&case.order.buyer_id)?;
        cells.value(decision.award)?;
        cells.own(case.order.currency.code())?;
        cells.value(decision.guarantee)?;
        cells.own(decision.route.map_or("", |route| route.to))?;
        cells.maybe(decision.route.map(|route| route.from))?;
        cells.maybe(decision.route.map(|route| route.by))?;
        cells.own(if matches!(decision.by, DecidedBy::Person(_)) { "human" } else { "rules" })?;
        cells.own(decision.rule().code)?;
        cells.maybe(run.decided_at(decision))?;
        cells.end_row()
    })
}

/// What a payment system knows an award by, so that it never pays one twice: a dispute is awarded once at most, so
/// the key is the same in every night and every run.
pub fn payout_key(dispute_id: &Id, order_id: &Id) -> String {
    // To prepare for the purpose costs as much as the hash itself.
    static PREPARED: LazyLock<blake3::Hasher> =
        LazyLock::new(|| blake3::Hasher::new_derive_key("arbiter payout: dispute, order"));
    let mut hasher = PREPARED.clone();
    for id in [dispute_id, order_id] {
        hasher.update(&(id.len() as u64).to_le_bytes());
        hasher.update(id.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

impl<'a> Run<'a> {
    /// The awards that were made tonight, in the order of the export.
    pub(super) fn payouts(&self) -> impl Iterator<Item = &'a Decision> {
        let decisions = self.decisions.made.iter();
        decisions.filter(|decision| decision.is_new_and_final() && decision.award.is_positive())
    }
}
