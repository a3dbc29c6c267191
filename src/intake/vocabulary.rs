//! Words that exports of other marketplaces have for what ours call otherwise: `vocabulary.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::values::normalised;
use arbiter_model::fields::ColumnKind as Kind;

/// For each of our words, those of others.
type Words = BTreeMap<String, Vec<String>>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Vocabulary {
    missing: Vec<String>,
    columns: Words,
    booleans: Words,
    currencies: Words,
    countries: Words,
    codes: Words,
}

/// Without a vocabulary nothing is guessed; a test sees to it that it can be read.
static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| toml::from_str(include_str!("vocabulary.toml")).unwrap_or_default());

/// Whether a text is known to stand for an empty field.
pub fn is_missing(text: &str) -> bool {
    VOCABULARY.missing.iter().any(|missing| missing == text)
}

/// What exports call a column that we know, in normal form.
pub fn names_of(column: &str) -> &'static [String] {
    VOCABULARY.columns.get(column).map_or(&[], Vec::as_slice)
}

/// What a word of another language means in a column of some kind.
pub fn meaning(kind: Kind, word: &str) -> Option<&'static str> {
    let word = normalised(word.trim());
    let words = match kind {
        Kind::Boolean => &VOCABULARY.booleans,
        Kind::Currency => &VOCABULARY.currencies,
        Kind::Country => &VOCABULARY.countries,
        Kind::OneOf(_) => &VOCABULARY.codes,
        _ => return None,
    };
    // One word may mean different things in different columns.
    let is_possible = |meaning: &str| match kind {
        Kind::OneOf(known) => known.contains(&meaning),
        _ => true,
    };
    let mut found =
        words.iter().filter(|(meaning, words)| is_possible(meaning) && words.iter().any(|other| *other == word));
    found.next().map(|(meaning, _)| meaning.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::disputes::DisputeColumn;
    use super::super::header::Column;
    use super::super::orders::OrderColumn;
    use super::super::tracking::TrackingColumn;
    use super::*;
    use arbiter_model::dispute::Country;
    use arbiter_model::money::Currency;

    fn columns<C: Column>() -> Vec<(&'static str, Kind)> {
        C::ALL.iter().map(|column| (column.name(), column.kind())).collect()
    }

    #[test]
    fn the_vocabulary_speaks_of_what_we_know() {
        let vocabulary: Vocabulary = toml::from_str(include_str!("vocabulary.toml")).unwrap();
        let known = [columns::<OrderColumn>(), columns::<TrackingColumn>(), columns::<DisputeColumn>()].concat();
        for column in vocabulary.columns.keys() {
            assert!(known.iter().any(|(name, _)| name == column), "{column} is no column");
        }
        for code in vocabulary.codes.keys() {
            let has = |kind: &Kind| matches!(kind, Kind::OneOf(codes) if codes.contains(&code.as_str()));
            assert!(known.iter().any(|(_, kind)| has(kind)), "{code} is no code");
        }
        assert!(vocabulary.currencies.keys().all(|code| Currency::from_code(code).is_some()));
        assert!(vocabulary.countries.keys().all(|code| Country::from_code(code).is_some()));
        assert_eq!(vocabulary.booleans.keys().collect::<Vec<_>>(), ["no", "yes"]);
        let Vocabulary { columns, booleans, currencies, countries, codes, .. } = &vocabulary;
        for word in [columns, booleans, currencies, countries, codes].into_iter().flat_map(Words::values).flatten() {
            assert_eq!(*word, normalised(word), "in its normal form");
        }
    }
}
