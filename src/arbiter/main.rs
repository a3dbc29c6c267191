//! The `arbiter` program: exit codes, nothing else.

mod cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod terminal;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(exit_code) => ExitCode::from(exit_code),
        Err(fault) => {
            // Whoever closed it, or filled its disk, misses the message; the exit code tells.
            let _ = writeln!(std::io::stderr(), "arbiter: {fault}");
            ExitCode::from(fault.kind.exit_code())
        }
    }
}
