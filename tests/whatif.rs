//! What-ifs of single cases, worked out by hand.

use crate::common::{Night, at, dispute, money, plain};
use arbiter_engine::whatif::{
    Baseline, Comparison, Curve, Forecast, Resampling, Scale, Sweep, Variant, compare, forecast,
};
use arbiter_model::dispute::{Reason, Video};
use arbiter_model::fault::FaultKind;
use arbiter_model::outcome::Outcome;
use arbiter_policy::{Overlay, Policy};

fn with(base: &Policy, settings: &[&str]) -> Policy {
    let overlays: Vec<_> = settings.iter().map(|setting| Overlay::from_argument(setting)).collect();
    base.and(&overlays).unwrap_or_else(|fault| panic!("{fault}"))
}

fn compared(night: &Night, settings: &[&str]) -> Comparison {
    let (docket, base) = (night.docket(), night.policy());
    let baseline = Baseline { docket: &docket, as_of: night.as_of, base: &base };
    let variant = Variant { name: "variant".to_owned(), policy: with(&base, settings) };
    compare(&baseline, &[variant], Resampling { resamples: 400, seed: 7 }).unwrap().remove(0)
}

/// `48.00 -> 45.00 (-3.00)` of the only currency.
fn moved(comparison: &Comparison) -> String {
    let [line] = comparison.by_currency.as_slice() else { panic!("{:?}", comparison.by_currency) };
    format!("{} -> {} ({})", line.before, line.after, line.change)
}

/// Each value at which the curve changes, with the awards and the outcomes that there are from it on:
/// `0.40: 42.00 refund_partial`.
fn curve(night: &Night, parameter: &str, range: &str) -> Vec<String> {
    let (docket, base) = (night.docket(), night.policy());
    let baseline = Baseline { docket: &docket, as_of: night.as_of, base: &base };
    let sweep = Sweep::parse(parameter, range, range.split("..").last().unwrap()).unwrap();
    let curve = Curve::of(&baseline, &sweep).unwrap_or_else(|fault| panic!("{fault}"));
    let told = |value: u64| {
        let point = curve.at(value).unwrap();
        let award = point.awards.amounts().first().map_or("0.00".to_owned(), |(_, amount)| amount.to_string());
        let outcomes = Outcome::ALL.iter().filter(|outcome| point.outcomes[**outcome as usize] > 0);
        let outcomes: Vec<_> = outcomes.map(|outcome| outcome.code()).collect();
        format!("{}: {award} {}", sweep.scale.text(value), outcomes.join(" "))
    };
    curve.breakpoints().map(told).collect()
}

fn ahead(night: &Night, days: u32) -> Forecast {
    let (docket, base) = (night.docket(), night.policy());
    forecast(&Baseline { docket: &docket, as_of: night.as_of, base: &base }, days)
}

/// Photos have the strength 0.50: 0.30 + (0.50 - 0.30) x 0.50 = 0.40 of 120.00 is 48.00, and with 0.45 above
/// 0.375 of it, 45.00. The 3.00 are 2.5 % of the price.
#[test]
fn a_lower_band_takes_from_the_buyer() {
    let comparison = compared(&plain(Reason::ColourMismatch), &["colour_mismatch.band.high=0.45"]);
    assert_eq!((comparison.disputes, comparison.moved), (1, 1));
    assert_eq!(moved(&comparison), "48.00 -> 45.00 (-3.00)");
    let partial = Outcome::RefundPartial as usize;
    assert_eq!(comparison.matrix[partial][partial], 1);
    let keys = [&comparison.by_rule, &comparison.by_reason, &comparison.by_category, &comparison.by_seller];
    assert_eq!(keys.map(|lines| lines[0].key.clone()), ["colour_mismatch", "colour_mismatch", "home", "shop"]);
    let bands: Vec<_> = comparison.bands.iter().map(|band| (band.winners, band.losers)).collect();
    assert_eq!(bands, [(0, 1), (0, 0), (0, 0), (0, 0), (0, 0)]);
    assert_eq!(comparison.changes[0].parameter, "colour_mismatch.band.high");
}

/// 92 days after the shipment of 2026-03-02 is 2026-06-02, after the as-of: the dispute waits until then, and
/// its 48.00 leave one rule and outcome for others.
#[test]
fn money_leaves_one_rule_and_outcome_for_another() {
    let comparison = compared(&plain(Reason::ColourMismatch), &["too_early.days=92"]);
    assert_eq!(moved(&comparison), "48.00 -> 0.00 (-48.00)");
    let (partial, pending) = (Outcome::RefundPartial as usize, Outcome::Pending as usize);
    assert_eq!((comparison.matrix[partial][pending], comparison.matrix[partial][partial]), (1, 0));
    let rules: Vec<_> = comparison.by_rule.iter().map(|line| (&*line.key, line.moved, line.change)).collect();
    let (nothing, lost) = (money("0.00", "USD"), money("0.00", "USD") - money("48.00", "USD"));
    assert_eq!(rules, [("too_early", 1, nothing), ("colour_mismatch", 1, lost)]);
    // 48.00 of 120.00 are 40 %.
    assert_eq!(comparison.bands[2].losers, 1);
}

/// The band alone: 0.375 x 120.00 = 45.00, which is -3.00. Photos of 0.80 alone: 0.30 + 0.20 x 0.80 = 0.46,
/// 55.20, which is +7.20. Both: 0.30 + 0.15 x 0.80 = 0.42, 50.40, which is +2.40.
///
/// The band adds -3.00 when it is changed first and 2.40 - 7.20 = -4.80 when second: -3.90 on average; the
/// photos 7.20 first and 2.40 + 3.00 = 5.40 second: 6.30. Together 2.40.
#[test]
fn two_changes_share_what_they_move() {
    let settings = ["colour_mismatch.band.high=0.45", "strength.photo=0.80"];
    let comparison = compared(&plain(Reason::ColourMismatch), &settings);
    assert_eq!(moved(&comparison), "48.00 -> 50.40 (2.40)");
    let parts = comparison.attribution.parts.iter();
    let shares: Vec<_> = parts.map(|part| (&*part.part, part.change.amounts()[0].1.to_string())).collect();
    assert_eq!(shares, [("strength.photo", "6.30".to_owned()), ("colour_mismatch.band", "-3.90".to_owned())]);
}

/// Nine values of which two belong to one rule: eight rules are told apart. Nine rules are not.
#[test]
fn beyond_eight_parts_rules_are_told_apart_and_beyond_eight_rules_nothing() {
    let eight = [
        "defective.band=0.10,0.20",
        "defective.share=0.50",
        "damaged.band=0.10,0.20",
        "customs.share=0.50",
        "too_early.days=6",
        "too_late.days=6",
        "protection.days=50",
        "parcel_stalled.days=40",
        "colour_mismatch.band.high=0.45",
    ];
    let night = plain(Reason::ColourMismatch);
    let attribution = compared(&night, &eight).attribution;
    assert_eq!(attribution.note.as_deref(), Some("9 values of 8 rules differ, so each rule is one part"));
    assert_eq!(attribution.parts.len(), 8);
    // Only the band bears on this case.
    let moving: Vec<_> = attribution.parts.iter().filter(|part| !part.change.amounts()[0].1.is_zero()).collect();
    assert_eq!((moving.len(), &*moving[0].part), (1, "colour_mismatch"));
    let attribution = compared(&night, &[&eight[..], &["wrong_item.share=0.50"]].concat()).attribution;
    assert_eq!(attribution.note.as_deref(), Some("9 rules differ; shares are told of at most 8"));
    assert!(attribution.parts.is_empty());
}

/// Versions and segments of the variant: what is told apart is the rule as a whole.
#[test]
fn a_new_version_is_one_part() {
    let night = plain(Reason::ColourMismatch);
    let (docket, base) = (night.docket(), night.policy());
    let file = "[[colour_mismatch]]\neffective_from = 2026-04-01\nreviewed_on = 2026-03-01\nsource = \"x\"\n\
                band = [\"0.10\", \"0.20\"]\n[[colour_mismatch.when]]\ncategory = [\"home\"]\nband.high = \"0.30\"\n";
    let policy = base.and(&[Overlay::from_file("terms.toml", file)]).unwrap();
    let baseline = Baseline { docket: &docket, as_of: night.as_of, base: &base };
    let variants = [Variant { name: "terms".to_owned(), policy }];
    let comparison = compare(&baseline, &variants, Resampling { resamples: 0, seed: 1 }).unwrap().remove(0);
    // 0.10 + 0.20 x 0.50 = 0.20 of 120.00.
    assert_eq!(moved(&comparison), "48.00 -> 24.00 (-24.00)");
    let [part] = comparison.attribution.parts.as_slice() else { panic!("{:?}", comparison.attribution) };
    assert_eq!((&*part.part, part.change.amounts()[0].1.to_string()), ("colour_mismatch", "-24.00".to_owned()));
}

/// With one buyer every drawing is the night itself. With two, of whom one loses 3.00, a drawing has that
/// one never, once or twice, each more often than in a fortieth of the drawings: -6.00 to 0.00.
#[test]
fn an_interval_is_as_wide_as_the_buyers_differ() {
    let told = |night: &Night| {
        let comparison = compared(night, &["colour_mismatch.band.high=0.45"]);
        let change = comparison.intervals.iter().find(|interval| interval.total == "change").unwrap();
        format!("{}: {} to {}", change.amount, change.low, change.high)
    };
    let one = plain(Reason::ColourMismatch);
    assert_eq!(told(&one), "-3.00: -3.00 to -3.00");
    let other = plain(Reason::Other).dispute(|dispute| dispute.buyer_id = "boris".into());
    let other = other.order(|order| (order.id, order.buyer_id) = ("O-2".into(), "boris".into()));
    assert_eq!(told(&one.and_order(other)), "-3.00: -6.00 to 0.00");
}

/// The award is (0.30 + (high - 0.30) x 0.50) x 120.00 = 18.00 + 60.00 x high: 42.00 at 0.40, 54.00 at 0.60,
/// and 0.006 more for each ten-thousandth: 42.006 is 42.01, 42.012 too, and 42.018 is 42.02.
#[test]
fn a_curve_rises_cent_by_cent() {
    let night = plain(Reason::ColourMismatch);
    let curve_of = |range| curve(&night, "colour_mismatch.band.high", range);
    let fine = curve_of("0.40..0.4004");
    assert_eq!(fine, ["0.40: 42.00 refund_partial", "0.4001: 42.01 refund_partial", "0.4003: 42.02 refund_partial"]);
    let all = curve_of("0.40..0.60");
    assert_eq!(all.last().unwrap(), "0.60: 54.00 refund_partial");
    // A value for each cent of the 12.00.
    assert_eq!(all.len(), 1201);
}

/// 50.00 are asked: 18.00 + 60.00 x high is 49.980 at 0.5330, 49.986 at 0.5331, 49.992 at 0.5332, which is
/// 49.99 too, and 49.998 at 0.5333, which is 50.00 already.
#[test]
fn a_curve_ends_where_no_more_was_asked() {
    let night = plain(Reason::ColourMismatch).requested("50.00");
    let all = curve(&night, "colour_mismatch.band.high", "0.53..0.60");
    let last: Vec<_> = all.iter().rev().take(2).collect();
    assert_eq!(last, ["0.5333: 50.00 refund_partial", "0.5331: 49.99 refund_partial"]);
}

/// A second dispute of the order, about damage on a continuous video, gets all that the first left of the
/// 120.00: whatever the band of the first is, both together get 120.00.
#[test]
fn what_one_dispute_gets_the_next_of_its_order_does_not() {
    let mut second = dispute("D-2", Reason::Damaged);
    (second.opened_at, second.video) = (at("2026-04-11"), Video::Continuous);
    let night = plain(Reason::ColourMismatch).and_dispute(second);
    assert_eq!(curve(&night, "colour_mismatch.band.high", "0.40..0.60"), ["0.40: 120.00 refund_full refund_partial"]);
}

/// The latest event is of 2026-03-03, 56 days before 2026-04-28, when protection still runs.
#[test]
fn a_parcel_counts_as_stalled_up_to_the_days_since_its_latest_event() {
    let night = plain(Reason::NotReceived).as_of("2026-04-28");
    let expected = ["50: 120.00 refund_full", "57: 0.00 pending"];
    assert_eq!(curve(&night, "parcel_stalled.days", "50..60"), expected);
}

/// Protection of v days ends on 2026-03-02 + v. The dispute of 2026-04-10 is too late where that is more than
/// 15 days before: 2026-03-26 is 24 days after shipment. By the as-of, 91 days after it, protection of more
/// days has not ended, so that the parcel is waited for.
#[test]
fn protection_is_compared_with_more_than_one_date() {
    let night = plain(Reason::NotReceived).set("parcel_stalled.days=36500");
    let expected = ["20: 0.00 denied", "24: 120.00 refund_full", "92: 0.00 pending"];
    assert_eq!(curve(&night, "protection.days", "20..95"), expected);
    // Delivered on 2026-04-20, 49 days after shipment: in time from there on, late before, which is half.
    let night = plain(Reason::NotReceived).delivered("2026-04-20T00:00:00Z");
    assert_eq!(curve(&night, "protection.days", "30..60"), ["30: 60.00 refund_partial", "49: 0.00 denied"]);
}

/// A segment keeps a value of its own, whatever is laid over its version: nothing is swept there.
#[test]
fn a_segment_that_names_the_parameter_is_not_swept() {
    let night = plain(Reason::ColourMismatch);
    let file = "[[colour_mismatch.when]]\ncategory = [\"home\"]\nband = [\"0.20\", \"0.40\"]\n";
    let file = format!("[colour_mismatch]\n{file}");
    let base = Policy::with(&[Overlay::from_file("terms.toml", &file)]).unwrap();
    let docket = night.docket();
    let sweep = Sweep::parse("colour_mismatch.band.high", "0.40..0.60", "0.10").unwrap();
    let curve = Curve::of(&Baseline { docket: &docket, as_of: night.as_of, base: &base }, &sweep).unwrap();
    assert_eq!(curve.breakpoints().collect::<Vec<_>>(), [4000]);
    // 0.20 + 0.20 x 0.50 = 0.30 of 120.00.
    assert_eq!(curve.at(6000).unwrap().awards.amounts()[0].1, money("36.00", "USD"));
}

/// Protection ends on 2026-05-01T00:00:00Z, the third night after 2026-04-28, and has ended at that second.
#[test]
fn a_parcel_that_does_not_come_is_paid_on_the_night_protection_ends() {
    let night = plain(Reason::NotReceived).set("parcel_stalled.days=36500").as_of("2026-04-28");
    let forecast = ahead(&night, 5);
    assert_eq!((forecast.pending, forecast.still_pending), (1, 0));
    let decided: Vec<_> = forecast.nights.iter().map(|night| night.decided).collect();
    assert_eq!(decided, [0, 0, 1, 0, 0]);
    assert_eq!(forecast.nights[2].at, at("2026-05-01"));
    assert_eq!(forecast.nights[2].awards.amounts()[0].1, money("120.00", "USD"));
    assert_eq!(forecast.settled[0].then.rule().code, "not_delivered");
    assert_eq!(ahead(&night, 2).still_pending, 1);
}

/// Nothing was shown: the parties negotiate until the escalation of 2026-04-25, then evidence is awaited for 3
/// days, so the dispute of 2026-04-20 is pending for one date after another and denied on 2026-04-28.
#[test]
fn a_dispute_may_become_pending_for_another_date() {
    let night = plain(Reason::ColourMismatch).evidence(0, Video::None).as_of("2026-04-20");
    let forecast = ahead(&night, 10);
    let [settled] = forecast.settled.as_slice() else { panic!("{:?}", forecast.settled) };
    assert_eq!((settled.today.rule().code, settled.then.rule().code), ("negotiating", "insufficient_evidence"));
    assert_eq!(forecast.nights[settled.night].at, at("2026-04-28"));
}

/// What a sweep cannot be: each with its kind of fault.
#[test]
fn a_sweep_says_what_is_wrong_with_it() {
    let parsed = |parameter: &str, range: &str, step: &str| {
        let fault = Sweep::parse(parameter, range, step).unwrap_err();
        assert!(!fault.hints.is_empty(), "{fault}");
        (fault.kind, fault.problem)
    };
    let usage = |problem: &str| (FaultKind::Usage, problem.to_owned());
    let policy = |problem: &str| (FaultKind::Policy, problem.to_owned());
    let band = "colour_mismatch.band.high";
    assert_eq!(
        parsed(band, "0.40-0.60", "0.01"),
        usage("0.40-0.60: expected the first and the last value, as FROM..TO")
    );
    assert_eq!(parsed(band, "0.60..0.40", "0.01"), usage("0.60..0.40: the first value is above the last"));
    assert_eq!(parsed(band, "0.40..0.60", "0"), usage("--step must be above 0"));
    assert_eq!(parsed(band, "0.4..0.60001", "0.1"), usage(&format!("{band}: invalid value 0.60001")));
    assert_eq!(parsed("too_early.days", "1..2.5", "1"), usage("too_early.days: invalid value 2.5"));
    assert_eq!(parsed("top_up.hours", "0..5000", "1"), usage("0..5000 in steps of 1: too many values"));
    assert_eq!(
        parsed("colour_mismatch.band", "0..1", "0.1"),
        policy("colour_mismatch.band: is not one number, so it cannot be swept")
    );
    assert_eq!(parsed("seller_silent", "1..5", "1"), policy("seller_silent: is a rule, not a parameter"));
    assert_eq!(parsed("color_mismatch.band.high", "0..1", "0.1").0, FaultKind::Policy);
    let base = Policy::standard().unwrap();
    let refused = |range: &str| {
        let sweep = Sweep::parse(band, range, "0.1").unwrap();
        let fault = sweep.at(&base, sweep.low).or_else(|_| sweep.at(&base, sweep.high)).unwrap_err();
        (fault.kind, fault.problem)
    };
    assert!(refused("0.20..1.20").1.starts_with("colour_mismatch.band.high cannot be 1.20: "));
    assert_eq!(Scale::of("returns.posting_cost.JPY").unwrap().parse("12.5"), None);
    assert_eq!(Scale::of("returns.posting_cost.USD").unwrap().parse("12.5"), Some(1250));
}
