//! The cases of conditions as sets: whether earlier conditions leave any case for a later one.

use std::collections::BTreeSet;

use arbiter_model::money::Currency;

use crate::overlays::{AmountRange, Condition};

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
    use arbiter_model::money::{Amount, Money};
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
        Amount::parse(&units.to_string()).ok()?.in_currency(Currency::from_code("USD")?)
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
