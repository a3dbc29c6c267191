//! The decisions as a data frame: for the summary's totals, and for those who embed this library.

use polars::prelude::*;
use rayon::prelude::*;

use crate::decision::Decision;
use crate::dispute::Order;
use crate::money::{Currency, Money};

use super::Night;

/// Digits after the point of the frame's amounts: those of the finest currency.
const SCALE: usize = 4;
const PRECISION: usize = 38;

/// One row for each decision: the codes `outcome`, `rule`, `reason`, `seller` and `currency`, the
/// decimals `award` and `guarantee`, and `disputes`, which is 1, to be added up.
///
/// # Errors
///
/// None that the data can cause.
pub fn decisions_frame(night: &Night) -> PolarsResult<DataFrame> {
    let decisions = &night.rulings.decisions;
    let mut columns: Vec<Column> = TEXTS
        .par_iter()
        .map(|(name, cell)| texts(name, decisions.iter().map(|decision| cell(night, decision))))
        .collect();
    columns.extend([
        amounts("award", decisions.iter().map(|decision| decision.award)),
        amounts("guarantee", decisions.iter().map(|decision| decision.guarantee)),
        UInt32Chunked::from_vec("disputes".into(), vec![1; decisions.len()]).into_column(),
    ]);
    DataFrame::new(decisions.len(), columns)
}

/// The text in a column of a decision.
type TextOf = for<'a> fn(&Night<'a>, &'a Decision) -> &'a str;

const TEXTS: &[(&str, TextOf)] = &[
    ("outcome", |_, decision| decision.outcome.code()),
    ("rule", |_, decision| decision.rule().code),
    ("reason", |night, decision| decision.at.case(night.docket).dispute.reason.code()),
    ("seller", |night, decision| &order_of(night, decision).seller_id),
    ("currency", |night, decision| order_of(night, decision).currency.code()),
];

fn order_of<'a>(night: &Night<'a>, decision: &Decision) -> &'a Order {
    &night.docket.files[decision.at.file as usize].order
}

fn texts<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> Column {
    StringChunked::from_iter_values(name.into(), values).into_column()
}

fn amounts(name: &str, values: impl Iterator<Item = Money>) -> Column {
    let units = values.map(|amount| amount.units_at(SCALE as u32)).collect();
    Int128Chunked::from_vec(name.into(), units).into_decimal_unchecked(PRECISION, SCALE).into_column()
}

/// One group of decisions in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The group's key.
    pub key: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// How many decisions.
    pub disputes: u64,
    /// What they award.
    pub award: Money,
    /// What of it the guarantee fund pays.
    pub guarantee: Money,
}

/// Adds up a frame of decisions by one of its columns and the currency, sorted by both.
pub(super) fn totals(frame: &DataFrame, by: &str) -> PolarsResult<Vec<Group>> {
    #[expect(deprecated, reason = "the lazy engine would more than double the build")]
    let sums = frame.group_by([by, "currency"])?.select(["award", "guarantee", "disputes"]).sum()?;
    let units = |name: &str| Ok::<_, PolarsError>(sums.column(name)?.decimal()?.physical().clone());
    let (keys, currencies) = (sums.column(by)?.str()?, sums.column("currency")?.str()?);
    let (award, guarantee) = (units("award_sum")?, units("guarantee_sum")?);
    let disputes = sums.column("disputes_sum")?.u32()?;
    let group = |row: usize| {
        let currency = Currency::from_code(currencies.get(row)?)?;
        let amount = |units: &Int128Chunked| Some(Money::from_units_at(units.get(row)?, SCALE as u32, currency));
        Some(Group {
            key: keys.get(row)?.to_owned(),
            currency,
            disputes: disputes.get(row)?.into(),
            award: amount(&award)?,
            guarantee: amount(&guarantee)?,
        })
    };
    let mut groups: Vec<_> = (0..sums.height()).filter_map(group).collect();
    groups.sort_by(|left, right| (&left.key, left.currency.code()).cmp(&(&right.key, right.currency.code())));
    Ok(groups)
}
