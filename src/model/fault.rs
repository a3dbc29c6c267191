//! What can go wrong for the operator: each fault stops the run, says where and what, and how to go on.
//!
//! What is wrong with single rows of the data is not here: it is collected, see
//! [`crate::exports::Reject`].

use std::fmt;
use std::path::{Path, PathBuf};

/// A fault that stops the run before anything is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind it is.
    pub kind: FaultKind,
    /// Where: a file, with line and column where known.
    pub place: Option<String>,
    /// What was found, and what was expected.
    pub problem: String,
    /// How to go on.
    pub hint: Option<String>,
    /// What else is wrong, where everything is told at once.
    pub more: Vec<Fault>,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The call itself.
    Usage,
    /// More rows of disputes are rejected than the run puts up with.
    Rejects,
    /// An input is missing, cannot be read, or is not what it should be.
    Input,
    /// A defect of ours: the books do not balance.
    Defect,
    /// The output could not be written.
    Output,
    /// Another run has the output folder.
    Locked,
    /// A signal came, by its number.
    Stopped(u8),
    /// The parameters.
    Policy,
}

impl FaultKind {
    /// Its name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Rejects => "rejects",
            Self::Input => "input",
            Self::Defect => "defect",
            Self::Output => "output",
            Self::Locked => "locked",
            Self::Stopped(_) => "stopped",
            Self::Policy => "policy",
        }
    }
}

impl Fault {
    /// A fault of a kind.
    pub fn new(kind: FaultKind, problem: impl Into<String>) -> Self {
        Self { kind, place: None, problem: problem.into(), hint: None, more: Vec::new() }
    }

    /// Several faults as one, of which the first gives the kind; none where there are none.
    pub fn all(faults: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut faults = faults.into_iter();
        let first = faults.next()?;
        Some(Self { more: first.more.iter().cloned().chain(faults).collect(), ..first })
    }

    /// Adds the place: a file, or a file's line.
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(place.to_string());
        self
    }

    /// Adds the way out.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An input that the system would not give us.
    pub fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::new(FaultKind::Input, format!("cannot be read: {error}"))
            .at(path.display())
            .hint("check that the file is there and that this account may read it")
    }

    /// An output that the system would not take.
    pub fn unwritable(path: PathBuf, error: &std::io::Error) -> Self {
        let hint = match error.kind() {
            std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
                "what is given with --out is no folder; nothing was published"
            }
            _ => "check the free space and the rights on the folder given with --out; nothing was published",
        };
        Self::new(FaultKind::Output, format!("cannot be written: {error}")).at(path.display()).hint(hint)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}: ", visible(place))?;
        }
        write!(f, "{}", visible(&self.problem))?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {}", visible(hint))?;
        }
        self.more.iter().try_for_each(|fault| write!(f, "\n{fault}"))
    }
}

impl std::error::Error for Fault {}

/// A text with whatever would steer a terminal taken out: names and values come from outside.
pub fn visible(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect()
}

/// How many names a message lists.
const LISTED: usize = 20;

/// Names in a row, as many and as much of each as can be read.
pub fn listed(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(LISTED).map(|name| name.chars().take(40).collect()).collect();
    if names.len() > LISTED {
        shown.push(format!("and {} more", names.len() - LISTED));
    }
    shown.join(", ")
}

/// The one of some known names that is nearest to a name nobody knows, if any is near.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 100 {
        return None;
    }
    let similarity = |candidate: &str| strsim::jaro_winkler(name, candidate);
    known
        .into_iter()
        .map(|candidate| (similarity(candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

/// Whether a name is hardly different from another, as a misspelt one is.
pub fn is_like(name: &str, other: &str) -> bool {
    name.len() <= 100 && strsim::jaro_winkler(name, other) > 0.9
}
