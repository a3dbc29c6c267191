//! What a run is to do, and what it did.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use arbiter_intake::{Reading, Source, Sources};
use arbiter_model::exports::{MaxRejects, RejectGroup};
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_policy::Policy;
use arbiter_report::Summary;

use crate::root::StartFrom;
use crate::snapshot::Snapshot;

/// One run to be done.
#[derive(Clone, Debug)]
pub struct Job {
    /// What it decides on.
    pub facts: Facts,
    /// How many rejected disputes the run puts up with.
    pub max_rejects: MaxRejects,
    /// The instant to decide as of.
    pub as_of: Instant,
    /// The parameters.
    pub policy: Policy,
    /// The folder that the run's folder goes into.
    pub out: PathBuf,
    /// How long to wait where another run is at work there.
    pub wait: Duration,
    /// How many runs to keep; all, where it is not said.
    pub keep: Option<NonZeroU32>,
}

/// Where the facts of a run come from.
#[derive(Clone, Debug)]
pub enum Facts {
    /// From tonight's exports.
    Exports(Box<FromExports>),
    /// From the docket of another run, which decided on the same.
    Docket(Box<Snapshot>),
}

impl Facts {
    /// Whether they are exports: a run of them is a link of the chain, which the next one starts from.
    pub(crate) fn are_exports(&self) -> bool {
        matches!(self, Self::Exports(_))
    }
}

/// Tonight's exports, and what else a run begins with.
#[derive(Clone, Debug)]
pub struct FromExports {
    /// The exports.
    pub sources: Sources,
    /// How they are to be read.
    pub reading: Reading,
    /// What people have ruled, where there is such a file.
    pub rulings: Vec<Source>,
    /// From which run it starts.
    pub before: StartFrom,
}

/// What a run did.
#[derive(Clone, Debug)]
pub enum RunOutcome {
    /// It decided, and its folder is published.
    Decided(Published),
    /// Too many rows were rejected: nothing was decided, and only these rows are published.
    Refused {
        /// Where they are.
        folder: PathBuf,
        /// What is wrong with them.
        rejects: Vec<RejectGroup>,
        /// Why nothing was decided.
        fault: Fault,
    },
}

/// A run that is published.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its folder.
    pub folder: PathBuf,
    /// The very same run had been published before; it was verified, and nothing was written.
    pub was_there: bool,
    /// The run at a glance.
    pub summary: Box<Summary>,
    /// What could not be done once it was published: old runs that are still there.
    pub unfinished: Option<Fault>,
}
