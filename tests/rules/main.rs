//! Rule tables: hand-worked cases for each rule, and each deadline one second before, at, and after.
//!
//! Most cases are the plain one with something changed: 120.00 USD of goods, paid on 2026-03-01, shipped
//! on 2026-03-02 (S), protected until 2026-05-01 (P), no receipt; disputed on 2026-04-10 (O, and so T),
//! rejected by the seller on 2026-04-11; the seller's deadline is 2026-04-15 (L), the automatic
//! escalation 2026-04-25 (E), and all is decided as of 2026-06-01 (A).

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may end where they find a fault"
)]

#[path = "../common/mod.rs"]
mod common;

mod admission;
mod as_of;
mod before_merits;
mod evidence;
mod goods;
mod parcel;
mod refund;
mod returns;
mod serial;
mod settlement;

use common::Night;

/// Compares what `show` says of each night with what is expected, and names all that differ.
#[track_caller]
fn check<const N: usize>(show: fn(&Night) -> String, cases: [(&str, Night, &str); N]) {
    let wrong = cases.iter().filter_map(|(what, night, expected)| {
        let decided = show(night);
        (decided != *expected).then(|| format!("{what}\n  expected: {expected}\n  decided:  {decided}"))
    });
    report(N, &wrong.collect::<Vec<_>>());
}

/// Decides one night as of several instants, and compares outcome, rule and next event.
#[track_caller]
fn clock<const N: usize>(night: &Night, moments: [(&str, &str); N]) {
    let wrong = moments.iter().filter_map(|(as_of, expected)| {
        let decided = night.clone().as_of(as_of).rule_and_next();
        (decided != *expected).then(|| format!("as of {as_of}\n  expected: {expected}\n  decided:  {decided}"))
    });
    report(N, &wrong.collect::<Vec<_>>());
}

#[track_caller]
fn report(cases: usize, wrong: &[String]) {
    assert!(wrong.is_empty(), "{} of {cases} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
