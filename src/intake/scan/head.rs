//! The beginning of a file as far as its header: the separators found or given, and the names of the columns.

use std::io::Read;

use memchr::memchr_iter;

use arbiter_model::fault::{Fault, FaultKind};

use crate::bytes::{Encoding, PARQUET_DELIMITER, PARQUET_TERMINATOR, Source, SourceText, sniff_encoding};
use crate::csv::{Dialect, Fields};

/// The first bytes of a file in which its header must end.
const HEAD_BYTES: u64 = 1 << 20;

/// The separators that are looked for, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The beginning of a file, with the names of its columns.
pub(crate) struct Head {
    /// What is left to be read.
    pub(crate) text: SourceText,
    /// Its separators.
    pub(crate) dialect: Dialect,
    /// The names of its columns.
    pub(crate) names: Vec<String>,
    /// What was read of the file already.
    pub(crate) bytes: Vec<u8>,
    /// Where in it the header ends, line end included.
    pub(crate) end: usize,
    /// The line of the header, from 1.
    pub(crate) line: u64,
}

impl Head {
    /// Opens a file and finds its header: behind blank lines, and the line by which spreadsheets state
    /// their separator. Of all separators, if none is given, the one counts that gives the most names
    /// that somebody `knows`.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is empty, or has a header that is not text.
    pub(crate) fn read(
        source: &Source,
        encoding: Option<Encoding>,
        delimiter: Option<u8>,
        knows: impl Fn(&str) -> bool,
    ) -> Result<Self, Fault> {
        let mut text = SourceText::open(source, encoding)?;
        let mut bytes = Vec::new();
        let read = text.reader.by_ref().take(HEAD_BYTES).read_to_end(&mut bytes);
        read.map_err(|error| text.broken(&error))?;
        let fault = |problem: String| Fault::new(FaultKind::Input, problem).at(source.place());
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(fault("empty file: the header is missing".to_owned())
                .hint("an export without rows still needs its header line"));
        }
        let (start, stated, terminator) = if text.is_table() {
            (0, Some(PARQUET_DELIMITER), PARQUET_TERMINATOR)
        } else {
            let start = skip_blank(&bytes, 0);
            let terminator = Dialect::sniff_terminator(&bytes[start..]);
            match stated_separator(&bytes[start..]) {
                Some((stated, length)) => (skip_blank(&bytes, start + length), delimiter.or(Some(stated)), terminator),
                None => (start, delimiter, terminator),
            }
        };
        let line = HeadLine::find(&bytes, start, terminator, stated, knows);
        let HeadLine { dialect, end, names } = line;
        if end as u64 == HEAD_BYTES {
            return Err(fault(format!("invalid header: longer than {HEAD_BYTES} bytes"))
                .hint("check that it is a CSV file, and that no quote in its first line is left open"));
        }
        let line = 1 + memchr_iter(dialect.terminator, &bytes[..start]).count() as u64;
        let place = format!("{}:{line}", source.place());
        let names = names.ok_or_else(|| invalid_header(&place, &bytes[start..end], text.encoding()))?;
        Ok(Self { text, dialect, names, bytes, end, line })
    }
}

/// The line of a file that names its columns, with some separator.
struct HeadLine {
    dialect: Dialect,
    end: usize,
    /// The names, if they are text.
    names: Option<Vec<String>>,
}

impl HeadLine {
    fn find(bytes: &[u8], start: usize, terminator: u8, given: Option<u8>, knows: impl Fn(&str) -> bool) -> Self {
        let split = |delimiter: &u8| Self::split(bytes, start, Dialect { delimiter: *delimiter, terminator });
        if let Some(given) = given {
            return split(&given);
        }
        let known = |line: &Self| {
            let names = line.names.as_deref().unwrap_or_default();
            (names.iter().filter(|name| knows(name)).count(), names.len())
        };
        // Of equals the last is found, so the likelier ones come last.
        let best = DELIMITERS.iter().rev().map(split).max_by_key(known);
        best.unwrap_or_else(|| split(&DELIMITERS[0]))
    }

    fn split(bytes: &[u8], start: usize, dialect: Dialect) -> Self {
        let end = dialect.record_end(bytes, start).unwrap_or(bytes.len());
        let record = dialect.trim_end(&bytes[start..end]);
        let mut fields = Fields::default();
        dialect.split(record, &mut fields);
        let name = |index| std::str::from_utf8(fields.get(record, index)).ok().filter(|name| !name.contains('\0'));
        let names = (0..fields.count()).map(|index| name(index).map(str::to_owned)).collect();
        Self { dialect, end, names }
    }
}

fn skip_blank(head: &[u8], start: usize) -> usize {
    start + head[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// `sep=;` before the header, and the length of that line without its end.
fn stated_separator(head: &[u8]) -> Option<(u8, usize)> {
    match head {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, b'\r' | b'\n', ..] => Some((*delimiter, 5)),
        _ => None,
    }
}

fn invalid_header(place: &str, header: &[u8], encoding: Encoding) -> Fault {
    let hint = match sniff_encoding(header) {
        Some(likely) if encoding.is_utf8() => {
            format!("the encoding may be {likely}; if so, give --encoding {}", likely.to_ascii_lowercase())
        }
        _ => "check that it is a CSV file, and which encoding it has".to_owned(),
    };
    let problem = match header.contains(&0) {
        true => "invalid header: it contains NUL bytes".to_owned(),
        false => format!("invalid header: not valid {}", encoding.name()),
    };
    Fault::new(FaultKind::Input, problem).at(place).hint(hint)
}
