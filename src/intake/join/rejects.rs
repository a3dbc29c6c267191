//! The rejected rows of one export, as they gather.

use std::sync::Arc;

use arbiter_model::exports::{Counted, ExportFile, Reject};

use crate::columns::FieldFault;
use crate::scan::{RowPlace, Scan};

/// The rejects of one export as they gather, and its repeats.
pub(crate) struct ExportRejects {
    files: Vec<FileRejects>,
    /// How many of its rows repeat another.
    pub(super) repeats: u64,
}

struct FileRejects {
    name: Arc<str>,
    summary: ExportFile,
    rejects: Vec<Reject>,
}

impl ExportRejects {
    /// Begins with what the scan has found faulty already.
    pub(crate) fn of<K>(scan: &mut Scan<K>) -> Self {
        let files = std::mem::take(&mut scan.files).into_iter();
        let files =
            files.map(|summary| FileRejects { name: summary.file.as_str().into(), summary, rejects: Vec::new() });
        let mut rejects = Self { files: files.collect(), repeats: 0 };
        std::mem::take(&mut scan.faults).into_iter().for_each(|(place, fault)| rejects.reject(place, fault));
        rejects
    }

    /// Rejects a row.
    pub(super) fn reject(&mut self, place: RowPlace, fault: FieldFault) {
        self.reject_dispute(place, fault, None, None);
    }

    /// Rejects a row of disputes, with the dispute it names and the order whose money waits for it.
    pub(super) fn reject_dispute(
        &mut self,
        place: RowPlace,
        fault: FieldFault,
        dispute: Option<Box<str>>,
        holds_order: Option<Box<str>>,
    ) {
        if let Some(file) = self.files.get_mut(place.file as usize) {
            let reject = Reject { dispute, holds_order, ..fault.in_row(&file.name, place.line) };
            file.rejects.push(reject);
        }
    }

    /// A row's place as other rows of the export call it.
    pub(super) fn describe_within(&self, place: RowPlace, from: RowPlace) -> String {
        match self.files.get(place.file as usize) {
            Some(file) if place.file != from.file => format!("line {} of {}", place.line, file.name),
            _ => format!("line {}", place.line),
        }
    }

    /// A row's place as rows of another export call it.
    pub(super) fn describe(&self, place: RowPlace) -> String {
        let name = self.files.get(place.file as usize).map_or("the file", |file| &file.name);
        format!("line {} of {name}", place.line)
    }

    /// How many files the export has.
    pub(crate) fn file_count(&self) -> u32 {
        self.files.len() as u32
    }

    /// The names of the export's files.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(|file| file.name.to_string())
    }

    /// The export in numbers, and its rejected rows.
    pub(crate) fn finish(self) -> (Counted, Vec<Reject>) {
        let (mut counted, mut rejects) =
            (Counted { files: Vec::new(), rows: 0, rejected: 0, repeats: self.repeats }, Vec::new());
        for mut file in self.files {
            file.rejects.sort_by_key(|reject| reject.line);
            let rejected = file.rejects.len() as u64;
            file.summary.lines.rejected = rejected;
            file.summary.lines.records -= rejected;
            counted.rows += file.summary.rows;
            counted.rejected += rejected;
            counted.files.push(file.summary);
            rejects.append(&mut file.rejects);
        }
        (counted, rejects)
    }
}

/// What was kept of one export, with what was rejected of it.
pub(crate) struct WithRejects<T> {
    /// What was kept.
    pub(super) content: T,
    /// What was rejected of it.
    pub(super) rejects: ExportRejects,
}

impl<T> WithRejects<T> {
    /// Puts together what a scan has kept.
    pub(crate) fn of<K>(mut scan: Scan<K>, join: impl FnOnce(Scan<K>, &mut ExportRejects) -> T) -> Self {
        let mut rejects = ExportRejects::of(&mut scan);
        Self { content: join(scan, &mut rejects), rejects }
    }
}
