//! What every part knows of the text of policy files: places in it, what is wrong there, and how names, texts and dates
//! are written.

mod date;
mod place;
mod quoting;
mod wrong;

pub(crate) use date::day;
pub(crate) use place::WrittenPlace;
pub(crate) use quoting::{key, quoted};
pub(crate) use wrong::{Wrong, nearest_hint};
