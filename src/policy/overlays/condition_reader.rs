//! Reading the conditions of segments.

use toml::Spanned;
use toml::de::DeValue;

use arbiter_model::dispute::Country;
use arbiter_model::money::Currency;

use super::condition::{AmountRange, CONDITIONS, Condition, amount};
use super::reader::{Reader, shown};
use crate::parameters::Group;

impl Reader {
    /// Reads what a segment names of its condition; `is_sound` says that nothing is wrong with it so far.
    pub(super) fn condition(
        &mut self,
        group: &Group,
        offset: usize,
        named: &[(&str, usize, &Spanned<DeValue>)],
        is_sound: bool,
    ) -> Condition {
        let mut condition = Condition::default();
        // What is misspelt may have been meant for one, and has been told.
        if named.is_empty() && is_sound {
            let hint = format!("a segment is for the cases of a condition: name one of {}", CONDITIONS.join(", "));
            self.wrong(offset, &format!("{}.when", group.name), "has no condition", hint);
        }
        for (name, at, value) in named.iter().filter(|(name, _, _)| *name != "goods_total") {
            let what = format!("{}.when.{name}", group.name);
            match *name {
                "category" => {
                    condition.category = sorted(self.names(&what, *at, value, "codes such as \"apparel\"", code))
                }
                "currency" => {
                    condition.currency =
                        self.names(&what, *at, value, "ISO 4217 currencies such as \"USD\"", Currency::from_code);
                }
                "destination_country" => {
                    let country = |text: &str| Country::from_code(text).filter(|one| one.to_string() == text);
                    condition.destination_country =
                        self.names(&what, *at, value, "countries by two capitals such as \"RU\"", country);
                }
                _ => condition.seller_id = sorted(self.names(&what, *at, value, "ids of sellers such as \"S-17\"", id)),
            }
        }
        if let Some((_, at, value)) = named.iter().find(|(name, _, _)| *name == "goods_total") {
            let what = format!("{}.when.goods_total", group.name);
            condition.goods_total = self.amounts(&what, *at, value, condition.currency.as_deref());
        }
        condition
    }

    /// A list of names, at least one, each read by `read`.
    fn names<T>(
        &mut self,
        what: &str,
        at: usize,
        value: &Spanned<DeValue>,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let read_one = |item: &Spanned<DeValue>| match item.get_ref() {
            DeValue::String(text) => read(text),
            _ => None,
        };
        let names = match value.get_ref() {
            DeValue::Array(items) => items.iter().map(read_one).collect::<Option<Vec<T>>>(),
            _ => None,
        };
        let names = names.filter(|names| !names.is_empty());
        if names.is_none() {
            let problem = format!("expected a list of {expected}, not {}", shown(value.get_ref()));
            self.wrong(at, what, problem, "write the list in brackets, each name in quotes");
        }
        names
    }

    fn amounts(
        &mut self,
        what: &str,
        at: usize,
        value: &Spanned<DeValue>,
        currencies: Option<&[Currency]>,
    ) -> Option<AmountRange> {
        let Some([currency]) = currencies else {
            let problem = "amounts compare within one currency, and the condition does not name just one";
            self.wrong(at, what, problem, "add for example currency = [\"USD\"]");
            return None;
        };
        let mut range = AmountRange::default();
        let mut sound = true;
        if let DeValue::Table(table) = value.get_ref() {
            for (key, end) in table {
                let read = match end.get_ref() {
                    DeValue::String(text) => amount(text, *currency),
                    _ => None,
                };
                match key.get_ref().as_ref() {
                    "from" => range.from = read,
                    "below" => range.below = read,
                    _ => sound = false,
                }
                sound &= read.is_some();
            }
        }
        let is_bounded = range.from.is_some() || range.below.is_some();
        if !sound || !is_bounded || range.is_empty() {
            let problem = format!(
                "expected amounts of {currency} as strings, from one on and below a higher one, not {}",
                shown(value.get_ref())
            );
            self.wrong(at, what, problem, "for example goods_total = { from = \"50.00\", below = \"200.00\" }");
            return None;
        }
        Some(range)
    }
}

/// In the order in which conditions are searched, each once.
fn sorted(names: Option<Vec<String>>) -> Option<Vec<String>> {
    let mut names = names?;
    names.sort_unstable();
    names.dedup();
    Some(names)
}

fn id(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn code(text: &str) -> Option<String> {
    let is_code = !text.is_empty() && text.chars().all(|c| !c.is_uppercase() && !c.is_whitespace() && c != '-');
    is_code.then(|| text.to_owned())
}
