//! Where questions about cases take them from: exports, or a stored run.

use std::path::{Path, PathBuf};

use arbiter_intake::{self as intake, Intake};
use arbiter_model::case::Docket;
use arbiter_model::exports::Reject;
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_policy::Policy;
use arbiter_runs::snapshot::Snapshot;
use chrono_tz::Tz;
use clap::Args;

use crate::terminal;

use super::super::run::{read_docket, stored_policy};
use super::{ExportArgs, as_of, threads};

/// Which cases, and as of when.
#[derive(Args)]
pub struct CasesArgs {
    #[command(flatten)]
    input: ExportArgs,

    /// The folder of a published run instead of exports: its docket, its as-of and its parameters
    #[arg(long, value_name = "RUN", conflicts_with_all = ["folder", "orders", "tracking", "disputes"])]
    run: Option<PathBuf>,

    /// A run's docket.parquet instead of exports, with the policy.toml beside it, if any
    #[arg(long, value_name = "FILE", conflicts_with_all = ["run", "folder", "orders", "tracking", "disputes"])]
    docket: Option<PathBuf>,

    /// Decide as the world stood at this instant, as a run does [default: now, or that of the stored run]
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,
}

/// Cases with the instant and the parameters that they come with.
pub struct Loaded {
    /// The cases, with what stands of earlier nights.
    pub docket: Docket,
    /// The instant to decide as of.
    pub as_of: Instant,
    /// The parameters before anything is laid over them: the standard ones, or those of the stored run.
    pub base: Policy,
    /// The rows that were kept out.
    pub rejects: Vec<Reject>,
    /// Why a run would have decided nothing, where it would have.
    pub refusal: Option<Fault>,
}

impl CasesArgs {
    /// Loads the cases.
    pub fn load(&self) -> Result<Loaded, Fault> {
        match (&self.run, &self.docket) {
            (Some(run), _) => self.of_docket(&run.join("docket.parquet")),
            (None, Some(docket)) => self.of_docket(docket),
            (None, None) => self.of_exports(),
        }
    }

    /// Loads the cases as if nothing had been decided before: a what-if asks what parameters decide, not what has been
    /// paid already.
    pub fn load_anew(&self) -> Result<Loaded, Fault> {
        let loaded = self.load_sound()?;
        Ok(Loaded { docket: loaded.docket.anew(), ..loaded })
    }

    /// Loads cases that a run would decide.
    pub fn load_sound(&self) -> Result<Loaded, Fault> {
        let loaded = self.load()?;
        match loaded.refusal {
            Some(fault) => Err(fault),
            None => Ok(loaded),
        }
    }

    /// The folder of the stored run that the cases are taken from.
    pub fn run_folder(&self) -> Option<&Path> {
        let beside = self.docket.as_deref().and_then(Path::parent);
        // A bare file name has no folder, which is where we are.
        self.run.as_deref().or(beside.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder }))
    }

    fn of_docket(&self, file: &Path) -> Result<Loaded, Fault> {
        let Snapshot { docket, beside } = read_docket(file)?;
        let given = self.as_of.as_deref().map(|text| as_of(Some(text), Tz::UTC)).transpose()?;
        let base = stored_policy(file)?;
        let as_of = given.unwrap_or(beside.as_of);
        Ok(Loaded { docket, as_of, base, rejects: beside.rejects, refusal: None })
    }

    fn of_exports(&self) -> Result<Loaded, Fault> {
        let (sources, reading) = (self.input.sources()?, self.input.reading()?);
        let (as_of, max_rejects) = (as_of(self.as_of.as_deref(), reading.zone)?, self.input.max_rejects()?);
        let progress = terminal::Bars::default();
        let intake = self.threads()?.install(|| intake::read(&sources, &reading, &progress));
        progress.finish();
        let Intake { docket, rejects, exports } = intake?;
        exports.check_lines()?;
        let too_many = |fault: Fault| fault.hint("a run would decide nothing; mend the export, or raise --max-rejects");
        let refusal = max_rejects.check(&exports.disputes).map_err(too_many).err();
        Ok(Loaded { docket, as_of, base: Policy::standard()?, rejects, refusal })
    }

    /// The threads to work with.
    pub fn threads(&self) -> Result<rayon::ThreadPool, Fault> {
        threads(self.input.threads)
    }
}
