//! Verifying a published run: that every file is what it was, that rows and books add up, and that the stored docket,
//! decided anew, gives the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::decided::DecidedRun;
use crate::publish::Hashed;
use crate::snapshot;
use crate::stored_run::StoredRun;
use arbiter_model::VERSION;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_report::{self as report, MANIFEST, OutputFile, PublishedManifest, Render, Shelf, Summary};

/// A run that is what it was when it was published.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Its folder.
    pub folder: PathBuf,
    /// How many files were held against the manifest, itself included.
    pub files: usize,
    /// How many disputes were decided anew.
    pub decided: u64,
    /// The night at a glance.
    pub summary: Box<Summary>,
}

/// Verifies a run's folder.
///
/// # Errors
///
/// Everything that is not as it was: a file that is missing, was added or changed, and an output that the docket,
/// decided anew, does not give.
pub fn verify(folder: &Path) -> Result<Verified, Fault> {
    let manifest = PublishedManifest::read(folder)?;
    let mut wrongs = unlisted(folder, &manifest)?;
    wrongs.extend(manifest.outputs.iter().filter_map(|file| changed(folder, &manifest, file)));
    if let Some(fault) = Fault::all(wrongs) {
        return Err(fault);
    }
    if !manifest.counts.add_up() {
        let problem = format!("the rows of disputes do not add up: {:?}", manifest.counts);
        return Err(Fault::new(FaultKind::Input, problem).at(folder.join(MANIFEST).display()));
    }
    let (run, _) = StoredRun::published(folder)?;
    let StoredRun { snapshot, policy, .. } = run;
    let as_of = snapshot.record.as_of;
    let decided = DecidedRun::of_snapshot(snapshot, as_of, &policy)?;
    let comparison = Comparison { folder, manifest: &manifest, wrongs: Mutex::default() };
    let summary = report::write(&decided.as_run(&policy), snapshot::FILES, &comparison)?;
    let mut wrongs = comparison.wrongs.into_inner().unwrap_or_default();
    wrongs.sort_by(|left, right| left.place.cmp(&right.place));
    match Fault::all(wrongs) {
        Some(fault) => Err(fault),
        None => Ok(Verified {
            folder: folder.to_owned(),
            files: manifest.outputs.len() + 1,
            decided: summary.disputes.decided,
            summary: Box::new(summary),
        }),
    }
}

/// Files that the run has not left.
fn unlisted(folder: &Path, manifest: &PublishedManifest) -> Result<Vec<Fault>, Fault> {
    let unreadable = |error: io::Error| Fault::unreadable(folder, &error);
    let mut wrongs = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if name != MANIFEST && manifest.outputs.iter().all(|file| file.file != name) {
            let fault = Fault::new(FaultKind::Input, "is not a file of the run").at(folder.join(&name).display());
            wrongs.insert(name, fault);
        }
    }
    Ok(wrongs.into_values().collect())
}

fn changed(folder: &Path, manifest: &PublishedManifest, file: &OutputFile) -> Option<Fault> {
    let path = folder.join(&file.file);
    match fs::read(&path) {
        Err(error) => Some(Fault::unreadable(&path, &error)),
        Ok(bytes) if manifest.has(&file.file, &bytes) => None,
        Ok(bytes) => {
            let problem = match bytes.len() as u64 == file.bytes {
                true => "was changed after it was published".to_owned(),
                false => format!("was changed after it was published: {} bytes, and {} then", bytes.len(), file.bytes),
            };
            Some(Fault::new(FaultKind::Input, problem).at(path.display()))
        }
    }
}

/// Takes files only to hold them against those that were published.
struct Comparison<'a> {
    folder: &'a Path,
    manifest: &'a PublishedManifest,
    wrongs: Mutex<Vec<Fault>>,
}

impl Shelf for Comparison<'_> {
    fn write(&self, name: &str, render: Render) -> Result<OutputFile, Fault> {
        let mut out = Hashed::new(io::sink());
        render(&mut out).map_err(|error| Fault::new(FaultKind::Defect, error.to_string()).at(name).caused_by(error))?;
        let anew = OutputFile { file: name.to_owned(), ..out.finish() };
        let path = self.folder.join(name);
        let published = match name {
            MANIFEST => fs::read(&path).ok().map(|bytes| blake3::hash(&bytes).to_hex().to_string()),
            _ => self.manifest.outputs.iter().find(|file| file.file == name).map(|file| file.blake3.clone()),
        };
        if published.as_ref() != Some(&anew.blake3) {
            let hint = match *self.manifest.version == *VERSION {
                true => "the same version decided it; the folder was forged, or this is a defect, please report it",
                false => "another version of the program decided it; verify with that one",
            };
            let problem = format!("is not what its docket gives, decided anew by version {VERSION}");
            let wrong = Fault::new(FaultKind::Input, problem).at(path.display()).hint(hint);
            self.wrongs.lock().map(|mut wrongs| wrongs.push(wrong)).unwrap_or_default();
        }
        Ok(anew)
    }
}
