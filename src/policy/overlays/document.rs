//! Reading a policy file: TOML into an overlay, with the line of everything, and all faults at once.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use arbiter_model::instant::Instant;

use super::overlay::{Overlay, Statement};
use super::reader::{Reader, shown};
use super::table::{Read, Role};
use crate::parameters::{Group, catalogue};
use crate::text::{WrittenPlace, day, nearest_hint};

impl Overlay {
    /// Reads a policy file's text. What is wrong with it is told when it is laid over the parameters:
    /// all of it, with what only shows then.
    pub fn from_file(name: &str, text: &str) -> Self {
        read(WrittenPlace { name: name.into(), line: Some(1), said: None }, text)
    }
}

/// Reads a policy file's text; `file` is its name.
fn read(file: WrittenPlace, text: &str) -> Overlay {
    read_into(Overlay::empty(file), text)
}

/// The same for a file of ours, each value of which must have a source.
pub(crate) fn read_cited(file: WrittenPlace, text: &str) -> Overlay {
    read_into(Overlay { cited: true, ..Overlay::empty(file) }, text)
}

fn read_into(mut overlay: Overlay, text: &str) -> Overlay {
    let file = overlay.place.clone();
    let mut reader = Reader::new(file, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    match errors.is_empty() {
        true => reader.document(document.get_ref(), &mut overlay),
        false => {
            for error in errors {
                let offset = error.span().map_or(0, |span| span.start);
                let hint = match error.message().contains("duplicate") {
                    true => "each name stands once in its table; where a rule has versions, each begins with [[rule]]",
                    false => "write a table for each rule with its values, such as [too_early] and days = 6",
                };
                reader.wrong(offset, "", format!("is not valid TOML: {}", error.message()), hint);
            }
        }
    }
    overlay.wrongs = reader.wrongs;
    overlay
}

impl Reader {
    fn document(&mut self, document: &DeTable, overlay: &mut Overlay) {
        let catalogue = catalogue();
        for (key, content) in document {
            let (name, offset) = (key.get_ref().as_ref(), key.span().start);
            if name == "policy" {
                self.general(offset, content, overlay);
                continue;
            }
            let names = || std::iter::once("policy").chain(catalogue.rules.iter().map(|rule| rule.name.as_str()));
            let Some((rule, group)) = catalogue.rule(name) else {
                let hint = nearest_hint(name, names().collect::<Vec<_>>());
                self.wrong(offset, name, format!("unknown rule {name:?}"), hint);
                continue;
            };
            match content.get_ref() {
                DeValue::Table(table) => {
                    let Read { body, .. } = self.body(group, Role::Plain, offset, table, overlay.cited);
                    overlay.statements.push(Statement::Plain { rule, body });
                }
                DeValue::Array(versions) if versions.iter().all(|version| version.get_ref().is_table()) => {
                    self.versions(rule, group, versions, overlay);
                }
                other => {
                    let problem = format!("expected a table of a rule, not {}", shown(other));
                    self.wrong(offset, name, problem, format!("write a table [{name}] with its parameters below it"));
                }
            }
        }
    }

    fn general(&mut self, offset: usize, content: &Spanned<DeValue>, overlay: &mut Overlay) {
        let DeValue::Table(table) = content.get_ref() else {
            return self.wrong(offset, "policy", "expected a table", "write [policy] and its values below it");
        };
        if let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == "complete") {
            match value.get_ref() {
                DeValue::Boolean(complete) => overlay.complete = *complete,
                other => {
                    let problem = format!("expected true or false, not {}", shown(other));
                    self.wrong(key.span().start, "policy.complete", problem, "");
                }
            }
        }
        overlay.general = Some(self.body(&catalogue().general, Role::General, offset, table, overlay.cited).body);
    }

    fn versions(&mut self, rule: usize, group: &Group, versions: &[Spanned<DeValue>], overlay: &mut Overlay) {
        let mut before: Option<Instant> = None;
        for version in versions {
            let DeValue::Table(table) = version.get_ref() else { continue };
            let offset = version.span().start;
            let Read { body, from, .. } = self.body(group, Role::Version, offset, table, overlay.cited);
            let Some(from) = from else { continue };
            if let Some(earlier) = before.filter(|earlier| *earlier >= from) {
                let problem = match earlier == from {
                    true => format!("two versions are in force from {} on", day(from)),
                    false => format!("is in force from {} on, and follows one from {}", day(from), day(earlier)),
                };
                let hint = "write versions in the order of their dates, each date once";
                self.wrong(offset, &format!("{}.effective_from", group.name), problem, hint);
            }
            before = before.max(Some(from));
            overlay.statements.push(Statement::Version { rule, from, body });
        }
    }
}
