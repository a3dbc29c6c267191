//! The names of versions, as decisions carry them: `colour_mismatch@2026-01-01`.

use rustc_hash::FxHashMap;

use arbiter_rules::{Rule, all};

use super::combinations::Choice;
use super::effective_periods::{EffectivePeriod, EffectivePeriods};
use crate::parameters::{Group, catalogue};
use crate::resolve::{Resolved, Version};
use crate::text::day;

/// What the versions are called that a rule of the ladder reads.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    /// By rule of the ladder, the places in the catalogue of the parameters it reads.
    reads: FxHashMap<&'static str, Vec<usize>>,
    /// For each rule of the catalogue, what its versions are called.
    versions: Vec<Vec<String>>,
    /// For each effective period, by rule of the ladder, all that it reads, joined; most decisions need no more.
    alone: Vec<FxHashMap<&'static str, String>>,
}

impl Labels {
    pub(crate) fn of(resolved: &Resolved, periods: &EffectivePeriods) -> Self {
        let place = |group: &&str| catalogue().rule(group).map(|(place, _)| place);
        let reads = all().map(|rule| (rule.code, rule.reads.iter().filter_map(place).collect())).collect();
        let label = |(group, versions): (&Group, &Vec<Version>)| {
            versions.iter().map(|version| format!("{}@{}", group.name, day(version.effective_from))).collect()
        };
        let versions = catalogue().rules.iter().zip(&resolved.rules).map(label).collect();
        let mut labels = Self { reads, versions, alone: Vec::new() };
        // What concerns the run is governed by another date than the case, and so by another effective period.
        let of_case =
            |rule: &&Rule| rule.reads.iter().all(|group| catalogue().rule(group).is_some_and(|(_, g)| !g.of_run));
        let alone = |period: &EffectivePeriod| {
            let rules = all().filter(of_case);
            rules.map(|rule| (rule.code, labels.joined([rule.code], period, period, None))).collect()
        };
        let alone = periods.iter().map(alone).collect();
        labels.alone = alone;
        labels
    }

    /// What the versions are called that one rule reads in an effective period, outside of segments.
    pub(crate) fn alone(&self, period: usize, rule: &str) -> Option<&str> {
        self.alone.get(period)?.get(rule).map(String::as_str)
    }

    /// What the versions are called that rules read in an effective period, with the segments that were chosen, each
    /// once; those that concern the run are of its own effective period.
    pub(crate) fn joined<'a>(
        &self,
        rules: impl IntoIterator<Item = &'a str>,
        period: &EffectivePeriod,
        of_run: &EffectivePeriod,
        choice: Option<&Choice>,
    ) -> String {
        let mut named: Vec<usize> = Vec::new();
        let mut text = String::new();
        for place in rules.into_iter().filter_map(|rule| self.reads.get(rule)).flatten() {
            if named.contains(place) {
                continue;
            }
            named.push(*place);
            let period = if catalogue().rules[*place].of_run { of_run } else { period };
            if !text.is_empty() {
                text.push(';');
            }
            text.push_str(&self.versions[*place][period.versions[*place]]);
            let segmented = period.segmented.iter().position(|segmented| segmented == place);
            if let (Some(choice), Some(at)) = (choice, segmented)
                && choice[at] > 0
            {
                text.push_str(&format!("#{}", choice[at]));
            }
        }
        text
    }
}
