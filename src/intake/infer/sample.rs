//! Samples: the beginnings of files that no mapping describes yet.

use std::io::Read;

use arbiter_model::fault::Fault;

use crate::bytes::{Encoding, Source, SourceText, sniff_encoding};
use crate::columns::Column;
use crate::csv::{Dialect, Fields};
use crate::exports::{DisputeColumn, OrderColumn, TrackingColumn};
use crate::scan::Head;
use crate::values::{column_synonyms, is_missing_marker, normalised};

/// How much of a file is looked at.
const SAMPLE_BYTES: u64 = 16 << 20;

/// The beginning of one file.
pub(super) struct Sample {
    /// Its name.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) place: String,
    /// The encoding of its text.
    pub(crate) encoding: Encoding,
    /// Whether the encoding is inferred from the letters.
    pub(super) inferred_encoding: bool,
    /// Whether it is a table of typed columns.
    pub(crate) is_table: bool,
    /// Its separators.
    pub(crate) dialect: Dialect,
    /// The names of its columns.
    pub(crate) names: Vec<String>,
    /// The fields of its first rows.
    pub(crate) rows: Vec<Vec<String>>,
}

/// The beginnings of all files. Those that are not in UTF-8 are taken to be in one encoding, since the
/// few letters of one file are not enough to detect it.
pub(super) fn samples(sources: &[Source], given: Option<Encoding>) -> Result<Vec<Sample>, Fault> {
    let mut foreign = Vec::new();
    for source in sources {
        let raw = Sample::raw(source)?;
        if given.is_none() && std::str::from_utf8(whole_letters(&raw)).is_err() {
            foreign.extend(raw);
        }
    }
    let sniffed = sniff_encoding(&foreign).and_then(Encoding::parse);
    let read = |source: &Source| match Sample::bytes(source, given) {
        Ok(read) if sniffed.is_none() || std::str::from_utf8(whole_letters(&read.1)).is_ok() => {
            Ok(Sample::of(source, read, false))
        }
        Err(fault) if sniffed.is_none() => Err(fault),
        _ => Sample::bytes(source, sniffed).map(|read| Sample::of(source, read, true)),
    };
    sources.iter().map(read).collect()
}

impl Sample {
    fn bytes(source: &Source, encoding: Option<Encoding>) -> Result<(Head, Vec<u8>), Fault> {
        let mut head = Head::read(source, encoding, None, is_known_anywhere)?;
        let mut bytes = head.bytes.split_off(head.end);
        let read = head.text.reader.by_ref().take(SAMPLE_BYTES).read_to_end(&mut bytes);
        read.map_err(|error| head.text.broken(&error))?;
        Ok((head, bytes))
    }

    /// The file's beginning, whatever it is encoded in.
    fn raw(source: &Source) -> Result<Vec<u8>, Fault> {
        let mut text = SourceText::open(source, None)?;
        let mut bytes = Vec::new();
        let read = text.reader.by_ref().take(SAMPLE_BYTES).read_to_end(&mut bytes);
        read.map_err(|error| text.broken(&error))?;
        Ok(bytes)
    }

    fn of(source: &Source, (head, bytes): (Head, Vec<u8>), inferred_encoding: bool) -> Self {
        let Head { text: source_text, dialect, names, .. } = head;
        let (mut rows, mut start, mut fields) = (Vec::new(), 0, Fields::default());
        while let Some(end) = dialect.record_end(&bytes, start) {
            let record = dialect.trim_end(&bytes[start..end]);
            dialect.split(record, &mut fields);
            if fields.count() == names.len() {
                let text = |index| String::from_utf8_lossy(fields.get(record, index)).into_owned();
                rows.push((0..names.len()).map(text).collect());
            }
            start = end;
        }
        let (encoding, is_table) = (source_text.encoding(), source_text.is_table());
        Self { name: source.name(), place: source.place(), encoding, inferred_encoding, is_table, dialect, names, rows }
    }

    /// The values of a column, without those that mean an empty field.
    pub(super) fn values(&self, place: usize) -> Vec<&str> {
        let values = self.rows.iter().filter_map(|row| row.get(place)).map(|value| value.trim());
        values.filter(|value| !value.is_empty() && !is_missing_marker(value)).collect()
    }
}

fn is_known_anywhere(name: &str) -> bool {
    fn knows<C: Column>(name: &str) -> bool {
        C::ALL
            .iter()
            .any(|column| column.name() == name || column_synonyms(column.name()).iter().any(|known| known == name))
    }
    let name = normalised(name.trim());
    knows::<OrderColumn>(&name) || knows::<TrackingColumn>(&name) || knows::<DisputeColumn>(&name)
}

/// Bytes without a character that is cut off at the end of the sample.
fn whole_letters(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    }
}
