//! The fields of a row, read as what their columns are.

use std::borrow::Cow;

use rust_decimal::Decimal;

use arbiter_model::dispute::{Country, Id};
use arbiter_model::exports::Cause;
use arbiter_model::fault::nearest;
use arbiter_model::fields::{ColumnKind, ColumnSpec, Field, FieldValue};
use arbiter_model::instant::Instant;
use arbiter_model::money::{Amount, Currency, MAX_WHOLE_DIGITS, Money, NotMoney};

use super::column::Column;
use super::fault::FieldFault;
use super::fix;
use super::header::Header;
use super::mapping::ColumnSource;
use crate::csv::{RecordFields, RecordText};
use crate::values::{ValueFormat, normalised};

/// The most digits of a whole number.
const MAX_INTEGER_DIGITS: usize = 18;

/// A row that is valid text: for reading field by field.
#[derive(Clone, Copy)]
pub(crate) struct TextRow<'a, C> {
    header: &'a Header<C>,
    text: RecordText<'a>,
    fields: RecordFields<'a>,
}

type Read<T> = Result<T, FieldFault>;

impl<'a, C: Column> TextRow<'a, C> {
    /// A row whose record is text.
    pub(super) fn new(header: &'a Header<C>, text: RecordText<'a>, fields: RecordFields<'a>) -> Self {
        Self { header, text, fields }
    }

    /// A column's text as it stands; `None` where it is empty, or the export has no such column.
    #[inline]
    pub(crate) fn text(&self, column: C) -> Option<&'a str> {
        self.header.pick(column, |place| self.fields.get_text(self.text, place), |text| text)
    }

    fn format(&self) -> &'a ValueFormat {
        &self.header.format
    }

    /// The column's value as messages show it.
    fn shown(&self, column: C) -> Cow<'a, str> {
        match self.header.source(column) {
            Some(ColumnSource::Sum(places)) => {
                let parts: Vec<_> = places.iter().map(|place| self.fields.get_text(self.text, *place)).collect();
                parts.join(" + ").into()
            }
            _ => self.text(column).unwrap_or_default().into(),
        }
    }

    /// A fault of a column's value.
    pub(crate) fn fault(&self, cause: Cause, column: C, expected: impl Into<Box<str>>) -> FieldFault {
        FieldFault::new(cause, &self.header.label(column), self.shown(column).as_bytes(), expected)
    }

    /// The fault that a needed field is empty.
    pub(crate) fn missing(&self, column: C, expected: &str) -> FieldFault {
        self.fault(Cause::Missing, column, expected)
    }

    fn wrong(&self, column: C, expected: impl Into<Box<str>>) -> FieldFault {
        self.fault(Cause::Type, column, expected)
    }

    /// A needed text.
    pub(crate) fn needed_text(&self, column: C) -> Read<&'a str> {
        self.text(column).ok_or_else(|| self.missing(column, "a value"))
    }

    /// A timestamp.
    pub(crate) fn timestamp(&self, column: C) -> Read<Option<Instant>> {
        let Some(text) = self.text(column) else { return Ok(None) };
        match self.format().instant(text) {
            Some(instant) => Ok(Some(instant)),
            None => {
                let fix = fix::timestamp(C::EXPORT, text, self.format());
                Err(self.wrong(column, self.format().timestamp_forms()).fix(fix))
            }
        }
    }

    /// A needed timestamp.
    pub(crate) fn needed_timestamp(&self, column: C) -> Read<Instant> {
        self.timestamp(column)?.ok_or_else(|| self.missing(column, &self.format().timestamp_forms()))
    }

    /// The digits of a number, with a decimal point where it has a fraction.
    ///
    /// # Errors
    ///
    /// It is not written as the file writes numbers.
    fn number(&self, column: C) -> Result<Option<Cow<'a, str>>, NotMoney> {
        if let Some(ColumnSource::Sum(places)) = self.header.source(column) {
            return self.sum(places);
        }
        let Some(text) = self.text(column) else { return Ok(None) };
        self.format().number(text).map(Some).ok_or(NotMoney::Form)
    }

    fn sum(&self, places: &[usize]) -> Result<Option<Cow<'a, str>>, NotMoney> {
        let mut sum: Option<Decimal> = None;
        for place in places {
            let text = self.fields.get_text(self.text, *place);
            if !self.format().is_missing(text.as_bytes()) {
                let number = self.format().number(text).and_then(|digits| decimal(&digits)).ok_or(NotMoney::Form)?;
                sum = Some(sum.unwrap_or_default().checked_add(number).ok_or(NotMoney::Range)?);
            }
        }
        Ok(sum.map(|sum| sum.to_string().into()))
    }

    /// An amount of money; whether it fits its currency is checked later.
    pub(crate) fn amount(&self, column: C) -> Read<Option<Amount>> {
        let amount = self.number(column).and_then(|digits| digits.map(|digits| Amount::parse(&digits)).transpose());
        amount.map_err(|reason| match reason {
            NotMoney::Form => {
                let example = self.format().example_amount();
                let expected = match self.format().decimal {
                    '.' => format!("an amount such as {example}: digits, and at most one point with digits after it"),
                    _ => format!("an amount such as {example}: digits, and at most one comma with digits after it"),
                };
                let fix = fix::number(C::EXPORT, &self.shown(column), self.format());
                self.wrong(column, expected).fix(fix)
            }
            NotMoney::Range => {
                self.wrong(column, format!("an amount of at most {MAX_WHOLE_DIGITS} digits before the point"))
            }
        })
    }

    /// An amount above zero.
    pub(crate) fn positive_amount(&self, column: C) -> Read<Option<Amount>> {
        match self.amount(column)? {
            Some(amount) if amount.is_zero() => Err(self.wrong(column, "an amount above 0")),
            amount => Ok(amount),
        }
    }

    /// The fault that an amount has digits past its currency's minor unit.
    pub(crate) fn too_fine(&self, column: C, currency: Currency) -> FieldFault {
        self.wrong(column, fineness(currency))
    }

    /// A whole number, zero or above.
    pub(crate) fn integer(&self, column: C) -> Read<Option<u64>> {
        let is_whole =
            |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() <= MAX_INTEGER_DIGITS;
        let number = match self.number(column) {
            Ok(None) => return Ok(None),
            Ok(Some(digits)) if is_whole(&digits) => digits.parse().ok(),
            _ => None,
        };
        let expected = || format!("a whole number such as 3, of at most {MAX_INTEGER_DIGITS} digits");
        number.map(Some).ok_or_else(|| self.wrong(column, expected()))
    }

    /// A decimal number above zero.
    pub(crate) fn positive_decimal(&self, column: C) -> Read<Option<Decimal>> {
        let number = match self.number(column) {
            Ok(None) => return Ok(None),
            Ok(Some(digits)) => decimal(&digits),
            Err(_) => None,
        };
        number.filter(|number| *number > Decimal::ZERO).map(Some).ok_or_else(|| {
            let fix = fix::number(C::EXPORT, &self.shown(column), self.format());
            self.wrong(column, "a number above 0 such as 59.6, of at most 28 digits").fix(fix)
        })
    }

    /// `yes/no`, `true/false` or `1/0`, in any case.
    pub(crate) fn boolean(&self, column: C) -> Read<Option<bool>> {
        let Some(text) = self.word(column) else { return Ok(None) };
        let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match (is(["yes", "true", "1"]), is(["no", "false", "0"])) {
            (true, _) => Ok(Some(true)),
            (_, true) => Ok(Some(false)),
            _ => Err(self.unknown_word(column, Cause::Type, "yes or no, true or false, 1 or 0", &["yes", "no"])),
        }
    }

    /// A country of two letters.
    pub(crate) fn country(&self, column: C) -> Read<Option<Country>> {
        let Some(text) = self.word(column) else { return Ok(None) };
        match Country::from_code(text) {
            Some(country) => Ok(Some(country)),
            None => Err(self.unknown_word(column, Cause::Type, "a country of two letters such as BR", &[])),
        }
    }

    /// A needed ISO 4217 currency.
    pub(crate) fn needed_currency(&self, column: C) -> Read<Currency> {
        let expected = "an ISO 4217 currency such as USD";
        let Some(text) = self.word(column) else { return Err(self.missing(column, expected)) };
        let found = Currency::from_code(text).or_else(|| Currency::from_code(&text.to_ascii_uppercase()));
        found.ok_or_else(|| self.unknown_word(column, Cause::Type, expected, &[]))
    }

    /// A code of a column whose codes are open: in lower case, blanks and hyphens within as `_`.
    pub(crate) fn code(&self, column: C) -> Option<Id> {
        self.word(column).map(|text| normalised(text).into())
    }

    /// A code of a column that has a list of them.
    #[inline]
    pub(crate) fn listed(&self, column: C, codes: &'static [&'static str]) -> Read<Option<&'static str>> {
        let Some(text) = self.word(column) else { return Ok(None) };
        let find = |code: &str| codes.iter().copied().find(|known| *known == code);
        if let Some(found) = find(text) {
            return Ok(Some(found));
        }
        let code = normalised(text);
        if let Some(found) = find(&code) {
            return Ok(Some(found));
        }
        let expected = match nearest(&code, codes.iter().copied()) {
            Some(near) => format!("a known {}; the nearest is {near}", column.name()),
            None => format!("one of {}", codes.join(", ")),
        };
        Err(self.unknown_word(column, Cause::UnknownCode, &expected, codes))
    }

    /// An amount as its column has them; whether it fits its currency is for later.
    pub(crate) fn amount_of(&self, column: C, spec: &ColumnSpec) -> Read<Option<Amount>> {
        if spec.is_positive { self.positive_amount(column) } else { self.amount(column) }
    }

    /// The same in its currency.
    pub(crate) fn money(&self, column: C, spec: &ColumnSpec, currency: Currency) -> Read<Option<Money>> {
        let Some(amount) = self.amount_of(column, spec)? else { return Ok(None) };
        amount.in_currency(currency).map(Some).ok_or_else(|| self.too_fine(column, currency))
    }

    /// Reads a field that may be empty, amounts apart, into the entity, where there is one; an empty one leaves it as
    /// it is.
    pub(crate) fn put<E>(&self, column: C, field: &Field<E>, entity: Option<&mut E>) -> Read<()> {
        let code: Option<Id>;
        let value = match field.column.kind {
            ColumnKind::Text => self.text(column).map(FieldValue::Text),
            ColumnKind::Code => {
                code = self.code(column);
                code.as_deref().map(FieldValue::Text)
            }
            ColumnKind::OneOf(codes) => self.listed(column, codes)?.map(FieldValue::Text),
            ColumnKind::Timestamp => self.timestamp(column)?.map(FieldValue::Instant),
            ColumnKind::Integer => self.integer_from(column, field.column.least)?.map(FieldValue::Count),
            ColumnKind::Decimal => self.positive_decimal(column)?.map(FieldValue::Number),
            ColumnKind::Boolean => self.boolean(column)?.map(FieldValue::Flag),
            ColumnKind::Country => {
                code = self.country(column)?.map(|country| country.code().into());
                code.as_deref().map(FieldValue::Text)
            }
            // Amounts wait for the currency, which is always needed.
            ColumnKind::Amount | ColumnKind::Currency => None,
        };
        if let Some((entity, value)) = entity.zip(value) {
            (field.set)(entity, value);
        }
        Ok(())
    }

    /// A whole number that is not below the least that may be.
    fn integer_from(&self, column: C, least: u64) -> Read<Option<u64>> {
        match self.integer(column)? {
            Some(number) if number < least => Err(self.wrong(column, format!("a whole number of at least {least}"))),
            number => Ok(number),
        }
    }

    /// Whether the file has a column.
    pub(crate) fn has(&self, column: C) -> bool {
        self.header.has(column)
    }

    /// The fault of an unknown word; `known` are those that a mapping may give as its meaning.
    fn unknown_word(&self, column: C, cause: Cause, expected: &str, known: &[&str]) -> FieldFault {
        let word = self.text(column).unwrap_or_default();
        self.fault(cause, column, expected).fix(Some(fix::word(C::EXPORT, column.name(), column.kind(), word, known)))
    }

    /// A word without blanks around it, or what the mapping says that it means.
    fn word(&self, column: C) -> Option<&'a str> {
        let word = self.trimmed(column)?;
        let alias = match self.format().aliases.is_empty() {
            true => None,
            false => self.format().alias(column.name(), &normalised(word)),
        };
        Some(alias.unwrap_or(word)).filter(|word| !word.is_empty())
    }

    fn trimmed(&self, column: C) -> Option<&'a str> {
        let text = self.text(column)?;
        match text.as_bytes() {
            // Nearly all words are as they should be; to see it here is faster.
            [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => Some(text),
            _ => Some(text.trim()).filter(|text| !text.is_empty()),
        }
    }
}

/// A decimal number out of digits with at most one point between them.
fn decimal(digits: &str) -> Option<Decimal> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (are_digits(whole) && are_digits(fraction)).then(|| Decimal::from_str_exact(digits).ok()).flatten()
}

/// What an amount of a currency may look like after the point.
pub(crate) fn fineness(currency: Currency) -> String {
    match currency.minor_digits() {
        0 => format!("a whole amount of {currency}"),
        digits => format!("an amount of {currency} with at most {digits} digits after the point"),
    }
}
