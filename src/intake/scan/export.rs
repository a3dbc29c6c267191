//! One export: its files, as far as their headers, and what is read of their rows.

use arbiter_model::fault::Fault;

use super::file::OpenFile;
use super::options::ExportOptions;
use super::pass::Scan;
use super::progress::Progress;
use super::row_filter::RowFilter;
use crate::bytes::Source;
use crate::columns::{Column, Header, Row};
use crate::csv::{Dialect, Fields, RecordFields};

/// An export whose files' headers have been read.
pub(crate) struct Export<C> {
    files: Vec<OpenFile<C>>,
    max_field_lines: u32,
}

/// How the records of one file fall into rows, for records that are kept to be read later.
pub(crate) struct Layout<C> {
    header: Header<C>,
    dialect: Dialect,
}

impl<C: Column> Layout<C> {
    /// Reads a record that was kept.
    pub(crate) fn read<T>(&self, record: &[u8], fields: &mut Fields, read: impl FnOnce(&Row<C>) -> T) -> T {
        self.dialect.split(record, fields);
        read(&Row::new(&self.header, record, RecordFields::Into(fields)))
    }
}

impl<C: Column> Export<C> {
    /// Opens an export's files and reads their headers.
    ///
    /// # Errors
    ///
    /// A file cannot be read, is empty, has a header that is not text, or lacks a required column.
    pub(crate) fn open(sources: &[Source], options: &ExportOptions) -> Result<Self, Fault> {
        let files = sources.iter().map(|source| OpenFile::open(source, options));
        let mut files = files.collect::<Result<Vec<_>, _>>()?;
        name_apart(&mut files);
        order_in_common(&mut files);
        Ok(Self { files, max_field_lines: options.max_field_lines })
    }

    /// How many files there are.
    pub(crate) fn file_count(&self) -> u32 {
        self.files.len() as u32
    }

    /// How the records of each file fall into rows.
    pub(crate) fn layouts(&self) -> Vec<Layout<C>> {
        self.files.iter().map(|file| Layout { header: file.header.clone(), dialect: file.dialect }).collect()
    }

    /// Reads all rows, in parallel: those with the header's number of fields go through the filter.
    ///
    /// # Errors
    ///
    /// A file cannot be read to its end, is not in the encoding that it is said to be in, or has a
    /// quote that is never closed.
    pub(crate) fn scan<F: RowFilter<C>>(self, progress: &dyn Progress, filter: &F) -> Result<Scan<F::Kept>, Fault> {
        let mut scan = Scan::new();
        for (index, file) in self.files.into_iter().enumerate() {
            scan.add(index as u32, file, self.max_field_lines, progress, filter)?;
        }
        Ok(scan)
    }
}

/// Files of the same name are named with their folders.
fn name_apart<C>(files: &mut [OpenFile<C>]) {
    let names: Vec<_> = files.iter().map(|file| file.name.clone()).collect();
    for file in files {
        if names.iter().filter(|name| **name == file.name).count() > 1 {
            file.name = file.place.as_str().into();
        }
    }
}

/// Where files have their columns at other places, their rows are compared by column names.
fn order_in_common<C: Column>(files: &mut [OpenFile<C>]) {
    let alike = |left: &OpenFile<C>, right: &OpenFile<C>| {
        left.header.names() == right.header.names() && left.header.delimiter() == right.header.delimiter()
    };
    if files.windows(2).all(|pair| alike(&pair[0], &pair[1])) {
        return;
    }
    for file in files {
        let mut order: Vec<_> = (0..file.header.width()).collect();
        order.sort_by_key(|place| file.header.name_at(*place).to_owned());
        file.header.common_order = Some(order);
    }
}
