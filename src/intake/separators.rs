//! Finds the separators of text without quotes, sixty-four bytes at a time.

use wide::u8x16;

/// Bytes looked at together: one bit each of a mask.
const STRIDE: usize = 64;

/// Where either of two bytes stands in a text, ascending.
pub struct Separators<'a> {
    bytes: &'a [u8],
    wanted: [u8x16; 2],
    stride_start: usize,
    /// The separators of the current stride that are still to come.
    mask: u64,
}

impl<'a> Separators<'a> {
    /// Looks for `one` and `other`.
    pub fn new(bytes: &'a [u8], one: u8, other: u8) -> Self {
        let mut separators = Self { bytes, wanted: [u8x16::splat(one), u8x16::splat(other)], stride_start: 0, mask: 0 };
        separators.mask = separators.look(bytes);
        separators
    }

    /// The mask of the stride that `rest` begins with.
    fn look(&self, rest: &[u8]) -> u64 {
        match rest.first_chunk::<STRIDE>() {
            Some(stride) => self.mask_of(stride),
            None => {
                let mut padded = [0; STRIDE];
                padded[..rest.len()].copy_from_slice(rest);
                // A separator that is a NUL byte would be seen in the padding too.
                self.mask_of(&padded) & ((1 << rest.len()) - 1)
            }
        }
    }

    fn mask_of(&self, stride: &[u8; STRIDE]) -> u64 {
        let (lanes, _) = stride.as_chunks::<16>();
        lanes.iter().rev().fold(0, |mask, lane| {
            let lane = u8x16::new(*lane);
            let found = lane.simd_eq(self.wanted[0]) | lane.simd_eq(self.wanted[1]);
            mask << 16 | u64::from(found.to_bitmask() as u16)
        })
    }
}

impl Iterator for Separators<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            self.stride_start += STRIDE;
            let rest = self.bytes.get(self.stride_start..).filter(|rest| !rest.is_empty())?;
            self.mask = self.look(rest);
        }
        let at = self.stride_start + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_separator_is_found_once(bytes in prop::collection::vec(prop::sample::select(b",\nab\0;".to_vec()), 0..300)) {
            for (one, other) in [(b',', b'\n'), (b';', b'\r'), (b'\0', b'\n')] {
                let found: Vec<_> = Separators::new(&bytes, one, other).collect();
                let expected: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at] == one || bytes[*at] == other).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
