//! The market: who buys what from whom, for how much.

use lean_string::ToLeanString;

use arbiter_model::dispute::{Country, Id, Order, Origin};
use arbiter_model::instant::{Instant, SECONDS_PER_DAY};
use arbiter_model::money::{Currency, Money};

use super::Plan;
use super::chance::Chance;
use super::words;

/// Days of trade that the exports cover.
const DAYS: i64 = 180;

/// Orders per buyer in that time; some have many more.
const ORDERS_PER_BUYER: u64 = 4;

/// Orders per seller in that time.
const ORDERS_PER_SELLER: u64 = 150;

/// The category of phone credit, which is not sent.
pub(crate) const TOP_UP: &str = "mobile_top_up";

/// Where buyers live, with the currency of their orders and what one unit of it is worth in US cents,
/// by hundredths.
const PLACES: &[(u64, (&str, &str, u64))] = &[
    (34, ("RU", "USD", 100)),
    (12, ("RU", "RUB", 1)),
    (14, ("BR", "USD", 100)),
    (6, ("BR", "BRL", 18)),
    (9, ("ES", "EUR", 108)),
    (6, ("DE", "EUR", 108)),
    (5, ("US", "USD", 100)),
    (6, ("UA", "USD", 100)),
    (4, ("KZ", "USD", 100)),
    (3, ("JP", "JPY", 1)),
    (1, ("KW", "KWD", 325)),
];

/// What is bought, by hundredths.
const CATEGORIES: &[(u64, &str)] = &[
    (24, "apparel"),
    (9, "shoes"),
    (20, "electronics"),
    (14, "home"),
    (9, "toys"),
    (7, "beauty"),
    (6, "sport"),
    (4, "jewellery"),
    (3, "auto"),
    (2, "bags"),
    (2, TOP_UP),
];

/// How it is paid, by hundredths.
const METHODS: &[(u64, &str)] = &[
    (52, "card"),
    (12, "qiwi"),
    (8, "webmoney"),
    (6, "yandex_money"),
    (7, "alipay"),
    (5, "paypal"),
    (3, "mobile_mts"),
    (3, "mobile_beeline"),
    (2, "mobile_megafon"),
    (2, "bank_transfer"),
];

/// Prices in US cents: up to where, by hundredths.
const PRICES: &[(u64, (u64, u64))] =
    &[(18, (50, 300)), (42, (300, 1_500)), (25, (1_500, 5_000)), (12, (5_000, 20_000)), (3, (20_000, 150_000))];

/// Whether a buyer disputes often, is choosy, or is like most.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Temper {
    /// Disputes most orders.
    Serial,
    /// Disputes several times as often as most.
    Choosy,
    /// Disputes now and then.
    Easy,
}

/// Where a buyer lives and pays.
struct Place {
    country: Option<Country>,
    currency: Currency,
    /// What one unit of the currency is worth.
    cents: u64,
}

/// Everybody who buys and sells.
pub(crate) struct Market {
    seed: u64,
    places: Vec<(u64, Place)>,
    buyers: u64,
    sellers: u64,
    opens_at: Instant,
}

impl Market {
    /// A market large enough for a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        let places = PLACES.iter().filter_map(|&(weight, (country, currency, cents))| {
            let currency = Currency::from_code(currency)?;
            Some((weight, Place { country: Country::from_code(country), currency, cents }))
        });
        Self {
            seed: plan.seed,
            places: places.collect(),
            buyers: (plan.orders / ORDERS_PER_BUYER).max(1),
            sellers: (plan.orders / ORDERS_PER_SELLER).max(1),
            opens_at: plan.as_of.plus_seconds(-DAYS * SECONDS_PER_DAY),
        }
    }

    /// One sale: the order as it stands when it is paid.
    pub(crate) fn sell(&self, number: u64, plan: &Plan, chance: &mut Chance) -> Order {
        let buyer = chance.low_of(self.buyers);
        let place = Chance::of(self.seed, "place", buyer).weighted(&self.places);
        let currency = place.currency;
        let goods_total = price(chance, place);
        let category = *chance.weighted(CATEGORIES);
        let is_sent = category != TOP_UP;
        let method = *chance.weighted(METHODS);
        let has_wallet = method.starts_with("mobile") && chance.per_mille(400);
        Order {
            id: format_args!("AE-26-{number:08}").to_lean_string(),
            buyer_id: self.buyer_id(buyer),
            seller_id: seller_id(chance.low_of(self.sellers)),
            currency,
            goods_total,
            shipping_fee: match is_sent && chance.per_mille(350) {
                true => place.money(chance.between(80..900)),
                false => Money::zero(currency),
            },
            refunded_total: refunded(chance, goods_total, currency),
            paid_at: self.paid_at(number, plan.orders, chance),
            origin: Origin::default(),
            category: Some(category.into()),
            quantity: if is_sent && chance.per_mille(220) { chance.between(2..13) } else { 1 },
            payment_method: method.into(),
            wallet: has_wallet.then(|| chance.one_of(&["qiwi", "alipay"]).into()),
            shipped_at: None,
            protection_ends_at: None,
            confirmed_at: None,
            destination: place.country.filter(|_| is_sent),
        }
    }

    /// Somebody else, for the dispute about an order that is not the buyer's own.
    pub(crate) fn stranger(&self, chance: &mut Chance) -> Id {
        self.buyer_id(chance.below(self.buyers))
    }

    /// How readily a buyer disputes.
    pub(crate) fn temper(&self, buyer_id: &str) -> Temper {
        let number = buyer_id.rsplit('.').next().and_then(|number| number.parse().ok()).unwrap_or_default();
        match Chance::of(self.seed, "temper", number).below(1000) {
            0..12 => Temper::Serial,
            12..200 => Temper::Choosy,
            _ => Temper::Easy,
        }
    }

    fn buyer_id(&self, number: u64) -> Id {
        let name = Chance::of(self.seed, "name", number).one_of(words::NAMES);
        format_args!("{name}.{number}").to_lean_string()
    }

    /// Orders are numbered as they are paid, all through the days of trade.
    fn paid_at(&self, number: u64, orders: u64, chance: &mut Chance) -> Instant {
        let seconds = (DAYS * SECONDS_PER_DAY) as u128;
        let within = u128::from(chance.below(1000));
        let at = (u128::from(number) * 1000 + within) * seconds / (u128::from(orders) * 1000);
        self.opens_at.plus_seconds(at as i64)
    }
}

fn seller_id(number: u64) -> Id {
    format_args!("shop-{number:05}").to_lean_string()
}

impl Place {
    /// So many US cents in the place's currency, at least one minor unit.
    fn money(&self, cents: u64) -> Money {
        let digits = self.currency.minor_digits();
        let units = cents * 10_u64.pow(digits) / self.cents;
        Money::from_units_at(units.max(1).into(), digits, self.currency)
    }
}

fn price(chance: &mut Chance, place: &Place) -> Money {
    let &(low, high) = chance.weighted(PRICES);
    let exact = chance.between(low..high);
    // Most prices end as prices do.
    place.money(if chance.per_mille(600) { exact / 100 * 100 + 99 } else { exact })
}

/// A few orders were refunded before, in part or wholly.
fn refunded(chance: &mut Chance, goods_total: Money, currency: Currency) -> Money {
    match chance.below(1000) {
        0..8 => part(chance, goods_total, currency, 5..95),
        8..11 => goods_total,
        _ => Money::zero(currency),
    }
}

/// So many hundredths of an amount, at least one minor unit.
pub(crate) fn part(chance: &mut Chance, whole: Money, currency: Currency, hundredths: std::ops::Range<u64>) -> Money {
    let digits = currency.minor_digits();
    let units = whole.units_at(digits) * i128::from(chance.between(hundredths)) / 100;
    Money::from_units_at(units.max(1), digits, currency)
}
