//! What is wrong with a policy file or with `--set`: the place, the problem and the way out.

use arbiter_model::fault::{Fault, FaultKind, nearest};

use super::place::WrittenPlace;

/// Something wrong with an overlay.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wrong {
    pub place: WrittenPlace,
    /// What it is about: `colour_mismatch.band`.
    pub what: String,
    pub problem: String,
    pub hint: String,
}

impl Wrong {
    pub(crate) fn fault(&self) -> Fault {
        let what = if self.what.is_empty() { String::new() } else { format!("{}: ", self.what) };
        let fault = Fault::new(FaultKind::Policy, format!("{what}{}", self.problem)).at(&self.place);
        if self.hint.is_empty() { fault } else { fault.hint(&self.hint) }
    }
}

/// Names the known name nearest to an unknown one, or all known ones.
pub(crate) fn nearest_hint<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(unknown, known.clone()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("known are {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}
