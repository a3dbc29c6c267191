//! The error gallery: for each message a reproducer, and what the operator reads.

use std::fs;
use std::io::Write;

use crate::run::{DISPUTES, Exports, ORDERS, Ran, TRACKING, table};

/// Exit code and message, without what differs between machines.
fn message(ran: &Ran) -> String {
    assert_eq!(ran.stdout, "", "a fault prints nothing to standard output");
    format!("exit code {}\n{}", ran.code, ran.stderr)
}

/// Nothing is published, and nothing half-written is left.
fn nothing_published(exports: &Exports) {
    let left = if exports.path("runs").is_dir() { crate::run::entries(&exports.path("runs")) } else { Vec::new() };
    // The lock file is there for good.
    let left: Vec<_> = left.iter().filter(|path| !path.ends_with(".arbiter-lock")).collect();
    assert!(left.is_empty(), "a fault leaves nothing under runs: {left:?}");
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

fn with_mapping(text: &str) -> Exports {
    with_file("mapping.toml", text)
}

fn with_file(name: &str, content: impl AsRef<[u8]>) -> Exports {
    let exports = Exports::small();
    exports.write(name, content);
    exports
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn cut(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() * 2 / 3);
    bytes
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Disputes whose buyers have Russian names, in windows-1251.
fn moscow() -> Vec<u8> {
    let rows: String = ["Ольга Кузнецова", "Пётр Васильев", "Станислав Рудаков"]
        .iter()
        .map(|name| DISPUTES.lines().nth(1).unwrap().replace("anna", name) + "\n")
        .collect();
    let text = format!("{}\n{rows}", DISPUTES.lines().next().unwrap());
    encoding_rs::WINDOWS_1251.encode(&text).0.into_owned()
}

fn with_out_as_file() -> Exports {
    let exports = Exports::small();
    exports.write("taken", "a file, not a folder");
    exports
}

/// A version of a rule from a date on.
fn version(from: &str) -> String {
    format!("[[too_early]]\neffective_from = \"{from}\"\nreviewed_on = 2026-01-01\nsource = \"x\"\ndays = 6\n")
}

/// One of each: all are told at once.
const MANY_FAULTS: &str = r#"
[too_erly]
days = 3

[too_early]
dayz = 6
days = 1.5

[[colour_mismatch]]
effective_from = 2026-07-01
band = ["0.40", "0.30"]

[[colour_mismatch]]
effective_from = 2026-06-01
reviewed_on = "soon"
source = "x"
band = [0.3, 0.4]

[[colour_mismatch.when]]
category = ["apparel"]
band.high = "0.1"

[serial_disputer]
window_days = -1
"#;

gallery! {
    export_missing: without("tracking.csv"), [];
    export_empty: Exports::of(ORDERS, "", DISPUTES), [];
    export_of_blanks: Exports::of(ORDERS, "\n\r\n \n", DISPUTES), [];
    export_not_text: Exports::of(b"order\xff_id,buyer_id\n", TRACKING, DISPUTES), [];
    column_names_that_would_steer_a_terminal: Exports::of(ORDERS, TRACKING, "zz\u{1b}[31m\u{7},\u{1},y\n"), [];
    delimiter_that_the_file_does_not_have: Exports::small(), ["--delimiter", ";"];
    delimiter_unknown: Exports::small(), ["--delimiter", "::"];
    encoding_unknown: Exports::small(), ["--encoding", "windows-1521"];
    encoding_said_to_be_another: Exports::of(ORDERS, TRACKING, DISPUTES.replace("anna", "анна")), ["--encoding", "windows-1251"];
    encoding_of_another_alphabet: Exports::of(ORDERS, TRACKING, moscow()), ["--encoding", "windows-1252"];
    encoding_marked_otherwise: Exports::of(ORDERS, TRACKING, format!("\u{FEFF}{DISPUTES}")), ["--encoding", "windows-1252"];
    encoding_utf16_without_a_mark: Exports::of(ORDERS, TRACKING, utf16(DISPUTES)), [];
    encoding_utf32: Exports::of(ORDERS, TRACKING, b"\xFF\xFE\0\0d\0\0\0"), [];
    header_with_nul: Exports::of(ORDERS, TRACKING, "dispute_id,order_id\0,buyer_id\n"), [];
    export_is_a_spreadsheet: Exports::of(ORDERS, TRACKING, b"PK\x03\x04xl/workbook.xml"), [];
    export_packed_with_xz: Exports::of(ORDERS, TRACKING, b"\xFD7zXZ\x00..."), [];
    gzip_cut_short: Exports::of(ORDERS, cut(gzip(TRACKING)), DISPUTES), [];
    gzip_with_something_behind_it: Exports::of(ORDERS, [gzip(TRACKING), b"rest".to_vec()].concat(), DISPUTES), [];
    zstd_cut_short: Exports::of(ORDERS, cut(zstd::encode_all(TRACKING.as_bytes(), 1).unwrap()), DISPUTES), [];
    parquet_damaged: Exports::of(ORDERS, b"PAR1 and then nothing of the kind", DISPUTES), [];
    export_is_a_folder: Exports::small(), ["--orders", "."];
    folder_with_two_of_an_export: with_file("orders.csv.gz", gzip(ORDERS)), [];
    pattern_that_fits_nothing: Exports::small(), ["--orders", "pedidos-*.csv"];
    standard_input_twice: Exports::small(), ["--orders", "-", "--tracking", "-"];
    max_field_lines_zero: Exports::small(), ["--max-field-lines", "0"];
    mapping_missing: Exports::small(), ["--mapping", "none.toml"];
    mapping_not_toml: with_mapping("[orders\n"), ["--mapping", "mapping.toml"];
    mapping_of_an_unknown_export: with_mapping("[refunds]\n"), ["--mapping", "mapping.toml"];
    mapping_of_an_unknown_setting: with_mapping("[orders]\ndecimal = \",\"\nthousand = \".\"\n"), ["--mapping", "mapping.toml"];
    mapping_of_an_unknown_column: with_mapping("[orders.columns]\norder = \"Pedido\"\n"), ["--mapping", "mapping.toml"];
    mapping_to_a_column_that_is_not_there: with_mapping("[orders.columns]\norder_id = \"orderid\"\n"), ["--mapping", "mapping.toml"];
    mapping_to_a_number: with_mapping("[orders.columns]\norder_id = 3\n"), ["--mapping", "mapping.toml"];
    mapping_to_two_things: with_mapping("[orders.columns]\norder_id = { first = [\"a\"], constant = \"b\" }\n"), ["--mapping", "mapping.toml"];
    mapping_to_a_sum_of_texts: with_mapping("[orders.columns]\norder_id = { sum = [\"a\", \"b\"] }\n"), ["--mapping", "mapping.toml"];
    mapping_to_an_unknown_code: with_mapping("[disputes.codes.reason]\n\"No recibido\" = \"not_recieved\"\n"), ["--mapping", "mapping.toml"];
    mapping_of_codes_of_an_id: with_mapping("[disputes.codes.order_id]\na = \"b\"\n"), ["--mapping", "mapping.toml"];
    mapping_with_a_pattern_without_a_day: with_mapping("[orders]\ntimestamps = [\"%d.%m.%Y\", \"%H:%M\"]\n"), ["--mapping", "mapping.toml"];
    mapping_with_a_pattern_of_zone_names: with_mapping("[orders]\ntimestamps = [\"%d.%m.%Y %H:%M %Z\"]\n"), ["--mapping", "mapping.toml"];
    mapping_with_one_sign_for_two_things: with_mapping("[orders]\nthousands = \".\"\n"), ["--mapping", "mapping.toml"];
    mapping_with_an_unknown_encoding: with_mapping("[orders]\nencoding = \"cp-latin\"\n"), ["--mapping", "mapping.toml"];
    mapping_with_an_unknown_zone: with_mapping("[orders]\ntimezone = \"Moscow\"\n"), ["--mapping", "mapping.toml"];
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
    policy_of_many_faults: with_policy(MANY_FAULTS), ["--policy", "policy.toml"];
    policy_not_toml_twice: with_policy("[too_early]\ndays = \n[too_late\ndays = 3\n"), ["--policy", "policy.toml"];
    policy_share_too_fine: with_policy("[customs]\nshare = \"0.123456789012345678901234567890\"\n"), ["--policy", "policy.toml"];
    policy_days_as_text: with_policy("[too_early]\ndays = \"6\"\n"), ["--policy", "policy.toml"];
    policy_days_as_number_with_a_point: with_policy("[too_early]\ndays = 6.5\n"), ["--policy", "policy.toml"];
    policy_days_past_all_numbers: with_policy("[too_early]\ndays = 99999999999999999999\n"), ["--policy", "policy.toml"];
    policy_ends_laid_apart: with_policy("[colour_mismatch]\nband.low = \"0.60\"\n"), ["--policy", "policy.toml", "--set", "colour_mismatch.band.high=0.59"];
    policy_general_unknown: with_policy("[policy]\ngoverned_by = \"shipped_at\"\nreview_month = 3\n"), ["--policy", "policy.toml"];
    policy_complete_and_is_not: with_policy("[policy]\ncomplete = true\ngoverned_by = \"run\"\n[protection]\ndays = 3\n"), ["--policy", "policy.toml"];
    policy_version_without_a_date: with_policy("[[too_early]]\nreviewed_on = 2026-01-01\nsource = \"x\"\ndays = 6\n"), ["--policy", "policy.toml"];
    policy_version_without_a_source: with_policy("[[too_early]]\neffective_from = 2026-01-01\nreviewed_on = 2026-01-01\ndays = 6\n"), ["--policy", "policy.toml"];
    policy_version_with_a_value_without_a_source: with_policy("[[escalation]]\neffective_from = 2026-01-01\nreviewed_on = 2026-01-01\nsource.manual_days = \"x\"\nmanual_days = 6\nautomatic_days = 9\n"), ["--policy", "policy.toml"];
    policy_source_of_an_unknown_value: with_policy("[too_early]\nsource.dais = \"x\"\n"), ["--policy", "policy.toml"];
    policy_versions_out_of_order: with_policy(&[version("2026-02-01"), version("2026-01-01")].concat()), ["--policy", "policy.toml"];
    policy_versions_of_one_date: with_policy(&[version("2026-02-01"), version("2026-02-01T00:00:00Z")].concat()), ["--policy", "policy.toml"];
    policy_version_of_no_date: with_policy(&version("2026-02-30")), ["--policy", "policy.toml"];
    policy_date_in_a_plain_table: with_policy("[too_early]\neffective_from = 2026-01-01\ndays = 6\n"), ["--policy", "policy.toml"];
    policy_segment_without_a_condition: with_policy("[[too_early.when]]\ndays = 6\n"), ["--policy", "policy.toml"];
    policy_segment_unreachable: with_policy("[[too_early.when]]\ncategory = [\"a\"]\ndays = 6\n[[too_early.when]]\ncategory = [\"a\"]\ncurrency = [\"USD\"]\ndays = 7\n"), ["--policy", "policy.toml"];
    policy_segment_of_an_unknown_condition: with_policy("[[too_early.when]]\nseller = [\"a\"]\ncountry = [\"RU\"]\ndays = 6\n"), ["--policy", "policy.toml"];
    policy_segment_of_names_that_are_none: with_policy("[[too_early.when]]\ncategory = \"a\"\ncurrency = [\"usd\"]\ndestination_country = [\"ru\"]\nseller_id = []\ndays = 6\n"), ["--policy", "policy.toml"];
    policy_segment_of_amounts_of_no_currency: with_policy("[[too_early.when]]\ngoods_total = { from = \"1\" }\ndays = 6\n"), ["--policy", "policy.toml"];
    policy_segment_of_amounts_upside_down: with_policy("[[too_early.when]]\ncurrency = [\"USD\"]\ngoods_total = { from = \"2\", below = \"1\" }\ndays = 6\n"), ["--policy", "policy.toml"];
    policy_segment_of_what_concerns_the_run: with_policy("[[serial_disputer.when]]\ncategory = [\"a\"]\nburst_days = 6\n"), ["--policy", "policy.toml"];
    policy_value_of_a_table: with_policy("[returns]\nposting_cost = \"12.50\"\n"), ["--policy", "policy.toml"];
    profile_unknown: Exports::small(), ["--profile", "buyers"];
    set_of_a_version_that_is_not_there: Exports::small(), ["--set", "too_early@2026-01-01.days=6"];
    set_of_a_segment_that_is_not_there: Exports::small(), ["--set", "too_early@2015-01-01#1.days=6"];
    set_of_no_date: Exports::small(), ["--set", "too_early@may.days=6"];
    set_of_a_table: Exports::small(), ["--set", "serial_disputer.blocked=6"];
    set_of_many_faults: Exports::small(), ["--set", "too_erly.days=6", "--set", "too_early.days=six"];
    out_is_a_file: with_out_as_file(), ["--out", "taken"];
}

#[test]
fn as_of_not_a_timestamp() {
    let exports = Exports::small();
    let ran = crate::run::arbiter_in(exports.folder.path(), &["run", ".", "--as-of", "yesterday"]);
    insta::assert_snapshot!("as_of_not_a_timestamp", message(&ran));
}

#[test]
fn no_such_folder() {
    let exports = Exports::small();
    let ran = crate::run::arbiter_in(exports.folder.path(), &["run", "nihgt"]);
    insta::assert_snapshot!("no_such_folder", message(&ran));
}

#[test]
fn no_folder_and_no_files() {
    let exports = Exports::small();
    let ran = crate::run::arbiter_in(exports.folder.path(), &["run", "--orders", "orders.csv"]);
    insta::assert_snapshot!(message(&ran));
}

#[test]
fn a_published_folder_that_was_changed_is_not_overwritten() {
    let exports = Exports::small();
    assert_eq!(exports.run(&[]).code, 0);
    let folder = crate::run::runs(&exports.path("runs")).remove(0);
    let decisions = folder.join("decisions.csv");
    let mut text = fs::read_to_string(&decisions).unwrap();
    text = text.replace("24.90", "24.91");
    fs::write(&decisions, &text).unwrap();
    let ran = exports.run(&[]);
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    insta::assert_snapshot!(message(&ran).replace(&name, "FOLDER"));
    assert_eq!(fs::read_to_string(&decisions).unwrap(), text, "what is there stays as it is");
    let left: Vec<_> = crate::run::entries(&exports.path("runs")).into_iter().filter(|path| *path != folder).collect();
    let [lock, latest] = [".arbiter-lock", "latest"].map(|name| exports.path("runs").join(name));
    assert_eq!(left, [lock, latest], "and no draft is left beside it");
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
    assert!(ran.is_published(), "{}", ran.stderr);
    let rejects = String::from_utf8(exports.outputs("runs")["rejects.csv"].clone()).unwrap();
    insta::assert_snapshot!(rejects);
    assert_eq!(table(&exports.outputs("runs")["decisions.csv"]).len(), 1, "the one sound row is decided");
}

#[test]
fn too_many_rejects_are_published_and_nothing_else() {
    let rows: String = (0..98).map(|row| format!("D-{row},O-1,anna,2026-05-10T08:00:00Z,other\n")).collect();
    let header = DISPUTES.lines().next().unwrap();
    let faulty =
        |rows: usize| "D-x,O-1,anna,10.05.2026,other\n".repeat(rows).replace("D-x", "D-").replacen("D-", "E-", 1);
    // 1 of 99 rows is more than one in a hundred.
    let exports = Exports::of(ORDERS, TRACKING, format!("{header}\n{rows}{}", faulty(1)));
    let run = |more: &[&str]| {
        crate::run::arbiter_in(exports.folder.path(), &[&["run", ".", "--as-of", "2026-06-01"], more].concat())
    };
    let ran = run(&[]);
    let folder = crate::run::runs(&exports.path("runs")).remove(0);
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    insta::assert_snapshot!(format!("exit code {}\n{}{}", ran.code, ran.stdout, ran.stderr.replace(&name, "FOLDER")));
    assert!(name.starts_with("2026-06-01T000000Z-") && name.ends_with("-rejects"), "{name}");
    assert_eq!(crate::run::files(&folder).keys().collect::<Vec<_>>(), ["rejects.csv"]);
    assert_eq!(table(&crate::run::files(&folder)["rejects.csv"]).len(), 1);
    // The same again finds itself, and the limits are met exactly.
    assert_eq!(run(&[]).code, 65);
    for (limit, code) in [("0", 65), ("1", 3), ("1.1%", 3), ("1.0101%", 65), ("0%", 65), ("100%", 3)] {
        assert_eq!(run(&["--max-rejects", limit, "--out", &limit.replace('%', "p")]).code, code, "{limit}");
    }
    exports.write("disputes.csv", format!("{header}\n{rows}D-98,O-1,anna,2026-05-10,other\n{}", faulty(1)));
    assert_eq!(run(&["--out", "one_in_a_hundred"]).code, 3, "1 of 100 is 1%");
}

#[test]
fn limit_of_rejects_that_is_none() {
    let exports = Exports::small();
    for limit in ["some", "-1", "101%", "1%%", "", "1.5"] {
        let ran = crate::run::arbiter_in(exports.folder.path(), &["run", ".", &format!("--max-rejects={limit}")]);
        assert_eq!(ran.code, 2, "{limit}");
    }
    let ran = crate::run::arbiter_in(exports.folder.path(), &["run", ".", "--max-rejects", "some"]);
    insta::assert_snapshot!(message(&ran));
}
