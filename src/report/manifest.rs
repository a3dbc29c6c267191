//! manifest.json: what a run was made of and what it made, so that it can be checked a year later.

use std::io::{self, Write};

use serde::Serialize;

use crate::exports::Exports;
use crate::instant::Instant;
use crate::policy::{Change, InForce, Policy};

use super::{Night, PROGRAM, VERSION};

/// One file of a run's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutputFile {
    /// Its name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// BLAKE3 of its bytes.
    pub blake3: String,
}

#[derive(Serialize)]
struct Manifest<'a> {
    program: &'static str,
    version: &'static str,
    as_of: String,
    inputs: &'a Exports,
    parameters: Parameters<'a>,
    counts: Counts,
    outputs: &'a [OutputFile],
}

#[derive(Serialize)]
struct Parameters<'a> {
    blake3: String,
    changed: &'a [Change],
    in_force: InForce<'a>,
}

/// Where every row of disputes.csv went. `rows` is the sum of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows of disputes.csv.
    pub rows: u64,
    /// Decided: rows of decisions.csv.
    pub decided: u64,
    /// Rejected.
    pub rejected: u64,
    /// Repeating an earlier row word for word.
    pub repeats: u64,
    /// Opened after the as-of.
    pub not_yet_open: u64,
}

impl Counts {
    /// The counts of a run.
    pub fn of(night: &Night) -> Self {
        let disputes = &night.exports.disputes;
        Self {
            rows: disputes.rows,
            decided: night.rulings.decisions.len() as u64,
            rejected: disputes.rejected,
            repeats: disputes.repeats,
            not_yet_open: night.rulings.not_yet_open,
        }
    }

    /// Whether every row is in exactly one place.
    pub fn add_up(self) -> bool {
        self.rows == self.decided + self.rejected + self.repeats + self.not_yet_open
    }
}

/// Writes the manifest, with the other files of the folder.
pub fn write_manifest(night: &Night, outputs: &[OutputFile], out: &mut dyn Write) -> io::Result<()> {
    let manifest = Manifest {
        program: PROGRAM,
        version: VERSION,
        as_of: night.as_of.exact(),
        inputs: night.exports,
        parameters: Parameters {
            blake3: night.policy.hash(),
            changed: night.policy.changed(),
            in_force: night.policy.in_force(),
        },
        counts: Counts::of(night),
        outputs,
    };
    serde_json::to_writer_pretty(&mut *out, &manifest)?;
    out.write_all(b"\n")
}

/// The name of a run's folder: its as-of, and a short id of all that its bytes depend on.
pub fn folder_name(as_of: Instant, exports: &Exports, policy: &Policy) -> String {
    let parameters = (policy.hash(), policy.changed());
    let everything = (exports, parameters, VERSION);
    // Structs and tuples serialise in the order of their fields, so equal runs give equal bytes.
    let bytes = serde_json::to_vec(&everything).unwrap_or_default();
    format!("{}-{}", as_of.file_name(), &blake3::hash(&bytes).to_hex()[..8])
}
