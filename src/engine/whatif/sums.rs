//! Sums of money of several currencies, exact, in whole minor units.

use serde::ser::{Serialize, SerializeMap, Serializer};

use arbiter_model::money::{Currency, Money};

/// A sum for each of some currencies. One that was never added to counts as nothing.
#[derive(Clone, Debug, Default)]
pub struct Sums(Vec<(Currency, i128)>);

impl Sums {
    /// Adds an amount.
    pub fn add(&mut self, currency: Currency, amount: Money) {
        self.add_units(currency, units(amount, currency));
    }

    /// Adds minor units.
    pub fn add_units(&mut self, currency: Currency, units: i128) {
        match self.0.iter_mut().find(|(known, _)| *known == currency) {
            Some((_, sum)) => *sum += units,
            None => self.0.push((currency, units)),
        }
    }

    /// Adds other sums.
    pub fn join(&mut self, other: &Self) {
        other.0.iter().for_each(|(currency, units)| self.add_units(*currency, *units));
    }

    /// The sum in a currency, in minor units.
    pub fn units(&self, currency: Currency) -> i128 {
        self.0.iter().find(|(known, _)| *known == currency).map_or(0, |(_, units)| *units)
    }

    /// The sum in a currency.
    pub fn amount(&self, currency: Currency) -> Money {
        money(self.units(currency), currency)
    }

    /// Every currency that was added to, by code.
    pub fn currencies(&self) -> Vec<Currency> {
        let mut currencies: Vec<_> = self.0.iter().map(|(currency, _)| *currency).collect();
        currencies.sort_unstable_by_key(|currency| currency.code());
        currencies
    }

    /// The sums, by code.
    pub fn amounts(&self) -> Vec<(Currency, Money)> {
        self.currencies().into_iter().map(|currency| (currency, self.amount(currency))).collect()
    }
}

impl PartialEq for Sums {
    fn eq(&self, other: &Self) -> bool {
        let covered = |left: &Self, right: &Self| left.0.iter().all(|(currency, sum)| right.units(*currency) == *sum);
        covered(self, other) && covered(other, self)
    }
}

impl Eq for Sums {}

impl Serialize for Sums {
    /// `{ "USD": "12.50" }`, by code.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let amounts = self.amounts();
        let mut map = serializer.serialize_map(Some(amounts.len()))?;
        for (currency, amount) in amounts {
            map.serialize_entry(currency.code(), &amount)?;
        }
        map.end()
    }
}

/// An amount in minor units of its currency.
pub(super) fn units(amount: Money, currency: Currency) -> i128 {
    amount.units_at(currency.minor_digits())
}

/// Minor units as an amount.
pub(super) fn money(units: i128, currency: Currency) -> Money {
    Money::from_units_at(units, currency.minor_digits(), currency)
}
