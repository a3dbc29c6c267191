//! The parts of a run by themselves, on one core: `cargo bench --bench micro`.

use std::hint::black_box;

use arbiter_engine::decide::decide_docket;
use arbiter_engine::explain::flip::nearest;
use arbiter_generate::{Plan, docket, generate};
use arbiter_intake::{self as intake, Progress, Reading, Source, Sources};
use arbiter_model::case::Case;
use arbiter_model::docket::Docket;
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Amount, Money};
use arbiter_policy::Policy;
use arbiter_rules::{self as rules, Evaluation, Finding, Level};
use chrono_tz::Tz;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Some thousand disputes: their facts fit a cache, so that deciding is what is measured.
const ORDERS: u64 = 20_000;

struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}

fn plan() -> Plan {
    Plan { orders: ORDERS, seed: 1, as_of: Instant::parse("2026-06-01", Tz::UTC).expect("a date") }
}

fn cases(docket: &Docket) -> Vec<Case<'_>> {
    docket.orders.iter().flat_map(|file| file.cases()).collect()
}

fn evaluate<'a>(case: &Case<'a>, policy: &'a Policy, as_of: Instant) -> Evaluation<'a> {
    Evaluation::new(*case, policy.terms_for(case, as_of), as_of, Level::None, Money::zero(case.order.currency))
}

fn deciding(criterion: &mut Criterion) {
    let (docket, policy, as_of) = (docket(&plan()), Policy::standard().expect("parameters"), plan().as_of);
    let cases = cases(&docket);
    let mut group = criterion.benchmark_group("disputes");
    group.throughput(Throughput::Elements(cases.len() as u64));
    group.bench_function("decide", |bencher| {
        bencher.iter(|| {
            for case in &cases {
                black_box(rules::decide(&evaluate(case, &policy, as_of)));
            }
        });
    });
    let findings: Vec<Finding> = cases.iter().map(|case| rules::decide(&evaluate(case, &policy, as_of))).collect();
    group.bench_function("explain", |bencher| {
        bencher.iter(|| {
            for (case, finding) in cases.iter().zip(&findings) {
                black_box(rules::explain(&evaluate(case, &policy, as_of), finding));
            }
        });
    });
    group.bench_function("trace", |bencher| {
        bencher.iter(|| {
            for case in &cases {
                black_box(rules::trace(&evaluate(case, &policy, as_of)));
            }
        });
    });
    let decisions = decide_docket(&docket, &policy, as_of);
    group.bench_function("find the nearest flips", |bencher| {
        bencher.iter(|| {
            for decision in &decisions.made {
                black_box(nearest(&docket, &policy, as_of, &decisions, decision));
            }
        });
    });
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    group.bench_function("arbitrate a docket", |bencher| {
        bencher.iter(|| one_thread.install(|| black_box(decide_docket(&docket, &policy, as_of))));
    });
    group.finish();
}

fn parsing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Elements(1));
    for text in ["2026-03-01T08:00:00Z", "2026-03-01T08:00:00.250+03:00", "2026-03-01 08:00"] {
        group.bench_function(text, |bencher| bencher.iter(|| Instant::parse(black_box(text), Tz::UTC)));
    }
    for text in ["24.90", "999999999999.99"] {
        group.bench_function(text, |bencher| bencher.iter(|| Amount::parse(black_box(text))));
    }
    group.finish();
}

fn reading(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    generate(&plan(), folder.path()).expect("exports");
    let files = ["orders", "tracking", "disputes"].map(|name| folder.path().join(name).with_extension("csv"));
    let bytes = files.iter().map(|file| file.metadata().expect("a file").len()).sum();
    let [orders, tracking, disputes] = files.map(|file| vec![Source::File(file)]);
    let (sources, reading) = (Sources { orders, tracking, disputes }, Reading::standard(Tz::UTC));
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let read = || -> Result<_, Fault> { one_thread.install(|| intake::read(&sources, &reading, &Silent)) };
    let mut group = criterion.benchmark_group("exports");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("read into a docket", |bencher| bencher.iter(|| black_box(read().expect("a docket"))));
    group.finish();
}

criterion_group!(micro, deciding, parsing, reading);
criterion_main!(micro);
