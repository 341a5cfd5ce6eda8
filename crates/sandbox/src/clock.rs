//! The clock of the sandbox, which tests can set, and the service's times without a zone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second of the year 9999, the latest time in the service's format and in HTTP dates.
const LATEST: i64 = 253_402_300_799;

const SECONDS_PER_DAY: i64 = 86_400;

/// The clock of a sandbox: a source, and an offset that can be changed while the sandbox runs.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    offset: Arc<AtomicI64>,
}

impl Clock {
    /// Returns the machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(SystemTime::now)
    }

    /// Returns a clock that stands still at this Unix time in seconds.
    #[must_use]
    pub fn fixed(unix_seconds: i64) -> Self {
        Self::from_fn(move || system_time(unix_seconds))
    }

    /// Returns a clock that reads its time from a function.
    pub fn from_fn(source: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(source), offset: Arc::default() }
    }

    /// Sets how many seconds the clock is ahead of its source.
    pub fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::Relaxed);
    }

    /// Returns the Unix time in seconds, limited to the years 1970 to 9999.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        let since = (self.source)().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let now = i64::try_from(since).unwrap_or(LATEST);
        now.saturating_add(self.offset.load(Ordering::Relaxed)).clamp(0, LATEST)
    }

    /// Returns the time in the format of the `Date` header.
    pub(crate) fn http_date(&self) -> String {
        httpdate::fmt_http_date(system_time(self.unix_seconds()))
    }
}

fn system_time(unix_seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(unix_seconds.clamp(0, LATEST)).unwrap_or_default())
}

/// Formats a Unix time as the service does, `yyyy-MM-dd HH:mm:ss`, in UTC.
pub(crate) fn civil(unix_seconds: i64) -> String {
    let (days, second) = (unix_seconds.div_euclid(SECONDS_PER_DAY), unix_seconds.rem_euclid(SECONDS_PER_DAY));
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Returns whether a text is a time as [`civil`] formats it.
pub(crate) fn is_civil(text: &str) -> bool {
    const PATTERN: &[u8] = b"dddd-dd-dd dd:dd:dd";
    let fits =
        |(expected, given): (&u8, u8)| if *expected == b'd' { given.is_ascii_digit() } else { *expected == given };
    if text.len() != PATTERN.len() || !PATTERN.iter().zip(text.bytes()).all(fits) {
        return false;
    }
    let number = |at: usize, length: usize| text[at..at + length].parse::<u32>().unwrap_or(u32::MAX);
    let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    };
    (1..=12).contains(&month)
        && (1..=days).contains(&day)
        && number(11, 2) < 24
        && number(14, 2) < 60
        && number(17, 2) < 60
}

/// Returns the year, month and day of a day counted from 1970-01-01. The algorithm is Howard Hinnant's
/// `civil_from_days`: its years begin in March, so that a leap day is the last day of its year.
fn date_of(days: i64) -> (i64, i64, i64) {
    const DAYS_PER_ERA: i64 = 146_097;
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{Clock, LATEST, civil, is_civil};

    #[test]
    fn a_unix_time_is_formatted_as_the_service_does() {
        assert_eq!(civil(0), "1970-01-01 00:00:00");
        assert_eq!(civil(1_630_468_800), "2021-09-01 04:00:00");
        assert_eq!(civil(1_709_251_199), "2024-02-29 23:59:59");
        assert_eq!(civil(951_782_400), "2000-02-29 00:00:00");
        assert_eq!(civil(LATEST), "9999-12-31 23:59:59");
    }

    #[test]
    fn a_time_must_exist() {
        for time in ["2024-02-29 23:59:59", "2000-02-29 00:00:00", "2023-12-31 00:00:00"] {
            assert!(is_civil(time), "{time}");
        }
        for time in [
            "2023-02-29 00:00:00",
            "1900-02-29 00:00:00",
            "2024-13-01 00:00:00",
            "2024-01-00 00:00:00",
            "2024-04-31 00:00:00",
            "2024-01-01 24:00:00",
            "2024-01-01 00:60:00",
            "2024-01-01 00:00:60",
            "2024-1-1",
            "2024-01-01T00:00:00",
            "\u{e9}024-01-01 00:00:0",
        ] {
            assert!(!is_civil(time), "{time}");
        }
    }

    #[test]
    fn an_offset_moves_the_clock_within_its_limits() {
        let clock = Clock::fixed(1_630_468_800);
        assert_eq!(clock.http_date(), "Wed, 01 Sep 2021 04:00:00 GMT");
        clock.set_offset(-60);
        assert_eq!(clock.unix_seconds(), 1_630_468_740);
        for (offset, now) in [(i64::MIN, 0), (i64::MAX, LATEST)] {
            clock.set_offset(offset);
            assert_eq!(clock.unix_seconds(), now);
            assert!(!clock.http_date().is_empty());
        }
    }
}
