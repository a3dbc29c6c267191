//! Every flip is held to its word by deciding again, over generated dockets: it changes the outcome, and
//! nothing nearer does.

use crate::redecide::{Decided, Steps, is_possible};
use arbiter_engine::decision::Decision;
use arbiter_engine::explain::flip::{Flip, FlipKind, ONE, flips, nearest};
use arbiter_generate::{Plan, docket};
use arbiter_model::instant::Instant;
use arbiter_policy::{Overlay, catalogue};
use chrono_tz::Tz;
use proptest::prelude::*;

/// Versions, and segments by price and by category.
const VARIED: &str = "\
[[colour_mismatch]]
effective_from = 2026-04-20
reviewed_on = 2026-04-01
source = \"A guide.\"
band = [\"0.20\", \"1.00\"]

[[colour_mismatch.when]]
goods_total = { from = \"10.00\", below = \"30.00\" }
currency = [\"USD\"]
band = [\"1.00\", \"1.00\"]

[[too_early]]
effective_from = 2026-05-01
reviewed_on = 2026-04-01
source = \"A guide.\"
days = 12

[[too_early.when]]
category = [\"electronics\"]
days = 2

[[defective]]
effective_from = 2026-04-20
reviewed_on = 2026-04-01
source = \"A guide.\"

[[defective.when]]
goods_total = { below = \"25.00\" }
currency = [\"USD\"]
band = [\"0.00\", \"0.10\"]
share = \"0.40\"
";

fn decided(seed: u64, days_before: i64, varied: bool) -> Decided {
    let taken = Instant::parse("2026-06-01", Tz::UTC).unwrap();
    let docket = docket(&Plan { orders: 1500, seed, as_of: taken });
    let overlays = if varied { vec![Overlay::from_file("varied.toml", VARIED)] } else { Vec::new() };
    Decided::of(docket, overlays, taken.plus_seconds(-days_before * 86_400))
}

fn flips_of(decided: &Decided, decision: &Decision) -> Vec<Flip> {
    flips(&decided.docket, &decided.policy, decided.as_of, &decided.decisions, decision)
}

/// The flip changes the outcome; no value nearer than it does, in either direction, of those that are tried.
fn hold(decided: &Decided, decision: &Decision, flip: &Flip, random: &mut fastrand::Rng) {
    let id = &decision.at.case(&decided.docket).dispute.id;
    let base = decided.base(decision);
    let with = |value: &str| decided.with(decision, flip.is_parameter, &flip.name, value);
    let found = with(&flip.to);
    assert_eq!(found, (flip.outcome, flip.award), "{id}: {flip}");
    let Some(steps) = Steps::of(flip, decided.file(decision).order.currency) else {
        assert_ne!(found, base, "{id}: {flip} changes nothing");
        return;
    };
    assert_ne!(found.0, base.0, "{id}: {flip} changes no outcome");
    let distance = steps.between(&flip.from, &flip.to).abs();
    let inside = distance - 1;
    let tries = if flip.is_parameter { 1 } else { 12 };
    let between = (0..tries).map(|_| random.i64(-inside..=inside)).collect::<Vec<_>>();
    for moved in [inside, -inside].into_iter().chain(between) {
        let value = steps.moved(&flip.from, moved);
        if is_possible(decided, decision, flip.is_parameter, &flip.name, &value) {
            assert_eq!(with(&value).0, base.0, "{id}: {} at {value} is nearer than {flip}", flip.name);
        }
    }
}

/// What no flip was found of does not flip at any value that is tried.
fn hold_silence(decided: &Decided, decision: &Decision, found: &[Flip], random: &mut fastrand::Rng) {
    let (id, base) = (&decision.at.case(&decided.docket).dispute.id, decided.base(decision));
    let file = decided.file(decision);
    let (order, dispute) = (&file.order, &file.disputes[decision.at.dispute as usize]);
    let (seconds, minor) = (Steps::Seconds, Steps::Minor(order.currency));
    let protection = decision.evaluation(&decided.docket, &decided.policy, decided.as_of).protection_end;
    let dates = [
        ("paid_at", Some(order.paid_at)),
        ("shipped_at", order.shipped_at),
        ("protection_ends_at", protection),
        ("confirmed_at", order.confirmed_at),
        ("opened_at", Some(dispute.opened_at)),
        ("seller_responded_at", dispute.response().map(|response| response.at)),
        ("buyer_accepted_at", dispute.buyer_accepted_at),
        ("escalated_at", dispute.escalated_at),
        ("info_requested_at", dispute.info_requested_at),
        ("info_supplied_at", dispute.info_supplied_at),
        ("withdrawn_at", dispute.withdrawn_at),
    ];
    let dates = dates.into_iter().filter_map(|(name, at)| Some((name.to_owned(), seconds, at?.exact(), 150 * 86_400)));
    let events = file.events.iter().enumerate();
    let events = events
        .map(|(place, event)| (format!("tracking.{}.event_at", place + 1), seconds, event.at.exact(), 150 * 86_400));
    let goods = order.goods_total.units_at(order.currency.minor_digits()) as i64;
    let amounts = [
        ("goods_total", Some(order.goods_total)),
        ("refunded_total", Some(order.refunded_total)),
        ("requested_amount", Some(dispute.requested.unwrap_or(order.goods_total))),
        ("seller_offer", dispute.response().and_then(|response| response.answer.offer())),
    ];
    let amounts =
        amounts.into_iter().filter_map(|(name, amount)| Some((name.to_owned(), minor, amount?.to_string(), goods * 2)));
    for (name, steps, from, most) in dates.chain(events).chain(amounts) {
        if found.iter().any(|flip| flip.name == name && flip.kind != FlipKind::Code) {
            continue;
        }
        for _ in 0..6 {
            let value = steps.moved(&from, random.i64(-most..=most));
            if is_possible(decided, decision, false, &name, &value) {
                let outcome = decided.with(decision, false, &name, &value).0;
                assert_eq!(outcome, base.0, "{id}: {name} at {value} flips, and no flip of it was found");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_flip_of_a_fact_changes_the_outcome_and_nothing_nearer_does(
        seed in 0..1000_u64, days in 0..40_i64, varied: bool, luck: u64,
    ) {
        let decided = decided(seed, days, varied);
        let mut random = fastrand::Rng::with_seed(luck);
        for decision in decided.decisions.made.iter().step_by(4) {
            let found = flips_of(&decided, decision);
            for flip in found.iter().filter(|flip| !flip.is_parameter) {
                hold(&decided, decision, flip, &mut random);
            }
            hold_silence(&decided, decision, &found, &mut random);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_flip_of_a_parameter_changes_the_outcome_and_nothing_nearer_does(
        seed in 0..1000_u64, days in 0..40_i64, luck: u64,
    ) {
        let decided = decided(seed, days, false);
        let mut random = fastrand::Rng::with_seed(luck);
        let some = random.usize(0..9);
        for decision in decided.decisions.made.iter().skip(some).step_by(9) {
            for flip in flips_of(&decided, decision).iter().filter(|flip| flip.is_parameter) {
                hold(&decided, decision, flip, &mut random);
            }
        }
    }

    /// Any number among the parameters, set to any value: where it flips a case, a flip of it was found.
    #[test]
    fn a_parameter_without_a_flip_does_not_flip(seed in 0..1000_u64, days in 0..40_i64, luck: u64) {
        let decided = decided(seed, days, false);
        let mut random = fastrand::Rng::with_seed(luck);
        let some: Vec<_> = decided.decisions.made.iter().skip(random.usize(0..7)).step_by(7).collect();
        let flips: Vec<_> = some.iter().map(|decision| flips_of(&decided, decision)).collect();
        for (path, value) in settings(&mut random) {
            for (decision, flips) in some.iter().zip(&flips) {
                let base = decided.base(decision);
                if !is_possible(&decided, decision, true, &path, &value) {
                    continue;
                }
                let outcome = decided.with(decision, true, &path, &value).0;
                let is_known = flips.iter().any(|flip| flip.is_parameter && flip.name == path);
                let id = &decision.at.case(&decided.docket).dispute.id;
                assert!(outcome == base.0 || is_known, "{id}: {path} at {value} flips, and no flip of it was found");
            }
        }
    }

    #[test]
    fn the_nearest_flips_are_the_smallest_of_all(seed in 0..1000_u64, days in 0..40_i64, varied: bool) {
        let decided = decided(seed, days, varied);
        for decision in decided.decisions.made.iter().step_by(3) {
            let all = flips_of(&decided, decision);
            let (fact, parameter) =
                nearest(&decided.docket, &decided.policy, decided.as_of, &decided.decisions, decision);
            for (one, is_parameter) in [(fact, false), (parameter, true)] {
                let smallest = all.iter().filter(|flip| flip.is_parameter == is_parameter).map(|flip| flip.weight).min();
                prop_assert_eq!(one.as_ref().map(|flip| flip.weight), smallest);
                prop_assert!(one.is_none_or(|flip| all.contains(&flip) || flip.weight == ONE));
            }
        }
    }
}

/// A value for every number among the parameters; those that change what counts in a buyer's record apart,
/// which no flip does.
fn settings(random: &mut fastrand::Rng) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    for parameter in catalogue().parameters() {
        let name = parameter.name();
        if name.ends_with("window_days")
            || name.ends_with("burst_days")
            || name.starts_with("refund")
            || name.starts_with("arbitration")
        {
            continue;
        }
        let share = |random: &mut fastrand::Rng| format!("{}.{:04}", 0, random.u32(0..10_000));
        match parameter.kind.code() {
            "days" | "hours" => settings.push((name, random.u32(0..200).to_string())),
            "count" => settings.push((name, random.u32(0..8).to_string())),
            "share" | "part" => settings.push((name, share(random))),
            "band" => settings.extend(["low", "high"].map(|end| (format!("{name}.{end}"), share(random)))),
            "amount" => settings.push((format!("{name}.USD"), format!("{}.50", random.u32(0..100)))),
            _ => {}
        }
    }
    settings
}
