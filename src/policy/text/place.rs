//! Places: where a value was set, for faults and for the origin of values.

use std::sync::Arc;

/// Where something was set: a line of a file, a profile, or the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenPlace {
    /// The file's name, or `--set`.
    pub name: Arc<str>,
    /// The line of the file.
    pub line: Option<usize>,
    /// What a value that was set here is said to come from, where that is not the line.
    pub said: Option<Arc<str>>,
}

impl WrittenPlace {
    /// What a value that was set here is said to come from.
    pub(crate) fn origin(&self) -> String {
        self.said.as_ref().map_or_else(|| self.to_string(), ToString::to_string)
    }
}

impl std::fmt::Display for WrittenPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
