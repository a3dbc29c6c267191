//! The condition of a segment: which cases it is for, and whether any is left for it at all.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use arbiter_model::case::Case;
use arbiter_model::dispute::Country;
use arbiter_model::money::{Amount, Currency, Money};

use super::write::quoted;

/// What a condition may speak of, by the names of the columns of the orders export.
pub const CONDITIONS: [&str; 5] = ["category", "currency", "destination_country", "seller_id", "goods_total"];

/// Which cases a segment is for: those for which all that it names holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Condition {
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
pub(super) struct AmountRange {
    /// The lowest amount in it.
    pub from: Option<Money>,
    /// The lowest amount above it.
    pub below: Option<Money>,
}

impl AmountRange {
    /// Whether no amount lies in it.
    pub fn is_empty(self) -> bool {
        matches!((self.from, self.below), (Some(from), Some(below)) if from >= below)
            || self.below.is_some_and(|below| !below.is_positive())
    }

    fn contains(self, amount: Money) -> bool {
        self.from.is_none_or(|from| amount >= from) && self.below.is_none_or(|below| amount < below)
    }

    fn intersection(self, other: Self) -> Self {
        let below = match (self.below, other.below) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (left, right) => left.or(right),
        };
        Self { from: self.from.max(other.from), below }
    }

    /// What of this range lies outside another.
    fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = other.from.map(|from| self.intersection(Self { from: None, below: Some(from) }));
        let after = other.below.map(|below| self.intersection(Self { from: Some(below), below: None }));
        [before, after].into_iter().flatten().filter(|range| !range.is_empty())
    }
}

impl Condition {
    /// Whether it names nothing, and so would hold for every case.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a case is one that it is for.
    pub fn holds(&self, case: &Case) -> bool {
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
    pub fn written(&self) -> Vec<(&'static str, String)> {
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

/// A set of names out of endlessly many.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Names {
    Only(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

impl Names {
    fn of(names: Option<impl IntoIterator<Item = String>>) -> Self {
        match names {
            Some(names) => Self::Only(names.into_iter().collect()),
            None => Self::AllBut(BTreeSet::new()),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Only(names) if names.is_empty())
    }

    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Only(left), Self::Only(right)) => !left.is_disjoint(right),
            (Self::Only(names), Self::AllBut(others)) | (Self::AllBut(others), Self::Only(names)) => {
                !names.is_subset(others)
            }
            (Self::AllBut(_), Self::AllBut(_)) => true,
        }
    }

    fn complement(&self) -> Self {
        match self {
            Self::Only(names) => Self::AllBut(names.clone()),
            Self::AllBut(names) => Self::Only(names.clone()),
        }
    }

    fn intersection(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(left), Self::Only(right)) => Self::Only(left & right),
            (Self::Only(names), Self::AllBut(others)) | (Self::AllBut(others), Self::Only(names)) => {
                Self::Only(names - others)
            }
            (Self::AllBut(left), Self::AllBut(right)) => Self::AllBut(left | right),
        }
    }
}

/// The cases of a condition: a set in each of its directions.
#[derive(Clone, Debug)]
pub(super) struct Region {
    names: [Names; 4],
    amounts: AmountRange,
}

impl Region {
    pub(super) fn of(condition: &Condition) -> Self {
        let texts = |codes: &Option<Vec<Currency>>| {
            codes.as_ref().map(|codes| codes.iter().map(|code| code.code().to_owned()).collect::<Vec<_>>())
        };
        let countries = condition.destination_country.as_ref();
        Self {
            names: [
                // Amounts compare within a currency, so currencies come before them.
                Names::of(texts(&condition.currency)),
                Names::of(condition.category.clone()),
                Names::of(countries.map(|codes| codes.iter().map(ToString::to_string).collect::<Vec<_>>())),
                Names::of(condition.seller_id.clone()),
            ],
            amounts: condition.goods_total.unwrap_or_default(),
        }
    }

    /// Whether names are in both, in every direction.
    fn meets(&self, other: &Self) -> bool {
        self.names.iter().zip(&other.names).all(|(left, right)| left.meets(right))
    }

    /// What of this region lies outside another, in pieces.
    fn without(self, other: &Self) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = self;
        for direction in 0..rest.names.len() {
            let outside = rest.names[direction].intersection(&other.names[direction].complement());
            if !outside.is_empty() {
                let mut piece = rest.clone();
                piece.names[direction] = outside;
                pieces.push(piece);
            }
            rest.names[direction] = rest.names[direction].intersection(&other.names[direction]);
            if rest.names[direction].is_empty() {
                return pieces;
            }
        }
        let outside = rest.amounts.without(other.amounts);
        pieces.extend(outside.map(|amounts| Self { amounts, ..rest.clone() }));
        pieces
    }
}

/// Beyond so many pieces the search for a case that is left ends, and one is taken to be there.
const MOST_PIECES: usize = 10_000;

/// Whether earlier conditions take every case of a later one, alone or together.
pub(super) fn is_covered(condition: &Region, earlier: &[Region]) -> bool {
    let mut left = vec![condition.clone()];
    for other in earlier.iter().filter(|other| condition.meets(other)) {
        left = left.into_iter().flat_map(|region| region.without(other)).collect();
        if left.is_empty() || left.len() > MOST_PIECES {
            break;
        }
    }
    left.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CURRENCIES: [&str; 3] = ["USD", "EUR", "RUB"];
    const NAMES: [&str; 3] = ["a", "b", "c"];

    /// Names out of the first two; the third stands for all that nobody names.
    fn names() -> impl Strategy<Value = Option<Vec<String>>> {
        let some = prop::sample::subsequence(&NAMES[..2], 1..=2);
        prop::option::of(some.prop_map(|names| names.into_iter().map(str::to_owned).collect()))
    }

    fn usd(units: u32) -> Option<Money> {
        amount(&units.to_string(), Currency::from_code("USD")?)
    }

    fn condition() -> impl Strategy<Value = Condition> {
        let currencies = prop::option::of(prop::sample::subsequence(&CURRENCIES[..2], 1..=2));
        let range = prop::option::of((prop::option::of(1..4_u32), prop::option::of(4..7_u32)));
        (names(), names(), currencies, range).prop_map(|(category, seller_id, currencies, range)| {
            let currency: Option<Vec<Currency>> =
                currencies.map(|codes| codes.into_iter().filter_map(Currency::from_code).collect());
            let range = range.filter(|_| currency.as_ref().is_some_and(|codes| codes.len() == 1));
            let range = range.map(|(from, below)| AmountRange { from: from.and_then(usd), below: below.and_then(usd) });
            Condition { category, seller_id, currency, goods_total: range, ..Condition::default() }
        })
    }

    /// Every case that the conditions can tell apart, and whether a condition holds for it.
    fn holds(condition: &Condition, currency: &str, category: &str, seller: &str, units: u32) -> bool {
        let among = |names: &Option<Vec<String>>, name: &str| {
            names.as_ref().is_none_or(|all| all.iter().any(|one| one == name))
        };
        let code = Currency::from_code(currency);
        condition.currency.as_ref().is_none_or(|all| all.iter().any(|one| Some(*one) == code))
            && among(&condition.category, category)
            && among(&condition.seller_id, seller)
            && condition.goods_total.is_none_or(|range| usd(units).is_some_and(|amount| range.contains(amount)))
    }

    proptest! {
        /// A condition is covered where each of its cases is a case of an earlier one.
        #[test]
        fn what_is_left_is_what_no_earlier_condition_takes(
            earlier in prop::collection::vec(condition(), 0..6),
            later in condition(),
        ) {
            let mut left = false;
            for currency in CURRENCIES {
                for category in NAMES {
                    for seller in NAMES {
                        for units in 0..8 {
                            let taken = |one: &Condition| holds(one, currency, category, seller, units);
                            left |= taken(&later) && !earlier.iter().any(taken);
                        }
                    }
                }
            }
            let regions: Vec<Region> = earlier.iter().map(Region::of).collect();
            prop_assert_eq!(is_covered(&Region::of(&later), &regions), !left);
        }
    }
}
