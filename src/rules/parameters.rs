//! Parameters as a tree: what `--set`, sweeps, flips, the schema and the documentation walk over.
//!
//! A rule's parameters are a struct beside the rule, declared with [`parameters!`]; the type of a field says what its
//! values are, in what unit, and from where to where. [`Terms`](crate::Terms) has one row for each such struct, which
//! says which cases it can touch and how its values are searched. A new parameter is one field of the struct, and its
//! value in `policy/standard.toml`.

use arbiter_model::case::Case;
use arbiter_model::instant::Instant;
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

/// Whether a case may be decided otherwise under other values of a rule's parameters, by the facts alone.
pub type Reach = fn(&Case, Instant) -> bool;

/// Every case there is.
pub const EVERY_CASE: Reach = |_, _| true;

/// No case: nothing is decided by them, or only through the level of a buyer.
pub const NO_CASE: Reach = |_, _| false;

/// How the values of a number between two of them are searched for where decisions change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// By halves: the number is one side of a single comparison, or a share.
    Halves,
    /// By halves, with an eye on which dates come before which: several comparisons hang on the date that it moves.
    HalvesWithDates,
    /// One by one, where nothing of this is known.
    EveryValue,
}

/// One row of [`Terms`](crate::Terms): the parameters of a rule, or of several that share them.
#[derive(Clone, Copy, Debug)]
pub struct RuleParameters {
    /// The table's name in a policy file.
    pub name: &'static str,
    /// Which cases they can touch.
    pub reach: Reach,
    /// How the values of the one of a name are searched.
    pub search: fn(&str) -> Search,
    /// Whether the one of a name is turned where the nearest change of a decision is sought.
    pub is_turned: fn(&str) -> bool,
    /// Whether they concern the run as a whole, so that they cannot vary by case.
    pub of_run: bool,
}

impl RuleParameters {
    /// Parameters that may touch every case, and of which nothing is known that would shorten a search.
    pub const fn new(name: &'static str) -> Self {
        Self { name, reach: EVERY_CASE, search: |_| Search::EveryValue, is_turned: |_| true, of_run: false }
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

            impl $crate::parameters::ParameterNode for $name {
                fn names(&self) -> &'static [&'static str] {
                    &[$(stringify!($field)),+]
                }

                fn below(&self, name: &str) -> Option<&dyn $crate::parameters::ParameterNode> {
                    match name {
                        $(stringify!($field) => Some(&self.$field),)+
                        _ => None,
                    }
                }

                fn below_mut(&mut self, name: &str) -> Option<&mut dyn $crate::parameters::ParameterNode> {
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

/// The dotted path of a parameter, `path!(seller_silent.days)`; it does not compile where there is none.
#[macro_export]
macro_rules! path {
    ($table:ident $(. $field:ident)+) => {{
        const _: fn(&$crate::Terms) = |terms| _ = &terms.$table$(.$field)+;
        concat!(stringify!($table), $(".", stringify!($field)),+)
    }};
}

/// The names of tables of parameters, `tables![seller_silent, escalation]`; it does not compile where there is no such
/// table.
#[macro_export]
macro_rules! tables {
    ($($table:ident),* $(,)?) => {{
        const _: fn(&$crate::Terms) = |terms| { $(_ = &terms.$table;)* };
        &[$(stringify!($table)),*]
    }};
}
