//! Where what-ifs take their cases from.

use arbiter::case::Docket;
use arbiter::fault::Fault;
use arbiter::instant::Instant;
use arbiter::intake::{self, Intake};
use arbiter::policy::Policy;
use clap::Args;

use crate::terminal;

use super::{InputArgs, as_of, threads};

/// Which cases, and as of when.
#[derive(Args)]
pub struct CasesArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Decide as the world stood at this instant, as a run does [default: now]
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,
}

/// Cases with the instant and the parameters that they come with.
pub struct Loaded {
    /// The cases.
    pub docket: Docket,
    /// The instant to decide as of.
    pub as_of: Instant,
    /// The parameters before anything is laid over them.
    pub base: Policy,
}

impl CasesArgs {
    /// Loads the cases. This is the one place that knows where they come from: exports bring the standard
    /// parameters with them, and a stored run would bring its own.
    pub fn load(&self) -> Result<Loaded, Fault> {
        let (sources, reading) = (self.input.sources()?, self.input.reading()?);
        let (as_of, max_rejects) = (as_of(self.as_of.as_deref(), reading.zone)?, self.input.max_rejects()?);
        let progress = terminal::Bars::default();
        let intake = self.threads()?.install(|| intake::read(&sources, &reading, &progress));
        progress.finish();
        let Intake { docket, exports, .. } = intake?;
        exports.check_lines()?;
        let too_many = |fault: Fault| fault.hint("nothing was decided; mend the export, or raise --max-rejects");
        max_rejects.check(&exports.disputes).map_err(too_many)?;
        Ok(Loaded { docket, as_of, base: Policy::standard()? })
    }

    /// The threads to work with.
    pub fn threads(&self) -> Result<rayon::ThreadPool, Fault> {
        threads(self.input.threads)
    }
}
