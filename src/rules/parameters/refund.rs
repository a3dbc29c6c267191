//! The money's way back to the buyer, and what does not come back with it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use arbiter_model::dispute::Order;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Money, Share};

use crate::parameters::node::parameters;
use crate::parameters::values::{DayRange, Part};

parameters! {
    /// How refunds travel.
    pub struct Refund {
        /// Days from the as-of within which a refund arrives.
        pub days: DayRange,
        /// The same where it goes to a phone's balance.
        pub phone_days: DayRange,
        /// What mobile operators keep of a payment, by payment method: a share of goods and shipping.
        #[schemars(extend("x-key" = "payment method", "x-unit" = "share of goods and shipping"))]
        pub commission: BTreeMap<String, Part>,
    }
}

/// Where a refund goes, and when it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The account, as a code.
    pub to: &'static str,
    /// The first day it may arrive, in UTC.
    pub from: NaiveDate,
    /// The last day it may arrive, in UTC.
    pub by: NaiveDate,
}

impl Refund {
    /// The way a refund of an order takes that is paid as of an instant: to the wallet behind a
    /// mobile payment, else to the phone; to the wallet that paid; else the way the payment came.
    pub fn route(&self, order: &Order, as_of: Instant) -> Route {
        let mobile = order.payment_method.starts_with("mobile_");
        let (to, days) = match (&*order.payment_method, order.wallet.as_deref()) {
            (_, Some("qiwi")) if mobile => ("qiwi_wallet", self.days),
            (_, Some("alipay")) if mobile => ("alipay_wallet", self.days),
            _ if mobile => ("phone_balance", self.phone_days),
            ("qiwi", _) => ("qiwi_wallet", self.days),
            ("webmoney", _) => ("webmoney_wallet", self.days),
            ("yandex_money", _) => ("yandex_money_wallet", self.days),
            ("alipay", _) => ("alipay_wallet", self.days),
            ("paypal", _) => ("paypal_wallet", self.days),
            _ => ("original_method", self.days),
        };
        Route { to, from: days.low.after(as_of).date(), by: days.high.after(as_of).date() }
    }

    /// The operator's commission on an order's mobile payment, which does not come back; of goods
    /// and shipping, whatever the award.
    pub fn commission_lost(&self, order: &Order) -> Option<Money> {
        let rate = self.commission.get(&*order.payment_method)?;
        Some(Share::from(*rate).of(order.goods_total + order.shipping_fee))
    }
}
