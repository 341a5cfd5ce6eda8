//! The limit of requests per second: requests take turns at a steady pace, in the order in which they ask for one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::transport::failure::TransportFailure;

/// The longest pause between two requests: a rate below one a day is a mistake.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// The pace of the requests of a client.
pub(crate) struct RateLimit {
    pause: Duration,
    /// When the next request may be sent. `None` before the first one.
    next: Mutex<Option<Instant>>,
}

impl RateLimit {
    /// Creates a limit from the option of this name.
    pub(crate) fn new(option: &str, per_second: f64) -> Result<Self, String> {
        let pause = Duration::try_from_secs_f64(per_second.recip()).unwrap_or(Duration::MAX);
        if per_second.is_finite() && per_second > 0.0 && pause <= LONGEST_PAUSE {
            return Ok(Self { pause, next: Mutex::default() });
        }
        Err(format!("`{option}` must be a number greater than zero, such as 5 or 0.5, but is {per_second}"))
    }

    /// Waits for the turn of a request.
    ///
    /// Fails at once if the turn would come after `ends_at`. Then the request takes no turn.
    pub(crate) async fn wait(&self, ends_at: Instant) -> Result<(), TransportFailure> {
        let turn = self.take_turn(Instant::now(), ends_at).ok_or_else(TransportFailure::no_turn_in_time)?;
        sleep_until(turn).await;
        Ok(())
    }

    fn take_turn(&self, now: Instant, ends_at: Instant) -> Option<Instant> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        if turn > ends_at {
            return None;
        }
        *next = Some(turn + self.pause);
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn requests_take_turns_at_a_steady_pace() {
        let limit = RateLimit::new("rate", 4.0).unwrap();
        let start = Instant::now();
        let turn = |now| limit.take_turn(start + now, start + 60 * SECOND).map(|turn| turn - start);
        let [zero, quarter] = [Duration::ZERO, SECOND / 4];
        assert_eq!([turn(zero), turn(zero), turn(zero)], [Some(zero), Some(quarter), Some(2 * quarter)]);
        // A pause does not save up turns.
        assert_eq!([turn(10 * SECOND), turn(10 * SECOND)], [Some(10 * SECOND), Some(10 * SECOND + quarter)]);
    }

    #[test]
    fn a_turn_after_the_deadline_is_not_taken() {
        let limit = RateLimit::new("rate", 1.0).unwrap();
        let start = Instant::now();
        assert!(limit.take_turn(start, start).is_some());
        assert!(limit.take_turn(start, start + SECOND / 2).is_none());
        assert_eq!(limit.take_turn(start, start + SECOND), Some(start + SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_at_the_turn_or_fails_at_once() {
        let limit = RateLimit::new("rate", 0.5).unwrap();
        let start = Instant::now();
        for turn in 0..3 {
            limit.wait(start + 10 * SECOND).await.unwrap();
            // A timer of Tokio may fire a millisecond late.
            let late = start.elapsed().saturating_sub(2 * SECOND * turn);
            assert!(late < SECOND, "{late:?}");
        }
        let before = start.elapsed();
        assert!(limit.wait(start + 5 * SECOND).await.is_err());
        assert_eq!(start.elapsed(), before);
    }

    #[test]
    fn a_rate_is_a_number_greater_than_zero() {
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-9] {
            assert!(RateLimit::new("rate", wrong).is_err(), "{wrong}");
        }
        for right in [0.001, 1.0, 1e9] {
            assert!(RateLimit::new("rate", right).is_ok(), "{right}");
        }
    }
}
