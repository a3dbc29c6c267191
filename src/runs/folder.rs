//! What a folder that somebody names holds: exports, a run, or runs, of which the newest is meant.

use std::fs;
use std::path::{Path, PathBuf};

use arbiter_intake::Source;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_report::MANIFEST;

use crate::names::{LATEST, LOCK, REJECTS_ONLY, TRIAL, is_of_run};

/// The exports that a folder may hold.
const EXPORTS: [&str; 3] = ["orders", "tracking", "disputes"];

/// The file of a run's folder that it can be decided again from.
pub(crate) const DOCKET: &str = "docket.parquet";

/// What a folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderContent {
    /// Exports, at least one of the three. They are what counts, also where runs are published beside them: an older
    /// run must not answer for exports that are incomplete.
    Exports {
        /// Whether there are runs as well.
        and_runs: bool,
    },
    /// A run.
    Run {
        /// Its own folder.
        folder: PathBuf,
        /// Whether it is the newest of several, and the folder that was named is that of all.
        is_newest: bool,
    },
}

impl FolderContent {
    /// Looks into a folder.
    ///
    /// # Errors
    ///
    /// It cannot be read, or holds neither; or it holds runs, and no link tells which of them is the newest.
    pub fn of(folder: &Path) -> Result<Self, Fault> {
        let names = names(folder, FOR_CASES)?;
        let is_run = is_run(folder);
        let is_runs = holds_runs(folder, &names);
        if EXPORTS.iter().any(|export| holds_export(folder, export)) {
            return Ok(Self::Exports { and_runs: is_run || is_runs });
        }
        if is_run {
            return Ok(Self::Run { folder: without_link(folder), is_newest: false });
        }
        if is_runs {
            return Ok(Self::Run { folder: newest(folder, &names)?, is_newest: true });
        }
        if holds_rejects(&names) {
            return Err(rejects_alone(folder));
        }
        Err(Fault::new(FaultKind::Input, "holds neither exports nor a run")
            .at(folder.display())
            .hint("give the folder that holds orders.csv, tracking.csv and disputes.csv, the folder of a published run, or the folder of all runs; exports of other names are given with --orders, --tracking and --disputes"))
    }
}

/// The folder of the run that a folder means: its own, or in a folder of runs that of the newest.
///
/// # Errors
///
/// It is none of a run, or cannot be read.
pub fn run_folder(folder: &Path) -> Result<PathBuf, Fault> {
    let names = names(folder, FOR_RUNS)?;
    if is_run(folder) {
        return Ok(without_link(folder));
    }
    if holds_runs(folder, &names) {
        return newest(folder, &names);
    }
    if holds_rejects(&names) {
        return Err(rejects_alone(folder));
    }
    Err(Fault::new(FaultKind::Input, "is not a run's folder").at(folder.display()).hint(FOR_RUNS))
}

/// What to give where cases are taken from.
const FOR_CASES: &str =
    "give the folder that holds orders.csv, tracking.csv and disputes.csv, or the folder of a published run";

/// What to give where a run is taken.
const FOR_RUNS: &str =
    "give the folder of a published run, such as runs/latest, or the folder of all runs for its newest";

/// The names in a folder.
fn names(folder: &Path, hint: &str) -> Result<Vec<String>, Fault> {
    let named = |problem: &str| Fault::new(FaultKind::Input, problem).at(folder.display());
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(named("is a file, not a folder").hint("give the folder that it is in")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(named("there is no such folder").hint(hint));
        }
        Err(error) => return Err(Fault::unreadable(folder, &error)),
    }
    let entries = fs::read_dir(folder).map_err(|error| Fault::unreadable(folder, &error))?;
    Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

fn holds_export(folder: &Path, export: &str) -> bool {
    match Source::in_folder(folder, export) {
        Ok(Source::File(file)) => file.exists(),
        Ok(Source::StandardInput) => false,
        // Several of one export.
        Err(_) => true,
    }
}

fn is_run(folder: &Path) -> bool {
    [MANIFEST, DOCKET].iter().any(|name| folder.join(name).is_file())
}

fn holds_runs(folder: &Path, names: &[String]) -> bool {
    let is_run_name = |name: &String| is_of_run(name.strip_suffix(TRIAL).unwrap_or(name));
    names.iter().any(|name| name == LOCK || is_run_name(name)) || is_run(&folder.join(LATEST))
}

fn holds_rejects(names: &[String]) -> bool {
    names.iter().any(|name| name == "rejects.csv")
}

fn rejects_alone(folder: &Path) -> Fault {
    let rows = folder.join("rejects.csv");
    Fault::new(FaultKind::Input, "holds only the rejected rows of a run that decided nothing")
        .at(folder.display())
        .hint(format!("see {} for what is wrong with them, and mend the exports", rows.display()))
}

/// Whether runs are published in a folder, which the next one could start from.
pub(crate) fn has_published(names: impl IntoIterator<Item = String>) -> bool {
    names.into_iter().any(|name| is_published(&name))
}

fn is_published(name: &str) -> bool {
    is_of_run(name) && !name.ends_with(REJECTS_ONLY)
}

/// A link such as `latest` may be moved at any time: what is read through it must be of one run.
fn without_link(folder: &Path) -> PathBuf {
    // Without the slash that may stand at its end, which would look behind the link.
    let folder: PathBuf = folder.components().collect();
    match fs::read_link(&folder) {
        Ok(run) => folder.parent().map_or(run.clone(), |parent| parent.join(&run)),
        Err(_) => folder,
    }
}

/// Where the link to the newest run leads, as it is written.
///
/// # Errors
///
/// What is wrong with the link, where it is there and is not usable.
pub(crate) fn follow_latest(folder: &Path) -> Result<Option<PathBuf>, &'static str> {
    let link = folder.join(LATEST);
    match fs::read_link(&link) {
        Ok(run) if link.is_dir() => Ok(Some(run)),
        Ok(_) => Err("leads nowhere"),
        Err(_) if fs::symlink_metadata(&link).is_ok() => Err("is not a link"),
        Err(_) => Ok(None),
    }
}

/// The newest run in a folder of runs.
fn newest(folder: &Path, names: &[String]) -> Result<PathBuf, Fault> {
    let last = names.iter().filter(|name| is_published(name)).max();
    let problem = match (follow_latest(folder), last) {
        (Ok(Some(run)), _) => return Ok(folder.join(run)),
        (Ok(None), None) => {
            return Err(Fault::new(FaultKind::Input, "no run is published here yet")
                .at(folder.display())
                .hint("publish one with `arbiter run`, or give the folder of another run"));
        }
        (Ok(None), Some(_)) => "is missing, though there are runs",
        (Err(problem), _) => problem,
    };
    let fault = Fault::new(FaultKind::Input, problem).at(folder.join(LATEST).display());
    let example = last.map(|name| format!(", such as {}", folder.join(name).display())).unwrap_or_default();
    Err(fault
        .hint(format!("give a run's own folder{example}, or make it a link to the newest run (ln -sfn RUN latest)")))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    const OLD: &str = "2026-05-31T000000Z-0123abcd";
    const NEW: &str = "2026-06-01T000000Z-0123abcd";

    /// A folder with files, named by their paths.
    fn folder(files: &[&str]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn runs() -> TempDir {
        let folder = folder(&[&format!("{OLD}/manifest.json"), &format!("{NEW}/manifest.json"), ".arbiter-lock"]);
        symlink(NEW, folder.path().join("latest")).unwrap();
        folder
    }

    fn run(folder: PathBuf, is_newest: bool) -> FolderContent {
        FolderContent::Run { folder, is_newest }
    }

    fn told(folder: &Path) -> String {
        FolderContent::of(folder).unwrap_err().to_string().replace(&folder.display().to_string(), "runs")
    }

    #[test]
    fn exports_are_known_by_any_of_them() {
        for file in ["orders.csv", "tracking.csv.gz", "disputes.parquet"] {
            let folder = folder(&[file]);
            assert_eq!(FolderContent::of(folder.path()), Ok(FolderContent::Exports { and_runs: false }), "{file}");
        }
    }

    #[test]
    fn a_run_is_known_by_its_manifest_or_its_docket() {
        for file in [MANIFEST, DOCKET] {
            let folder = folder(&[file]);
            assert_eq!(FolderContent::of(folder.path()), Ok(run(folder.path().to_owned(), false)), "{file}");
            assert_eq!(run_folder(folder.path()), Ok(folder.path().to_owned()));
        }
    }

    #[test]
    fn runs_mean_the_newest() {
        let runs = runs();
        let newest = runs.path().join(NEW);
        assert_eq!(FolderContent::of(runs.path()), Ok(run(newest.clone(), true)));
        assert_eq!(run_folder(runs.path()), Ok(newest.clone()));
        // The link itself is the run that it leads to.
        for link in ["latest", "latest/"] {
            assert_eq!(run_folder(&runs.path().join(link)), Ok(newest.clone()));
        }
        assert_eq!(run_folder(&runs.path().join(OLD)), Ok(runs.path().join(OLD)));
    }

    #[test]
    fn exports_count_where_there_are_runs_too() {
        let runs = runs();
        fs::write(runs.path().join("orders.csv"), "").unwrap();
        assert_eq!(FolderContent::of(runs.path()), Ok(FolderContent::Exports { and_runs: true }));
        // Unless a run is asked for.
        assert_eq!(run_folder(runs.path()), Ok(runs.path().join(NEW)));
        // Nor is their link of interest.
        fs::remove_file(runs.path().join("latest")).unwrap();
        assert_eq!(FolderContent::of(runs.path()), Ok(FolderContent::Exports { and_runs: true }));
    }

    #[test]
    fn without_a_usable_link_no_run_is_the_newest() {
        let runs = runs();
        let link = runs.path().join("latest");
        fs::remove_file(&link).unwrap();
        let hint = format!(
            "\n  hint: give a run's own folder, such as runs/{NEW}, or make it a link to the newest run (ln -sfn RUN latest)"
        );
        assert_eq!(told(runs.path()), format!("runs/latest: is missing, though there are runs{hint}"));
        symlink("gone", &link).unwrap();
        assert_eq!(told(runs.path()), format!("runs/latest: leads nowhere{hint}"));
        fs::remove_file(&link).unwrap();
        fs::create_dir(&link).unwrap();
        assert_eq!(told(runs.path()), format!("runs/latest: is not a link{hint}"));
    }

    #[test]
    fn what_is_no_run_is_told() {
        let rejected = format!("{NEW}{REJECTS_ONLY}");
        let runs = folder(&[&format!("{rejected}/rejects.csv")]);
        assert!(told(runs.path()).starts_with("runs: no run is published here yet"));
        let rejected = runs.path().join(rejected);
        for fault in [FolderContent::of(&rejected).unwrap_err(), run_folder(&rejected).unwrap_err()] {
            assert!(fault.problem.contains("decided nothing"), "{fault}");
        }
        let other = folder(&["latest", "notes.txt"]);
        assert_eq!(FolderContent::of(other.path()).unwrap_err().problem, "holds neither exports nor a run");
        assert_eq!(run_folder(other.path()).unwrap_err().problem, "is not a run's folder");
        assert_eq!(FolderContent::of(&other.path().join("none")).unwrap_err().problem, "there is no such folder");
        assert_eq!(FolderContent::of(&other.path().join("latest")).unwrap_err().problem, "is a file, not a folder");
    }
}
