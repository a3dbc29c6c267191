//! `arbiter policy`, and the options that choose parameters.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use arbiter_model::fault::{Fault, FaultKind, nearest, visible};
use arbiter_model::instant::Instant;
use arbiter_policy::{Difference, Overlay, PROFILES, Policy, page, schema, starting_overlay};
use chrono_tz::Tz;
use clap::{Args, Subcommand};

use crate::terminal;

/// Which parameters.
#[derive(Args, Default)]
pub struct PolicyArgs {
    /// A set of values from the sources to lay over the standard parameters: standard, buyer, seller,
    /// patient, swift or destinations
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Rule parameters to lay over the standard ones and the profile, as a TOML file; may be given
    /// several times
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// One rule parameter to set, such as too_early.days=6, or for one version
    /// too_early@2026-07-01.days=6; after all --policy files, may be given several times
    #[arg(long, value_name = "RULE.PARAMETER=VALUE")]
    set: Vec<String>,
}

#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Print all parameters, with where each value comes from, as a policy file
    Show(ShowArgs),
    /// Tell what is wrong with policy files, all of it at once, and what they change
    Check(CheckArgs),
    /// Tell in which values two sets of parameters differ
    Diff(DiffArgs),
    /// Print the JSON Schema of policy files, so that editors complete and check them
    Schema,
    /// Print the page of parameters, in Markdown
    Docs,
    /// Write a first policy file, with everything that one can have in comments
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
pub struct CheckArgs {
    /// The policy files, later ones over earlier ones
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    policy: PolicyArgs,
}

#[derive(Args)]
pub struct DiffArgs {
    /// A profile, such as standard, or a policy file
    #[arg(value_name = "A")]
    left: PathBuf,

    /// Another one
    #[arg(value_name = "B")]
    right: PathBuf,
}

#[derive(Args)]
pub struct NewArgs {
    /// Write to this file, which must not be there yet [default: to standard output]
    #[arg(long, value_name = "FILE")]
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

impl PolicyArgs {
    /// The parameters: the standard ones, the profile, the files, and what is set, over each other.
    pub fn resolve(&self) -> Result<Policy, Fault> {
        Policy::with(&self.overlays()?)
    }

    /// What was given, in a few words: `seller; too_early.days=6`.
    pub(super) fn name(&self) -> String {
        let files = self.policy.iter().map(|file| file.display().to_string());
        self.profile.iter().cloned().chain(files).chain(self.set.iter().cloned()).collect::<Vec<_>>().join("; ")
    }

    /// What is laid over each other, in its order.
    pub(super) fn overlays(&self) -> Result<Vec<Overlay>, Fault> {
        let mut overlays = Vec::new();
        if let Some(profile) = &self.profile {
            overlays.push(Overlay::profile(profile)?);
        }
        for file in &self.policy {
            overlays.push(read(file)?);
        }
        overlays.extend(self.set.iter().map(|argument| Overlay::from_argument(argument)));
        Ok(overlays)
    }
}

pub(super) fn read(file: &Path) -> Result<Overlay, Fault> {
    let text = fs::read_to_string(file).map_err(|error| {
        let fault = Fault::new(FaultKind::Policy, format!("cannot be read: {error}")).at(file.display());
        fault.hint("check the name of the policy file, and that this account may read it")
    })?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    Ok(Overlay::from_file(&name, &text))
}

fn show(args: &ShowArgs) -> Result<(), Fault> {
    let policy = args.policy.resolve()?;
    let policy = match &args.on {
        None => policy,
        Some(text) => {
            let date = Instant::parse(text, Tz::UTC).ok_or_else(|| {
                Fault::new(FaultKind::Usage, format!("--on {text}: expected a date such as 2026-07-01"))
            })?;
            policy.on(date)?
        }
    };
    terminal::print(&policy.to_toml())
}

fn check(args: &CheckArgs) -> Result<(), Fault> {
    let mut overlays = args.policy.overlays()?;
    // What is set stands last, on the command line and here.
    let set = overlays.split_off(overlays.len() - args.policy.set.len());
    for file in &args.files {
        overlays.push(read(file)?);
    }
    overlays.extend(set);
    let policy = Policy::with(&overlays)?;
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

/// The overlay of a profile's name or a file.
pub(super) fn named(name: &Path) -> Result<Overlay, Fault> {
    let text = name.to_string_lossy();
    if PROFILES.iter().any(|profile| profile.name == text) {
        return Overlay::profile(&text);
    }
    if !name.exists() {
        let names = PROFILES.iter().map(|profile| profile.name);
        let near = nearest(&text, names.clone()).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        let hint = format!("{near}profiles are {}", names.collect::<Vec<_>>().join(", "));
        return Err(Fault::new(FaultKind::Policy, "is neither a profile nor a file").at(text).hint(hint));
    }
    read(name)
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
    let text = starting_overlay(&Policy::standard()?, Instant::LAST);
    match &args.out {
        None => terminal::print(&text),
        Some(file) => {
            let create = || fs::File::create_new(file)?.write_all(text.as_bytes());
            create().map_err(|error| {
                Fault::unwritable(file.clone(), &error).hint("give --out a file that is not there yet")
            })
        }
    }
}
