//! The parameters a run decides under: the standard ones, with overlays from files and the command
//! line laid over them, checked, and hashed.

mod overlay;

use serde::Serialize;
use toml::{Table, Value};

pub use overlay::Setting;

use crate::case::Case;
use crate::fault::{Fault, FaultKind};
use crate::rules::Terms;

/// The standard parameters, with a source and a reason beside each value.
pub const STANDARD: &str = include_str!("standard.toml");

/// The keys of a rule's table that speak about its values, rather than being one.
pub const COMMENTARY: [&str; 2] = ["source", "reason"];

/// The parameters in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    terms: Terms,
    changed: Vec<Change>,
}

/// One value that an overlay changed; a setting to the value that holds already is no change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The parameter: `colour_mismatch.band.high`.
    pub parameter: String,
    /// The value, as TOML.
    pub value: String,
    /// Where it was set: `policy.toml:3` or `--set`.
    pub set_by: String,
}

impl Policy {
    /// The standard parameters alone.
    ///
    /// # Errors
    ///
    /// None that a release can have: the embedded file is checked by the tests.
    pub fn standard() -> Result<Self, Fault> {
        Self::with(&[])
    }

    /// The standard parameters with settings laid over them, later ones over earlier ones.
    ///
    /// # Errors
    ///
    /// An unknown rule or parameter, with the nearest known one; a value of the wrong type or out
    /// of its range; each with the place it was set.
    pub fn with(settings: &[Setting]) -> Result<Self, Fault> {
        let standard = standard_values()?;
        let mut values = standard.clone();
        let mut changed = Vec::new();
        for setting in settings {
            if let Some(value) = overlay::apply(setting, &mut values)? {
                let parameter = setting.path.join(".");
                changed.push(Change { parameter, value: value.to_string(), set_by: setting.origin.clone() });
            }
        }
        let terms = match Terms::deserialize_from(values.clone()) {
            Ok(terms) => terms,
            Err(problem) => return Err(overlay::blame(settings, &standard, &problem)),
        };
        Ok(Self { terms, changed })
    }

    /// The parameters that one case is decided under.
    pub fn terms_for(&self, _case: &Case) -> &Terms {
        &self.terms
    }

    /// The parameters that hold for the run as a whole rather than for one case: those about buyers'
    /// records and about reports.
    pub fn terms_of_run(&self) -> &Terms {
        &self.terms
    }

    /// What the overlays changed, in the order in which it was laid over.
    pub fn changed(&self) -> &[Change] {
        &self.changed
    }

    /// A hash of all values in force, whatever way they came about.
    pub fn hash(&self) -> String {
        // Structs serialise in the order of their fields, so equal parameters give equal bytes.
        let values = serde_json::to_vec(&self.terms).unwrap_or_default();
        blake3::hash(&values).to_hex().to_string()
    }
}

impl Terms {
    fn deserialize_from(values: Table) -> Result<Self, String> {
        values.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
    }
}

/// The standard parameters as the file has them, without sources and reasons.
fn standard_values() -> Result<Table, Fault> {
    let mut standard: Table = STANDARD.parse().map_err(|error: toml::de::Error| {
        Fault::new(FaultKind::Defect, error.to_string()).at("policy/standard.toml")
    })?;
    for (_, rule) in standard.iter_mut() {
        if let Value::Table(rule) = rule {
            rule.retain(|key, _| !COMMENTARY.contains(&key));
        }
    }
    Ok(standard)
}
