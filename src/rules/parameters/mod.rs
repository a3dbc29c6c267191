//! The parameters of the rules: a file for each stage with its tables, one struct each, and [`Terms`], the collection of
//! them all that one dispute is decided under. Below these stand what they are made of: the kinds of values, and the
//! tree that `--set`, sweeps, flips, the schema and the documentation walk over.

mod admission;
mod carrier;
mod evidence;
mod goods;
mod node;
mod parcel;
mod refund;
mod returns;
mod search;
mod serial;
mod settlement;
mod steps;
mod terms;
mod values;

pub use node::{ParameterNode, at_path, at_path_mut, range_at_path};
pub use refund::Route;
pub use search::{EVERY_CASE, NO_CASE, Reach, RuleParameters, Search};
pub use serial::{SerialDisputer, Threshold};
pub use terms::Terms;
pub use values::{AmountByCurrency, Band, CODE_PATTERN, Codes, Count, DayRange, Days, Hours, Part};

pub(crate) use goods::{BandOrShare, FixedShare};
pub(crate) use serial::WatchThreshold;
