//! What all that reads Parquet has in common: a column of a row group as one array, and a guard against damaged files.

use std::cell::Cell;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use polars_arrow::array::{Array, NullArray};
use polars_arrow::compute::concatenate::concatenate;
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_error::{PolarsError, PolarsResult, polars_err};
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, Filter, PageReader, RowGroupMetadata, column_iter_to_arrays,
};

/// Reads a column of a row group. It is nothing but nulls where it is only in the file's Arrow schema.
pub fn read_column<R: Read + Seek + ?Sized>(
    input: &mut R,
    group: &RowGroupMetadata,
    field: &Field,
) -> PolarsResult<Box<dyn Array>> {
    let rows = group.num_rows();
    let Some(leaves) = group.columns_under_root_iter(&field.name) else {
        return Ok(NullArray::new(ArrowDataType::Null, rows).boxed());
    };
    let (mut pages, mut types) = (Vec::new(), Vec::new());
    for leaf in leaves {
        let bytes = Cursor::new(read_bytes(input, leaf)?.into());
        pages.push(BasicDecompressor::new(PageReader::new(bytes, leaf, Vec::new(), usize::MAX), Vec::new()));
        types.push(&leaf.descriptor().descriptor.primitive_type);
    }
    let (arrays, _) = column_iter_to_arrays(pages, types, field.clone(), Some(Filter::new_ranged(0, rows)))?;
    let column = concatenate(&arrays.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    if column.len() == rows { Ok(column) } else { Err(damaged()) }
}

/// The pages of a column as they stand in the file.
fn read_bytes<R: Read + Seek + ?Sized>(input: &mut R, column: &ColumnChunkMetadata) -> PolarsResult<Vec<u8>> {
    let place = column.byte_range();
    if place.end > input.seek(SeekFrom::End(0))? {
        return Err(damaged());
    }
    let mut bytes = vec![0; (place.end - place.start) as usize];
    input.seek(SeekFrom::Start(place.start))?;
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn damaged() -> PolarsError {
    polars_err!(ComputeError: "it is damaged")
}

thread_local! {
    /// Whether this thread reads what may make the library panic.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Panics of guarded threads are not told of: they become errors.
static QUIET: LazyLock<()> = LazyLock::new(|| {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !IS_GUARDED.get() {
            tell(panic);
        }
    }));
});

/// A damaged file is an error, even where the library takes it for impossible.
pub fn guarded<T>(read: impl FnOnce() -> PolarsResult<T>) -> PolarsResult<T> {
    LazyLock::force(&QUIET);
    let was_guarded = IS_GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    IS_GUARDED.set(was_guarded);
    result.unwrap_or_else(|_| Err(damaged()))
}
