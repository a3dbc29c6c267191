//! The finest grid that the values of a parameter lie on, as whole numbers.

use toml::Value;

use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::money::{Amount, Currency, Money, Share};
use arbiter_policy::{Kind, Overlay, Policy, catalogue};

/// How the values of a parameter that is one number are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Days, hours, months or things.
    Whole,
    /// Shares, in ten-thousandths.
    Share,
    /// An amount, in minor units.
    Amount(Currency),
}

/// The name of a parameter's address without version and segment: `colour_mismatch.band.high` of
/// `colour_mismatch@2026-05-01#1.band.high`.
pub(super) fn plain(address: &str) -> String {
    match address.split_once('.') {
        Some((rule, path)) => format!("{}.{path}", rule.split('@').next().unwrap_or_default()),
        None => address.to_owned(),
    }
}

fn not_a_number(address: &str) -> Fault {
    Fault::new(FaultKind::Policy, format!("{address}: is not one number, so it cannot be swept"))
        .hint("give a parameter such as too_early.days, or an end of a band such as colour_mismatch.band.high")
}

impl Scale {
    /// The scale of the parameter at an address.
    ///
    /// # Errors
    ///
    /// There is no such parameter, or it is not one number.
    pub fn of(address: &str) -> Result<Self, Fault> {
        let name = plain(address);
        let Some(parameter) = catalogue().parameter(&name) else {
            if let Some((_, group)) = catalogue().rule(&name) {
                let names: Vec<_> = group.parameters.iter().map(|parameter| parameter.name()).collect();
                return Err(Fault::new(FaultKind::Policy, format!("{address}: is a rule, not a parameter"))
                    .hint(format!("its parameters are {}", names.join(", "))));
            }
            // An unknown name is told as it is everywhere.
            Policy::standard()?.and(&[Overlay::set_to(address, "0")])?;
            return Err(not_a_number(address));
        };
        if !catalogue().is_number(&name) {
            return Err(not_a_number(address));
        }
        match parameter.kind.ends().unwrap_or(parameter.kind) {
            Kind::Share | Kind::Part => Ok(Self::Share),
            Kind::Amount => {
                let currency = name.rsplit('.').next().and_then(Currency::from_code);
                currency.map(Self::Amount).ok_or_else(|| {
                    Fault::new(FaultKind::Policy, format!("{address}: expected an ISO 4217 currency such as USD"))
                })
            }
            _ => Ok(Self::Whole),
        }
    }

    /// Reads a value as the command line has it: `0.45`, `14`, `12.50`.
    pub fn parse(self, text: &str) -> Option<u64> {
        match self {
            Self::Whole => text.parse().ok(),
            Self::Share => Some(Share::parse(text)?.in_ten_thousandths()),
            Self::Amount(currency) => {
                let amount = Amount::parse(text).ok()?.in_currency(currency)?;
                u64::try_from(amount.units_at(currency.minor_digits())).ok()
            }
        }
    }

    /// A value as people write it.
    pub fn text(self, value: u64) -> String {
        match self {
            Self::Whole => value.to_string(),
            Self::Share => Share::ten_thousandths(value).to_string(),
            Self::Amount(currency) => Money::from_units_at(value.into(), currency.minor_digits(), currency).to_string(),
        }
    }

    /// A value as TOML has it.
    pub(super) fn read(self, value: &Value) -> Option<u64> {
        match (self, value) {
            (Self::Whole, Value::Integer(number)) => u64::try_from(*number).ok(),
            (Self::Share | Self::Amount(_), Value::String(text)) => self.parse(text),
            _ => None,
        }
    }
}
