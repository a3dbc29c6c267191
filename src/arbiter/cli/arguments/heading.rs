//! The headings that the help puts options under.

/// Which exports, and how to read them.
pub const EXPORTS: &str = "Exports";

/// By which parameters to decide.
pub const PARAMETERS: &str = "Parameters";

/// Where in the chain of runs: as of when, and after which run.
pub const CHAIN: &str = "Chain";

/// What to write, and where.
pub const OUTPUT: &str = "Output";
