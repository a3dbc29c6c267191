//! Progress reports while exports are read.

use arbiter_model::fault::Fault;

/// Receives progress reports while exports are read.
pub trait Progress: Sync {
    /// A file of so many bytes is begun.
    fn begin(&self, file: &str, bytes: u64);
    /// So many more bytes were read.
    fn advance(&self, bytes: u64);
    /// Another part of the work begins.
    fn stage(&self, _name: &'static str) {}
    /// Asked now and then whether to go on.
    ///
    /// # Errors
    ///
    /// Not to go on, since a signal came.
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }
}
