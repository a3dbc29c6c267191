//! Decides a docket, and answers questions about it: why a case was decided as it was, what would change it, and what
//! other parameters would decide.
//!
//! One case needs no docket:
//!
//! ```
//! use arbiter_engine::{decide, explanation};
//! use arbiter_model::{Amount, Case, Currency, Dispute, Instant, Order, Reason};
//! use arbiter_policy::Policy;
//!
//! let at = |text| Instant::parse(text, chrono_tz::Tz::UTC).expect("a timestamp");
//! let usd = Currency::from_code("USD").expect("a currency");
//! let price = Amount::parse("24.90").ok().and_then(|price| price.in_currency(usd)).expect("an amount");
//!
//! // Paid on 1 March, never sent, and disputed on 10 March: the seller has 14 days, so until 15 March.
//! let order = Order::new("O-1", "anna", "shop", price, usd, at("2026-03-01"));
//! let dispute = Dispute::new("D-1", "anna", at("2026-03-10"), Reason::NotReceived);
//! let case = Case { order: &order, dispute: &dispute, events: &[] };
//!
//! let decision = decide(&case, &Policy::standard()?, at("2026-03-20"));
//! assert_eq!(decision.rule().code, "never_shipped");
//! assert_eq!(decision.award, price);
//! println!("{}", explanation(&case, &Policy::standard()?, at("2026-03-20")));
//! # Ok::<(), arbiter_model::Fault>(())
//! ```

pub mod ahead;
pub mod buyers;
pub mod decide;
pub mod decision;
pub mod drift;
pub mod explain;
pub mod ledger;
pub mod rulings;
pub mod whatif;

pub use decide::{decide, explanation};
