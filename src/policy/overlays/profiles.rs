//! The profiles: sets of values from the sources, for where the sources disagree.

use arbiter_model::fault::{Fault, FaultKind, nearest};

use super::document::read_cited;
use super::overlay::Overlay;
use crate::text::WrittenPlace;

/// A named set of values, each with its source, that is laid over the standard ones.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its policy file.
    pub text: &'static str,
}

/// Every profile; the first changes nothing.
pub const PROFILES: &[Profile] = &[
    Profile { name: "standard", text: include_str!("../profiles/standard.toml") },
    Profile { name: "buyer", text: include_str!("../profiles/buyer.toml") },
    Profile { name: "seller", text: include_str!("../profiles/seller.toml") },
    Profile { name: "patient", text: include_str!("../profiles/patient.toml") },
    Profile { name: "swift", text: include_str!("../profiles/swift.toml") },
    Profile { name: "destinations", text: include_str!("../profiles/destinations.toml") },
];

impl Profile {
    /// What it is for: the comment at the top of its file.
    pub fn about(&self) -> String {
        let comment = self.text.lines().map_while(|line| line.strip_prefix('#'));
        comment.map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
    }

    /// The profile as an overlay.
    pub fn overlay(&self) -> Overlay {
        let file = WrittenPlace {
            name: format!("profile {}", self.name).into(),
            line: Some(1),
            said: Some(format!("profile {}", self.name).into()),
        };
        read_cited(file, self.text)
    }
}

impl Overlay {
    /// The overlay of a profile by its name.
    ///
    /// # Errors
    ///
    /// There is no such profile.
    pub fn profile(name: &str) -> Result<Self, Fault> {
        let names = PROFILES.iter().map(|profile| profile.name);
        let found = PROFILES.iter().find(|profile| profile.name == name);
        found.map(Profile::overlay).ok_or_else(|| {
            let near = nearest(name, names.clone()).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
            let hint = format!("{near}known profiles are {}", names.collect::<Vec<_>>().join(", "));
            Fault::new(FaultKind::Policy, format!("--profile: unknown profile {name}")).hint(hint)
        })
    }
}
