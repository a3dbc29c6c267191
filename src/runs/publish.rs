//! Publishing: a run's folder appears whole, or not at all.
//!
//! Files are written into a hidden folder beside the final place, flushed to disk, and the folder is
//! renamed once it is complete. Whatever stops the program before leaves nothing under the final name.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use arbiter_model::fault::Fault;
use arbiter_report::{OutputFile, Render, Shelf};

use crate::names::unpublished;

/// What the name of a folder that is not published yet begins with.
pub(crate) const DRAFT: &str = ".arbiter-draft-";

/// A folder on its way to being published. Dropped before, it vanishes.
pub(crate) struct Draft {
    folder: TempDir,
    parent: PathBuf,
}

impl Draft {
    /// Begins a folder under `parent`.
    ///
    /// # Errors
    ///
    /// The folder cannot be created.
    pub(crate) fn begin(parent: &Path) -> Result<Self, Fault> {
        let mut builder = tempfile::Builder::new();
        // Readable like any folder, rather than by its owner alone, once the umask has had its say.
        builder.prefix(DRAFT).permissions(fs::Permissions::from_mode(0o777));
        let folder = builder.tempdir_in(parent).map_err(|error| unpublished(parent, &error))?;
        Ok(Self { folder, parent: parent.to_owned() })
    }

    /// Gives the folder, whose files are on disk by now, its final name.
    ///
    /// # Errors
    ///
    /// The folder cannot be flushed or renamed.
    pub(crate) fn publish(self, folder: &Path) -> io::Result<()> {
        flush_folder(self.folder.path())?;
        fs::rename(self.folder.path(), folder)?;
        // It has moved, so that there is nothing left to sweep.
        let _ = self.folder.keep();
        flush_folder(&self.parent)
    }
}

impl Shelf for Draft {
    /// Writes one file, to disk.
    fn write(&self, name: &str, render: Render) -> Result<OutputFile, Fault> {
        let path = self.folder.path().join(name);
        let written = write_hashed(&path, render).map_err(|error| unpublished(&self.parent.join(name), &error))?;
        Ok(OutputFile { file: name.to_owned(), ..written })
    }
}

fn write_hashed(path: &Path, render: Render) -> io::Result<OutputFile> {
    let file = File::create_new(path)?;
    let mut out = Hashed::new(BufWriter::with_capacity(1 << 16, file));
    render(&mut out)?;
    out.flush()?;
    out.inner.get_ref().sync_all()?;
    Ok(out.finish())
}

/// Makes a folder's entries last a power cut.
pub(crate) fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A file that is hashed as it is written.
pub(crate) struct Hashed<W> {
    inner: W,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl<W> Hashed<W> {
    /// Begins with what the bytes are handed on to.
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, hasher: blake3::Hasher::new(), bytes: 0 }
    }

    /// What has been written; its name is for others to know.
    pub(crate) fn finish(&self) -> OutputFile {
        let blake3 = self.hasher.finalize().to_hex().to_string();
        OutputFile { file: String::new(), bytes: self.bytes, blake3 }
    }
}

impl<W: Write> Write for Hashed<W> {
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
