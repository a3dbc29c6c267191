//! The encoding of a text: as it is declared, as a byte-order mark says, or as the bytes look.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encodings named in help texts; other encodings of the web are supported too.
pub const ENCODINGS: &str = "utf-8, utf-16, windows-1251, windows-1252, latin-1";

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// ISO 8859-1, whose bytes 0x80 to 0x9F are not text. On the web its name means windows-1252.
    Latin1,
    /// UTF-16 in the order that its byte-order mark or its first letter shows.
    Utf16,
    /// Any other.
    Other(&'static encoding_rs::Encoding),
}

/// What is wrong, and the way out.
pub(super) type Problem = (String, String);

impl Encoding {
    /// Needs no decoding.
    pub(crate) const UTF8: Self = Self::Other(UTF_8);

    /// Reads an encoding's name in any case. `None` where it is unknown.
    pub fn parse(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Some(Self::Latin1),
            "utf-16" | "utf16" => Some(Self::Utf16),
            // The web reads pure ASCII as windows-1252; here a byte above it is invalid.
            "ascii" | "us-ascii" | "utf8" | "utf-8" => Some(Self::UTF8),
            label => encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()).map(Self::Other),
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Latin1 => "ISO-8859-1",
            Self::Utf16 => "UTF-16",
            Self::Other(encoding) => encoding.name(),
        }
    }

    /// Whether the text need not be turned into another encoding.
    pub(crate) fn is_utf8(self) -> bool {
        self == Self::UTF8
    }

    /// Whether it is UTF-16 of any byte order.
    pub(super) fn is_utf16(self) -> bool {
        self == Self::Utf16 || self == Self::Other(UTF_16LE) || self == Self::Other(UTF_16BE)
    }

    /// The encoding of a text that begins with `start`, and the length of its byte-order mark.
    ///
    /// # Errors
    ///
    /// The byte-order mark contradicts what was declared, or the text is in UTF-32 or plainly in an
    /// undeclared UTF-16.
    pub(super) fn settle(declared: Option<Self>, start: &[u8]) -> Result<(Self, usize), Problem> {
        if start.starts_with(b"\xFF\xFE\0\0") || start.starts_with(b"\0\0\xFE\xFF") {
            return Err(("unsupported encoding UTF-32".to_owned(), "export it in UTF-8".to_owned()));
        }
        let marked = encoding_rs::Encoding::for_bom(start).map(|(encoding, length)| (Self::Other(encoding), length));
        match (declared, marked) {
            (Some(declared), Some((marked, length))) => {
                let agrees = declared == marked || declared == Self::Utf16 && marked.is_utf16();
                let problem = || {
                    format!(
                        "the byte-order mark is that of {}, but the given encoding is {}",
                        marked.name(),
                        declared.name()
                    )
                };
                agrees
                    .then_some((marked, length))
                    .ok_or_else(|| (problem(), "leave out --encoding, or the encoding in the mapping".to_owned()))
            }
            (None, Some(marked)) => Ok(marked),
            (Some(Self::Utf16), None) => Ok((Self::Other(utf16_by_zeros(start).unwrap_or(UTF_16LE)), 0)),
            (Some(declared), None) => Ok((declared, 0)),
            (None, None) => match utf16_by_zeros(start) {
                Some(encoding) => {
                    let name = encoding.name();
                    let problem = format!("missing byte-order mark: every second byte is zero, as in {name}");
                    Err((problem, format!("give --encoding {}", name.to_ascii_lowercase())))
                }
                None => Ok((Self::UTF8, 0)),
            },
        }
    }

    /// What decodes it; ISO 8859-1 needs none.
    pub(super) fn decoder(self) -> Decoder {
        match self {
            Self::Latin1 => WINDOWS_1252.new_decoder_without_bom_handling(),
            Self::Utf16 => UTF_16LE.new_decoder_without_bom_handling(),
            Self::Other(encoding) => encoding.new_decoder_without_bom_handling(),
        }
    }
}

/// Which UTF-16 a text is in whose letters are mostly ASCII, as those of a header are.
fn utf16_by_zeros(start: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let start = &start[..start.len().min(64)];
    let zeros_at = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    match (zeros_at(0), zeros_at(1), start.len() / 2) {
        (0, odd, pairs) if pairs > 0 && odd * 2 > pairs => Some(UTF_16LE),
        (even, 0, pairs) if pairs > 0 && even * 2 > pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding that bytes are probably in, if they are not UTF-8.
pub(crate) fn sniff_encoding(bytes: &[u8]) -> Option<&'static str> {
    match std::str::from_utf8(bytes) {
        Ok(_) => None,
        Err(_) => Some(likely_encoding(bytes).name()),
    }
}

/// The encoding other than UTF-8 that bytes are probably in.
pub(super) fn likely_encoding(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}
