//! Files and JSON that a command was asked for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use arbiter_model::fault::{Fault, FaultKind};

use crate::terminal;

/// Writes a file, where one was asked for.
pub fn write_file(file: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fault> {
    let Some(file) = file else { return Ok(()) };
    let written = File::create(file).map(BufWriter::new).and_then(|mut out| {
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| Fault::unwritable(file.to_owned(), &error))
}

/// Writes a text to a file that must not be there yet, or prints it where no file was asked for.
pub fn write_new_or_print(file: Option<&Path>, text: &str) -> Result<(), Fault> {
    let Some(file) = file else { return terminal::print(text) };
    let create = || File::create_new(file)?.write_all(text.as_bytes());
    create().map_err(|error| {
        let fault = Fault::unwritable(file.to_owned(), &error);
        match error.kind() {
            io::ErrorKind::AlreadyExists => fault.hint("give --out a file that does not exist yet"),
            _ => fault,
        }
    })
}

/// Prints an answer as JSON.
pub fn print_json(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fault> {
    let mut text = Vec::new();
    write(&mut text).map_err(|error| Fault::new(FaultKind::Defect, error.to_string()).caused_by(error))?;
    terminal::print(&String::from_utf8_lossy(&text))
}
