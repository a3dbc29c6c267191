//! Properties of parameters: what is written reads back, and what is laid over itself changes nothing.

use arbiter_policy::{Overlay, PROFILES, Policy};
use proptest::prelude::*;

/// Policy files and single values that are in order, in any number and mix.
fn overlays() -> impl Strategy<Value = Vec<Overlay>> {
    let any = prop_oneof![
        file().prop_map(|text| Overlay::from_file("own.toml", &text)),
        set().prop_map(|argument| Overlay::from_argument(&argument)),
        (0..PROFILES.len()).prop_map(|place| PROFILES[place].overlay()),
    ];
    prop::collection::vec(any, 0..5)
}

fn share() -> impl Strategy<Value = String> {
    (0..=10_000_u32).prop_map(|part| format!("{}.{:04}", part / 10_000, part % 10_000))
}

fn band() -> impl Strategy<Value = String> {
    (share(), share()).prop_map(|(one, other)| {
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        format!("[\"{low}\", \"{high}\"]")
    })
}

fn set() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..100_u32).prop_map(|days| format!("protection.days={days}")),
        band().prop_map(|band| format!("size_mismatch.band={band}")),
        share().prop_map(|share| format!("serial_disputer.blocked.lower={share}")),
        (0..1000_u32).prop_map(|cents| format!("returns.posting_cost.EUR={}.{:02}", cents / 100, cents % 100)),
        Just("policy.governed_by=paid_at".to_owned()),
        Just("double.categories=home,garden".to_owned()),
    ]
}

fn segment() -> impl Strategy<Value = String> {
    let condition = prop_oneof![
        "[a-z]{1,3}".prop_map(|name| format!("category = [\"{name}\"]")),
        "[A-Z]{2}".prop_map(|code| format!("destination_country = [\"{code}\"]")),
        "[ -~\u{e9}\u{0}\n\u{7f}]{1,4}".prop_map(|id| format!("seller_id = [{}]", toml::Value::String(id))),
        (1..500_u32).prop_map(|from| format!("currency = [\"USD\"]\ngoods_total = {{ from = \"{from}\" }}")),
    ];
    (condition, prop::option::of(band())).prop_map(|(condition, band)| {
        let band = band.map(|band| format!("band = {band}\n")).unwrap_or_default();
        format!("[[colour_mismatch.when]]\n{condition}\n{band}")
    })
}

/// Versions with segments; segments that come out unreachable make no policy and are passed over.
fn file() -> impl Strategy<Value = String> {
    let version = (prop::option::of(band()), prop::collection::vec(segment(), 0..3));
    prop::collection::vec(version, 1..4).prop_map(|versions| {
        let mut text = String::new();
        for (month, (band, segments)) in versions.into_iter().enumerate() {
            let band = band.map(|band| format!("band = {band}\n")).unwrap_or_default();
            text.push_str(&format!(
                "[[colour_mismatch]]\neffective_from = 2026-0{}-01T08:00:00Z\nreviewed_on = 2026-01-31\n\
                 source = \"a \\\"quoted\\\" source, # and more\"\nnote = \"\"\"two\nlines\"\"\"\n{band}{}",
                month + 1,
                segments.concat()
            ));
        }
        text
    })
}

proptest! {
    #[test]
    fn what_is_shown_reads_back_as_it_was(overlays in overlays(), below in overlays()) {
        let Ok(policy) = Policy::with(&overlays) else { return Ok(()) };
        let shown = policy.to_toml();
        let file = Overlay::from_file("shown.toml", &shown);
        let alone = Policy::with(std::slice::from_ref(&file)).unwrap_or_else(|fault| panic!("{fault}\n{shown}"));
        let again = alone.to_toml();
        let differ = shown.lines().zip(again.lines()).find(|(before, after)| before != after);
        prop_assert!(again == shown, "{:?}", differ);
        prop_assert_eq!(alone.hash(), policy.hash());
        prop_assert_eq!(alone.changed(), policy.changed());
        prop_assert!(alone.differences(&policy).is_empty());
        // Whatever lies below it: only where a value is said to come from may be known better.
        if let Ok(over) = Policy::with(&[below, vec![file]].concat()) {
            prop_assert_eq!(over.hash(), policy.hash());
        }
    }

    #[test]
    fn what_is_laid_over_itself_changes_nothing(overlays in overlays()) {
        let Ok(once) = Policy::with(&overlays) else { return Ok(()) };
        for overlay in &overlays {
            let Ok(one) = Policy::with(std::slice::from_ref(overlay)) else { continue };
            let twice = Policy::with(&[overlay.clone(), overlay.clone()]).unwrap_or_else(|fault| panic!("{fault}"));
            prop_assert!(one == twice);
        }
        let empty = [overlays, vec![Overlay::from_file("empty.toml", "# nothing\n[too_early]\n")]].concat();
        prop_assert!(Policy::with(&empty).unwrap() == once);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "([a-z_.]{0,12}|\\[\\[?[a-z_.]{0,20}\\]?\\]|=|[\"'{},#@\\n0-9-]| |colour_mismatch|when|band|\\[\\[colour_mismatch\\]\\]\\n|effective_from = |\u{e9}){0,40}") {
        let _ = Policy::with(&[Overlay::from_file("any.toml", &text), Overlay::from_argument(&text)]);
    }
}
