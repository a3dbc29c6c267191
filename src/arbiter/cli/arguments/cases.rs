//! Where questions about cases take them from: exports, or a stored run.

use std::path::PathBuf;

use arbiter_intake::{self as intake, Intake, Sources};
use arbiter_model::docket::Docket;
use arbiter_model::exports::Reject;
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_policy::Policy;
use arbiter_runs::snapshot::Snapshot;
use arbiter_runs::{FolderContent, StoredRun};
use chrono_tz::Tz;
use clap::Args;

use crate::terminal;

use super::{ExportArgs, PolicyArgs, as_of, heading, threads};

/// Which cases, by which parameters, and as of when.
#[derive(Args)]
pub struct CasesArgs {
    /// Folder with orders.csv, tracking.csv and disputes.csv, or of a run, such as runs/latest
    ///
    /// Exports can be compressed (orders.csv.gz, orders.csv.zst) or tables (orders.parquet). A run brings its
    /// cases, its as-of and its parameters; a folder of runs, such as runs, stands for its newest. Where a folder
    /// has both, its exports are read.
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,

    #[command(flatten)]
    exports: ExportArgs,

    /// Laid over the parameters that the cases come with.
    #[command(flatten)]
    pub policy: PolicyArgs,

    /// Folder of a run, or of runs for the newest, even where it has exports too
    #[arg(long, value_name = "FOLDER", help_heading = heading::CHAIN, hide_short_help = true, conflicts_with_all = ["folder", "orders", "tracking", "disputes"])]
    run: Option<PathBuf>,

    /// Stored cases of a run: its docket.parquet, with the policy.toml beside it, if any
    #[arg(long, value_name = "FILE", help_heading = heading::CHAIN, hide_short_help = true, conflicts_with_all = ["run", "folder", "orders", "tracking", "disputes"])]
    docket: Option<PathBuf>,

    /// Decide as of this instant, as a run does [default: now, or the run's own as-of]
    #[arg(long, value_name = "INSTANT", help_heading = heading::CHAIN)]
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
    /// The folder of the stored run that they come from.
    pub run: Option<PathBuf>,
}

impl CasesArgs {
    /// Loads the cases.
    pub fn load(&self) -> Result<Loaded, Fault> {
        match self.stored()? {
            Some(run) => self.of_run(StoredRun::open(&run)?),
            None => self.of_exports(),
        }
    }

    /// The run that the cases are to be taken from, if they are.
    fn stored(&self) -> Result<Option<PathBuf>, Fault> {
        if let Some(named) = self.run.as_ref().or(self.docket.as_ref()) {
            return Ok(Some(named.clone()));
        }
        let Some(folder) = self.folder.as_deref().filter(|_| !self.exports.are_named()) else { return Ok(None) };
        match FolderContent::of(folder)? {
            FolderContent::Exports { and_runs } => {
                if and_runs {
                    let folder = folder.display();
                    terminal::advise(
                        &format!("{folder} has both exports and runs: its exports are read"),
                        &format!("give --run {folder} for its newest run"),
                    );
                }
                Ok(None)
            }
            FolderContent::Run { folder, .. } => Ok(Some(folder)),
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

    fn of_run(&self, run: StoredRun) -> Result<Loaded, Fault> {
        let StoredRun { folder, snapshot: Snapshot { docket, record }, policy, .. } = run;
        let given = self.as_of.as_deref().map(|text| as_of(Some(text), Tz::UTC)).transpose()?;
        let as_of = given.unwrap_or(record.as_of);
        Ok(Loaded { docket, as_of, base: policy, rejects: record.rejects, refusal: None, run: Some(folder) })
    }

    fn of_exports(&self) -> Result<Loaded, Fault> {
        let (sources, reading) = (self.sources()?, self.exports.reading()?);
        let (as_of, max_rejects) = (as_of(self.as_of.as_deref(), reading.zone)?, self.exports.max_rejects()?);
        let progress = terminal::Bars::default();
        let intake = self.threads()?.install(|| intake::read(&sources, &reading, &progress));
        progress.finish();
        let Intake { docket, rejects, exports } = intake?;
        exports.check_lines()?;
        let too_many = |fault: Fault| fault.hint("a run would decide nothing; mend the export, or raise --max-rejects");
        let refusal = max_rejects.check(&exports.disputes).map_err(too_many).err();
        Ok(Loaded { docket, as_of, base: Policy::standard()?, rejects, refusal, run: None })
    }

    fn sources(&self) -> Result<Sources, Fault> {
        let sources = self.exports.sources(self.folder.as_deref());
        match self.folder {
            None => sources.map_err(|fault| fault.hint("or give the folder of a published run, such as runs/latest")),
            Some(_) => sources,
        }
    }

    /// The threads to work with.
    pub fn threads(&self) -> Result<rayon::ThreadPool, Fault> {
        threads(self.exports.threads)
    }
}
