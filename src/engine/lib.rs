//! Decides a docket, and answers questions about it: why a case was decided as it was, what would change it, and what
//! other parameters would decide.

pub mod ahead;
pub mod arbitrate;
pub mod books;
pub mod decision;
pub mod drift;
pub mod explain;
pub mod whatif;
