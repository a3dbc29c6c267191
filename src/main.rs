//! The `arbiter` program: exit codes, nothing else.

mod cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod terminal;

use std::io::Write;
use std::process::ExitCode;

use libmimalloc_sys::{mi_option_set, mi_option_t};

/// For how many milliseconds the allocator keeps what was freed before the system may have it back: the
/// option's place among its options, for which the binding has no name.
const PURGE_DELAY: mi_option_t = 15;

fn main() -> ExitCode {
    // The exports are read in parts, and what is freed behind one has another size than what comes next.
    // The standard is a second, which is a night.
    // SAFETY: sets a number, while there is no other thread.
    unsafe { mi_option_set(PURGE_DELAY, 30) };
    match cli::run() {
        Ok(exit_code) => ExitCode::from(exit_code),
        Err(fault) => {
            // Whoever closed it, or filled its disk, misses the message; the exit code tells.
            let _ = writeln!(std::io::stderr(), "arbiter: {fault}");
            ExitCode::from(fault.kind.exit_code())
        }
    }
}

#[cfg(test)]
mod tests {
    use libmimalloc_sys::mi_option_get;

    use super::PURGE_DELAY;

    #[test]
    fn the_option_is_the_one_that_is_meant() {
        // SAFETY: gets a number. No other option is a second from the start.
        assert_eq!(unsafe { mi_option_get(PURGE_DELAY) }, 1000);
    }
}
