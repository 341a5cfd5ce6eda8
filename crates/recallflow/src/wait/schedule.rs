//! The schedule of a wait: one pure machine that decides when to read again.

use std::time::Duration;

/// Delay before the second read. It doubles with each further one.
const FIRST_DELAY: Duration = Duration::from_secs(2);
/// Maximum delay between two reads.
const MAX_DELAY: Duration = Duration::from_secs(60);
/// Time that the last read has until the deadline, or a quarter of the timeout if that is shorter.
const LAST_READ: Duration = Duration::from_secs(1);

/// The reads of one wait. The caller measures the time and sleeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    /// When the last read begins, after the beginning of the wait.
    last_read: Duration,
    delay: Duration,
    ended: bool,
}

impl Schedule {
    pub(crate) fn new(timeout: Duration) -> Self {
        let last_read = timeout.saturating_sub(LAST_READ.min(timeout / 4));
        Self { last_read, delay: FIRST_DELAY, ended: false }
    }

    /// Returns the delay before the next read, or `None` after the last one.
    ///
    /// `jitter` is a random number from 0 to 1. It shortens the delay by up to a fifth, so that clients that began together
    /// do not read together.
    pub(crate) fn next_delay(&mut self, elapsed: Duration, jitter: f64) -> Option<Duration> {
        let remaining = self.last_read.saturating_sub(elapsed);
        if self.ended || remaining.is_zero() {
            return None;
        }
        let delay = self.delay.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 5.0);
        self.delay = self.delay.saturating_mul(2).min(MAX_DELAY);
        self.ended = delay >= remaining;
        Some(delay.min(remaining))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns when each read begins, if a read takes this long.
    fn reads(timeout: Duration, read: Duration, jitter: f64) -> Vec<Duration> {
        let mut schedule = Schedule::new(timeout);
        let mut times = vec![Duration::ZERO];
        let mut now = read;
        while let Some(delay) = schedule.next_delay(now, jitter) {
            now += delay;
            times.push(now);
            now += read;
        }
        times
    }

    #[test]
    fn the_delay_doubles_from_two_seconds_to_a_minute() {
        let seconds: Vec<_> =
            reads(Duration::from_secs(301), Duration::ZERO, 0.0).iter().map(Duration::as_secs).collect();
        assert_eq!(seconds, [0, 2, 6, 14, 30, 62, 122, 182, 242, 300]);
    }

    proptest! {
        #[test]
        fn the_last_read_begins_just_before_the_deadline(
            timeout in 1_u64..100_000_000, read in 0_u64..5_000, jitter in 0.0..=1.0,
        ) {
            let (timeout, read) = (Duration::from_millis(timeout), Duration::from_millis(read));
            let times = reads(timeout, read, jitter);
            let last = *times.last().unwrap();
            prop_assert!(last < timeout);
            prop_assert!(last + read >= timeout.saturating_sub(LAST_READ.min(timeout / 4)));
        }

        #[test]
        fn delays_are_jittered_by_at_most_a_fifth(timeout in 1_u64..1_000_000, jitter in 0.0..=1.0) {
            let times = reads(Duration::from_millis(timeout), Duration::ZERO, jitter);
            let mut expected = FIRST_DELAY;
            for (index, pair) in times.windows(2).enumerate() {
                let delay = pair[1].saturating_sub(pair[0]);
                prop_assert!(delay <= expected);
                // Only the delay before the last read may be shorter.
                prop_assert!(delay >= expected.mul_f64(0.799) || index + 2 == times.len());
                expected = (expected * 2).min(MAX_DELAY);
            }
        }
    }
}
