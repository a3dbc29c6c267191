//! The facts that are decided on, and what stands of them: money, time, orders, tracking events, disputes, the docket
//! that a run decides, and final decisions.
//!
//! Everything else is built on this crate, and it on none of the others.
//!
//! ```
//! use arbiter_model::{Amount, Currency, Order};
//! use arbiter_model::fields::Field;
//!
//! let usd = Currency::from_code("USD").expect("a currency");
//! let price = Amount::parse("24.90").ok().and_then(|price| price.in_currency(usd)).expect("an amount");
//! let paid_at = arbiter_model::Instant::parse("2026-03-01", chrono_tz::Tz::UTC).expect("a timestamp");
//! let order = Order::new("O-1", "anna", "shop", price, usd, paid_at);
//!
//! // What an order is made of stands in one table, which everything else walks over.
//! let field = Field::<Order>::named("goods_total").expect("a column");
//! assert_eq!((field.get)(&order).to_string(), "24.90");
//! ```

pub mod case;
mod codes;
pub mod dispute;
pub mod docket;
pub mod exports;
pub mod fault;
pub mod fields;
pub mod final_decisions;
pub mod ids;
pub mod instant;
pub mod money;
pub mod order;
pub mod outcome;
pub mod run_record;
pub mod tracking;

pub use case::{Case, OrderCases};
pub use dispute::{AnswerCode, Dispute, Exported, Reason, SellerAnswer, SellerResponse, Video};
pub use docket::{Buyer, Docket};
pub use fault::{Fault, FaultKind};
pub use ids::{Country, Id, Origin};
pub use instant::Instant;
pub use money::{Amount, Currency, Money, Share};
pub use order::Order;
pub use outcome::Outcome;
pub use tracking::{TrackingEvent, TrackingStatus};

#[doc(hidden)]
pub use serde;

/// The version of the program, which stands in every manifest and in every stored docket.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
