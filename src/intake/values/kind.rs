//! What the values of a column are.

/// The kind of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// Text that is kept as it stands.
    Text,
    /// A point in time.
    Timestamp,
    /// An amount of money.
    Amount,
    /// A whole number.
    Integer,
    /// A decimal number.
    Decimal,
    /// Yes or no.
    Boolean,
    /// An ISO 4217 currency.
    Currency,
    /// A country of two letters.
    Country,
    /// A code, of which any may stand.
    Code,
    /// A code out of a list.
    OneOf(&'static [&'static str]),
}

impl ColumnKind {
    /// Whether its values are numbers, which can be added.
    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Amount | Self::Integer | Self::Decimal)
    }

    /// Whether its values are words that a mapping may give other names to.
    pub(crate) fn is_word(self) -> bool {
        matches!(self, Self::Boolean | Self::Currency | Self::Country | Self::Code | Self::OneOf(_))
    }
}
