//! Times without a zone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::request::violation::{Rule, Violation};
use crate::{Error, error};

/// A civil date and time without a zone, as the service writes it: `2024-06-03 15:13:01`.
///
/// The documents do not say which zone the service means, so this library converts nothing. The year is 1 to 9999, and
/// there are no leap seconds. Values compare in the order of time.
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
    // The order of the fields is the order of time.
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

impl LocalDateTime {
    pub(crate) const MIN: Self = Self { year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0 };

    /// A time from its parts, or `None` if there is no such time.
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

    /// Reads `yyyy-MM-dd HH:mm:ss` and nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
        let [_, _, _, _, b'-', _, _, b'-', _, _, b' ', _, _, b':', _, _, b':', _, _] = bytes else { return None };
        let digit = |at: usize| bytes[at].is_ascii_digit().then(|| bytes[at] - b'0');
        let pair = |at: usize| Some(digit(at)? * 10 + digit(at + 1)?);
        let year = u16::from(pair(0)?) * 100 + u16::from(pair(2)?);
        Self::new(year, pair(5)?, pair(8)?, pair(11)?, pair(14)?, pair(17)?)
    }

    /// Year, 1 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Hour, 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// Minute, 0 to 59.
    #[must_use]
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// Second, 0 to 59.
    #[must_use]
    pub const fn second(self) -> u8 {
        self.second
    }
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second } = self;
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
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
        Self::parse(text).ok_or_else(|| {
            let shown: String = text.chars().take(error::EXCERPT_CHARS).collect();
            let message = format!("{shown:?} is not a real date and time `yyyy-MM-dd HH:mm:ss`");
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
