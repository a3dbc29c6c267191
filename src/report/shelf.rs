//! Where the files of a run go: onto a disk, or only past their hash.

use std::io::{self, Write};

use arbiter_model::fault::Fault;

use crate::OutputFile;

/// Where the files of a run go, several at a time.
pub trait Shelf: Sync {
    /// Takes one file, and says what it was.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    fn write(&self, name: &str, render: Render) -> Result<OutputFile, Fault>;
}

/// Writes a file's bytes.
pub type Render<'r> = &'r dyn Fn(&mut dyn Write) -> io::Result<()>;
