//! The one table of each entity: a row for every column of its export.
//!
//! What reads, stores, makes up, explains, compares or turns the facts of an order, a tracking event or a dispute walks
//! over [`Entity::FIELDS`]. A new column of an export is one row there, and all of these follow.

use rust_decimal::Decimal;

use crate::ids::{Country, Id};
use crate::instant::Instant;
use crate::money::{Currency, Money};

/// Something that an export has one row for.
pub trait Entity: Sized + 'static {
    /// The export, as a mapping names it: `orders`.
    const EXPORT: &'static str;

    /// Its columns with the fields that they fill.
    const FIELDS: &'static [Field<Self>];
}

/// A column of an export, and the field of an entity that it fills.
pub struct Field<E: 'static> {
    /// The column.
    pub column: ColumnSpec,
    /// What stands there, in words.
    pub about: &'static str,
    /// What an entity has there.
    pub get: for<'a> fn(&'a E) -> FieldValue<'a>,
    /// Puts a value there; nothing is what an empty field means. False where the field does not take such a value.
    pub set: fn(&mut E, FieldValue<'_>) -> bool,
    /// How the value is told where facts of two runs are held against each other, where that is not the value itself;
    /// `None` where nothing is told.
    pub told: Option<fn(&E) -> Option<String>>,
}

impl<E: Entity> Field<E> {
    /// The field of a column.
    ///
    /// Nothing where there is no such column.
    pub fn named(name: &str) -> Option<&'static Self> {
        E::FIELDS.iter().find(|field| field.column.name == name)
    }

    /// The fields in the order in which they are read: first those that must not be empty.
    pub fn in_reading_order() -> impl Iterator<Item = &'static Self> {
        let is_needed = |field: &&Self| field.column.presence == Presence::Needed;
        E::FIELDS.iter().filter(is_needed).chain(E::FIELDS.iter().filter(move |field| !is_needed(field)))
    }
}

impl<E> Field<E> {
    /// The column's name.
    pub fn name(&self) -> &'static str {
        self.column.name
    }

    /// What it says where facts of two runs are held against each other; `None` where it says nothing.
    pub fn tell(&self, entity: &E) -> Option<String> {
        match (self.told, (self.get)(entity)) {
            (Some(told), _) => told(entity),
            (None, FieldValue::Nothing) => None,
            // No is what nothing is.
            (None, FieldValue::Flag(false)) => None,
            (None, FieldValue::Instant(at)) => Some(at.exact()),
            (None, FieldValue::Number(number)) => Some(number.normalize().to_string()),
            (None, value) => Some(value.to_string()),
        }
    }

    /// Whether it is a fact that rules may look at, rather than a link or words for people.
    pub fn is_fact(&self) -> bool {
        !matches!(self.column.role, Role::Link | Role::Words)
    }
}

/// What is known of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Its name in the header.
    pub name: &'static str,
    /// What its values are.
    pub kind: ColumnKind,
    /// Whether it may be missing or empty.
    pub presence: Presence,
    /// What its values are for.
    pub role: Role,
    /// How a change of a date is told: `protection ending`.
    pub phrase: &'static str,
    /// The least of a whole number.
    pub least: u64,
    /// Whether an amount must be above zero.
    pub is_positive: bool,
    /// The column of the same row that an amount may not exceed.
    pub at_most: Option<&'static str>,
    /// The word that an export writes where there is nothing, where that is not an empty field.
    pub nothing: &'static str,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
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
    pub fn is_number(self) -> bool {
        matches!(self, Self::Amount | Self::Integer | Self::Decimal)
    }

    /// Whether its values are words that a mapping may give other names to.
    pub fn is_word(self) -> bool {
        matches!(self, Self::Boolean | Self::Currency | Self::Country | Self::Code | Self::OneOf(_))
    }
}

/// Whether a column, or a field of it, may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The column must be there, and no field of it empty.
    Needed,
    /// The column must be there.
    NeededColumn,
    /// Neither need be there.
    Optional,
}

/// What the values of a column are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Rules may look at it, and it can be taken away where it is optional.
    Fact,
    /// Rules may look at it; it goes with another fact and is not taken away by itself.
    Dependent,
    /// It is shown, and no rule looks at it.
    Shown,
    /// It only says which row this one belongs to.
    Link,
    /// The words of people, which are never interpreted.
    Words,
}

impl ColumnSpec {
    const fn new(name: &'static str, presence: Presence) -> Self {
        Self {
            name,
            kind: ColumnKind::Text,
            presence,
            role: Role::Fact,
            phrase: "",
            least: 0,
            is_positive: false,
            at_most: None,
            nothing: "",
        }
    }

    /// What its values are, by the type of the field unless said otherwise.
    pub(crate) const fn of_kind(self, kind: ColumnKind) -> Self {
        // Only text is said to be something else: a code is kept as text, too.
        match self.kind {
            ColumnKind::Text => Self { kind, ..self },
            _ => self,
        }
    }

    /// A code, of which any may stand.
    pub(crate) const fn code(self) -> Self {
        Self { kind: ColumnKind::Code, ..self }
    }

    /// How a change of the date is told.
    pub(crate) const fn phrase(self, phrase: &'static str) -> Self {
        Self { phrase, ..self }
    }

    /// A whole number of at least this.
    pub(crate) const fn at_least(self, least: u64) -> Self {
        Self { least, ..self }
    }

    /// An amount above zero.
    pub(crate) const fn positive(self) -> Self {
        Self { is_positive: true, ..self }
    }

    /// An amount that does not exceed another column's.
    pub(crate) const fn at_most(self, column: &'static str) -> Self {
        Self { at_most: Some(column), ..self }
    }

    /// What the values are for.
    pub(crate) const fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// It only says which row this one belongs to.
    pub(crate) const fn link(self) -> Self {
        self.role(Role::Link)
    }

    /// The word that is written where there is nothing.
    pub(crate) const fn nothing(self, nothing: &'static str) -> Self {
        Self { nothing, ..self }
    }
}

/// A column whose fields must not be empty.
pub(crate) const fn needed(name: &'static str) -> ColumnSpec {
    ColumnSpec::new(name, Presence::Needed)
}

/// A column that must be there, with fields that may be empty.
pub(crate) const fn needed_column(name: &'static str) -> ColumnSpec {
    ColumnSpec::new(name, Presence::NeededColumn)
}

/// A column that need not be there.
pub(crate) const fn optional(name: &'static str) -> ColumnSpec {
    ColumnSpec::new(name, Presence::Optional)
}

/// What stands in a field of an entity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// Nothing.
    Nothing,
    /// A text, a code, a currency or a country.
    Text(&'a str),
    /// A date.
    Instant(Instant),
    /// An amount, in the order's currency.
    Money(Money),
    /// A number of things.
    Count(u64),
    /// Another number.
    Number(Decimal),
    /// Yes or no.
    Flag(bool),
}

impl std::fmt::Display for FieldValue<'_> {
    /// As exports write it: `2026-06-01T00:00:00Z`, `24.90`, `yes`; nothing is empty.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Instant(at) => at.fmt(f),
            Self::Money(amount) => amount.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
        }
    }
}

/// A type that fields have.
pub trait FieldType {
    /// What the column's values are.
    const KIND: ColumnKind;

    /// What a field is where nothing is said of it, in a row of a currency; where a field must not be empty, anything.
    fn empty(currency: Currency) -> Self;

    /// What stands there.
    fn value(&self) -> FieldValue<'_>;

    /// Puts a value there; false where it is none of this type.
    fn put(&mut self, value: FieldValue<'_>) -> bool;
}

/// A column that only says which row this one belongs to: it fills no field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link;

impl FieldType for Link {
    const KIND: ColumnKind = ColumnKind::Text;

    fn empty(_: Currency) -> Self {
        Self
    }

    fn value(&self) -> FieldValue<'_> {
        FieldValue::Nothing
    }

    fn put(&mut self, _: FieldValue<'_>) -> bool {
        true
    }
}

/// Declares types that fields have: a kind, the value of one, and one of a value.
macro_rules! field_types {
    ($($type:ty: $kind:ident, $empty:expr, |$of:ident| $value:expr, $($pattern:pat => $made:expr),+;)+) => {
        $(impl FieldType for $type {
            const KIND: ColumnKind = ColumnKind::$kind;

            fn empty(currency: Currency) -> Self {
                let empty: fn(Currency) -> Self = $empty;
                empty(currency)
            }

            fn value(&self) -> FieldValue<'_> {
                let $of = self;
                $value
            }

            fn put(&mut self, value: FieldValue<'_>) -> bool {
                match value {
                    $($pattern => { *self = $made; true })+
                    _ => false,
                }
            }
        })+
    };
}

use FieldValue as V;

field_types! {
    Id: Text, |_| Id::default(), |id| V::Text(id), V::Text(text) => text.into();
    Option<Id>: Code, |_| None, |code| code.as_deref().map_or(V::Nothing, V::Text),
        V::Text(text) => Some(text.into()), V::Nothing => None;
    Option<Box<str>>: Text, |_| None, |text| text.as_deref().map_or(V::Nothing, V::Text),
        V::Text(text) => Some(text.into()), V::Nothing => None;
    Instant: Timestamp, |_| Instant::EPOCH, |at| V::Instant(*at), V::Instant(at) => at;
    Option<Instant>: Timestamp, |_| None, |at| at.map_or(V::Nothing, V::Instant),
        V::Instant(at) => Some(at), V::Nothing => None;
    Money: Amount, Money::zero, |amount| V::Money(*amount), V::Money(amount) => amount;
    Option<Money>: Amount, |_| None, |amount| amount.map_or(V::Nothing, V::Money),
        V::Money(amount) => Some(amount), V::Nothing => None;
    u64: Integer, |_| 0, |count| V::Count(*count), V::Count(count) => count;
    Option<u64>: Integer, |_| None, |count| count.map_or(V::Nothing, V::Count),
        V::Count(count) => Some(count), V::Nothing => None;
    Option<Decimal>: Decimal, |_| None, |number| number.map_or(V::Nothing, V::Number),
        V::Number(number) => Some(number), V::Nothing => None;
    bool: Boolean, |_| false, |flag| V::Flag(*flag), V::Flag(flag) => flag;
    Option<bool>: Boolean, |_| None, |flag| flag.map_or(V::Nothing, V::Flag),
        V::Flag(flag) => Some(flag), V::Nothing => None;
}

impl FieldType for Currency {
    const KIND: ColumnKind = ColumnKind::Currency;

    fn empty(currency: Currency) -> Self {
        currency
    }

    fn value(&self) -> FieldValue<'_> {
        V::Text(self.code())
    }

    fn put(&mut self, value: FieldValue<'_>) -> bool {
        let V::Text(code) = value else { return false };
        Currency::from_code(code).map(|currency| *self = currency).is_some()
    }
}

impl FieldType for Option<Country> {
    const KIND: ColumnKind = ColumnKind::Country;

    fn empty(_: Currency) -> Self {
        None
    }

    fn value(&self) -> FieldValue<'_> {
        self.as_ref().map_or(V::Nothing, |country| V::Text(country.code()))
    }

    fn put(&mut self, value: FieldValue<'_>) -> bool {
        *self = match value {
            V::Text(code) => Country::from_code(code),
            _ => None,
        };
        matches!(value, V::Nothing) || self.is_some()
    }
}

/// Fields may have a type with codes.
macro_rules! coded_fields {
    ($($type:ty),+) => {
        $(impl $crate::fields::FieldType for $type {
            const KIND: $crate::fields::ColumnKind = $crate::fields::ColumnKind::OneOf(Self::CODES);

            fn empty(_: $crate::money::Currency) -> Self {
                // What stands first means that nothing is said, where that can be.
                Self::ALL[0]
            }

            fn value(&self) -> $crate::fields::FieldValue<'_> {
                $crate::fields::FieldValue::Text(self.code())
            }

            fn put(&mut self, value: $crate::fields::FieldValue<'_>) -> bool {
                let $crate::fields::FieldValue::Text(code) = value else { return false };
                Self::from_code(code).map(|found| *self = found).is_some()
            }
        })+
    };
}
pub(crate) use coded_fields;

/// Declares an entity with its table: for each field its type, its column, and what is known of it. Fields that no
/// column fills stand apart.
macro_rules! entity {
    (
        $(#[$meta:meta])*
        pub struct $name:ident of $export:literal {
            $($(#[doc = $about:literal])+ $field:ident: $type:ty = $spec:expr $(, told $told:expr)?;)+
        }
        beside {
            $($(#[$own_meta:meta])* $own:ident: $own_type:ty,)*
        }
    ) => {
        $(#[$meta])*
        pub struct $name {
            $($(#[doc = $about])+ pub $field: $type,)+
            $($(#[$own_meta])* pub $own: $own_type,)*
        }

        impl $name {
            /// One of which nothing is said yet, in a currency.
            fn empty(currency: $crate::money::Currency) -> Self {
                Self {
                    $($field: $crate::fields::FieldType::empty(currency),)+
                    $($own: Default::default(),)*
                }
            }
        }

        impl $crate::fields::Entity for $name {
            const EXPORT: &'static str = $export;

            const FIELDS: &'static [$crate::fields::Field<Self>] = &[$($crate::fields::Field {
                column: $spec.of_kind(<$type as $crate::fields::FieldType>::KIND),
                about: concat!($($about),+),
                get: |entity| $crate::fields::FieldType::value(&entity.$field),
                set: |entity, value| $crate::fields::FieldType::put(&mut entity.$field, value),
                told: entity!(@told $($told)?),
            },)+];
        }
    };
    (@told) => { None };
    (@told $told:expr) => { Some($told) };
}
pub(crate) use entity;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispute::{Dispute, Order, TrackingEvent};

    /// What is read back from a field is what was put there, and nothing else has changed.
    fn hold<E: Entity + Clone + PartialEq + std::fmt::Debug>(entity: &E, others: &E) {
        for field in E::FIELDS {
            let mut changed = entity.clone();
            let value = (field.get)(others);
            assert!((field.set)(&mut changed, value), "{}", field.name());
            assert_eq!((field.get)(&changed), value, "{}", field.name());
            assert!((field.set)(&mut changed, (field.get)(entity)), "{}", field.name());
            assert_eq!(changed, *entity, "{}", field.name());
        }
    }

    #[test]
    fn what_is_put_into_a_field_stands_there_alone() {
        let at = |text: &str| Instant::parse(text, chrono_tz::Tz::UTC).unwrap();
        let (usd, jpy) = (Currency::from_code("USD").unwrap(), Currency::from_code("JPY").unwrap());
        let (ten, one) = (Money::from_units_at(1000, 2, usd), Money::from_units_at(100, 2, usd));
        let plain = Order::new("O-1", "anna", "shop", ten, usd, at("2026-03-01"));
        let mut other = Order::new("O-2", "boris", "stall", one, jpy, at("2026-03-02"));
        other.category = Some("home".into());
        other.quantity = 3;
        other.shipped_at = Some(at("2026-03-03"));
        other.destination = Country::from_code("BR");
        hold(&plain, &other);
        let dispute = Dispute::new("D-1", "anna", at("2026-04-01"), crate::dispute::Reason::Other);
        let mut other = Dispute::new("D-2", "boris", at("2026-04-02"), crate::dispute::Reason::Damaged);
        other.requested = Some(one);
        other.photos = 2;
        other.usable = Some(false);
        other.advertised_capacity = Some(Decimal::ONE_HUNDRED);
        other.seller_response = crate::dispute::AnswerCode::Countered;
        hold(&dispute, &other);
    }

    #[test]
    fn a_table_names_no_column_twice() {
        fn names<E: Entity>() -> Vec<&'static str> {
            E::FIELDS.iter().map(Field::name).collect()
        }
        for mut names in [names::<Order>(), names::<TrackingEvent>(), names::<Dispute>()] {
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
        }
    }
}
