//! The `arbiter` program: exit codes, nothing else.

mod cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(exit_code) => ExitCode::from(exit_code),
        Err(fault) => {
            eprintln!("arbiter: {fault}");
            ExitCode::from(fault.kind.exit_code())
        }
    }
}
