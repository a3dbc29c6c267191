//! Matches the columns of a file with ours, by their names and their values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use arbiter_model::dispute::Country;
use arbiter_model::fault::is_like;
use arbiter_model::instant::Instant;
use arbiter_model::money::Currency;

use super::sample::Sample;
use crate::columns::Column;
use crate::values::{ColumnKind, column_synonyms, meaning, normalised, number_signs, timestamp_patterns};

/// For each of our columns the place of the best match in the file.
pub(super) type ColumnMatches = BTreeMap<&'static str, (usize, Trust)>;

/// Whether what is inferred can be relied on, and if not, why.
pub(super) enum Trust {
    /// It can.
    Sure,
    /// It cannot, and why.
    Unsure(String),
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sure => f.write_str("sure"),
            Self::Unsure(why) => write!(f, "unsure: {why}"),
        }
    }
}

impl Sample {
    /// How much the file looks like an export: needed columns count most, of a hundred each.
    pub(super) fn score<C: Column>(&self, file_names: &[&str]) -> usize {
        let found = self.columns::<C>();
        let weigh = |column: &C| match (found.contains_key(column.name()), column.is_needed()) {
            (true, true) => 100,
            (true, false) => 20,
            _ => 0,
        };
        let named = file_names.iter().any(|name| self.name.to_lowercase().contains(name));
        let needed = C::ALL.iter().filter(|column| column.is_needed()).count();
        let columns: usize = C::ALL.iter().map(weigh).sum();
        columns * 5 / needed + if named { 150 } else { 0 }
    }

    /// For each of our columns the best match in the file.
    pub(super) fn columns<C: Column>(&self) -> ColumnMatches {
        let mut candidates = Vec::new();
        for column in C::ALL {
            for (place, name) in self.names.iter().enumerate() {
                let likeness = self.likeness(*column, name, place);
                if likeness > 0 {
                    candidates.push((likeness, *column, place));
                }
            }
        }
        // Stable: of equals the earlier column of ours, and the earlier one of the file.
        candidates.sort_by_key(|(likeness, ..)| std::cmp::Reverse(*likeness));
        let (mut found, mut used) = (BTreeMap::new(), BTreeSet::new());
        for (likeness, column, place) in candidates {
            if found.contains_key(column.name()) || used.contains(&place) {
                continue;
            }
            used.insert(place);
            let trust = match likeness {
                90.. => Trust::Sure,
                60.. => Trust::Unsure("similar name".to_owned()),
                _ => Trust::Unsure("the values do not match".to_owned()),
            };
            found.insert(column.name(), (place, trust));
        }
        found
    }

    /// How well a column of the file matches one of ours, by its name and its values.
    fn likeness<C: Column>(&self, column: C, name: &str, place: usize) -> u32 {
        let normal = normalised(name.trim()).replace(['.', '/', '(', ')'], "");
        let by_name = if normal == column.name() {
            100
        } else if column_synonyms(column.name()).contains(&normal) {
            95
        } else {
            let mut known =
                std::iter::once(column.name()).chain(column_synonyms(column.name()).iter().map(String::as_str));
            if known.any(|known| is_like(&normal, known)) { 70 } else { 0 }
        };
        match by_name {
            0 => 0,
            100 => 100,
            by_name if self.fits(column.kind(), place) => by_name,
            by_name => by_name / 2,
        }
    }

    fn fits(&self, kind: ColumnKind, place: usize) -> bool {
        let values = self.values(place);
        // A few thousand are enough.
        let values = &values[..values.len().min(2000)];
        match kind {
            ColumnKind::Text | ColumnKind::Code => true,
            ColumnKind::Timestamp => {
                values.iter().all(|value| is_standard(value)) || !timestamp_patterns(values).is_empty()
            }
            ColumnKind::Amount | ColumnKind::Integer | ColumnKind::Decimal => !number_signs(values).is_empty(),
            _ => {
                let known =
                    values.iter().filter(|value| is_word(kind, value) || meaning(kind, value).is_some()).count();
                known * 2 >= values.len()
            }
        }
    }
}

/// Whether a timestamp is written as in our own exports.
pub(super) fn is_standard(value: &str) -> bool {
    Instant::parse(value, chrono_tz::Tz::UTC).is_some()
}

/// Whether a word needs no synonym.
pub(super) fn is_word(kind: ColumnKind, word: &str) -> bool {
    match kind {
        ColumnKind::Boolean => ["yes", "no", "true", "false", "1", "0"].contains(&word.to_ascii_lowercase().as_str()),
        ColumnKind::Currency => Currency::from_code(&word.to_ascii_uppercase()).is_some(),
        ColumnKind::Country => Country::from_code(word).is_some(),
        ColumnKind::OneOf(known) => known.contains(&&*normalised(word)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::*;
    use crate::exports::{DisputeColumn, OrderColumn, TrackingColumn};

    fn columns<C: Column>() -> Vec<(&'static str, ColumnKind)> {
        C::ALL.iter().map(|column| (column.name(), column.kind())).collect()
    }

    #[test]
    fn synonyms_are_of_what_is_known() {
        let synonyms: Table = include_str!("../values/synonyms.toml").parse().unwrap();
        let keys = |table: &str| synonyms[table].as_table().unwrap().keys();
        let known = [columns::<OrderColumn>(), columns::<TrackingColumn>(), columns::<DisputeColumn>()].concat();
        for column in keys("columns") {
            assert!(known.iter().any(|(name, _)| name == column), "unknown column {column}");
        }
        for code in keys("codes") {
            let has = |kind: &ColumnKind| matches!(kind, ColumnKind::OneOf(codes) if codes.contains(&code.as_str()));
            assert!(known.iter().any(|(_, kind)| has(kind)), "unknown code {code}");
        }
        assert!(keys("currencies").all(|code| Currency::from_code(code).is_some()));
        assert!(keys("countries").all(|code| Country::from_code(code).is_some()));
        assert_eq!(keys("booleans").collect::<Vec<_>>(), ["no", "yes"]);
    }
}
