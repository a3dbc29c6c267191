//! `arbiter policy`: the parameters shown, checked, compared and explained.

use std::path::PathBuf;

use arbiter_model::fault::{Fault, FaultKind, visible};
use arbiter_model::instant::Instant;
use arbiter_policy::{Difference, Policy, page, schema, starting_overlay};
use chrono_tz::Tz;
use clap::{Args, Subcommand};

use crate::terminal;

use super::arguments::{PolicyArgs, heading, named};
use super::output;

#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Print all parameters as a policy file, with the source of each value
    Show(ShowArgs),
    /// Check policy files: everything that is wrong with them at once, or what they change
    Check(CheckPolicyArgs),
    /// List the values in which two sets of parameters differ
    Diff(DiffArgs),
    /// Print the JSON Schema of policy files, so that editors complete and check them
    Schema,
    /// Print the page of parameters, in Markdown
    Docs,
    /// Write a first policy file, with everything that it can have in comments
    New(NewArgs),
}

#[derive(Args)]
pub struct ShowArgs {
    #[command(flatten)]
    policy: PolicyArgs,

    /// Only the versions that are in force on this date
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

#[derive(Args)]
pub struct CheckPolicyArgs {
    /// Policy files; later ones are laid over earlier ones
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    policy: PolicyArgs,
}

#[derive(Args)]
pub struct DiffArgs {
    /// Profile, such as standard, or policy file
    #[arg(value_name = "A")]
    left: PathBuf,

    /// Another profile or policy file
    #[arg(value_name = "B")]
    right: PathBuf,
}

#[derive(Args)]
pub struct NewArgs {
    /// Write to this file, which must not exist yet [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    out: Option<PathBuf>,
}

/// Does what `arbiter policy` says.
pub fn run(command: &PolicyCommand) -> Result<(), Fault> {
    match command {
        PolicyCommand::Show(args) => show(args),
        PolicyCommand::Check(args) => check(args),
        PolicyCommand::Diff(args) => diff(args),
        PolicyCommand::Schema => terminal::print(&format!("{:#}\n", schema())),
        PolicyCommand::Docs => terminal::print(&page()?),
        PolicyCommand::New(args) => begin(args),
    }
}

fn show(args: &ShowArgs) -> Result<(), Fault> {
    let policy = args.policy.resolve()?;
    let policy = match &args.on {
        None => policy,
        Some(text) => {
            let date = Instant::parse(text, Tz::UTC).ok_or_else(|| {
                Fault::new(FaultKind::Usage, format!("--on: invalid date {text}, expected one such as 2026-07-01"))
            })?;
            policy.on(date)?
        }
    };
    terminal::print(&policy.to_toml())
}

fn check(args: &CheckPolicyArgs) -> Result<(), Fault> {
    let policy = Policy::with(&args.policy.overlays_with(&args.files)?)?;
    let mut text = String::new();
    for change in policy.changed() {
        text.push_str(&format!("{} = {}, set by {}\n", change.parameter, change.value, visible(&change.set_by)));
    }
    text.push_str(&match policy.changed().len() {
        0 => "in order; nothing differs from the standard\n".to_owned(),
        1 => "in order; 1 value differs from the standard\n".to_owned(),
        count => format!("in order; {count} values differ from the standard\n"),
    });
    terminal::print(&text)
}

fn diff(args: &DiffArgs) -> Result<(), Fault> {
    let differences = Policy::with(&[named(&args.left)?])?.differences(&Policy::with(&[named(&args.right)?])?);
    let side = |value: &str, origin: &str| match value {
        "" => "none".to_owned(),
        _ => format!("{value} ({})", visible(origin)),
    };
    let line = |Difference { parameter, values: [before, after], origins: [from, to] }: &Difference| {
        format!("{parameter}: {} -> {}\n", side(before, from), side(after, to))
    };
    match differences.is_empty() {
        true => terminal::print("no value differs\n"),
        false => terminal::print(&differences.iter().map(line).collect::<String>()),
    }
}

fn begin(args: &NewArgs) -> Result<(), Fault> {
    output::write_new_or_print(args.out.as_deref(), &starting_overlay(&Policy::standard()?, Instant::LAST))
}
