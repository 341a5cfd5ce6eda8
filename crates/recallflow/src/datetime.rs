//! Times without a zone.

#[cfg(any(feature = "chrono", feature = "jiff"))]
mod conversions;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{EXCERPT_CHARS, Error};
use crate::request::violation::{Rule, Violation};

/// A date and time without a zone, in the notation of the service: `2024-06-03 15:13:01`.
///
/// The vendor's documents name no time zone, so this library never converts a time. The year is 1 to 9999, and there are no
/// leap seconds. Values are ordered by time.
///
/// ```
/// use recallflow::LocalDateTime;
/// let start: LocalDateTime = "2024-01-01 00:00:00".parse()?;
/// assert_eq!(start, LocalDateTime::new(2024, 1, 1, 0, 0, 0).unwrap());
/// assert!("2023-02-29 00:00:00".parse::<LocalDateTime>().is_err());
/// # Ok::<(), recallflow::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDateTime {
    // The derived `Ord` compares the fields in this order.
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

impl LocalDateTime {
    /// Returns the time in the notation of the service.
    #[doc(hidden)]
    #[must_use]
    pub fn to_ascii(self) -> [u8; 19] {
        let two = |number: u8| [b'0' + number / 10 % 10, b'0' + number % 10];
        let [century, year] = [self.year / 100, self.year % 100].map(|number| two(number.to_le_bytes()[0]));
        let mut text = *b"0000-00-00 00:00:00";
        let parts = [century, year, two(self.month), two(self.day), two(self.hour), two(self.minute), two(self.second)];
        for (at, part) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(parts) {
            text[at..at + 2].copy_from_slice(&part);
        }
        text
    }

    pub(crate) const MIN: Self = Self { year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0 };

    /// Returns the time with these parts, or `None` if it does not exist.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        let real = year >= 1
            && year <= 9999
            && month >= 1
            && month <= 12
            && day >= 1
            && day <= days_in_month(year, month)
            && hour <= 23
            && minute <= 59
            && second <= 59;
        if real { Some(Self { year, month, day, hour, minute, second }) } else { None }
    }

    /// Parses `yyyy-MM-dd HH:mm:ss` exactly.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let [y0, y1, y2, y3, b'-', mo0, mo1, b'-', d0, d1, b' ', h0, h1, b':', mi0, mi1, b':', s0, s1] = *text else {
            return None;
        };
        let pairs = [[y0, y1], [y2, y3], [mo0, mo1], [d0, d1], [h0, h1], [mi0, mi1], [s0, s1]];
        // One check of all digits is faster than one for each.
        if !pairs.as_flattened().iter().all(u8::is_ascii_digit) {
            return None;
        }
        let [century, year, month, day, hour, minute, second] =
            pairs.map(|[tens, ones]| 10 * (tens - b'0') + (ones - b'0'));
        Self::new(u16::from(century) * 100 + u16::from(year), month, day, hour, minute, second)
    }

    /// Returns the year, 1 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Returns the month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Returns the day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Returns the hour, 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// Returns the minute, 0 to 59.
    #[must_use]
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// Returns the second, 0 to 59.
    #[must_use]
    pub const fn second(self) -> u8 {
        self.second
    }
}

/// Returns the number of days of a month.
pub(crate) const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // ASCII is valid UTF-8.
        f.write_str(std::str::from_utf8(&self.to_ascii()).unwrap_or_default())
    }
}

impl fmt::Debug for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalDateTime({self})")
    }
}

impl FromStr for LocalDateTime {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text.as_bytes()).ok_or_else(|| {
            let shown: String = text.chars().take(EXCERPT_CHARS).collect();
            let message = format!("expected a date and time `yyyy-MM-dd HH:mm:ss`, got {shown:?}");
            Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Format, message }])
        })
    }
}

impl Serialize for LocalDateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalDateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_time_are_readable() {
        let time = LocalDateTime::new(2024, 12, 31, 23, 59, 48).unwrap();
        assert_eq!((time.year(), time.month(), time.day()), (2024, 12, 31));
        assert_eq!((time.hour(), time.minute(), time.second()), (23, 59, 48));
        assert_eq!(format!("{time:?}"), "LocalDateTime(2024-12-31 23:59:48)");
    }

    #[test]
    fn parse_accepts_the_exact_notation_only() {
        let text = *b"2024-12-31 23:59:48";
        for place in 0..text.len() {
            for byte in 0..=u8::MAX {
                let mut changed = text;
                changed[place] = byte;
                let read = LocalDateTime::parse(&changed);
                // An accepted text is the only notation of its time.
                let is_same = read.is_none_or(|time| time.to_string().as_bytes() == changed);
                assert!(is_same, "{}", String::from_utf8_lossy(&changed));
                let is_digit = byte.is_ascii_digit() && text[place].is_ascii_digit();
                assert!(read.is_none() || is_digit || byte == text[place], "{byte} at {place}");
            }
        }
        assert_eq!(LocalDateTime::parse(&text), LocalDateTime::new(2024, 12, 31, 23, 59, 48));
        assert_eq!(LocalDateTime::parse(b"2024-12-31 23:59:4"), None);
    }
}
