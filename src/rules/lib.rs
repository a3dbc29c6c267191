//! The rules: how one dispute is decided.
//!
//! [`LADDER`] is the registry and its order is the precedence: the first rule whose condition holds
//! decides. An award then passes the reviews: the goods may have to go back first, and a serial
//! disputer is not paid without a person's look.
//!
//! This crate is pure. A rule sees an [`Evaluation`] — the case, its parameters and the as-of — and
//! nothing else. It makes the comparisons of its condition through a [`Tracer`], by the names of
//! `named.rs`, so that they can be shown; there is one way through the rules, recorded or not. To add
//! one, write it in its stage's file with its condition, outcome and explanation, and put it into the
//! ladder at its place.
//!
//! The files lie in layers, and none imports one above it: the parameters, what an evaluation knows and
//! tells, the rules in their stages, the ladder, the walk. This file lists names and holds nothing.

mod disposition;
mod evaluation;
mod history;
mod ladder;
mod level;
mod named;
mod parameters;
mod requirement;
mod rule;
mod stages;
mod trace;
mod tracer;
mod value;
mod walk;
mod words;

pub use disposition::{Award, Basis, Disposition, GoodsBack, Queue, ReturnState, Worth};
pub use evaluation::Evaluation;
pub use history::History;
pub use ladder::{ELSEWHERE, LADDER, REVIEWS, all, with_code};
pub use level::{BuyerRecord, Level};
pub use parameters::{
    AmountByCurrency, Band, CODE_PATTERN, Codes, Count, DayRange, Days, EVERY_CASE, Hours, NO_CASE, ParameterNode,
    Part, Reach, Route, RuleParameters, Search, SerialDisputer, Terms, Threshold, at_path, at_path_mut, range_at_path,
};
pub use requirement::Requirement;
pub use rule::{Finding, Rule, Stage};
pub use stages::elsewhere::{HUMAN, RETIRED};
pub use stages::evidence::Gate;
pub use stages::returns::{AWAITING_RETURN, RETURN_NOT_SENT, RETURN_OVERDUE};
pub use stages::serial::SERIAL_DISPUTER;
pub use trace::{Step, Trace};
pub use tracer::{Named, Relation, Side, Test, Tracer};
pub use value::Value;
pub use walk::{decide, explain, trace};
