//! Believable exports of any size, for demonstrations, tests and benchmarks.
//!
//! Each order is a small story: it is sold, its parcel travels, and about one in ten ends in a
//! quarrel. Stories are told in parallel and written as they are ready, so memory does not grow with
//! their number. The same plan gives the same bytes, for any number of threads.
//!
//! ```
//! use arbiter_generate::{Plan, docket, generate};
//! use arbiter_model::Instant;
//!
//! let as_of = Instant::parse("2026-06-01", chrono_tz::Tz::UTC).expect("a date");
//! let plan = Plan { orders: 500, seed: 7, as_of };
//! let folder = tempfile::tempdir()?;
//! let generated = generate(&plan, folder.path())?;
//!
//! let rows = |export| std::fs::read_to_string(folder.path().join(export)).map(|text| text.lines().count() as u64 - 1);
//! assert_eq!(rows("orders.csv")?, 500);
//! assert_eq!(rows("tracking.csv")?, generated.events);
//! assert!(rows("disputes.csv")? >= generated.disputes, "what buyers and sellers write may take several lines");
//!
//! // The same facts, without files.
//! let disputes: usize = docket(&plan).orders.iter().map(|order| order.disputes.len()).sum();
//! assert_eq!(disputes as u64, generated.disputes);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chance;
mod market;
mod parcel;
mod quarrel;
mod sheets;
mod words;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use arbiter_model::case::OrderCases;
use arbiter_model::dispute::{Dispute, Id, Order, TrackingEvent};
use arbiter_model::docket::{Buyer, Docket};
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;

use chance::Chance;
use market::Market;
use sheets::Sheets;

/// What is to be generated.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many orders.
    pub orders: u64,
    /// Chooses among all exports of this size.
    pub seed: u64,
    /// When the exports are taken: nothing in them is later.
    pub as_of: Instant,
}

/// How many rows were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// In orders.csv.
    pub orders: u64,
    /// In tracking.csv.
    pub events: u64,
    /// In disputes.csv.
    pub disputes: u64,
}

/// One order from its sale to its disputes.
struct Story {
    order: Order,
    /// What the carrier reported of it by the as-of.
    events: Vec<TrackingEvent>,
    /// The disputes opened about it by the as-of.
    disputes: Vec<Dispute>,
}

/// Orders told by one thread at a time. The chances of an order hang on its chunk, so this number is
/// part of what a seed means.
const CHUNK: u64 = 2048;

/// Writes `orders.csv`, `tracking.csv` and `disputes.csv` into a folder, which is created where it is
/// not there.
///
/// # Errors
///
/// One of the files is there already or cannot be written.
pub fn generate(plan: &Plan, folder: &Path) -> Result<Generated, Fault> {
    fs::create_dir_all(folder).map_err(|error| Fault::unwritable(folder.to_owned(), &error))?;
    let mut files = Files::create(folder)?;
    let market = Market::of(plan);
    files.write(&Sheets::with_headers())?;
    let chunks = plan.orders.div_ceil(CHUNK);
    let round = 4 * rayon::current_num_threads() as u64;
    let mut told: Vec<Sheets> = Vec::new();
    for start in (0..chunks).step_by(round as usize) {
        let next = start..(start + round).min(chunks);
        // What is told is written while the next are told.
        let (written, sheets) = rayon::join(
            || told.iter().try_for_each(|sheets| files.write(sheets)),
            || next.into_par_iter().map(|chunk| tell_chunk(&market, plan, chunk)).collect(),
        );
        written?;
        told = sheets;
    }
    told.iter().try_for_each(|sheets| files.write(sheets))?;
    Ok(files.generated)
}

fn tell_chunk(market: &Market, plan: &Plan, chunk: u64) -> Sheets {
    let mut sheets = Sheets::default();
    stories(market, plan, chunk).for_each(|story| sheets.add(&story));
    sheets.flushed()
}

/// The docket that a run reads out of a plan's exports.
pub fn docket(plan: &Plan) -> Docket {
    let market = Market::of(plan);
    let mut docket = Docket::default();
    let mut numbers: BTreeMap<Id, u32> = BTreeMap::new();
    let mut paid: BTreeMap<Id, Vec<Instant>> = BTreeMap::new();
    let mut place = 0;
    for Story { order, events, mut disputes } in
        (0..plan.orders.div_ceil(CHUNK)).flat_map(|chunk| stories(&market, plan, chunk))
    {
        paid.entry(order.buyer_id.clone()).or_default().push(order.paid_at);
        if disputes.is_empty() {
            continue;
        }
        for dispute in &mut disputes {
            dispute.place = place;
            place += 1;
        }
        disputes.sort_by_key(|dispute| dispute.opened_at);
        let mut disputants = Vec::new();
        for dispute in &disputes {
            disputants.push(*numbers.entry(dispute.buyer_id.clone()).or_insert_with(|| {
                docket.buyers.push(Buyer { id: dispute.buyer_id.clone(), orders_paid_at: Vec::new() });
                docket.buyers.len() as u32 - 1
            }));
        }
        docket.orders.push(OrderCases { order: Box::new(order), events, disputes, disputants, held_by_reject: false });
    }
    for buyer in &mut docket.buyers {
        buyer.orders_paid_at = paid.remove(&buyer.id).unwrap_or_default();
        buyer.orders_paid_at.sort_unstable();
    }
    docket
}

fn stories(market: &Market, plan: &Plan, chunk: u64) -> impl Iterator<Item = Story> {
    let numbers: Range<u64> = chunk * CHUNK..((chunk + 1) * CHUNK).min(plan.orders);
    let mut chance = Chance::of(plan.seed, "chunk", chunk);
    numbers.map(move |number| tell(market, plan, number, &mut chance))
}

fn tell(market: &Market, plan: &Plan, number: u64, chance: &mut Chance) -> Story {
    let mut order = market.sell(number, plan, chance);
    let mut events = parcel::travel(&mut order, plan.as_of, chance);
    let disputes = quarrel::quarrel(&order, &mut events, number, market, plan.as_of, chance);
    Story { order, events, disputes }
}

/// The three exports as they grow.
struct Files {
    files: [(PathBuf, File); 3],
    generated: Generated,
}

impl Files {
    fn create(folder: &Path) -> Result<Self, Fault> {
        let create = |name: &str| {
            let path = folder.join(name);
            match File::create_new(&path) {
                Ok(file) => Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    Err(Fault::unwritable(path, &error).hint("give a folder without exports in it"))
                }
                Err(error) => Err(Fault::unwritable(path, &error)),
            }
        };
        let files = [create("orders.csv")?, create("tracking.csv")?, create("disputes.csv")?];
        Ok(Self { files, generated: Generated::default() })
    }

    fn write(&mut self, sheets: &Sheets) -> Result<(), Fault> {
        for ((path, file), bytes) in self.files.iter_mut().zip(sheets.bytes()) {
            file.write_all(bytes).map_err(|error| Fault::unwritable(path.clone(), &error))?;
        }
        let Generated { orders, events, disputes } = sheets.rows();
        self.generated.orders += orders;
        self.generated.events += events;
        self.generated.disputes += disputes;
        Ok(())
    }
}
