//! What other marketplaces call our columns and codes: `synonyms.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::word::normalised;
use arbiter_model::fields::ColumnKind;

/// For each of our words, its synonyms.
type Words = BTreeMap<String, Vec<String>>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Synonyms {
    missing: Vec<String>,
    columns: Words,
    booleans: Words,
    currencies: Words,
    countries: Words,
    codes: Words,
}

/// Empty if the file cannot be read, which a test rules out.
static SYNONYMS: LazyLock<Synonyms> =
    LazyLock::new(|| toml::from_str(include_str!("synonyms.toml")).unwrap_or_default());

/// Whether a text is known to stand for an empty field.
pub(crate) fn is_missing_marker(text: &str) -> bool {
    SYNONYMS.missing.iter().any(|missing| missing == text)
}

/// The synonyms of a column's name, in normal form.
pub(crate) fn column_synonyms(column: &str) -> &'static [String] {
    SYNONYMS.columns.get(column).map_or(&[], Vec::as_slice)
}

/// The code that a synonym stands for in a column of some kind.
pub(crate) fn meaning(kind: ColumnKind, word: &str) -> Option<&'static str> {
    let word = normalised(word.trim());
    let words = match kind {
        ColumnKind::Boolean => &SYNONYMS.booleans,
        ColumnKind::Currency => &SYNONYMS.currencies,
        ColumnKind::Country => &SYNONYMS.countries,
        ColumnKind::OneOf(_) => &SYNONYMS.codes,
        _ => return None,
    };
    // One word may mean different things in different columns.
    let is_possible = |meaning: &str| match kind {
        ColumnKind::OneOf(known) => known.contains(&meaning),
        _ => true,
    };
    let mut found =
        words.iter().filter(|(meaning, words)| is_possible(meaning) && words.iter().any(|other| *other == word));
    found.next().map(|(meaning, _)| meaning.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_are_in_their_normal_form() {
        let synonyms: Synonyms = toml::from_str(include_str!("synonyms.toml")).unwrap();
        let Synonyms { columns, booleans, currencies, countries, codes, .. } = &synonyms;
        for word in [columns, booleans, currencies, countries, codes].into_iter().flat_map(Words::values).flatten() {
            assert_eq!(*word, normalised(word));
        }
    }
}
