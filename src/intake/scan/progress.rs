//! How an intake comes along.

use arbiter_model::fault::Fault;

/// Hears how an intake comes along.
pub trait Progress: Sync {
    /// A file of so many bytes is begun.
    fn begin(&self, file: &str, bytes: u64);
    /// So many more bytes were read.
    fn advance(&self, bytes: u64);
    /// The work goes on to another part.
    fn stage(&self, _name: &'static str) {}
    /// Asked now and then, whether the work is to go on.
    ///
    /// # Errors
    ///
    /// It is not, because a signal came.
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }
}
