//! Which parameters.

use std::fs;
use std::path::{Path, PathBuf};

use arbiter_model::fault::{Fault, FaultKind, nearest};
use arbiter_policy::{Overlay, PROFILES, Policy};
use clap::Args;

use super::heading;

/// Which parameters.
#[derive(Args, Default)]
pub struct PolicyArgs {
    /// Profile to lay over the standard parameters, a set of values from the sources: standard, buyer,
    /// seller, patient, swift or destinations
    #[arg(long, value_name = "NAME", help_heading = heading::PARAMETERS)]
    profile: Option<String>,

    /// Policy file (TOML) to lay over the standard parameters and the profile; can be repeated
    #[arg(long, value_name = "FILE", help_heading = heading::PARAMETERS)]
    policy: Vec<PathBuf>,

    /// Set one parameter, such as too_early.days=6, or one of its versions, such as
    /// too_early@2026-07-01.days=6; laid over all policy files, can be repeated
    #[arg(long, value_name = "RULE.PARAMETER=VALUE", help_heading = heading::PARAMETERS)]
    set: Vec<String>,
}

impl PolicyArgs {
    /// The parameters: the standard ones, the profile, the files, and what is set, over each other.
    pub fn resolve(&self) -> Result<Policy, Fault> {
        Policy::with(&self.overlays()?)
    }

    /// What was given, in a few words: `seller; too_early.days=6`.
    pub fn name(&self) -> String {
        let files = self.policy.iter().map(|file| file.display().to_string());
        self.profile.iter().cloned().chain(files).chain(self.set.iter().cloned()).collect::<Vec<_>>().join("; ")
    }

    /// What is laid over each other, in its order.
    pub fn overlays(&self) -> Result<Vec<Overlay>, Fault> {
        self.overlays_with(&[])
    }

    /// The same with more policy files, which lie over those given and under what is set.
    pub fn overlays_with(&self, files: &[PathBuf]) -> Result<Vec<Overlay>, Fault> {
        let profile = self.profile.iter().map(|profile| Overlay::profile(profile));
        let files = self.policy.iter().chain(files).map(|file| read(file));
        let set = self.set.iter().map(|argument| Ok(Overlay::from_argument(argument)));
        profile.chain(files).chain(set).collect()
    }
}

/// The overlay of a policy file.
pub fn read(file: &Path) -> Result<Overlay, Fault> {
    let text = fs::read_to_string(file).map_err(|error| {
        Fault::new(FaultKind::Policy, format!("cannot be read: {error}"))
            .at(file.display())
            .hint("check the name of the policy file, and that this account may read it")
            .caused_by(error)
    })?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    Ok(Overlay::from_file(&name, &text))
}

/// The overlay of a profile's name or a file.
pub fn named(name: &Path) -> Result<Overlay, Fault> {
    let text = name.to_string_lossy();
    if PROFILES.iter().any(|profile| profile.name == text) {
        return Overlay::profile(&text);
    }
    if !name.exists() {
        let names = PROFILES.iter().map(|profile| profile.name);
        let near = nearest(&text, names.clone()).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        let hint = format!("{near}known profiles are {}", names.collect::<Vec<_>>().join(", "));
        return Err(Fault::new(FaultKind::Policy, "unknown profile, and not a file").at(text).hint(hint));
    }
    read(name)
}
