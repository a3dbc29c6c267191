//! Generated exports: what is in them, that they repeat, and that reading gives back what was written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::run::{Exports, arbiter_in, files, table};
use arbiter_generate::{Plan, docket, generate};
use arbiter_intake::{self as intake, Intake, Progress, Reading, Source, Sources};
use arbiter_model::case::OrderCases;
use arbiter_model::dispute::Origin;
use arbiter_model::dispute::{Reason, TrackingStatus, Video};
use arbiter_model::instant::Instant;
use arbiter_runs::snapshot;
use chrono_tz::Tz;
use csv::{QuoteStyle, ReaderBuilder, WriterBuilder};
use proptest::prelude::*;

fn plan(orders: u64, seed: u64) -> Plan {
    Plan { orders, seed, as_of: Instant::parse("2026-06-01", Tz::UTC).unwrap() }
}

/// Generates with the binary and returns the three exports.
fn generated(arguments: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let scratch = Exports::none();
    let ran = arbiter_in(scratch.folder.path(), &[&["generate", "made"], arguments].concat());
    assert!(ran.is_published(), "{}", ran.stderr);
    files(&scratch.path("made"))
}

#[test]
fn the_same_plan_gives_the_same_bytes_for_any_number_of_threads() {
    let made = generated(&["--orders", "9000", "--seed", "7"]);
    assert_eq!(made.keys().collect::<Vec<_>>(), ["disputes.csv", "orders.csv", "tracking.csv"]);
    for threads in ["1", "3"] {
        assert!(made == generated(&["--orders", "9000", "--seed", "7", "--threads", threads]), "{threads} threads");
    }
    assert!(made != generated(&["--orders", "9000", "--seed", "8"]));
}

#[test]
fn a_night_has_what_real_nights_have() {
    let made = generated(&["--orders", "20000"]);
    let [disputes, orders, events] = ["disputes.csv", "orders.csv", "tracking.csv"].map(|name| table(&made[name]));
    assert_eq!(orders.len(), 20_000);
    let per_order = |rows: &[_]| rows.len() as f64 / orders.len() as f64;
    assert!((3.7..4.3).contains(&per_order(&events)), "{} events an order", per_order(&events));
    assert!((0.09..0.11).contains(&per_order(&disputes)), "{} disputes an order", per_order(&disputes));

    let all = |rows: &[BTreeMap<String, String>], column: &str| -> BTreeSet<String> {
        rows.iter().map(|row| row[column].clone()).collect()
    };
    let codes = |codes: &[&str]| -> BTreeSet<String> { codes.iter().map(|code| (*code).to_owned()).collect() };
    assert_eq!(all(&disputes, "reason"), codes(Reason::CODES));
    assert_eq!(all(&disputes, "video"), codes(Video::CODES));
    assert_eq!(all(&events, "status"), codes(TrackingStatus::CODES));
    assert_eq!(all(&disputes, "seller_response"), codes(&["none", "accepted", "rejected", "countered"]));
    for column in ["buyer_accepted_at", "escalated_at", "info_requested_at", "info_supplied_at", "withdrawn_at"] {
        let filled = disputes.iter().filter(|dispute| !dispute[column].is_empty()).count();
        assert!(filled > 20 && filled < disputes.len() / 2, "{column} is filled {filled} times");
    }
    for awkward in [',', '"', '\n', 'ы'] {
        assert!(disputes.iter().any(|dispute| dispute["comment"].contains(awkward)), "no comment has {awkward:?}");
    }
}

#[test]
fn nothing_in_it_is_later_than_the_as_of_and_a_run_takes_every_row() {
    let scratch = Exports::none();
    let made =
        arbiter_in(scratch.folder.path(), &["generate", ".", "--orders", "5000", "--as-of", "2025-03-09T10:00:00Z"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    for export in ["orders.csv", "tracking.csv", "disputes.csv"] {
        for row in table(&fs::read(scratch.path(export)).unwrap()) {
            let late =
                row.iter().find(|(column, cell)| column.ends_with("_at") && cell.as_str() > "2025-03-09T10:00:00Z");
            // The end of protection is a promise, not an event.
            assert!(late.is_none_or(|(column, _)| column == "protection_ends_at"), "{late:?}");
        }
    }
    let arguments = ["run", ".", "--as-of", "2025-03-09T10:00:00Z", "--max-rejects", "0"];
    let ran = arbiter_in(scratch.folder.path(), &arguments);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = scratch.outputs("runs");
    let decided = table(&outputs["decisions.csv"]).len();
    assert_eq!(decided, table(&fs::read(scratch.path("disputes.csv")).unwrap()).len());
    assert!(table(&outputs["rejects.csv"]).is_empty());
}

#[test]
fn exports_that_are_there_are_left_alone() {
    let exports = Exports::small();
    let ran = arbiter_in(exports.folder.path(), &["generate", "."]);
    assert_eq!(ran.code, 74, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stderr);
    assert_eq!(fs::read_to_string(exports.path("orders.csv")).unwrap(), crate::run::ORDERS);
}

struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}

fn read(folder: &Exports) -> Intake {
    let [orders, tracking, disputes] =
        ["orders.csv", "tracking.csv", "disputes.csv"].map(|name| vec![Source::File(folder.path(name))]);
    intake::read(&Sources { orders, tracking, disputes }, &Reading::standard(Tz::UTC), &Silent).unwrap()
}

/// The same facts, as if they had not been read from files.
fn without_origins(mut file: OrderCases) -> OrderCases {
    file.order.origin = Origin::default();
    file.events.iter_mut().for_each(|event| event.origin = Origin::default());
    file.disputes.iter_mut().for_each(|dispute| dispute.origin = Origin::default());
    file
}

/// The same rows, each field in quotes, so that no block is without them.
fn quoted(csv: &[u8]) -> Vec<u8> {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Always).from_writer(Vec::new());
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(csv);
    reader.byte_records().for_each(|record| writer.write_byte_record(&record.unwrap()).unwrap());
    writer.into_inner().unwrap()
}

/// Spoils some of the cells, so that there is something to reject.
fn spoiled(csv: &[u8], every: usize) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (number, record) in ReaderBuilder::new().has_headers(false).from_reader(csv).records().enumerate() {
        let mut cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
        if number > 0 && number % every == 0 {
            let width = cells.len();
            cells[number / every % width] = "?!".to_owned();
        }
        writer.write_record(cells).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// What was written is what is read: every fact, every buyer's record, in the same order.
    #[test]
    fn reading_gives_back_what_was_written(orders in 1..3000_u64, seed in any::<u64>()) {
        let exports = Exports::none();
        generate(&plan(orders, seed), exports.folder.path()).unwrap();
        let intake = read(&exports);
        prop_assert!(intake.rejects.is_empty(), "{:?}", intake.rejects.first());
        let (read, written) = (intake.docket, docket(&plan(orders, seed)));
        prop_assert_eq!(read.buyers, written.buyers);
        for (read, written) in read.orders.iter().zip(&written.orders) {
            prop_assert!(read.order.origin.line > 1 && read.disputes.iter().all(|dispute| dispute.origin.line > 1));
            prop_assert_eq!(&without_origins(read.clone()), written);
        }
        prop_assert_eq!(read.orders.len(), written.orders.len());
    }

    /// Blocks without quotes take the fast path, blocks with quotes the careful one: decisions, books
    /// and rejects are the same bytes.
    #[test]
    fn the_fast_path_and_the_careful_one_give_the_same_bytes(orders in 1..2000_u64, seed in any::<u64>(), every in 3..60_usize) {
        let exports = Exports::none();
        generate(&plan(orders, seed), exports.folder.path()).unwrap();
        let (mut outputs, mut dockets) = (Vec::new(), Vec::new());
        for careful in [false, true] {
            let out = format!("careful_{careful}");
            let same = Exports::none();
            for name in ["orders.csv", "tracking.csv", "disputes.csv"] {
                let rows = spoiled(&fs::read(exports.path(name)).unwrap(), every);
                same.write(name, if careful { quoted(&rows) } else { rows });
            }
            let ran = same.run(&["--out", &out]);
            prop_assert!(ran.is_published(), "{}", ran.stderr);
            let mut files = same.outputs(&out);
            // The manifest has the inputs' hashes; lines are counted within comments in both.
            files.remove("manifest.json");
            // So has what stands beside the docket.
            dockets.push(snapshot::read("docket.parquet", &files.remove("docket.parquet").unwrap()).unwrap().docket);
            outputs.push(files);
        }
        prop_assert!(dockets[0] == dockets[1], "the dockets differ");
        for (name, bytes) in &outputs[0] {
            prop_assert!(bytes == &outputs[1][name], "{} differs", name);
        }
    }
}
