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
    find: |h, t| {
        let (disputant, buyer) = (&*h.case.dispute.buyer_id, &*h.case.order.buyer_id);
        let stranger = t.differs(named::DISPUTE_BUYER.of(disputant), named::ORDER_BUYER.of(buyer));
        stranger.then_some(Disposition::Refer { queue: Queue::Security })
    },
    tell: |h, _| {
        format!(
            "The dispute of {} was opened from another account than the one that placed the order, \
             so security looks into it",
            h.opened()
        )
    },
    ..admission("buyer_mismatch")
};

/// No money left to award.
pub(crate) const ALREADY_REFUNDED: Rule = Rule {
    when: "nothing is left of the price of the goods",
    outcome: "denied",
    find: |h, t| {
        let nothing = Money::zero(h.case.order.currency);
        t.at_most(named::LEFT.of(h.left()), PLAIN.of(nothing)).then_some(Disposition::Deny)
    },
    tell: |h, _| {
        let refunded = h.case.order.refunded_total + h.awarded_before;
        format!(
            "Of the goods price of {}, {} has been refunded or awarded before, so nothing is left to refund",
            h.amount(h.goods()),
            h.amount(refunded)
        )
    },
    ..admission("already_refunded")
};

/// When the buyer withdrew, where that has happened.
fn withdrawal(h: &Evaluation) -> Option<Instant> {
    h.happened(h.case.dispute.withdrawn_at)
}

fn withdrawal_text(h: &Evaluation) -> String {
    let day = withdrawal(h).map(|at| format!(" on {}", at.date())).unwrap_or_default();
    format!("The buyer withdrew the dispute{day}")
}

/// When the case went before the arbitrator, as far as a withdrawal is concerned: without known
/// responses only a manual escalation counts.
fn escalation_before_withdrawal(h: &Evaluation) -> Option<Instant> {
    match h.case.dispute.exported.responses {
        true => Some(h.escalation),
        false => h.manual_escalation,
    }
}

fn is_withdrawn(h: &Evaluation, t: &mut Tracer) -> Option<Instant> {
    t.known(named::WITHDRAWN_AT.of(withdrawal(h)))
}

/// Whether the seller has begun to do what was paid for.
fn is_performed(h: &Evaluation, t: &mut Tracer) -> bool {
    t.known(named::SHIPMENT.of(h.shipment)).is_some() || t.known(named::CREDIT.of(h.history.credited)).is_some()
}

/// A withdrawal that comes too late to be a mere change of mind.
pub(crate) const WITHDRAWN_AFTER_ESCALATION: Rule = Rule {
    when: "withdrawn at or after the escalation, and the order was shipped or credited",
    outcome: "denied",
    reads: tables![escalation],
    find: |h, t| {
        let withdrawn = is_withdrawn(h, t)?;
        let escalated = t.known(named::ESCALATION.of(escalation_before_withdrawal(h)))?;
        let late = t.at_least(named::WITHDRAWN_AT.of(withdrawn), named::ESCALATION.of(escalated));
        (late && is_performed(h, t)).then_some(Disposition::Deny)
    },
    tell: |h, _| {
        let since = escalation_before_withdrawal(h).map(|at| format!(" of {}", at.date()));
        format!(
            "{}, after the escalation{}, so the case is closed without a refund",
            withdrawal_text(h),
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
    find: |h, t| {
        is_withdrawn(h, t)?;
        t.known(named::SHIPMENT.of(h.shipment))?;
        let end = t.known(named::PROTECTION_END.of(h.protection_end))?;
        h.has_passed(named::PROTECTION_END.of(end), t).then_some(Disposition::Deny)
    },
    tell: |h, _| {
        let end = h.protection_end.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!(
            "{}, and buyer protection has ended{end}, so that no new dispute could be opened: the case is closed \
             without a refund",
            withdrawal_text(h)
        )
    },
    ..admission("withdrawn_after_protection")
};

/// A withdrawal in time.
pub(crate) const WITHDRAWN: Rule = Rule {
    when: "withdrawn otherwise",
    outcome: "resumed",
    find: |h, t| is_withdrawn(h, t).map(|_| Disposition::Resume),
    tell: |h, _| format!("{}, so the order goes on as if it had not been disputed", withdrawal_text(h)),
    ..admission("withdrawn")
};

/// The seller agrees.
pub(crate) const SELLER_ACCEPTED: Rule = Rule {
    when: "the seller accepted the claim",
    outcome: "what was asked, at most what is left",
    find: |h, t| {
        let accepted = t.same(named::RESPONSE.of(h.answer()), Some(SellerAnswer::ACCEPTED));
        h.response.filter(|_| accepted).map(|response| h.award_asked(response.at))
    },
    tell: |h, f| format!("{}, so {}", capitalised(&h.seller_position()), h.refunds(f)),
    ..admission("seller_accepted")
};

/// The buyer agrees to the seller's offer.
pub(crate) const OFFER_ACCEPTED: Rule = Rule {
    when: "the buyer accepted the seller's offer",
    outcome: "the offer, at most what is left",
    find: |h, t| {
        t.known(named::BUYER_ACCEPTED_AT.of(h.happened(h.case.dispute.buyer_accepted_at)))?;
        let amount = t.known(named::OFFER.of(h.offer()))?.min(h.left());
        Some(Disposition::Award(Award { amount, basis: Basis::Offer, goods_back: GoodsBack::Kept }))
    },
    tell: |h, f| {
        let accepted = h.happened(h.case.dispute.buyer_accepted_at);
        let day = accepted.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!("{} and the buyer took the offer{day}, so {}", capitalised(&h.seller_position()), h.refunds(f))
    },
    ..admission("offer_accepted")
};

fn is_top_up<'a>(h: &Evaluation<'a>, t: &mut Tracer<'a>) -> bool {
    t.is_one_of(named::CATEGORY.of(h.case.order.category.as_deref()), named::TOP_UPS.of(&h.terms.top_up.categories))
}

/// A top-up that arrived.
pub(crate) const TOP_UP_CREDITED: Rule = Rule {
    when: "a top-up, and it was credited",
    outcome: "denied",
    reads: tables![top_up],
    find: |h, t| {
        let credited = is_top_up(h, t) && t.known(named::CREDIT.of(h.history.credited)).is_some();
        credited.then_some(Disposition::Deny)
    },
    tell: |h, _| {
        let day = h.history.credited.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!("The top-up was credited to the phone{day}, so nothing is refunded")
    },
    ..admission("top_up_credited")
};

/// A top-up that never arrived.
pub(crate) const TOP_UP_NOT_CREDITED: Rule = Rule {
    when: "a top-up that was not credited within `top_up.hours` of payment",
    outcome: "all of what is left",
    reads: tables![top_up],
    find: |h, t| {
        let late = is_top_up(h, t) && h.has_passed(named::CREDIT_DEADLINE.of(credit_deadline(h)), t);
        late.then(|| h.award_all_of_left())
    },
    tell: |h, f| {
        format!(
            "The top-up paid on {} was not credited within {}, so {}",
            h.case.order.paid_at.date(),
            h.terms.top_up.hours,
            h.refunds(f)
        )
    },
    ..admission("top_up_not_credited")
};

/// A top-up that may still arrive.
pub(crate) const AWAITING_CREDIT: Rule = Rule {
    when: "a top-up, earlier",
    outcome: "pending until then",
    reads: tables![top_up],
    find: |h, t| is_top_up(h, t).then(|| Disposition::Await { until: credit_deadline(h) }),
    tell: |h, _| {
        format!(
            "The top-up paid on {} may be credited until {}, so the dispute waits until then",
            h.case.order.paid_at.date(),
            moment(credit_deadline(h))
        )
    },
    ..admission("awaiting_credit")
};

fn credit_deadline(h: &Evaluation) -> Instant {
    h.terms.top_up.hours.after(h.case.order.paid_at)
}

fn dispatch_deadline(h: &Evaluation) -> Instant {
    h.terms.never_shipped.days.after(h.case.order.paid_at)
}

fn is_unshipped(h: &Evaluation, t: &mut Tracer) -> bool {
    t.unknown(named::SHIPMENT.of(h.shipment))
}

/// A parcel that the seller never handed over.
pub(crate) const NEVER_SHIPPED: Rule = Rule {
    when: "not shipped within `never_shipped.days` of payment",
    outcome: "all of what is left",
    reads: tables![never_shipped],
    find: |h, t| {
        let late = is_unshipped(h, t) && h.has_passed(named::DISPATCH_DEADLINE.of(dispatch_deadline(h)), t);
        late.then(|| h.award_all_of_left())
    },
    tell: |h, f| {
        format!(
            "The order was paid on {} and not shipped by {}, {} later, so {}",
            h.case.order.paid_at.date(),
            dispatch_deadline(h).date(),
            h.terms.never_shipped.days,
            h.refunds(f)
        )
    },
    ..admission("never_shipped")
};

/// A parcel that the seller may still hand over.
pub(crate) const AWAITING_DISPATCH: Rule = Rule {
    when: "not shipped yet, earlier",
    outcome: "pending until then",
    reads: tables![never_shipped],
    find: |h, t| is_unshipped(h, t).then(|| Disposition::Await { until: dispatch_deadline(h) }),
    tell: |h, _| {
        format!(
            "The order was paid on {} and the seller may ship it until {}, so the dispute waits until then",
            h.case.order.paid_at.date(),
            moment(dispatch_deadline(h))
        )
    },
    ..admission("awaiting_dispatch")
};

/// A dispute opened before the parcel could have come.
pub(crate) const TOO_EARLY: Rule = Rule {
    when: "less than `too_early.days` since shipment",
    outcome: "pending until then",
    reads: tables![too_early],
    find: |h, t| h.is_ahead(named::START.of(h.start), t).then_some(Disposition::Await { until: h.start }),
    tell: |h, _| {
        let shipped = h.shipment.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!(
            "The order was shipped{shipped} and a dispute begins {} after that at the earliest, so it waits until {}",
            h.terms.too_early.days,
            moment(h.start)
        )
    },
    ..admission("too_early")
};

/// The last instant at which a dispute could be opened.
fn closing_date(h: &Evaluation) -> Option<Instant> {
    let days = h.terms.too_late.days;
    let end = h.protection_end?;
    Some(match h.receipt {
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
    find: |h, t| {
        let closed = t.known(named::CLOSING_DATE.of(closing_date(h)))?;
        t.above(named::OPENED_AT.of(h.case.dispute.opened_at), named::CLOSING_DATE.of(closed))
            .then_some(Disposition::Deny)
    },
    tell: |h, _| {
        let closed = closing_date(h).map(moment).unwrap_or_default();
        let end = h.protection_end.map(|at| at.date().to_string()).unwrap_or_default();
        format!(
            "Disputes about this order closed at {closed} (protection ended on {end}, parcel {}), and this one was \
             opened on {}, so it is denied",
            h.received(),
            h.opened()
        )
    },
    ..admission("too_late")
};
