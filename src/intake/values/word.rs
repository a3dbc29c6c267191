//! Words of columns in one form, however they are written.

use std::borrow::Cow;

/// A word in its normal form: `Not Received` is `not_received`.
pub(crate) fn normalised(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return text.into();
    }
    let underscored = text.replace([' ', '\t', '-'], "_");
    match underscored.is_ascii() {
        true => underscored.to_ascii_lowercase(),
        false => underscored.to_lowercase(),
    }
    .into()
}
