//! An evaluation: one case at one instant under one set of parameters, with the dates and amounts that
//! the rules speak of. The letters in bold are short names for them, as in **T**, the start.

use arbiter_model::case::Case;
use arbiter_model::dispute::{Reason, SellerResponse};
use arbiter_model::instant::Instant;
use arbiter_model::money::{Money, Share};

use crate::disposition::{Award, Basis, Disposition, GoodsBack};
use crate::history::History;
use crate::level::Level;
use crate::named;
use crate::parameters::Terms;
use crate::tracer::{PLAIN, Quantity, Relation, Tracer};

/// Everything that the rules look at to decide one dispute.
#[derive(Clone, Copy, Debug)]
pub struct Evaluation<'a> {
    /// The dispute and the facts around it.
    pub case: Case<'a>,
    /// The parameters it is decided under.
    pub terms: &'a Terms,
    /// **A**: facts dated after it have not happened.
    pub as_of: Instant,
    /// How often the dispute's buyer disputes.
    pub buyer_level: Level,
    /// Awards of this run to earlier disputes of the same order.
    pub awarded_before: Money,
    /// The parcel's history up to the as-of.
    pub history: History,
    /// **S**: shipped_at, else the earliest parcel event, else the buyer's confirmation.
    pub shipment: Option<Instant>,
    /// **P**: the end of buyer protection; unknown only where the shipment is.
    pub protection_end: Option<Instant>,
    /// **T**: from here the parties' clocks run.
    pub start: Instant,
    /// **R**: the earlier of the delivery in the destination and the buyer's confirmation.
    pub receipt: Option<Instant>,
    /// The seller's answer, where the export knows answers and one has been given.
    pub response: Option<SellerResponse>,
    /// **L**: until when the seller may answer.
    pub answer_deadline: Instant,
    /// When a manual escalation takes effect, where there is one.
    pub manual_escalation: Option<Instant>,
    /// **E**: from when the case is before the arbitrator.
    pub escalation: Instant,
}

impl<'a> Evaluation<'a> {
    /// Opens the evaluation of a case.
    pub fn new(case: Case<'a>, terms: &'a Terms, as_of: Instant, buyer_level: Level, awarded_before: Money) -> Self {
        let (order, dispute) = (case.order, case.dispute);
        let past = |at: Option<Instant>| at.filter(|at| *at <= as_of);
        let history = History::read(order, case.events, as_of);
        let shipment = past(order.shipped_at).or(history.first_parcel).or(past(order.confirmed_at));
        let protection_end = order.protection_ends_at.or(shipment.map(|at| terms.protection.days.after(at)));
        let ripe = shipment.map(|at| terms.too_early.days.after(at));
        let start = ripe.map_or(dispute.opened_at, |ripe| ripe.max(dispute.opened_at));
        let response = dispute.response().filter(|response| dispute.exported.responses && response.at <= as_of);
        let manual_escalation = past(dispute.escalated_at).map(|at| at.max(terms.escalation.manual_days.after(start)));
        let automatic_escalation = terms.escalation.automatic(start, response);
        let escalation = match dispute.exported.responses {
            true => manual_escalation.map_or(automatic_escalation, |manual| manual.min(automatic_escalation)),
            false => start,
        };
        Self {
            receipt: history.receipt(order, as_of),
            answer_deadline: terms.seller_silent.days.after(start),
            case,
            terms,
            as_of,
            buyer_level,
            awarded_before,
            history,
            shipment,
            protection_end,
            start,
            response,
            manual_escalation,
            escalation,
        }
    }

    /// Whether a deadline has passed: at the deadline itself it has.
    pub(crate) fn has_passed(&self, deadline: Quantity<Instant>, t: &mut Tracer) -> bool {
        t.at_least(named::AS_OF.of(self.as_of), deadline)
    }

    /// Whether a deadline is still to come.
    pub(crate) fn is_ahead(&self, deadline: Quantity<Instant>, t: &mut Tracer) -> bool {
        t.below(named::AS_OF.of(self.as_of), deadline)
    }

    /// A fact's date, where it has happened.
    pub fn happened(&self, at: Option<Instant>) -> Option<Instant> {
        at.filter(|at| *at <= self.as_of)
    }

    /// Whether the buyer has not confirmed receipt.
    pub(crate) fn is_unconfirmed(&self, t: &mut Tracer) -> bool {
        t.unknown(named::CONFIRMED_AT.of(self.happened(self.case.order.confirmed_at)))
    }

    /// Whether the carrier's word counts: the claim is that the parcel did not come.
    pub(crate) fn is_about_parcel(&self, t: &mut Tracer) -> bool {
        let reason = self.case.dispute.reason;
        t.record(named::REASON.of(reason), Relation::IsOneOf, PLAIN.of(named::PARCEL_REASONS), reason.is_about_parcel())
    }

    /// The price of the goods.
    pub fn goods(&self) -> Money {
        self.case.order.goods_total
    }

    /// **left**: the price of the goods without what has been refunded and awarded before.
    pub fn left(&self) -> Money {
        self.goods() - self.case.order.refunded_total - self.awarded_before
    }

    /// What the buyer asks for, before it is lowered; the price of the goods where nothing is stated.
    pub fn requested(&self) -> Money {
        self.case.dispute.requested.unwrap_or(self.goods())
    }

    /// **asked**: what the buyer asks for, at most the price of the goods.
    pub fn asked(&self) -> Money {
        self.requested().min(self.goods())
    }

    /// The code of the seller's answer, where one has been given.
    pub(crate) fn answer(&self) -> Option<&'static str> {
        self.response.map(|response| response.answer.code())
    }

    /// The sum of the seller's counter-offer, where there is one.
    pub fn offer(&self) -> Option<Money> {
        self.response?.answer.offer()
    }

    /// The reason the dispute is judged by: units missing, all of them, are an empty parcel.
    pub(crate) fn judged_reason(&self) -> Reason {
        match (self.case.dispute.reason, self.case.dispute.quantity_received) {
            (Reason::QuantityShort, Some(0)) => Reason::EmptyParcel,
            (reason, _) => reason,
        }
    }

    /// Whether the order is a top-up of a phone, for which nothing is ever sent.
    pub(crate) fn is_top_up(&self) -> bool {
        self.terms.top_up.categories.contain(self.case.order.category.as_deref())
    }

    /// Whether there are goods that the buyer offers to send back and could.
    pub(crate) fn return_is_offered(&self) -> bool {
        let reason = self.judged_reason();
        let goods_arrived = !reason.is_about_parcel() && reason != Reason::EmptyParcel;
        self.case.dispute.wants_return && goods_arrived && !self.is_top_up() && self.shipment.is_some()
    }

    /// How strong the best evidence is.
    pub fn strength(&self) -> Share {
        self.terms.strength.of(self.case.dispute)
    }

    /// Everything that is left, whatever was asked.
    pub(crate) fn award_all_of_left(&self) -> Disposition {
        Disposition::Award(Award { amount: self.left(), basis: Basis::AllOfLeft, goods_back: GoodsBack::Kept })
    }

    /// What was asked, at most what is left; the goods go back where the buyer offered so and the
    /// award takes all that is left.
    pub(crate) fn award_asked(&self, return_from: Instant) -> Disposition {
        let amount = self.asked().min(self.left());
        let goods_back = match self.return_is_offered() && amount >= self.left() {
            true => GoodsBack::Sent { from: return_from, waivable: false },
            false => GoodsBack::Kept,
        };
        Disposition::Award(Award { amount, basis: Basis::Asked, goods_back })
    }
}
