//! The header of an export: which of its columns are the ones we know.

use std::marker::PhantomData;

use crate::fault::{Fault, FaultKind, listed, nearest};

/// A column of an export.
pub trait Column: Copy + Send + Sync + 'static {
    /// Every column that we know, each at its own [`index`](Self::index).
    const ALL: &'static [Self];

    /// Its name in the header.
    fn name(self) -> &'static str;

    /// Whether the export cannot do without it.
    fn is_needed(self) -> bool;

    /// Its place in [`ALL`](Self::ALL).
    fn index(self) -> usize;
}

/// Declares an export's columns: a variant, its name, and whether the export needs it.
macro_rules! columns {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal $need:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant,)+ }

        impl $crate::intake::header::Column for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
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
pub(super) use columns;

/// The columns of one export, by their place in the file.
#[derive(Clone, Debug)]
pub struct Header<C> {
    delimiter: u8,
    names: Vec<String>,
    places: Vec<Option<usize>>,
    unknown: Vec<String>,
    columns: PhantomData<C>,
}

impl<C: Column> Header<C> {
    /// Finds the known columns among a header's names.
    ///
    /// # Errors
    ///
    /// A needed column is missing, or two of the known columns have one name.
    pub fn new(place: &str, delimiter: u8, names: Vec<String>) -> Result<Self, Fault> {
        let place_of = |name: &str| names.iter().position(|candidate| candidate == name);
        let is_known = |name: &String| C::ALL.iter().any(|column| column.name() == name);
        let again = |(at, name): &(usize, &String)| is_known(name) && place_of(name) != Some(*at);
        if let Some((_, twice)) = names.iter().enumerate().find(again) {
            return Err(Fault::new(FaultKind::Input, format!("two columns are named {twice:?}"))
                .at(place)
                .hint("rename one of them in the export: which of the two counts cannot be known"));
        }
        let places: Vec<_> = C::ALL.iter().map(|column| place_of(column.name())).collect();
        if let Some(missing) = C::ALL.iter().find(|column| column.is_needed() && places[column.index()].is_none()) {
            return Err(missing_column::<C>(place, missing.name(), &names));
        }
        let unknown = names.iter().filter(|name| !is_known(name)).cloned().collect();
        Ok(Self { delimiter, names, places, unknown, columns: PhantomData })
    }

    /// What stands between the fields.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// How many fields a row has.
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// A column's place in the file; `None` where the export does not have it.
    pub fn place(&self, column: C) -> Option<usize> {
        self.places[column.index()]
    }

    /// Whether the export has a column.
    pub fn has(&self, column: C) -> bool {
        self.place(column).is_some()
    }

    /// The name of the column at a place.
    pub fn name_at(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// The columns that we do not know, and keep out of the way.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }
}

fn missing_column<C: Column>(place: &str, name: &str, names: &[String]) -> Fault {
    let is_free = |candidate: &&str| C::ALL.iter().all(|column| column.name() != *candidate);
    let near = nearest(name, names.iter().map(String::as_str).filter(is_free));
    let separator = [';', '\t', '|'].into_iter().find(|other| names.len() == 1 && names[0].contains(*other));
    let hint = match (separator, near) {
        (Some(separator), _) => format!("the columns seem to be separated by {separator:?}; export them with commas"),
        (None, Some(near)) => format!("rename the column {near:?} to {name}, if that is what it holds"),
        (None, None) => format!("the header has {}", listed(names)),
    };
    Fault::new(FaultKind::Input, format!("has no column {name}, which it needs")).at(place).hint(hint)
}
