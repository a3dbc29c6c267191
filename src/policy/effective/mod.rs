//! From resolved parameters to the terms of a case: a period for every span between changes, and what its versions are
//! called.

mod combinations;
mod effective_periods;
mod labels;
mod parameter_values;

pub use parameter_values::ParameterValue;

pub(crate) use effective_periods::{EffectivePeriod, EffectivePeriods};
pub(crate) use labels::Labels;
pub(crate) use parameter_values::{price_bounds, values_for};
