//! The parameters that one case is decided under, each with its version and where it comes from.

use serde::Serialize;
use toml::Value;

use arbiter_model::case::Case;
use arbiter_model::fault::visible;
use arbiter_model::money::Money;

use super::effective_periods::EffectivePeriod;
use crate::parameters::{Group, catalogue};
use crate::resolve::{Leaf, Resolved, Segment, Version, ordered};
use crate::text::day;

/// A parameter's value, as one case is decided by it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParameterValue {
    /// Its dotted path: `colour_mismatch.band`.
    pub parameter: String,
    /// Its value.
    pub value: Value,
    /// The version, with the segment where one holds for the case: `colour_mismatch@2026-01-01#1`.
    pub version: String,
    /// Who set it: `standard`, `profile buyer`, `tougher.toml:3` or `--set`.
    pub set_by: String,
    /// What its writer names as its source; empty where there is none.
    pub source: String,
}

/// The prices of the goods at which segments begin or end, of whatever currency.
pub(crate) fn price_bounds(resolved: &Resolved) -> Vec<Money> {
    let segments = resolved.rules.iter().flatten().flat_map(|version| &version.segments);
    let ranges = segments.filter_map(|segment| segment.condition.goods_total);
    ranges.flat_map(|range| [range.from, range.below]).flatten().collect()
}

/// The values at and below a dotted path that a case is decided by in an effective period; what concerns the run is of
/// its own. None for a path that leads nowhere.
pub(crate) fn values_for(
    resolved: &Resolved,
    path: &str,
    case: &Case,
    period: &EffectivePeriod,
    of_run: &EffectivePeriod,
) -> Vec<ParameterValue> {
    let mut names = path.split('.');
    let Some((place, group)) = names.next().and_then(|rule| catalogue().rule(rule)) else { return Vec::new() };
    let below: Vec<&str> = names.collect();
    let period = if group.of_run { of_run } else { period };
    let Some(version) = resolved.rules[place].get(period.versions[place]) else { return Vec::new() };
    let at = period.segmented.iter().position(|segmented| *segmented == place);
    let number = at.map_or(0, |at| period.choose(resolved, case)[at]);
    let segment = (number as usize).checked_sub(1).and_then(|segment| version.segments.get(segment));
    let named = format!("{}@{}", group.name, day(version.effective_from));
    let leaves = ordered(group, &version.leaves).filter(|(_, leaf, _)| {
        leaf.len() >= below.len() && leaf.iter().zip(&below).all(|(name, wanted)| name == wanted)
    });
    leaves
        .map(|(_, path, leaf)| value_for(group, version, segment.map(|segment| (segment, number)), &named, path, leaf))
        .collect()
}

fn value_for(
    group: &Group,
    version: &Version,
    segment: Option<(&Segment, u32)>,
    named: &str,
    path: &[String],
    leaf: &Leaf,
) -> ParameterValue {
    let own = segment.and_then(|(segment, number)| Some((segment, number, segment.leaves.get(path)?)));
    let first = path.first().map_or("", String::as_str);
    let of_version = version.source.of(first);
    let (leaf, version, source) = match own {
        Some((segment, number, leaf)) => (leaf, format!("{named}#{number}"), segment.source.of(first).or(of_version)),
        None => (leaf, named.to_owned(), of_version),
    };
    ParameterValue {
        parameter: format!("{}.{}", group.name, path.join(".")),
        value: leaf.value.clone(),
        version,
        set_by: visible(&leaf.origin),
        source: source.cloned().unwrap_or_default(),
    }
}
