//! What can go wrong for the operator: each fault stops the run, says where and what, and how to go on.
//!
//! What is wrong with single rows of the data is not here: it is collected, see
//! [`crate::exports::Reject`].

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A fault that stops the run before anything is published.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What kind it is.
    pub kind: FaultKind,
    /// Where: a file, with line and column where known.
    pub place: Option<String>,
    /// What was found, and what was expected.
    pub problem: String,
    /// How to go on: everything that whoever met the fault could add.
    pub hints: Vec<String>,
    /// The error that it came from, where there was one.
    pub source: Option<Arc<dyn Error + Send + Sync>>,
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
        Self { kind, place: None, problem: problem.into(), hints: Vec::new(), source: None, more: Vec::new() }
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

    /// Adds a way out to those that are known.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
        self
    }

    /// Adds the error that it came from.
    pub fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Makes it one of another kind, with all that it tells.
    pub fn of_kind(self, kind: FaultKind) -> Self {
        Self { kind, ..self }
    }

    /// A file that the system would not let us read.
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::new(FaultKind::Input, format!("cannot be read: {error}"))
            .at(path.display())
            .hint("check that the file is there and that this account may read it")
            .caused_by(again(error))
    }

    /// A file or folder that the system would not let us write.
    pub fn unwritable(path: PathBuf, error: &io::Error) -> Self {
        let fault = Self::new(FaultKind::Output, format!("cannot be written: {error}"))
            .at(path.display())
            .caused_by(again(error));
        match error.kind() {
            // What is in the way differs; those who meet it can tell.
            io::ErrorKind::AlreadyExists => fault,
            io::ErrorKind::NotADirectory => fault.hint("a part of this path is a file, not a folder"),
            io::ErrorKind::NotFound => fault.hint("check that the folder is there"),
            _ => fault.hint("check the free space and the rights on the folder"),
        }
    }
}

/// The same error once more, because such errors cannot be copied.
fn again(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// Faults are the same where they tell the same; what they came from is for those who look for its cause.
impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        let told = |fault: &Self| {
            let Self { kind, place, problem, hints, source: _, more } = fault.clone();
            (kind, place, problem, hints, more)
        };
        told(self) == told(other)
    }
}

impl Eq for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}: ", visible(place))?;
        }
        write!(f, "{}", visible(&self.problem))?;
        self.hints.iter().try_for_each(|hint| write!(f, "\n  hint: {}", visible(hint)))?;
        self.more.iter().try_for_each(|fault| write!(f, "\n{fault}"))
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hint_is_kept_and_told_once() {
        let fault = Fault::new(FaultKind::Input, "cannot be read").at("a.csv").hint("one").hint("two").hint("one");
        assert_eq!(fault.to_string(), "a.csv: cannot be read\n  hint: one\n  hint: two");
        assert_eq!(fault.clone().of_kind(FaultKind::Output).to_string(), fault.to_string());
    }

    #[test]
    fn several_faults_are_told_with_all_their_hints() {
        let faults = ["a", "b"].map(|place| Fault::new(FaultKind::Policy, "is wrong").at(place).hint("mend it"));
        let all = Fault::all(faults).unwrap();
        assert_eq!(all.to_string(), "a: is wrong\n  hint: mend it\nb: is wrong\n  hint: mend it");
    }

    #[test]
    fn its_source_is_kept_and_makes_no_difference() {
        let missing = || io::Error::from_raw_os_error(2);
        let fault = Fault::unreadable(Path::new("a.csv"), &missing());
        let source = fault.source().and_then(|source| source.downcast_ref::<io::Error>()).unwrap();
        assert_eq!((source.kind(), source.raw_os_error()), (io::ErrorKind::NotFound, Some(2)));
        assert_eq!(fault, Fault { source: None, ..fault.clone() });
        let outer = Fault::new(FaultKind::Defect, "went wrong").caused_by(fault.clone());
        assert_eq!(outer.source().unwrap().to_string(), fault.to_string());
        assert!(outer.source().unwrap().source().is_some());
        let own = io::Error::new(io::ErrorKind::InvalidData, "no such encoding");
        assert_eq!(Fault::unreadable(Path::new("a.csv"), &own).source().unwrap().to_string(), "no such encoding");
    }
}
