//! The offset of the service's clock, learned from the `Date` of its responses.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The `Date` of a slower response is too inexact to learn from.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(15 * 60);

/// Marks that no offset was learned yet.
const UNKNOWN: i64 = i64::MIN;

/// Two offsets that differ by at most this many seconds count as equal.
const TOLERANCE_SECS: u64 = 2;

/// The source of this machine's time.
pub(crate) type Now = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// This machine's clock and the offset of the service's.
///
/// Every response updates the learned offset. Requests are signed with it only after the service has refused a timestamp,
/// because a gateway with a wrong `Date` must not break requests that the service would accept.
pub(crate) struct ServiceClock {
    now: Now,
    /// Offset of the latest response in seconds, or [`UNKNOWN`]. Service time is local time plus offset.
    learned: AtomicI64,
    /// Offset that requests are signed with.
    adopted: AtomicI64,
}

impl ServiceClock {
    pub(crate) fn new(now: Now) -> Self {
        Self { now, learned: AtomicI64::new(UNKNOWN), adopted: AtomicI64::new(0) }
    }

    /// Returns this machine's Unix time in seconds.
    pub(crate) fn local(&self) -> i64 {
        unix_seconds((self.now)())
    }

    /// Returns the offset to sign the next request with.
    pub(crate) fn adopted(&self) -> i64 {
        self.adopted.load(Ordering::Relaxed)
    }

    /// Returns the offset of the latest response with a usable `Date`.
    pub(crate) fn learned(&self) -> Option<i64> {
        Some(self.learned.load(Ordering::Relaxed)).filter(|offset| *offset != UNKNOWN)
    }

    /// Learns the offset from the headers of a response that has just arrived, and returns the learned offset or 0.
    pub(crate) fn learn(&self, date: Option<&str>, has_age: bool, round_trip: Duration) -> i64 {
        match offset(self.local(), date, has_age, round_trip) {
            Some(offset) => {
                self.learned.store(offset, Ordering::Relaxed);
                offset
            }
            None => self.learned().unwrap_or(0),
        }
    }

    /// Adopts another offset after the service refused a timestamp that was signed with the offset `used`.
    ///
    /// `learned` is the offset of the refusing response itself, because a concurrent call may have learned another one. If
    /// the request was already signed with it, the `Date` must be wrong, so the clock returns to local time.
    pub(crate) fn refuse(&self, used: i64, learned: i64) {
        let next = if learned.abs_diff(used) <= TOLERANCE_SECS { 0 } else { learned };
        self.adopted.store(next, Ordering::Relaxed);
    }
}

impl fmt::Debug for ServiceClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceClock")
            .field("learned", &self.learned())
            .field("adopted", &self.adopted())
            .finish_non_exhaustive()
    }
}

/// Returns by how many seconds the service's clock is ahead of this machine's, if the response shows it.
///
/// A response with `Age` comes from a cache, so its `Date` is old. The service wrote the date about half a round trip ago.
pub(crate) fn offset(local: i64, date: Option<&str>, has_age: bool, round_trip: Duration) -> Option<i64> {
    if has_age || round_trip > MAX_ROUND_TRIP {
        return None;
    }
    let date = unix_seconds(httpdate::parse_http_date(date?).ok()?);
    // An injected clock may return any time.
    Some((date + i64::try_from(round_trip.as_secs() / 2).ok()?).saturating_sub(local))
}

/// Returns the remedy for a refused timestamp, given the learned offset.
pub(crate) fn remedy(offset: Option<i64>) -> String {
    const MINUTE: u64 = 60;
    let Some(offset) = offset else {
        return "check this machine's clock; the service sends no date to compare it with".to_owned();
    };
    let (amount, unit) = match offset.unsigned_abs() {
        0..=TOLERANCE_SECS => {
            return "this machine's clock agrees with the service's; contact the vendor's support, or check for a proxy \
                    that changes `Date`"
                .to_owned();
        }
        seconds @ ..=119 => (seconds, "s"),
        seconds @ ..=7199 => (seconds / MINUTE, "min"),
        seconds @ ..=172_799 => (seconds / (60 * MINUTE), "h"),
        seconds => (seconds / (24 * 60 * MINUTE), "days"),
    };
    let direction = if offset < 0 { "ahead of" } else { "behind" };
    format!("set this machine's clock: it is {amount} {unit} {direction} the service's")
}

fn unix_seconds(time: SystemTime) -> i64 {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => seconds(since),
        Err(before) => -seconds(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_1970_counts_backwards() {
        let clock = ServiceClock::new(Arc::new(|| UNIX_EPOCH - Duration::from_secs(5)));
        assert_eq!(clock.local(), -5);
        clock.learn(Some("Thu, 01 Jan 1970 00:00:02 GMT"), false, Duration::ZERO);
        assert_eq!(format!("{clock:?}"), "ServiceClock { learned: Some(7), adopted: 0, .. }");
    }
}
