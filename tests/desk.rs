//! For a human at the desk: `check` tells what exports are and what is wrong with them, `map` writes a
//! first mapping for those that are not ours.

use crate::run::{Exports, ORDERS, TRACKING, arbiter_in, project, table};

fn fixture(name: &str) -> std::path::PathBuf {
    project().join("fixtures").join(name)
}

#[test]
fn check_tells_what_exports_are_and_what_is_wrong_with_them() {
    let ran = arbiter_in(&fixture("faults"), &["check", "."]);
    // 7 of 8 rows are more than the one in a hundred that a run puts up with.
    insta::assert_snapshot!("check_faults", format!("exit code {}\n{}{}", ran.code, ran.stdout, ran.stderr));
    let ran = arbiter_in(&fixture("faults"), &["check", ".", "--max-rejects", "7"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn check_writes_every_rejected_row_and_nothing_else() {
    let exports = Exports::of(ORDERS, TRACKING, "dispute_id,order_id,buyer_id,opened_at,reason\nD-1,O-1,anna,,other\n");
    let before = crate::run::entries(exports.folder.path()).len();
    let check = |more: &[&str]| arbiter_in(exports.folder.path(), &[&["check", "."], more].concat()).code;
    assert_eq!(check(&[]), 65);
    assert_eq!(crate::run::entries(exports.folder.path()).len(), before, "nothing is written");
    assert_eq!(check(&["--rejects", "rejects.csv", "--max-rejects", "1"]), 0);
    let rejects = table(&std::fs::read(exports.path("rejects.csv")).unwrap());
    assert_eq!((rejects.len(), rejects[0]["column"].as_str()), (1, "opened_at"));
    assert_eq!(check(&["--rejects", "none/rejects.csv"]), 74);
}

#[test]
fn a_check_finds_what_a_run_would_reject() {
    let exports = Exports::none();
    for name in ["orders.csv", "tracking.csv", "disputes.csv"] {
        std::fs::copy(fixture("faults").join(name), exports.path(name)).unwrap();
    }
    let arguments = ["check", ".", "--max-rejects", "7", "--rejects", "rejects.csv"];
    assert_eq!(arbiter_in(exports.folder.path(), &arguments).code, 0);
    assert_eq!(exports.run(&[]).code, 3);
    let checked = std::fs::read(exports.path("rejects.csv")).unwrap();
    assert_eq!(checked, exports.outputs("runs")["rejects.csv"]);
}

#[test]
fn map_writes_a_first_mapping() {
    let brazil = ["map", "pedidos.csv", "rastreio.csv", "disputas.csv"];
    insta::assert_snapshot!("map_foreign_br", arbiter_in(&fixture("foreign_br"), &brazil).stdout);
    let russia = ["map", "orders-*.txt", "tracking.txt", "disputes.txt"];
    insta::assert_snapshot!("map_foreign_ru", arbiter_in(&fixture("foreign_ru"), &russia).stdout);
}

/// What is marked unsure is mended by hand, as an operator would; then the decisions are those of the
/// mapping that lies beside the exports.
#[test]
fn a_first_mapping_is_ready_to_be_edited() {
    let scratch = Exports::none();
    let folder = fixture("foreign_br");
    let ran = arbiter_in(&folder, &["map", "pedidos.csv", "rastreio.csv", "disputas.csv"]);
    let edited = ran
        .stdout
        .replace("# currency = { constant = \"USD\" }", "currency = { constant = \"BRL\" }")
        .replace("goods_total = \"Produtos\"", "goods_total = { sum = [\"Produtos\", \"Embalagem\"] }")
        .replace("# timezone = \"Europe/Moscow\"", "timezone = \"America/Sao_Paulo\"");
    scratch.write("edited.toml", edited);
    let decided = |mapping: &str, out: &str| {
        let out = scratch.path(out).display().to_string();
        let files = ["--orders", "pedidos.csv", "--tracking", "rastreio.csv", "--disputes", "disputas.csv"];
        let rest = ["--mapping", mapping, "--as-of", "2026-06-01", "--out", &out];
        let ran = arbiter_in(&folder, &[&["run"], &files[..], &rest].concat());
        assert!(ran.is_published(), "{}", ran.stderr);
        out
    };
    decided(&scratch.path("edited.toml").display().to_string(), "edited");
    decided("mapping.toml", "given");
    let decisions = |out: &str| String::from_utf8(scratch.outputs(out)["decisions.csv"].clone()).unwrap();
    assert_eq!(decisions("edited"), decisions("given"));
}

#[test]
fn exports_of_our_own_need_no_mapping() {
    let ran = arbiter_in(&fixture("five_columns"), &["map", "orders.csv", "tracking.csv", "disputes.csv"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let scratch = Exports::none();
    scratch.write("mapping.toml", &ran.stdout);
    let mapping = scratch.path("mapping.toml").display().to_string();
    let out = scratch.path("runs").display().to_string();
    let run = |more: &[&str]| {
        let arguments = ["run", ".", "--as-of", "2026-06-01", "--max-rejects", "10%", "--out", &out];
        let ran = arbiter_in(&fixture("five_columns"), &[&arguments[..], more].concat());
        assert!(ran.is_published(), "{}", ran.stderr);
    };
    run(&["--mapping", &mapping]);
    let mapped = scratch.outputs("runs")["ledger.csv"].clone();
    std::fs::remove_dir_all(&out).unwrap();
    run(&[]);
    assert_eq!(mapped, scratch.outputs("runs")["ledger.csv"]);
}

#[test]
fn map_does_not_write_over_a_file() {
    let scratch = Exports::none();
    let out = scratch.path("mapping.toml").display().to_string();
    let map = || arbiter_in(&fixture("foreign_ru"), &["map", "disputes.txt", "--out", &out]).code;
    assert_eq!((map(), map()), (0, 74));
}

#[test]
fn the_mapping_on_the_page_is_one() {
    let page = std::fs::read_to_string(project().join("docs/exports.md")).unwrap();
    let mapping = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(mapping.contains("[orders.columns]"));
    if let Err(fault) = arbiter_intake::Mapping::parse("docs/exports.md", mapping) {
        panic!("{fault}");
    }
}

/// Each thing that a mapping can say of values, on one order each; what is none of it is a fault.
#[test]
fn a_mapping_says_how_values_are_written() {
    let orders = "no;login;phone;shop;net;tax;fee;paid;sent\n\
        O-1;anna;;shop;1 000,50;NULL;0;1772352000000;02.03.2026\n\
        O-2;NULL;79;shop;20,25;4,65;1 024;2026-03-01T08:00:00Z;\n\
        O-3;anna;;shop;20.25;;;2026-03-01T08:00:00Z;\n\
        O-4;anna;;shop;1 00,00;;;2026-03-01T08:00:00Z;\n\
        O-5;anna;;shop;NULL;;;2026-03-01T08:00:00Z;\n\
        O-6;anna;;shop;20,25;;;03/01/2026;\n";
    let disputes: String = (1..=6).map(|number| format!("D-{number},O-{number},anna,2026-05-10,Sonstiges\n")).collect();
    let exports = Exports::of(orders, TRACKING, format!("dispute_id,order_id,buyer_id,opened_at,reason\n{disputes}"));
    let mapping = "[orders]\n\
        timestamps = [\"%d.%m.%Y\", \"unix_ms\", \"standard\"]\n\
        decimal = \",\"\n\
        thousands = \" \"\n\
        missing = [\"NULL\"]\n\
        [orders.columns]\n\
        order_id = \"no\"\n\
        buyer_id = { first = [\"login\", \"phone\"] }\n\
        seller_id = \"shop\"\n\
        currency = { constant = \"USD\" }\n\
        goods_total = { sum = [\"net\", \"tax\"] }\n\
        shipping_fee = \"fee\"\n\
        paid_at = \"paid\"\n\
        shipped_at = \"sent\"\n\
        [disputes.codes.reason]\n\
        \"sonstiges\" = \"other\"\n";
    exports.write("mapping.toml", mapping);
    let ran = exports.run(&["--mapping", "mapping.toml"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    let ledger: Vec<_> = table(&outputs["ledger.csv"]).iter().map(|row| row["escrow"].clone()).collect();
    // 1000.50 and no tax; 20.25 + 4.65 = 24.90, and 1024 of shipping.
    assert_eq!(ledger, ["1000.50", "1048.90"]);
    let rejects = table(&outputs["rejects.csv"]);
    let of_orders = rejects.iter().filter(|row| row["file"] == "orders.csv");
    let found: Vec<_> = of_orders.map(|row| [&*row["line"], &*row["column"], &*row["value"]].join("|")).collect();
    assert_eq!(
        found,
        [
            "4|goods_total (from net, tax)|20.25 + ",
            "5|goods_total (from net, tax)|1 00,00 + ",
            "6|goods_total (from net, tax)|NULL + ",
            "7|paid_at (from paid)|03/01/2026",
        ]
    );
}
