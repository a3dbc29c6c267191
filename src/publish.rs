//! Publishing: a run's folder appears whole, or not at all.
//!
//! Files are written into a hidden folder beside the final place, flushed to disk, and the folder is
//! renamed once it is complete. Whatever stops the program before leaves nothing under the final name.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::fault::{Fault, FaultKind};
use crate::report::OutputFile;

/// A folder on its way to being published. Dropped before, it vanishes.
pub struct Draft {
    folder: TempDir,
    parent: PathBuf,
    files: Vec<OutputFile>,
}

/// Where a run's folder is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The folder.
    pub folder: PathBuf,
    /// The very same run had been published before, and nothing was written.
    pub was_there: bool,
}

impl Draft {
    /// Begins a folder under `parent`, which is created where it is not there.
    ///
    /// # Errors
    ///
    /// The folder cannot be created.
    pub fn begin(parent: &Path) -> Result<Self, Fault> {
        let create = || {
            fs::create_dir_all(parent)?;
            let mut builder = tempfile::Builder::new();
            builder.prefix(".arbiter-draft-");
            // Readable like any folder, rather than by its owner alone, once the umask has had its say.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
            builder.tempdir_in(parent)
        };
        let folder = create().map_err(|error| Fault::unwritable(parent.to_owned(), &error))?;
        Ok(Self { folder, parent: parent.to_owned(), files: Vec::new() })
    }

    /// Writes one file, to disk.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&mut self, name: &str, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fault> {
        let path = self.folder.path().join(name);
        let written = write_hashed(&path, render).map_err(|error| Fault::unwritable(self.parent.join(name), &error))?;
        self.files.push(OutputFile { file: name.to_owned(), ..written });
        Ok(())
    }

    /// The files written so far.
    pub fn files(&self) -> &[OutputFile] {
        &self.files
    }

    /// Gives the folder its final name. A folder that has the name already and the same files in it
    /// is left as it is.
    ///
    /// # Errors
    ///
    /// The folder cannot be renamed, or another one has the name.
    pub fn publish(self, name: &str) -> Result<Published, Fault> {
        let folder = self.parent.join(name);
        if fs::symlink_metadata(&folder).is_ok() {
            self.compare_with(&folder)?;
            return Ok(Published { folder, was_there: true });
        }
        let publish = || {
            flush_folder(self.folder.path())?;
            fs::rename(self.folder.path(), &folder)?;
            flush_folder(&self.parent)
        };
        publish().map_err(|error| Fault::unwritable(folder.clone(), &error))?;
        // It has moved, so that there is nothing left to sweep.
        let _ = self.folder.keep();
        Ok(Published { folder, was_there: false })
    }

    /// Holds a folder of the same name against this one: the same inputs, parameters and version
    /// give the same bytes, so anything else was tampered with or torn.
    fn compare_with(&self, folder: &Path) -> Result<(), Fault> {
        for file in &self.files {
            let ours = fs::read(self.folder.path().join(&file.file));
            let theirs = fs::read(folder.join(&file.file));
            if !matches!((ours, theirs), (Ok(ours), Ok(theirs)) if ours == theirs) {
                let problem = format!("is there already, and its {} is not what this run gives", file.file);
                return Err(Fault::new(FaultKind::Output, problem)
                    .at(folder.display())
                    .hint("it was changed after it was published; move it away and run again"));
            }
        }
        Ok(())
    }
}

fn write_hashed(path: &Path, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<OutputFile> {
    let file = File::create_new(path)?;
    let mut out = Hashed { inner: BufWriter::with_capacity(1 << 16, file), hasher: blake3::Hasher::new(), bytes: 0 };
    render(&mut out)?;
    out.flush()?;
    out.inner.get_ref().sync_all()?;
    Ok(OutputFile { file: String::new(), bytes: out.bytes, blake3: out.hasher.finalize().to_hex().to_string() })
}

/// Makes a folder's entries last a power cut. Not every system can; those that cannot say so.
fn flush_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A file that is hashed as it is written.
struct Hashed {
    inner: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
