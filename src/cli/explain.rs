//! `arbiter explain`: one decision, taken apart.

use std::fs;
use std::path::{Path, PathBuf};

use arbiter::arbitrate::{Rulings, arbitrate};
use arbiter::decision::{DecidedBy, Decision};
use arbiter::explain::Inquiry;
use arbiter::fault::{Fault, FaultKind};
use arbiter::policy::Policy;
use arbiter::register::Standing;
use arbiter::report::{PublishedManifest, write_flips};
use clap::Args;

use super::cases::{CasesArgs, Loaded};
use super::policy::PolicyArgs;
use super::run::{read_docket, stored_policy};
use crate::terminal;

#[derive(Args)]
pub struct ExplainArgs {
    /// The dispute, by its id
    #[arg(value_name = "DISPUTE_ID")]
    dispute: String,

    #[command(flatten)]
    cases: CasesArgs,

    /// Print the explanation as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    policy: PolicyArgs,
}

/// Everything that was decided, to ask about one dispute of it.
struct Decided {
    loaded: Loaded,
    policy: Policy,
    rulings: Rulings,
}

/// Does what `arbiter explain` says.
pub fn run(args: &ExplainArgs) -> Result<(), Fault> {
    let loaded = args.cases.load()?;
    let policy = loaded.base.and(&args.policy.overlays()?)?;
    let decided = Decided::of(args, loaded, policy)?;
    let inquiry = decided.inquiry();
    let decision = inquiry.decision(&args.dispute)?;
    if let Some(fault) = &decided.loaded.refusal {
        return Err(fault.clone());
    }
    let DecidedBy::EarlierNight(number) = decision.by else { return show(args, &inquiry, decision) };
    let standing = &decided.loaded.docket.register.standing()[number as usize];
    match args.cases.run_folder().and_then(|run| run_of(standing, run)) {
        Some(run) => explain_in(args, &run, standing),
        None => Err(elsewhere(standing)),
    }
}

/// Explains a decision that stands in the run that made it.
fn explain_in(args: &ExplainArgs, run: &Path, standing: &Standing) -> Result<(), Fault> {
    let file = run.join("docket.parquet");
    let (stored, policy) = (read_docket(&file)?, Policy::with(stored_policy(&file)?.as_slice())?);
    let (docket, as_of, rejects) = (stored.docket, stored.beside.as_of, stored.beside.rejects);
    let loaded = Loaded { docket, as_of, base: policy.clone(), rejects, refusal: None };
    let decided = Decided::of(args, loaded, policy)?;
    let inquiry = decided.inquiry();
    match inquiry.decision(&args.dispute)? {
        decision if matches!(decision.by, DecidedBy::EarlierNight(_)) => Err(elsewhere(standing)),
        decision => show(args, &inquiry, decision),
    }
}

/// The run beside a run, or that run, which made a decision that stands.
fn run_of(standing: &Standing, run: &Path) -> Option<PathBuf> {
    let run = fs::canonicalize(run).ok()?;
    let runs = fs::read_dir(run.parent()?).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut made: Vec<PathBuf> = runs
        .filter(|run| run.is_dir() && !run.is_symlink())
        .filter(|run| PublishedManifest::read(run).is_ok_and(|manifest| manifest.as_of == standing.decided_at))
        .collect();
    made.sort_unstable();
    made.into_iter().next()
}

/// A decision that stands, where the run that made it cannot be found.
fn elsewhere(standing: &Standing) -> Fault {
    let Standing { dispute_id, outcome, rule, award, currency, decided_at, row, .. } = standing;
    let told = arbiter::decision::COLUMNS.iter().position(|column| *column == "explanation");
    let told = told.and_then(|place| row.get(place)).unwrap_or_default();
    let problem = format!(
        "{dispute_id} was decided on {decided_at} and stands: {outcome} by the rule {rule}, {award} {currency}. {told}"
    );
    Fault::new(FaultKind::Input, problem)
        .hint("give the run of that night with --run; what it decided on is in its docket alone")
}

fn show(args: &ExplainArgs, inquiry: &Inquiry, decision: &Decision) -> Result<(), Fault> {
    let explanation = inquiry.explanation(decision);
    if !args.json {
        return terminal::print(&explanation.to_string());
    }
    let json = serde_json::to_string_pretty(&explanation);
    terminal::print(&(json.map_err(|error| Fault::new(FaultKind::Defect, error.to_string()))? + "\n"))
}

impl Decided {
    fn of(args: &ExplainArgs, loaded: Loaded, policy: Policy) -> Result<Self, Fault> {
        let rulings = args.cases.threads()?.install(|| arbitrate(&loaded.docket, &policy, loaded.as_of));
        Ok(Self { loaded, policy, rulings })
    }

    fn inquiry(&self) -> Inquiry<'_> {
        let Self { loaded, policy, rulings } = self;
        let Loaded { docket, as_of, rejects, .. } = loaded;
        Inquiry { as_of: *as_of, policy, docket, rulings, rejects }
    }
}

#[derive(Args)]
pub struct FlipsArgs {
    #[command(flatten)]
    cases: CasesArgs,

    /// Write to this file [default: to standard output]
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    #[command(flatten)]
    policy: PolicyArgs,
}

/// Does what `arbiter flips` says.
pub fn flips(args: &FlipsArgs) -> Result<(), Fault> {
    let Loaded { docket, as_of, base, .. } = args.cases.load_anew()?;
    let policy = base.and(&args.policy.overlays()?)?;
    let mut table = Vec::new();
    let written = args.cases.threads()?.install(|| {
        let rulings = arbitrate(&docket, &policy, as_of);
        write_flips(&docket, &policy, as_of, &rulings, &mut table)
    });
    written.map_err(|error| Fault::new(FaultKind::Defect, error.to_string()))?;
    match &args.csv {
        None => terminal::print(&String::from_utf8_lossy(&table)),
        Some(file) => fs::write(file, table).map_err(|error| {
            Fault::unwritable(file.clone(), &error).hint("check the folder, the free space, and the rights on it")
        }),
    }
}
