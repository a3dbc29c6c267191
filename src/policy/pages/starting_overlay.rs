//! A first overlay to begin with.

use arbiter_model::instant::Instant;

use crate::parameters::{GovernedBy, Kind, catalogue};
use crate::policy::Policy;
use crate::text::key;
use crate::written::Lines;

/// A first overlay with everything that one can have, commented out.
pub fn starting_overlay(policy: &Policy, as_of: Instant) -> String {
    let mut lines = Lines(START.to_owned());
    let general = [("governed_by", GovernedBy::CODES.join(", ")), ("review_months", "months".to_owned())];
    lines.line("# [policy]");
    for (name, meaning) in general {
        if let Some((value, _)) = policy.value(&format!("policy.{name}"), as_of) {
            lines.line(&format!("# {:<40} # {meaning}", format!("{name} = {value}")));
        }
    }
    for group in &catalogue().rules {
        lines.line("");
        lines.comment(&group.about);
        lines.line(&format!("# [{}]", group.name));
        for parameter in &group.parameters {
            let range = parameter.range_text();
            let bounds = if range.is_empty() { String::new() } else { format!(", {range}") };
            let about = format!("{}{bounds}", parameter.unit);
            let at = |path: &[String]| policy.value(&format!("{}.{}", group.name, path.join(".")), as_of);
            let line = match (&parameter.key, at(&parameter.path)) {
                (None, Some((value, _))) => format!("{} = {value}", key(&parameter.path)),
                _ => {
                    let name = if parameter.kind == Kind::Amount { "EUR" } else { "name" };
                    let path: Vec<String> = parameter.path.iter().cloned().chain([name.to_owned()]).collect();
                    format!("{} = {}", key(&path), parameter.kind.example())
                }
            };
            lines.line(&format!("# {line:<40} # {about}"));
        }
    }
    lines.0
}

/// What stands above a first overlay.
const START: &str = r##"# Parameters of your own, laid over the standard ones:
#
#     arbiter policy check FILE                  tells what is wrong with this file, all of it at once
#     arbiter policy diff standard FILE          tells what it changes
#     arbiter run FOLDER --policy FILE           decides under it
#
# What is not here stays as it is. Shares and amounts are strings, "0.30", so that they are read exactly.
#
# A plain table lays its values over every version of a rule:
#
#     [colour_mismatch]
#     band = ["0.30", "0.45"]
#     source.band = "Decision of the board of 2026-06-10"
#
# A version is in force from its date on. Disputes opened before are decided by the version before it
# (see policy.governed_by). What it does not name stays as in that version:
#
#     [[colour_mismatch]]
#     effective_from = 2026-07-01
#     reviewed_on = 2026-06-15
#     source = "Terms of service of 2026, section 4, https://example.com/terms"
#     note = "Complaints about colour have doubled."
#     band = ["0.30", "0.45"]
#
# Segments vary a version, or every version, by case. The first whose condition holds counts. A condition
# names one or more of category, currency, destination_country, seller_id, and goods_total:
#
#     [[colour_mismatch.when]]
#     category = ["apparel"]
#     currency = ["USD"]
#     goods_total = { from = "50.00", below = "200.00" }
#     band = ["0.20", "0.40"]
#
# The parameters, with the values in force; take the mark # away from a rule and from what you change.

"##;
