//! Parameters: each check from both sides of its bound, and what overlays lay over what.

use arbiter_model::fault::FaultKind;
use arbiter_policy::{Overlay, Policy};

use crate::common::{at, plain};

use arbiter_model::dispute::Reason;

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
    let policy = file(arbiter_policy::STANDARD).unwrap();
    assert!(policy.changed().is_empty(), "{:?}", policy.changed());
    assert_eq!(policy, Policy::standard().unwrap());
}

/// A version of one rule from 2026-04-10 on, the day the plain dispute was opened.
const CHANGED: &str = "[[colour_mismatch]]\neffective_from = 2026-04-10\nreviewed_on = 2026-04-01\n\
    source = \"Terms of 2026\"\nband = [\"0.50\", \"0.90\"]\n";

/// The plain case of 120.00 USD about its colour, with photos (strength 0.50), decided under overlays.
fn decided(case: &crate::common::Night, overlays: &[Overlay]) -> String {
    decided_by(case, overlays).0
}

/// The same, with the versions that decided.
fn decided_by(case: &crate::common::Night, overlays: &[Overlay]) -> (String, String) {
    let policy = Policy::with(overlays).unwrap_or_else(|fault| panic!("{fault}"));
    let docket = case.docket();
    let rulings = arbiter_engine::decide::decide_docket(&docket, &policy, case.as_of);
    let decision = rulings.made.iter().find(|decision| decision.at.order == 0).unwrap();
    let versions = policy.versions_for(&decision.at.case(&docket), case.as_of, [decision.rule().code]);
    (decision.award.to_string(), versions.into_owned())
}

fn read(text: &str) -> Overlay {
    Overlay::from_file("policy.toml", text)
}

#[test]
fn a_dispute_is_decided_by_the_version_that_was_in_force_when_it_was_opened() {
    let colour = |opened: &str| plain(Reason::ColourMismatch).opened(opened);
    let before = ("48.00".to_owned(), "colour_mismatch@2015-01-01;strength@2015-01-01".to_owned());
    let after = ("84.00".to_owned(), "colour_mismatch@2026-04-10;strength@2015-01-01".to_owned());
    // 0.30 + (0.50 - 0.30) x 0.50 = 0.40, 120.00 x 0.40 = 48.00
    assert_eq!(decided_by(&colour("2026-04-09T23:59:59Z"), &[read(CHANGED)]), before);
    // 0.50 + (0.90 - 0.50) x 0.50 = 0.70, 120.00 x 0.70 = 84.00
    assert_eq!(decided_by(&colour("2026-04-10T00:00:00Z"), &[read(CHANGED)]), after);
    assert_eq!(decided_by(&colour("2026-04-10T00:00:01Z"), &[read(CHANGED)]), after);
}

#[test]
fn the_governing_date_is_a_parameter() {
    let at_payment = |day: &str| CHANGED.replace("2026-04-10", day);
    let case = plain(Reason::ColourMismatch);
    let by = |date: &str, text: &str| {
        decided(&case, &[read(text), Overlay::from_argument(&format!("policy.governed_by={date}"))])
    };
    // Paid on 2026-03-01T00:00:00Z: one second after, at, and one second before it changes.
    assert_eq!(by("paid_at", &at_payment("2026-03-01T00:00:01Z")), "48.00");
    assert_eq!(by("paid_at", &at_payment("2026-03-01T00:00:00Z")), "84.00");
    assert_eq!(by("paid_at", &at_payment("2026-02-28T23:59:59Z")), "84.00");
    // The as-of is 2026-06-01T00:00:00Z.
    assert_eq!(by("run", &at_payment("2026-06-01T00:00:01Z")), "48.00");
    assert_eq!(by("run", &at_payment("2026-06-01")), "84.00");
    assert_eq!(by("run", &at_payment("2026-05-31T23:59:59Z")), "84.00");
    assert_eq!(by("opened_at", &at_payment("2026-04-10T00:00:01Z")), "48.00");
}

#[test]
fn dates_before_the_first_version_are_governed_by_it() {
    let old = plain(Reason::ColourMismatch).order(|order| order.paid_at = at("2009-01-01"));
    let by_payment = Overlay::from_argument("policy.governed_by=paid_at");
    assert_eq!(decided_by(&old, &[by_payment]).1, "colour_mismatch@2015-01-01;strength@2015-01-01");
}

#[test]
fn disputes_of_one_order_are_each_decided_by_their_own_date() {
    let policy = Policy::with(&[read(CHANGED)]).unwrap();
    let mut second = crate::common::dispute("D-2", Reason::ColourMismatch);
    second.opened_at = at("2026-04-11");
    let night = plain(Reason::ColourMismatch).opened("2026-04-09").and_dispute(second);
    let docket = night.docket();
    let awards = arbiter_engine::decide::decide_docket(&docket, &policy, night.as_of).made;
    // 48.00 by the old version; of the 72.00 that are left the new one gives all, as 84.00 is more.
    assert_eq!(awards.iter().map(|decision| decision.award.to_string()).collect::<Vec<_>>(), ["48.00", "72.00"]);
}

#[test]
fn buyers_records_are_governed_by_the_as_of() {
    // From the day before the as-of on one disputed order is enough for `watch`.
    let text = "[[serial_disputer]]\neffective_from = 2026-05-31\nreviewed_on = 2026-05-31\nsource = \"x\"\n\
        watch.disputes = 1\n";
    let level = |as_of: &str| {
        let policy = Policy::with(&[read(text)]).unwrap();
        let night = plain(Reason::ColourMismatch);
        arbiter_engine::decide::decide_docket(&night.docket(), &policy, at(as_of)).buyers[0].level.code()
    };
    assert_eq!(level("2026-05-30T23:59:59Z"), "none");
    assert_eq!(level("2026-05-31T00:00:00Z"), "watch");
}

/// For apparel in USD from 50.00 to below 200.00, for one seller whatever it sells, and for Brazil.
const SEGMENTS: &str = "[[colour_mismatch.when]]\ncategory = [\"apparel\", \"shoes\"]\ncurrency = [\"USD\"]\n\
    goods_total = { from = \"120.00\", below = \"120.01\" }\nband = [\"0.00\", \"0.20\"]\n\
    [[colour_mismatch.when]]\nseller_id = [\"shop\"]\nband.high = \"0.70\"\n\
    [[colour_mismatch.when]]\ndestination_country = [\"BR\"]\nband = [\"1.00\", \"1.00\"]\n";

#[test]
fn the_first_segment_whose_condition_holds_decides() {
    let case = || plain(Reason::ColourMismatch).order(|order| order.seller_id = "other".into());
    let by = |case: &crate::common::Night| {
        let (award, versions) = decided_by(case, &[read(SEGMENTS)]);
        (award, versions.replace("colour_mismatch@2015-01-01", "").replace(";strength@2015-01-01", ""))
    };
    let decided = |award: &str, segment: &str| (award.to_owned(), segment.to_owned());
    assert_eq!(by(&case()), decided("48.00", ""));
    // 0.00 + 0.20 x 0.50 = 0.10, 120.00 x 0.10 = 12.00
    assert_eq!(by(&case().category("apparel")), decided("12.00", "#1"));
    assert_eq!(by(&case().category("shoes")), decided("12.00", "#1"));
    assert_eq!(by(&case().order(|order| order.category = None)), decided("48.00", ""));
    // 0.30 + (0.70 - 0.30) x 0.50 = 0.50, 120.00 x 0.50 = 60.00; the first segment comes before it
    assert_eq!(by(&plain(Reason::ColourMismatch)), decided("60.00", "#2"));
    assert_eq!(by(&plain(Reason::ColourMismatch).category("shoes")), decided("12.00", "#1"));
    // The end of the range is not in it: 120.01 x 0.40 = 48.004
    assert_eq!(by(&case().category("shoes").priced("120.01", "USD")), decided("48.00", ""));
    assert_eq!(by(&case().category("shoes").priced("119.99", "USD")), decided("48.00", ""));
    assert_eq!(by(&case().category("shoes").priced("120.00", "EUR")), decided("48.00", ""));
    let brazil = case().order(|order| order.destination = arbiter_model::dispute::Country::from_code("BR"));
    assert_eq!(by(&brazil), decided("120.00", "#3"));
    assert_eq!(by(&case().order(|order| order.destination = None)), decided("48.00", ""));
}

#[test]
fn segments_of_several_rules_meet() {
    let strong = "[[strength.when]]\ncategory = [\"shoes\"]\nphoto = \"1.00\"\n";
    let shoes = plain(Reason::ColourMismatch).order(|order| order.seller_id = "other".into()).category("shoes");
    // 0.00 + 0.20 x 1.00 = 0.20, 120.00 x 0.20 = 24.00
    let (award, versions) = decided_by(&shoes, &[read(SEGMENTS), read(strong)]);
    assert_eq!((&*award, &*versions), ("24.00", "colour_mismatch@2015-01-01#1;strength@2015-01-01#1"));
}

#[test]
fn a_segment_that_nothing_is_left_for_is_a_fault() {
    let when = |conditions: &str| format!("[[too_early.when]]\n{conditions}\ndays = 7\n");
    let usd = |range: &str| when(&format!("currency = [\"USD\"]\ngoods_total = {{ {range} }}"));
    for (reached, never) in [
        (vec![when("category = [\"a\"]"), when("category = [\"b\"]")], when("category = [\"b\", \"a\"]")),
        (vec![when("category = [\"a\"]")], when("category = [\"a\"]\ncurrency = [\"USD\"]")),
        (vec![when("category = [\"a\"]\ncurrency = [\"USD\"]")], when("category = [\"a\"]\ncurrency = [\"USD\"]")),
        (vec![usd("from = \"10\""), usd("below = \"10\"")], when("currency = [\"USD\"]\nseller_id = [\"s\"]")),
        (vec![usd("from = \"10\", below = \"20\"")], usd("from = \"12\", below = \"13\"")),
    ] {
        assert_eq!(file(&reached.concat()).err(), None);
        let problem = file(&(reached.concat() + &never)).unwrap_err();
        assert!(problem.contains("can never be reached"), "{never}: {problem}");
    }
    for both in [
        [when("category = [\"a\"]\ncurrency = [\"USD\"]"), when("category = [\"a\"]")],
        [when("category = [\"a\"]"), when("currency = [\"USD\"]")],
        [usd("from = \"10\", below = \"20\""), usd("from = \"19.99\", below = \"20.01\"")],
        [usd("from = \"10\""), when("currency = [\"EUR\"]\ngoods_total = { from = \"10\" }")],
    ] {
        assert_eq!(file(&both.concat()).err(), None);
    }
}

#[test]
fn a_plain_table_is_laid_over_every_version_and_a_new_version_inherits() {
    let policy = files(&[CHANGED, "[colour_mismatch]\nband.low = \"0.45\"\n"]).unwrap();
    let band = |policy: &Policy, day: &str| {
        let band = policy.terms_of_run(at(day)).colour_mismatch.band;
        format!("{}-{}", band.low, band.high)
    };
    assert_eq!((band(&policy, "2026-04-09"), band(&policy, "2026-04-10")), ("0.45-0.50".into(), "0.45-0.90".into()));
    // A later version that names one end takes the other from the version before it.
    let later = CHANGED.replace("04-10", "05-01").replace("band = [\"0.50\", \"0.90\"]", "band.high = \"0.95\"");
    let policy = files(&[CHANGED, &later]).unwrap();
    assert_eq!((band(&policy, "2026-04-30"), band(&policy, "2026-05-01")), ("0.50-0.90".into(), "0.50-0.95".into()));
    let policy = files(&[CHANGED, &CHANGED.replace("0.90", "0.80")]).unwrap();
    assert_eq!(policy.versions("colour_mismatch").len(), 2, "one of the same date takes its place");
    assert_eq!(band(&policy, "2026-04-10"), "0.50-0.80");
    let set = [read(CHANGED), Overlay::from_argument("colour_mismatch@2026-04-10.band.high=0.85")];
    let policy = Policy::with(&set).unwrap();
    assert_eq!((band(&policy, "2026-04-09"), band(&policy, "2026-04-10")), ("0.30-0.50".into(), "0.50-0.85".into()));
}

#[test]
fn segments_are_inherited_replaced_and_dropped() {
    let versioned = format!("{CHANGED}{SEGMENTS}");
    let later = CHANGED.replace("04-10", "05-01");
    let segments = |texts: &[&str]| files(texts).unwrap().versions("colour_mismatch").last().unwrap().segments.len();
    assert_eq!(segments(&[&versioned, &later]), 3);
    assert_eq!(segments(&[&versioned, &format!("{later}when = []\n")]), 0);
    assert_eq!(segments(&[&versioned, "[[colour_mismatch.when]]\ncategory = [\"x\"]\n"]), 1);
    assert_eq!(segments(&[&versioned, "[colour_mismatch]\nwhen = []\n"]), 0);
    let set = [read(&versioned), Overlay::from_argument("colour_mismatch@2026-04-10#2.band=0.10,0.20")];
    let policy = Policy::with(&set).unwrap();
    let change =
        policy.changed().iter().find(|change| change.parameter == "colour_mismatch@2026-04-10#2.band").unwrap();
    assert_eq!((&*change.value, &*change.set_by), ("[\"0.10\", \"0.20\"]", "--set"));
}

#[test]
fn a_parameter_is_read_by_its_path() {
    let policy = Policy::with(&[read(CHANGED)]).unwrap();
    let value = |path: &str, day: &str| policy.value(path, at(day)).map(|(value, origin)| format!("{value} {origin}"));
    assert_eq!(value("colour_mismatch.band.high", "2026-04-09").as_deref(), Some("\"0.50\" standard"));
    assert_eq!(value("colour_mismatch.band.high", "2026-04-10").as_deref(), Some("\"0.90\" policy.toml:5"));
    assert_eq!(value("returns.posting_cost.USD", "2026-04-10").as_deref(), Some("\"12.50\" standard"));
    assert_eq!(value("policy.review_months", "2026-04-10").as_deref(), Some("12 standard"));
    assert_eq!(value("colour_mismatch.band.middle", "2026-04-10"), None);
    let parameter = arbiter_policy::catalogue().parameter("colour_mismatch.band.high").unwrap();
    let numbers = ["too_early.days", "colour_mismatch.band.high", "returns.posting_cost.USD", "customs.share"];
    assert!(numbers.iter().all(|path| arbiter_policy::catalogue().is_number(path)));
    let others = ["colour_mismatch.band", "double.categories", "policy.governed_by", "returns.posting_cost", "x.y"];
    assert!(!others.iter().any(|path| arbiter_policy::catalogue().is_number(path)));
    assert_eq!((&*parameter.unit, &*parameter.range_text()), ("share of the price", "0.00 to 1.00"));
}

#[test]
fn a_review_is_due_after_its_months() {
    let policy = Policy::standard().unwrap();
    // Reviewed on 2026-05-15, for 12 months.
    assert!(policy.overdue_reviews(at("2027-05-15T23:59:59Z")).is_empty());
    assert_eq!(policy.overdue_reviews(at("2027-05-16")).len(), 1);
    let policy = set(&["policy.review_months=1"]).unwrap();
    assert!(policy.overdue_reviews(at("2026-06-15")).is_empty());
    let overdue = policy.overdue_reviews(at("2026-06-16"));
    assert!(
        overdue[0]
            .starts_with("parameters not reviewed for more than 1 month, last on 2026-05-15: protection@2015-01-01, "),
        "{overdue:?}"
    );
}

#[test]
fn the_least_wait_is_over_at_its_very_second() {
    // Shipped on 2026-03-02; protection ended on 2026-05-01; 91 days later it is 2026-06-01.
    let rule = |days: &str, reason| {
        plain(reason).without_events().set(&format!("non_receipt.wait_days={days}")).rule_and_next()
    };
    assert_eq!(rule("91", Reason::NotReceived), "refund_full not_trackable");
    assert_eq!(rule("92", Reason::NotReceived), "pending awaiting_protection_end 2026-06-02");
    assert_eq!(rule("92", Reason::ColourMismatch), "refund_partial colour_mismatch");
    let told = plain(Reason::NotReceived).set("non_receipt.wait_days=92").explanation();
    assert_eq!(
        told,
        "The parcel may still come (last seen in CN on 2026-03-03), and is waited for 92 days from its shipment, so \
         the dispute waits until 2026-06-02 00:00:00 UTC."
    );
}

#[test]
fn profiles_decide_by_their_values() {
    let under = |case: crate::common::Night, profile: &str| {
        let policy = Policy::with(&[Overlay::profile(profile).unwrap()]).unwrap();
        let rulings = arbiter_engine::decide::decide_docket(&case.docket(), &policy, case.as_of);
        let decision = &rulings.made[0];
        let next = decision.next_event_at().map(|at| format!(" {}", at.date())).unwrap_or_default();
        format!("{} {} {}{next}", decision.outcome, decision.rule().code, decision.award)
    };
    // Shipped on 2026-04-20, last seen on 2026-05-01: 31 days ago, but only 42 days of the 60 are over.
    let stalled = || {
        let case = plain(Reason::NotReceived)
            .without_events()
            .opened("2026-05-01")
            .answered(crate::common::rejected("2026-05-02"));
        case.order(|order| order.shipped_at = Some(at("2026-04-20"))).and_event(
            "2026-05-01",
            arbiter_model::dispute::TrackingStatus::InTransit,
            "CN",
        )
    };
    assert_eq!(under(stalled(), "standard"), "refund_full parcel_stalled 120.00");
    assert_eq!(under(stalled(), "patient"), "pending awaiting_protection_end 0.00 2026-06-19");
    // Shipped on 2026-03-02 to RU: 90 days are over on 2026-05-31.
    let lost = || plain(Reason::NotReceived).as_of("2026-05-30T23:59:59Z").without_events();
    assert_eq!(under(lost(), "standard"), "refund_full not_trackable 120.00");
    assert_eq!(under(lost(), "destinations"), "pending awaiting_protection_end 0.00 2026-05-31");
    assert_eq!(under(lost().as_of("2026-05-31"), "destinations"), "refund_full not_trackable 120.00");
    // Half of 120.00; what customs keep is the buyer's loss.
    let protected = |reason| plain(reason).order(|order| order.protection_ends_at = Some(at("2026-05-01")));
    let wrong = || protected(Reason::WrongItem);
    assert_eq!(under(wrong(), "buyer"), "refund_full wrong_item 120.00");
    assert_eq!(under(wrong(), "seller"), "refund_partial wrong_item 60.00");
    let customs = protected(Reason::Customs).dispute(|dispute| dispute.documents = 1);
    assert_eq!(under(customs, "seller"), "denied customs 0.00");
    // Opened on 2026-04-10, unanswered: silent after 3 days, or 5.
    let unanswered = |day: &str| plain(Reason::ColourMismatch).unanswered().as_of(day);
    assert_eq!(under(unanswered("2026-04-13"), "swift"), "refund_full seller_silent 120.00");
    assert_eq!(under(unanswered("2026-04-12T23:59:59Z"), "swift"), "pending negotiating 0.00 2026-04-13");
    assert_eq!(under(unanswered("2026-04-13"), "standard"), "pending negotiating 0.00 2026-04-15");
}

#[test]
fn one_number_can_be_swept_over_its_range() {
    let awards = ["0.30", "0.50", "1.00"]
        .map(|high| decided(&plain(Reason::ColourMismatch), &[Overlay::set_to("colour_mismatch.band.high", high)]));
    // 120.00 x (0.30 + (high - 0.30) x 0.50): x 0.30, x 0.40, x 0.65
    assert_eq!(awards, ["36.00", "48.00", "78.00"]);
}
