//! The parameters of a case, ready to be decided by: whole for every date on which one changes, and for every way in which
//! segments meet.

use toml::{Table, Value};

use arbiter_model::case::Case;
use arbiter_model::instant::Instant;
use arbiter_rules::Terms;

use super::combinations::{Choice, Combinations, MOST_RULES};
use crate::parameters::catalogue;
use crate::resolve::{Leaves, Resolved, index_in_force, table};

/// The spans of time between changes, each with the parameters that are in force in it.
#[derive(Clone, Debug)]
pub(crate) struct EffectivePeriods {
    periods: Vec<EffectivePeriod>,
}

/// A span of time in which no version changes.
#[derive(Clone, Debug)]
pub(crate) struct EffectivePeriod {
    from: Instant,
    /// For each rule of the catalogue the version in force.
    pub versions: Vec<usize>,
    terms: Terms,
    values: Table,
    /// The rules of which segments vary by case, by their places in the catalogue.
    pub segmented: Vec<usize>,
    combinations: Combinations,
}

impl EffectivePeriods {
    /// Reads the parameters of every effective period.
    ///
    /// # Errors
    ///
    /// A value is not what the types say; settled parameters have been checked for that.
    pub(crate) fn of(resolved: &Resolved) -> Result<Self, String> {
        let dates = resolved.rules.iter().flatten().map(|version| version.effective_from);
        let mut dates: Vec<Instant> = dates.collect();
        dates.sort_unstable();
        dates.dedup();
        let periods =
            dates.into_iter().map(|from| EffectivePeriod::of(resolved, from)).collect::<Result<Vec<_>, _>>()?;
        match periods.is_empty() {
            true => Err("there are no parameters".to_owned()),
            false => Ok(Self { periods }),
        }
    }

    /// The effective period of a date; the first one reaches back to the beginning of time.
    pub(crate) fn at(&self, date: Instant) -> &EffectivePeriod {
        &self.periods[self.index_at(date)]
    }

    /// The effective period of an index.
    pub(crate) fn get(&self, index: usize) -> &EffectivePeriod {
        &self.periods[index]
    }

    /// Every effective period, by date.
    pub(super) fn iter(&self) -> impl Iterator<Item = &EffectivePeriod> {
        self.periods.iter()
    }

    /// The index of the effective period of a date.
    pub(crate) fn index_at(&self, date: Instant) -> usize {
        match self.periods.len() {
            1 => 0,
            _ => self.periods.partition_point(|period| period.from <= date).saturating_sub(1),
        }
    }
}

impl EffectivePeriod {
    fn of(resolved: &Resolved, from: Instant) -> Result<Self, String> {
        let versions: Vec<usize> = resolved.rules.iter().map(|versions| index_in_force(versions, from)).collect();
        let mut values = Table::new();
        let mut segmented = Vec::new();
        let mut ways = 1_usize;
        for (rule, group) in catalogue().rules.iter().enumerate() {
            let Some(version) = resolved.rules[rule].get(versions[rule]) else {
                return Err(format!("{} has no parameters", group.name));
            };
            values.insert(group.name.clone(), Value::Table(table(group, &version.leaves)));
            if !version.segments.is_empty() {
                segmented.push(rule);
                ways = ways.saturating_mul(version.segments.len() + 1);
            }
        }
        let period = Self {
            from,
            terms: read(&values)?,
            versions,
            values,
            segmented,
            combinations: Combinations::for_ways(ways),
        };
        // Each segment by itself, so that no way in which they meet can fail.
        for rule in &period.segmented {
            for segment in &resolved.rules[*rule][period.versions[*rule]].segments {
                read(&period.values_with([(*rule, &segment.leaves)]))?;
            }
        }
        Ok(period)
    }

    /// The parameters outside of all segments.
    pub(crate) fn plain(&self) -> &Terms {
        &self.terms
    }

    /// The parameters of a case.
    pub(crate) fn terms(&self, resolved: &Resolved, case: &Case) -> &Terms {
        if self.segmented.is_empty() {
            return &self.terms;
        }
        let choice = self.choose(resolved, case);
        match choice.iter().all(|segment| *segment == 0) {
            true => &self.terms,
            false => self.combinations.get(&choice, self.segmented.len(), || self.combine(resolved, &choice)),
        }
    }

    /// Which segments hold for a case: of each rule the first.
    pub(crate) fn choose(&self, resolved: &Resolved, case: &Case) -> Choice {
        let mut choice = [0; MOST_RULES];
        for (chosen, rule) in choice.iter_mut().zip(&self.segmented) {
            let segments = &resolved.rules[*rule][self.versions[*rule]].segments;
            let holding = segments.iter().position(|segment| segment.condition.holds(case));
            *chosen = holding.map_or(0, |place| place as u32 + 1);
        }
        choice
    }

    fn combine(&self, resolved: &Resolved, choice: &Choice) -> Terms {
        let chosen = self.segmented.iter().zip(choice).filter(|(_, segment)| **segment > 0);
        let leaves = chosen.map(|(rule, segment)| {
            let segments = &resolved.rules[*rule][self.versions[*rule]].segments;
            (*rule, &segments[*segment as usize - 1].leaves)
        });
        // Every segment has been read by itself, and rules do not touch each other.
        read(&self.values_with(leaves)).unwrap_or_else(|_| self.terms.clone())
    }

    fn values_with<'a>(&self, leaves: impl IntoIterator<Item = (usize, &'a Leaves)>) -> Table {
        let mut values = self.values.clone();
        for (rule, leaves) in leaves {
            let group = &catalogue().rules[rule];
            if let Some(Value::Table(known)) = values.get_mut(&group.name) {
                merge(known, table(group, leaves));
            }
        }
        values
    }
}

fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => merge(inner, value),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

fn read(values: &Table) -> Result<Terms, String> {
    values.clone().try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::standard;

    #[test]
    fn there_is_room_for_every_rule() {
        assert!(catalogue().rules.len() <= MOST_RULES);
    }

    #[test]
    fn combinations_that_share_a_slot_stay_apart() {
        let periods = EffectivePeriods::of(standard().unwrap()).unwrap();
        let terms = periods.periods[0].plain();
        let combinations = Combinations::for_ways(2);
        let choice = |segment: u32| {
            let mut choice = [0; MOST_RULES];
            choice[0] = segment;
            choice
        };
        let found: Vec<*const Terms> = (1..=20)
            .map(|segment| std::ptr::from_ref(combinations.get(&choice(segment), 1, || terms.clone())))
            .collect();
        for (segment, known) in (1..=20).zip(&found) {
            let again = combinations.get(&choice(segment), 1, || panic!("{segment} is worked out twice"));
            assert!(std::ptr::eq(*known, again), "{segment}");
        }
    }
}
