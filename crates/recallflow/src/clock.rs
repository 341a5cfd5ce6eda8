//! The service's clock, as far as it can be learned from its answers.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An answer that took longer says too little about the time at which it was given.
const LONGEST_ROUND_TRIP: Duration = Duration::from_secs(15 * 60);

/// No clock is so far off.
const UNKNOWN: i64 = i64::MIN;

/// Seconds by which two lessons may differ without anything being wrong.
const INEXACT: u64 = 2;

/// Where the time comes from.
pub(crate) type Now = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// This machine's clock, and how far the service's is from it.
///
/// Every answer teaches the offset, but it is used only once the service has refused a timestamp: a gateway with a wrong
/// `Date` must not spoil requests that would be accepted.
pub(crate) struct Clock {
    now: Now,
    /// What the latest answer said, in seconds; added to this machine's time. [`UNKNOWN`] until one says something.
    learned: AtomicI64,
    /// What requests are signed with.
    adopted: AtomicI64,
}

impl Clock {
    pub(crate) fn new(now: Now) -> Self {
        Self { now, learned: AtomicI64::new(UNKNOWN), adopted: AtomicI64::new(0) }
    }

    /// Unix time of this machine in seconds.
    pub(crate) fn local(&self) -> i64 {
        unix_seconds((self.now)())
    }

    /// The offset to sign the next call with.
    pub(crate) fn adopted(&self) -> i64 {
        self.adopted.load(Ordering::Relaxed)
    }

    /// The offset that the latest answer taught, if one has.
    pub(crate) fn learned(&self) -> Option<i64> {
        Some(self.learned.load(Ordering::Relaxed)).filter(|offset| *offset != UNKNOWN)
    }

    /// Learns from the headers of an answer that arrived just now, and tells what is known then.
    pub(crate) fn learn(&self, date: Option<&str>, has_age: bool, round_trip: Duration) -> i64 {
        match offset(self.local(), date, has_age, round_trip) {
            Some(offset) => {
                self.learned.store(offset, Ordering::Relaxed);
                offset
            }
            None => self.learned().unwrap_or(0),
        }
    }

    /// Takes another offset into use after the service has refused the one that a request was signed with.
    ///
    /// What was learned from that very answer, because another call may have learned something else meanwhile. If it was
    /// signed with that, this machine's own time, because then the `Date` is what is wrong.
    pub(crate) fn refuse(&self, used: i64, learned: i64) {
        let next = if learned.abs_diff(used) <= INEXACT { 0 } else { learned };
        self.adopted.store(next, Ordering::Relaxed);
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("learned", &self.learned())
            .field("adopted", &self.adopted())
            .finish_non_exhaustive()
    }
}

/// How many seconds the service's clock is ahead of this machine's, if the answer tells.
///
/// An answer with `Age` was kept by a cache and tells the time at which it was made. Half the round trip has passed
/// since the service wrote the date.
pub(crate) fn offset(local: i64, date: Option<&str>, has_age: bool, round_trip: Duration) -> Option<i64> {
    if has_age || round_trip > LONGEST_ROUND_TRIP {
        return None;
    }
    let date = unix_seconds(httpdate::parse_http_date(date?).ok()?);
    // A clock that shows no real time may be further off than a number can tell.
    Some((date + i64::try_from(round_trip.as_secs() / 2).ok()?).saturating_sub(local))
}

/// What to tell somebody whose timestamp was refused.
pub(crate) fn remedy(offset: Option<i64>) -> String {
    const MINUTE: u64 = 60;
    let Some(offset) = offset else {
        return "check this machine's clock; the service sends no date to compare it with".to_owned();
    };
    let (amount, unit) = match offset.unsigned_abs() {
        0..=INEXACT => {
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
        let clock = Clock::new(Arc::new(|| UNIX_EPOCH - Duration::from_secs(5)));
        assert_eq!(clock.local(), -5);
        clock.learn(Some("Thu, 01 Jan 1970 00:00:02 GMT"), false, Duration::ZERO);
        assert_eq!(format!("{clock:?}"), "Clock { learned: Some(7), adopted: 0, .. }");
    }
}
