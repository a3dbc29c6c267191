//! Lines of TOML.

use std::fmt::Write;

use crate::overlays::Cited;
use crate::parameters::Group;
use crate::resolve::{Leaves, Segment, Version, ordered};
use crate::text::{day, key, quoted};

/// Lines of TOML. Writing into a string cannot fail.
pub(crate) struct Lines(pub(crate) String);

impl Lines {
    pub(crate) fn line(&mut self, text: &str) {
        let _ = writeln!(self.0, "{text}");
    }

    /// A text as a comment, in lines that can be read.
    pub(crate) fn comment(&mut self, text: &str) {
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > 100 {
                self.line(&line);
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }

    /// Values, each with where it comes from, and what is said of them.
    pub(super) fn values(&mut self, group: &Group, leaves: &Leaves, source: &Cited, reason: &Cited) {
        let mut named: Vec<&String> = Vec::new();
        for (_, path, leaf) in ordered(group, leaves) {
            let value = format!("{} = {}", key(path), leaf.value);
            // One line, whatever a file's name has in it.
            let origin = arbiter_model::fault::visible(&leaf.origin);
            self.line(&format!("{value:<40} # {origin}"));
            named.extend(path.first().filter(|name| !named.contains(name)));
        }
        for (title, cited) in [("source", source), ("reason", reason)] {
            for name in &named {
                if let Some(text) = cited.of(name) {
                    self.line(&format!("{title}.{name} = {}", quoted(text)));
                }
            }
        }
        for (_, path, leaf) in ordered(group, leaves) {
            self.set_by(path, &leaf.origin);
        }
    }

    /// What is not the standard's keeps where it comes from, so that reading it back keeps it too.
    fn set_by(&mut self, path: &[String], origin: &str) {
        if origin != "standard" {
            self.line(&format!("set_by.{} = {}", key(path), quoted(origin)));
        }
    }

    fn note(&mut self, note: Option<&String>) {
        if let Some(note) = note {
            self.line(&format!("note = {}", quoted(note)));
        }
    }

    pub(super) fn version(&mut self, group: &Group, version: &Version, before: Option<&Version>) {
        self.line("");
        self.line(&format!("[[{}]]", group.name));
        self.line(&format!("effective_from = {}", day(version.effective_from)));
        self.line(&format!("reviewed_on = {}", version.reviewed_on));
        self.note(version.note.as_ref());
        self.values(group, &version.leaves, &version.source, &version.reason);
        self.set_by(&["version".to_owned()], &version.origin);
        if version.segments.is_empty() && before.is_some_and(|before| !before.segments.is_empty()) {
            self.line("when = []");
        }
        for segment in &version.segments {
            self.segment(group, segment);
        }
    }

    fn segment(&mut self, group: &Group, segment: &Segment) {
        self.line("");
        self.line(&format!("[[{}.when]]", group.name));
        for (name, value) in segment.condition.written() {
            self.line(&format!("{name} = {value}"));
        }
        self.note(segment.note.as_ref());
        self.values(group, &segment.leaves, &segment.source, &segment.reason);
        self.set_by(&["when".to_owned()], &segment.origin);
    }
}
