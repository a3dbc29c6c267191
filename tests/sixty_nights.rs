//! Sixty nights of a growing export: orders ship, parcels arrive, sellers answer, refunds are made. However it goes,
//! every award is paid once, and the payouts of all nights are what the last books say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::run::{Exports, arbiter_in, table};
use arbiter_generate::{Plan, generate};
use arbiter_model::instant::Instant;
use chrono_tz::Tz;
use rust_decimal::Decimal;

type Row = BTreeMap<String, String>;

const NIGHTS: i64 = 60;

/// A whole export, as it will stand after the last night.
struct Story {
    orders: Vec<Row>,
    tracking: Vec<Row>,
    disputes: Vec<Row>,
}

fn as_of(night: i64) -> Instant {
    Instant::parse("2026-04-02", Tz::UTC).unwrap().plus_seconds(night * 86_400)
}

impl Story {
    fn told(seed: u64) -> Self {
        let folder = Exports::none();
        let plan = Plan { orders: 1_500, seed, as_of: as_of(NIGHTS) };
        generate(&plan, folder.folder.path()).unwrap();
        let read = |name: &str| table(&fs::read(folder.path(name)).unwrap());
        Self { orders: read("orders.csv"), tracking: read("tracking.csv"), disputes: read("disputes.csv") }
    }

    /// The export as it stands in a night: nothing in it is later. `refunded` is what was paid by then; one dispute in
    /// thirty is missing, another each night, as happens to exports.
    fn export(&self, night: i64, refunded: &BTreeMap<String, Decimal>) -> Exports {
        let now = as_of(night);
        let exports = Exports::none();
        let orders = self.orders.iter().filter(|row| is_by(&row["paid_at"], now)).map(|row| {
            let mut row = as_known(row, now);
            let before: Decimal = row["refunded_total"].parse().unwrap_or_default();
            let goods: Decimal = row["goods_total"].parse().unwrap();
            let paid = refunded.get(&row["order_id"]).copied().unwrap_or_default();
            row.insert("refunded_total".to_owned(), (before + paid).min(goods).to_string());
            row
        });
        exports.write("orders.csv", csv(orders));
        let events = self.tracking.iter().filter(|row| is_by(&row["event_at"], now)).cloned();
        exports.write("tracking.csv", csv(events));
        let disputes = self.disputes.iter().enumerate().filter(|(number, row)| {
            is_by(&row["opened_at"], now) && (night == NIGHTS || (*number as i64 + night) % 30 != 0)
        });
        exports.write("disputes.csv", csv(disputes.map(|(_, row)| as_known(row, now))));
        exports
    }
}

fn is_by(at: &str, now: Instant) -> bool {
    Instant::parse(at, Tz::UTC).is_none_or(|at| at <= now)
}

/// A row without what is later. An answer comes with its date, a supply with its request.
fn as_known(row: &Row, now: Instant) -> Row {
    let mut row = row.clone();
    for (column, with) in [
        ("shipped_at", &[][..]),
        ("confirmed_at", &[]),
        ("seller_responded_at", &["seller_response", "seller_offer"]),
        ("buyer_accepted_at", &[]),
        ("escalated_at", &[]),
        ("info_requested_at", &[]),
        ("info_supplied_at", &[]),
        ("withdrawn_at", &[]),
    ] {
        if row.get(column).is_some_and(|at| !is_by(at, now)) {
            [column].iter().chain(with).for_each(|column| drop(row.insert((*column).to_owned(), String::new())));
        }
    }
    row
}

fn csv(rows: impl Iterator<Item = Row>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut rows = rows.peekable();
    writer.write_record(rows.peek().expect("a row").keys()).unwrap();
    rows.for_each(|row| writer.write_record(row.values()).unwrap());
    writer.into_inner().unwrap()
}

fn amount(row: &Row, column: &str) -> Decimal {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {}", row[column]))
}

/// What the nights have seen.
#[derive(Default)]
struct Seen {
    keys: BTreeSet<String>,
    /// Paid by order.
    paid: BTreeMap<String, Decimal>,
    /// The final decision of each dispute.
    decided: BTreeMap<String, Row>,
    /// What each dispute was decided the night before.
    before: BTreeMap<String, [String; 4]>,
    changes: usize,
}

impl Seen {
    fn see(&mut self, night: i64, table: impl Fn(&str) -> Vec<Row>) {
        for payout in table("payouts.csv") {
            assert!(self.keys.insert(payout["payout_key"].clone()), "night {night}: paid twice: {payout:?}");
            *self.paid.entry(payout["order_id"].clone()).or_default() += amount(&payout, "amount");
        }
        let decisions = table("decisions.csv");
        for row in decisions.iter().chain(&table("standing.csv")) {
            if row["decided_at"].is_empty() {
                assert!(!self.decided.contains_key(&row["dispute_id"]), "night {night}: reopened: {row:?}");
            } else {
                let first = self.decided.entry(row["dispute_id"].clone()).or_insert_with(|| row.clone());
                assert_eq!(first, row, "night {night}: what stands has changed");
            }
        }
        let standing: BTreeSet<_> =
            decisions.iter().chain(&table("standing.csv")).map(|row| row["dispute_id"].clone()).collect();
        assert!(self.decided.keys().all(|id| standing.contains(id)), "night {night}: a decision is lost");
        self.see_changes(night, &decisions, &table("changes.csv"));
        for entry in table("ledger.csv") {
            let [escrow, award, released, held, guarantee] =
                ["escrow", "award", "released", "held", "guarantee"].map(|column| amount(&entry, column));
            assert_eq!(award + released + held, escrow + guarantee, "night {night}: {entry:?}");
            assert_eq!(
                Some(&award).filter(|award| !award.is_zero()),
                self.paid.get(&entry["order_id"]),
                "night {night}: {entry:?}"
            );
        }
    }

    /// changes.csv has just the disputes whose decision is another, save for what stands.
    fn see_changes(&mut self, night: i64, decisions: &[Row], changes: &[Row]) {
        let said = |row: &Row| ["outcome", "rule", "award", "next_event_at"].map(|column| row[column].clone());
        let told: BTreeMap<_, _> = changes.iter().map(|row| (row["dispute_id"].clone(), row)).collect();
        assert_eq!(told.len(), changes.len(), "night {night}: a dispute is told twice");
        let now: BTreeMap<_, _> = decisions.iter().map(|row| (row["dispute_id"].clone(), said(row))).collect();
        for (id, verdict) in &now {
            let old = self.before.get(id);
            let stood = self.decided.get(id).is_some_and(|row| said(row) == *verdict)
                && old.is_none()
                && !told.contains_key(id);
            let is_told = told.contains_key(id);
            assert!(
                stood || night == 0 || is_told == (old != Some(verdict)),
                "night {night}: {id}: {old:?} {verdict:?} {is_told}"
            );
        }
        assert!(changes.iter().all(|row| !row["causes"].is_empty()));
        self.changes += changes.len();
        self.before = now;
    }
}

#[test]
fn every_award_is_paid_once_and_the_books_of_all_nights_agree() {
    let story = Story::told(7);
    let home = Exports::none();
    let out = home.path("runs").display().to_string();
    let (mut seen, mut refunded) = (Seen::default(), BTreeMap::new());
    for night in 0..=NIGHTS {
        let exports = story.export(night, &refunded);
        // Refunds reach the export now and then, some nights later.
        if night % 3 == 0 {
            refunded = seen.paid.clone();
        }
        let call =
            ["run", ".", "--as-of", &as_of(night).to_string(), "--max-rejects", "0", "--out", &out, "--keep", "3"];
        let ran = arbiter_in(exports.folder.path(), &call);
        assert_eq!(ran.code, 0, "night {night}: {}", ran.stderr);
        seen.see(night, |name| table(&fs::read(home.path("runs/latest").join(name)).unwrap()));
        if night % 20 == 0 {
            let again = arbiter_in(exports.folder.path(), &call);
            assert!(again.stdout.ends_with("unchanged since an earlier run\n"), "{}{}", again.stdout, again.stderr);
        }
    }
    // The last export has every dispute again: its books say all that was ever paid.
    let ledger = table(&fs::read(home.path("runs/latest/ledger.csv")).unwrap());
    let booked: BTreeMap<_, _> = ledger.iter().map(|row| (row["order_id"].clone(), amount(row, "award"))).collect();
    let booked: BTreeMap<_, _> = booked.into_iter().filter(|(_, award)| !award.is_zero()).collect();
    assert_eq!(booked, seen.paid);
    assert!(seen.keys.len() > 50 && seen.changes > 200, "{} payouts, {} changes", seen.keys.len(), seen.changes);
}
