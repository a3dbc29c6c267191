//! referrals.csv: the cases a person must decide, by queue, with what that person needs to see.

use std::io::{self, Write};

use arbiter_engine::decision::Decision;
use arbiter_model::dispute::{SellerAnswer, SellerResponse};

use super::Run;
use super::cells::{Cells, write_table};

const HEADER: &[&str] = &[
    "queue",
    "dispute_id",
    "rule",
    "reason",
    "opened_at",
    "decision_expected_from",
    "decision_expected_by",
    "order_id",
    "order_buyer_id",
    "disputing_buyer_id",
    "buyer_level",
    "seller_id",
    "currency",
    "goods_total",
    "refunded_total",
    "requested_amount",
    "would_pay",
    "would_pay_by_rule",
    "return",
    "photos",
    "video",
    "documents",
    "seller_response",
    "seller_offer",
    "comment",
    "explanation",
];

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let mut referred: Vec<_> = run.decisions.made.iter().filter(|decision| decision.queue().is_some()).collect();
    // Stable: within a queue the order of the export stays.
    referred.sort_by_key(|decision| decision.queue().map(|queue| queue.code()));
    write_table(out, HEADER, &referred, |cells, decision| write_row(run, cells, decision))
}

fn write_row(run: &Run, cells: &mut Cells, decision: &Decision) -> io::Result<()> {
    let case = decision.at.case(run.docket);
    let (dispute, order) = (case.dispute, case.order);
    let usual = run.policy.terms_for(&case, run.as_of).arbitration.days;
    cells.own(decision.queue().map_or("", |queue| queue.code()))?;
    cells.text(&dispute.id)?;
    cells.own(decision.rule().code)?;
    cells.own(dispute.reason.code())?;
    cells.value(dispute.opened_at)?;
    cells.value(usual.low.after(run.as_of).date())?;
    cells.value(usual.high.after(run.as_of).date())?;
    cells.text(&order.id)?;
    cells.text(&order.buyer_id)?;
    cells.text(&dispute.buyer_id)?;
    cells.own(decision.buyer_level.code())?;
    cells.text(&order.seller_id)?;
    cells.own(order.currency.code())?;
    cells.value(order.goods_total)?;
    cells.value(order.refunded_total)?;
    cells.maybe(dispute.requested)?;
    cells.maybe(decision.withheld().map(|withheld| withheld.award))?;
    cells.own(decision.withheld().map_or("", |withheld| withheld.rule))?;
    cells.own(decision.returned().code())?;
    cells.value(dispute.photos)?;
    cells.own(dispute.video.code())?;
    cells.value(dispute.documents)?;
    let (answer, offer) = answer(dispute.response().filter(|response| response.at <= run.as_of));
    cells.own(answer)?;
    cells.maybe(offer)?;
    cells.text(dispute.comment.as_deref().unwrap_or_default())?;
    cells.text(&run.explain(decision))?;
    cells.end_row()
}

fn answer(response: Option<SellerResponse>) -> (&'static str, Option<arbiter_model::money::Money>) {
    match response.map(|response| response.answer) {
        None => ("none", None),
        Some(SellerAnswer::Accepted) => ("accepted", None),
        Some(SellerAnswer::Rejected) => ("rejected", None),
        Some(SellerAnswer::Countered { offer }) => ("countered", Some(offer)),
    }
}
