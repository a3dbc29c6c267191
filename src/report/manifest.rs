//! manifest.json: what a run was made of and what it made, so that it can be checked a year later.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use arbiter_model::exports::Exports;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;
use arbiter_policy::{InForce, ParameterChange, Policy};

use arbiter_model::VERSION;

use super::{PROGRAM, Run};

/// One file of a run's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    previous: Option<&'a str>,
    inputs: &'a Exports,
    parameters: Parameters<'a>,
    counts: Counts,
    outputs: &'a [OutputFile],
}

#[derive(Serialize)]
struct Parameters<'a> {
    blake3: String,
    changed: &'a [ParameterChange],
    in_force: InForce<'a>,
}

/// Where every row of disputes.csv went. `rows` is the sum of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub fn of(run: &Run) -> Self {
        let disputes = &run.exports.disputes;
        Self {
            rows: disputes.rows,
            decided: run.decisions.made.len() as u64,
            rejected: disputes.rejected,
            repeats: disputes.repeats,
            not_yet_open: run.decisions.not_yet_open,
        }
    }

    /// Whether every row is in exactly one place.
    pub fn add_up(self) -> bool {
        self.rows == self.decided + self.rejected + self.repeats + self.not_yet_open
    }
}

/// Writes the manifest, with the other files of the folder.
pub(crate) fn write(run: &Run, outputs: &[OutputFile], out: &mut dyn Write) -> io::Result<()> {
    let manifest = Manifest {
        program: PROGRAM,
        version: VERSION,
        as_of: run.as_of.exact(),
        previous: run.record.before.as_ref().map(|before| &*before.run),
        inputs: run.exports,
        parameters: Parameters {
            blake3: run.policy.hash(),
            changed: run.policy.changed(),
            in_force: run.policy.in_force(),
        },
        counts: Counts::of(run),
        outputs,
    };
    let mut text = serde_json::to_vec_pretty(&manifest)?;
    // The brace that closes it comes after the seal.
    text.truncate(text.len().saturating_sub(END.len() - 1));
    out.write_all(&text)?;
    out.write_all(seal(&text).as_bytes())
}

/// How a manifest ends after its seal.
const END: &str = "\n}\n";

/// The last entry: the hash of all bytes above it, so that a change of the manifest itself is found too.
fn seal(above: &[u8]) -> String {
    format!(",\n  \"blake3_of_all_above\": \"{}\"{END}", blake3::hash(above).to_hex())
}

/// The name of the manifest's file.
pub const MANIFEST: &str = "manifest.json";

/// The manifest of a published run, as far as others need it.
#[derive(Clone, Debug, Deserialize)]
pub struct PublishedManifest {
    /// The name of the run's folder.
    #[serde(skip)]
    pub name: String,
    /// The version of the program that decided.
    pub version: String,
    /// The instant it was decided as of.
    pub as_of: Instant,
    /// The run before it.
    pub previous: Option<String>,
    /// Where every row of disputes.csv went.
    pub counts: Counts,
    /// Its other files.
    pub outputs: Vec<OutputFile>,
}

impl PublishedManifest {
    /// Reads the manifest of a run's folder.
    ///
    /// # Errors
    ///
    /// There is none, or it was changed after it was published.
    pub fn read(folder: &Path) -> Result<Self, Fault> {
        let path = folder.join(MANIFEST);
        let text = fs::read(&path).map_err(|error| {
            Fault::unreadable(&path, &error).hint("give the folder of a published run, with all of its files")
        })?;
        let mut manifest = Self::parse(&text).ok_or_else(|| {
            Fault::new(FaultKind::Input, "was changed after it was published, or is not a manifest of a run")
                .at(path.display())
                .hint("restore the file; what it says of the others cannot be relied on")
        })?;
        let real = fs::canonicalize(folder).map_err(|error| Fault::unreadable(folder, &error))?;
        manifest.name = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(manifest)
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let above = text.len().checked_sub(seal(&[]).len())?;
        let (above, end) = text.split_at(above);
        (end == seal(above).as_bytes()).then(|| serde_json::from_slice(text).ok())?
    }

    /// Whether a file is what it was when it was published.
    pub fn has(&self, name: &str, bytes: &[u8]) -> bool {
        let is_it = |file: &&OutputFile| file.file == name && file.bytes == bytes.len() as u64;
        self.outputs.iter().find(is_it).is_some_and(|file| *file.blake3 == *blake3::hash(bytes).to_hex())
    }
}

/// The name of a run's folder: its as-of, and a short id of all that its bytes depend on, the night before included.
pub fn folder_name(as_of: Instant, exports: &Exports, policy: &Policy, previous: Option<&str>) -> String {
    let parameters = (policy.hash(), policy.changed());
    // What of the rows could be used shows only later; their files are what they are.
    let files: Vec<_> = exports.files().map(|file| (&file.file, &file.blake3, &file.format)).collect();
    let exports = (&exports.read_with, files);
    let everything = (exports, parameters, VERSION, previous);
    // Structs and tuples serialise in the order of their fields, so equal runs give equal bytes.
    let bytes = serde_json::to_vec(&everything).unwrap_or_default();
    format!("{}-{}", as_of.file_name(), &blake3::hash(&bytes).to_hex()[..8])
}
