//! One night after the other: what was decided stands and is paid once, what changes is told with its cause, people's
//! rulings are final, and a stored docket decides the same again.

use std::collections::BTreeMap;
use std::fs;

use crate::run::{Exports, Ran, arbiter_in, files, runs, table};

type Row = BTreeMap<String, String>;

/// Paid on 2026-03-01, shipped the next day, last seen on 2026-03-03, protected until 2026-05-01; 100.00 USD.
const ORDERS: &str =
    "order_id,buyer_id,seller_id,currency,goods_total,paid_at,shipped_at,refunded_total,confirmed_at\n";
const ORDER: &str = "O-1,anna,shop,USD,100.00,2026-03-01,2026-03-02,,\n";
const DISPUTES: &str = "dispute_id,order_id,buyer_id,opened_at,reason,requested_amount,photos,seller_response,seller_responded_at,withdrawn_at\n";

/// Exports of one order, whose disputes are given.
fn exports(order: &str, events: &str, disputes: &str) -> Exports {
    let exports = Exports::none();
    set(&exports, order, events, disputes);
    exports
}

fn set(exports: &Exports, order: &str, events: &str, disputes: &str) {
    exports.write("orders.csv", format!("{ORDERS}{order}"));
    exports.write("tracking.csv", format!("order_id,event_at,status\nO-1,2026-03-03,in_transit\n{events}"));
    exports.write("disputes.csv", format!("{DISPUTES}{disputes}"));
}

fn night(exports: &Exports, as_of: &str, more: &[&str]) -> Ran {
    arbiter_in(exports.folder.path(), &[&["run", ".", "--as-of", as_of, "--max-rejects", "100%"], more].concat())
}

/// The newest run's table.
fn latest(exports: &Exports, name: &str) -> Vec<Row> {
    table(&fs::read(exports.path("runs/latest").join(name)).unwrap())
}

fn row<'a>(rows: &'a [Row], id: &str) -> &'a Row {
    rows.iter().find(|row| row["dispute_id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn cells(row: &Row, names: &[&str]) -> String {
    names.iter().map(|name| row[*name].as_str()).collect::<Vec<_>>().join(" ")
}

/// Opened on 2026-04-01; never answered, so that the silence of five days decides on 2026-04-06.
const SILENT: &str = "D-1,O-1,anna,2026-04-01,colour_mismatch,30.00,1,,,\n";

#[test]
fn what_was_decided_stands_and_is_paid_once() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    // Silence gives what was asked: 30.00.
    let first = latest(&exports, "decisions.csv");
    assert_eq!(cells(&first[0], &["outcome", "rule", "award"]), "refund_partial seller_silent 30.00");
    assert_eq!(first[0]["decided_at"], "2026-04-10T00:00:00Z");
    let paid = latest(&exports, "payouts.csv");
    assert_eq!(cells(&paid[0], &["dispute_id", "amount", "currency", "refund_to"]), "D-1 30.00 USD original_method");

    // A late answer and another price asked change nothing any more.
    set(&exports, ORDER, "", "D-1,O-1,anna,2026-04-01,colour_mismatch,50.00,1,rejected,2026-04-03,\n");
    assert_eq!(night(&exports, "2026-04-11", &[]).code, 0);
    assert_eq!(latest(&exports, "decisions.csv"), first, "the row stays as it was, dates included");
    assert!(latest(&exports, "payouts.csv").is_empty());
    assert!(latest(&exports, "changes.csv").is_empty());
    // Escrow 100.00 = 30.00 to the buyer + 70.00 to the seller, in every night.
    let ledger = latest(&exports, "ledger.csv");
    assert_eq!(cells(&ledger[0], &["escrow", "award", "released", "held"]), "100.00 30.00 70.00 0.00");
    // Without the night before it would be decided by tonight's facts: negotiations until 2026-04-16.
    assert_eq!(night(&exports, "2026-04-11", &["--fresh", "--out", "fresh"]).code, 0);
    let fresh = table(&fs::read(exports.path("fresh/latest/decisions.csv")).unwrap());
    assert_eq!(cells(&fresh[0], &["outcome", "rule"]), "pending negotiating");
}

#[test]
fn other_facts_about_what_stands_are_shown_to_a_person() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    assert!(latest(&exports, "drift.csv").is_empty());
    set(
        &exports,
        ORDER,
        "O-1,2026-04-10,arrived\n",
        "D-1,O-1,anna,2026-04-01,colour_mismatch,30.00,1,rejected,2026-04-03,\n",
    );
    assert_eq!(night(&exports, "2026-04-11", &[]).code, 0);
    let drift = latest(&exports, "drift.csv");
    assert_eq!(
        cells(&drift[0], &["dispute_id", "outcome", "rule", "award", "outcome_now", "rule_now", "award_now"]),
        "D-1 refund_partial seller_silent 30.00 pending negotiating 0.00"
    );
    assert_eq!(
        drift[0]["facts"],
        "seller_response: none -> rejected at 2026-04-03T00:00:00Z; event arrived: none -> 2026-04-10T00:00:00Z"
    );
    let summary = fs::read_to_string(exports.path("runs/latest/summary.md")).unwrap();
    assert!(summary.contains("of these, tonight's facts would decide otherwise: 1, in `drift.csv`"), "{summary}");
    // Facts that would decide the same are no drift.
    set(&exports, ORDER, "O-1,2026-04-10,arrived\n", SILENT);
    assert_eq!(night(&exports, "2026-04-12", &[]).code, 0);
    assert!(latest(&exports, "drift.csv").is_empty());
}

/// A second dispute of the order gets at most what the first has left, whatever the export has heard of it:
/// 100.00 - 30.00 = 70.00.
#[test]
fn our_own_awards_are_money_that_is_gone() {
    for (refunded, others) in [("", "0"), ("30.00", "0"), ("50.00", "20")] {
        let exports = exports(ORDER, "", SILENT);
        assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
        let order = ORDER.replace("2026-03-02,,", &format!("2026-03-02,{refunded},"));
        set(&exports, &order, "", &format!("{SILENT}D-2,O-1,anna,2026-04-12,wrong_item,,1,,,\n"));
        assert_eq!(night(&exports, "2026-04-20", &[]).code, 0);
        // Of the 50.00 that the export knows, 30.00 are our own and 20.00 were refunded by others: 50.00 are left.
        let left = if others == "20" { "50.00" } else { "70.00" };
        let second = latest(&exports, "decisions.csv");
        assert_eq!(
            cells(row(&second, "D-2"), &["outcome", "rule", "award"]),
            format!("refund_full seller_silent {left}")
        );
        let escrow = if others == "20" { "80.00 80.00" } else { "100.00 100.00" };
        let ledger = latest(&exports, "ledger.csv");
        assert_eq!(cells(&ledger[0], &["escrow", "award", "released", "disputes"]), format!("{escrow} 0.00 2"));
        let payouts = latest(&exports, "payouts.csv");
        assert_eq!((payouts.len(), payouts[0]["dispute_id"].as_str()), (1, "D-2"));
    }
}

/// 20.00 had been refunded by others before we awarded 30.00: until the export shows both, 50.00 are gone all the same.
#[test]
fn what_others_refunded_before_is_not_forgotten() {
    let order = ORDER.replace("2026-03-02,,", "2026-03-02,20.00,");
    let exports = exports(&order, "", SILENT);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    set(&exports, &order, "", &format!("{SILENT}D-2,O-1,anna,2026-04-12,wrong_item,,1,,,\n"));
    assert_eq!(night(&exports, "2026-04-20", &[]).code, 0);
    let decisions = latest(&exports, "decisions.csv");
    assert_eq!(cells(row(&decisions, "D-2"), &["outcome", "award"]), "refund_full 50.00");
    let ledger = latest(&exports, "ledger.csv");
    assert_eq!(cells(&ledger[0], &["escrow", "award", "released"]), "80.00 80.00 0.00");
}

#[test]
fn a_decision_outlives_an_export_that_has_the_dispute_no_longer() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    let first = latest(&exports, "decisions.csv");
    // Gone for two nights, and rejected in a third; then it is there again.
    for (as_of, disputes) in [("2026-04-11", ""), ("2026-04-12", ""), ("2026-04-13", "D-1,O-1,anna,soon,other,,,,,\n")]
    {
        set(&exports, ORDER, "", disputes);
        assert!(night(&exports, as_of, &[]).is_published());
        assert_eq!(latest(&exports, "standing.csv"), first);
        assert!(latest(&exports, "decisions.csv").is_empty() && latest(&exports, "payouts.csv").is_empty());
    }
    set(&exports, ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-14", &[]).code, 0);
    assert_eq!(latest(&exports, "decisions.csv"), first);
    assert!(latest(&exports, "payouts.csv").is_empty() && latest(&exports, "standing.csv").is_empty());
}

const RULINGS: &str = "dispute_id,outcome,award,by,at,reason\n";

/// Reason `other` is for a person to decide.
const REFERRED: &str = "D-1,O-1,anna,2026-04-01,other,30.00,1,rejected,2026-04-02,\n";

#[test]
fn a_persons_ruling_is_final_and_told_everywhere() {
    let exports = exports(ORDER, "", REFERRED);
    assert_eq!(night(&exports, "2026-04-20", &[]).code, 0);
    assert_eq!(cells(&latest(&exports, "decisions.csv")[0], &["outcome", "decided_at"]), "referred ");
    let ruling = "D-1,refund_partial,45.00,m.ivanova,2026-04-21T10:00:00Z,Half of the set is missing\n";
    exports.write("rulings.csv", format!("{RULINGS}{ruling}"));
    assert_eq!(night(&exports, "2026-04-22", &["--rulings", "rulings.csv"]).code, 0);
    let decision = latest(&exports, "decisions.csv").remove(0);
    assert_eq!(cells(&decision, &["outcome", "rule", "award", "share", "queue"]), "refund_partial human 45.00 0.4500 ");
    assert_eq!(decision["decided_at"], "2026-04-21T10:00:00Z");
    assert_eq!(
        decision["explanation"],
        "m.ivanova decided on 2026-04-21, so 45.00 USD is refunded: Half of the set is missing"
    );
    assert_eq!(cells(&latest(&exports, "payouts.csv")[0], &["amount", "decided_by", "rule"]), "45.00 human human");
    assert_eq!(
        cells(&latest(&exports, "changes.csv")[0], &["causes", "outcome_before", "outcome"]),
        "ruling referred refund_partial"
    );
    assert_eq!(cells(&latest(&exports, "ledger.csv")[0], &["award", "released", "held"]), "45.00 55.00 0.00");
    assert!(latest(&exports, "referrals.csv").is_empty());
    let summary = fs::read_to_string(exports.path("runs/latest/summary.md")).unwrap();
    assert!(summary.contains("refunded or denied tonight: 1, 1 of them by a person"), "{summary}");
    // The file goes on having the ruling: it is in effect already.
    assert_eq!(night(&exports, "2026-04-23", &["--rulings", "rulings.csv"]).code, 0);
    assert_eq!(latest(&exports, "decisions.csv"), [decision]);
    assert!(latest(&exports, "payouts.csv").is_empty());
    // A second thought does not move what stands.
    exports.write("rulings.csv", format!("{RULINGS}{}", ruling.replace("45.00", "60.00")));
    assert_eq!(night(&exports, "2026-04-24", &["--rulings", "rulings.csv"]).code, 3);
    insta::assert_snapshot!(String::from_utf8(fs::read(exports.path("runs/latest/rejects.csv")).unwrap()).unwrap());
}

#[test]
fn rulings_are_checked_like_any_input() {
    let disputes = format!(
        "{REFERRED}D-2,O-1,anna,2026-04-01,colour_mismatch,30.00,1,,,\nD-3,O-1,anna,2026-04-19,other,,,rejected,2026-04-20,\n\
        D-10,O-1,anna,2026-04-01,other,,,rejected,2026-04-02,\n"
    );
    let exports = exports(ORDER, "", &disputes);
    // D-2 is decided by silence; of the 100.00 it leaves 70.00.
    let rulings = [
        "D-1,refund_partial,10.005,m,2026-04-21,finer than a cent",
        "D-1,refund_full,70.00,m,2026-04-21,another of the same dispute",
        "D-2,denied,,m,2026-04-21,not a person's to decide",
        "D-9,denied,,m,2026-04-21,not in the export",
        "D-3,refund_partial,70.00,m,2026-04-21,all that is left is a full refund",
        "D-4,granted,1.00,m,2026-04-21,no such outcome",
        "D-5,denied,1.00,m,2026-04-21,a denial has no award",
        "D-6,refund_full,,m,2026-04-21,a refund has one",
        "D-7,denied,,,2026-04-21,by nobody",
        "D-8,denied,,m,,at no time",
        "D-10,denied,,m,2026-03-31,before it was opened",
        "D-9,denied,,m,2026-04-21,not in the export",
    ];
    exports.write("rulings.csv", format!("{RULINGS}{}\n", rulings.join("\n")));
    let ran = night(&exports, "2026-05-20", &["--rulings", "rulings.csv"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    insta::assert_snapshot!(String::from_utf8(fs::read(exports.path("runs/latest/rejects.csv")).unwrap()).unwrap());
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(exports.path("runs/latest/manifest.json")).unwrap()).unwrap();
    let read = &manifest["inputs"]["rulings"];
    assert_eq!((&read["rows"], &read["rejected"], &read["repeats"]), (&12.into(), &11.into(), &1.into()));
    let human = latest(&exports, "decisions.csv").iter().filter(|row| row["rule"] == "human").count();
    assert_eq!(human, 0);
    assert!(crate::run::arbiter_in(exports.folder.path(), &["verify", "runs/latest"]).code == 0);
    // A ruling of tomorrow has not been made.
    exports.write("rulings.csv", format!("{RULINGS}D-1,denied,,m,2026-05-22T00:00:01Z,later\n"));
    assert_eq!(night(&exports, "2026-05-22", &["--rulings", "rulings.csv"]).code, 0);
    assert_eq!(cells(row(&latest(&exports, "decisions.csv"), "D-1"), &["outcome"]), "referred");
    assert_eq!(night(&exports, "2026-05-23", &["--rulings", "rulings.csv"]).code, 0);
    assert_eq!(cells(row(&latest(&exports, "decisions.csv"), "D-1"), &["outcome", "rule"]), "denied human");
}

#[test]
fn changes_are_told_with_their_causes() {
    // Open until the seller's five days are over, on 2026-04-15; answered in time, until the escalation on 2026-04-25.
    let waiting = |id: &str, answer: &str| format!("{id},O-1,anna,2026-04-10,colour_mismatch,10.00,1,{answer},\n");
    let exports = exports(ORDER, "", &(waiting("D-1", ",") + &waiting("D-2", ",") + &waiting("D-3", ",")));
    assert_eq!(night(&exports, "2026-04-14", &[]).code, 0);
    let causes = |exports: &Exports| -> Vec<String> {
        latest(exports, "changes.csv").iter().map(|row| cells(row, &["dispute_id", "causes", "rule"])).collect()
    };
    assert!(causes(&exports).is_empty(), "there is no night before the first");
    // D-1 is left alone, D-2 answered, D-3 gone, D-4 new.
    set(&exports, ORDER, "", &(waiting("D-1", ",") + &waiting("D-2", "rejected,2026-04-14") + &waiting("D-4", ",")));
    assert_eq!(night(&exports, "2026-04-15", &[]).code, 0);
    assert_eq!(
        causes(&exports),
        [
            "D-1 passing_time seller_silent",
            "D-2 new_data negotiating",
            "D-4 new_dispute seller_silent",
            "D-3 not_in_export "
        ]
    );
    // The same exports and the same day under other parameters: D-2 waits until another date, T + 10 days.
    assert_eq!(night(&exports, "2026-04-15", &["--set", "escalation.automatic_days=10"]).code, 0);
    assert_eq!(causes(&exports), ["D-2 changed_parameters negotiating"]);
    let changes = latest(&exports, "changes.csv");
    let dates = ["next_event_at_before", "next_event_at"];
    assert_eq!(cells(&changes[0], &dates), "2026-04-25T00:00:00Z 2026-04-20T00:00:00Z");
    // Withdrawn on the day after the escalation: neither the fact nor the day alone gives a denial.
    let withdrawn = "D-2,O-1,anna,2026-04-10,colour_mismatch,10.00,1,rejected,2026-04-14,2026-04-26\n";
    set(&exports, ORDER, "", &(waiting("D-1", ",") + withdrawn));
    assert_eq!(night(&exports, "2026-04-27", &[]).code, 0);
    assert_eq!(causes(&exports)[0], "D-2 new_data;passing_time withdrawn_after_escalation");
}

#[test]
fn another_version_of_the_program_is_a_cause() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-05", &[]).code, 0);
    // The run of a version that decided otherwise: its decision and its version are others, its manifest is sealed.
    let folder = fs::canonicalize(exports.path("runs/latest")).unwrap();
    let mut snapshot =
        arbiter_runs::snapshot::read("docket", &fs::read(folder.join("docket.parquet")).unwrap()).unwrap();
    snapshot.record.version = "0.0.9".to_owned();
    let mut docket = Vec::new();
    arbiter_runs::snapshot::write(&snapshot.docket, &snapshot.record, &mut docket).unwrap();
    let decisions = fs::read_to_string(folder.join("decisions.csv"))
        .unwrap()
        .replace("2026-04-06T00:00:00Z", "2026-04-07T00:00:00Z");
    reseal(&folder, &[("docket.parquet", &docket), ("decisions.csv", decisions.as_bytes())]);
    let ran = night(&exports, "2026-04-05T00:00:01Z", &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(latest(&exports, "changes.csv")[0]["causes"], "program_version");
}

/// Puts other files into a run's folder, as if they had been published.
fn reseal(folder: &std::path::Path, files: &[(&str, &[u8])]) {
    let path = folder.join("manifest.json");
    let mut text = fs::read_to_string(&path).unwrap();
    for (name, bytes) in files {
        let old = fs::read(folder.join(name)).unwrap();
        let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
        let entry = |bytes: &[u8]| format!("\"bytes\": {},\n      \"blake3\": \"{}\"", bytes.len(), hash(bytes));
        assert!(text.contains(&entry(&old)), "{name}");
        text = text.replace(&entry(&old), &entry(bytes));
        fs::write(folder.join(name), bytes).unwrap();
    }
    let end = text.rfind(",\n  \"blake3_of_all_above\"").unwrap();
    let seal = blake3::hash(&text.as_bytes()[..end]).to_hex();
    fs::write(path, format!("{},\n  \"blake3_of_all_above\": \"{seal}\"\n}}\n", &text[..end])).unwrap();
}

#[test]
fn a_stored_docket_decides_to_the_same_bytes() {
    // Two nights, so that something stands, changes and drifts; timestamps to the nanosecond.
    let exports = exports(
        ORDER,
        "O-1,2026-04-10T00:00:00.123456789Z,arrived\n",
        &format!("{SILENT}{}", REFERRED.replace("D-1", "D-2")),
    );
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    set(
        &exports,
        ORDER,
        "O-1,2026-04-11,arrived\n",
        &format!("{}{}", SILENT.replace("30.00", "5.00"), REFERRED.replace("D-1", "D-2")),
    );
    exports.write(
        "rulings.csv",
        format!("{RULINGS}D-2,refund_partial,1.00,m,2026-04-12,so be it\nD-7,denied,,m,2026-04-12,nobody's\n"),
    );
    assert_eq!(night(&exports, "2026-05-13", &["--rulings", "rulings.csv", "--set", "too_early.days=4"]).code, 3);
    let folder = fs::canonicalize(exports.path("runs/latest")).unwrap();
    let ran = arbiter_in(exports.folder.path(), &["run", "--docket", "runs/latest/docket.parquet", "--out", "again"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let again = runs(&exports.path("again")).remove(0);
    assert_eq!(again.file_name(), folder.file_name());
    assert!(files(&again) == files(&folder));
    assert!(!exports.path("again/latest").exists(), "no night starts from it");
    // Where it was decided, it finds itself.
    let ran = arbiter_in(exports.folder.path(), &["run", "--docket", "runs/latest/docket.parquet"]);
    assert!(ran.stdout.ends_with("unchanged since an earlier run\n"), "{}{}", ran.stdout, ran.stderr);
    // Under other parameters it is another run, and no night.
    let other = ["run", "--docket", "runs/latest/docket.parquet", "--set", "escalation.automatic_days=40"];
    assert_eq!(arbiter_in(exports.folder.path(), &other).code, 3);
    assert_eq!(fs::canonicalize(exports.path("runs/latest")).unwrap(), folder);
    let names: Vec<_> =
        runs(&exports.path("runs")).iter().map(|run| run.to_string_lossy().ends_with("-trial")).collect();
    assert_eq!((names.len(), names.iter().filter(|is_trial| **is_trial).count()), (3, 1));
}

#[test]
fn the_same_night_again_finds_itself_whatever_came_later() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-04", &[]).code, 0);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    let newest = fs::canonicalize(exports.path("runs/latest")).unwrap();
    for as_of in ["2026-04-04", "2026-04-10"] {
        let ran = night(&exports, as_of, &[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout.ends_with("unchanged since an earlier run\n"), "{}", ran.stdout);
    }
    assert_eq!(fs::canonicalize(exports.path("runs/latest")).unwrap(), newest);
    // Mended data for the same as-of: a run after the one that is there, which pays nothing again.
    set(&exports, ORDER, "", &SILENT.replace("30.00", "40.00"));
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    assert!(latest(&exports, "payouts.csv").is_empty());
    // A clock that was set back is told, and pays nothing.
    let ran = night(&exports, "2026-04-09", &[]);
    assert_eq!(ran.code, 2);
    let name = fs::canonicalize(exports.path("runs/latest")).unwrap();
    let name = name.file_name().unwrap().to_string_lossy().into_owned();
    insta::assert_snapshot!(ran.stderr.replace(&name, "RUN"));
    assert_eq!(runs(&exports.path("runs")).len(), 3);
}

#[test]
fn a_run_can_start_from_another_run_and_keeps_what_it_is_told_to() {
    let exports = exports(ORDER, "", SILENT);
    for day in 10..16 {
        assert_eq!(night(&exports, &format!("2026-04-{day}"), &["--keep", "3"]).code, 0);
    }
    let kept = runs(&exports.path("runs"));
    let names: Vec<_> = kept.iter().map(|run| run.file_name().unwrap().to_string_lossy()[..10].to_owned()).collect();
    assert_eq!(names, ["2026-04-13", "2026-04-14", "2026-04-15"]);
    assert_eq!(arbiter_in(exports.folder.path(), &["verify", "runs/latest"]).code, 0, "it does not need the others");
    let before = kept[1].to_str().unwrap();
    let ran = night(&exports, "2026-04-20", &["--previous", before, "--out", "elsewhere"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(table(&fs::read(exports.path("elsewhere/latest/payouts.csv")).unwrap()).is_empty());
    let ran = night(&exports, "2026-04-20", &["--previous", "none", "--out", "elsewhere"]);
    assert_eq!(ran.code, 66, "{}", ran.stderr);
}

/// Every flipped byte, in whatever file, is found, and the file is named.
#[test]
fn a_flipped_byte_is_found_and_named() {
    let exports = exports(ORDER, "", &format!("{SILENT}{}", REFERRED.replace("D-1", "D-2")));
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    let folder = fs::canonicalize(exports.path("runs/latest")).unwrap();
    let verify = || arbiter_in(exports.folder.path(), &["verify", "runs/latest"]);
    assert_eq!(verify().code, 0);
    for (name, bytes) in files(&folder) {
        let steps = (bytes.len() / 7).max(1);
        for place in (0..bytes.len()).step_by(steps).chain([bytes.len().saturating_sub(1)]) {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << (place % 8);
            fs::write(folder.join(&name), &flipped).unwrap();
            let ran = verify();
            assert_eq!(ran.code, 66, "{name} at {place}: {}{}", ran.stdout, ran.stderr);
            assert!(ran.stderr.contains(&name), "{name} at {place}: {}", ran.stderr);
        }
        fs::write(folder.join(&name), &bytes).unwrap();
    }
    assert_eq!(verify().code, 0);
    fs::write(folder.join("more.csv"), "").unwrap();
    assert!(verify().stderr.contains("more.csv: is not a file of the run"));
    fs::remove_file(folder.join("more.csv")).unwrap();
    fs::remove_file(folder.join("ledger.csv")).unwrap();
    assert!(verify().stderr.contains("ledger.csv: cannot be read"));
    // A night does not start from what was changed.
    let decisions = fs::read_to_string(folder.join("decisions.csv")).unwrap();
    fs::write(folder.join("decisions.csv"), decisions.replace("refund_partial", "refund_fulled")).unwrap();
    let ran = night(&exports, "2026-04-11", &[]);
    assert_eq!(ran.code, 66);
    assert!(ran.stderr.contains("decisions.csv: is not what the manifest says it is"), "{}", ran.stderr);
}

/// A forged folder whose manifest agrees with it does not agree with its docket.
#[test]
fn a_forged_decision_is_found_by_deciding_again() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    let folder = fs::canonicalize(exports.path("runs/latest")).unwrap();
    let payouts = fs::read_to_string(folder.join("payouts.csv")).unwrap().replace("30.00", "90.00");
    reseal(&folder, &[("payouts.csv", payouts.as_bytes())]);
    let ran = arbiter_in(exports.folder.path(), &["verify", "runs/latest"]);
    assert_eq!(ran.code, 66);
    assert!(ran.stderr.contains("payouts.csv: is not what its docket gives, decided anew"), "{}", ran.stderr);
}

fn keys(exports: &Exports) -> Vec<String> {
    let payouts =
        runs(&exports.path("runs")).into_iter().flat_map(|run| table(&fs::read(run.join("payouts.csv")).unwrap()));
    payouts.map(|row| row["payout_key"].clone()).collect()
}

/// Without the link nobody knows what has been paid: a night does not guess.
#[test]
fn a_lost_link_to_the_newest_run_stops_the_next() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    let (link, run) = (exports.path("runs/latest"), runs(&exports.path("runs")).remove(0));
    let mut told = String::new();
    for spoil in ["missing", "a file", "a folder", "leading nowhere"] {
        fs::remove_file(&link).unwrap();
        match spoil {
            "a file" => fs::write(&link, "").unwrap(),
            "a folder" => fs::create_dir(&link).unwrap(),
            "leading nowhere" => std::os::unix::fs::symlink("gone", &link).unwrap(),
            _ => {}
        }
        for more in [&[][..], &["--fresh"]] {
            let ran = night(&exports, "2026-04-11", more);
            assert_eq!(ran.code, 66, "{spoil}: {}{}", ran.stdout, ran.stderr);
            told = told + spoil + "\n" + &ran.stderr;
        }
        // The run to start from can be named, unless something is in the link's way.
        let ran = night(&exports, "2026-04-10T00:00:01Z", &["--previous", run.to_str().unwrap()]);
        assert_eq!(ran.code, if spoil == "a folder" { 66 } else { 0 }, "{spoil}: {}{}", ran.stdout, ran.stderr);
        if link.is_dir() && !link.is_symlink() {
            fs::remove_dir(&link).unwrap();
        } else {
            fs::remove_file(&link).unwrap();
        }
        runs(&exports.path("runs"))
            .iter()
            .filter(|other| **other != run)
            .for_each(|run| fs::remove_dir_all(run).unwrap());
        std::os::unix::fs::symlink(run.file_name().unwrap(), &link).unwrap();
    }
    insta::assert_snapshot!(told);
    assert_eq!(night(&exports, "2026-04-11", &[]).code, 0);
    assert_eq!(keys(&exports).len(), 1);
}

#[test]
fn nights_do_not_go_backwards_whatever_they_start_from() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-04", &[]).code, 0);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    let first = runs(&exports.path("runs")).remove(0);
    for more in [&["--fresh"][..], &["--previous", first.to_str().unwrap()]] {
        let ran = night(&exports, "2026-04-08", more);
        assert_eq!(ran.code, 2, "{more:?}: {}", ran.stderr);
    }
    // From a trial no night starts, and no night is taken for one.
    let trial = ["run", "--docket", "runs/latest/docket.parquet", "--as-of", "2026-04-12"];
    let ran = arbiter_in(exports.folder.path(), &trial);
    assert!(ran.stdout.ends_with("-trial: published\n"), "{}{}", ran.stdout, ran.stderr);
    let ran = night(&exports, "2026-04-12", &["--keep", "1"]);
    assert!(ran.stdout.ends_with(": published\n"), "{}{}", ran.stdout, ran.stderr);
    assert!(latest(&exports, "payouts.csv").is_empty());
    assert_eq!(runs(&exports.path("runs")).len(), 2, "the night, and the trial, which is not counted");
}

/// 100.00 were paid for O-1; it is called O-2 now, of which nothing is left.
#[test]
fn what_was_paid_for_an_order_follows_it_to_another_id() {
    let exports = exports(ORDER, "", &SILENT.replace("30.00", ""));
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    set(
        &exports,
        &ORDER.replace("O-1", "O-2"),
        "",
        &format!("{SILENT}D-2,O-1,anna,2026-04-12,wrong_item,,1,,,\n").replace("O-1", "O-2"),
    );
    assert_eq!(night(&exports, "2026-04-20", &[]).code, 0);
    let decisions = latest(&exports, "decisions.csv");
    assert_eq!(cells(row(&decisions, "D-2"), &["outcome", "rule"]), "denied already_refunded");
    assert_eq!(
        cells(&latest(&exports, "ledger.csv")[0], &["order_id", "escrow", "award", "released"]),
        "O-2 100.00 100.00 0.00"
    );
    assert_eq!(arbiter_in(exports.folder.path(), &["verify", "runs/latest"]).code, 0);
}

/// What is left of an order whose currency has changed cannot be told: its open disputes wait, and nothing is lost.
#[test]
fn another_currency_than_was_paid_in_decides_nothing() {
    let exports = exports(ORDER, "", SILENT);
    assert_eq!(night(&exports, "2026-04-10", &[]).code, 0);
    let two = format!("{SILENT}D-2,O-1,anna,2026-04-12,wrong_item,,1,,,\n");
    set(&exports, &ORDER.replace("USD,100.00", "JPY,100"), "", &two.replace("30.00", "30"));
    assert_eq!(night(&exports, "2026-04-20", &[]).code, 3);
    insta::assert_snapshot!(String::from_utf8(fs::read(exports.path("runs/latest/rejects.csv")).unwrap()).unwrap());
    assert_eq!(latest(&exports, "decisions.csv").len(), 1, "what stands");
    assert_eq!(cells(&latest(&exports, "ledger.csv")[0], &["escrow", "released", "held"]), "100 0 100");
    assert_eq!(arbiter_in(exports.folder.path(), &["verify", "runs/latest"]).code, 0);
    let again = ["run", "--docket", "runs/latest/docket.parquet", "--out", "again"];
    assert_eq!(arbiter_in(exports.folder.path(), &again).code, 3);
    assert!(files(&runs(&exports.path("again"))[0]) == files(&exports.path("runs/latest")));
    // Mended, it goes on: 100.00 - 30.00 = 70.00.
    set(&exports, ORDER, "", &two);
    assert_eq!(night(&exports, "2026-04-21", &[]).code, 0);
    assert_eq!(cells(row(&latest(&exports, "decisions.csv"), "D-2"), &["outcome", "award"]), "refund_full 70.00");
    assert_eq!(cells(&latest(&exports, "ledger.csv")[0], &["escrow", "award"]), "100.00 100.00");
}

#[test]
fn an_as_of_between_two_seconds_is_kept_as_it_is() {
    let between = REFERRED
        .replace("D-1", "D-2")
        .replace("2026-04-01", "2026-04-10T00:00:00.25Z")
        .replace("2026-04-02", "2026-04-11");
    let exports = exports(ORDER, "", &format!("{SILENT}{between}"));
    let as_of = "2026-04-10T00:00:00.5Z";
    assert_eq!(night(&exports, as_of, &[]).code, 0);
    assert_eq!(arbiter_in(exports.folder.path(), &["verify", "runs/latest"]).code, 0);
    let ran = night(&exports, as_of, &[]);
    assert!(ran.stdout.ends_with("unchanged since an earlier run\n"), "{}{}", ran.stdout, ran.stderr);
    let again = ["run", "--docket", "runs/latest/docket.parquet", "--out", "again"];
    assert_eq!(arbiter_in(exports.folder.path(), &again).code, 0);
    assert!(files(&runs(&exports.path("again"))[0]) == files(&exports.path("runs/latest")));
    assert_eq!(night(&exports, "2026-04-12", &[]).code, 0);
    assert!(latest(&exports, "payouts.csv").is_empty());
}

/// The operator keeps 0.95 % of 100.00, whoever decides; the rest of the order's money goes with a ruling.
#[test]
fn a_ruling_has_the_notes_of_an_award_and_is_a_cause() {
    let order = format!(
        "{}{}",
        ORDERS.replace("paid_at", "payment_method,paid_at"),
        ORDER.replace("2026-03-01", "mobile_mts,2026-03-01")
    );
    let waiting = "D-2,O-1,anna,2026-04-19,colour_mismatch,10.00,1,,,\n";
    let exports = exports(ORDER, "", &format!("{}{waiting}", REFERRED.replace("D-1", "=1")));
    exports.write("orders.csv", order);
    assert_eq!(night(&exports, "2026-04-20", &[]).code, 0);
    // As referrals.csv shows the id.
    let referred = latest(&exports, "referrals.csv").remove(0);
    assert_eq!(referred["dispute_id"], "'=1");
    exports.write("rulings.csv", format!("{RULINGS}'=1,refund_full,100.00,m,2026-04-20,so be it\n"));
    let ran = night(&exports, "2026-04-21", &["--rulings", "rulings.csv"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(row(&latest(&exports, "decisions.csv"), "'=1")["notes"], "commission_lost=0.95;cashback_void");
    let changes = latest(&exports, "changes.csv");
    assert_eq!(cells(row(&changes, "D-2"), &["causes", "rule_before", "rule"]), "ruling negotiating already_refunded");
}

/// A stored run can be asked what its exports could be asked. What has been decided before is no question of a what-if,
/// and is explained in the run that decided it.
#[test]
fn a_stored_run_is_asked_like_its_exports() {
    let exports = exports(ORDER, "", &format!("{SILENT}{}", REFERRED.replace("D-1", "D-2")));
    assert_eq!(night(&exports, "2026-04-10", &["--set", "too_early.days=4"]).code, 0);
    assert_eq!(night(&exports, "2026-04-11", &["--set", "too_early.days=4"]).code, 0);
    let ask = |call: &[&str]| {
        let ran = arbiter_in(exports.folder.path(), call);
        assert_eq!(ran.code, 0, "{call:?}: {}", ran.stderr);
        ran.stdout
    };
    let cases: [&[&str]; 3] =
        [&[".", "--as-of", "2026-04-11"], &["--run", "runs/latest"], &["--docket", "runs/latest/docket.parquet"]];
    for (question, own) in [
        (&["compare", "--set", "seller_silent.days=20"][..], &["--base-set", "too_early.days=4"][..]),
        (&["sweep", "seller_silent.days", "3..20", "--step", "1"], &["--set", "too_early.days=4"]),
        (&["forecast"], &["--set", "too_early.days=4"]),
        (&["explain", "D-2"], &["--set", "too_early.days=4"]),
    ] {
        // The parameters that a stored run brings with it are given to the exports.
        let [of_exports, of_run, of_docket] =
            [0, 1, 2].map(|from| ask(&[question, cases[from], if from == 0 { own } else { &[] }].concat()));
        assert_eq!(of_exports, of_run, "{question:?}");
        assert_eq!(of_run, of_docket, "{question:?}");
    }
    // What stands is changed by no fact; what is open flips as ever.
    let flips = |call: &[&str]| table(ask(call).as_bytes());
    let of_run = flips(&["flips", "--run", "runs/latest"]);
    let of_exports = flips(&["flips", ".", "--as-of", "2026-04-11", "--set", "too_early.days=4"]);
    assert_eq!(cells(row(&of_run, "D-1"), &["outcome", "flip_fact", "flip_parameter"]), "refund_partial  ");
    assert!(!row(&of_exports, "D-1")["flip_fact"].is_empty());
    assert_eq!(row(&of_run, "D-2"), row(&of_exports, "D-2"));
    // D-1 was decided the night before: there it is explained, and where that run is gone, so is the explanation.
    let explained = ask(&["explain", "D-1", "--run", "runs/latest"]);
    assert!(
        explained.starts_with("D-1: refund_partial, 30.00 USD, by the rule seller_silent, as of 2026-04-10"),
        "{explained}"
    );
    // So is one that the export has lost since, and one that a person decided.
    set(&exports, ORDER, "", &REFERRED.replace("D-1", "D-2"));
    exports.write("rulings.csv", format!("{RULINGS}D-2,denied,,m.ivanova,2026-04-18,Not what was shown\n"));
    assert_eq!(night(&exports, "2026-04-20", &["--rulings", "rulings.csv"]).code, 0);
    assert_eq!(night(&exports, "2026-04-21", &[]).code, 0);
    assert_eq!(ask(&["explain", "D-1", "--run", "runs/latest"]), explained);
    let ruled = ask(&["explain", "D-2", "--docket", "runs/latest/docket.parquet"]);
    assert!(ruled.starts_with("D-2: denied") && ruled.contains("m.ivanova decided on 2026-04-18"), "{ruled}");
    fs::remove_dir_all(&runs(&exports.path("runs"))[0]).unwrap();
    let ran = arbiter_in(exports.folder.path(), &["explain", "D-1", "--run", "runs/latest"]);
    assert_eq!(ran.code, 66);
    insta::assert_snapshot!(ran.stderr);
}
