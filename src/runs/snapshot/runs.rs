//! The rows that an order's events were read from, as a short text: exports mostly have them one below the other.
//!
//! `1:120-123;1:130` are the lines 120 to 123 and 130 of the file 1 among the sources.

use std::fmt::Write;

use arbiter_model::dispute::Origin;

use super::BETWEEN;

/// Some lines of a file, one below the other.
struct Run {
    file: u32,
    first: u32,
    last: u32,
}

impl Run {
    fn of(origin: Origin) -> Self {
        Self { file: origin.file, first: origin.line, last: origin.line }
    }

    fn goes_on_at(&self, origin: Origin) -> bool {
        self.file == origin.file && self.last.checked_add(1) == Some(origin.line)
    }

    fn write(&self, text: &mut String) {
        if !text.is_empty() {
            text.push(BETWEEN);
        }
        let Self { file, first, last } = self;
        // Writing into a string cannot fail.
        let _ = match first == last {
            true => write!(text, "{file}:{first}"),
            false => write!(text, "{file}:{first}-{last}"),
        };
    }

    fn read(text: &str) -> Option<Self> {
        let (file, lines) = text.split_once(':')?;
        let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
        Some(Self { file: file.parse().ok()?, first: first.parse().ok()?, last: last.parse().ok()? })
    }
}

/// Tells some rows.
pub(super) fn write(origins: impl Iterator<Item = Origin>) -> String {
    let (mut text, mut run) = (String::new(), None::<Run>);
    for origin in origins {
        match &mut run {
            Some(run) if run.goes_on_at(origin) => run.last = origin.line,
            _ => {
                let before = run.replace(Run::of(origin));
                before.iter().for_each(|run| run.write(&mut text));
            }
        }
    }
    run.iter().for_each(|run| run.write(&mut text));
    text
}

/// Reads what [`write`](write()) tells. A text that tells something else gives no rows from there on.
pub(super) fn read(text: &str) -> impl Iterator<Item = Origin> {
    let runs = text.split(BETWEEN).map_while(Run::read);
    runs.flat_map(|Run { file, first, last }| (first..=last).map(move |line| Origin { file, line }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_below_each_other_are_one_run() {
        let origins = [(1, 120), (1, 121), (1, 122), (1, 130), (2, 131), (2, 131), (1, 7)];
        let origins = origins.map(|(file, line)| Origin { file, line });
        assert_eq!(write(origins.into_iter()), "1:120-122;1:130;2:131;2:131;1:7");
        assert_eq!(write(std::iter::empty()), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_told_is_read(origins in prop::collection::vec((0..3_u32, prop_oneof![0..9_u32, u32::MAX - 2..=u32::MAX]), 0..20)) {
            let origins: Vec<_> = origins.into_iter().map(|(file, line)| Origin { file, line }).collect();
            prop_assert_eq!(read(&write(origins.iter().copied())).collect::<Vec<_>>(), origins);
        }
    }
}
