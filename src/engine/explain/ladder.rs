//! The rules that were asked, with the tests that each made.

use serde::Serialize;
use toml::Value as Toml;

use arbiter_policy::ParameterValue;
use arbiter_rules::{Evaluation, Named, Relation, Side, Stage, Step, Test, Trace, Value};

use super::Inquiry;
use super::parameters::concerns;

/// One rule that was asked.
#[derive(Debug, Serialize)]
pub struct RuleShown<'a> {
    /// Its code.
    pub code: &'static str,
    /// Its stage.
    pub stage: &'static str,
    /// When it holds, in words.
    pub when: &'static str,
    /// What follows where it holds, in words.
    pub outcome: &'static str,
    /// The tests it made, in their order; it stops at the first that settles it.
    pub tests: Vec<TestShown<'a>>,
    /// Whether it held.
    pub held: bool,
}

/// One test.
#[derive(Debug, Serialize)]
pub struct TestShown<'a> {
    /// What was compared.
    pub left: SideShown<'a>,
    /// How: `is`, `is not`, `>=`, `>`, `<=`, `<`, `is one of`, `is known`, `is not known`, `is exported`,
    /// or `always holds`.
    pub relation: &'static str,
    /// With what; null where the relation needs nothing.
    pub right: Option<SideShown<'a>>,
    /// How it came out.
    pub holds: bool,
    /// The parameters in it, with their values.
    pub parameters: Vec<ParameterShown>,
    /// The test as a line for people.
    pub text: String,
}

/// A parameter with its value.
#[derive(Debug, Serialize)]
pub struct ParameterShown {
    /// Its dotted path.
    pub parameter: String,
    /// Its value.
    pub value: Toml,
}

/// One side of a test.
#[derive(Debug, Serialize)]
pub struct SideShown<'a> {
    /// What it is; empty where only a value stands there.
    pub name: &'static str,
    /// Its value.
    pub value: Value<'a>,
}

impl ParameterShown {
    fn of(held: ParameterValue) -> Self {
        Self { parameter: held.parameter, value: held.value }
    }
}

/// The rules of the ladder, and the reviews.
pub(super) fn shown<'a>(
    inquiry: &Inquiry,
    e: &Evaluation<'a>,
    trace: &Trace<'a>,
) -> (Vec<RuleShown<'a>>, Vec<RuleShown<'a>>) {
    trace.steps().map(|step| rule(inquiry, e, &step)).partition(|rule| rule.stage != Stage::Review.name())
}

fn rule<'a>(inquiry: &Inquiry, e: &Evaluation<'a>, step: &Step<'_, 'a>) -> RuleShown<'a> {
    RuleShown {
        code: step.rule.code,
        stage: step.rule.stage.name(),
        when: step.rule.when,
        outcome: step.rule.outcome,
        tests: step.tests.iter().map(|one| test(inquiry, e, one)).collect(),
        held: step.held,
    }
}

fn test<'a>(inquiry: &Inquiry, e: &Evaluation<'a>, test: &Test<'a>) -> TestShown<'a> {
    let values = |path| inquiry.policy.values_for(path, &e.case, e.as_of).into_iter();
    // A parameter that stands on its own shows its value already.
    let stands_alone = |path: &str| [test.left, test.right].iter().any(|side| side.named.name == path);
    let parameters: Vec<_> = test
        .parameters()
        .filter(|path| !stands_alone(path))
        .flat_map(values)
        .filter(|held| concerns(e, &held.parameter))
        .collect();
    let parameters: Vec<_> = parameters.into_iter().map(ParameterShown::of).collect();
    let side = |Side { named: Named { name, .. }, value }: Side<'a>| SideShown { name, value };
    let has_right =
        !matches!(test.relation, Relation::Known | Relation::Unknown | Relation::Exported | Relation::Always);
    TestShown {
        left: side(test.left),
        relation: test.relation.sign(),
        right: has_right.then(|| side(test.right)),
        holds: test.holds,
        text: line(test, has_right, &parameters),
        parameters,
    }
}

/// A test as people read it: `as_of 2026-06-01T00:00:00Z >= start 2026-05-11T09:00:00Z: yes`.
fn line(test: &Test, has_right: bool, parameters: &[ParameterShown]) -> String {
    let side = |side: Side| match side.named.name {
        "" => side.value.to_string(),
        name => format!("{name} {}", side.value),
    };
    // What a flag is follows from how the test came out, and so does a code that is the one asked for.
    let is_said = test.relation == Relation::Is && (test.holds || matches!(test.right.value, Value::Flag(_)));
    let left = match test.relation {
        Relation::Always => "the last rule".to_owned(),
        Relation::Known | Relation::Unknown | Relation::Exported => test.left.named.name.to_owned(),
        _ if is_said => test.left.named.name.to_owned(),
        _ => side(test.left),
    };
    let right = if has_right { format!(" {}", side(test.right)) } else { String::new() };
    let found = match (test.relation, test.left.value) {
        (Relation::Known | Relation::Unknown, value) if value != Value::Nothing => format!(", {value}"),
        _ => String::new(),
    };
    let named: Vec<_> =
        parameters.iter().map(|ParameterShown { parameter, value }| format!("{parameter} = {value}")).collect();
    let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    let answer = if test.holds { "yes" } else { "no" };
    format!("{left} {}{right}{named}: {answer}{found}", test.relation.sign())
}
