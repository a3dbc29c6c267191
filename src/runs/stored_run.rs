//! A run's folder, opened: what it decided on and by which parameters, held against its manifest where there is one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;
use arbiter_policy::{Overlay, Policy};
use arbiter_report::{MANIFEST, PublishedManifest};

use crate::folder::{DOCKET, run_folder};
use crate::snapshot::{self, Snapshot};

/// The file of a run's folder with the parameters.
const POLICY: &str = "policy.toml";

/// What a run that is stored was made of.
#[derive(Clone, Debug)]
pub struct StoredRun {
    /// Its folder.
    pub folder: PathBuf,
    /// Its manifest; a docket may have been taken out of its folder.
    pub manifest: Option<PublishedManifest>,
    /// What it decided on.
    pub snapshot: Snapshot,
    /// The parameters that it decided by; the standard ones where none lie beside a docket without a manifest.
    pub policy: Policy,
}

impl StoredRun {
    /// Opens the run that a path means: a run's folder, a folder of runs for its newest, or the file of a docket.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not what its manifest says.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        match path.is_dir() {
            true => Self::of_folder(&run_folder(path)?),
            false => {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                // A bare file name has no folder, which is where we are.
                let folder = path.parent().unwrap_or(Path::new(""));
                Self::read(folder, &name, manifest_in(folder)?)
            }
        }
    }

    /// Opens a run's own folder.
    ///
    /// # Errors
    ///
    /// It has no manifest, cannot be read, or is not what its manifest says.
    pub fn of_folder(folder: &Path) -> Result<Self, Fault> {
        match manifest_in(folder)? {
            Some(manifest) => Self::read(folder, DOCKET, Some(manifest)),
            None => Err(Fault::new(FaultKind::Input, "missing: nothing shows that the run is as it was published")
                .at(folder.join(MANIFEST).display())
                .hint(format!("restore it; --docket {} takes the docket all the same", folder.join(DOCKET).display()))),
        }
    }

    /// Opens the folder of a published run, which has a manifest.
    ///
    /// # Errors
    ///
    /// It has none, cannot be read, or is not what its manifest says.
    pub fn published(folder: &Path) -> Result<(Self, PublishedManifest), Fault> {
        let manifest = PublishedManifest::read(folder)?;
        Ok((Self::read(folder, DOCKET, Some(manifest.clone()))?, manifest))
    }

    fn read(folder: &Path, docket: &str, manifest: Option<PublishedManifest>) -> Result<Self, Fault> {
        let bytes = read_file(folder, docket, manifest.as_ref())?;
        let snapshot = snapshot::read(&folder.join(docket).display().to_string(), &bytes)?;
        let file = folder.join(POLICY);
        let policy = match manifest.is_none() && !file.exists() {
            true => Policy::standard()?,
            false => {
                let text = read_file(folder, POLICY, manifest.as_ref())?;
                Policy::with(&[Overlay::from_file(&file.display().to_string(), &String::from_utf8_lossy(&text))])?
            }
        };
        Ok(Self { folder: folder.to_owned(), manifest, snapshot, policy })
    }

    /// Reads another of its files.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not what the manifest says.
    pub fn file(&self, name: &str) -> Result<Vec<u8>, Fault> {
        read_file(&self.folder, name, self.manifest.as_ref())
    }
}

/// The folders of the runs before a run which are still there, back to an as-of; the oldest first.
pub fn runs_before(run: &Path, as_of: Instant) -> Vec<PathBuf> {
    let mut next = PublishedManifest::read(run).ok().and_then(|manifest| manifest.previous);
    let folder = fs::canonicalize(run).unwrap_or_default();
    let mut before = Vec::new();
    while let (Some(name), Some(root)) = (next.take(), folder.parent()) {
        let folder = root.join(name);
        let Ok(manifest) = PublishedManifest::read(&folder) else { break };
        if manifest.as_of < as_of {
            break;
        }
        next = manifest.previous;
        before.push(folder);
    }
    before.reverse();
    before
}

fn manifest_in(folder: &Path) -> Result<Option<PublishedManifest>, Fault> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.join(MANIFEST).exists().then(|| PublishedManifest::read(folder)).transpose()
}

/// Reads a file and holds it against the manifest, where that lists it.
fn read_file(folder: &Path, name: &str, manifest: Option<&PublishedManifest>) -> Result<Vec<u8>, Fault> {
    let path = folder.join(name);
    let bytes = fs::read(&path).map_err(|error: io::Error| {
        Fault::unreadable(&path, &error).hint("give the folder of a published run, with all of its files")
    })?;
    let listed = manifest.filter(|manifest| manifest.outputs.iter().any(|file| file.file == name));
    match listed.is_none_or(|manifest| manifest.has(name, &bytes)) {
        true => Ok(bytes),
        false => Err(Fault::new(FaultKind::Input, "is not what the manifest says it is")
            .at(path.display())
            .hint("the run was changed or damaged after it was published; `arbiter verify` tells what")),
    }
}
