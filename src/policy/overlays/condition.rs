//! The condition of a segment: which cases it is for.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use arbiter_model::case::Case;
use arbiter_model::dispute::Country;
use arbiter_model::money::{Amount, Currency, Money};

use crate::text::quoted;

/// What a condition may speak of, by the names of the columns of the orders export.
pub const CONDITIONS: [&str; 5] = ["category", "currency", "destination_country", "seller_id", "goods_total"];

/// Which cases a segment is for: those for which all that it names holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    /// One of these categories, sorted; an order without a category is in none.
    pub category: Option<Vec<String>>,
    /// One of these currencies.
    pub currency: Option<Vec<Currency>>,
    /// To one of these countries; an order without a destination is to none.
    pub destination_country: Option<Vec<Country>>,
    /// By one of these sellers, sorted.
    pub seller_id: Option<Vec<String>>,
    /// With a price of the goods in this range, of the one currency that is named.
    pub goods_total: Option<AmountRange>,
}

/// Amounts of one currency from `from` on and below `below`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AmountRange {
    /// The lowest amount in it.
    pub from: Option<Money>,
    /// The lowest amount above it.
    pub below: Option<Money>,
}

impl AmountRange {
    /// Whether no amount lies in it.
    pub(crate) fn is_empty(self) -> bool {
        matches!((self.from, self.below), (Some(from), Some(below)) if from >= below)
            || self.below.is_some_and(|below| !below.is_positive())
    }

    pub(crate) fn contains(self, amount: Money) -> bool {
        self.from.is_none_or(|from| amount >= from) && self.below.is_none_or(|below| amount < below)
    }

    pub(super) fn intersection(self, other: Self) -> Self {
        let below = match (self.below, other.below) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (left, right) => left.or(right),
        };
        Self { from: self.from.max(other.from), below }
    }

    /// What of this range lies outside another.
    pub(crate) fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = other.from.map(|from| self.intersection(Self { from: None, below: Some(from) }));
        let after = other.below.map(|below| self.intersection(Self { from: Some(below), below: None }));
        [before, after].into_iter().flatten().filter(|range| !range.is_empty())
    }
}

impl Condition {
    /// Whether it names nothing, and so would hold for every case.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a case is one that it is for.
    pub(crate) fn holds(&self, case: &Case) -> bool {
        let order = case.order;
        let among = |names: &[String], name: &str| names.binary_search_by(|one| one.as_str().cmp(name)).is_ok();
        let category = order.category.as_deref();
        self.currency.as_ref().is_none_or(|known| known.contains(&order.currency))
            && self.goods_total.is_none_or(|range| range.contains(order.goods_total))
            && self.category.as_ref().is_none_or(|known| category.is_some_and(|category| among(known, category)))
            && self
                .destination_country
                .as_ref()
                .is_none_or(|known| order.destination.is_some_and(|country| known.contains(&country)))
            && self.seller_id.as_ref().is_none_or(|known| among(known, &order.seller_id))
    }

    /// Each thing it names, as TOML.
    pub(crate) fn written(&self) -> Vec<(&'static str, String)> {
        let list = |names: Vec<String>| {
            let quoted = names.iter().map(|name| quoted(name));
            format!("[{}]", quoted.collect::<Vec<_>>().join(", "))
        };
        let codes = |codes: &[Currency]| list(codes.iter().map(|code| code.code().to_owned()).collect());
        let countries = |codes: &[Country]| list(codes.iter().map(ToString::to_string).collect());
        let range = |range: AmountRange| {
            let ends = [("from", range.from), ("below", range.below)].into_iter();
            let ends = ends.filter_map(|(name, end)| Some(format!("{name} = \"{}\"", end?)));
            format!("{{ {} }}", ends.collect::<Vec<_>>().join(", "))
        };
        let named = [
            self.category.clone().map(list),
            self.currency.as_deref().map(codes),
            self.destination_country.as_deref().map(countries),
            self.seller_id.clone().map(list),
            self.goods_total.map(range),
        ];
        CONDITIONS.into_iter().zip(named).filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl std::fmt::Display for Condition {
    /// `category = ["apparel"], currency = ["USD"]`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named: Vec<_> = self.written().into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
        f.write_str(&named.join(", "))
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = self.written();
        let mut map = serializer.serialize_map(Some(named.len()))?;
        for (name, value) in named {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

/// An amount of a range, in the one currency of its condition.
pub(super) fn amount(text: &str, currency: Currency) -> Option<Money> {
    Amount::parse(text).ok()?.in_currency(currency)
}
