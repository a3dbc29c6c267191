//! What-ifs over a docket of 200,000 disputes, on all cores: `cargo bench --bench whatif`.

use std::hint::black_box;

use arbiter_engine::whatif::{Baseline, Curve, Resampling, Sweep, Variant, compare, forecast};
use arbiter_generate::{Plan, docket};
use arbiter_model::instant::Instant;
use arbiter_policy::{Overlay, Policy};
use chrono_tz::Tz;
use criterion::{Criterion, criterion_group, criterion_main};

/// A dispute on one order in ten.
const ORDERS: u64 = 2_000_000;

const NO_INTERVALS: Resampling = Resampling { resamples: 0, seed: 1 };

fn variant(base: &Policy, number: usize, settings: &[&str]) -> Variant {
    let overlays: Vec<_> = settings.iter().map(|setting| Overlay::from_argument(setting)).collect();
    Variant { name: number.to_string(), policy: base.and(&overlays).expect("parameters") }
}

fn whatif(criterion: &mut Criterion) {
    let as_of = Instant::parse("2026-06-01", Tz::UTC).expect("a date");
    let docket = docket(&Plan { orders: ORDERS, seed: 1, as_of });
    let base = Policy::standard().expect("parameters");
    let baseline = Baseline { docket: &docket, as_of, base: &base };
    let band = ["colour_mismatch.band.high=0.45"];
    let everywhere = ["protection.days=50"];
    let eight = [
        "colour_mismatch.band=0.20,0.45",
        "size_mismatch.band=0.30,0.60",
        "defective.band=0.40,0.80",
        "damaged.band=0.40,0.80",
        "parcel_stalled.days=30",
        "too_early.days=8",
        "seller_silent.days=3",
        "delivered_late.share=0.40",
    ];
    let mut group = criterion.benchmark_group("200,000 disputes");
    group.sample_size(10);
    let one: Vec<_> = vec![variant(&base, 1, &band)];
    let eleven: Vec<_> = (1..=11).map(|number| variant(&base, number, &band)).collect();
    let far: Vec<_> = vec![variant(&base, 1, &everywhere)];
    let eleven_far: Vec<_> = (1..=11).map(|number| variant(&base, number, &everywhere)).collect();
    let many: Vec<_> = vec![variant(&base, 1, &eight)];
    let sets = [
        ("a variant", &one),
        ("11 variants", &eleven),
        ("a variant that reaches every case", &far),
        ("11 variants that reach every case", &eleven_far),
        ("a variant of 8 changes, attributed", &many),
    ];
    for (name, variants) in sets {
        let compare = || compare(&baseline, black_box(variants), NO_INTERVALS).expect("a comparison");
        group.bench_function(format!("compare {name}"), |bencher| bencher.iter(compare));
    }
    let intervals = Resampling { resamples: 1000, seed: 1 };
    group.bench_function("compare a variant with intervals", |bencher| {
        bencher.iter(|| compare(&baseline, black_box(&one), intervals).expect("a comparison"));
    });
    let sweeps = [
        ("colour_mismatch.band.high", "0.40..0.60", "0.01"),
        ("strength.photo", "0..1", "0.05"),
        ("parcel_stalled.days", "10..30", "1"),
        ("protection.days", "50..70", "1"),
        ("too_early.days", "0..20", "1"),
    ];
    for (parameter, range, step) in sweeps {
        let sweep = Sweep::parse(parameter, range, step).expect("a sweep");
        let curve = || Curve::of(&baseline, black_box(&sweep)).expect("a curve");
        group.bench_function(format!("sweep {parameter} over {range}"), |bencher| bencher.iter(curve));
    }
    group.bench_function("forecast 30 nights", |bencher| bencher.iter(|| black_box(forecast(&baseline, 30))));
    group.finish();
}

criterion_group!(benches, whatif);
criterion_main!(benches);
