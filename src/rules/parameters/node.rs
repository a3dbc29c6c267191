//! Parameters as a tree: what `--set`, sweeps, flips, the schema and the documentation walk over.
//!
//! A table of parameters is a struct, declared with [`parameters!`]; the type of a field says what its values are, in
//! what unit, and from where to where.

use arbiter_model::money::Currency;

/// Parameters, one or many.
pub trait ParameterNode {
    /// The names of those below; none below a value.
    fn names(&self) -> &'static [&'static str] {
        &[]
    }

    /// One of those below.
    fn below(&self, _name: &str) -> Option<&dyn ParameterNode> {
        None
    }

    /// One of those below, to be changed.
    fn below_mut(&mut self, _name: &str) -> Option<&mut dyn ParameterNode> {
        None
    }

    /// The value as a whole number of steps; nothing where it is not one number. An amount has one in each currency.
    fn steps(&self, _currency: Option<Currency>) -> Option<u64> {
        None
    }

    /// Another value, in steps; beyond what the parameter can be, the nearest that it can. False where it is not one
    /// number.
    fn set_steps(&mut self, _steps: u64, _currency: Option<Currency>) -> bool {
        false
    }

    /// The least and the most, in steps.
    fn range(&self) -> (u64, u64) {
        (0, 0)
    }

    /// The same of one of those below, which must not pass another.
    fn range_below(&self, name: &str) -> (u64, u64) {
        self.below(name).map_or((0, 0), ParameterNode::range)
    }
}

/// The parameter at a dotted path such as `colour_mismatch.band.low`, and the currency that a path to an amount ends
/// with.
pub fn at_path<'p>(root: &'p dyn ParameterNode, path: &str) -> Option<(&'p dyn ParameterNode, Option<Currency>)> {
    let mut parameter = root;
    for name in path.split('.') {
        match parameter.below(name) {
            Some(below) => parameter = below,
            None => return Currency::from_code(name).map(|currency| (parameter, Some(currency))),
        }
    }
    Some((parameter, None))
}

/// The same, to be changed.
pub fn at_path_mut<'p>(
    root: &'p mut dyn ParameterNode,
    path: &str,
) -> Option<(&'p mut dyn ParameterNode, Option<Currency>)> {
    match path.split_once('.') {
        None if Currency::from_code(path).is_some() => Some((root, Currency::from_code(path))),
        None => Some((root.below_mut(path)?, None)),
        Some((name, rest)) => at_path_mut(root.below_mut(name)?, rest),
    }
}

/// The least and the most of the parameter at a path, beside others that it must not pass.
pub fn range_at_path(root: &dyn ParameterNode, path: &str) -> Option<(u64, u64)> {
    match path.rsplit_once('.') {
        Some((above, name)) => {
            let (parameter, _) = at_path(root, above)?;
            Some(if parameter.names().is_empty() { parameter.range() } else { parameter.range_below(name) })
        }
        None => Some(root.range_below(path)),
    }
}

/// Declares a rule's parameters as a struct.
macro_rules! parameters {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)+ })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $($(#[$field_meta])* pub $field: $type,)+
            }

            impl $crate::parameters::node::ParameterNode for $name {
                fn names(&self) -> &'static [&'static str] {
                    &[$(stringify!($field)),+]
                }

                fn below(&self, name: &str) -> Option<&dyn $crate::parameters::node::ParameterNode> {
                    match name {
                        $(stringify!($field) => Some(&self.$field),)+
                        _ => None,
                    }
                }

                fn below_mut(&mut self, name: &str) -> Option<&mut dyn $crate::parameters::node::ParameterNode> {
                    match name {
                        $(stringify!($field) => Some(&mut self.$field),)+
                        _ => None,
                    }
                }
            }
        )+
    };
}
pub(crate) use parameters;
