//! The `arbiter` program.
//!
//! - [`cli`]: the command line, one file for each command;
//! - [`terminal`]: what is shown: tables on a terminal, plain lines elsewhere;
//! - [`exit`]: the codes that the program ends with.

#![forbid(unsafe_code)]

mod cli;
mod exit;
mod terminal;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            terminal::tell(&fault);
            ExitCode::from(exit::of_fault(fault.kind))
        }
    }
}
