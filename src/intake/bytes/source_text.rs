//! The text of an export in UTF-8, unpacked and decoded; bytes that are not valid text stay invalid.

use std::fs::File;
use std::io::{self, Cursor, Read};

use arbiter_model::exports::Format;
use arbiter_model::fault::{Fault, FaultKind};

use super::decoder::{EncodingCheck, TextDecoder};
use super::digest::{DigestReader, RunningDigest};
use super::encoding::Encoding;
use super::packing::{Packing, foreign_format, peek};
use super::parquet::{self, ParquetRows};
use super::source::Source;

/// The text of a file that is open for reading.
pub(crate) struct SourceText {
    source: Source,
    /// The text, in UTF-8.
    pub(crate) reader: Box<dyn Read + Send>,
    /// What was read of the file so far.
    pub(crate) digest: RunningDigest,
    /// The file's size, where known.
    pub(crate) length: u64,
    format: SourceFormat,
    /// Columns of a table whose type is not read, each with the type.
    pub(crate) unread: Vec<(String, String)>,
    encoding_check: EncodingCheck,
}

/// How a file holds its rows.
#[derive(Clone, Copy, Debug)]
enum SourceFormat {
    /// As text with separators.
    Text { encoding: Encoding, packing: Option<Packing> },
    /// As a table.
    Parquet,
}

impl SourceText {
    /// Opens a source for reading. `declared` is the encoding that it is said to be in; without, it is UTF-8, or UTF-16
    /// where its byte-order mark says so.
    ///
    /// # Errors
    ///
    /// It cannot be read, has an unsupported format, or begins in a way that its encoding does not.
    pub(crate) fn open(source: &Source, declared: Option<Encoding>) -> Result<Self, Fault> {
        let (bytes, length) = source.bytes().map_err(|error| source.unreadable(&error))?;
        let digest = RunningDigest::default();
        let (start, packed) =
            peek(DigestReader::new(bytes, digest.clone())).map_err(|error| source.unreadable(&error))?;
        let fault = |problem: &str| Fault::new(FaultKind::Input, problem).at(source.place());
        if let Some((format, way_out)) = foreign_format(&start) {
            return Err(fault(&format!("unsupported file format: {format}")).hint(way_out));
        }
        if start.starts_with(parquet::MAGIC) {
            return Self::open_parquet(source, packed.into_reader(), digest, length);
        }
        let packing = Packing::of(&start);
        let unpacked: Box<dyn Read + Send> = match packing {
            None => Box::new(packed.into_reader()),
            Some(packing) => packing.unpack(packed.into_reader()).map_err(|error| source.unreadable(&error))?,
        };
        let (start, mut unpacked) = peek(unpacked).map_err(|error| broken_text(source, packing, &error))?;
        let (encoding, mark) =
            Encoding::settle(declared, &start).map_err(|(problem, way_out)| fault(&problem).hint(way_out))?;
        unpacked.skip(mark);
        let encoding_check = EncodingCheck::default();
        let reader: Box<dyn Read + Send> = match encoding.is_utf8() {
            true => Box::new(unpacked.into_reader()),
            false => Box::new(TextDecoder::new(unpacked.into_reader(), encoding, encoding_check.clone())),
        };
        let format = SourceFormat::Text { encoding, packing };
        Ok(Self { source: source.clone(), reader, digest, length, format, unread: Vec::new(), encoding_check })
    }

    fn open_parquet(source: &Source, mut bytes: impl Read, digest: RunningDigest, length: u64) -> Result<Self, Fault> {
        // Parquet is read from its end, so it is gone through once for its hash and once more for its rows.
        let rows = match source {
            Source::File(path) => {
                io::copy(&mut bytes, &mut io::sink()).map_err(|error| source.unreadable(&error))?;
                ParquetRows::open(Box::new(File::open(path).map_err(|error| source.unreadable(&error))?))
            }
            Source::StandardInput => {
                let mut all = Vec::new();
                bytes.read_to_end(&mut all).map_err(|error| source.unreadable(&error))?;
                ParquetRows::open(Box::new(Cursor::new(all)))
            }
        };
        let mut rows = rows.map_err(|problem| broken_parquet(source, &problem))?;
        let (unread, encoding_check) = (std::mem::take(&mut rows.unread), EncodingCheck::default());
        let (source, reader) = (source.clone(), Box::new(rows));
        Ok(Self { source, reader, digest, length, format: SourceFormat::Parquet, unread, encoding_check })
    }

    /// Whether it is a table of typed columns rather than text.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.format, SourceFormat::Parquet)
    }

    /// The encoding of its text.
    pub(crate) fn encoding(&self) -> Encoding {
        match self.format {
            SourceFormat::Text { encoding, .. } => encoding,
            SourceFormat::Parquet => Encoding::UTF8,
        }
    }

    /// How it is read, the delimiter apart.
    pub(crate) fn format(&self) -> Format {
        let (format, packing) = match self.format {
            SourceFormat::Text { packing, .. } => ("csv", packing),
            SourceFormat::Parquet => ("parquet", None),
        };
        let compression = packing.map(|packing| packing.name().into());
        Format { format: format.into(), compression, encoding: self.encoding().name().into(), delimiter: None }
    }

    /// The fault that it could not be read further.
    pub(crate) fn broken(&self, error: &io::Error) -> Fault {
        match self.format {
            SourceFormat::Text { packing, .. } => broken_text(&self.source, packing, error),
            SourceFormat::Parquet => broken_parquet(&self.source, &error.to_string()),
        }
    }

    /// The fault that the text is not in the encoding that it was said to be in, once it is read.
    pub(crate) fn encoding_mismatch(&self) -> Option<Fault> {
        let SourceFormat::Text { encoding, .. } = self.format else { return None };
        let (problem, way_out) = self.encoding_check.mismatch(encoding)?;
        Some(Fault::new(FaultKind::Input, problem).at(self.source.place()).hint(way_out))
    }
}

/// What went wrong while reading: with packed files mostly that their end is missing.
fn broken_text(source: &Source, packing: Option<Packing>, error: &io::Error) -> Fault {
    match packing {
        Some(packing) => Fault::new(FaultKind::Input, format!("truncated or damaged {} file: {error}", packing.name()))
            .at(source.place())
            .hint("it was probably truncated in transfer; transfer it again"),
        None if error.kind() == io::ErrorKind::InvalidData => {
            Fault::new(FaultKind::Input, error.to_string()).at(source.place())
        }
        None => source.unreadable(error),
    }
}

fn broken_parquet(source: &Source, problem: &str) -> Fault {
    Fault::new(FaultKind::Input, format!("invalid Parquet file: {problem}"))
        .at(source.place())
        .hint("check that the file is complete, or export it as CSV")
}
