//! How values are written, detected from the values alone.

use chrono_tz::Tz;

use arbiter_model::instant::Form;

use super::format::ValueFormat;

/// Forms of timestamps that exports have, the likelier first. Of day and month, the day first, as in
/// most of the world.
const PATTERNS: &[&str] = &[
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y.%m.%d %H:%M:%S",
    "%Y.%m.%d",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S %z",
    "%d.%m.%y %H:%M",
    "%d.%m.%y",
    "%d/%m/%y %H:%M",
    "%d/%m/%y",
    "%m/%d/%y %H:%M",
    "%m/%d/%y",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%d %b %Y",
    "%b %d, %Y %H:%M",
    "%b %d, %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%Y%m%dT%H%M%S",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
    "unix",
    "unix_ms",
];

/// The patterns that fit all of some timestamps.
pub(crate) fn timestamp_patterns(texts: &[&str]) -> Vec<&'static str> {
    let fits = |form: Form| texts.iter().all(|text| form.read(text, Tz::UTC).is_some());
    PATTERNS.iter().filter(|pattern| Form::parse(pattern).is_some_and(fits)).copied().collect()
}

/// A decimal sign, and the mark between groups of three digits.
pub(super) type NumberSigns = (char, Option<char>);

/// The signs that fit all of some numbers, the likelier first; the first of all is that of the arbiter's own
/// exports.
pub(crate) fn number_signs(numbers: &[&str]) -> Vec<NumberSigns> {
    let agree = |(decimal, thousands): &NumberSigns| {
        let values = ValueFormat { decimal: *decimal, thousands: *thousands, ..ValueFormat::standard(Tz::UTC) };
        let is_digits =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        numbers.iter().all(|text| values.number(text).is_some_and(|digits| is_digits(&digits)))
    };
    SIGNS.iter().filter(|signs| agree(signs)).copied().collect()
}

const SIGNS: &[NumberSigns] = &[
    ('.', None),
    (',', None),
    (',', Some('.')),
    (',', Some(' ')),
    ('.', Some(',')),
    ('.', Some(' ')),
    ('.', Some('\'')),
    (',', Some('\'')),
];
