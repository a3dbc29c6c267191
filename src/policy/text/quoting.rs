//! Names and texts, quoted as TOML has them.

use toml::Value;

/// A text as TOML, on one line.
pub(crate) fn quoted(text: &str) -> String {
    match text.contains(char::is_control) {
        true => escaped(text),
        false => Value::String(text.to_owned()).to_string(),
    }
}

/// A path as TOML: `blocked.lower`, with quotes where a name needs them.
pub(crate) fn key(path: &[String]) -> String {
    let is_bare = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    let names = path.iter().map(|name| if is_bare(name) { name.clone() } else { escaped(name) });
    names.collect::<Vec<_>>().join(".")
}

/// A text in quotes with everything escaped that must be, which is a value as well as a key.
fn escaped(text: &str) -> String {
    let escape = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
        letter => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}
