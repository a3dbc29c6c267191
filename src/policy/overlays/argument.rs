//! Reading `--set`: one value for every version of a rule, for one version, or for one of its segments.

use arbiter_model::instant::Instant;

use super::entry::{Given, entry};
use super::overlay::{Body, Overlay, Statement};
use crate::parameters::catalogue;
use crate::text::{WrittenPlace, Wrong, nearest_hint};

impl Overlay {
    /// Reads `rule.parameter=value`, as the command line has it, or `rule@2026-07-01.parameter=value`
    /// for one version, or `rule@2026-07-01#1.parameter=value` for its first segment.
    pub fn from_argument(argument: &str) -> Self {
        let mut overlay = Self::empty(WrittenPlace { name: "--set".into(), line: None, said: None });
        if let Err(wrong) = overlay.set(argument) {
            overlay.wrongs.push(*wrong);
        }
        overlay
    }

    /// Lays a text over the parameter of an address; see [`from_argument`](Self::from_argument).
    pub fn set_to(address: &str, value: &str) -> Self {
        Self::from_argument(&format!("{address}={value}"))
    }

    fn set(&mut self, argument: &str) -> Result<(), Box<Wrong>> {
        let place = self.place.clone();
        let form = |problem: &str| {
            let example = if argument.contains('@') { "too_early@2026-07-01.days=6" } else { "too_early.days=6" };
            let hint = format!("for example --set {example}");
            Wrong { place: place.clone(), what: argument.to_owned(), problem: problem.to_owned(), hint }
        };
        let parts = argument.split_once('=').filter(|(path, _)| path.contains('.') && !path.ends_with('.'));
        let (path, value) = parts.ok_or_else(|| form("expected rule.parameter=value"))?;
        let (path, value) = (path.trim(), value.trim());
        let mut names = path.split('.').map(str::to_owned);
        let head = names.next().unwrap_or_default();
        let inner: Vec<String> = names.collect();
        let (name, from, segment) =
            address(&head).ok_or_else(|| form("expected a version as rule@2026-07-01, and a segment of it as #1"))?;
        let wrong = |problem: String, hint: String| {
            Box::new(Wrong { place: place.clone(), what: path.to_owned(), problem, hint })
        };
        let catalogue = catalogue();
        if name == "policy" && from.is_none() {
            let entry = entry(&catalogue.general, &inner, Given::Text(value), &place, path).map_err(Box::new)?;
            let mut body = Body::at(place.clone());
            body.entries.push(entry);
            self.general = Some(body);
            return Ok(());
        }
        let names = || catalogue.rules.iter().map(|rule| rule.name.as_str());
        let (rule, group) =
            catalogue.rule(name).ok_or_else(|| wrong(format!("unknown rule {name:?}"), nearest_hint(name, names())))?;
        let entry = entry(group, &inner, Given::Text(value), &place, path).map_err(Box::new)?;
        self.statements.push(match from {
            Some(from) => Statement::At { rule, from, segment, entry },
            None => {
                let mut body = Body::at(place.clone());
                body.entries.push(entry);
                Statement::Plain { rule, body }
            }
        });
        Ok(())
    }
}

/// Takes `rule`, `rule@date` and `rule@date#segment` apart.
fn address(head: &str) -> Option<(&str, Option<Instant>, Option<usize>)> {
    let Some((name, version)) = head.split_once('@') else {
        return (!head.contains('#')).then_some((head, None, None));
    };
    let (date, segment) = match version.split_once('#') {
        Some((date, number)) => (date, Some(number.parse().ok().filter(|number| *number > 0)?)),
        None => (version, None),
    };
    Some((name, Some(Instant::parse(date, chrono_tz::Tz::UTC)?), segment))
}
