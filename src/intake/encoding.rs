//! Encodings: what is not UTF-8 is turned into it, strictly. A byte that the encoding does not have
//! stays a byte that is no text, so that its row is rejected; and a file that is plainly in another
//! encoding than the one it is said to be in is refused, rather than read as nonsense.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encodings named in help texts; others that the web knows are taken too.
pub const ENCODINGS: &str = "utf-8, utf-16, windows-1251, windows-1252, latin-1";

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// ISO 8859-1, whose bytes 0x80 to 0x9F are no text. The web takes its name for windows-1252.
    Latin1,
    /// UTF-16 in the order that its byte-order mark or its first letter shows.
    Utf16,
    /// Any other.
    Other(&'static encoding_rs::Encoding),
}

/// What is wrong, and the way out.
type Problem = (String, String);

impl Encoding {
    /// What is read as it is.
    pub const UTF8: Self = Self::Other(UTF_8);

    /// Reads an encoding's name in any case. `None` where nobody knows it.
    pub fn parse(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Some(Self::Latin1),
            "utf-16" | "utf16" => Some(Self::Utf16),
            // The web reads pure ASCII as windows-1252; a byte above it would be nonsense.
            "ascii" | "us-ascii" | "utf8" | "utf-8" => Some(Self::UTF8),
            label => encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()).map(Self::Other),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latin1 => "ISO-8859-1",
            Self::Utf16 => "UTF-16",
            Self::Other(encoding) => encoding.name(),
        }
    }

    /// Whether the text need not be turned into another encoding.
    pub fn is_utf8(self) -> bool {
        self == Self::UTF8
    }

    fn is_utf16(self) -> bool {
        self == Self::Utf16 || self == Self::Other(UTF_16LE) || self == Self::Other(UTF_16BE)
    }

    /// The encoding of a text that begins with `start`, and the length of its byte-order mark.
    ///
    /// # Errors
    ///
    /// The byte-order mark contradicts what was declared, or the text is in UTF-32 or plainly in an
    /// undeclared UTF-16.
    pub fn settle(declared: Option<Self>, start: &[u8]) -> Result<(Self, usize), Problem> {
        if start.starts_with(b"\xFF\xFE\0\0") || start.starts_with(b"\0\0\xFE\xFF") {
            return Err(("is in UTF-32".to_owned(), "export it in UTF-8".to_owned()));
        }
        let marked = encoding_rs::Encoding::for_bom(start).map(|(encoding, length)| (Self::Other(encoding), length));
        match (declared, marked) {
            (Some(declared), Some((marked, length))) => {
                let agrees = declared == marked || declared == Self::Utf16 && marked.is_utf16();
                let problem = || {
                    format!(
                        "begins with the byte-order mark of {}, and is said to be in {}",
                        marked.name(),
                        declared.name()
                    )
                };
                agrees.then_some((marked, length)).ok_or_else(|| (problem(), "leave the encoding out".to_owned()))
            }
            (None, Some(marked)) => Ok(marked),
            (Some(Self::Utf16), None) => Ok((Self::Other(utf16_by_zeros(start).unwrap_or(UTF_16LE)), 0)),
            (Some(declared), None) => Ok((declared, 0)),
            (None, None) => match utf16_by_zeros(start) {
                Some(encoding) => {
                    let name = encoding.name();
                    let problem =
                        format!("holds a zero byte beside each letter, as {name} does without a byte-order mark");
                    Err((problem, format!("give --encoding {}", name.to_ascii_lowercase())))
                }
                None => Ok((Self::UTF8, 0)),
            },
        }
    }

    fn decoder(self) -> Decoder {
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
pub fn guess(bytes: &[u8]) -> Option<&'static str> {
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    Some(detector.guess(None, Utf8Detection::Deny).name())
}

/// A byte that no text in UTF-8 has: it stands for what could not be decoded.
const NO_TEXT: u8 = 0xFF;

/// Bytes decoded at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// Text in UTF-8, from a reader of another encoding.
pub struct Decoded<R> {
    input: R,
    encoding: Encoding,
    decoder: Decoder,
    suspicion: Suspicion,
    /// Decoded, but not asked for yet.
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Decodes a reader whose byte-order mark is behind it.
    pub fn new(input: R, encoding: Encoding, suspicion: Suspicion) -> Self {
        let decoder = encoding.decoder();
        Self { input, encoding, decoder, suspicion, text: Vec::new(), given: 0, ended: false }
    }

    fn decode_some(&mut self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(CHUNK_BYTES);
        self.input.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut bytes)?;
        self.ended = bytes.len() < CHUNK_BYTES;
        if !self.encoding.is_utf16() {
            self.suspicion.hear(&bytes);
        }
        self.text.clear();
        self.given = 0;
        match self.encoding {
            Encoding::Latin1 => bytes.iter().for_each(|byte| match byte {
                0x80..=0x9F => self.text.push(NO_TEXT),
                byte => self.text.extend_from_slice(char::from(*byte).encode_utf8(&mut [0; 4]).as_bytes()),
            }),
            _ => self.decode_strictly(&bytes),
        }
        Ok(())
    }

    fn decode_strictly(&mut self, mut bytes: &[u8]) {
        let mut text = String::new();
        loop {
            let most = self.decoder.max_utf8_buffer_length_without_replacement(bytes.len());
            text.reserve(most.unwrap_or(bytes.len() * 4 + 16));
            let (result, read) = self.decoder.decode_to_string_without_replacement(bytes, &mut text, self.ended);
            bytes = &bytes[read..];
            push_text(&text, &mut self.text);
            text.clear();
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.text.push(NO_TEXT),
            }
        }
    }
}

/// Adds decoded text. The web gives bytes without a meaning to control characters that nobody writes.
fn push_text(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.find(|letter| ('\u{80}'..='\u{9F}').contains(&letter)) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        out.push(NO_TEXT);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest.as_bytes());
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.ended {
                return Ok(0);
            }
            self.decode_some()?;
        }
        let read = buffer.len().min(self.text.len() - self.given);
        buffer[..read].copy_from_slice(&self.text[self.given..self.given + read]);
        self.given += read;
        Ok(read)
    }
}

/// What speaks against a declared encoding.
#[derive(Clone, Default)]
pub struct Suspicion(Arc<Mutex<Evidence>>);

#[derive(Default)]
struct Evidence {
    /// Letters beyond ASCII if the bytes are taken for UTF-8, and bytes that cannot be that.
    utf8_letters: u64,
    not_utf8: u64,
    /// The first bytes beyond ASCII, with what stands around them.
    sample: Vec<u8>,
}

/// Enough to tell an alphabet by.
const SAMPLE_BYTES: usize = 1 << 20;

/// Fewer bytes beyond ASCII tell nothing.
const ENOUGH_TO_TELL: u64 = 8;

impl Suspicion {
    fn hear(&self, bytes: &[u8]) {
        if bytes.is_ascii() {
            return;
        }
        let mut evidence = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.utf8_chunks() {
            evidence.utf8_letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count() as u64;
            evidence.not_utf8 += chunk.invalid().len() as u64;
        }
        let room = SAMPLE_BYTES - evidence.sample.len();
        evidence.sample.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// What speaks against the declared encoding, now that the file is read: it is UTF-8, or the
    /// letters of another alphabet.
    pub fn verdict(&self, declared: Encoding) -> Option<Problem> {
        if declared.is_utf8() || declared.is_utf16() {
            return None;
        }
        let evidence = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let problem = |found: &str| format!("is said to be in {}, and is in {found} by its letters", declared.name());
        if evidence.utf8_letters > evidence.not_utf8 {
            return Some((problem("UTF-8"), "leave the encoding out".to_owned()));
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&evidence.sample, true);
        let guess = detector.guess(None, Utf8Detection::Deny);
        let (Some(said), Some(seen)) = (Script::of(declared), Script::of(Encoding::Other(guess))) else { return None };
        let enough = evidence.not_utf8 >= ENOUGH_TO_TELL;
        let way_out = || format!("give --encoding {}, or look at the file", guess.name().to_ascii_lowercase());
        (enough && said != seen).then(|| (problem(guess.name()), way_out()))
    }
}

/// The alphabets that are told apart with certainty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
}

impl Script {
    fn of(encoding: Encoding) -> Option<Self> {
        let Encoding::Other(encoding) = encoding else { return Some(Self::Latin) };
        match encoding.name() {
            "windows-1251" | "KOI8-R" | "KOI8-U" | "IBM866" | "ISO-8859-5" | "x-mac-cyrillic" => Some(Self::Cyrillic),
            "windows-1253" | "ISO-8859-7" => Some(Self::Greek),
            name if name.starts_with("windows-125") && name != "windows-1255" && name != "windows-1256" => {
                Some(Self::Latin)
            }
            "ISO-8859-2" | "ISO-8859-3" | "ISO-8859-4" | "ISO-8859-10" | "ISO-8859-13" | "ISO-8859-14"
            | "ISO-8859-15" | "ISO-8859-16" | "macintosh" => Some(Self::Latin),
            _ => None,
        }
    }
}
