//! Turns text of other encodings into UTF-8, strictly. A byte that the encoding does not have becomes one that UTF-8
//! never has, so that its row is rejected; and a file that is plainly in another encoding than the declared one is
//! refused, rather than misread.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::{Decoder, DecoderResult};

use super::encoding::{Encoding, Problem, likely_encoding};

/// A byte that UTF-8 never has: it stands for what could not be decoded.
const NOT_TEXT: u8 = 0xFF;

/// Bytes decoded at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// Text in UTF-8, from a reader of another encoding.
pub(super) struct TextDecoder<R> {
    input: R,
    encoding: Encoding,
    decoder: Decoder,
    check: EncodingCheck,
    /// Decoded, but not asked for yet.
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> TextDecoder<R> {
    /// Decodes a reader whose byte-order mark is behind it.
    pub(super) fn new(input: R, encoding: Encoding, check: EncodingCheck) -> Self {
        let decoder = encoding.decoder();
        Self { input, encoding, decoder, check, text: Vec::new(), given: 0, ended: false }
    }

    fn decode_some(&mut self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(CHUNK_BYTES);
        self.input.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut bytes)?;
        self.ended = bytes.len() < CHUNK_BYTES;
        if !self.encoding.is_utf16() {
            self.check.observe(&bytes);
        }
        self.text.clear();
        self.given = 0;
        match self.encoding {
            Encoding::Latin1 => bytes.iter().for_each(|byte| match byte {
                0x80..=0x9F => self.text.push(NOT_TEXT),
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
                DecoderResult::Malformed(..) => self.text.push(NOT_TEXT),
            }
        }
    }
}

/// Adds decoded text. On the web, bytes without a meaning become control characters, which no text has.
fn push_text(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.find(|letter| ('\u{80}'..='\u{9F}').contains(&letter)) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        out.push(NOT_TEXT);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest.as_bytes());
}

impl<R: Read> Read for TextDecoder<R> {
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

/// Checks a declared encoding against the bytes.
#[derive(Clone, Default)]
pub(super) struct EncodingCheck(Arc<Mutex<Evidence>>);

#[derive(Default)]
struct Evidence {
    /// Letters beyond ASCII if the bytes are taken for UTF-8, and bytes that cannot be that.
    utf8_letters: u64,
    not_utf8: u64,
    /// The first bytes beyond ASCII, with what stands around them.
    sample: Vec<u8>,
}

/// Enough to detect an alphabet.
const SAMPLE_BYTES: usize = 1 << 20;

/// Fewer bytes beyond ASCII are not enough to detect an alphabet.
const ENOUGH_TO_TELL: u64 = 8;

impl EncodingCheck {
    fn observe(&self, bytes: &[u8]) {
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

    /// The problem with the declared encoding, once the file is read: the text is UTF-8, or in
    /// another alphabet.
    pub(super) fn mismatch(&self, declared: Encoding) -> Option<Problem> {
        if declared.is_utf8() || declared.is_utf16() {
            return None;
        }
        let evidence = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let problem =
            |found: &str| format!("the given encoding is {}, but the text looks like {found}", declared.name());
        if evidence.utf8_letters > evidence.not_utf8 {
            return Some((problem("UTF-8"), "leave out --encoding, or the encoding in the mapping".to_owned()));
        }
        let likely = likely_encoding(&evidence.sample);
        let (Some(said), Some(seen)) = (Script::of(declared), Script::of(Encoding::Other(likely))) else { return None };
        let enough = evidence.not_utf8 >= ENOUGH_TO_TELL;
        let way_out = || format!("give --encoding {}, or check the file", likely.name().to_ascii_lowercase());
        (enough && said != seen).then(|| (problem(likely.name()), way_out()))
    }
}

/// The alphabets that can be told apart reliably.
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
