//! What connects one night with the next, and makes a run one that can be left alone: the folder that runs are
//! published in, the run before, what has changed since, and the proof that a published run is what it was.

mod changes;
mod currency;
mod drift;
mod previous;
mod root;
mod verify;

pub use changes::{Tonight, changes};
pub use currency::set_aside_other_currencies;
pub use drift::{Drift, drift};
pub use previous::Previous;
pub use root::{NightBefore, Place, Root};
pub use verify::{Verified, verify};
