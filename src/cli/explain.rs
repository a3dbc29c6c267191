//! `arbiter explain`: one decision, taken apart.

use arbiter::arbitrate::{Rulings, arbitrate};
use arbiter::case::Docket;
use arbiter::explain::Inquiry;
use arbiter::exports::{MaxRejects, Reject};
use arbiter::fault::{Fault, FaultKind};
use arbiter::instant::Instant;
use arbiter::intake::{self, Intake};
use arbiter::policy::Policy;
use clap::Args;

use super::policy::PolicyArgs;
use super::{InputArgs, as_of, threads};
use crate::terminal;

#[derive(Args)]
pub struct ExplainArgs {
    /// The dispute, by its id
    #[arg(value_name = "DISPUTE_ID")]
    dispute: String,

    #[command(flatten)]
    input: InputArgs,

    /// Decide as the world stood at this instant; as for `arbiter run`
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,

    /// Print the explanation as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    policy: PolicyArgs,
}

/// Everything that was decided, to ask about one dispute of it.
struct Decided {
    docket: Docket,
    rejects: Vec<Reject>,
    policy: Policy,
    as_of: Instant,
    rulings: Rulings,
    /// Why a run would have decided nothing, where it would have.
    refusal: Option<Fault>,
}

/// Does what `arbiter explain` says.
pub fn run(args: &ExplainArgs) -> Result<(), Fault> {
    let decided = from_exports(args)?;
    let inquiry = decided.inquiry();
    let decision = inquiry.decision(&args.dispute)?;
    if let Some(fault) = &decided.refusal {
        return Err(fault.clone());
    }
    let explanation = inquiry.explanation(decision);
    if !args.json {
        return terminal::print(&explanation.to_string());
    }
    let json = serde_json::to_string_pretty(&explanation);
    terminal::print(&(json.map_err(|error| Fault::new(FaultKind::Defect, error.to_string()))? + "\n"))
}

/// Reads exports and decides them as `arbiter run` does. A stored run is read here too, once runs are
/// stored with all their facts: what is needed of it are the fields of [`Decided`].
fn from_exports(args: &ExplainArgs) -> Result<Decided, Fault> {
    let (sources, reading) = (args.input.sources()?, args.input.reading()?);
    let max_rejects: MaxRejects = args.input.max_rejects()?;
    let as_of = as_of(args.as_of.as_deref(), reading.zone)?;
    let policy = args.policy.resolve()?;
    let progress = terminal::Bars::default();
    let threads = threads(args.input.threads)?;
    let intake = threads.install(|| intake::read(&sources, &reading, &progress));
    progress.finish();
    let Intake { docket, rejects, exports } = intake?;
    let rulings = threads.install(|| arbitrate(&docket, &policy, as_of));
    let refusal = max_rejects.check(&exports.disputes).err();
    let refusal =
        refusal.map(|fault| fault.hint("a run would decide nothing; mend the export, or raise --max-rejects"));
    Ok(Decided { docket, rejects, policy, as_of, rulings, refusal })
}

impl Decided {
    fn inquiry(&self) -> Inquiry<'_> {
        let Self { docket, rejects, policy, as_of, rulings, .. } = self;
        Inquiry { as_of: *as_of, policy, docket, rulings, rejects }
    }
}
