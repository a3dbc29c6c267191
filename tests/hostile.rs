//! Exports that nobody would want to be sent: every row is kept, refused by name, or counted, and no
//! row takes another with it.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;
use std::time::Duration;

use crate::run::{DISPUTES, Exports, ORDERS, TRACKING, arbiter_in, project, table};
use arbiter_intake::{Progress, Reading, Source, Sources};
use arbiter_model::exports::MaxRejects;
use arbiter_model::fault::FaultKind;
use arbiter_model::instant::Instant;
use arbiter_policy::Policy;
use arbiter_runs::StartFrom;
use arbiter_runs::{Facts, FromExports, Job, Published, RunOutcome};
use chrono_tz::Tz;
use proptest::prelude::*;

struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}

/// The line of a row of disputes, its dispute_id and its comment.
fn dispute(number: usize, comment: &str) -> String {
    format!("D-{number},O-1,anna,2026-05-10,other,{comment}\n")
}

const WITH_COMMENT: &str = "dispute_id,order_id,buyer_id,opened_at,reason,comment\n";

fn ids(outputs: &std::collections::BTreeMap<String, Vec<u8>>) -> Vec<String> {
    table(&outputs["decisions.csv"]).into_iter().map(|row| row["dispute_id"].clone()).collect()
}

/// Runs disputes whose comments are given; beside the ids decided, the lines rejected.
fn decided_and_rejected(comments: &[String]) -> (Vec<String>, Vec<String>) {
    let rows: String = comments.iter().enumerate().map(|(number, comment)| dispute(number, comment)).collect();
    let exports = Exports::of(ORDERS, TRACKING, format!("{WITH_COMMENT}{rows}"));
    let ran = exports.run(&[]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    let rejects = table(&outputs["rejects.csv"]);
    (ids(&outputs), rejects.into_iter().map(|row| row["line"].clone()).collect())
}

/// One stray quote, as it has swallowed 999 rows elsewhere: row 500 of 1000, on line 502.
#[test]
fn one_stray_quote_costs_one_row() {
    let mut comments = vec!["fine".to_owned(); 1000];
    comments[500] = "\"never closed".to_owned();
    let (decided, rejected) = decided_and_rejected(&comments);
    assert_eq!((decided.len(), rejected), (999, vec!["502".to_owned()]));
    assert!(!decided.contains(&"D-500".to_owned()));
}

/// Two stray quotes, as they have swallowed 498 rows elsewhere.
#[test]
fn two_stray_quotes_cost_two_rows() {
    for (first, second) in [(500, 998), (500, 501), (500, 503), (0, 997)] {
        let mut comments = vec!["fine".to_owned(); 1000];
        comments[first] = "\"opened".to_owned();
        comments[second] = "\"opened again".to_owned();
        let (decided, rejected) = decided_and_rejected(&comments);
        let lines = [first, second].map(|row| (row + 2).to_string());
        assert_eq!((decided.len(), rejected), (998, lines.to_vec()), "{first} {second}");
    }
}

/// The quote that closes the field stands at the end of another row: believed, all between would be
/// one comment.
#[test]
fn a_stray_quote_and_an_inch_cost_one_row() {
    for inch in [501, 503, 509] {
        let mut comments = vec!["fine".to_owned(); 1000];
        comments[500] = "\"opened".to_owned();
        comments[inch] = "5\"".to_owned();
        let (decided, rejected) = decided_and_rejected(&comments);
        assert_eq!((decided.len(), rejected), (999, vec!["502".to_owned()]), "{inch}");
    }
}

#[test]
fn comments_may_have_a_few_lines_and_more_if_it_is_said() {
    let lines = |count: usize| format!("\"{}\"", vec!["a, line"; count].join("\n"));
    let comments = [lines(10), "fine".to_owned(), lines(11), "fine".to_owned()];
    let (decided, rejected) = decided_and_rejected(&comments);
    // The first row has lines 2 to 11, the second 12, the third 13 to 23.
    assert_eq!((decided, rejected), (vec!["D-0".to_owned(), "D-1".into(), "D-3".into()], vec!["13".to_owned()]));

    let rows: String = comments.iter().enumerate().map(|(number, comment)| dispute(number, comment)).collect();
    let exports = Exports::of(ORDERS, TRACKING, format!("{WITH_COMMENT}{rows}"));
    assert_eq!(exports.run(&["--max-field-lines", "11"]).code, 0);
    assert_eq!(ids(&exports.outputs("runs")).len(), 4);
}

/// Each kind of row that no export should have, and what `rejects.csv` says of it.
#[test]
fn each_hostile_row_is_named() {
    let long = "1".repeat(40);
    let orders = format!(
        "order_id,buyer_id,seller_id,currency,goods_total,paid_at,shipped_at\n\
        O-1,anna,shop,USD,24.90,2026-03-01,2026-03-02\n\
        O-2,anna,shop,USD,{long},2026-03-01,\n\
        O-3,anna,shop,USD,24.90,0000-01-01,\n\
        O-4,anna,shop,USD,24.90,9999-12-31T23:59:59-01:00,\n\
        O-5,anna,shop,USD,24.90,2026-02-29,\n\
        O-6,anna,shop,USD,24.90,2026-03-01 25:00,\n\
        O-7,anna,shop,USD,24.90,2016-12-31T23:59:60Z,\n\
        O-8,anna,shop,USD,NaN,2026-03-01,\n\
        O-9,anna,shop,USD,0x10,2026-03-01,\n\
        O-10,anna,shop,USD,٢٤,2026-03-01,\n\
        O-11,anna,shop,US\0D,24.90,2026-03-01,\n\
        O-12,anna,shop,\u{202E}DSU,24.90,2026-03-01,\n\
        O-13,anna,\"shop\nUSD,24.90,2026-03-01,\n\
        O-14,anna,\"sh\"\"op\"x,USD,24.90,2026-03-01,\n"
    );
    let exports = Exports::of(orders, TRACKING, DISPUTES);
    let ran = exports.run(&[]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    assert_eq!(ids(&outputs), ["D-1"], "the sound rows are decided");
    insta::assert_snapshot!(String::from_utf8_lossy(&outputs["rejects.csv"]));
}

#[test]
fn a_field_of_fifty_megabytes_is_a_field() {
    let big = "x".repeat(50 << 20);
    let rows = [dispute(1, "fine"), dispute(2, &format!("\"{big}\"")), dispute(3, "fine")].concat();
    let exports = Exports::of(ORDERS, TRACKING, format!("{WITH_COMMENT}{rows}"));
    let ran = exports.run(&[]);
    assert!(ran.is_published(), "{}", ran.stderr);
    assert_eq!(ids(&exports.outputs("runs")), ["D-1", "D-2", "D-3"]);
    let exports = Exports::of(ORDERS.replace("24.90", &big), TRACKING, DISPUTES);
    let ran = exports.run(&[]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let reject = &table(&exports.outputs("runs")["rejects.csv"])[0];
    assert_eq!((reject["line"].as_str(), reject["value"].chars().count()), ("2", 121), "shortened to be read");
}

/// Texts that have broken programs before.
fn naughty() -> Vec<String> {
    let file = fs::read_to_string(project().join("fixtures/hostile/strings.json")).unwrap();
    serde_json::from_str(&file).unwrap()
}

#[test]
fn naughty_strings_are_kept_as_they_are() {
    let strings: Vec<_> = naughty().into_iter().filter(|text| !text.is_empty() && !text.contains('\0')).collect();
    assert!(strings.len() > 150);
    let unique: BTreeSet<_> = strings.iter().collect();
    let write = |header: &str, row: &dyn Fn(&str) -> Vec<String>| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header.split(',')).unwrap();
        unique.iter().for_each(|text| writer.write_record(row(text)).unwrap());
        writer.into_inner().unwrap()
    };
    let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let orders =
        write("order_id,buyer_id,seller_id,currency,goods_total,paid_at,shipped_at,category,payment_method", &|text| {
            owned(&[text, text, text, "USD", "24.90", "2026-03-01", "2026-03-02", text, text])
        });
    let disputes = write("dispute_id,order_id,buyer_id,opened_at,reason,comment", &|text| {
        owned(&[text, text, text, "2026-05-01", "other", text])
    });
    let exports = Exports::of(orders, TRACKING, disputes);
    let ran = exports.run(&["--max-field-lines", "50"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    assert!(table(&outputs["rejects.csv"]).is_empty(), "{}", ran.stdout);
    // What a spreadsheet would run has a quote before it.
    let safe = |text: &str| match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    let expected: Vec<_> = unique.iter().map(|text| safe(text)).collect();
    assert_eq!(ids(&outputs), expected);
    let referrals = table(&outputs["referrals.csv"]);
    let comments: BTreeSet<_> = referrals.iter().map(|row| row["comment"].clone()).collect();
    assert_eq!(comments, expected.into_iter().collect());
}

#[test]
fn naughty_strings_are_no_dates_amounts_or_codes() {
    let (header, row) = (DISPUTES.lines().next().unwrap(), "D-0,O-1,anna,2026-05-10,not_received,,");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(format!("{header},requested_amount,photos").split(',')).unwrap();
    let texts = naughty();
    for (number, text) in texts.iter().enumerate() {
        for place in 3..7 {
            let mut cells: Vec<_> = row.split(',').map(str::to_owned).collect();
            cells[0] = format!("D-{number}-{place}");
            cells[place] = text.clone();
            writer.write_record(&cells).unwrap();
        }
    }
    let exports = Exports::of(ORDERS, TRACKING, writer.into_inner().unwrap());
    let ran = exports.run(&["--max-field-lines", "50"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    let taken = |place: usize| -> Vec<&str> {
        let ids = ids(&outputs).into_iter();
        let numbers = ids.filter_map(|id| id.strip_suffix(&format!("-{place}"))?.strip_prefix("D-")?.parse().ok());
        numbers.map(|number: usize| texts[number].as_str()).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(taken(3), none, "dates before the order was paid are faults, and one in 9999 is not open yet");
    assert_eq!(taken(4), ["NOT_RECEIVED", "Not Received", "not-received", "not_received "]);
    assert_eq!(taken(5), ["1", "1.00", "01000", "08", "09", "1772352000", "20260510"]);
    assert_eq!(taken(6), ["0", "1", "01000", "08", "09", "1772352000", "20260510"]);
    let summary: serde_json::Value = serde_json::from_slice(&outputs["summary.json"]).unwrap();
    let count = |part: &str| summary["disputes"][part].as_u64().unwrap();
    assert_eq!((count("rows"), count("not_yet_open")), (4 * texts.len() as u64, 1));
}

#[test]
fn the_last_row_may_not_end_inside_a_quote() {
    let exports =
        Exports::of(ORDERS, TRACKING, format!("{WITH_COMMENT}{}{}", dispute(1, "fine"), dispute(2, "\"cut he")));
    let ran = exports.run(&[]);
    assert_eq!(ran.code, 66, "{}", ran.stdout);
    assert!(ran.stderr.contains("disputes.csv:3: unclosed quote"), "{}", ran.stderr);
}

/// Physical lines, as any editor counts them.
fn lines(bytes: &[u8]) -> u64 {
    let ends = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    ends + u64::from(!bytes.is_empty() && !bytes.ends_with(b"\n"))
}

/// The sample night, with something done to each export.
fn night(exports: &Exports) -> Sources {
    let source = |name: &str| vec![Source::File(exports.path(name))];
    Sources { orders: source("orders.csv"), tracking: source("tracking.csv"), disputes: source("disputes.csv") }
}

fn base(name: &str) -> Vec<u8> {
    fs::read(project().join("fixtures/night").join(name)).unwrap()
}

/// What is done to a file: bytes put in at a place, so many taken out.
type Wound = (f64, usize, &'static [u8]);

fn wounded(mut bytes: Vec<u8>, wounds: &[Wound]) -> Vec<u8> {
    for (place, out, put_in) in wounds {
        let at = (bytes.len() as f64 * place) as usize;
        let end = bytes.len().min(at + out);
        bytes.splice(at..end, put_in.iter().copied());
    }
    bytes
}

fn wounds() -> impl Strategy<Value = Vec<Wound>> {
    let put_in: Vec<&'static [u8]> = vec![
        b"\"",
        b"\"",
        b"\"",
        b"\"\"",
        b",",
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\n",
        b"\0",
        b"\xFF",
        b"\xE2\x80\xAE",
        b"",
        b";",
        b"\xEF\xBB\xBF",
        b"\"a\nb\nc\"",
        b"-1",
        b"1e309",
        b"9999-12-31T23:59:59-12:00",
        b"0000-01-01",
    ];
    prop::collection::vec((0.0..1.0, 0..6_usize, prop::sample::select(put_in)), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to the exports: the run says what file it cannot read, or every line of every
    /// file and every dispute is accounted for.
    #[test]
    fn rows_and_lines_are_conserved(orders in wounds(), tracking in wounds(), disputes in wounds()) {
        let exports = Exports::of(
            wounded(base("orders.csv"), &orders),
            wounded(base("tracking.csv"), &tracking),
            wounded(base("disputes.csv"), &disputes),
        );
        let job = Job {
            facts: Facts::Exports(Box::new(FromExports {
                sources: night(&exports),
                reading: Reading::standard(Tz::UTC),
                rulings: Vec::new(),
                before: StartFrom::Latest,
            })),
            max_rejects: MaxRejects::parse("100%").unwrap(),
            as_of: Instant::parse("2026-06-01", Tz::UTC).unwrap(),
            policy: Policy::with(&[]).unwrap(),
            out: exports.path("runs"),
            wait: Duration::ZERO,
            keep: None,
        };
        match arbiter_runs::run(&job, &Silent) {
            Err(fault) => prop_assert_eq!(fault.kind, FaultKind::Input, "{}", fault),
            Ok(RunOutcome::Refused { .. }) => prop_assert!(false, "whatever is rejected"),
            Ok(RunOutcome::Decided(Published { summary, .. })) => {
                let outputs = exports.outputs("runs");
                let counts = summary.disputes;
                prop_assert_eq!(counts.rows, counts.decided + counts.rejected + counts.repeats + counts.not_yet_open);
                prop_assert_eq!(ids(&outputs).len() as u64, counts.decided);
                let manifest: serde_json::Value = serde_json::from_slice(&outputs["manifest.json"]).unwrap();
                for export in ["orders", "tracking", "disputes"] {
                    let read = &manifest["inputs"][export]["files"][0]["lines"];
                    let bytes = fs::read(exports.path(&format!("{export}.csv"))).unwrap();
                    prop_assert_eq!(read["total"].as_u64(), Some(lines(&bytes)));
                    let sum = ["header", "records", "rejected", "blank", "inside_quotes"].map(|part| read[part].as_u64().unwrap());
                    prop_assert_eq!(sum.iter().sum::<u64>(), lines(&bytes));
                }
            }
        }
    }

}

/// What the sample night decides of each dispute: its row of decisions.csv.
fn decisions(disputes: &[u8]) -> std::collections::BTreeMap<String, String> {
    let exports = Exports::of(base("orders.csv"), base("tracking.csv"), disputes);
    let ran = arbiter_in(exports.folder.path(), &["run", ".", "--as-of", "2026-06-01", "--max-rejects", "20%"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let rows = table(&exports.outputs("runs")["decisions.csv"]);
    rows.into_iter().map(|row| (row["dispute_id"].clone(), format!("{row:?}"))).collect()
}

static CLEAN: LazyLock<std::collections::BTreeMap<String, String>> = LazyLock::new(|| decisions(&base("disputes.csv")));

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// A stray quote anywhere in one row of disputes loses no other dispute, and changes what is
    /// decided of none but those of the same order or buyer, of whom one dispute less is known.
    #[test]
    fn a_stray_quote_hurts_its_own_row_alone(row in 0..93_usize, place in 0.0..1.0_f64) {
        let text = String::from_utf8(base("disputes.csv")).unwrap();
        let mut lines: Vec<_> = text.split_inclusive('\n').map(str::to_owned).collect();
        let line = &mut lines[1 + row];
        // A row that spans lines is left alone, and so are those that have quotes already.
        let cells: Vec<_> = line.split(',').map(str::to_owned).collect();
        let id = &cells[0];
        // So are two rows that claim one id, of which the second gets it if the first is lost.
        prop_assume!(!line.contains('"') && line.starts_with("D-") && text.matches(&format!("\n{id},")).count() == 1);
        let at = (0..=(line.len() as f64 * place) as usize).rev().find(|at| line.is_char_boundary(*at)).unwrap();
        line.insert(at, '"');
        let (wounded, clean) = (decisions(lines.concat().as_bytes()), &*CLEAN);
        let is_another = |other: &&String| *other != id && clean.contains_key(*other);
        let others: Vec<_> = clean.keys().filter(is_another).collect();
        prop_assert_eq!(wounded.keys().filter(is_another).collect::<Vec<_>>(), &*others);
        for other in others {
            let is_related = cells[1..3].iter().any(|cell| clean[other].contains(&format!("{cell:?}")));
            prop_assert!(is_related || wounded[other] == clean[other], "{other}");
        }
    }
}
