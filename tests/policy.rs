//! Parameters: each check from both sides of its bound, and what overlays lay over what.

use arbiter::fault::FaultKind;
use arbiter::policy::{Overlay, Policy};

#[path = "common/mod.rs"]
mod common;

use common::{at, plain};

use arbiter::dispute::Reason;

fn set(arguments: &[&str]) -> Result<Policy, String> {
    let overlays: Vec<_> = arguments.iter().map(|argument| Overlay::from_argument(argument)).collect();
    Policy::with(&overlays).map_err(|fault| {
        assert_eq!(fault.kind, FaultKind::Policy);
        fault.problem
    })
}

fn file(text: &str) -> Result<Policy, String> {
    files(&[text])
}

fn files(texts: &[&str]) -> Result<Policy, String> {
    let overlays: Vec<_> = texts.iter().map(|text| Overlay::from_file("policy.toml", text)).collect();
    Policy::with(&overlays).map_err(|fault| fault.to_string())
}

#[test]
fn each_bound_is_checked_from_both_sides() {
    for (good, bad) in [
        ("too_early.days=0", "too_early.days=-1"),
        ("too_early.days=36500", "too_early.days=36501"),
        ("top_up.hours=0", "top_up.hours=-1"),
        ("top_up.hours=876000", "top_up.hours=876001"),
        ("customs.share=0", "customs.share=-0.1"),
        ("customs.share=1.00", "customs.share=1.0001"),
        ("customs.share=0.1234", "customs.share=0.12345"),
        ("customs.share=0.123400000000000000000000000000", "customs.share=0.123456789012345678901234567890"),
        ("double.share=9.9999", "double.share=10"),
        ("colour_mismatch.band.low=0.50", "colour_mismatch.band.low=0.51"),
        ("colour_mismatch.band.high=0.30", "colour_mismatch.band.high=0.29"),
        ("colour_mismatch.band.high=1.00", "colour_mismatch.band.high=1.01"),
        ("colour_mismatch.band=0.30,0.40", "colour_mismatch.band=0.40,0.30"),
        ("refund.days=[10, 10]", "refund.days=[11, 10]"),
        ("refund.days=[0, 1]", "refund.days=[0, 1, 2]"),
        ("refund.days.high=3", "refund.days.high=2"),
        ("double.categories=[\"home\"]", "double.categories=[\"Home\"]"),
        ("double.categories=[\"home_2\"]", "double.categories=[\"home 2\"]"),
        ("double.categories=[]", "double.categories=[\"\"]"),
        ("returns.posting_cost.EUR=12.5", "returns.posting_cost.EUR=12.505"),
        ("returns.posting_cost.JPY=1800", "returns.posting_cost.ZZZ=1800"),
        ("refund.commission.mobile_other=0.01", "refund.commission.mobile_other=1.01"),
        ("serial_disputer.blocked.lower=1.00", "serial_disputer.blocked.lower=1.01"),
        ("serial_disputer.watch.burst=0", "serial_disputer.watch.burst=-1"),
        ("policy.review_months=1", "policy.review_months=0"),
        ("policy.review_months=1200", "policy.review_months=1201"),
        ("policy.governed_by=paid_at", "policy.governed_by=shipped_at"),
        ("too_early@2015-01-01.days=6", "too_early@2015-01-02.days=6"),
    ] {
        assert!(set(&[good]).is_ok(), "{good}: {:?}", set(&[good]).unwrap_err());
        assert!(set(&[bad]).is_err(), "{bad} was taken");
    }
}

#[test]
fn both_ends_of_a_band_may_move_past_the_old_ones_together() {
    // From 0.30-0.50 to 0.60-0.70: each end alone would pass the other.
    let band = set(&["colour_mismatch.band.low=0.60", "colour_mismatch.band.high=0.70"]).unwrap();
    let terms = band.terms_of_run(at("2026-06-01"));
    assert_eq!(terms.colour_mismatch.band.low.to_string(), "0.60");
    assert_eq!(terms.colour_mismatch.band.high.to_string(), "0.70");
    let alone = set(&["colour_mismatch.band.low=0.60"]).unwrap_err();
    assert!(alone.contains("low not above high, not [\"0.60\", \"0.50\"]"), "{alone}");
}

#[test]
fn the_setting_to_blame_is_named_with_its_line() {
    let problem = file("[too_early]\ndays = 6\n\n[size_mismatch]\nband = [\"0.9\", \"0.8\"]\n").unwrap_err();
    assert!(problem.starts_with("policy.toml:5: size_mismatch.band: "), "{problem}");
}

#[test]
fn a_policy_is_the_same_whatever_way_it_came_about() {
    let by_file = file("[size_mismatch]\nband = [\"0.40\", \"0.80\"]\n").unwrap();
    let by_argument = set(&["size_mismatch.band.high=0.8"]).unwrap();
    assert_eq!(by_file.hash(), by_argument.hash());
    assert_ne!(by_file.hash(), Policy::standard().unwrap().hash());
    assert_eq!(by_argument.changed().len(), 1);
}

#[test]
fn a_setting_to_the_value_in_force_is_no_change() {
    let policy = set(&["too_early.days=5", "customs.share=1.00"]).unwrap();
    assert_eq!(policy.hash(), Policy::standard().unwrap().hash());
    assert!(policy.changed().is_empty());
}

#[test]
fn the_standard_file_laid_over_itself_changes_nothing() {
    let policy = file(arbiter::policy::STANDARD).unwrap();
    assert!(policy.changed().is_empty(), "{:?}", policy.changed());
    assert_eq!(policy, Policy::standard().unwrap());
}
