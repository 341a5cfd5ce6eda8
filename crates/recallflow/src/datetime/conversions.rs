//! Conversions between times of the service and those of `jiff` and `chrono`, which have no zone either.

use std::fmt::Display;

use super::LocalDateTime;
use crate::error::Error;
use crate::request::violation::{Rule, Violation};

/// Creates the error for a time that the service has no notation for.
fn unsuitable(time: &dyn Display) -> Error {
    let message = format!("expected a time with whole seconds in the years 1 to 9999, got {time}");
    Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Format, message }])
}

/// Returns a time of these parts if they fit into the types of [`LocalDateTime`].
#[cfg(feature = "jiff")]
fn from_signed(year: i16, rest: [i8; 5]) -> Option<LocalDateTime> {
    let [month, day, hour, minute, second] = rest.map(i8::unsigned_abs);
    LocalDateTime::new(u16::try_from(year).ok()?, month, day, hour, minute, second)
}

#[cfg(feature = "jiff")]
impl From<LocalDateTime> for jiff::civil::DateTime {
    /// Returns the same time. `to_zoned` adds the zone of the service, which no document names.
    fn from(time: LocalDateTime) -> Self {
        let signed = |part: u8| part.cast_signed();
        let year = time.year().cast_signed();
        let (month, day) = (signed(time.month()), signed(time.day()));
        Self::constant(year, month, day, signed(time.hour()), signed(time.minute()), signed(time.second()), 0)
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::civil::DateTime> for LocalDateTime {
    type Error = Error;

    /// Returns the same time.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the time has a fraction of a second, or its year is not 1 to 9999.
    fn try_from(time: jiff::civil::DateTime) -> Result<Self, Error> {
        let rest = [time.month(), time.day(), time.hour(), time.minute(), time.second()];
        let is_whole = time.subsec_nanosecond() == 0;
        from_signed(time.year(), rest).filter(|_| is_whole).ok_or_else(|| unsuitable(&time))
    }
}

#[cfg(feature = "chrono")]
impl From<LocalDateTime> for chrono::NaiveDateTime {
    /// Returns the same time.
    fn from(time: LocalDateTime) -> Self {
        let date = chrono::NaiveDate::from_ymd_opt(time.year().into(), time.month().into(), time.day().into());
        let of_day =
            |date: chrono::NaiveDate| date.and_hms_opt(time.hour().into(), time.minute().into(), time.second().into());
        date.and_then(of_day).expect("a `LocalDateTime` exists in every calendar of the years 1 to 9999")
    }
}

#[cfg(feature = "chrono")]
impl TryFrom<chrono::NaiveDateTime> for LocalDateTime {
    type Error = Error;

    /// Returns the same time.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the time has a fraction of a second or is a leap second, or its year is not 1 to 9999.
    fn try_from(time: chrono::NaiveDateTime) -> Result<Self, Error> {
        use chrono::{Datelike as _, Timelike as _};
        let parts = || {
            let [month, day, hour, minute, second] =
                [time.month(), time.day(), time.hour(), time.minute(), time.second()].map(u8::try_from);
            LocalDateTime::new(
                u16::try_from(time.year()).ok()?,
                month.ok()?,
                day.ok()?,
                hour.ok()?,
                minute.ok()?,
                second.ok()?,
            )
        };
        parts().filter(|_| time.nanosecond() == 0).ok_or_else(|| unsuitable(&time))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times() -> impl Strategy<Value = LocalDateTime> {
        (1..=9999_u16, 1..=12_u8, 1..=31_u8, 0..24_u8, 0..60_u8, 0..60_u8)
            .prop_filter_map("a day that exists", |(year, month, day, hour, minute, second)| {
                LocalDateTime::new(year, month, day, hour, minute, second)
            })
    }

    #[cfg(feature = "jiff")]
    proptest! {
        #[test]
        fn jiff_has_the_same_times(time in times()) {
            let other = jiff::civil::DateTime::from(time);
            prop_assert_eq!(other.strftime("%Y-%m-%d %H:%M:%S").to_string(), time.to_string());
            prop_assert_eq!(LocalDateTime::try_from(other).unwrap(), time);
        }
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn a_time_of_jiff_without_a_notation_is_refused() {
        for time in ["2024-05-01T10:00:00.5", "0000-05-01T10:00:00", "-000001-05-01T10:00:00"] {
            let time: jiff::civil::DateTime = time.parse().unwrap();
            let message = LocalDateTime::try_from(time).unwrap_err().to_string();
            assert!(message.contains("whole seconds"), "{message}");
        }
    }

    #[cfg(feature = "chrono")]
    proptest! {
        #[test]
        fn chrono_has_the_same_times(time in times()) {
            let other = chrono::NaiveDateTime::from(time);
            prop_assert_eq!(other.to_string(), time.to_string());
            prop_assert_eq!(LocalDateTime::try_from(other).unwrap(), time);
        }
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn a_time_of_chrono_without_a_notation_is_refused() {
        let day = |year| chrono::NaiveDate::from_ymd_opt(year, 5, 1).unwrap();
        for time in [
            day(2024).and_hms_milli_opt(10, 0, 0, 500),
            day(2024).and_hms_milli_opt(23, 59, 59, 1000),
            day(0).and_hms_opt(10, 0, 0),
            day(10_000).and_hms_opt(10, 0, 0),
        ] {
            let message = LocalDateTime::try_from(time.unwrap()).unwrap_err().to_string();
            assert!(message.contains("whole seconds"), "{message}");
        }
    }
}
