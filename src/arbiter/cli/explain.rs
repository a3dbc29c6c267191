//! `arbiter explain`: one decision, taken apart.

use std::path::Path;

use arbiter_engine::decide::{Decisions, decide_docket};
use arbiter_engine::decision::Decision;
use arbiter_engine::explain::Inquiry;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::final_decisions::FinalDecision;
use arbiter_policy::Policy;
use arbiter_runs::{StoredRun, runs_before};
use clap::Args;

use super::arguments::{CasesArgs, Loaded, heading};
use crate::terminal;

#[derive(Args)]
pub struct ExplainArgs {
    /// Id of the dispute
    #[arg(value_name = "DISPUTE_ID")]
    dispute: String,

    #[command(flatten)]
    cases: CasesArgs,

    /// Print the explanation as JSON
    #[arg(long, help_heading = heading::OUTPUT)]
    json: bool,
}

/// Everything that was decided, to ask about one dispute of it.
struct Decided {
    loaded: Loaded,
    policy: Policy,
    decisions: Decisions,
}

/// Does what `arbiter explain` says.
pub fn run(args: &ExplainArgs) -> Result<(), Fault> {
    let loaded = args.cases.load()?;
    let policy = loaded.base.and(&args.cases.policy.overlays()?)?;
    let decided = Decided::of(args, loaded, policy)?;
    let (inquiry, register) = (decided.inquiry(), &decided.loaded.docket.final_decisions);
    // Outputs write some ids with a `'` before them, for spreadsheets.
    let bare = args
        .dispute
        .strip_prefix('\'')
        .filter(|bare| inquiry.decision(&args.dispute).is_err() && inquiry.decision(bare).is_ok());
    let id = bare.unwrap_or(&args.dispute);
    if let Some(number) = register.of_dispute(id) {
        let final_decision = &register.all()[number as usize];
        let run = decided.loaded.run.as_deref();
        let made = run.map_or(Ok(None), |run| run_of(args, final_decision, run))?;
        let made = made.ok_or_else(|| elsewhere(final_decision))?;
        let inquiry = made.inquiry();
        return show(args, &inquiry, inquiry.decision(id)?);
    }
    let decision = inquiry.decision(id)?;
    match &decided.loaded.refusal {
        Some(fault) => Err(fault.clone()),
        None => show(args, &inquiry, decision),
    }
}

/// The run that made a decision which stands in another: of those before it, as far as they are there, the oldest that
/// knows the dispute and has no decision of it from before.
fn run_of(args: &ExplainArgs, final_decision: &FinalDecision, run: &Path) -> Result<Option<Decided>, Fault> {
    for folder in runs_before(run, final_decision.decided_at) {
        let StoredRun { snapshot, policy, .. } = StoredRun::of_folder(&folder)?;
        let (docket, as_of, rejects) = (snapshot.docket, snapshot.record.as_of, snapshot.record.rejects);
        if docket.final_decisions.of_dispute(&final_decision.dispute_id).is_some() {
            return Ok(None);
        }
        let policy = policy.and(&args.cases.policy.overlays()?)?;
        let loaded = Loaded { docket, as_of, base: policy.clone(), rejects, refusal: None, run: Some(folder) };
        let decided = Decided::of(args, loaded, policy)?;
        let is_final = |decision: &Decision| decision.outcome.is_final();
        if decided.inquiry().decision(&final_decision.dispute_id).is_ok_and(is_final) {
            return Ok(Some(decided));
        }
    }
    Ok(None)
}

/// A decision that stands, where the run that made it cannot be found.
fn elsewhere(final_decision: &FinalDecision) -> Fault {
    let FinalDecision { dispute_id, outcome, rule, award, currency, decided_at, row, .. } = final_decision;
    let told = arbiter_engine::decision::COLUMNS.iter().position(|column| *column == "explanation");
    let told = told.and_then(|place| row.get(place)).unwrap_or_default();
    let problem = format!(
        "{dispute_id} was decided on {decided_at} and stands: {outcome} by the rule {rule}, {award} {currency}. {told}"
    );
    Fault::new(FaultKind::Input, problem)
        .hint("give the folder of the run that decided it: only that run has the facts it was decided on")
}

fn show(args: &ExplainArgs, inquiry: &Inquiry, decision: &Decision) -> Result<(), Fault> {
    let explanation = inquiry.explanation(decision);
    if !args.json {
        return terminal::print(&explanation.to_string());
    }
    let json = serde_json::to_string_pretty(&explanation);
    terminal::print(&(json.map_err(|error| Fault::new(FaultKind::Defect, error.to_string()).caused_by(error))? + "\n"))
}

impl Decided {
    fn of(args: &ExplainArgs, loaded: Loaded, policy: Policy) -> Result<Self, Fault> {
        let decisions = args.cases.threads()?.install(|| decide_docket(&loaded.docket, &policy, loaded.as_of));
        Ok(Self { loaded, policy, decisions })
    }

    fn inquiry(&self) -> Inquiry<'_> {
        let Self { loaded, policy, decisions } = self;
        let Loaded { docket, as_of, rejects, .. } = loaded;
        Inquiry { as_of: *as_of, policy, docket, decisions, rejects }
    }
}
