//! Where an export comes from: a file, or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use arbiter_model::fault::{Fault, FaultKind};

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    StandardInput,
}

/// The endings of the file of an export, after the export's name.
const ENDINGS: &[&str] = &["csv", "csv.gz", "csv.zst", "tsv", "tsv.gz", "tsv.zst", "txt", "parquet"];

impl Source {
    /// The sources that an operator means: a file, a pattern such as `orders-*.csv` for several (in
    /// the order of their names), or `-` for standard input.
    ///
    /// # Errors
    ///
    /// A pattern is invalid, or matches no file.
    pub fn find(given: &Path) -> Result<Vec<Self>, Fault> {
        if given == Path::new("-") {
            return Ok(vec![Self::StandardInput]);
        }
        let pattern = given.to_string_lossy();
        if given.exists() || !pattern.contains(['*', '?', '[']) {
            return Ok(vec![Self::File(given.to_owned())]);
        }
        let fault = |problem: String| Fault::new(FaultKind::Input, problem).at(given.display());
        let found = glob::glob(&pattern).map_err(|error| fault(format!("invalid file name pattern: {error}")))?;
        let files: Vec<_> = found.filter_map(Result::ok).filter(|path| path.is_file()).map(Self::File).collect();
        match files.is_empty() {
            true => {
                Err(fault("no file found that matches the pattern".to_owned()).hint("check the folder and the pattern"))
            }
            false => Ok(files),
        }
    }

    /// The one file of an export in a folder, packed or not.
    ///
    /// # Errors
    ///
    /// There are several, and it is unclear which one counts.
    pub fn in_folder(folder: &Path, export: &str) -> Result<Self, Fault> {
        let names: Vec<_> = ENDINGS.iter().map(|ending| format!("{export}.{ending}")).collect();
        let there: Vec<_> = names.iter().filter(|name| folder.join(name).exists()).collect();
        match there.as_slice() {
            [] => Ok(Self::File(folder.join(&names[0]))),
            [name] => Ok(Self::File(folder.join(name))),
            [one, other, ..] => Err(Fault::new(FaultKind::Input, format!("ambiguous: both {one} and {other} found"))
                .at(folder.display())
                .hint(format!("choose one with --{export}, or give both there"))),
        }
    }

    /// Its file's name, for messages and outputs: paths differ between machines.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            Self::StandardInput => "standard input".to_owned(),
        }
    }

    /// Where it is, for messages.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::StandardInput => self.name(),
        }
    }

    /// Its bytes as they are stored, and their number where it is known.
    pub(super) fn bytes(&self) -> io::Result<(Box<dyn Read + Send>, u64)> {
        match self {
            Self::File(path) => {
                let file = File::open(path)?;
                let metadata = file.metadata()?;
                // Opening a folder works on some systems, and reading it does not.
                if metadata.is_dir() {
                    return Err(io::Error::from(io::ErrorKind::IsADirectory));
                }
                Ok((Box::new(file), metadata.len()))
            }
            Self::StandardInput => Ok((Box::new(io::stdin()), 0)),
        }
    }

    /// The fault that it could not be read.
    pub(super) fn unreadable(&self, error: &io::Error) -> Fault {
        Fault::unreadable(Path::new(&self.place()), error)
    }
}
