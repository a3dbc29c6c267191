//! The metrics of a run, in the text format that Prometheus' node exporter collects from files.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use arbiter_model::fault::Fault;
use arbiter_report::{Books, Payouts, Summary};

use super::clock;
use super::watch::Watch;

/// What begins the names of metrics about the last attempt, whatever came of it. All others are about the last run
/// that was published, and stay until the next is.
const ATTEMPT: &str = "arbiter_last_run_";

/// Writes the file, so that nobody ever sees half of it.
///
/// # Errors
///
/// It cannot be written.
pub fn write(file: &Path, exit_code: u8, published: Option<&Summary>, watch: &Watch) -> Result<(), Fault> {
    let now = clock::now()?.unix().0;
    let mut text = Text::default();
    text.gauge("arbiter_last_run_timestamp_seconds", "When the last run ended.", &[(vec![], now.to_string())]);
    text.gauge("arbiter_last_run_exit_code", "The exit code of the last run.", &[(vec![], exit_code.to_string())]);
    let (whole, stages) = watch.durations();
    text.gauge("arbiter_last_run_seconds", "How long the last run took.", &[(vec![], seconds(whole))]);
    let stages: Vec<Sample> =
        stages.iter().map(|(stage, duration)| (vec![("stage", (*stage).to_owned())], seconds(*duration))).collect();
    text.gauge("arbiter_last_run_stage_seconds", "How long each part of the last run took.", &stages);
    match published {
        Some(summary) => {
            text.gauge(
                "arbiter_last_success_timestamp_seconds",
                "When a run was last published.",
                &[(vec![], now.to_string())],
            );
            text.summary(summary);
        }
        None => text.0.push_str(&kept(&std::fs::read_to_string(file).unwrap_or_default())),
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let replace = || {
        let mut draft = tempfile::Builder::new().prefix(".arbiter-metrics-").tempfile_in(folder)?;
        draft.write_all(text.0.as_bytes())?;
        draft.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        draft.as_file().sync_all()?;
        draft.persist(file).map_err(|error| error.error)
    };
    replace().map(|_| ()).map_err(|error| {
        Fault::unwritable(file.to_owned(), &error)
            .hint("the file is chosen with --metrics; the run itself is not concerned")
    })
}

/// The lines of a file about the last published run.
fn kept(old: &str) -> String {
    let is_of_attempt =
        |line: &str| line.trim_start_matches("# HELP ").trim_start_matches("# TYPE ").starts_with(ATTEMPT);
    old.lines().filter(|line| !is_of_attempt(line)).fold(String::new(), |text, line| text + line + "\n")
}

type Sample = (Vec<(&'static str, String)>, String);

#[derive(Default)]
struct Text(String);

impl Text {
    fn gauge(&mut self, name: &str, help: &str, samples: &[Sample]) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in samples {
            let labels: Vec<_> = labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }

    fn summary(&mut self, summary: &Summary) {
        let outcomes = summary.by_outcome.iter();
        let disputes = outcomes.clone().map(|line| (vec![("outcome", line.key.clone())], line.disputes.to_string()));
        self.gauge("arbiter_disputes", "Decided disputes by outcome.", &disputes.collect::<Vec<_>>());
        let awards = outcomes.flat_map(|line| line.money.iter().map(move |money| (line, money)));
        let awards = awards.map(|(line, money)| {
            (vec![("outcome", line.key.clone()), ("currency", money.currency.to_owned())], money.award.to_string())
        });
        self.gauge("arbiter_awards", "Awarded money by outcome and currency.", &awards.collect::<Vec<_>>());
        let books = summary.by_currency.iter().flat_map(books);
        self.gauge("arbiter_books", "The books by currency.", &books.collect::<Vec<_>>());
        let payouts = |of: fn(&Payouts) -> String| {
            let sums = summary.tonight.payouts.iter();
            sums.map(|sum| (vec![("currency", sum.currency.to_owned())], of(sum))).collect::<Vec<_>>()
        };
        self.gauge("arbiter_payouts", "Payouts of the run.", &payouts(|sum| sum.payouts.to_string()));
        self.gauge("arbiter_payouts_amount", "What these payouts come to.", &payouts(|sum| sum.amount.to_string()));
        let counts = summary.disputes;
        let rows = [
            ("decided", counts.decided),
            ("rejected", counts.rejected),
            ("repeats", counts.repeats),
            ("not_yet_open", counts.not_yet_open),
        ];
        let rows = rows.iter().map(|(place, rows)| (vec![("place", (*place).to_owned())], rows.to_string()));
        self.gauge("arbiter_dispute_rows", "Where the rows of disputes went.", &rows.collect::<Vec<_>>());
        let rejects = summary.rejects.iter().map(|group| {
            let labels =
                [("file", group.file.clone()), ("cause", group.cause.to_owned()), ("column", group.column.clone())];
            (labels.to_vec(), group.rows.to_string())
        });
        self.gauge("arbiter_rejects", "Rejected rows by file, cause and column.", &rejects.collect::<Vec<_>>());
        self.gauge(
            "arbiter_drift",
            "Standing decisions that tonight's facts would make otherwise.",
            &[(vec![], summary.tonight.drift.to_string())],
        );
    }
}

fn books(books: &Books) -> Vec<Sample> {
    let parts = [
        ("escrow", books.escrow),
        ("award", books.award),
        ("released", books.released),
        ("held", books.held),
        ("guarantee", books.guarantee),
    ];
    let sample = |(part, amount): &(&str, arbiter_model::money::Money)| {
        (vec![("currency", books.currency.to_owned()), ("part", (*part).to_owned())], amount.to_string())
    };
    parts.iter().map(sample).collect()
}

/// Seconds with thousandths.
fn seconds(duration: Duration) -> String {
    format!("{}.{:03}", duration.as_secs(), duration.subsec_millis())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
