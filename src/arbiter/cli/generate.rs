//! `arbiter generate`: exports made up.

use std::path::PathBuf;

use arbiter_generate::{Generated, Plan};
use arbiter_model::fault::Fault;
use chrono_tz::Tz;
use clap::Args;

use crate::terminal;

use super::arguments::{as_of, threads};

#[derive(Args)]
pub struct GenerateArgs {
    /// Folder to write orders.csv, tracking.csv and disputes.csv into
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Number of orders; each has about four events, and one in ten a dispute
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    orders: u64,

    /// Seed of the random choices; the same number gives the same exports
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// Instant at which the exports are taken; they cover the 180 days before
    #[arg(long, value_name = "INSTANT", default_value = "2026-06-01")]
    as_of: String,

    /// Number of threads; the exports do not depend on it [default: one per core]
    #[arg(long, hide_short_help = true, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Does what `arbiter generate` says.
pub fn run(args: &GenerateArgs) -> Result<(), Fault> {
    let plan = Plan { orders: args.orders, seed: args.seed, as_of: as_of(Some(&args.as_of), Tz::UTC)? };
    let generated = threads(args.threads)?.install(|| arbiter_generate::generate(&plan, &args.folder))?;
    let Generated { orders, events, disputes } = generated;
    let folder = args.folder.display();
    terminal::print(&format!("{folder}: {orders} orders, {events} events, {disputes} disputes\n"))
}
