//! Lists by the number of what they are about.

/// A list for each of some numbers, with room for as many things as name it.
pub(super) fn lists_with_room<T>(count: usize, numbers: impl Iterator<Item = u32>) -> Vec<Vec<T>> {
    let mut counts = vec![0; count];
    numbers.for_each(|number| counts[number as usize] += 1);
    counts.into_iter().map(Vec::with_capacity).collect()
}

/// The text hashes of the events that lists have, in one list.
pub(super) struct KnownTexts {
    text_hashes: Vec<u64>,
    /// Where those of each list begin.
    starts: Vec<usize>,
}

impl KnownTexts {
    /// Of lists that are still empty, and have room for all that comes.
    pub(super) fn of<T>(lists: &[Vec<T>]) -> Self {
        let mut end = 0;
        let mut start = |list: &Vec<T>| {
            end += list.capacity();
            end - list.capacity()
        };
        let starts = lists.iter().map(&mut start).collect();
        Self { text_hashes: vec![0; end], starts }
    }

    /// Whether one of the first so many things of a list has a text; otherwise the next one has it.
    pub(super) fn is_repeat(&mut self, list: u32, told: usize, text_hash: u64) -> bool {
        let start = self.starts[list as usize];
        let is_repeat = self.text_hashes[start..start + told].contains(&text_hash);
        if !is_repeat {
            self.text_hashes[start + told] = text_hash;
        }
        is_repeat
    }
}
