//! Instants: reading and writing timestamps. Everything inside the program is UTC.

use std::fmt::{self, Write};

use chrono::format::{Fixed, Item, Parsed, StrftimeItems};
use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The seconds of a day. Deadlines count days of exactly this length, whatever the local clock does.
pub const SECONDS_PER_DAY: i64 = 86_400;

/// The forms that a timestamp may have, for messages.
pub const TIMESTAMP_FORMS: &str =
    "an existing timestamp such as 2026-03-01T08:00:00Z, 2026-03-01 08:00:00, 2026-03-01 08:00 or 2026-03-01";

/// A point in time, in UTC, between the years 1 and 9999, to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The beginning of 1970.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    /// Reads RFC 3339 (`2026-03-01T08:00:00.250+03:00`), the same without an offset, `YYYY-MM-DD
    /// HH:MM`, or a bare date, which is its midnight. Without an offset the clock of `zone` is meant:
    /// of an hour that comes twice in autumn the first, and an hour that is skipped in spring is
    /// read with the offset from before the change.
    ///
    /// `None` for everything else: other forms, dates that do not exist, leap seconds, years outside
    /// 1 to 9999.
    pub fn parse(text: &str, zone: Tz) -> Option<Self> {
        if let Some(instant) = text.as_bytes().try_into().ok().and_then(read_usual) {
            return Some(instant);
        }
        let (local, offset) = read_parts(text)?;
        Self::on_clock(local, offset, zone)
    }

    /// Whether a text is surely a timestamp that [`parse`](Self::parse) reads on any clock: a quick yes for nearly all,
    /// where no more is asked.
    pub fn is_surely_one(text: &[u8]) -> bool {
        text.try_into().ok().and_then(read_usual).is_some()
    }

    /// What a clock shows, with its offset in seconds, or on the clock of `zone`.
    fn on_clock(local: NaiveDateTime, offset: Option<i32>, zone: Tz) -> Option<Self> {
        let offset = match offset {
            Some(seconds) => FixedOffset::east_opt(seconds)?,
            None if zone == Tz::UTC => FixedOffset::east_opt(0)?,
            None => offset_in_zone(local, zone)?,
        };
        let instant = Self(local.checked_sub_offset(offset)?.and_utc());
        (Self::FIRST..=Self::LAST).contains(&instant).then_some(instant)
    }

    /// An instant by its Unix time.
    pub fn from_unix(seconds: i64, nanoseconds: u32) -> Option<Self> {
        DateTime::from_timestamp(seconds, nanoseconds).map(Self)
    }

    /// The Unix time: whole seconds, and nanoseconds of the next.
    #[inline]
    pub fn unix(self) -> (i64, u32) {
        (self.0.timestamp(), self.0.timestamp_subsec_nanos())
    }

    /// The instant a number of seconds later, or earlier where negative; the last or first instant
    /// there is where that leaves the calendar.
    #[inline]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let moved = TimeDelta::try_seconds(seconds).and_then(|delta| self.0.checked_add_signed(delta)).map(Self);
        let limit = if seconds < 0 { Self::FIRST } else { Self::LAST };
        moved.unwrap_or(limit).clamp(Self::FIRST, Self::LAST)
    }

    /// The calendar date in UTC.
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// Whole days of 86,400 seconds from an earlier instant to this one.
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_seconds().div_euclid(SECONDS_PER_DAY)
    }

    /// Whole seconds from an earlier instant to this one; below zero where that one is later.
    #[inline]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_seconds()
    }

    /// The same in nanoseconds.
    pub fn nanoseconds_since(self, earlier: Self) -> i128 {
        let span = self.0 - earlier.0;
        i128::from(span.num_seconds()) * 1_000_000_000 + i128::from(span.subsec_nanos())
    }

    /// The instant with the fraction of a second where it has one, so that reading it gives it back:
    /// `2026-06-01T00:00:00.250Z`.
    pub fn exact(self) -> String {
        let nanoseconds = self.0.nanosecond();
        let fraction = match nanoseconds {
            0 => String::new(),
            _ if nanoseconds.is_multiple_of(1_000_000) => format!(".{:03}", nanoseconds / 1_000_000),
            _ => format!(".{nanoseconds:09}"),
        };
        self.to_string().replace('Z', &format!("{fraction}Z"))
    }

    /// The instant in a form that file names can carry: `2026-06-01T000000Z`.
    pub fn file_name(self) -> String {
        self.exact().replace(':', "")
    }

    /// 0001-01-01T00:00:00Z
    pub const FIRST: Self = Self::of(1, 1, 1, (0, 0, 0, 0));

    /// 9999-12-31T23:59:59.999999999Z
    pub const LAST: Self = Self::of(9999, 12, 31, (23, 59, 59, 999_999_999));

    const fn of(year: i32, month: u32, day: u32, (hour, minute, second, nano): (u32, u32, u32, u32)) -> Self {
        match NaiveDate::from_ymd_opt(year, month, day) {
            Some(date) => match date.and_hms_nano_opt(hour, minute, second, nano) {
                Some(datetime) => Self(datetime.and_utc()),
                None => Self(DateTime::UNIX_EPOCH),
            },
            None => Self(DateTime::UNIX_EPOCH),
        }
    }
}

/// How timestamps are written in an export that is not ours.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// As [`Instant::parse`] reads them.
    Standard,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMillis,
    /// After a pattern of `strftime`, such as `%d.%m.%Y %H:%M`.
    Pattern {
        /// The pattern.
        text: String,
        /// Its parts.
        items: Vec<Item<'static>>,
    },
}

impl Form {
    /// Reads a form: `standard`, `unix`, `unix_ms` or a pattern. `None` where the pattern does not
    /// tell a day, or hangs on the name of a time zone, which says nothing certain.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "standard" => return Some(Self::Standard),
            "unix" => return Some(Self::Unix),
            "unix_ms" => return Some(Self::UnixMillis),
            _ => {}
        }
        let items = StrftimeItems::new(text).parse_to_owned().ok()?;
        if items.iter().any(|item| matches!(item, Item::Fixed(Fixed::TimezoneName))) {
            return None;
        }
        let form = Self::Pattern { text: text.to_owned(), items: items.clone() };
        // What is written after the pattern must give the day back.
        let day = Instant(NaiveDate::from_ymd_opt(2026, 11, 22)?.and_hms_opt(13, 14, 15)?.and_utc());
        let mut written = String::new();
        write!(written, "{}", day.0.format_with_items(items.iter())).ok()?;
        form.read(&written, Tz::UTC).filter(|read| read.date() == day.date()).map(|_| form)
    }

    /// Reads a timestamp; without an offset it is on the clock of `zone`. `None` where it has
    /// another form, or does not exist.
    pub fn read(&self, text: &str, zone: Tz) -> Option<Instant> {
        let per_second = match self {
            Self::Standard => return Instant::parse(text, zone),
            Self::Pattern { items, .. } => return read_pattern(text, items, zone),
            Self::Unix => 1,
            Self::UnixMillis => 1000,
        };
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let ticks: i64 = is_number.then(|| text.parse().ok()).flatten()?;
        let instant =
            Instant::from_unix(ticks / per_second, (ticks % per_second * (1_000_000_000 / per_second)) as u32)?;
        (instant <= Instant::LAST).then_some(instant)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("2026-03-01T08:00:00Z"),
            Self::Unix => f.write_str("1772352000 (seconds since 1970)"),
            Self::UnixMillis => f.write_str("1772352000000 (milliseconds since 1970)"),
            Self::Pattern { text, .. } => f.write_str(text),
        }
    }
}

fn read_pattern(text: &str, items: &[Item<'static>], zone: Tz) -> Option<Instant> {
    let mut parsed = Parsed::new();
    chrono::format::parse(&mut parsed, text, items.iter()).ok()?;
    let date = parsed.to_naive_date().ok()?;
    let has_clock = parsed.hour_mod_12().is_some() || parsed.hour_div_12().is_some();
    let time = if has_clock { parsed.to_naive_time().ok()? } else { NaiveTime::MIN };
    // `%Y` takes 26 for the year 26, and `%S` takes leap seconds.
    if date.year() < 1000 || time.nanosecond() >= 1_000_000_000 {
        return None;
    }
    Instant::on_clock(date.and_time(time), parsed.offset(), zone)
}

impl fmt::Display for Instant {
    /// `2026-03-01T08:00:00Z`; fractions of a second are cut.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By hand, because every decision prints several and chrono's formatter is slow.
        let (date, time) = (self.0.date_naive(), self.0.time());
        let year = date.year().unsigned_abs();
        let mut text = *b"0000-00-00T00:00:00Z";
        let parts = [
            (0, year / 100),
            (2, year % 100),
            (5, date.month()),
            (8, date.day()),
            (11, time.hour()),
            (14, time.minute()),
            (17, time.second()),
        ];
        for (at, number) in parts {
            text[at] += (number / 10) as u8;
            text[at + 1] += (number % 10) as u8;
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        Self::parse(&text, Tz::UTC).ok_or_else(|| D::Error::custom(format_args!("{text:?} is no {TIMESTAMP_FORMS}")))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The form of nearly all timestamps, `2026-03-01T08:00:00Z`: sooner, and what [`read_parts`] reads too.
fn read_usual(text: &[u8; 20]) -> Option<Instant> {
    const FORM: &[u8; 20] = b"0000-00-00T00:00:00Z";
    // What a byte has beyond the form's: digits up to 9, nothing else anything. No early way out, so that
    // the bytes can be looked at together.
    let (mut beyond, mut is_usual) = ([0; 20], true);
    for at in 0..20 {
        beyond[at] = text[at] ^ FORM[at];
        is_usual &= beyond[at] <= if FORM[at] == b'0' { 9 } else { 0 };
    }
    if !is_usual {
        return None;
    }
    let pair = |at: usize| u32::from(beyond[at]) * 10 + u32::from(beyond[at + 1]);
    let date = NaiveDate::from_ymd_opt((pair(0) * 100 + pair(2)) as i32, pair(5), pair(8))?;
    let time = NaiveTime::from_hms_opt(pair(11), pair(14), pair(17))?;
    Some(Instant(date.and_time(time).and_utc())).filter(|instant| *instant >= Instant::FIRST)
}

/// Local date and time, and the offset in seconds where the text has one.
fn read_parts(text: &str) -> Option<(NaiveDateTime, Option<i32>)> {
    let bytes = text.as_bytes();
    let date = read_date(bytes.get(..10)?)?;
    let Some((separator, clock)) = bytes[10..].split_first() else {
        return Some((date.and_time(NaiveTime::MIN), None));
    };
    match separator {
        b' ' if clock.len() == 5 => Some((date.and_time(read_clock(clock, 0, 0)?), None)),
        b'T' | b't' | b' ' => {
            let (time, rest) = read_time(clock)?;
            Some((date.and_time(time), read_offset(rest)?))
        }
        _ => None,
    }
}

/// `2026-03-01`
fn read_date(bytes: &[u8]) -> Option<NaiveDate> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else {
        return None;
    };
    let year = number(&[y1, y2, y3, y4])?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(&[m1, m2])?, number(&[d1, d2])?)
}

/// `08:00:00` with an optional fraction, and what follows it.
fn read_time(bytes: &[u8]) -> Option<(NaiveTime, &[u8])> {
    let (clock, rest) = bytes.split_at_checked(5)?;
    let &[b':', s1, s2, ref rest @ ..] = rest else {
        return None;
    };
    let second = number(&[s1, s2])?;
    let (nanoseconds, rest) = match rest.split_first() {
        Some((b'.', fraction)) => read_fraction(fraction)?,
        _ => (0, rest),
    };
    Some((read_clock(clock, second, nanoseconds)?, rest))
}

/// `08:00`
fn read_clock(bytes: &[u8], second: u32, nanoseconds: u32) -> Option<NaiveTime> {
    let &[h1, h2, b':', m1, m2] = bytes else {
        return None;
    };
    NaiveTime::from_hms_nano_opt(number(&[h1, h2])?, number(&[m1, m2])?, second, nanoseconds)
}

/// At least one digit; past the ninth they are cut.
fn read_fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let length = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = bytes.split_at(length);
    let kept = &digits[..length.min(9)];
    let nanoseconds = number(kept)? * 10_u32.pow(9 - kept.len() as u32);
    Some((nanoseconds, rest))
}

/// `Z`, `+03:00`, `-05:30` or nothing.
fn read_offset(bytes: &[u8]) -> Option<Option<i32>> {
    match *bytes {
        [] => Some(None),
        [b'Z' | b'z'] => Some(Some(0)),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
            Some(Some(if sign == b'-' { -seconds } else { seconds }))
        }
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

fn offset_in_zone(local: NaiveDateTime, zone: Tz) -> Option<FixedOffset> {
    let found = zone.offset_from_local_datetime(&local).earliest();
    // Inside a gap no offset fits; the one before it is in force three hours earlier, or a day and
    // three hours where a whole day was skipped.
    let before = |hours| {
        let before = local.checked_sub_signed(TimeDelta::try_hours(hours)?)?;
        zone.offset_from_local_datetime(&before).earliest()
    };
    Some(found.or_else(|| before(3)).or_else(|| before(27))?.fix())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> Option<String> {
        Instant::parse(text, Tz::UTC).map(|instant| instant.to_string())
    }

    fn in_zone(text: &str, zone: &str) -> Option<String> {
        Instant::parse(text, zone.parse().unwrap()).map(|instant| instant.to_string())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The short way is no other way, also for dates that do not exist.
        #[test]
        fn usual_timestamps_are_read_as_all_are(
            (year, month, day) in ("[0-9]{4}", 0..14_u8, 0..33_u8),
            (hour, minute, second) in (0..25_u8, 0..61_u8, 0..62_u8),
            wrong in prop::option::of((0..20_usize, "[ -~]")),
        ) {
            let mut text = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
            if let Some((at, byte)) = &wrong {
                text.replace_range(*at..at + 1, byte);
            }
            let short = text.as_bytes().try_into().ok().and_then(read_usual);
            let long = read_parts(&text).and_then(|(local, offset)| Instant::on_clock(local, offset, Tz::UTC));
            if short.is_some() || wrong.is_none() {
                prop_assert_eq!(short, long, "{}", text);
            }
            if Instant::is_surely_one(text.as_bytes()) {
                prop_assert_eq!(short, long, "{}", text);
                prop_assert!(long.is_some(), "{}", text);
            }
        }

        #[test]
        fn what_is_written_is_read_again(seconds in -62_135_596_800_i64..253_402_300_800) {
            let instant = Instant::from_unix(seconds, 0).unwrap();
            prop_assert_eq!(Instant::parse(&instant.to_string(), Tz::UTC), Some(instant));
        }
    }

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z"),
            ("2026-03-01T08:00:00+03:00", "2026-03-01T05:00:00Z"),
            ("2026-03-01T04:10:22-05:30", "2026-03-01T09:40:22Z"),
            ("2026-03-01T08:00:00.250Z", "2026-03-01T08:00:00Z"),
            ("2026-03-01T08:00:00.1234567891Z", "2026-03-01T08:00:00Z"),
            ("2026-03-01T08:00:00", "2026-03-01T08:00:00Z"),
            ("2026-03-01 08:00:00", "2026-03-01T08:00:00Z"),
            ("2026-03-01 08:00:00.5", "2026-03-01T08:00:00Z"),
            ("2026-03-01 08:00", "2026-03-01T08:00:00Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("9999-12-31T23:59:59.5Z", "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(utc(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "2026",
            "2026-3-1",
            "01.03.2026",
            "2026-02-29",
            "2026-13-01",
            "0000-01-01",
            "2026-03-01T25:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-06-30T23:59:60Z",
            "2026-03-01T08:00",
            "2026-03-01T08:00Z",
            "2026-03-01 08:00Z",
            "2026-03-01T08:00:00.Z",
            "2026-03-01T08:00:00+0300",
            "2026-03-01T08:00:00+24:00",
            "2026-03-01Z",
            " 2026-03-01",
            "2026-03-01 ",
            "2026-03-01_08:00:00",
            "２０２６-03-01",
            "10000-01-01",
            "9999-12-31T23:59:59-01:00",
            "0001-01-01T00:00:00+01:00",
            "2026-03-01T08:00:00 Z",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn without_an_offset_the_zone_counts() {
        assert_eq!(in_zone("2026-03-01 08:00", "Europe/Moscow").as_deref(), Some("2026-03-01T05:00:00Z"));
        // 2026-03-29 02:30 does not exist in Berlin: read with winter time's +01:00.
        assert_eq!(in_zone("2026-03-29 02:30", "Europe/Berlin").as_deref(), Some("2026-03-29T01:30:00Z"));
        // 2011-12-30 does not exist in Apia, which went from UTC-10 to UTC+14: read with -10:00.
        assert_eq!(in_zone("2011-12-30 12:00", "Pacific/Apia").as_deref(), Some("2011-12-30T22:00:00Z"));
        // 2026-10-25 02:30 comes twice in Berlin: the first, in summer time, +02:00.
        assert_eq!(in_zone("2026-10-25 02:30", "Europe/Berlin").as_deref(), Some("2026-10-25T00:30:00Z"));
        assert_eq!(in_zone("2026-10-25T02:30:00+01:00", "Europe/Berlin").as_deref(), Some("2026-10-25T01:30:00Z"));
    }

    #[test]
    fn fractions_count_in_comparisons() {
        let early = Instant::parse("2026-06-01T00:00:00Z", Tz::UTC).unwrap();
        let late = Instant::parse("2026-06-01T00:00:00.000000001Z", Tz::UTC).unwrap();
        assert!(early < late);
    }

    #[test]
    fn deadlines_stay_in_the_calendar() {
        let last = Instant::parse("9999-12-31T00:00:00Z", Tz::UTC).unwrap();
        assert_eq!(last.plus_seconds(i64::MAX).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(last.plus_seconds(i64::MIN).to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(last.plus_seconds(60).to_string(), "9999-12-31T00:01:00Z");
    }

    #[test]
    fn a_file_name_carries_the_instant() {
        let at = |text| Instant::parse(text, Tz::UTC).unwrap().file_name();
        assert_eq!(at("2026-06-01T00:00:00Z"), "2026-06-01T000000Z");
        assert_eq!(at("2026-06-01T00:00:00.25Z"), "2026-06-01T000000.250Z");
    }

    #[test]
    fn an_exact_instant_can_be_read_back() {
        for text in ["2026-06-01T00:00:00Z", "2026-06-01T00:00:00.250Z", "2026-06-01T00:00:00.000000001Z"] {
            assert_eq!(Instant::parse(text, Tz::UTC).unwrap().exact(), text);
        }
    }
}
