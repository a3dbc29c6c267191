//! Identifiers, places in files, countries.

/// An identifier or a code. Short ones, as nearly all are, need no memory of their own.
pub type Id = lean_string::LeanString;

/// Where a fact was read: the row that told it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file, by its place in [`Docket::sources`](crate::docket::Docket::sources).
    pub file: u32,
    /// The line of the row's first character, from 1, in Parquet the row; 0 where a fact was not read from a
    /// file. Lines beyond what fits stay at the last that does.
    pub line: u32,
}

/// A country by its two letters, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// A country of two ASCII letters in any case.
    pub fn from_code(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }
}

impl Country {
    /// The two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
