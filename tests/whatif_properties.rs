//! Properties of what-ifs over generated dockets: each answer is what deciding everything again gives.

use std::collections::BTreeMap;

use arbiter_engine::decide::decide_docket;
use arbiter_engine::decision::Decision;
use arbiter_engine::whatif::{Baseline, Comparison, Curve, Resampling, Sweep, Variant, compare, forecast};
use arbiter_generate::{Plan, docket};
use arbiter_model::case::Docket;
use arbiter_model::instant::{Instant, SECONDS_PER_DAY};
use arbiter_model::outcome::Outcome;
use arbiter_policy::{Kind, Overlay, Policy, catalogue};
use chrono_tz::Tz;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Versions, segments, and a date that chooses among them, to sweep and compare over.
const TERMS: &str = r#"
[policy]
governed_by = "paid_at"

[[colour_mismatch]]
effective_from = 2026-03-01
reviewed_on = 2026-02-15
source = "Terms of 2026"
band = ["0.25", "0.45"]

[[colour_mismatch.when]]
category = ["apparel", "home"]
band.low = "0.20"

[[protection]]
effective_from = 2026-04-01
reviewed_on = 2026-02-15
source = "Terms of 2026"
days = 40

[[protection.when]]
destination_country = ["RU", "BR"]
days = 30
"#;

fn base(with_terms: bool) -> Policy {
    let overlays = with_terms.then(|| Overlay::from_file("terms.toml", TERMS));
    Policy::with(&overlays.into_iter().collect::<Vec<_>>()).unwrap()
}

fn with(base: &Policy, settings: &[&str]) -> Policy {
    let overlays: Vec<_> = settings.iter().map(|setting| Overlay::from_argument(setting)).collect();
    base.and(&overlays).unwrap_or_else(|fault| panic!("{settings:?}: {fault}"))
}

fn day(text: &str) -> Instant {
    Instant::parse(text, Tz::UTC).unwrap()
}

/// A generated docket as it stands some days before its exports were taken: what comes later is in it.
struct Setting {
    plan: Plan,
    docket: Docket,
    as_of: Instant,
    base: Policy,
}

impl std::fmt::Debug for Setting {
    /// What it was generated from: the docket is long.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} as of {}, {:?}", self.plan, self.as_of, self.base)
    }
}

fn setting() -> impl Strategy<Value = Setting> {
    (500..2500_u64, any::<u64>(), 0..60_i64, any::<bool>()).prop_map(|(orders, seed, back, with_terms)| {
        let taken = day("2026-06-01");
        let plan = Plan { orders, seed, as_of: taken };
        let mut docket = docket(&plan);
        // Few buyers, so that some of them dispute often.
        let few = 1 + docket.buyers.len() as u32 / 3;
        for file in &mut docket.orders {
            file.disputants.iter_mut().for_each(|buyer| *buyer %= few);
        }
        Setting { plan, docket, as_of: taken.plus_seconds(-back * SECONDS_PER_DAY - back), base: base(with_terms) }
    })
}

impl Setting {
    fn baseline(&self) -> Baseline<'_> {
        Baseline { docket: &self.docket, as_of: self.as_of, base: &self.base }
    }

    fn compare(&self, policies: &[Policy]) -> Vec<Comparison> {
        let variant = |policy: &Policy| Variant { name: "variant".to_owned(), policy: policy.clone() };
        let variants: Vec<_> = policies.iter().map(variant).collect();
        compare(&self.baseline(), &variants, NO_RESAMPLES).unwrap()
    }

    fn decide(&self, policy: &Policy, as_of: Instant) -> Vec<Decision> {
        decide_docket(&self.docket, policy, as_of).made
    }
}

const NO_RESAMPLES: Resampling = Resampling { resamples: 0, seed: 1 };

/// Changes that touch every stage, some of them only in part of the cases.
const SETTINGS: &[&str] = &[
    "colour_mismatch.band=0.10,0.90",
    "size_mismatch.band.high=0.95",
    "defective.band=0.90,1.00",
    "strength.photo=0.20",
    "double.strength=0.50",
    "double.share=1.50",
    "protection.days=30",
    "too_early.days=12",
    "too_late.days=2",
    "seller_silent.days=2",
    "escalation.automatic_days=30",
    "escalation.manual_days=10",
    "parcel_stalled.days=10",
    "non_receipt.wait_days=70",
    "awaiting_buyer.days=10",
    "awaiting_evidence.days=20",
    "delivered_late.share=0.80",
    "returns.waived_from=0.05",
    "returns.posting_days=30",
    "fake_capacity.tolerance=0.50",
    "never_shipped.days=3",
    "top_up.hours=200",
    "serial_disputer.blocked.disputes=2",
    "serial_disputer.blocked.lower=0.10",
    "serial_disputer.window_days=60",
    "refund.days=5,6",
    "policy.governed_by=run",
    "arbitration.days=1,2",
];

/// One change of a rule each, of which several touch the same cases.
const ONE_EACH: &[&str] = &[
    "protection.days=30",
    "too_early.days=12",
    "seller_silent.days=2",
    "escalation.automatic_days=30",
    "strength.photo=0.20",
    "colour_mismatch.band=0.10,0.90",
    "minor_mismatch.band=0.10,0.90",
    "parcel_stalled.days=10",
    "serial_disputer.blocked.lower=0.05",
];

fn settings(most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(SETTINGS), 1..=most)
}

/// What a decision is to everybody concerned, without how the buyer's level and date of payment came about.
fn told(decision: &Decision) -> String {
    decision.to_string()
}

/// A swept parameter with the ends of its range.
fn sweeps() -> Vec<(String, &'static str, &'static str)> {
    let mut sweeps = Vec::new();
    for parameter in catalogue().parameters() {
        let name = parameter.name();
        match (parameter.kind, parameter.key.is_some()) {
            (Kind::Days | Kind::Months, _) => sweeps.push((name, "0", "75")),
            (Kind::Hours, _) => sweeps.push((name, "0", "400")),
            (Kind::Count, _) => sweeps.push((name, "0", "9")),
            (Kind::Share, false) => sweeps.push((name, "0.5", "3")),
            (Kind::Part, false) => sweeps.push((name, "0", "1")),
            (Kind::Part, true) => sweeps.push((format!("{name}.mobile_mts"), "0", "1")),
            (Kind::Amount, _) => sweeps.push((format!("{name}.USD"), "0", "80.00")),
            (Kind::Band, _) => {
                sweeps.push((format!("{name}.low"), "0", "0.25"));
                sweeps.push((format!("{name}.high"), "0.9", "1"));
                sweeps.push((format!("{name}.high"), "0.99", "1"));
            }
            (Kind::DayRange, _) => sweeps.push((format!("{name}.high"), "10", "30")),
            _ => {}
        }
    }
    sweeps.push(("colour_mismatch@2015-01-01.band.high".to_owned(), "0.3", "0.6"));
    sweeps
}

fn curve_of(decisions: &[Decision], docket: &Docket) -> (Vec<u64>, BTreeMap<&'static str, String>) {
    let mut outcomes = vec![0; Outcome::ALL.len()];
    let mut awards = BTreeMap::new();
    for decision in decisions {
        outcomes[decision.outcome as usize] += 1;
        let currency = decision.at.case(docket).order.currency;
        if decision.award.is_positive() {
            awards.entry(currency.code()).and_modify(|sum| *sum = *sum + decision.award).or_insert(decision.award);
        }
    }
    (outcomes, awards.into_iter().map(|(currency, sum)| (currency, sum.to_string())).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// What moves is what differs between two runs, whatever was skipped on the way: under every change by
    /// itself, and under some at once.
    #[test]
    fn what_moves_is_what_two_runs_differ_in(setting in setting(), some in settings(4)) {
        let mut variants: Vec<_> = SETTINGS.iter().map(|one| with(&setting.base, &[one])).collect();
        variants.push(with(&setting.base, &some));
        let before = setting.decide(&setting.base, setting.as_of);
        for (variant, comparison) in variants.iter().zip(setting.compare(&variants)) {
            let after = setting.decide(variant, setting.as_of);
            let differ = before.iter().zip(&after).filter(|(before, after)| told(before) != told(after));
            let differ: Vec<_> = differ.map(|(before, after)| (told(before), told(after))).collect();
            let moved = comparison.disputes_moved.iter().map(|moved| (told(&moved.before), told(&moved.after)));
            prop_assert_eq!(moved.collect::<Vec<_>>(), differ, "{:?}", variant);
            prop_assert_eq!(comparison.disputes as usize, before.len());
            let rows: Vec<u64> = comparison.matrix.iter().map(|row| row.iter().sum()).collect();
            let columns: Vec<u64> = (0..6).map(|new| comparison.matrix.iter().map(|row| row[new]).sum()).collect();
            let (old, new) = (curve_of(&before, &setting.docket), curve_of(&after, &setting.docket));
            prop_assert_eq!((rows, columns), (old.0, new.0));
            for line in &comparison.by_currency {
                for (amount, sums) in [(line.before, &old.1), (line.after, &new.1)] {
                    let is_total = sums.get(line.currency).map_or(!amount.is_positive(), |sum| *sum == amount.to_string());
                    prop_assert!(is_total, "{line:?}, {sums:?}");
                }
            }
        }
    }

    #[test]
    fn an_empty_variant_moves_nothing(setting in setting()) {
        let comparison = &setting.compare(&[setting.base.and(&[]).unwrap()])[0];
        prop_assert_eq!(comparison.moved, 0);
        prop_assert!(comparison.by_currency.is_empty() && comparison.changes.is_empty());
        prop_assert!(comparison.attribution.parts.is_empty());
        prop_assert!(comparison.bands.iter().all(|band| band.winners == 0 && band.losers == 0));
    }

    #[test]
    fn a_comparison_the_other_way_round_is_its_mirror(setting in setting(), settings in settings(3)) {
        let variant = with(&setting.base, &settings);
        let there = &setting.compare(std::slice::from_ref(&variant))[0];
        let turned = Setting { base: variant, docket: setting.docket.clone(), ..setting };
        let back = &turned.compare(std::slice::from_ref(&setting.base))[0];
        for (old, row) in there.matrix.iter().enumerate() {
            for (new, count) in row.iter().enumerate() {
                prop_assert_eq!(*count, back.matrix[new][old]);
            }
        }
        let pairs = [
            (&there.by_currency, &back.by_currency),
            (&there.by_rule, &back.by_rule),
            (&there.by_reason, &back.by_reason),
            (&there.by_category, &back.by_category),
            (&there.by_seller, &back.by_seller),
        ];
        for (there, back) in pairs {
            let forth: Vec<_> = there.iter().map(|l| (&l.key, l.currency, l.moved, l.before, l.after)).collect();
            let mirrored: Vec<_> = back.iter().map(|l| (&l.key, l.currency, l.moved, l.after, l.before)).collect();
            prop_assert_eq!(forth, mirrored);
        }
        let forth: Vec<_> = there.bands.iter().map(|band| (band.winners, band.losers)).collect();
        let mirrored: Vec<_> = back.bands.iter().map(|band| (band.losers, band.winners)).collect();
        prop_assert_eq!(forth, mirrored);
    }

    /// Shares add up to what moves, to the cent, and do not hang on the order in which they were set.
    #[test]
    fn shares_add_up_whatever_the_order(setting in setting(), settings in settings(5)) {
        let turned: Vec<_> = settings.iter().rev().copied().collect();
        let policies = [with(&setting.base, &settings), with(&setting.base, &turned)];
        let comparisons = setting.compare(&policies);
        for comparison in &comparisons {
            for line in &comparison.by_currency {
                let shares = comparison.attribution.parts.iter().flat_map(|part| part.change.amounts());
                let shares = shares.filter(|(currency, _)| currency.code() == line.currency);
                let sum = shares.map(|(_, share)| share).reduce(|sum, share| sum + share).unwrap();
                prop_assert_eq!(sum, line.change, "{:?}", comparison.attribution);
            }
        }
        if policies[0] == policies[1] {
            prop_assert_eq!(&comparisons[0].attribution, &comparisons[1].attribution);
        }
    }

    /// Each share is what its change adds on average over all six orders of making three changes, which are
    /// told from comparisons of some of them with the base.
    #[test]
    fn a_share_is_the_average_over_all_orders(setting in setting(), chosen in prop::sample::subsequence(ONE_EACH, 3)) {
        // Under several versions one change would be several values.
        let setting = Setting { base: base(false), ..setting };
        let subsets: Vec<Policy> = (0..8_usize)
            .map(|subset| {
                let made: Vec<_> = (0..3).filter(|place| subset >> place & 1 == 1).map(|place| chosen[place]).collect();
                with(&setting.base, &made)
            })
            .collect();
        let comparisons = setting.compare(&subsets);
        let shares = &comparisons[7].attribution.parts;
        prop_assert_eq!(shares.len(), 3);
        for line in &comparisons[7].by_currency {
            let worth = |subset: usize| -> Decimal {
                let lines = comparisons[subset].by_currency.iter().find(|known| known.currency == line.currency);
                lines.map_or(Decimal::ZERO, |line| line.change.to_string().parse().unwrap())
            };
            for (place, setting) in chosen.iter().enumerate() {
                let [one, two] = [(place + 1) % 3, (place + 2) % 3].map(|other| 1 << other);
                let adds = |before: usize| worth(before | 1 << place) - worth(before);
                // First in two orders, second after either of the others in one, last in two.
                let six = adds(0) * Decimal::TWO + adds(one) + adds(two) + adds(one | two) * Decimal::TWO;
                let rule = setting.split('.').next().unwrap();
                let share = shares.iter().find(|share| share.part.starts_with(rule)).unwrap().change.amounts();
                let share = share.iter().find(|(currency, _)| currency.code() == line.currency).unwrap().1.to_string();
                let rest = (share.parse::<Decimal>().unwrap() * Decimal::from(6) - six).abs();
                let unit = Decimal::new(1, line.change.to_string().split_once('.').map_or(0, |(_, digits)| digits.len() as u32));
                prop_assert!(rest < unit * Decimal::from(6), "{setting} has {share}, six times it is {six}");
            }
        }
    }

    #[test]
    fn a_forecast_is_what_a_run_of_each_night_decides(setting in setting(), days in 1..25_u32) {
        let forecast = forecast(&setting.baseline(), days);
        let mut pending: Vec<_> = setting.decide(&setting.base, setting.as_of);
        pending.retain(|decision| decision.outcome == Outcome::Pending);
        prop_assert_eq!(forecast.pending as usize, pending.len());
        for night in 0..days {
            let at = setting.as_of.plus_seconds(i64::from(night + 1) * SECONDS_PER_DAY);
            let then = setting.decide(&setting.base, at);
            let decided = |place: u64| then.iter().find(|then| then.place == place && then.outcome != Outcome::Pending);
            let expected: Vec<_> = pending.iter().filter_map(|today| decided(today.place)).collect();
            let settled: Vec<_> = forecast.settled.iter().filter(|settled| settled.night == night as usize).collect();
            let told: Vec<_> = settled.iter().map(|settled| (settled.then.place, settled.then.to_string())).collect();
            prop_assert_eq!(told, expected.iter().map(|then| (then.place, then.to_string())).collect::<Vec<_>>());
            prop_assert_eq!(forecast.nights[night as usize].decided as usize, expected.len());
            pending.retain(|today| decided(today.place).is_none());
        }
        prop_assert_eq!(forecast.still_pending as usize, pending.len());
    }

    #[test]
    fn intervals_depend_on_the_seed_and_on_nothing_else(setting in setting(), seed in any::<u64>()) {
        let policy = with(&setting.base, &["colour_mismatch.band=0.50,0.90", "parcel_stalled.days=10"]);
        let variants = [Variant { name: "variant".to_owned(), policy }];
        let intervals = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let resampling = Resampling { resamples: 80, seed };
            pool.install(|| compare(&setting.baseline(), &variants, resampling)).unwrap()[0].intervals.clone()
        };
        let (one, three) = (intervals(1), intervals(3));
        prop_assert_eq!(&one, &three);
        for interval in &one {
            prop_assert!(interval.low <= interval.high);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every number among the parameters, at the ends of a range and at some values within.
    #[test]
    fn a_curve_is_what_deciding_again_gives(setting in setting(), lots in prop::collection::vec(0..u64::MAX, 6), turn in 0..4_usize) {
        let sweeps = sweeps();
        for (parameter, low, high) in sweeps.iter().skip(turn).step_by(4) {
            let sweep = Sweep::parse(parameter, &format!("{low}..{high}"), high).unwrap();
            if sweep.at(&setting.base, sweep.low).is_err() || sweep.at(&setting.base, sweep.high).is_err() {
                continue;
            }
            let curve = Curve::of(&setting.baseline(), &sweep).unwrap();
            let breakpoints: Vec<u64> = curve.breakpoints().collect();
            let values = sweep.high - sweep.low + 1;
            let near = breakpoints[lots[0] as usize % breakpoints.len()];
            let chosen = lots.iter().map(|lot| sweep.low + lot % values);
            for value in chosen.chain([sweep.low, sweep.high, near, near.saturating_sub(1).max(sweep.low)]) {
                let decisions = setting.decide(&sweep.at(&setting.base, value).unwrap(), setting.as_of);
                let (outcomes, awards) = curve_of(&decisions, &setting.docket);
                let point = curve.at(value).unwrap();
                prop_assert_eq!(point.outcomes.to_vec(), outcomes, "{} at {}", parameter, sweep.scale.text(value));
                let paid = point.awards.amounts().into_iter().filter(|(_, sum)| sum.is_positive());
                let paid: BTreeMap<_, _> = paid.map(|(currency, sum)| (currency.code(), sum.to_string())).collect();
                prop_assert_eq!(paid, awards, "{} at {}", parameter, sweep.scale.text(value));
            }
        }
    }
}
