//! Money, shares of it, and currencies: the only place in the program that rounds.
//!
//! Amounts are [`Decimal`]s that always carry exactly their currency's minor digits, so an amount
//! prints itself. Shares are exact fractions; multiplying one by the other is done in whole minor
//! units and rounded once, halves away from zero. No floating point is involved.

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::LazyLock;

use iso_currency::IntoEnumIterator;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most digits an amount may have before its decimal point.
///
/// With at most four minor digits a sum over a billion such amounts still fits a [`Decimal`], so
/// adding up never overflows.
pub const MAX_WHOLE_DIGITS: usize = 15;

/// Digits after the point that a share in the parameters may have: `0.3125`.
const SHARE_DIGITS: u32 = 4;
const SHARE_UNIT: u64 = 10_u64.pow(SHARE_DIGITS);

/// An ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// ISO 4217's code where there is no currency.
    pub const NONE: Self = Self(iso_currency::Currency::XXX);

    /// The currency of an upper-case ISO 4217 code such as `USD`; `None` where there is none.
    pub fn from_code(code: &str) -> Option<Self> {
        // The library compares with one code after the other, which orders by the million feel.
        static BY_CODE: LazyLock<FxHashMap<&'static str, Currency>> = LazyLock::new(|| {
            iso_currency::Currency::iter().map(|currency| (currency.code(), Currency(currency))).collect()
        });
        BY_CODE.get(code).copied()
    }

    /// The three letters: `USD`.
    #[inline]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits of the minor unit: JPY 0, USD 2, KWD 3. Metals and funds, which have none, count
    /// whole units.
    #[inline]
    pub fn minor_digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount as it stands in an export, before its currency is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(Decimal);

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMoney {
    /// Something else than digits and at most one point with digits after it.
    Form,
    /// More than [`MAX_WHOLE_DIGITS`] digits before the point, or digits too small to be kept.
    Range,
}

impl Amount {
    /// Reads digits with at most one `.` and digits after it; nothing else is an amount, not even
    /// what the decimal crate's own parser takes (`1e3`, `1_000`, `+5`).
    pub fn parse(text: &str) -> Result<Self, NotMoney> {
        Self::parse_short(text.as_bytes()).map_or_else(|| Self::parse_any(text), Ok)
    }

    fn parse_any(text: &str) -> Result<Self, NotMoney> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(NotMoney::Form),
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return Err(NotMoney::Form);
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if whole.len() > MAX_WHOLE_DIGITS || fraction.len() > 12 {
            return Err(NotMoney::Range);
        }
        let mantissa =
            whole.bytes().chain(fraction.bytes()).fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        Ok(Self(Decimal::from_i128_with_scale(mantissa, fraction.len() as u32)))
    }

    /// An amount of few digits, as nearly all are: sooner, and what [`parse_any`](Self::parse_any) reads
    /// too.
    fn parse_short(text: &[u8]) -> Option<Self> {
        let (mut digits, mut point) = (0_u64, None);
        if text.len() > MAX_WHOLE_DIGITS {
            return None;
        }
        for (at, byte) in text.iter().enumerate() {
            match byte {
                b'0'..=b'9' => digits = digits * 10 + u64::from(byte - b'0'),
                b'.' if point.is_none() && at > 0 => point = Some(at),
                _ => return None,
            }
        }
        let mut scale = point.map_or(0, |point| text.len() - point - 1);
        if text.is_empty() || point.is_some() && scale == 0 || scale > 12 {
            return None;
        }
        while scale > 0 && digits.is_multiple_of(10) {
            digits /= 10;
            scale -= 1;
        }
        let (low, middle) = (digits as u32, (digits >> 32) as u32);
        Some(Self(Decimal::from_parts(low, middle, 0, false, scale as u32)))
    }

    /// Whether it is nothing.
    #[inline]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The amount in a currency; `None` where it has digits past the currency's minor unit.
    #[inline]
    pub fn in_currency(self, currency: Currency) -> Option<Money> {
        let digits = currency.minor_digits();
        let missing_digits = digits.checked_sub(self.0.scale())?;
        if missing_digits == 0 {
            return Some(Money(self.0));
        }
        let mantissa = self.0.mantissa() * 10_i128.pow(missing_digits);
        Some(Money(Decimal::from_i128_with_scale(mantissa, digits)))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An amount of one currency, with exactly the currency's minor digits.
///
/// The currency itself stands beside it, on the order: amounts of different currencies never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

impl Money {
    /// Nothing, in a currency.
    #[inline]
    pub fn zero(currency: Currency) -> Self {
        Self(Decimal::from_i128_with_scale(0, currency.minor_digits()))
    }

    /// The reverse of [`units_at`](Self::units_at): units of `digits` digits after the point, of
    /// which those past the currency's minor unit are zeros.
    #[inline]
    pub fn from_units_at(units: i128, digits: u32, currency: Currency) -> Self {
        let minor_digits = currency.minor_digits();
        let units = units / 10_i128.pow(digits.saturating_sub(minor_digits));
        Self(Decimal::from_i128_with_scale(units, minor_digits))
    }

    /// The amount in units of `digits` digits after the point; minor units finer than that do not
    /// exist.
    #[inline]
    pub fn units_at(self, digits: u32) -> i128 {
        self.0.mantissa() * 10_i128.pow(digits.saturating_sub(self.0.scale()))
    }

    /// Whether it is nothing.
    #[inline]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether there is any money in it.
    #[inline]
    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// The amount, or nothing where it is below zero.
    #[inline]
    pub fn at_least_zero(self) -> Self {
        self.max(Self(Decimal::from_i128_with_scale(0, self.0.scale())))
    }

    /// The share that this amount is of another, in ten-thousandths, halves away from zero.
    ///
    /// Used for the column `share`. Nothing where `whole` is zero.
    pub fn share_of(self, whole: Money) -> TenThousandths {
        TenThousandths::ratio(self.0.mantissa(), whole.0.mantissa())
    }
}

impl Add for Money {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl fmt::Display for Money {
    /// The digits with exactly the currency's minor ones: `12.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u64::try_from(self.0.mantissa()) {
            Ok(units) if f.width().is_none() && self.0.scale() <= MAX_SHORT_SCALE => {
                write_units(units, self.0.scale(), f)
            }
            _ => self.0.fmt(f),
        }
    }
}

/// The most minor digits of an amount that is written by hand.
const MAX_SHORT_SCALE: u32 = 4;

/// Writes units of so many digits after the point. By hand, because a run writes millions and the decimal's own way,
/// which can do much more, is slow.
fn write_units(mut units: u64, scale: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // Twenty digits at most, a point, and a zero before it.
    let mut text = [b'0'; 24];
    let mut start = text.len();
    let mut written = 0;
    while units > 0 || written <= scale {
        if written == scale && scale > 0 {
            start -= 1;
            text[start] = b'.';
        }
        start -= 1;
        text[start] = b'0' + (units % 10) as u8;
        units /= 10;
        written += 1;
    }
    f.write_str(std::str::from_utf8(&text[start..]).unwrap_or_default())
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An exact fraction of an amount: 0.40, 1.00, two units of three.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    part: u64,
    whole: u64,
}

impl Share {
    /// Everything.
    pub const FULL: Self = Self { part: SHARE_UNIT, whole: SHARE_UNIT };

    /// `part` units of `whole`. Nothing where `whole` is zero.
    pub fn units(part: u64, whole: u64) -> Self {
        match whole {
            0 => Self { part: 0, whole: 1 },
            _ => Self { part, whole },
        }
    }

    /// A share of so many ten-thousandths; 9.9999 at most.
    pub fn ten_thousandths(part: u64) -> Self {
        Self { part: part.min(10 * SHARE_UNIT - 1), whole: SHARE_UNIT }
    }

    /// The share in ten-thousandths, cut to whole ones: exact for shares of parameters.
    #[inline]
    pub fn in_ten_thousandths(self) -> u64 {
        u64::try_from(u128::from(self.part) * u128::from(SHARE_UNIT) / u128::from(self.whole)).unwrap_or(u64::MAX)
    }

    /// How far this share is above another, or below it where negative, in units of no meaning of their own.
    pub fn beyond(self, other: Self) -> i128 {
        let (left, right) = self.cross(other);
        i128::try_from(left).unwrap_or(i128::MAX) - i128::try_from(right).unwrap_or(i128::MAX)
    }

    /// Reads a share as the parameters write it: `"0.30"`, up to `"9.9999"`.
    pub fn parse(text: &str) -> Option<Self> {
        let Amount(value) = Amount::parse(text).ok()?;
        if value.scale() > SHARE_DIGITS || value >= Decimal::TEN {
            return None;
        }
        let scale_up = 10_u64.pow(SHARE_DIGITS - value.scale());
        let part = u64::try_from(value.mantissa()).ok()? * scale_up;
        Some(Self { part, whole: SHARE_UNIT })
    }

    /// This share of an amount, rounded to the amount's minor unit, halves away from zero.
    pub fn of(self, amount: Money) -> Money {
        // 19 digits of minor units at most, times at most 18 digits: an i128 holds 38.
        let product = amount.0.mantissa() * i128::from(self.part);
        let units = divide_half_away(product, i128::from(self.whole));
        Money(Decimal::from_i128_with_scale(units, amount.0.scale()))
    }

    /// This share of an amount, unrounded, to be shown; none where it has more digits than can be shown.
    pub fn exactly_of(self, amount: Money) -> Option<Decimal> {
        let exact = amount.0.checked_mul(Decimal::from(self.part))?.checked_div(Decimal::from(self.whole))?.normalize();
        let digits = exact.scale().max(amount.0.scale());
        let is_exact = exact.scale() <= SHARE_DIGITS * 2 + amount.0.scale();
        is_exact.then(|| Decimal::from_i128_with_scale(exact.mantissa() * 10_i128.pow(digits - exact.scale()), digits))
    }

    /// Whether `amount` is at least this share of `whole`, unrounded.
    pub fn is_covered_by(self, amount: Money, whole: Money) -> bool {
        // Both amounts are of one currency, so their minor units compare.
        amount.0.mantissa() * i128::from(self.whole) >= whole.0.mantissa() * i128::from(self.part)
    }

    /// This share of a decimal number, unrounded, for comparisons.
    pub fn of_decimal(self, number: Decimal) -> Decimal {
        let (part, whole) = (Decimal::from(self.part), Decimal::from(self.whole));
        match number.checked_mul(part) {
            Some(product) => product / whole,
            None => number / whole * part,
        }
    }

    /// What is left of everything without this share; nothing where the share is above everything.
    pub fn complement(self) -> Self {
        Self { part: self.whole.saturating_sub(self.part), whole: self.whole }
    }

    /// The point between `self` and `high` that lies at `strength` of the way.
    pub fn towards(self, high: Self, strength: Self) -> Self {
        // Parameters share one denominator, so the result is exact over its square.
        let span = high.part.saturating_sub(self.part);
        Self { part: self.part * SHARE_UNIT + span * strength.part, whole: SHARE_UNIT * SHARE_UNIT }
    }

    /// This share of an amount, in minor units, and so on in `steps` equal steps up to another share:
    /// each as [`of`](Self::of) has it, without a division. None where the steps are not whole ones.
    pub fn stepwise_of(self, to: Self, steps: u64, amount: Money) -> Option<impl Iterator<Item = i128>> {
        let way = to.part.checked_sub(self.part).filter(|way| self.whole == to.whole && way.is_multiple_of(steps))?;
        let (whole, amount) = (i128::from(self.whole), amount.at_least_zero().0.mantissa());
        let parts = |part: u64| (amount * i128::from(part) / whole, amount * i128::from(part) % whole);
        let (mut units, mut rest) = parts(self.part);
        let (more, more_rest) = parts(way / steps);
        Some((0..=steps).map(move |_| {
            let rounded = units + i128::from(rest >= whole - rest);
            (units, rest) = (units + more, rest + more_rest);
            if rest >= whole {
                (units, rest) = (units + 1, rest - whole);
            }
            rounded
        }))
    }

    fn cross(self, other: Self) -> (u128, u128) {
        (u128::from(self.part) * u128::from(other.whole), u128::from(other.part) * u128::from(self.whole))
    }

    /// The nearest binary number, for statistics; never for money.
    pub fn as_f64(self) -> f64 {
        self.part as f64 / self.whole as f64
    }

    /// The share in per cent as people write it: `37.5 %`.
    pub fn percent(self) -> Percent {
        Percent(self)
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        let (left, right) = self.cross(*other);
        left == right
    }
}

impl Eq for Share {}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let (left, right) = self.cross(*other);
        left.cmp(&right)
    }
}

impl fmt::Display for Share {
    /// At least two digits after the point, and no more than the share has: `0.30`, `0.3125`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = Decimal::from(self.part) / Decimal::from(self.whole);
        let digits = value.normalize().scale().clamp(2, SHARE_DIGITS);
        write!(f, "{value:.*}", digits as usize)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer);
        text.ok().and_then(|text| Self::parse(&text)).ok_or_else(|| {
            serde::de::Error::custom(
                "expected a share as a string from \"0.00\" to \"9.9999\", with at most four digits after the point",
            )
        })
    }
}

/// A share written in per cent; see [`Share::percent`].
pub struct Percent(Share);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = Decimal::from(self.0.part) * Decimal::ONE_HUNDRED / Decimal::from(self.0.whole);
        write!(f, "{} %", percent.round_dp(2).normalize())
    }
}

/// A ratio with four decimals, halves away from zero: `0.3333`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenThousandths(i128);

impl TenThousandths {
    /// `part / whole`; zero where `whole` is.
    pub fn ratio(part: i128, whole: i128) -> Self {
        match whole {
            0 => Self(0),
            _ => Self(divide_half_away(part * i128::from(SHARE_UNIT), whole)),
        }
    }
}

impl fmt::Display for TenThousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u64::try_from(self.0) {
            Ok(units) => write_units(units, SHARE_DIGITS, f),
            Err(_) => Decimal::from_i128_with_scale(self.0, SHARE_DIGITS).fmt(f),
        }
    }
}

/// The one place that rounds: `numerator / denominator` to a whole number, halves away from zero.
///
/// `denominator` is above zero.
fn divide_half_away(numerator: i128, denominator: i128) -> i128 {
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    let round_up = remainder.abs() >= denominator - remainder.abs();
    quotient + if round_up { numerator.signum() } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shares_step_by_step_are_those_one_by_one(
            amount in 0..2_000_000_i128, low in 0..=10_000_u64, way in 0..=10_000_u64, strength in 0..=10_000_u64,
        ) {
            let amount = Money(Decimal::from_i128_with_scale(amount, 2));
            let share = |part: u64| Share { part, whole: SHARE_UNIT };
            let high = |step: u64| share(low).towards(share(low + step), share(strength));
            let stepwise = high(0).stepwise_of(high(way), way.max(1), amount).unwrap();
            for (step, units) in stepwise.take(way as usize + 1).enumerate() {
                prop_assert_eq!(units, high(step as u64).of(amount).0.mantissa());
            }
        }
    }

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).unwrap()
    }

    fn money(text: &str, code: &str) -> Money {
        Amount::parse(text).unwrap().in_currency(currency(code)).unwrap()
    }

    fn share(text: &str) -> Share {
        Share::parse(text).unwrap()
    }

    #[test]
    fn an_amount_is_digits_and_at_most_one_point() {
        for text in ["0", "5", "24.90", "007", "6.630", "999999999999999.99"] {
            assert!(Amount::parse(text).is_ok(), "{text}");
        }
        for text in ["", "1e3", "1_000", "+5", "-5", "1,000", " 5", "5 USD", "5.", ".5", "1.2.3", "٣"] {
            assert_eq!(Amount::parse(text), Err(NotMoney::Form), "{text}");
        }
        let forty_digits = "1".repeat(40);
        assert_eq!(Amount::parse(&forty_digits), Err(NotMoney::Range));
        assert_eq!(Amount::parse("1000000000000000"), Err(NotMoney::Range));
        assert_eq!(Amount::parse("0.0000000000001"), Err(NotMoney::Range));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn short_amounts_are_read_as_all_are(text in "[0-9]{0,12}[.x]?[0-9]{0,6}") {
            if let Some(amount) = Amount::parse_short(text.as_bytes()) {
                prop_assert_eq!(Amount::parse_any(&text), Ok(amount), "{}", text);
            }
        }

        #[test]
        fn amounts_are_written_as_decimals_are(units in any::<u64>(), scale in 0..5_u32, small in 0..2000_u64) {
            for units in [units, small] {
                let amount = Decimal::from_i128_with_scale(units.into(), scale);
                prop_assert_eq!(Money(amount).to_string(), amount.to_string());
            }
        }
    }

    #[test]
    fn nearly_all_amounts_are_short() {
        for text in ["0", "0.00", "24.90", "1024", "999999999.999"] {
            assert_eq!(Amount::parse_short(text.as_bytes()), Amount::parse_any(text).ok(), "{text}");
        }
    }

    #[test]
    fn digits_past_the_minor_unit_must_be_zeros() {
        let in_code = |text, code| Amount::parse(text).unwrap().in_currency(currency(code)).map(|m| m.to_string());
        assert_eq!(in_code("6.630", "USD").as_deref(), Some("6.63"));
        assert_eq!(in_code("6.635", "USD"), None);
        assert_eq!(in_code("6", "USD").as_deref(), Some("6.00"));
        assert_eq!(in_code("6.0", "JPY").as_deref(), Some("6"));
        assert_eq!(in_code("6.5", "JPY"), None);
        assert_eq!(in_code("6.635", "KWD").as_deref(), Some("6.635"));
    }

    #[test]
    fn a_share_is_rounded_once_halves_away_from_zero() {
        // 24.90 x 0.35 = 8.715, a half: 8.72
        assert_eq!(share("0.35").of(money("24.90", "USD")).to_string(), "8.72");
        // 24.90 x 0.30 = 7.47 exactly
        assert_eq!(share("0.30").of(money("24.90", "USD")).to_string(), "7.47");
        // 1 x 0.50 = 0.5 yen, a half: 1
        assert_eq!(share("0.50").of(money("1", "JPY")).to_string(), "1");
        // 1 x 0.49 = 0.49 yen: 0
        assert_eq!(share("0.49").of(money("1", "JPY")).to_string(), "0");
        // 0.03 x 1/6 = 0.005 exactly, a half: 0.01; a decimal 1/6 would be off to either side
        assert_eq!(Share::units(1, 6).of(money("0.03", "USD")).to_string(), "0.01");
        // 10.00 x 1/3 = 3.333...
        assert_eq!(Share::units(1, 3).of(money("10.00", "USD")).to_string(), "3.33");
    }

    #[test]
    fn a_band_is_walked_by_strength_without_loss() {
        // 0.30 + (0.50 - 0.30) x 0.75 = 0.45
        assert_eq!(share("0.30").towards(share("0.50"), share("0.75")), share("0.45"));
        // 0.3001 + (0.3002 - 0.3001) x 0.5 = 0.30015: 1000.00 x 0.30015 = 300.15
        let ceiling = share("0.3001").towards(share("0.3002"), share("0.5"));
        assert_eq!(ceiling.of(money("1000.00", "USD")).to_string(), "300.15");
    }

    #[test]
    fn a_ratio_has_four_decimals() {
        assert_eq!(money("1.00", "USD").share_of(money("3.00", "USD")).to_string(), "0.3333");
        assert_eq!(money("2.00", "USD").share_of(money("3.00", "USD")).to_string(), "0.6667");
        // 1 / 20000 = 0.00005, a half: 0.0001
        assert_eq!(money("1", "JPY").share_of(money("20000", "JPY")).to_string(), "0.0001");
        assert_eq!(TenThousandths::ratio(1, 0).to_string(), "0.0000");
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let most = money("999999999999999.99", "USD");
        assert_eq!(share("9.9999").of(most).to_string(), "9999899999999999.90");
        let many = Share::units(999_999_999_999_999_998, 999_999_999_999_999_999);
        assert_eq!(many.of(most).to_string(), "999999999999999.99");
    }

    #[test]
    fn shares_print_as_people_write_them() {
        assert_eq!(share("0.3").to_string(), "0.30");
        assert_eq!(share("0.3125").to_string(), "0.3125");
        assert_eq!(share("0.375").percent().to_string(), "37.5 %");
        assert_eq!(Share::FULL.percent().to_string(), "100 %");
        assert_eq!(Share::parse("0.30001"), None);
        assert_eq!(Share::parse("10"), None);
    }
}
