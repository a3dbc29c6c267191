//! Disputes that other parameters decide otherwise.

use crate::decision::Decision;

/// A dispute that is decided otherwise.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Under the base.
    pub before: Decision,
    /// Under the variant.
    pub after: Decision,
}
