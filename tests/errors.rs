//! The error gallery: for each message a reproducer, and what the operator reads.

#[path = "common/run.rs"]
mod run;

use std::fs;

use run::{DISPUTES, Exports, ORDERS, Ran, TRACKING, table};

/// Exit code and message, without what differs between machines.
fn message(ran: &Ran) -> String {
    assert_eq!(ran.stdout, "", "a fault prints nothing to standard output");
    format!("exit code {}\n{}", ran.code, ran.stderr)
}

/// Nothing is published, and nothing half-written is left.
fn nothing_published(exports: &Exports) {
    let left = fs::read_dir(exports.path("runs")).map_or(0, |entries| entries.count());
    assert_eq!(left, 0, "a fault leaves nothing under runs");
}

macro_rules! gallery {
    ($($name:ident: $exports:expr, $arguments:expr;)+) => {
        $(
            #[test]
            fn $name() {
                let exports: Exports = $exports;
                let ran = exports.run(&$arguments);
                insta::assert_snapshot!(stringify!($name), message(&ran));
                nothing_published(&exports);
            }
        )+
    };
}

fn without(name: &str) -> Exports {
    let exports = Exports::small();
    fs::remove_file(exports.path(name)).unwrap();
    exports
}

fn with_policy(text: &str) -> Exports {
    let exports = Exports::small();
    exports.write("policy.toml", text);
    exports
}

fn with_out_as_file() -> Exports {
    let exports = Exports::small();
    exports.write("taken", "a file, not a folder");
    exports
}

gallery! {
    export_missing: without("tracking.csv"), [];
    export_empty: Exports::of(ORDERS, "", DISPUTES), [];
    export_of_blanks: Exports::of(ORDERS, "\n\r\n \n", DISPUTES), [];
    export_not_text: Exports::of(b"order\xff_id,buyer_id\n", TRACKING, DISPUTES), [];
    column_names_that_would_steer_a_terminal: Exports::of(ORDERS, TRACKING, "zz\u{1b}[31m\u{7},\u{0},y\n"), [];
    columns_separated_by_semicolons: Exports::of(ORDERS.replace(',', ";"), TRACKING, DISPUTES), [];
    header_without_end: Exports::of(format!("\"{}", ORDERS.repeat(9000)), TRACKING, DISPUTES), [];
    policy_rule_as_a_value: with_policy("too_early = 6\n"), ["--policy", "policy.toml"];
    policy_count_below_zero: with_policy("[serial_disputer.blocked]\ndisputes = -1\n"), ["--policy", "policy.toml"];
    policy_band_of_numbers: with_policy("[colour_mismatch]\nband = [0.30, 0.45]\n"), ["--policy", "policy.toml"];
    policy_unknown_in_a_group: with_policy("[serial_disputer.blocked]\nburst = 1\n"), ["--policy", "policy.toml"];
    column_missing: Exports::of(ORDERS.replace("shipped_at", "sent_at"), TRACKING, DISPUTES), [];
    column_missing_with_a_near_name: Exports::of(ORDERS, TRACKING, DISPUTES.replace("opened_at", "open_at")), [];
    column_missing_below_blank_lines: Exports::of(format!("\n\r\n{}", ORDERS.replace("paid_at", "paid")), TRACKING, DISPUTES), [];
    column_twice: Exports::of(ORDERS, TRACKING.replace("status", "event_at"), DISPUTES), [];
    quote_never_closed: Exports::of(ORDERS, TRACKING, format!("{DISPUTES}D-2,O-1,\"anna,2026-05-10,other\nD-3,")), [];
    timezone_unknown: Exports::small(), ["--timezone", "Europe/Moskow"];
    threads_zero: Exports::small(), ["--threads", "0"];
    option_unknown: Exports::small(), ["--as-off", "2026-06-01"];
    set_without_a_value: Exports::small(), ["--set", "too_early.days"];
    set_unknown_rule: Exports::small(), ["--set", "too_erly.days=6"];
    set_unknown_parameter: Exports::small(), ["--set", "too_early.day=6"];
    set_unknown_end_of_a_band: Exports::small(), ["--set", "colour_mismatch.band.top=0.4"];
    set_unknown_group: Exports::small(), ["--set", "serial_disputer.blokced.disputes=4"];
    set_days_as_text: Exports::small(), ["--set", "too_early.days=soon"];
    set_days_out_of_range: Exports::small(), ["--set", "too_early.days=-1"];
    set_share_out_of_range: Exports::small(), ["--set", "customs.share=1.01"];
    set_share_too_fine: Exports::small(), ["--set", "customs.share=0.12345"];
    set_low_above_high: Exports::small(), ["--set", "colour_mismatch.band.low=0.51"];
    set_currency_unknown: Exports::small(), ["--set", "returns.posting_cost.EURO=9"];
    policy_missing: Exports::small(), ["--policy", "none.toml"];
    policy_not_toml: with_policy("[too_early]\ndays = \n"), ["--policy", "policy.toml"];
    policy_share_as_number: with_policy("[customs]\nshare = 0.9\n"), ["--policy", "policy.toml"];
    policy_unknown_rule: with_policy("\n\n[colour_missmatch]\nband = [\"0.1\", \"0.2\"]\n"), ["--policy", "policy.toml"];
    policy_unknown_parameter: with_policy("[parcel_stalled]\n# weeks\nday = 14\n"), ["--policy", "policy.toml"];
    policy_value_outside_a_table: with_policy("days = 6\n"), ["--policy", "policy.toml"];
    policy_band_of_three: with_policy("[size_mismatch]\nband = [\"0.1\", \"0.2\", \"0.3\"]\n"), ["--policy", "policy.toml"];
    policy_category_in_capitals: with_policy("[double]\ncategories = [\"Jewellery\"]\n"), ["--policy", "policy.toml"];
    policy_day_range_upside_down: with_policy("[refund]\ndays = [10, 3]\n"), ["--policy", "policy.toml"];
    out_is_a_file: with_out_as_file(), ["--out", "taken"];
}

#[test]
fn as_of_not_a_timestamp() {
    let exports = Exports::small();
    let ran = run::arbiter_in(exports.folder.path(), &["run", ".", "--as-of", "yesterday"]);
    insta::assert_snapshot!("as_of_not_a_timestamp", message(&ran));
}

#[test]
fn no_such_folder() {
    let exports = Exports::small();
    let ran = run::arbiter_in(exports.folder.path(), &["run", "nihgt"]);
    insta::assert_snapshot!("no_such_folder", message(&ran));
}

#[test]
fn no_folder_and_no_files() {
    let exports = Exports::small();
    let ran = run::arbiter_in(exports.folder.path(), &["run", "--orders", "orders.csv"]);
    insta::assert_snapshot!(message(&ran));
}

#[test]
fn a_published_folder_that_was_changed_is_not_overwritten() {
    let exports = Exports::small();
    assert_eq!(exports.run(&[]).code, 0);
    let folder = run::entries(&exports.path("runs")).remove(0);
    let decisions = folder.join("decisions.csv");
    let mut text = fs::read_to_string(&decisions).unwrap();
    text = text.replace("24.90", "24.91");
    fs::write(&decisions, &text).unwrap();
    let ran = exports.run(&[]);
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    insta::assert_snapshot!(message(&ran).replace(&name, "FOLDER"));
    assert_eq!(fs::read_to_string(&decisions).unwrap(), text, "what is there stays as it is");
    assert_eq!(run::entries(&exports.path("runs")).len(), 1, "and no draft is left beside it");
}

/// One export with a faulty row of each kind, and what `rejects.csv` says of each.
#[test]
fn each_fault_of_a_row() {
    let orders = "order_id,buyer_id,seller_id,currency,goods_total,paid_at,shipped_at,quantity,shipping_fee,\
        refunded_total,destination_country\n\
        O-1,anna,shop,USD,24.90,2026-03-01,2026-03-02,1,4.00,,RU\n\
        O-2,anna,shop,USDT,24.90,2026-03-01,,1,,,\n\
        O-3,anna,shop,JPY,24.90,2026-03-01,,1,,,\n\
        O-4,anna,shop,USD,0,2026-03-01,,1,,,\n\
        O-5,anna,shop,USD,\"1,200.00\",2026-03-01,,1,,,\n\
        O-6,anna,shop,USD,1e3,2026-03-01,,1,,,\n\
        O-7,anna,shop,USD,1234567890123456,2026-03-01,,1,,,\n\
        O-8,anna,shop,USD,24.90,2026-02-29,,1,,,\n\
        O-9,anna,shop,USD,24.90,2026-03-01,2026-03-02T25:00:00Z,1,,,\n\
        O-10,anna,shop,USD,24.90,2026-03-01,,0,,,\n\
        O-11,anna,shop,USD,24.90,2026-03-01,,1.5,,,\n\
        O-12,anna,shop,USD,24.90,2026-03-01,,1,,25.00,\n\
        O-13,anna,shop,USD,24.90,2026-03-01,,1,,,RUS\n\
        O-14,anna,,USD,24.90,2026-03-01,,1,,,\n\
        ,anna,shop,USD,24.90,2026-03-01,,1,,,\n\
        O-1,anna,shop,USD,24.91,2026-03-01,2026-03-02,1,4.00,,RU\n\
        O-98,boris,shop,USD,24.90,2026-03-01,,1,,,\n\
        O-99,boris,shop,USD,24.90,2026-03-01\n";
    let tracking = "order_id,event_at,status,country\n\
        O-1,2026-03-03,in_transit,CN\n\
        O-1,2026-03-04,deliverd,RU\n\
        O-1,04.03.2026,delivered,RU\n\
        O-1,,delivered,RU\n\
        O-1,2026-03-05,,RU\n\
        O-1,2026-03-05,customs,R1\n\
        ,2026-03-05,customs,RU\n\
        O-14,never,customs,RU\n\
        O-14,2026-03-05,customs,RU\n\
        O-98,never,customs,RU\n";
    let disputes = "dispute_id,order_id,buyer_id,opened_at,reason,requested_amount,photos,video,measured_capacity_gb,\
        wants_return,seller_response,seller_responded_at,seller_offer,info_requested_at,info_supplied_at\n\
        D-1,O-1,anna,2026-05-10,not_received,,,,,,,,,,\n\
        D-2,O-1,anna,2026-05-10,not_recieved,,,,,,,,,,\n\
        D-3,O-1,anna,2026-05-10,whatever,,,,,,,,,,\n\
        D-4,O-77,anna,2026-05-10,other,,,,,,,,,,\n\
        D-5,O-2,anna,2026-05-10,other,,,,,,,,,,\n\
        D-6,O-1,anna,2026-02-28,other,,,,,,,,,,\n\
        D-7,O-1,anna,2026-05-10,other,24.905,,,,,,,,,\n\
        D-8,O-1,anna,2026-05-10,other,0.00,,,,,,,,,\n\
        D-9,O-1,anna,2026-05-10,other,,-1,,,,,,,,\n\
        D-10,O-1,anna,2026-05-10,other,,,uncut,,,,,,,\n\
        D-11,O-1,anna,2026-05-10,other,,,,0,,,,,,\n\
        D-12,O-1,anna,2026-05-10,other,,,,,perhaps,,,,,\n\
        D-13,O-1,anna,2026-05-10,other,,,,,,accepted,,,,\n\
        D-14,O-1,anna,2026-05-10,other,,,,,,countered,2026-05-11,,,\n\
        D-15,O-1,anna,2026-05-10,other,,,,,,,,,,2026-05-12\n\
        D-1,O-1,anna,2026-05-11,not_received,,,,,,,,,,\n\
        ,O-1,anna,2026-05-10,other,,,,,,,,,,\n\
        D-16,O-1,,2026-05-10,other,,,,,,,,,,\n\
        D-17,O-1,anna,,other,,,,,,,,,,\n\
        D-18,\"O-1\"x,anna,2026-05-10,other,,,,,,,,,,\n\
        D-19,O-1,anna\n";
    let disputes = [disputes.as_bytes(), b"D-20,O-1,ann\xff,2026-05-10,other,,,,,,,,,,\n"].concat();
    let exports = Exports::of(orders, tracking, disputes);
    let ran = exports.run(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let rejects = String::from_utf8(exports.outputs("runs")["rejects.csv"].clone()).unwrap();
    insta::assert_snapshot!(rejects);
    assert_eq!(table(&exports.outputs("runs")["decisions.csv"]).len(), 1, "the one sound row is decided");
}
