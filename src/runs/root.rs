//! The folder that runs are published in: one run at a time, the newest under `latest`, and nothing of a run that was
//! killed that the next does not put in order.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::num::NonZeroU32;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::publish::{DRAFT, Draft, flush_folder};
use arbiter_intake::Progress;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;
use arbiter_report::PublishedManifest;

use crate::folder::{follow_latest, has_published};
use crate::names::{LATEST, LOCK, NEXT, OLD, REJECTS_ONLY, is_of_run, unpublished};
use crate::previous::PreviousRun;

/// How long a locked folder is left alone before it is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// The folder that runs are published in, locked as long as this lives.
#[derive(Debug)]
pub(crate) struct Root {
    folder: PathBuf,
    _lock: File,
}

/// From which run another starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartFrom {
    /// From the newest.
    Latest,
    /// From a run's folder.
    Folder(PathBuf),
    /// From none: nothing has been decided or paid before.
    None,
}

/// Where a run belongs.
#[derive(Debug)]
pub(crate) enum RunPlace {
    /// It was published before, in this folder.
    Published(PathBuf),
    /// It will be published under this name.
    New {
        /// The name.
        name: String,
        /// The run before.
        previous: Option<Box<PreviousRun>>,
    },
}

impl Root {
    /// Takes the folder, which is created where it is not there, waits where another run has it, and puts in order
    /// what killed runs have left.
    ///
    /// # Errors
    ///
    /// Another run has it for longer; it cannot be written; or a signal came.
    pub(crate) fn open(folder: &Path, wait: Duration, progress: &dyn Progress) -> Result<Self, Fault> {
        let unwritable = |error: io::Error| unpublished(folder, &error);
        fs::create_dir_all(folder).map_err(unwritable)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK));
        let lock = lock.map_err(unwritable)?;
        let mut waited = Duration::ZERO;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if waited < wait => {
                    progress.check()?;
                    sleep(PAUSE);
                    waited += PAUSE;
                }
                Err(TryLockError::WouldBlock) => return Err(locked(folder)),
                Err(TryLockError::Error(error)) => return Err(unwritable(error)),
            }
        }
        let root = Self { folder: folder.to_owned(), _lock: lock };
        root.put_in_order().map_err(unwritable)?;
        Ok(root)
    }

    /// Finishes or forgets the publication that was cut off, and sweeps what is half there.
    fn put_in_order(&self) -> io::Result<()> {
        let next = self.folder.join(NEXT);
        if let Ok(run) = fs::read_link(&next) {
            match self.folder.join(run).is_dir() {
                true => fs::rename(&next, self.folder.join(LATEST))?,
                false => fs::remove_file(&next)?,
            }
            flush_folder(&self.folder)?;
        }
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if [DRAFT, OLD].iter().any(|prefix| name.starts_with(prefix)) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Begins a run's folder.
    ///
    /// # Errors
    ///
    /// It cannot be created.
    pub(crate) fn draft(&self) -> Result<Draft, Fault> {
        Draft::begin(&self.folder)
    }

    /// Where a run's folder is, or would be.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The newest run, where there is one.
    ///
    /// # Errors
    ///
    /// Runs are there, and no link tells which of them is the newest: to start from none would pay again what they paid.
    fn latest(&self) -> Result<Option<String>, Fault> {
        match follow_latest(&self.folder).map_err(|problem| self.lost(problem))? {
            Some(run) => Ok(run.file_name().map(|name| name.to_string_lossy().into_owned())),
            None if self.has_runs() => Err(self.lost("is missing, though there are runs")),
            None => Ok(None),
        }
    }

    fn has_runs(&self) -> bool {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        has_published(entries.filter_map(|entry| entry.file_name().into_string().ok()))
    }

    fn lost(&self, problem: &str) -> Fault {
        Fault::new(FaultKind::Input, problem).at(self.folder.join(LATEST).display()).hint(
            "make it a link to the newest run (ln -sfn RUN latest), or name the run to start from with --previous; without \
             it what was paid would be paid again",
        )
    }

    /// Finds where a run belongs whose name depends on the run before it.
    ///
    /// # Errors
    ///
    /// The run before cannot be read, or is later than this one.
    pub(crate) fn place(
        &self,
        before: &StartFrom,
        as_of: Instant,
        name_after: impl Fn(Option<&str>) -> String,
    ) -> Result<RunPlace, Fault> {
        let folder = match before {
            StartFrom::None => None,
            // Named through a link such as `latest`, it is still the run that it is.
            StartFrom::Folder(folder) => Some(fs::canonicalize(folder).map_err(|error| {
                Fault::unreadable(folder, &error).hint("give the folder of a published run with --previous")
            })?),
            StartFrom::Latest => match self.find(&name_after)? {
                Found::Run(folder) => return Ok(RunPlace::Published(folder)),
                Found::Latest(folder) => folder,
            },
        };
        let manifest = folder.as_deref().map(PublishedManifest::read).transpose()?;
        let name = name_after(manifest.as_ref().map(|manifest| &*manifest.name));
        if let Some(folder) = self.published(&name) {
            return Ok(RunPlace::Published(folder));
        }
        let newest = match self.latest() {
            Ok(latest) => latest.map(|latest| PublishedManifest::read(&self.path(&latest))).transpose()?,
            // Who names the run to start from need not know the newest, as long as the link can be made anew.
            Err(_) if folder.is_some() && !self.path(LATEST).is_dir() => None,
            Err(fault) => return Err(fault),
        };
        match manifest.iter().chain(&newest).find(|run| run.as_of > as_of) {
            Some(later) => Err(backwards(later, as_of)),
            None => {
                let previous = folder.as_deref().map(PreviousRun::read).transpose()?.map(Box::new);
                Ok(RunPlace::New { name, previous })
            }
        }
    }

    /// Where a run belongs that is not in the chain: no other starts from it.
    pub(crate) fn place_outside_chain(&self, name: String) -> RunPlace {
        match self.published(&name) {
            Some(folder) => RunPlace::Published(folder),
            None => RunPlace::New { name, previous: None },
        }
    }

    /// The folder of a run that has been published.
    fn published(&self, name: &str) -> Option<PathBuf> {
        Some(self.path(name)).filter(|folder| folder.is_dir())
    }

    /// Looks for the run among the newest and those before it: a run that is repeated has been followed by itself,
    /// and perhaps by others.
    fn find(&self, name_after: &impl Fn(Option<&str>) -> String) -> Result<Found, Fault> {
        if let Some(first) = self.published(&name_after(None)) {
            return Ok(Found::Run(first));
        }
        let Some(latest) = self.latest()? else { return Ok(Found::Latest(None)) };
        let newest = self.path(&latest);
        let mut run = Some(latest);
        while let Some(name) = run {
            if let Some(after) = self.published(&name_after(Some(&name))) {
                return Ok(Found::Run(after));
            }
            let folder = self.path(&name);
            if folder != newest && !folder.is_dir() {
                // An old run that was not kept.
                return Ok(Found::Latest(Some(newest)));
            }
            run = PublishedManifest::read(&folder)?.previous;
        }
        Ok(Found::Latest(Some(newest)))
    }

    /// Publishes a folder under a name: it appears whole, and then `latest` moves to it.
    ///
    /// # Errors
    ///
    /// The system does not let us. The folder is not there then, or it is and the next run moves `latest`.
    pub(crate) fn publish(&self, draft: Draft, name: &str, moves_latest: bool) -> Result<PathBuf, Fault> {
        let folder = self.path(name);
        let publish = || {
            if moves_latest {
                symlink(name, self.folder.join(NEXT))?;
            }
            draft.publish(&folder)?;
            if moves_latest {
                fs::rename(self.folder.join(NEXT), self.folder.join(LATEST))?;
                flush_folder(&self.folder)?;
            }
            Ok(())
        };
        match publish() {
            Ok(()) => Ok(folder),
            // Whether it could be flushed or not: who looks finds it.
            Err(error) if folder.is_dir() => Err(Fault::unwritable(folder, &error)
                .hint("the run's folder is there and whole, but may not outlive a power cut; run again")),
            Err(error) => Err(unpublished(&folder, &error)),
        }
    }

    /// Removes all runs but the newest ones. The run that `latest` is stays in any case.
    ///
    /// # Errors
    ///
    /// One of them cannot be removed. What is half removed does not bear a run's name.
    pub(crate) fn keep(&self, runs: NonZeroU32) -> Result<(), Fault> {
        let remove = || -> io::Result<()> {
            let latest = fs::read_link(self.folder.join(LATEST)).ok();
            let mut names = Vec::new();
            for entry in fs::read_dir(&self.folder)? {
                let entry = entry?;
                let name = entry.file_name().into_string().ok().filter(|name| is_of_run(name));
                names.extend(name.filter(|_| entry.path().is_dir()));
            }
            names.sort_unstable();
            let published: Vec<&String> = names.iter().filter(|name| !name.ends_with(REJECTS_ONLY)).collect();
            let oldest = published.get(published.len().saturating_sub(runs.get() as usize)).copied().cloned();
            let is_old = |name: &String| oldest.as_ref().is_some_and(|oldest| name < oldest);
            for name in names.iter().filter(|name| is_old(name) && latest.as_deref() != Some(Path::new(name))) {
                let away = self.folder.join(format!("{OLD}{name}"));
                fs::rename(self.folder.join(name), &away)?;
                fs::remove_dir_all(away)?;
            }
            Ok(())
        };
        remove().map_err(|error| {
            Fault::unwritable(self.folder.clone(), &error).hint("the run is published; old runs could not be removed")
        })
    }
}

enum Found {
    /// The run itself.
    Run(PathBuf),
    /// Not the run, but the newest one, if any.
    Latest(Option<PathBuf>),
}

fn locked(folder: &Path) -> Fault {
    Fault::new(FaultKind::Locked, "locked: another run is at work in this folder")
        .at(folder.display())
        .hint("wait for it with --wait 10m, or give another folder with --out")
}

fn backwards(latest: &PublishedManifest, as_of: Instant) -> Fault {
    let problem = format!("the run {} is as of {}, later than this one, {}", latest.name, latest.as_of, as_of);
    Fault::new(FaultKind::Usage, problem).hint(
        "what that run paid would be paid again: check the clock or --as-of; to look back, decide with --fresh into \
         another folder",
    )
}
