//! Properties of whole runs, over generated exports: rows are conserved, books balance, no award
//! exceeds what is left, and neither threads nor the order of rows change a byte.

use std::collections::{BTreeMap, HashSet};

use crate::run::{Exports, table};
use proptest::prelude::*;
use rust_decimal::Decimal;

const STATUSES: &[&str] = &[
    "accepted",
    "in_transit",
    "customs",
    "delivered",
    "Delivered",
    "returned",
    "lost",
    "return_shipped",
    "return_delivered",
    "credited",
    "vanished",
];
const REASONS: &[&str] = &[
    "not_received",
    "not_trackable",
    "wrong_address",
    "colour_mismatch",
    "fake_capacity",
    "defective",
    "damaged",
    "wrong_item",
    "counterfeit",
    "quantity_short",
    "empty_parcel",
    "customs",
    "ordered_by_mistake",
    "other",
    "lost_interest",
];
const TEXTS: &[&str] = &["", "fine", "\"a, \"\"b\"\"\"", "\"two\nlines\"", "=1+1", "\"цвет, не тот\""];

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(values).prop_map(str::to_owned)
}

/// A timestamp on one of the days around the as-of, often the same one, or nothing.
fn maybe_timestamp() -> impl Strategy<Value = String> {
    let day = prop::sample::select(vec![-120_i64, -61, -60, -40, -21, -20, -15, -10, -5, -3, -1, 0, 1, 9]);
    let second = prop::sample::select(vec![-1_i64, 0, 0, 0, 1]);
    prop::option::of((day, second))
        .prop_map(|moved| moved.map_or(String::new(), |(day, second)| timestamp(day, second)))
}

fn timestamp(day: i64, second: i64) -> String {
    let as_of = arbiter_model::instant::Instant::parse("2026-06-01", chrono_tz::Tz::UTC).unwrap();
    as_of.plus_seconds(day * 86_400 + second).to_string()
}

fn order(number: usize) -> impl Strategy<Value = String> {
    (
        0..4_u8,
        prop::sample::select(vec!["USD,24.90,4.00", "JPY,3,0", "KWD,1.005,0.250", "USD,0.01,0", "XYZ,1,1", "USD,9.999,0"]),
        maybe_timestamp(),
        prop::sample::select(vec!["home", "electronics", "Mobile Top-Up", ""]),
        (maybe_timestamp(), maybe_timestamp()),
        prop::sample::select(vec!["0", "0.01", "", "24.90"]),
        prop::sample::select(vec!["card", "mobile_mts"]),
    )
        .prop_map(move |(buyer, money, shipped, category, (protected, confirmed), refunded, method)| {
            format!(
                "O-{number},b{buyer},shop,{money},{},{category},3,{refunded},{method},{shipped},{protected},{confirmed},RU",
                timestamp(-125, 0)
            )
        })
}

fn event() -> impl Strategy<Value = String> {
    (0..6_u8, maybe_timestamp(), one_of(STATUSES), prop::sample::select(vec!["RU", "CN", ""]))
        .prop_map(|(order, when, status, country)| format!("O-{order},{when},{status},T,{country}"))
}

fn dispute() -> impl Strategy<Value = String> {
    (
        (0..12_u8, 0..6_u8, 0..4_u8),
        maybe_timestamp(),
        one_of(REASONS),
        prop::sample::select(vec!["", "1", "24.90", "60", "0", "x"]),
        prop::sample::select(vec!["yes,1,continuous,1,no", "no,0,none,0,no", "yes,2,cut,0,yes", ",,,,", "maybe,1,none,0,no"]),
        prop::sample::select(vec!["0,64,32,no", "2,64,64,yes", ",,,", "3,64,57.6,"]),
        prop::sample::select(vec!["none,,", "accepted,T,", "rejected,T,", "countered,T,12.00", "countered,T,", "accepted,,"]),
        (maybe_timestamp(), maybe_timestamp(), maybe_timestamp(), one_of(TEXTS)),
    )
        .prop_map(|((id, order, buyer), opened, reason, asked, evidence, numbers, response, rest)| {
            let (accepted, escalated, withdrawn, comment) = rest;
            let response = response.replace('T', &timestamp(-16, 0));
            format!(
                "D-{id},O-{order},b{buyer},{opened},{reason},{asked},{evidence},{numbers},{response},{accepted},{escalated},{withdrawn},{comment}"
            )
        })
}

const ORDERS: &str = "order_id,buyer_id,seller_id,currency,goods_total,shipping_fee,paid_at,category,quantity,\
    refunded_total,payment_method,shipped_at,protection_ends_at,confirmed_at,destination_country\n";
const TRACKING: &str = "order_id,event_at,status,tracking_no,country\n";
const DISPUTES: &str = "dispute_id,order_id,buyer_id,opened_at,reason,requested_amount,wants_return,photos,video,\
    documents,evidence_tampered,quantity_received,advertised_capacity_gb,measured_capacity_gb,usable,seller_response,\
    seller_responded_at,seller_offer,buyer_accepted_at,escalated_at,withdrawn_at,comment\n";

/// The rows of three exports.
#[derive(Clone, Debug)]
struct Rows {
    orders: Vec<String>,
    tracking: Vec<String>,
    disputes: Vec<String>,
}

impl Rows {
    fn exports(&self) -> Exports {
        let file = |header: &str, rows: &[String]| format!("{header}{}\n", rows.join("\n"));
        Exports::of(file(ORDERS, &self.orders), file(TRACKING, &self.tracking), file(DISPUTES, &self.disputes))
    }
}

prop_compose! {
    fn rows()(
        orders in (0..6_usize).prop_flat_map(|count| (0..count).map(order).collect::<Vec<_>>()),
        tracking in prop::collection::vec(event(), 0..12),
        disputes in prop::collection::vec(dispute(), 0..10),
    ) -> Rows {
        Rows { orders, tracking, disputes }
    }
}

fn decimal(row: &BTreeMap<String, String>, column: &str) -> Decimal {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {}", row[column]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_conserved_and_books_balance(rows in rows()) {
        let exports = rows.exports();
        let ran = exports.run(&["--out", "out"]);
        prop_assert!(ran.is_published(), "{}", ran.stderr);
        let outputs = exports.outputs("out");
        let [decisions, ledger, rejects] =
            ["decisions.csv", "ledger.csv", "rejects.csv"].map(|name| table(&outputs[name]));

        let summary: serde_json::Value = serde_json::from_slice(&outputs["summary.json"]).unwrap();
        let count = |name: &str| summary["disputes"][name].as_u64().unwrap() as usize;
        let rejected = rejects.iter().filter(|row| row["file"] == "disputes.csv").count();
        prop_assert_eq!(count("rows"), rows.disputes.len());
        prop_assert_eq!(rows.disputes.len(), decisions.len() + rejected + count("repeats") + count("not_yet_open"));
        let ids: HashSet<_> = decisions.iter().map(|row| &row["dispute_id"]).collect();
        prop_assert_eq!(ids.len(), decisions.len());

        let nothing = Decimal::ZERO;
        for entry in &ledger {
            let [escrow, award, released, held, guarantee] =
                ["escrow", "award", "released", "held", "guarantee"].map(|column| decimal(entry, column));
            prop_assert_eq!(award + released + held, escrow + guarantee);
            prop_assert!([escrow, award, released, held, guarantee].iter().all(|part| *part >= nothing));
            let own = decisions.iter().filter(|decision| decision["order_id"] == entry["order_id"]);
            let awards: Decimal = own.clone().map(|decision| decimal(decision, "award")).sum();
            let guaranteed: Decimal = own.map(|decision| decimal(decision, "guarantee")).sum();
            prop_assert_eq!((awards, guaranteed), (award, guarantee));
            // What comes out of escrow never exceeds the goods money in it: shipping is not refunded.
            prop_assert!(award - guarantee <= escrow);
        }
        let awarded: Decimal = decisions.iter().map(|decision| decimal(decision, "award")).sum();
        prop_assert_eq!(awarded, ledger.iter().map(|entry| decimal(entry, "award")).sum());
    }

    #[test]
    fn threads_and_the_order_of_orders_and_tracking_change_no_byte(rows in rows(), seed in any::<u64>()) {
        // Events of one order at one instant are told apart by their place in the file: one each.
        let mut seen = HashSet::new();
        let mut rows = rows;
        let of_order_at = |row: &String| row.splitn(3, ',').take(2).collect::<Vec<_>>().join(",");
        rows.tracking.retain(|row| seen.insert(of_order_at(row)));
        let exports = rows.exports();
        prop_assert!(exports.run(&["--out", "one", "--threads", "1"]).is_published());
        prop_assert!(exports.run(&["--out", "four", "--threads", "4", "--set", "too_early.days=5"]).is_published());
        let (one, four) = (exports.outputs("one"), exports.outputs("four"));
        for (name, bytes) in &one {
            prop_assert!(bytes == &four[name], "{} differs between thread counts", name);
        }

        let turn = |rows: &mut Vec<String>| {
            let by = seed as usize % rows.len().max(1);
            rows.rotate_left(by);
            if seed % 2 == 0 { rows.reverse() }
        };
        turn(&mut rows.orders);
        turn(&mut rows.tracking);
        let turned = rows.exports();
        prop_assert!(turned.run(&["--out", "one"]).is_published());
        let turned = turned.outputs("one");
        for name in ["decisions.csv", "ledger.csv", "buyers.csv", "referrals.csv"] {
            prop_assert!(one[name] == turned[name], "{} depends on the order of rows", name);
        }
    }
}
