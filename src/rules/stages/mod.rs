//! The rules themselves, a file for each stage: the condition of each, its outcome, and the sentence that tells it.

pub(crate) mod admission;
pub(crate) mod carrier;
pub(crate) mod elsewhere;
pub(crate) mod evidence;
pub(crate) mod goods;
pub(crate) mod parcel;
pub(crate) mod returns;
pub(crate) mod serial;
pub(crate) mod settlement;
