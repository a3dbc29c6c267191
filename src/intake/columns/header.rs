//! The header of a file: where each known column comes from.

use std::marker::PhantomData;

use arbiter_model::fault::{Fault, FaultKind, listed, nearest};

use super::column::Column;
use super::mapping::{ColumnSource, ExportMapping};
use crate::bytes::Encoding;
use crate::values::ValueFormat;

/// The columns of one file of an export, and how their values are to be read.
#[derive(Clone, Debug)]
pub(crate) struct Header<C> {
    delimiter: u8,
    names: Vec<String>,
    /// For each known column, where it comes from; `None` where the file does not have it.
    sources: Vec<Option<ColumnSource<usize>>>,
    /// The same for the columns that are single fields in a file where only an empty field counts as empty, as nearly
    /// all are: looked up for each row.
    places: Vec<Option<usize>>,
    unknown: Vec<String>,
    /// The encoding that the file's text is in.
    pub(crate) encoding: Encoding,
    /// How values are read.
    pub(crate) format: ValueFormat,
    /// The order in which fields are compared with those of the export's other files; `None` where
    /// these have the same columns at the same places.
    pub(crate) common_order: Option<Vec<usize>>,
    columns: PhantomData<C>,
}

impl<C: Column> Header<C> {
    /// Finds the known columns among a header's names, by themselves or by what a mapping says.
    ///
    /// # Errors
    ///
    /// A required column or one that the mapping names is missing, or the name of a used one is duplicate.
    pub(crate) fn new(
        place: &str,
        delimiter: u8,
        names: Vec<String>,
        mapping: &ExportMapping,
        encoding: Encoding,
        format: ValueFormat,
    ) -> Result<Self, Fault> {
        let finder = Finder { place, names: &names };
        let mut sources = Vec::with_capacity(C::ALL.len());
        for column in C::ALL {
            sources.push(match mapping.source(column.name()) {
                Some(source) => Some(finder.places_of(source)?),
                None => finder.find(column.name())?.map(ColumnSource::Field),
            });
        }
        let missing = C::ALL.iter().find(|column| column.is_needed() && sources[column.index()].is_none());
        if let Some(missing) = missing {
            return Err(missing_column::<C>(place, missing.name(), &names));
        }
        let is_used = |place: usize| sources.iter().flatten().any(|source| source.fields().contains(&&place));
        let unknown = names.iter().enumerate().filter(|(place, _)| !is_used(*place)).map(|(_, name)| name.clone());
        let unknown = unknown.collect();
        let place = |source: &Option<ColumnSource<usize>>| match source {
            Some(ColumnSource::Field(place)) if format.missing.is_empty() => Some(*place),
            _ => None,
        };
        let places = sources.iter().map(place).collect();
        Ok(Self {
            delimiter,
            names,
            sources,
            places,
            unknown,
            encoding,
            format,
            common_order: None,
            columns: PhantomData,
        })
    }

    /// Whether a name in the header of a file is one that is used: by the mapping, or else by a column's own name.
    pub(crate) fn knows(mapping: &ExportMapping, name: &str) -> bool {
        C::ALL.iter().any(|column| match mapping.source(column.name()) {
            Some(source) => source.fields().iter().any(|field| *field == name),
            None => column.name() == name,
        })
    }

    /// The delimiter between fields.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// How many fields a row has.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// Where a column comes from; `None` where the file does not have it.
    pub(crate) fn source(&self, column: C) -> Option<&ColumnSource<usize>> {
        self.sources[column.index()].as_ref()
    }

    /// Whether the file has a column.
    pub(crate) fn has(&self, column: C) -> bool {
        self.source(column).is_some()
    }

    /// The field that a column is, where it is just that and only an empty field counts as empty.
    pub(crate) fn place(&self, column: C) -> Option<usize> {
        self.places[column.index()]
    }

    /// What a row says in a column, by its fields and the mapping's constants; `None` where it is
    /// empty, or a sum.
    #[inline]
    pub(super) fn pick<'a, T: AsRef<[u8]>>(
        &'a self,
        column: C,
        field: impl Fn(usize) -> T,
        constant: impl Fn(&'a str) -> T,
    ) -> Option<T> {
        // Nearly all columns are single fields; to see it here is faster.
        match self.place(column) {
            Some(place) => Some(field(place)).filter(|text| !text.as_ref().is_empty()),
            None => self.pick_mapped(column, field, constant),
        }
    }

    fn pick_mapped<'a, T: AsRef<[u8]>>(
        &'a self,
        column: C,
        field: impl Fn(usize) -> T,
        constant: impl Fn(&'a str) -> T,
    ) -> Option<T> {
        let present = |place: usize| Some(field(place)).filter(|text| !self.format.is_missing(text.as_ref()));
        match self.source(column)? {
            ColumnSource::Field(place) => present(*place),
            ColumnSource::First(places) => places.iter().find_map(|place| present(*place)),
            ColumnSource::Constant(text) => Some(constant(text)).filter(|text| !text.as_ref().is_empty()),
            ColumnSource::Sum(_) => None,
        }
    }

    /// The names as they stand in the file.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of the column at a place.
    pub(crate) fn name_at(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// A column by its own name, and by the file's where that differs.
    pub(crate) fn label(&self, column: C) -> String {
        let ours = column.name();
        let theirs: Vec<_> = self.source(column).map(ColumnSource::fields).unwrap_or_default();
        match theirs.iter().map(|place| self.name_at(**place)).collect::<Vec<_>>().as_slice() {
            [] => ours.to_owned(),
            [one] if *one == ours => ours.to_owned(),
            names => format!("{ours} (from {})", names.join(", ")),
        }
    }

    /// The names of columns that are not known.
    pub(crate) fn unknown(&self) -> &[String] {
        &self.unknown
    }
}

/// Looks for names in a header.
struct Finder<'a> {
    place: &'a str,
    names: &'a [String],
}

impl Finder<'_> {
    fn find(&self, name: &str) -> Result<Option<usize>, Fault> {
        let mut places = self.names.iter().enumerate().filter(|(_, candidate)| *candidate == name);
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => Err(Fault::new(FaultKind::Input, format!("duplicate column {name:?}"))
                .at(self.place)
                .hint("rename one of the two in the export; it is unclear which one counts")),
            (found, _) => Ok(found.map(|(place, _)| place)),
        }
    }

    /// A mapping's source, with the places of the columns that it names.
    fn places_of(&self, source: &ColumnSource<String>) -> Result<ColumnSource<usize>, Fault> {
        source.try_map(|name| {
            self.find(name)?.ok_or_else(|| {
                let near = nearest(name, self.names.iter().map(String::as_str));
                let hint = near.map_or_else(|| self.the_header_has(), |near| format!("did you mean {near:?}?"));
                Fault::new(FaultKind::Input, format!("column {name:?} of the mapping not found"))
                    .at(self.place)
                    .hint(hint)
            })
        })
    }

    fn the_header_has(&self) -> String {
        format!("the header has {}", listed(self.names))
    }
}

fn missing_column<C: Column>(place: &str, name: &str, names: &[String]) -> Fault {
    let finder = Finder { place, names };
    let is_free = |candidate: &&str| C::ALL.iter().all(|column| column.name() != *candidate);
    let near = nearest(name, names.iter().map(String::as_str).filter(is_free));
    let separator = [',', ';', '\t', '|'].into_iter().find(|other| names.len() == 1 && names[0].contains(*other));
    let hint = match (separator, near) {
        (Some(separator), _) => format!("the delimiter seems to be {separator:?}"),
        (None, Some(near)) => format!(
            "if it is {near:?}, add it to a mapping: [{}.columns] and {name} = {}",
            C::EXPORT,
            toml::Value::String(near.to_owned())
        ),
        (None, None) => {
            format!("{}; `arbiter map` infers a mapping for columns of other names", finder.the_header_has())
        }
    };
    Fault::new(FaultKind::Input, format!("missing required column {name}")).at(place).hint(hint)
}
