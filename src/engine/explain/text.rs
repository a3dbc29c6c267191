//! An explanation as text, for lines of a hundred letters.

use std::fmt::{self, Display, Formatter};

use arbiter_model::fault::visible;
use arbiter_rules::{ReturnState, Value};

use super::flip::FlipKind;
use super::{BuyerShown, Explanation, FactShown, RowShown, RuleShown};

/// The longest line, in letters.
const WIDTH: usize = 100;

/// The most flips of one kind that are shown.
const SHOWN: usize = 8;

/// Writes words one after the other, broken at [`WIDTH`], every line behind an indent; the first may have
/// another one.
fn wrapped(f: &mut Formatter, first: &str, indent: usize, text: &str) -> fmt::Result {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in visible(text).split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(f, "{}", line.trim_end())?;
            line = " ".repeat(indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(f, "{}", line.trim_end())
}

fn title(f: &mut Formatter, text: &str) -> fmt::Result {
    writeln!(f, "\n{text}\n")
}

/// A name and what stands behind it.
fn entry(f: &mut Formatter, name: &str, text: &str) -> fmt::Result {
    wrapped(f, &format!("  {name:<24}"), 26, text)
}

impl Display for Explanation<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        self.facts(f)?;
        self.dates(f)?;
        title(f, "RULES, the first that holds decides")?;
        walked(f, &self.ladder)?;
        if !self.reviews.is_empty() {
            title(f, "REVIEWS, which an award passes before it is paid")?;
            walked(f, &self.reviews)?;
        }
        self.reckoning(f)?;
        self.next(f)?;
        self.earlier(f)?;
        self.buyer.fmt(f)?;
        self.parameters(f)?;
        self.flips(f)
    }
}

impl Explanation<'_> {
    fn head(&self, f: &mut Formatter) -> fmt::Result {
        let decision = &self.decision;
        let award = format!("{} {}", decision.award, self.currency);
        let line = format!(
            "{}: {}, {award}, by the rule {}, as of {}",
            self.dispute_id,
            decision.outcome,
            decision.rule,
            self.as_of.exact()
        );
        wrapped(f, "", 0, &line)?;
        wrapped(f, "", 0, &decision.explanation)
    }

    fn facts(&self, f: &mut Formatter) -> fmt::Result {
        title(f, "FACTS")?;
        row(f, &format!("order {}", self.order_id), &self.order)?;
        row(f, &format!("dispute {}", self.dispute_id), &self.dispute)?;
        if self.tracking.is_empty() {
            return writeln!(f, "  no tracking event");
        }
        writeln!(f, "  tracking")?;
        for event in &self.tracking {
            let place = source(event.file, event.line);
            let country = event.country.as_deref().map(|country| format!(" in {country}")).unwrap_or_default();
            let text = format!("{}{country}{place}{}", event.status, later(event.not_yet_happened));
            wrapped(f, &format!("    {:<22}", event.event_at.exact()), 26, &text)?;
        }
        Ok(())
    }

    fn dates(&self, f: &mut Formatter) -> fmt::Result {
        title(f, "DATES")?;
        for date in &self.dates {
            let at = date.at.map_or("not known".to_owned(), |at| at.exact());
            entry(f, date.name, &format!("{at}: {}", date.working))?;
        }
        Ok(())
    }

    fn reckoning(&self, f: &mut Formatter) -> fmt::Result {
        if self.reckoning.is_empty() {
            return Ok(());
        }
        title(f, &format!("AWARD, in {}, shares of the price of the goods", self.currency))?;
        for line in &self.reckoning {
            entry(f, line.what, &format!("{} = {}", line.working, line.result))?;
        }
        match &self.decision.withheld {
            Some(withheld) => {
                let line = format!("stopped: {} of {} is not paid (yet)", withheld.award, withheld.rule);
                wrapped(f, "  ", 2, &line)
            }
            None => Ok(()),
        }
    }

    fn next(&self, f: &mut Formatter) -> fmt::Result {
        title(f, "WHAT FOLLOWS")?;
        let next = &self.next;
        if let (Some(to), Some(from), Some(by)) = (next.refund_to, &next.refund_from, &next.refund_by) {
            entry(f, "refund", &format!("to {to}, between {from} and {by}"))?;
        }
        if next.returned != ReturnState::No {
            entry(f, "return of the goods", next.returned.code())?;
        }
        if let Some(at) = next.next_event_at {
            entry(f, "waits until", &at.exact())?;
        }
        if let Some(queue) = next.queue {
            entry(f, "a person decides", &format!("queue {queue}"))?;
        }
        if !self.decision.notes.is_empty() {
            entry(f, "notes", &self.decision.notes.replace(';', "; "))?;
        }
        if next.next_event_at.is_none() && next.queue.is_none() && next.refund_to.is_none() {
            entry(f, "nothing", "the decision stands as it is")?;
        }
        Ok(())
    }

    fn earlier(&self, f: &mut Formatter) -> fmt::Result {
        if self.earlier.is_empty() {
            return Ok(());
        }
        title(f, "EARLIER DISPUTES OF THE ORDER")?;
        for dispute in &self.earlier {
            let text = format!(
                "{}, {} {} by {}, opened {}",
                dispute.outcome, dispute.award, self.currency, dispute.rule, dispute.opened_at
            );
            entry(f, &visible(dispute.dispute_id), &text)?;
        }
        Ok(())
    }

    fn parameters(&self, f: &mut Formatter) -> fmt::Result {
        title(f, "PARAMETERS that the rules asked for")?;
        for held in &self.parameters {
            let set_by = if held.set_by == "standard" { String::new() } else { format!(", set by {}", held.set_by) };
            let line = format!("{} = {}, {}{set_by}", held.parameter, held.value, held.version);
            wrapped(f, "  ", 6, &line)?;
            if !held.source.is_empty() {
                wrapped(f, "    source: ", 6, &held.source)?;
            }
        }
        Ok(())
    }

    fn flips(&self, f: &mut Formatter) -> fmt::Result {
        title(f, "WHAT WOULD HAVE CHANGED THE OUTCOME, all else as it is; the smallest changes first")?;
        if self.flips.is_empty() {
            return writeln!(f, "  nothing that is tried");
        }
        for kind in FlipKind::ALL {
            let flips: Vec<_> = self.flips.iter().filter(|flip| flip.kind == *kind).collect();
            for (number, flip) in flips.iter().take(SHOWN).enumerate() {
                let name = if number == 0 { kind.code() } else { "" };
                wrapped(f, &format!("  {name:<9}"), 13, &flip.text)?;
            }
            if let Some(more @ 1..) = flips.len().checked_sub(SHOWN) {
                writeln!(f, "  {:<9}and {more} more", "")?;
            }
        }
        Ok(())
    }
}

/// Where a row stands: ` (disputes.csv, line 33)`.
fn source(file: Option<&str>, line: Option<u32>) -> String {
    match (file, line) {
        (Some(file), Some(line)) => format!(" ({file}, line {line})"),
        _ => String::new(),
    }
}

fn later(not_yet_happened: bool) -> &'static str {
    if not_yet_happened { ", after the as-of: has not happened" } else { "" }
}

/// A row of facts: what is stated, and the columns that state nothing.
fn row(f: &mut Formatter, what: &str, row: &RowShown) -> fmt::Result {
    wrapped(f, "  ", 2, &format!("{what}{}", source(row.file, row.line)))?;
    let (empty, stated): (Vec<&FactShown>, Vec<_>) = row.facts.iter().partition(|fact| fact.value == Value::Nothing);
    for fact in stated {
        let text = format!("{}{}", fact.value, later(fact.not_yet_happened));
        wrapped(f, &format!("    {:<22}", fact.name), 26, &text)?;
    }
    let names: Vec<_> = empty.iter().map(|fact| fact.name).collect();
    if names.is_empty() { Ok(()) } else { wrapped(f, "    not stated            ", 26, &names.join(", ")) }
}

/// Rules with their tests. Those in a row that only asked for another reason are told at once.
fn walked(f: &mut Formatter, rules: &[RuleShown]) -> fmt::Result {
    let mut rest = rules;
    while let Some(rule) = rest.first() {
        let passed_over = rest.iter().take_while(|rule| is_of_another_reason(rule)).count();
        if passed_over > 1 {
            let codes: Vec<_> = rest[..passed_over].iter().map(|rule| rule.code).collect();
            let tests = &rule.tests;
            let reason = tests.first().map(|test| format!("{} is {}", test.left.name, test.left.value));
            wrapped(f, "  no   ", 7, &format!("{}: {}", codes.join(", "), reason.unwrap_or_default()))?;
            rest = &rest[passed_over..];
            continue;
        }
        let answer = if rule.held { "YES" } else { "no " };
        wrapped(f, &format!("  {answer}  "), 7, &format!("{}: {}", rule.code, rule.when))?;
        for test in &rule.tests {
            wrapped(f, "         ", 11, &test.text)?;
        }
        rest = &rest[1..];
    }
    Ok(())
}

fn is_of_another_reason(rule: &RuleShown) -> bool {
    let [test] = rule.tests.as_slice() else { return false };
    !rule.held && !test.holds && test.left.name.ends_with("reason")
}

impl Display for BuyerShown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        title(f, &format!("THE BUYER'S RECORD: {}, level {}", visible(self.buyer_id), self.level))?;
        let counts = format!(
            "{} of {} orders since {} (rate {}, lower end {}), {} contradicted, {} in the last days (since {})",
            self.disputed_orders,
            self.orders,
            self.window_from,
            self.rate,
            self.lower,
            self.contradicted,
            self.burst,
            self.burst_from
        );
        entry(f, "disputed", &counts)?;
        for dispute in &self.disputes {
            let marks = [(dispute.contradicted, ", contradicted"), (dispute.burst, ", in the last days")];
            let marks: String = marks.iter().filter(|(holds, _)| *holds).map(|(_, mark)| *mark).collect();
            let text = format!("order {}, opened {}{marks}", dispute.order_id, dispute.opened_at);
            entry(f, &format!("  {}", visible(dispute.dispute_id)), &text)?;
        }
        for threshold in &self.thresholds {
            let burst = threshold.burst.map(|burst| format!(", or {burst} in the last days"));
            let text = format!(
                "{} disputed with a lower end of {}, or {} contradicted{}",
                threshold.disputes,
                threshold.lower,
                threshold.contradicted,
                burst.unwrap_or_default()
            );
            entry(f, &format!("{} takes", threshold.level), &text)?;
        }
        Ok(())
    }
}
