//! An order: what was bought, for how much, and how it was sent.

use crate::fields::{Role, entity, needed, needed_column, optional};
use crate::ids::{Country, Id, Origin};
use crate::instant::Instant;
use crate::money::{Currency, Money};

entity! {
    /// One order: what was bought, for how much, and how it was sent.
    ///
    /// Facts are kept as the export states them, whatever their date.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Order of "orders" {
        /// The marketplace's identifier.
        id: Id = needed("order_id");
        /// Who bought.
        buyer_id: Id = needed("buyer_id");
        /// Who sold.
        seller_id: Id = needed("seller_id");
        /// The goods' category as a code, such as `electronics`.
        category: Option<Id> = optional("category");
        /// Units ordered, at least one; an empty field is one.
        quantity: u64 = optional("quantity").at_least(1);
        /// Of every amount of the order and its disputes.
        currency: Currency = needed("currency"), told |_| None;
        /// Paid for the goods, all units, shipping apart; above zero.
        goods_total: Money = needed("goods_total").positive(),
            told |order| Some(format!("{} {}", order.goods_total, order.currency));
        /// Paid for shipping.
        shipping_fee: Money = optional("shipping_fee").role(Role::Shown);
        /// Goods money already refunded before this run; at most `goods_total`.
        // Our own awards change it, so that it is not told where facts of two runs are held against each other.
        refunded_total: Money = optional("refunded_total").at_most("goods_total"), told |_| None;
        /// How the order was paid, as a code; `unknown` where the export does not say.
        payment_method: Id = optional("payment_method").code();
        /// The wallet tied to the buyer's account, as a code.
        wallet: Option<Id> = optional("wallet");
        /// When the order was paid.
        paid_at: Instant = needed("paid_at").phrase("paid");
        /// When the seller says the parcel left.
        shipped_at: Option<Instant> = needed_column("shipped_at").phrase("shipped");
        /// The end of buyer protection, extensions included, where the export states it.
        protection_ends_at: Option<Instant> = optional("protection_ends_at").phrase("protection ending");
        /// When the buyer confirmed receipt.
        confirmed_at: Option<Instant> = optional("confirmed_at").phrase("receipt confirmed");
        /// Where the parcel was to go.
        destination: Option<Country> = optional("destination_country");
    }
    beside {
        /// Its row.
        origin: Origin,
    }
}

impl Order {
    /// An order that nothing else is known of: one unit, no shipping paid, not sent yet.
    pub fn new(
        id: impl Into<Id>,
        buyer_id: impl Into<Id>,
        seller_id: impl Into<Id>,
        goods_total: Money,
        currency: Currency,
        paid_at: Instant,
    ) -> Self {
        Self {
            id: id.into(),
            buyer_id: buyer_id.into(),
            seller_id: seller_id.into(),
            goods_total,
            paid_at,
            quantity: 1,
            payment_method: "unknown".into(),
            ..Self::empty(currency)
        }
    }
}
