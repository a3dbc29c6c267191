//! Runs of the binary on exports in a folder of their own.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The project's folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the binary did.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the binary in a folder, with no terminal.
pub fn arbiter_in(folder: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_arbiter"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary starts");
    Ran::of(output)
}

impl Ran {
    /// Whether a run was published, with rejected rows or without.
    pub fn is_published(&self) -> bool {
        matches!(self.code, 0 | 3)
    }

    fn of(output: Output) -> Self {
        let Output { status, stdout, stderr } = output;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the binary prints text");
        Self { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) }
    }
}

/// Runs the binary in a folder with something piped into it.
pub fn arbiter_fed(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_arbiter"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // It may stop before it has read everything.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    Ran::of(child.wait_with_output().expect("the binary ends"))
}

/// Exports in a folder that vanishes with the test.
pub struct Exports {
    pub folder: TempDir,
}

pub const ORDERS: &str = "order_id,buyer_id,seller_id,currency,goods_total,paid_at,shipped_at\n\
    O-1,anna,shop,USD,24.90,2026-03-01T08:00:00Z,2026-03-02T08:00:00Z\n";
pub const TRACKING: &str = "order_id,event_at,status\nO-1,2026-03-03T08:00:00Z,in_transit\n";
pub const DISPUTES: &str = "dispute_id,order_id,buyer_id,opened_at,reason\n\
    D-1,O-1,anna,2026-05-10T08:00:00Z,not_received\n";

impl Exports {
    /// Three small exports that are in order: one parcel that never came.
    pub fn small() -> Self {
        Self::of(ORDERS, TRACKING, DISPUTES)
    }

    /// An empty folder.
    pub fn none() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder") }
    }

    pub fn of(orders: impl AsRef<[u8]>, tracking: impl AsRef<[u8]>, disputes: impl AsRef<[u8]>) -> Self {
        let exports = Self::none();
        exports.write("orders.csv", orders);
        exports.write("tracking.csv", tracking);
        exports.write("disputes.csv", disputes);
        exports
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("a file in the temporary folder");
    }

    /// `arbiter run . --as-of 2026-06-01`, whatever is rejected, with more arguments.
    pub fn run(&self, more: &[&str]) -> Ran {
        let arguments: Vec<_> =
            ["run", ".", "--as-of", "2026-06-01", "--max-rejects", "100%"].iter().chain(more).copied().collect();
        arbiter_in(self.folder.path(), &arguments)
    }

    /// The files of the one folder that runs have left under a name.
    pub fn outputs(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let folders = runs(&self.path(out));
        let [folder] = folders.as_slice() else { panic!("not one folder in {out}: {folders:?}") };
        files(folder)
    }
}

/// The folders of the runs in an output folder, sorted.
pub fn runs(out: &Path) -> Vec<PathBuf> {
    let is_run = |path: &PathBuf| path.is_dir() && !path.is_symlink();
    entries(out).into_iter().filter(is_run).collect()
}

/// A folder's entries, sorted.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    entries
}

/// A folder's files by name.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let named = |path: PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    entries(folder).into_iter().map(named).collect()
}

/// A CSV table's rows by column name.
pub fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes).deserialize().map(|row| row.expect("a row")).collect()
}
