//! The return of the goods: an award that takes all that is left waits until the seller has them
//! back, where the buyer offered so.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::money::Share;

use super::finding::{Award, Finding, GoodsBack, Queue, ReturnState, Ruling};
use super::hearing::Hearing;
use super::terms::{AmountByCurrency, Days, Part};
use super::words::moment;
use super::{Rule, Stage};

/// The return of goods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    /// Days within which the buyer must send the goods back.
    pub posting_days: Days,
    /// Days on the way after which a person looks for them.
    pub transit_days: Days,
    /// What posting a parcel back costs, by currency.
    pub posting_cost: AmountByCurrency,
    /// From this share of the price of the goods on, the postage is too dear and the return is waived.
    pub waived_from: Part,
}

/// The goods are on their way back, or may still be sent.
pub const AWAITING_RETURN: Rule = Rule {
    when: "the award needs the goods back, and they are on their way for less than `returns.transit_days`, or may \
           still be sent within `returns.posting_days`",
    outcome: "pending until then",
    reads: &["returns"],
    tell: |h, f| {
        let won = withheld_text(h, f);
        let until = match f.ruling {
            Ruling::Await { until } => moment(until),
            _ => String::new(),
        };
        match h.history.return_shipped {
            Some(sent) => format!(
                "{won} as soon as the seller has the goods back, which were sent on {} and may be on the way until {until}",
                sent.date()
            ),
            None => format!("{won} once the goods are sent back, for which the buyer has until {until}"),
        }
    },
    ..Rule::at(Stage::Review, "awaiting_return")
};

/// The goods have been on their way back for too long.
pub const RETURN_OVERDUE: Rule = Rule {
    when: "they have been on their way for longer",
    outcome: "referred to `complaint`",
    reads: &["returns"],
    tell: |h, f| {
        let sent = h.history.return_shipped.map(|at| at.date().to_string()).unwrap_or_default();
        format!(
            "{} against the return of the goods, which were sent back on {sent} and have not arrived within {}, so a \
             person decides",
            withheld_text(h, f),
            h.terms.returns.transit_days
        )
    },
    ..Rule::at(Stage::Review, "return_overdue")
};

/// The goods were not sent back.
pub const RETURN_NOT_SENT: Rule = Rule {
    when: "they were not sent back in that time",
    outcome: "denied",
    reads: &["returns"],
    tell: |h, f| {
        let by = match f.withheld.map(|(_, award)| award.goods_back) {
            Some(GoodsBack::Sent { from, .. }) => moment(posting_deadline(h, from)),
            _ => String::new(),
        };
        format!(
            "{} against the return of the goods, which were not sent back by {by}, so nothing is refunded",
            withheld_text(h, f)
        )
    },
    ..Rule::at(Stage::Review, "return_not_sent")
};

fn withheld_text(h: &Hearing, f: &Finding) -> String {
    match f.withheld {
        Some((rule, award)) => {
            format!("Under the rule {}, {} is due to the buyer", rule.code, h.amount(award.amount))
        }
        None => "The claim is upheld".to_owned(),
    }
}

fn posting_deadline(h: &Hearing, from: Instant) -> Instant {
    h.terms.returns.posting_days.after(from)
}

/// Sends an award through the return of the goods, where it needs one.
pub(super) fn review(h: &Hearing, finding: Finding) -> Finding {
    match finding.award() {
        Some(award @ Award { goods_back: GoodsBack::Sent { from, waivable }, .. }) => {
            through_return(h, finding, award, from, waivable)
        }
        _ => finding,
    }
}

fn through_return(h: &Hearing, finding: Finding, award: Award, from: Instant, waivable: bool) -> Finding {
    let stands = |returned| Finding { returned, ..finding };
    let stopped = |rule, ruling, returned| Finding { rule, ruling, returned, withheld: Some((finding.rule, award)) };
    if h.history.return_delivered.is_some() {
        return stands(ReturnState::Received);
    }
    if waivable && postage_is_too_dear(h) {
        return stands(ReturnState::Waived);
    }
    let deadline = match h.history.return_shipped {
        Some(sent) => h.terms.returns.transit_days.after(sent),
        None => posting_deadline(h, from),
    };
    match (h.has_passed(deadline), h.history.return_shipped) {
        (false, _) => stopped(&AWAITING_RETURN, Ruling::Await { until: deadline }, ReturnState::Awaited),
        (true, Some(_)) => stopped(&RETURN_OVERDUE, Ruling::Refer { queue: Queue::Complaint }, ReturnState::Awaited),
        (true, None) => stopped(&RETURN_NOT_SENT, Ruling::Deny, ReturnState::No),
    }
}

fn postage_is_too_dear(h: &Hearing) -> bool {
    let returns = &h.terms.returns;
    let cost = returns.posting_cost.get(h.case.order.currency);
    cost.is_some_and(|cost| Share::from(returns.waived_from).is_covered_by(cost, h.goods()))
}
