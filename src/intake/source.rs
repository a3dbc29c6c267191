//! Where the bytes of an export come from: files or standard input, packed or not, in any encoding.
//! What comes out is text in UTF-8, in which bytes that are no text stay visible as such.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;

use arbiter_model::exports::Format;
use arbiter_model::fault::{Fault, FaultKind};

use super::encoding::{Decoded, Encoding, Suspicion};
use super::parquet;

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// What is piped into the program.
    StandardInput,
}

/// How the file of an export may be called, behind the export's name.
const ENDINGS: &[&str] = &["csv", "csv.gz", "csv.zst", "tsv", "tsv.gz", "tsv.zst", "txt", "parquet"];

impl Source {
    /// The sources that an operator means: a file, a pattern such as `orders-*.csv` for several (in
    /// the order of their names), or `-` for standard input.
    ///
    /// # Errors
    ///
    /// A pattern fits no file, or is none.
    pub fn find(given: &Path) -> Result<Vec<Self>, Fault> {
        if given == Path::new("-") {
            return Ok(vec![Self::StandardInput]);
        }
        let pattern = given.to_string_lossy();
        if given.exists() || !pattern.contains(['*', '?', '[']) {
            return Ok(vec![Self::File(given.to_owned())]);
        }
        let fault = |problem: String| Fault::new(FaultKind::Input, problem).at(given.display());
        let found = glob::glob(&pattern).map_err(|error| fault(format!("is no pattern of file names: {error}")))?;
        let files: Vec<_> = found.filter_map(Result::ok).filter(|path| path.is_file()).map(Self::File).collect();
        match files.is_empty() {
            true => Err(fault("fits no file".to_owned()).hint("check the folder and the pattern")),
            false => Ok(files),
        }
    }

    /// The one file of an export in a folder, packed or not.
    ///
    /// # Errors
    ///
    /// There are several, so that nobody can know which counts.
    pub fn in_folder(folder: &Path, export: &str) -> Result<Self, Fault> {
        let names: Vec<_> = ENDINGS.iter().map(|ending| format!("{export}.{ending}")).collect();
        let there: Vec<_> = names.iter().filter(|name| folder.join(name).exists()).collect();
        match there.as_slice() {
            [] => Ok(Self::File(folder.join(&names[0]))),
            [name] => Ok(Self::File(folder.join(name))),
            [one, other, ..] => Err(Fault::new(FaultKind::Input, format!("holds both {one} and {other}"))
                .at(folder.display())
                .hint(format!("say which counts with --{export}, or give both there"))),
        }
    }

    /// Its file's name, for messages and outputs: paths differ between machines.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            Self::StandardInput => "standard input".to_owned(),
        }
    }

    /// Where it is, for messages.
    pub fn place(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::StandardInput => self.name(),
        }
    }

    fn bytes(&self) -> io::Result<(Box<dyn Read + Send>, u64)> {
        match self {
            Self::File(path) => {
                let file = File::open(path)?;
                let metadata = file.metadata()?;
                // Opening a folder works on some systems, and reading it does not.
                if metadata.is_dir() {
                    return Err(io::Error::from(io::ErrorKind::IsADirectory));
                }
                Ok((Box::new(file), metadata.len()))
            }
            Self::StandardInput => Ok((Box::new(io::stdin()), 0)),
        }
    }

    fn unreadable(&self, error: &io::Error) -> Fault {
        Fault::unreadable(Path::new(&self.place()), error)
    }

    /// Opens it for reading, unpacked and in UTF-8. `declared` is the encoding that it is said to be
    /// in; without, it is UTF-8, or UTF-16 where its byte-order mark says so.
    ///
    /// # Errors
    ///
    /// It cannot be read, is of a kind that is no export, or begins in a way that its encoding does not.
    pub fn open(&self, declared: Option<Encoding>) -> Result<Opened, Fault> {
        let (bytes, length) = self.bytes().map_err(|error| self.unreadable(&error))?;
        let tally = Tally::default();
        let raw = Tallied { inner: bytes, tally: tally.clone() };
        let (start, raw) = peek(raw).map_err(|error| self.unreadable(&error))?;
        let fault = |problem: &str| Fault::new(FaultKind::Input, problem).at(self.place());
        if let Some((kind, way_out)) = foreign(&start) {
            return Err(fault(&format!("is {kind}, not text")).hint(way_out));
        }
        if start.starts_with(parquet::MAGIC) {
            return self.open_parquet(raw.into_reader(), tally, length);
        }
        let (compression, unpacked): (_, Box<dyn Read + Send>) = match packing(&start) {
            None => (None, Box::new(raw.into_reader())),
            Some(Packing::Gzip) => (Some("gzip"), Box::new(MultiGzDecoder::new(BufReader::new(raw.into_reader())))),
            Some(Packing::Zstd) => {
                let decoder = zstd::stream::read::Decoder::with_buffer(BufReader::new(raw.into_reader()));
                (Some("zstd"), Box::new(decoder.map_err(|error| self.unreadable(&error))?))
            }
        };
        let (start, mut unpacked) = peek(unpacked).map_err(|error| self.broken(compression, &error))?;
        let (encoding, mark) =
            Encoding::settle(declared, &start).map_err(|(problem, way_out)| fault(&problem).hint(way_out))?;
        unpacked.0.set_position(mark as u64);
        let suspicion = Suspicion::default();
        let text: Box<dyn Read + Send> = match encoding.is_utf8() {
            true => Box::new(unpacked.into_reader()),
            false => Box::new(Decoded::new(unpacked.into_reader(), encoding, suspicion.clone())),
        };
        let kind = Kind::Text { encoding, compression };
        Ok(Opened { source: self.clone(), text, tally, length, kind, unread: Vec::new(), suspicion })
    }

    fn open_parquet(&self, mut raw: impl Read, tally: Tally, length: u64) -> Result<Opened, Fault> {
        let fault = |problem: String| {
            Fault::new(FaultKind::Input, format!("cannot be read as Parquet: {problem}"))
                .at(self.place())
                .hint("check that it is whole, or export it as CSV")
        };
        // Parquet is read from its end, so it is gone through once for its hash and once more for its rows.
        let text = match self {
            Self::File(path) => {
                io::copy(&mut raw, &mut io::sink()).map_err(|error| self.unreadable(&error))?;
                parquet::Rows::open(Box::new(File::open(path).map_err(|error| self.unreadable(&error))?))
            }
            Self::StandardInput => {
                let mut bytes = Vec::new();
                raw.read_to_end(&mut bytes).map_err(|error| self.unreadable(&error))?;
                parquet::Rows::open(Box::new(Cursor::new(bytes)))
            }
        };
        let mut rows = text.map_err(fault)?;
        let unread = std::mem::take(&mut rows.unread);
        let (text, suspicion) = (Box::new(rows), Suspicion::default());
        Ok(Opened { source: self.clone(), text, tally, length, kind: Kind::Parquet, unread, suspicion })
    }

    /// What went wrong while reading: with packed files mostly that their end is missing.
    fn broken(&self, compression: Option<&str>, error: &io::Error) -> Fault {
        match compression {
            Some(packing) => {
                Fault::new(FaultKind::Input, format!("is a {packing} file that breaks off or is damaged: {error}"))
                    .at(self.place())
                    .hint("it was probably cut on its way here; fetch it again")
            }
            None if error.kind() == io::ErrorKind::InvalidData => {
                Fault::new(FaultKind::Input, error.to_string()).at(self.place())
            }
            None => self.unreadable(error),
        }
    }
}

/// What a file is can be told from so many bytes.
const START_BYTES: u64 = 1 << 12;

/// A reader whose first bytes have been looked at.
struct Peeked<R>(Cursor<Vec<u8>>, R);

/// The first bytes, and a reader that gives them again.
fn peek<R: Read>(mut input: R) -> io::Result<(Vec<u8>, Peeked<R>)> {
    let mut start = Vec::new();
    input.by_ref().take(START_BYTES).read_to_end(&mut start)?;
    Ok((start.clone(), Peeked(Cursor::new(start), input)))
}

impl<R: Read> Peeked<R> {
    fn into_reader(self) -> impl Read {
        self.0.chain(self.1)
    }
}

/// An export that is open for reading.
pub struct Opened {
    source: Source,
    /// The text, in UTF-8.
    pub text: Box<dyn Read + Send>,
    /// What was read of the file so far.
    pub tally: Tally,
    /// Its size, where known.
    pub length: u64,
    /// What it is.
    pub kind: Kind,
    /// Columns of a table whose kind of values is not read, each with the kind.
    pub unread: Vec<(String, String)>,
    suspicion: Suspicion,
}

/// What an export is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text with separators.
    Text {
        /// Its encoding.
        encoding: Encoding,
        /// What it is packed with.
        compression: Option<&'static str>,
    },
    /// A table of Parquet.
    Parquet,
}

impl Opened {
    /// Whether it is a table of typed columns rather than text.
    pub fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Parquet)
    }

    /// The encoding of its text.
    pub fn encoding(&self) -> Encoding {
        match self.kind {
            Kind::Text { encoding, .. } => encoding,
            Kind::Parquet => Encoding::UTF8,
        }
    }

    /// How it is read, the delimiter apart.
    pub fn format(&self) -> Format {
        let (format, compression) = match self.kind {
            Kind::Text { compression, .. } => ("csv", compression),
            Kind::Parquet => ("parquet", None),
        };
        let encoding = self.encoding().name().into();
        Format { format: format.into(), compression: compression.map(Into::into), encoding, delimiter: None }
    }

    /// The fault that reading on was not possible.
    pub fn broken(&self, error: &io::Error) -> Fault {
        match self.kind {
            Kind::Text { compression, .. } => self.source.broken(compression, error),
            Kind::Parquet => Fault::new(FaultKind::Input, format!("cannot be read as Parquet: {error}"))
                .at(self.source.place())
                .hint("check that it is whole, or export it as CSV"),
        }
    }

    /// The fault that the text is not in the encoding that it was said to be in, once it is read.
    pub fn mistaken(&self) -> Option<Fault> {
        let Kind::Text { encoding, .. } = self.kind else { return None };
        let (problem, way_out) = self.suspicion.verdict(encoding)?;
        Some(Fault::new(FaultKind::Input, problem).at(self.source.place()).hint(way_out))
    }
}

enum Packing {
    Gzip,
    Zstd,
}

fn packing(start: &[u8]) -> Option<Packing> {
    match start {
        [0x1F, 0x8B, ..] => Some(Packing::Gzip),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Packing::Zstd),
        // A skippable frame may come first.
        [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Packing::Zstd),
        _ => None,
    }
}

/// Files that people take for exports, and what to do about them.
fn foreign(start: &[u8]) -> Option<(&'static str, &'static str)> {
    let known: [(&[u8], _, _); 5] = [
        (b"PK\x03\x04", "a ZIP archive or a spreadsheet", "unpack it, or save the sheet as CSV"),
        (b"\xD0\xCF\x11\xE0", "an old spreadsheet", "save the sheet as CSV"),
        (b"BZh", "packed with bzip2", "unpack it, or pack it with gzip or zstd"),
        (b"\xFD7zXZ\x00", "packed with xz", "unpack it, or pack it with gzip or zstd"),
        (b"%PDF", "a PDF", "export the table as CSV"),
    ];
    known.iter().find(|(magic, ..)| start.starts_with(magic)).map(|(_, kind, way_out)| (*kind, *way_out))
}

/// What was read of a file: its size and its hash.
#[derive(Clone, Default)]
pub struct Tally(Arc<Mutex<(u64, blake3::Hasher)>>);

impl Tally {
    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// BLAKE3 of the bytes read so far.
    pub fn hash(&self) -> blake3::Hash {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.finalize()
    }

    fn add(&self, bytes: &[u8]) {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.0 += bytes.len() as u64;
        tally.1.update(bytes);
    }
}

/// A reader whose bytes are counted and hashed.
struct Tallied<R> {
    inner: R,
    tally: Tally,
}

impl<R: Read> Read for Tallied<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.tally.add(&buffer[..read]);
        Ok(read)
    }
}
