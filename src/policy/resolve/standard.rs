//! The standard parameters, which every policy begins with.

use std::sync::LazyLock;

use arbiter_model::fault::{Fault, FaultKind};

use super::resolved::Resolved;
use crate::overlays::{Overlay, fault_of, read_cited};
use crate::text::WrittenPlace;

/// The standard parameters, with a source and a reason beside each value.
pub const STANDARD: &str = include_str!("../standard.toml");

/// The standard parameters, resolved, which every policy begins with.
pub(crate) fn standard() -> Result<&'static Resolved, Fault> {
    static STANDARD_RESOLVED: LazyLock<Result<Resolved, Fault>> = LazyLock::new(|| {
        let file = WrittenPlace { name: "policy/standard.toml".into(), line: Some(1), said: Some("standard".into()) };
        let overlay = Overlay { complete: true, ..read_cited(file, STANDARD) };
        let (mut resolved, mut wrongs) = (Resolved::default(), Vec::new());
        resolved.lay_over(&overlay, &mut wrongs);
        resolved.settle(&mut wrongs);
        match fault_of(&wrongs, &[&overlay]) {
            Some(fault) => Err(fault.of_kind(FaultKind::Defect)),
            None => Ok(resolved),
        }
    });
    STANDARD_RESOLVED.as_ref().map_err(Clone::clone)
}
