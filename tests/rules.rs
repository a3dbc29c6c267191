//! Rule tables: hand-worked cases for each rule, and each deadline one second before, at, and after.

mod common;

use arbiter::dispute::Reason;
use common::plain;

#[test]
fn the_plain_case() {
    // Protection ended on 2026-05-01 without a delivery: all of 120.00.
    assert_eq!(
        plain(Reason::NotReceived).decide(),
        "refund_full not_delivered 120.00 to=original_method 2026-06-04..2026-06-11 notes=cashback_void"
    );
}
