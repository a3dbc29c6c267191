//! Tables as Parquet files, for the tests that have them read.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use polars_arrow::array::{Array, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_arrow::record_batch::RecordBatchT;
use polars_parquet::write::{
    CompressionOptions, FileWriter, RowGroupIterator, StatisticsOptions, Version, WriteOptions, get_dtype_encoding,
};

const ROWS_IN_A_GROUP: usize = 40;

/// A column's name and values.
pub type Column = (String, Box<dyn Array>);

/// A column of texts.
pub fn texts<T: AsRef<str>>(name: &str, cells: impl AsRef<[Option<T>]>) -> Column {
    (name.to_owned(), Utf8ViewArray::from_slice(cells).boxed())
}

/// Writes columns of the same length as a file.
pub fn write(path: &Path, columns: &[Column], compression: CompressionOptions) {
    let options = WriteOptions {
        statistics: StatisticsOptions::default(),
        version: Version::V1,
        compression,
        data_page_size: None,
    };
    let fields = columns.iter().map(|(name, values)| Field::new(name.as_str().into(), values.dtype().clone(), true));
    let schema: Arc<ArrowSchema> = Arc::new(fields.map(|field| (field.name.clone(), field)).collect());
    let rows = columns.iter().map(|(_, values)| values.len()).max().unwrap();
    let groups = (0..rows).step_by(ROWS_IN_A_GROUP).map(|start| {
        let rows = ROWS_IN_A_GROUP.min(rows - start);
        let arrays = columns.iter().map(|(_, values)| values.sliced(start, rows)).collect();
        RecordBatchT::try_new(rows, schema.clone(), arrays)
    });
    let encodings = schema.iter_values().map(|field| get_dtype_encoding(&field.dtype)).collect();
    let groups = RowGroupIterator::try_new(groups, &schema, options, encodings).unwrap();
    let mut writer = FileWriter::try_new(File::create(path).unwrap(), (*schema).clone(), options).unwrap();
    // How many rows a group has the library takes from its pages.
    groups.for_each(|group| writer.write(u64::MAX, group.unwrap()).unwrap());
    writer.end(None).unwrap();
}
