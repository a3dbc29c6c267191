//! Finds the separators of text without quotes, sixty-four bytes at a time.

use wide::u8x16;

/// Bytes looked at together: one bit each of a mask.
const STRIDE: usize = 64;

/// Where the fields and the lines of a text without quotes end. Made once and used for many texts.
#[derive(Debug, Default)]
pub(crate) struct Separators {
    /// Where each field ends, whether at a delimiter or with its line.
    ends: Vec<u32>,
    /// For each line, how many fields there are up to its end.
    lines: Vec<u32>,
}

impl Separators {
    /// Looks through a text. A last line without a line end is one too.
    ///
    /// False where the text is so long that its places cannot be counted; nothing is found then.
    #[must_use]
    pub(crate) fn find(&mut self, bytes: &[u8], delimiter: u8, terminator: u8) -> bool {
        self.ends.clear();
        self.lines.clear();
        let Ok(length) = u32::try_from(bytes.len()) else { return false };
        let (strides, rest) = bytes.as_chunks::<STRIDE>();
        let wanted = [u8x16::splat(delimiter), u8x16::splat(terminator)];
        for (number, stride) in strides.iter().enumerate() {
            self.note((number * STRIDE) as u32, masks_of(stride, wanted));
        }
        let mut padded = [0; STRIDE];
        padded[..rest.len()].copy_from_slice(rest);
        // A separator that is a NUL byte would be seen in the padding too.
        let masks = masks_of(&padded, wanted).map(|mask| mask & ((1 << rest.len()) - 1));
        self.note((strides.len() * STRIDE) as u32, masks);
        if bytes.last().is_some_and(|last| *last != terminator) {
            self.ends.push(length);
            self.lines.push(self.ends.len() as u32);
        }
        true
    }

    /// Notes the delimiters and the line ends of the stride that begins at `start`.
    #[inline]
    fn note(&mut self, start: u32, [mut delimiters, mut terminators]: [u64; 2]) {
        let ends = &mut self.ends;
        ends.reserve(STRIDE);
        while terminators != 0 {
            // Everything before the line end.
            let before = (terminators & terminators.wrapping_neg()) - 1;
            push_places(ends, start, delimiters & before);
            ends.push(start + terminators.trailing_zeros());
            self.lines.push(ends.len() as u32);
            delimiters &= !before;
            terminators &= terminators - 1;
        }
        push_places(ends, start, delimiters);
    }

    /// The lines, each by the places where its fields end: the last is where the line does.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.lines.iter().map(move |end| {
            let line = &self.ends[start..*end as usize];
            start = *end as usize;
            line
        })
    }
}

#[inline]
fn push_places(places: &mut Vec<u32>, start: u32, mut mask: u64) {
    while mask != 0 {
        places.push(start + mask.trailing_zeros());
        mask &= mask - 1;
    }
}

/// Where each of the wanted bytes stands in a stride.
#[inline]
fn masks_of(stride: &[u8; STRIDE], wanted: [u8x16; 2]) -> [u64; 2] {
    let (lanes, _) = stride.as_chunks::<16>();
    wanted.map(|wanted| {
        lanes.iter().rev().fold(0, |mask, lane| {
            let found = u8x16::new(*lane).simd_eq(wanted);
            mask << 16 | u64::from(found.to_bitmask() as u16)
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_separator_is_found_once(bytes in prop::collection::vec(prop::sample::select(b",\nab\0;".to_vec()), 0..300)) {
            let mut separators = Separators::default();
            for (delimiter, terminator) in [(b',', b'\n'), (b';', b'\r'), (b'\0', b'\n')] {
                prop_assert!(separators.find(&bytes, delimiter, terminator));
                let found: Vec<_> = separators.lines().map(<[u32]>::to_vec).collect();
                let mut start = 0;
                let expected: Vec<_> = bytes.split_inclusive(|byte| *byte == terminator).map(|line| {
                    let inner = line.strip_suffix(&[terminator]).unwrap_or(line);
                    let delimiters = (0..inner.len()).filter(|at| inner[*at] == delimiter);
                    let ends: Vec<_> = delimiters.chain([inner.len()]).map(|at| (start + at) as u32).collect();
                    start += line.len();
                    ends
                }).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
