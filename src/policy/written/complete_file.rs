//! All parameters as one policy file.

use super::lines::Lines;
use crate::parameters::catalogue;
use crate::resolve::Resolved;
use crate::text::key;

/// What stands above a resolved policy.
const HEAD: &str = "\
# The parameters as they are resolved, complete: read back with --policy, this file gives the same, whatever
# lies below it. Behind each value stands where it comes from.
";

/// All parameters as one policy file, complete, with where each value comes from. Read back and laid
/// over anything, it gives the same policy, and the same file.
pub(crate) fn complete_file(resolved: &Resolved) -> String {
    let mut lines = Lines(HEAD.to_owned());
    lines.line("\n[policy]\ncomplete = true");
    lines.values(&catalogue().general, &resolved.general, &resolved.general_source, &resolved.general_reason);
    for (group, versions) in catalogue().rules.iter().zip(&resolved.rules) {
        lines.line("");
        lines.comment(&group.about);
        for parameter in &group.parameters {
            let range = parameter.range_text();
            let bounds = if range.is_empty() { String::new() } else { format!(", {range}") };
            lines.comment(&format!("{}: {} ({}{bounds})", key(&parameter.path), parameter.about, parameter.unit));
        }
        let mut before = None;
        for version in versions {
            lines.version(group, version, before);
            before = Some(version);
        }
    }
    lines.0
}
