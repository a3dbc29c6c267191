//! The collection of all parameters: a row for each table, with which cases it can touch and how its values are
//! searched. A new parameter is one field of its table's struct, and its value in `policy/standard.toml`.

use arbiter_model::dispute::Reason;

use crate::parameters::node::parameters;
use crate::parameters::search::{EVERY_CASE, NO_CASE, Reach, RuleParameters, Search};
use crate::parameters::{admission, carrier, evidence, goods, parcel, refund, returns, serial, settlement};
use crate::requirement::Requirement;

/// Claims about a parcel that did not come.
const ABOUT_PARCELS: Reach = |case, _| case.dispute.reason.is_about_parcel();

/// The claims of some reasons.
macro_rules! claims {
    ($($reason:ident)|+) => {
        |case, _| matches!(case.dispute.reason, $(Reason::$reason)|+)
    };
}

/// Declares the collection of all parameters: for each table its struct, and what is known of it beyond its types.
macro_rules! terms {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* $table:ident: $type:ty = $known:expr;)+ }) => {
        parameters! {
            $(#[$meta])*
            pub struct $name { $($(#[$doc])* pub $table: $type,)+ }
        }

        impl $name {
            /// What is known of each table, in their order.
            pub const TABLES: &'static [RuleParameters] = &[$({
                let known: RuleParameters = $known;
                RuleParameters { name: stringify!($table), ..known }
            },)+];

            /// What is known of the table of a name.
            pub fn table(name: &str) -> Option<&'static RuleParameters> {
                Self::TABLES.iter().find(|table| table.name == name)
            }
        }
    };
}

/// Parameters that touch some cases, with numbers that are one side of a single comparison, or shares.
const fn halved(reach: Reach) -> RuleParameters {
    RuleParameters { reach, search: |_| Search::Halves, ..RuleParameters::new("") }
}

/// Parameters that move dates on which several comparisons hang.
const DATES: RuleParameters = RuleParameters { search: |_| Search::HalvesWithDates, ..RuleParameters::new("") };

terms! {
    /// Every parameter that a dispute is decided under, one field for each table of the policy file.
    ///
    /// Where the values come from is written beside them in `policy/standard.toml`.
    pub struct Terms {
        /// Buyer protection, where the export does not state its end.
        protection: admission::Protection = DATES;
        /// Top-ups of a phone's balance, for which nothing is sent.
        top_up: admission::TopUp = halved(|case, _| case.order.category.is_some());
        /// The seller's time to hand the parcel over.
        never_shipped: admission::NeverShipped = halved(|case, as_of| case.order.shipped_at.is_none_or(|at| at > as_of));
        /// The earliest dispute.
        too_early: admission::TooEarly = DATES;
        /// The latest dispute.
        too_late: admission::TooLate = halved(EVERY_CASE);
        /// The seller's time to answer.
        seller_silent: settlement::SellerSilent = DATES;
        /// When the platform is called in.
        escalation: settlement::Escalation = DATES;
        /// The buyer's time to answer the platform.
        awaiting_buyer: carrier::AwaitingBuyer = halved(|case, _| case.dispute.info_requested_at.is_some());
        /// A parcel that came, but late.
        delivered_late: parcel::DeliveredLate = halved(ABOUT_PARCELS);
        /// How long a parcel is waited for before a claim of non-receipt wins.
        non_receipt: parcel::NonReceipt = halved(ABOUT_PARCELS);
        /// A parcel that does not move.
        parcel_stalled: parcel::ParcelStalled = halved(ABOUT_PARCELS);
        /// The buyer's time to show what the claim needs.
        awaiting_evidence: evidence::AwaitingEvidence = halved(|case, _| Requirement::of(case.dispute.reason) != Requirement::None);
        /// How far evidence carries into a band of shares.
        strength: evidence::Strength = halved(claims!(ColourMismatch | SizeMismatch | MinorMismatch | ShippingMethod | Defective | Damaged | WrongItem | Counterfeit));
        /// Goods of another colour than the one ordered.
        colour_mismatch: goods::Banded = halved(claims!(ColourMismatch));
        /// Goods of another size than the one ordered.
        size_mismatch: goods::Banded = halved(claims!(SizeMismatch));
        /// Goods that differ a little from their description.
        minor_mismatch: goods::Banded = halved(claims!(MinorMismatch));
        /// A parcel that was sent by another way than agreed.
        shipping_method: goods::Banded = halved(claims!(ShippingMethod));
        /// Storage that holds less than it claims.
        fake_capacity: goods::FakeCapacity = halved(claims!(FakeCapacity));
        /// Goods that do not work.
        defective: goods::BandOrShare = halved(claims!(Defective));
        /// Goods that came damaged.
        damaged: goods::BandOrShare = halved(claims!(Damaged));
        /// Another item than the one ordered.
        wrong_item: goods::FixedShare = halved(claims!(WrongItem));
        /// An imitation.
        counterfeit: goods::FixedShare = halved(claims!(Counterfeit));
        /// More than the price of the goods, for wrong or false goods of some categories.
        double: goods::Double = halved(claims!(WrongItem | Counterfeit));
        /// A parcel with nothing in it.
        empty_parcel: goods::FixedShare = halved(claims!(EmptyParcel | QuantityShort));
        /// Goods that customs kept.
        customs: goods::FixedShare = halved(claims!(Customs));
        /// The buyer's mistake, made good by sending the goods back.
        ordered_by_mistake: goods::FixedShare = halved(claims!(OrderedByMistake));
        /// The return of the goods.
        returns: returns::Returns = halved(|case, _| case.dispute.wants_return);
        /// Who counts as a serial disputer.
        serial_disputer: serial::SerialDisputer = serial::PARAMETERS;
        /// How refunds travel.
        refund: refund::Refund = RuleParameters { is_turned: |_| false, ..halved(EVERY_CASE) };
        /// How long people take to decide; for reports, never for decisions.
        arbitration: settlement::Arbitration = RuleParameters { is_turned: |_| false, ..halved(NO_CASE) };
    }
}

/// The dotted path of a parameter, `path!(seller_silent.days)`; it does not compile where there is none.
#[macro_export]
macro_rules! path {
    ($table:ident $(. $field:ident)+) => {{
        const _: fn(&$crate::Terms) = |terms| _ = &terms.$table$(.$field)+;
        concat!(stringify!($table), $(".", stringify!($field)),+)
    }};
}

/// The names of tables of parameters, `tables![seller_silent, escalation]`; it does not compile where there is no such
/// table.
#[macro_export]
macro_rules! tables {
    ($($table:ident),* $(,)?) => {{
        const _: fn(&$crate::Terms) = |terms| { $(_ = &terms.$table;)* };
        &[$(stringify!($table)),*]
    }};
}
