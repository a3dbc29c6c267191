//! What explanations claim is held against deciding, over generated dockets: the tests that are shown come out
//! as their numbers say, they lead to the decision, and the arithmetic comes to the award.

use std::collections::BTreeSet;

use crate::redecide::Decided;
use arbiter_engine::explain::{Explanation, Inquiry};
use arbiter_generate::{Plan, docket};
use arbiter_model::instant::Instant;
use arbiter_policy::{Overlay, catalogue};
use arbiter_rules::{self as rules, LADDER, Level, Relation, Test, Value};
use chrono_tz::Tz;
use proptest::prelude::*;

fn decided(seed: u64, days_before: i64, profile: &str) -> Decided {
    let taken = Instant::parse("2026-06-01", Tz::UTC).unwrap();
    let docket = docket(&Plan { orders: 1500, seed, as_of: taken });
    let overlay = Overlay::profile(profile).unwrap_or_else(|fault| panic!("{fault}"));
    Decided::of(docket, vec![overlay], taken.plus_seconds(-days_before * 86_400))
}

/// How a test must come out, by its numbers alone; nothing where its sides cannot be told apart by them.
fn comes_out(test: &Test) -> Option<bool> {
    let (left, right) = (test.left.value, test.right.value);
    let order = match (left, right) {
        (Value::Instant(a), Value::Instant(b)) => Some(a.cmp(&b)),
        // Dear postage is compared unrounded and shown to the minor unit.
        (Value::Money(a), Value::Money(b)) if test.right.named.name != "dear_postage" => Some(a.cmp(&b)),
        (Value::Share(a), Value::Share(b)) => Some(a.cmp(&b)),
        (Value::Count(a), Value::Count(b)) => Some(a.cmp(&b)),
        (Value::Number(a), Value::Product { comes_to, .. }) => Some(a.cmp(&comes_to)),
        _ => None,
    };
    Some(match test.relation {
        Relation::AtLeast if test.left.named.name == "buyer_level" => left == Value::Code(Level::Blocked.code()),
        Relation::AtLeast => order?.is_ge(),
        Relation::Above => order?.is_gt(),
        Relation::AtMost => order?.is_le(),
        Relation::Below => order?.is_lt(),
        Relation::Is => left == right,
        Relation::IsNot => left != right,
        Relation::Known => left != Value::Nothing,
        Relation::Unknown => left == Value::Nothing,
        Relation::IsOneOf => match (left, right) {
            (Value::Code(code), Value::Codes(codes)) => codes.contain(Some(code)),
            (Value::Code(code), Value::Listed(codes)) => codes.contains(&code),
            (left, _) => left != Value::Nothing,
        },
        Relation::Always => true,
        Relation::Exported => return None,
    })
}

fn hold_reckoning(id: &str, shown: &Explanation) {
    let award = shown.reckoning.iter().find(|line| line.what == "award").map(|line| line.result.as_str());
    let expected = match &shown.decision.withheld {
        Some(withheld) => Some(withheld.award.to_string()),
        None => {
            Some(shown.decision.award.clone()).filter(|award| award.bytes().any(|byte| (b'1'..=b'9').contains(&byte)))
        }
    };
    assert_eq!(award, expected.as_deref(), "{id}");
    let amount = |what: &str| {
        let line = shown.reckoning.iter().find(|line| line.what == what)?;
        line.result.parse::<rust_decimal::Decimal>().ok()
    };
    let Some(award) = amount("award") else { return };
    let left = amount("left_doubled").or(amount("left")).unwrap();
    let asked = amount("asked");
    let by_share = [amount("by_share"), asked, Some(left)].into_iter().flatten().min().unwrap();
    let most = [asked, Some(left)].into_iter().flatten().min().unwrap();
    let floor = amount("floor").or(amount("offer")).map(|offer| offer.min(most));
    let worked_out = match amount("offer") {
        Some(offer) => offer.min(left),
        None => floor.map_or(by_share, |floor| floor.max(by_share)),
    };
    assert_eq!(award, worked_out, "{id}: {:?}", shown.reckoning);
}

/// The counts of the record are those of the disputes and orders that are listed.
fn hold_record(id: &str, shown: &Explanation) {
    let buyer = &shown.buyer;
    let in_window = |at: Instant| at > buyer.window_from && at <= shown.as_of;
    let orders: BTreeSet<_> =
        buyer.disputes.iter().filter(|dispute| in_window(dispute.opened_at)).map(|dispute| dispute.order_id).collect();
    assert_eq!(buyer.disputed_orders, orders.len() as u64, "{id}");
    assert_eq!(buyer.orders, orders.len().max(buyer.orders_paid_at.len()) as u64, "{id}");
    assert_eq!(buyer.burst, buyer.disputes.iter().filter(|dispute| dispute.burst).count() as u64, "{id}");
    let contradicted: BTreeSet<_> =
        buyer.disputes.iter().filter(|dispute| dispute.contradicted).map(|dispute| dispute.order_id).collect();
    assert_eq!(buyer.contradicted, contradicted.len() as u64, "{id}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_tests_that_are_shown_decide(
        seed in 0..1000_u64,
        days in 0..40_i64,
        profile in prop::sample::select(vec!["standard", "buyer", "seller", "patient", "swift", "destinations"]),
    ) {
        let decided = decided(seed, days, profile);
        for decision in &decided.decisions.made {
            let evaluation = decision.evaluation(&decided.docket, &decided.policy, decided.as_of);
            let (trace, silent) = (rules::trace(&evaluation), rules::decide(&evaluation));
            prop_assert_eq!(trace.finding.rule.code, silent.rule.code);
            prop_assert_eq!(trace.finding.disposition, silent.disposition);
            prop_assert_eq!(trace.finding.rule.code, decision.rule().code);
            for test in trace.tests() {
                if let Some(holds) = comes_out(test) {
                    prop_assert_eq!(holds, test.holds, "{:?}", test);
                }
            }
            let steps: Vec<_> = trace.steps().filter(|step| step.rule.stage < rules::Stage::Review).collect();
            // The ladder is walked from its top, without a gap, up to the one that held.
            for (step, rule) in steps.iter().zip(LADDER) {
                prop_assert_eq!(step.rule.code, rule.code);
            }
            let (last, before) = steps.split_last().unwrap();
            prop_assert!(last.held && before.iter().all(|step| !step.held));
            let deciding = silent.withheld().map_or(silent.rule, |(rule, _)| rule);
            prop_assert_eq!(last.rule.code, deciding.code);
        }
    }

    #[test]
    fn the_arithmetic_and_the_record_come_to_what_was_decided(
        seed in 0..1000_u64,
        days in 0..40_i64,
        profile in prop::sample::select(vec!["standard", "buyer", "seller"]),
    ) {
        let decided = decided(seed, days, profile);
        let inquiry = Inquiry {
            as_of: decided.as_of,
            policy: &decided.policy,
            docket: &decided.docket,
            decisions: &decided.decisions,
            rejects: &[],
        };
        for decision in decided.decisions.made.iter().step_by(2) {
            let shown = inquiry.explanation(decision);
            hold_reckoning(shown.dispute_id, &shown);
            hold_record(shown.dispute_id, &shown);
            for held in &shown.parameters {
                prop_assert!(catalogue().rule(held.parameter.split('.').next().unwrap()).is_some());
                prop_assert!(!held.source.is_empty(), "{} has no source", held.parameter);
            }
            let earlier = shown.earlier.iter().map(|dispute| dispute.award.parse::<rust_decimal::Decimal>().unwrap());
            let taken: rust_decimal::Decimal = earlier.sum();
            prop_assert_eq!(taken, decision.awarded_before.to_string().parse().unwrap());
        }
    }
}
