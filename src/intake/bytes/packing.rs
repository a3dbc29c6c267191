//! What a file is by its first bytes: packed, or of an unsupported format.

use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

/// How many bytes show what a file is.
const START_BYTES: u64 = 1 << 12;

/// A reader whose first bytes are known.
pub(super) struct PeekedReader<R>(Cursor<Vec<u8>>, R);

/// The first bytes, and a reader that gives them again.
pub(super) fn peek<R: Read>(mut input: R) -> io::Result<(Vec<u8>, PeekedReader<R>)> {
    let mut start = Vec::new();
    input.by_ref().take(START_BYTES).read_to_end(&mut start)?;
    Ok((start.clone(), PeekedReader(Cursor::new(start), input)))
}

impl<R: Read> PeekedReader<R> {
    /// All bytes, the known ones too.
    pub(super) fn into_reader(self) -> impl Read {
        self.0.chain(self.1)
    }

    /// The bytes behind so many.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.0.set_position(bytes as u64);
    }
}

/// What a file is packed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// gzip, of one part or several.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Packing {
    /// The packing of a file that begins with `start`.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1F, 0x8B, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Self::Zstd),
            // A skippable frame may come first.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The unpacked bytes.
    pub(super) fn unpack(self, packed: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
        let packed = BufReader::new(packed);
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
        })
    }
}

/// The format of a file that cannot be an export, and what to do about it.
pub(super) fn foreign_format(start: &[u8]) -> Option<(&'static str, &'static str)> {
    let known: [(&[u8], _, _); 5] = [
        (b"PK\x03\x04", "ZIP archive or spreadsheet", "unpack it, or save the sheet as CSV"),
        (b"\xD0\xCF\x11\xE0", "old spreadsheet", "save the sheet as CSV"),
        (b"BZh", "bzip2", "unpack it, or compress it with gzip or zstd"),
        (b"\xFD7zXZ\x00", "xz", "unpack it, or compress it with gzip or zstd"),
        (b"%PDF", "PDF", "export the table as CSV"),
    ];
    known.iter().find(|(magic, ..)| start.starts_with(magic)).map(|(_, format, way_out)| (*format, *way_out))
}
