//! The command line; no domain logic. Each command is in a file of its name; options that several have are in
//! [`arguments`].

mod arguments;
mod check;
mod clock;
mod compare;
mod explain;
mod flips;
mod forecast;
mod former;
mod generate;
mod map;
mod metrics;
mod output;
mod policy;
mod run;
mod sweep;
mod verify;
mod watch;

use arbiter_model::fault::Fault;
use clap::{Parser, Subcommand};

use crate::{exit, terminal};

/// Decides a marketplace's buyer disputes.
///
/// Three CSV exports in; decisions, ledger and reports out. The main job, on the sample night:
///
///     arbiter run fixtures/night --as-of 2026-06-01 --out runs
///
/// What it published can be asked, proved, and decided by other parameters:
///
///     arbiter explain D-1091 runs
///     arbiter verify runs
///     arbiter compare runs --set seller_silent.days=3
#[derive(Parser)]
#[command(
    name = "arbiter",
    version,
    about,
    long_about,
    verbatim_doc_comment,
    max_term_width = 100,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Decide all disputes: three exports in, one folder of decisions, ledger and reports out
    Run(Box<run::RunArgs>),
    /// Prove that a published run is what it was: its files, its rows and ledger, its decisions
    Verify(verify::VerifyArgs),
    /// Show how one dispute was decided: facts, rules, dates, parameters, arithmetic, and what would change it
    Explain(explain::ExplainArgs),
    /// List for every dispute the smallest change of a fact, and of a parameter, that would change its outcome, as CSV
    Flips(flips::FlipsArgs),
    /// Check the exports: read them as a run would, decide nothing, and list what is wrong with them
    Check(check::CheckArgs),
    /// Write a first mapping for export files with other column names, codes or formats
    Map(map::MapArgs),
    /// Generate realistic exports of any size, to try things out on
    Generate(generate::GenerateArgs),
    /// Compare parameters with others: which disputes are decided differently, and what money moves
    Compare(compare::CompareArgs),
    /// Sweep a parameter over a range: the exact curve of awards and outcomes
    Sweep(sweep::SweepArgs),
    /// List which pending disputes decide themselves on which coming night, and the money then due
    Forecast(forecast::ForecastArgs),
    /// Show, check and compare rule parameters, and start a policy file of your own
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
}

/// Does what the command line says, and returns the exit code.
pub fn run() -> Result<u8, Fault> {
    let (arguments, advice) = former::spelt_anew(std::env::args_os());
    let cli = Cli::parse_from(arguments);
    if let Some(advice) = advice {
        terminal::tell(&advice);
    }
    match cli.command {
        Command::Run(args) => return run::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Flips(args) => flips::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Map(args) => map::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Sweep(args) => sweep::run(&args),
        Command::Forecast(args) => forecast::run(&args),
        Command::Policy(command) => policy::run(&command),
    }
    .map(|()| exit::SUCCESS)
}
