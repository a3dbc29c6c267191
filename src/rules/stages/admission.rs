//! Stage 1: may the dispute be judged at all, and have the parties already agreed?

use arbiter_model::dispute::SellerAnswer;
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;

use crate::disposition::{Award, Basis, Disposition, GoodsBack, Queue};
use crate::evaluation::Evaluation;
use crate::named;
use crate::rule::{Rule, Stage};
use crate::tables;
use crate::tracer::{PLAIN, Tracer};
use crate::words::{capitalised, moment};

const fn admission(code: &'static str) -> Rule {
    Rule::at(Stage::Admission, code)
}

/// Somebody else's order.
pub(crate) const BUYER_MISMATCH: Rule = Rule {
    when: "the dispute's buyer is not the order's",
    outcome: "referred to `security`",
    find: |e, t| {
        let (disputant, buyer) = (&*e.case.dispute.buyer_id, &*e.case.order.buyer_id);
        let stranger = t.differs(named::DISPUTE_BUYER.of(disputant), named::ORDER_BUYER.of(buyer));
        stranger.then_some(Disposition::Refer { queue: Queue::Security })
    },
    tell: |e, _| {
        format!(
            "The dispute of {} was opened from another account than the one that placed the order, \
             so security looks into it",
            e.opened()
        )
    },
    ..admission("buyer_mismatch")
};

/// No money left to award.
pub(crate) const ALREADY_REFUNDED: Rule = Rule {
    when: "nothing is left of the price of the goods",
    outcome: "denied",
    find: |e, t| {
        let nothing = Money::zero(e.case.order.currency);
        t.at_most(named::LEFT.of(e.left()), PLAIN.of(nothing)).then_some(Disposition::Deny)
    },
    tell: |e, _| {
        let refunded = e.case.order.refunded_total + e.awarded_before;
        format!(
            "Of the goods price of {}, {} has been refunded or awarded before, so nothing is left to refund",
            e.amount(e.goods()),
            e.amount(refunded)
        )
    },
    ..admission("already_refunded")
};

/// When the buyer withdrew, where that has happened.
fn withdrawal(e: &Evaluation) -> Option<Instant> {
    e.happened(e.case.dispute.withdrawn_at)
}

fn withdrawal_text(e: &Evaluation) -> String {
    let day = withdrawal(e).map(|at| format!(" on {}", at.date())).unwrap_or_default();
    format!("The buyer withdrew the dispute{day}")
}

/// When the case went before the arbitrator, as far as a withdrawal is concerned: without known
/// responses only a manual escalation counts.
fn escalation_before_withdrawal(e: &Evaluation) -> Option<Instant> {
    match e.case.dispute.exported.responses {
        true => Some(e.escalation),
        false => e.manual_escalation,
    }
}

fn is_withdrawn(e: &Evaluation, t: &mut Tracer) -> Option<Instant> {
    t.known(named::WITHDRAWN_AT.of(withdrawal(e)))
}

/// Whether the seller has begun to do what was paid for.
fn is_performed(e: &Evaluation, t: &mut Tracer) -> bool {
    t.known(named::SHIPMENT.of(e.shipment)).is_some() || t.known(named::CREDIT.of(e.history.credited)).is_some()
}

/// A withdrawal that comes too late to be a mere change of mind.
pub(crate) const WITHDRAWN_AFTER_ESCALATION: Rule = Rule {
    when: "withdrawn at or after the escalation, and the order was shipped or credited",
    outcome: "denied",
    reads: tables![escalation],
    find: |e, t| {
        let withdrawn = is_withdrawn(e, t)?;
        let escalated = t.known(named::ESCALATION.of(escalation_before_withdrawal(e)))?;
        let late = t.at_least(named::WITHDRAWN_AT.of(withdrawn), named::ESCALATION.of(escalated));
        (late && is_performed(e, t)).then_some(Disposition::Deny)
    },
    tell: |e, _| {
        let since = escalation_before_withdrawal(e).map(|at| format!(" of {}", at.date()));
        format!(
            "{}, after the escalation{}, so the case is closed without a refund",
            withdrawal_text(e),
            since.unwrap_or_default()
        )
    },
    ..admission("withdrawn_after_escalation")
};

/// A withdrawal after which no new dispute could be opened.
pub(crate) const WITHDRAWN_AFTER_PROTECTION: Rule = Rule {
    when: "withdrawn, shipped, and buyer protection has ended by the as-of",
    outcome: "denied",
    reads: tables![protection],
    find: |e, t| {
        is_withdrawn(e, t)?;
        t.known(named::SHIPMENT.of(e.shipment))?;
        let end = t.known(named::PROTECTION_END.of(e.protection_end))?;
        e.has_passed(named::PROTECTION_END.of(end), t).then_some(Disposition::Deny)
    },
    tell: |e, _| {
        let end = e.protection_end.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!(
            "{}, and buyer protection has ended{end}, so that no new dispute could be opened: the case is closed \
             without a refund",
            withdrawal_text(e)
        )
    },
    ..admission("withdrawn_after_protection")
};

/// A withdrawal in time.
pub(crate) const WITHDRAWN: Rule = Rule {
    when: "withdrawn otherwise",
    outcome: "resumed",
    find: |e, t| is_withdrawn(e, t).map(|_| Disposition::Resume),
    tell: |e, _| format!("{}, so the order goes on as if it had not been disputed", withdrawal_text(e)),
    ..admission("withdrawn")
};

/// The seller agrees.
pub(crate) const SELLER_ACCEPTED: Rule = Rule {
    when: "the seller accepted the claim",
    outcome: "what was asked, at most what is left",
    find: |e, t| {
        let accepted = t.same(named::RESPONSE.of(e.answer()), Some(SellerAnswer::ACCEPTED));
        e.response.filter(|_| accepted).map(|response| e.award_asked(response.at))
    },
    tell: |e, f| format!("{}, so {}", capitalised(&e.seller_position()), e.refunds(f)),
    ..admission("seller_accepted")
};

/// The buyer agrees to the seller's offer.
pub(crate) const OFFER_ACCEPTED: Rule = Rule {
    when: "the buyer accepted the seller's offer",
    outcome: "the offer, at most what is left",
    find: |e, t| {
        t.known(named::BUYER_ACCEPTED_AT.of(e.happened(e.case.dispute.buyer_accepted_at)))?;
        let amount = t.known(named::OFFER.of(e.offer()))?.min(e.left());
        Some(Disposition::Award(Award { amount, basis: Basis::Offer, goods_back: GoodsBack::Kept }))
    },
    tell: |e, f| {
        let accepted = e.happened(e.case.dispute.buyer_accepted_at);
        let day = accepted.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!("{} and the buyer took the offer{day}, so {}", capitalised(&e.seller_position()), e.refunds(f))
    },
    ..admission("offer_accepted")
};

fn is_top_up<'a>(e: &Evaluation<'a>, t: &mut Tracer<'a>) -> bool {
    t.is_one_of(named::CATEGORY.of(e.case.order.category.as_deref()), named::TOP_UPS.of(&e.terms.top_up.categories))
}

/// A top-up that arrived.
pub(crate) const TOP_UP_CREDITED: Rule = Rule {
    when: "a top-up, and it was credited",
    outcome: "denied",
    reads: tables![top_up],
    find: |e, t| {
        let credited = is_top_up(e, t) && t.known(named::CREDIT.of(e.history.credited)).is_some();
        credited.then_some(Disposition::Deny)
    },
    tell: |e, _| {
        let day = e.history.credited.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!("The top-up was credited to the phone{day}, so nothing is refunded")
    },
    ..admission("top_up_credited")
};

/// A top-up that never arrived.
pub(crate) const TOP_UP_NOT_CREDITED: Rule = Rule {
    when: "a top-up that was not credited within `top_up.hours` of payment",
    outcome: "all of what is left",
    reads: tables![top_up],
    find: |e, t| {
        let late = is_top_up(e, t) && e.has_passed(named::CREDIT_DEADLINE.of(credit_deadline(e)), t);
        late.then(|| e.award_all_of_left())
    },
    tell: |e, f| {
        format!(
            "The top-up paid on {} was not credited within {}, so {}",
            e.case.order.paid_at.date(),
            e.terms.top_up.hours,
            e.refunds(f)
        )
    },
    ..admission("top_up_not_credited")
};

/// A top-up that may still arrive.
pub(crate) const AWAITING_CREDIT: Rule = Rule {
    when: "a top-up, earlier",
    outcome: "pending until then",
    reads: tables![top_up],
    find: |e, t| is_top_up(e, t).then(|| Disposition::Await { until: credit_deadline(e) }),
    tell: |e, _| {
        format!(
            "The top-up paid on {} may be credited until {}, so the dispute waits until then",
            e.case.order.paid_at.date(),
            moment(credit_deadline(e))
        )
    },
    ..admission("awaiting_credit")
};

fn credit_deadline(e: &Evaluation) -> Instant {
    e.terms.top_up.hours.after(e.case.order.paid_at)
}

fn dispatch_deadline(e: &Evaluation) -> Instant {
    e.terms.never_shipped.days.after(e.case.order.paid_at)
}

fn is_unshipped(e: &Evaluation, t: &mut Tracer) -> bool {
    t.unknown(named::SHIPMENT.of(e.shipment))
}

/// A parcel that the seller never handed over.
pub(crate) const NEVER_SHIPPED: Rule = Rule {
    when: "not shipped within `never_shipped.days` of payment",
    outcome: "all of what is left",
    reads: tables![never_shipped],
    find: |e, t| {
        let late = is_unshipped(e, t) && e.has_passed(named::DISPATCH_DEADLINE.of(dispatch_deadline(e)), t);
        late.then(|| e.award_all_of_left())
    },
    tell: |e, f| {
        format!(
            "The order was paid on {} and not shipped by {}, {} later, so {}",
            e.case.order.paid_at.date(),
            dispatch_deadline(e).date(),
            e.terms.never_shipped.days,
            e.refunds(f)
        )
    },
    ..admission("never_shipped")
};

/// A parcel that the seller may still hand over.
pub(crate) const AWAITING_DISPATCH: Rule = Rule {
    when: "not shipped yet, earlier",
    outcome: "pending until then",
    reads: tables![never_shipped],
    find: |e, t| is_unshipped(e, t).then(|| Disposition::Await { until: dispatch_deadline(e) }),
    tell: |e, _| {
        format!(
            "The order was paid on {} and the seller may ship it until {}, so the dispute waits until then",
            e.case.order.paid_at.date(),
            moment(dispatch_deadline(e))
        )
    },
    ..admission("awaiting_dispatch")
};

/// A dispute opened before the parcel could have come.
pub(crate) const TOO_EARLY: Rule = Rule {
    when: "less than `too_early.days` since shipment",
    outcome: "pending until then",
    reads: tables![too_early],
    find: |e, t| e.is_ahead(named::START.of(e.start), t).then_some(Disposition::Await { until: e.start }),
    tell: |e, _| {
        let shipped = e.shipment.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!(
            "The order was shipped{shipped} and a dispute begins {} after that at the earliest, so it waits until {}",
            e.terms.too_early.days,
            moment(e.start)
        )
    },
    ..admission("too_early")
};

/// The last instant at which a dispute could be opened.
fn closing_date(e: &Evaluation) -> Option<Instant> {
    let days = e.terms.too_late.days;
    let end = e.protection_end?;
    Some(match e.receipt {
        Some(receipt) => end.max(days.after(receipt)),
        None => days.after(end),
    })
}

/// A dispute opened when the case was closed.
pub(crate) const TOO_LATE: Rule = Rule {
    when: "opened after the closing date: the later of the end of protection and receipt + `too_late.days`; \
           end of protection + `too_late.days` where nothing was received",
    outcome: "denied",
    reads: tables![too_late, protection],
    find: |e, t| {
        let closed = t.known(named::CLOSING_DATE.of(closing_date(e)))?;
        t.above(named::OPENED_AT.of(e.case.dispute.opened_at), named::CLOSING_DATE.of(closed))
            .then_some(Disposition::Deny)
    },
    tell: |e, _| {
        let closed = closing_date(e).map(moment).unwrap_or_default();
        let end = e.protection_end.map(|at| at.date().to_string()).unwrap_or_default();
        format!(
            "Disputes about this order closed at {closed} (protection ended on {end}, parcel {}), and this one was \
             opened on {}, so it is denied",
            e.received(),
            e.opened()
        )
    },
    ..admission("too_late")
};
