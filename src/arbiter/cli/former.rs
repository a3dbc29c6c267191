//! Spellings of the command line that go on working for one version.

use std::ffi::OsString;

/// The version that takes away what is here.
const GOES: &str = "0.3.0";

/// The arguments as they are spelt today, with what to tell where some were spelt as before: of `arbiter sweep` the step
/// was behind the word `by`.
pub fn spelt_anew(arguments: impl IntoIterator<Item = OsString>) -> (Vec<OsString>, Option<String>) {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    if arguments.get(1).is_none_or(|command| command != "sweep") {
        return (arguments, None);
    }
    let mut instead = Vec::new();
    for place in 3..arguments.len().saturating_sub(1) {
        let [before, by, step] = [place - 1, place, place + 1].map(|place| arguments[place].to_string_lossy());
        let is_value_of_option = before.starts_with('-') && before != "--json";
        if by != "by" || is_value_of_option || !step.starts_with(|first: char| first.is_ascii_digit()) {
            continue;
        }
        let is_second = place >= 5 && arguments[place - 3] == "--and";
        let option = if is_second { "--and-step" } else { "--step" };
        instead.push(format!("{option} {step} for by {step}"));
        arguments[place] = option.into();
    }
    let told = format!("the word `by` of arbiter sweep will go in {GOES}: write {}", instead.join(", and "));
    (arguments, (!instead.is_empty()).then_some(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(call: &str) -> (String, Option<String>) {
        let (arguments, told) = spelt_anew(call.split(' ').map(OsString::from));
        (arguments.join(" ".as_ref()).into_string().unwrap(), told)
    }

    #[test]
    fn the_step_of_a_sweep_is_an_option() {
        for (before, today) in [
            ("arbiter sweep a.b 1..9 by 2 night", "arbiter sweep a.b 1..9 --step 2 night"),
            ("arbiter sweep a.b 1..9 --json by 2", "arbiter sweep a.b 1..9 --json --step 2"),
            ("arbiter sweep --csv x a.b 1..9 by 2", "arbiter sweep --csv x a.b 1..9 --step 2"),
            (
                "arbiter sweep a.b 1..9 by 2 --and c.d 0..1 by 0.1 night",
                "arbiter sweep a.b 1..9 --step 2 --and c.d 0..1 --and-step 0.1 night",
            ),
        ] {
            let (spelt, told) = spelt(before);
            assert_eq!(spelt, today);
            assert!(told.unwrap().contains("will go in 0.3.0: write --step 2 for by 2"));
        }
    }

    #[test]
    fn everything_else_is_left_alone() {
        for call in [
            "arbiter",
            "arbiter sweep",
            "arbiter sweep a.b 1..9 by",
            "arbiter sweep a.b 1..9 by night",
            "arbiter sweep a.b 1..9 --csv by 2",
            "arbiter explain D-1 by 2",
            "arbiter sweep a.b 1..9 --step 2 night",
        ] {
            assert_eq!(spelt(call), (call.to_owned(), None));
        }
    }
}
