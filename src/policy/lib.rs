//! The parameters a run decides under.
//!
//! ```text
//! standard.toml ─┐
//! a profile ─────┤
//! policy files ──┼─▶ overlays ─▶ resolved (versions by date, segments, sources) ─▶ effective periods ─▶ the terms of a case
//! --set ─────────┘  (as written,
//!                    with lines)
//! ```
//!
//! The types of the parameters stand below the rules, in their crate; what is known of them, their units, ranges and
//! meanings, is taken from there.
//!
//! [`Policy`] is the entrance: the picture from left to right is [`Policy::with`] and [`Policy::terms_for`].
//!
//! ```
//! use arbiter_model::{Amount, Case, Currency, Dispute, Instant, Order, Reason};
//! use arbiter_policy::{Overlay, Policy};
//!
//! let file = r#"
//! [[too_early]]
//! effective_from = 2026-07-01
//! reviewed_on = 2026-06-15
//! source = "Terms of service of 2026, section 4"
//! days = 6
//! "#;
//! let standard = Policy::standard()?;
//! let ours = Policy::with(&[
//!     Overlay::from_file("ours.toml", file),
//!     Overlay::from_argument("too_late.days=20"), // as --set has it
//! ])?;
//!
//! // The date on which a dispute was opened chooses the versions that decide it.
//! let at = |text| Instant::parse(text, chrono_tz::Tz::UTC).expect("a timestamp");
//! let usd = Currency::from_code("USD").expect("a currency");
//! let price = Amount::parse("24.90").ok().and_then(|price| price.in_currency(usd)).expect("an amount");
//! let order = Order::new("O-1", "anna", "shop", price, usd, at("2026-06-20"));
//! let [june, july] = ["2026-06-30", "2026-07-01"].map(|day| Dispute::new("D-1", "anna", at(day), Reason::NotReceived));
//! let days = |policy: &Policy, dispute| {
//!     let case = Case { order: &order, dispute, events: &[] };
//!     let terms = policy.terms_for(&case, at("2026-08-01"));
//!     [terms.too_early.days, terms.too_late.days].map(|days| days.to_string())
//! };
//! assert_eq!(days(&standard, &july), ["5 days", "15 days"]);
//! assert_eq!(days(&ours, &june), ["5 days", "20 days"]);
//! assert_eq!(days(&ours, &july), ["6 days", "20 days"]);
//!
//! // Every value knows where it comes from, and every fault its line.
//! let origins = ours.changed().iter().map(|change| change.set_by.as_str()).collect::<Vec<_>>();
//! assert!(origins.contains(&"ours.toml:6") && origins.contains(&"--set"), "{origins:?}");
//! let fault = Policy::with(&[Overlay::from_file("typo.toml", "[too_early]\ndais = 6")]).expect_err("a typo");
//! assert_eq!(fault.place.as_deref(), Some("typo.toml:2"));
//! # Ok::<(), arbiter_model::Fault>(())
//! ```
//!
//! Each folder builds only on those before it:
//!
//! | folder | from | to |
//! | --- | --- | --- |
//! | `text` | | places in policy files, what is wrong there, and how dates and texts are written |
//! | `parameters` | the types of the parameters | the catalogue: kind, unit, range and meaning of each |
//! | `overlays` | policy files, profiles, `--set` | overlays, as they are written |
//! | `resolve` | overlays | resolved parameters: versions by date with their segments and sources |
//! | `compare` | two sets of resolved parameters | what differs, and mixtures of both |
//! | `effective` | resolved parameters | effective periods, and the terms of a case |
//! | `written` | resolved parameters | a policy file that can be read back, and data for the manifest |
//! | `policy` | all of these | [`Policy`] |
//! | `pages` | the catalogue and the policy | the page, the schema, and a file to begin with |

mod text;

mod parameters;

mod overlays;
mod resolve;

mod compare;
mod effective;
mod written;

mod policy;

mod pages;

pub use compare::{Difference, MixturePart, ParameterChange};
pub use effective::ParameterValue;
pub use overlays::{CONDITIONS, Overlay, PROFILES, Profile, RESERVED};
pub use pages::{page, schema, starting_overlay, table_of_parameters};
pub use parameters::{Catalogue, GovernedBy, Group, Kind, KnownParameter, Months, catalogue};
pub use policy::Policy;
pub use resolve::{STANDARD, Version};
pub use written::InForce;
