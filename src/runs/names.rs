//! What names in a folder of runs mean, and the fault that nothing can be published there.

use std::io;
use std::path::Path;

use arbiter_model::fault::Fault;

/// The link to the newest run.
pub(crate) const LATEST: &str = "latest";

/// The same link while a run is being published: whether its folder is there tells whether the run was.
pub(crate) const NEXT: &str = ".arbiter-next";

/// What the name of an old run on its way out begins with.
pub(crate) const OLD: &str = ".arbiter-old-";

/// What the name of a folder ends with that holds rejected rows alone.
pub(crate) const REJECTS_ONLY: &str = "-rejects";

/// What the name of a folder ends with that was decided from a stored docket, and otherwise than the run that stored
/// it: no run starts from it, and none is taken for it.
pub(crate) const TRIAL: &str = "-trial";

/// The file that is locked; it stays, and a lock dies with its process.
pub(crate) const LOCK: &str = ".arbiter-lock";

/// Whether a name is one that runs have: `2026-06-01T000000Z-0123abcd`.
pub(crate) fn is_of_run(name: &str) -> bool {
    let name = name.strip_suffix(REJECTS_ONLY).unwrap_or(name);
    name.rsplit_once("Z-").is_some_and(|(as_of, id)| {
        let is_id = id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id && as_of.bytes().all(|byte| byte.is_ascii_digit() || b"-T.".contains(&byte))
    })
}

/// The fault that a folder to publish in, or something in it, cannot be written.
pub(crate) fn unpublished(path: &Path, error: &io::Error) -> Fault {
    let fault = Fault::unwritable(path.to_owned(), error);
    let fault = match error.kind() {
        io::ErrorKind::AlreadyExists => fault.hint("what is given with --out is a file, not a folder"),
        _ => fault,
    };
    fault.hint("nothing was published; the folder is chosen with --out")
}
