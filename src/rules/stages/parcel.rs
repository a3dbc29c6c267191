//! Stage 4, for claims that the parcel did not reach the buyer.

use arbiter_model::dispute::Reason;
use arbiter_model::instant::Instant;
use arbiter_model::money::Share;

use crate::disposition::{Award, Basis, Disposition, GoodsBack, Queue, Worth};
use crate::evaluation::Evaluation;
use crate::named;
use crate::parameters::Days;
use crate::rule::{Rule, Stage};
use crate::tables;
use crate::tracer::Tracer;
use crate::words::moment;

const fn merits(code: &'static str) -> Rule {
    Rule { scrutinised: true, ..Rule::at(Stage::ParcelMerits, code) }
}

/// Whether protection runs; an end that nobody knows has passed.
fn is_protected(e: &Evaluation, t: &mut Tracer) -> bool {
    let end = t.known(named::PROTECTION_END.of(e.protection_end));
    end.is_some_and(|end| e.is_ahead(named::PROTECTION_END.of(end), t))
}

fn is_received(e: &Evaluation, t: &mut Tracer) -> Option<Instant> {
    t.known(named::RECEIPT.of(e.receipt))
}

/// Until when a parcel is waited for, where its shipment is known; not at all where nothing is to be waited.
fn wait_end(e: &Evaluation) -> Option<Instant> {
    let wait = e.terms.non_receipt.wait_days;
    e.shipment.filter(|_| wait > Days::ZERO).map(|at| wait.after(at))
}

fn is_waited_for(e: &Evaluation, t: &mut Tracer) -> bool {
    let end = t.known(named::WAIT_END.of(wait_end(e)));
    end.is_some_and(|until| e.is_ahead(named::WAIT_END.of(until), t))
}

fn protection_text(e: &Evaluation) -> String {
    let end = e.protection_end.map(|end| format!(" on {}", end.date())).unwrap_or_default();
    let days = match (e.shipment, e.protection_end) {
        (Some(shipped), Some(end)) if end >= shipped => format!("{} days after shipment; ", end.days_since(shipped)),
        _ => String::new(),
    };
    format!("the end of protection{end} ({days}{})", e.last_seen())
}

/// Delivered where it should be, but not to the buyer, says the buyer.
pub(crate) const WRONG_ADDRESS: Rule = Rule {
    when: "reason `wrong_address`, delivered in the destination country, and the buyer has not confirmed",
    outcome: "referred to `complaint`",
    find: |e, t| {
        let elsewhere = t.same(named::REASON.of(e.case.dispute.reason), Reason::WrongAddress)
            && t.known(named::DELIVERY.of(e.history.delivered)).is_some()
            && e.is_unconfirmed(t);
        elsewhere.then_some(Disposition::Refer { queue: Queue::Complaint })
    },
    tell: |e, _| {
        let day = e.history.delivered.map(|at| format!(" on {}", at.date())).unwrap_or_default();
        format!(
            "The carrier recorded a delivery{day} in the right country, and the buyer says it went to a wrong address, \
             so a person decides"
        )
    },
    ..merits("wrong_address")
};

/// Received before it was disputed.
pub(crate) const DELIVERY_ON_RECORD: Rule = Rule {
    when: "received at or before the opening of the dispute",
    outcome: "denied",
    find: |e, t| {
        let receipt = e.is_about_parcel(t).then(|| is_received(e, t))??;
        let opened = named::OPENED_AT.of(e.case.dispute.opened_at);
        t.at_most(named::RECEIPT.of(receipt), opened).then_some(Disposition::Deny)
    },
    tell: |e, _| {
        format!("The parcel was {}, before the dispute was opened on {}, so it is denied", e.received(), e.opened())
    },
    ..merits("delivery_on_record")
};

/// Received later, but as promised.
pub(crate) const DELIVERED_IN_TIME: Rule = Rule {
    when: "received after the opening and by the end of protection",
    outcome: "denied",
    reads: tables![protection],
    find: |e, t| {
        let receipt = e.is_about_parcel(t).then(|| is_received(e, t))??;
        let end = t.known(named::PROTECTION_END.of(e.protection_end))?;
        t.at_most(named::RECEIPT.of(receipt), named::PROTECTION_END.of(end)).then_some(Disposition::Deny)
    },
    tell: |e, _| {
        let end = e.protection_end.map(|end| end.date().to_string()).unwrap_or_default();
        format!("The parcel was {}, within the protection that ran until {end}, so the dispute is denied", e.received())
    },
    ..merits("delivered_in_time")
};

/// Received too late.
pub(crate) const DELIVERED_LATE: Rule = Rule {
    when: "received after the opening and after the end of protection",
    outcome: "`delivered_late.share` of the goods, at most what was asked and what is left",
    reads: tables![delivered_late, protection],
    find: |e, t| {
        (e.is_about_parcel(t) && is_received(e, t).is_some()).then(|| {
            let ceiling = Share::from(e.terms.delivered_late.share);
            Disposition::Award(Award {
                amount: ceiling.of(e.goods()).min(e.asked()).min(e.left()),
                basis: Basis::Share { ceiling, worth: Worth::Fixed, raised_to_offer: false, doubled: false },
                goods_back: GoodsBack::Kept,
            })
        })
    },
    tell: |e, f| {
        let end = e.protection_end.map(|end| end.date().to_string()).unwrap_or_default();
        format!("The parcel was {}, after protection had ended on {end}: {}", e.received(), e.refunds(f))
    },
    ..merits("delivered_late")
};

fn is_stalled(e: &Evaluation, t: &mut Tracer) -> bool {
    let latest = t.known(named::LATEST_EVENT.of(e.history.latest_parcel.map(|event| event.at)));
    let from = e.terms.parcel_stalled.days.before(e.as_of);
    latest.is_some_and(|at| t.at_most(named::LATEST_EVENT.of(at), named::STALLED_FROM.of(from)))
}

/// Nothing has moved for long.
pub(crate) const PARCEL_STALLED: Rule = Rule {
    when: "not received, protection runs, `non_receipt.wait_days` are over, and the parcel's latest event is \
           `parcel_stalled.days` old",
    outcome: "all of what is left",
    reads: tables![parcel_stalled, protection, non_receipt],
    find: |e, t| {
        let may_be_given_up = e.is_about_parcel(t) && is_protected(e, t) && !is_waited_for(e, t);
        (may_be_given_up && is_stalled(e, t)).then(|| e.award_all_of_left())
    },
    tell: |e, f| {
        format!(
            "The parcel has not moved for {} or more ({}), so {}",
            e.terms.parcel_stalled.days,
            e.last_seen(),
            e.refunds(f)
        )
    },
    ..merits("parcel_stalled")
};

/// Until when a parcel may come before the claim is won: the end of protection, or of the wait where
/// that is later.
fn awaited(e: &Evaluation) -> Option<Instant> {
    e.protection_end.max(wait_end(e))
}

/// It may still come.
pub(crate) const AWAITING_PROTECTION_END: Rule = Rule {
    when: "not received, and protection runs, or the `non_receipt.wait_days` since shipment",
    outcome: "pending until the end of both",
    reads: tables![protection, non_receipt],
    find: |e, t| {
        let may_come = e.is_about_parcel(t) && (is_protected(e, t) || is_waited_for(e, t));
        awaited(e).filter(|_| may_come).map(|until| Disposition::Await { until })
    },
    tell: |e, _| {
        let until = awaited(e).map(moment).unwrap_or_default();
        match wait_end(e) > e.protection_end {
            true => format!(
                "The parcel may still come ({}), and is waited for {} from its shipment, so the dispute waits until \
                 {until}",
                e.last_seen(),
                e.terms.non_receipt.wait_days
            ),
            false => format!(
                "The parcel may still come ({}), so the dispute waits for the end of protection at {until}",
                e.last_seen()
            ),
        }
    },
    ..merits("awaiting_protection_end")
};

/// No carrier ever saw it.
pub(crate) const NOT_TRACKABLE: Rule = Rule {
    when: "no parcel event at all, and protection and the wait have ended",
    outcome: "all of what is left",
    reads: tables![protection, non_receipt],
    find: |e, t| {
        let latest = e.history.latest_parcel.map(|event| event.at);
        (e.is_about_parcel(t) && t.unknown(named::LATEST_EVENT.of(latest))).then(|| e.award_all_of_left())
    },
    tell: |e, f| format!("No carrier recorded the parcel by {}, so {}", protection_text(e), e.refunds(f)),
    ..merits("not_trackable")
};

/// It did not come.
pub(crate) const NOT_DELIVERED: Rule = Rule {
    when: "not received, and protection and the wait have ended",
    outcome: "all of what is left",
    reads: tables![protection, non_receipt],
    find: |e, t| e.is_about_parcel(t).then(|| e.award_all_of_left()),
    tell: |e, f| format!("No delivery was recorded by {}, so {}", protection_text(e), e.refunds(f)),
    ..merits("not_delivered")
};
