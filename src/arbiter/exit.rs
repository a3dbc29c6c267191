//! The codes that the program ends with, all of them; the README tells them too.
//!
//! Codes of faults are those of `sysexits.h` where it has one.

use arbiter_model::fault::FaultKind;

/// Everything was done.
pub const SUCCESS: u8 = 0;

/// The command line is wrong; clap ends the program with this code as well.
pub const USAGE: u8 = 2;

/// The run is published, and some rows of its exports were rejected.
pub const PUBLISHED_WITH_REJECTS: u8 = 3;

/// Too many disputes are rejected: nothing was decided.
pub const REJECTS: u8 = 65;

/// An input is missing, cannot be read, or is not what it should be.
pub const INPUT: u8 = 66;

/// A defect of the program.
pub const DEFECT: u8 = 70;

/// The output cannot be written.
pub const OUTPUT: u8 = 74;

/// Another run is at work in the output folder.
pub const LOCKED: u8 = 75;

/// The parameters are wrong.
pub const PARAMETERS: u8 = 78;

/// What a signal's number is added to.
const SIGNALS: u8 = 128;

/// The code for a kind of fault.
pub fn of_fault(kind: FaultKind) -> u8 {
    match kind {
        FaultKind::Usage => USAGE,
        FaultKind::Rejects => REJECTS,
        FaultKind::Input => INPUT,
        FaultKind::Defect => DEFECT,
        FaultKind::Output => OUTPUT,
        FaultKind::Locked => LOCKED,
        FaultKind::Policy => PARAMETERS,
        FaultKind::Stopped(signal) => of_signal(signal),
    }
}

/// The code for a signal that stopped the program: 130 for SIGINT, 143 for SIGTERM.
pub fn of_signal(number: u8) -> u8 {
    SIGNALS.saturating_add(number)
}

/// The code for a published run.
pub fn of_published(has_rejects: bool) -> u8 {
    if has_rejects { PUBLISHED_WITH_REJECTS } else { SUCCESS }
}
