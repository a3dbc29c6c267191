//! One row's fields, read as what their columns are.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher};

use chrono_tz::Tz;
use rust_decimal::Decimal;
use rustc_hash::FxBuildHasher;

use crate::dispute::{Country, Id};
use crate::fault::nearest;
use crate::instant::{Instant, TIMESTAMP_FORMS};
use crate::money::{Amount, Currency, MAX_WHOLE_DIGITS, NotMoney};

use super::dialect::{Fields, Text};
use super::header::{Column, Header};
use super::reject::FieldFault;
use crate::exports::Cause;

/// The most digits of a whole number.
const MAX_INTEGER_DIGITS: usize = 18;

/// A row of an export, as bytes: for sifting.
#[derive(Clone, Copy)]
pub struct Row<'a, C> {
    header: &'a Header<C>,
    record: &'a [u8],
    fields: &'a Fields,
    zone: Tz,
}

/// A row whose quotes are whole and whose bytes are text: for reading field by field.
#[derive(Clone, Copy)]
pub struct TextRow<'a, C> {
    header: &'a Header<C>,
    text: Text<'a>,
    fields: &'a Fields,
    zone: Tz,
}

type Read<T> = Result<T, FieldFault>;

impl<'a, C: Column> Row<'a, C> {
    /// A row of a record that was split into fields.
    pub fn new(header: &'a Header<C>, record: &'a [u8], fields: &'a Fields, zone: Tz) -> Self {
        Self { header, record, fields, zone }
    }

    /// The bytes of a column's field; empty where the export has no such column.
    pub fn bytes(&self, column: C) -> &'a [u8] {
        self.header.place(column).map_or(b"".as_slice(), |place| self.fields.get(self.record, place))
    }

    /// A column's text, to be kept; `None` where it is empty or no text.
    pub fn kept(&self, column: C) -> Option<Id> {
        std::str::from_utf8(self.bytes(column)).ok().filter(|text| !text.is_empty()).map(Id::from)
    }

    /// A hash of every field's text, however it was quoted: rows that repeat each other share it.
    pub fn text_hash(&self) -> u64 {
        let mut hasher = FxBuildHasher.build_hasher();
        let each = |index| self.fields.get(self.record, index);
        if self.fields.are_plain() {
            hasher.write(self.record);
        } else {
            // The same bytes as above, for the fields that could have stood without quotes.
            let joined: Vec<_> = (0..self.fields.count()).map(each).collect();
            hasher.write(&joined.join(&self.header.delimiter()));
            // Others are told apart by where each ends.
            let speaks = |field: &&[u8]| field.iter().any(|byte| *byte == b'"' || *byte == self.header.delimiter());
            joined.iter().filter(|field| speaks(field)).for_each(|field| field.len().hash(&mut hasher));
        }
        hasher.finish()
    }

    /// The row as text.
    ///
    /// # Errors
    ///
    /// What makes the row unreadable as a whole: broken quotes, or bytes that are no text.
    pub fn as_text(&self) -> Read<TextRow<'a, C>> {
        let Self { header, record, fields, zone } = *self;
        if fields.are_torn() {
            let expected = "a quoted field that ends at its closing quote; quotes inside are doubled";
            return Err(FieldFault::new(Cause::Quoting, "", record, expected));
        }
        if let Some(text) = fields.as_text(record) {
            return Ok(TextRow { header, text, fields, zone });
        }
        let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
        let faulty = (0..fields.count()).find(|index| !is_text(fields.get(record, *index)));
        let place = faulty.unwrap_or_default();
        Err(FieldFault::new(Cause::Encoding, header.name_at(place), fields.get(record, place), "text in UTF-8"))
    }
}

impl<'a, C: Column> TextRow<'a, C> {
    /// A column's text as it stands; `None` where it is empty, or the export has no such column.
    pub fn text(&self, column: C) -> Option<&'a str> {
        let place = self.header.place(column)?;
        Some(self.fields.get_text(self.text, place)).filter(|text| !text.is_empty())
    }

    /// A fault of a column's value.
    pub fn fault(&self, cause: Cause, column: C, expected: impl Into<Box<str>>) -> FieldFault {
        FieldFault::new(cause, column.name(), self.text(column).unwrap_or_default().as_bytes(), expected)
    }

    /// The fault that a needed field is empty.
    pub fn missing(&self, column: C, expected: &str) -> FieldFault {
        self.fault(Cause::Missing, column, expected)
    }

    fn wrong(&self, column: C, expected: impl Into<Box<str>>) -> FieldFault {
        self.fault(Cause::Type, column, expected)
    }

    /// A needed text.
    pub fn needed_text(&self, column: C) -> Read<&'a str> {
        self.text(column).ok_or_else(|| self.missing(column, "a value"))
    }

    /// A timestamp.
    pub fn timestamp(&self, column: C) -> Read<Option<Instant>> {
        let Some(text) = self.text(column) else { return Ok(None) };
        match Instant::parse(text, self.zone) {
            Some(instant) => Ok(Some(instant)),
            None => Err(self.wrong(column, TIMESTAMP_FORMS)),
        }
    }

    /// A needed timestamp.
    pub fn needed_timestamp(&self, column: C) -> Read<Instant> {
        self.timestamp(column)?.ok_or_else(|| self.missing(column, TIMESTAMP_FORMS))
    }

    /// An amount of money; whether it fits its currency is for later.
    pub fn amount(&self, column: C) -> Read<Option<Amount>> {
        let Some(text) = self.text(column) else { return Ok(None) };
        Amount::parse(text).map(Some).map_err(|reason| match reason {
            NotMoney::Form => {
                self.wrong(column, "an amount such as 24.90: digits, and at most one point with digits after it")
            }
            NotMoney::Range => {
                self.wrong(column, format!("an amount of at most {MAX_WHOLE_DIGITS} digits before the point"))
            }
        })
    }

    /// An amount above zero.
    pub fn positive_amount(&self, column: C) -> Read<Option<Amount>> {
        match self.amount(column)? {
            Some(amount) if amount.is_zero() => Err(self.wrong(column, "an amount above 0")),
            amount => Ok(amount),
        }
    }

    /// The fault that an amount has digits past its currency's minor unit.
    pub fn too_fine(&self, column: C, currency: Currency) -> FieldFault {
        self.wrong(column, fineness(currency))
    }

    /// A whole number, zero or above.
    pub fn integer(&self, column: C) -> Read<Option<u64>> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= MAX_INTEGER_DIGITS;
        match digits.then(|| text.parse().ok()).flatten() {
            Some(number) => Ok(Some(number)),
            None => {
                Err(self.wrong(column, format!("a whole number such as 3, of at most {MAX_INTEGER_DIGITS} digits")))
            }
        }
    }

    /// A decimal number above zero.
    pub fn positive_decimal(&self, column: C) -> Read<Option<Decimal>> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let number = (digits(whole) && digits(fraction)).then(|| Decimal::from_str_exact(text).ok()).flatten();
        match number {
            Some(number) if number > Decimal::ZERO => Ok(Some(number)),
            _ => Err(self.wrong(column, "a number above 0 such as 59.6, of at most 28 digits")),
        }
    }

    /// `yes/no`, `true/false` or `1/0`, in any case.
    pub fn boolean(&self, column: C) -> Read<Option<bool>> {
        let Some(text) = self.trimmed(column) else { return Ok(None) };
        let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match (is(["yes", "true", "1"]), is(["no", "false", "0"])) {
            (true, _) => Ok(Some(true)),
            (_, true) => Ok(Some(false)),
            _ => Err(self.wrong(column, "yes or no, true or false, 1 or 0")),
        }
    }

    /// A country of two letters.
    pub fn country(&self, column: C) -> Read<Option<Country>> {
        let Some(text) = self.trimmed(column) else { return Ok(None) };
        match Country::from_code(text) {
            Some(country) => Ok(Some(country)),
            None => Err(self.wrong(column, "a country of two letters such as BR")),
        }
    }

    /// A needed ISO 4217 currency.
    pub fn needed_currency(&self, column: C) -> Read<Currency> {
        let expected = "an ISO 4217 currency such as USD";
        let Some(text) = self.trimmed(column) else { return Err(self.missing(column, expected)) };
        let found = Currency::from_code(text).or_else(|| Currency::from_code(&text.to_ascii_uppercase()));
        found.ok_or_else(|| self.wrong(column, expected))
    }

    /// A code of a column whose codes are open: in lower case, blanks and hyphens within as `_`.
    pub fn code(&self, column: C) -> Option<Id> {
        self.trimmed(column).map(|text| normalised(text).into())
    }

    /// A code of a column that has a list of them.
    pub fn listed<T: Copy>(&self, column: C, all: &[T], code_of: fn(T) -> &'static str) -> Read<Option<T>> {
        let Some(text) = self.trimmed(column) else { return Ok(None) };
        let code = normalised(text);
        if let Some(found) = all.iter().find(|one| code_of(**one) == &*code) {
            return Ok(Some(*found));
        }
        let known: Vec<_> = all.iter().map(|one| code_of(*one)).collect();
        let expected = match nearest(&code, known.iter().copied()) {
            Some(near) => format!("a known {}; the nearest is {near}", column.name()),
            None => format!("one of {}", known.join(", ")),
        };
        Err(self.fault(Cause::UnknownCode, column, expected))
    }

    fn trimmed(&self, column: C) -> Option<&'a str> {
        self.text(column).map(str::trim).filter(|text| !text.is_empty())
    }
}

/// A code in its normal form: `Not Received` is `not_received`.
fn normalised(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return text.into();
    }
    let underscored = text.replace([' ', '\t', '-'], "_");
    match underscored.is_ascii() {
        true => underscored.to_ascii_lowercase(),
        false => underscored.to_lowercase(),
    }
    .into()
}

/// What an amount of a currency may look like after the point.
pub fn fineness(currency: Currency) -> String {
    match currency.minor_digits() {
        0 => format!("a whole amount of {currency}"),
        digits => format!("an amount of {currency} with at most {digits} digits after the point"),
    }
}
