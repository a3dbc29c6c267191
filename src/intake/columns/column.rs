//! The columns of exports: their names, what their values are, and whether they are needed.

use arbiter_model::fields::{ColumnKind, Entity, Presence};

/// A column of an export.
pub(crate) trait Column: Copy + Send + Sync + 'static {
    /// The export, as a mapping names it.
    const EXPORT: &'static str;

    /// Every column that we know, each at its own [`index`](Self::index).
    const ALL: &'static [Self];

    /// Its name in the header.
    fn name(self) -> &'static str;

    /// What its values are.
    fn kind(self) -> ColumnKind;

    /// Whether the export cannot do without it.
    fn is_needed(self) -> bool;

    /// Its place in [`ALL`](Self::ALL).
    fn index(self) -> usize;
}

/// Declares an export's columns: a variant, its name, whether the export needs it, and what it holds.
macro_rules! columns {
    ($(#[$meta:meta])* $name:ident of $export:literal { $($variant:ident = $text:literal $need:ident $kind:expr,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($variant,)+ }

        impl $crate::columns::Column for $name {
            const EXPORT: &'static str = $export;

            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            fn kind(self) -> arbiter_model::fields::ColumnKind {
                #[allow(unused_imports, reason = "not every export has every kind")]
                use arbiter_model::fields::ColumnKind::{
                    Amount, Boolean, Code, Country, Currency, Decimal, Integer, OneOf, Text, Timestamp,
                };
                match self { $(Self::$variant => $kind,)+ }
            }

            fn is_needed(self) -> bool {
                match self { $(Self::$variant => columns!(@$need),)+ }
            }

            fn index(self) -> usize {
                self as usize
            }
        }
    };
    (@needed) => { true };
    (@optional) => { false };
}
pub(crate) use columns;

/// Declares the columns of an entity's export, which its table of fields names; those that are read by name have a
/// constant of their own.
macro_rules! columns_of {
    ($(#[$meta:meta])* $name:ident of $entity:ty { $($constant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) struct $name(u8);

        impl $name {
            /// Which row of the entity's table each column is.
            const ROWS: [u8; <$entity as arbiter_model::fields::Entity>::FIELDS.len()] =
                $crate::columns::in_reading_order::<$entity, _>();

            $(pub(crate) const $constant: Self = Self($crate::columns::place_of::<$entity>(&Self::ROWS, $text));)+

            /// The column's row in the entity's table.
            pub(crate) fn field(self) -> &'static arbiter_model::fields::Field<$entity> {
                &<$entity as arbiter_model::fields::Entity>::FIELDS[usize::from(Self::ROWS[usize::from(self.0)])]
            }
        }

        impl $crate::columns::Column for $name {
            const EXPORT: &'static str = <$entity as arbiter_model::fields::Entity>::EXPORT;

            const ALL: &'static [Self] = &{
                let mut all = [Self(0); Self::ROWS.len()];
                let mut place = 0;
                while place < all.len() {
                    all[place] = Self(place as u8);
                    place += 1;
                }
                all
            };

            fn name(self) -> &'static str {
                self.field().name()
            }

            fn kind(self) -> arbiter_model::fields::ColumnKind {
                self.field().column.kind
            }

            fn is_needed(self) -> bool {
                self.field().column.presence != arbiter_model::fields::Presence::Optional
            }

            fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    };
}
pub(crate) use columns_of;

/// The rows of an entity's table in the order in which they are read: first those that must not be empty.
pub(crate) const fn in_reading_order<E: Entity, const N: usize>() -> [u8; N] {
    let (mut rows, mut filled, mut is_second) = ([0; N], 0, false);
    while filled < N {
        let mut row = 0;
        while row < N {
            if matches!(E::FIELDS[row].column.presence, Presence::Needed) != is_second {
                rows[filled] = row as u8;
                filled += 1;
            }
            row += 1;
        }
        is_second = true;
    }
    rows
}

/// Where a column stands among those that are read; it does not compile where there is none of that name.
pub(crate) const fn place_of<E: Entity>(rows: &[u8], name: &str) -> u8 {
    let mut place = 0;
    while !are_same(E::FIELDS[rows[place] as usize].column.name, name) {
        place += 1;
    }
    place as u8
}

const fn are_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    place == one.len() && place == other.len()
}
