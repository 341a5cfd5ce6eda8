//! Headers that hold times.

use std::time::Duration;

use recallflow::ffi::operations;
use recallflow::replay::{Replay, clock_offset, retry_delay};

/// Unix times of a working clock and of broken ones.
const CLOCKS: [i64; 5] = [1_763_000_000, 0, -1, i64::MAX, i64::MIN];

/// Seconds between the first and the last moment that a date can hold, with room to spare.
const EVER: u64 = 10_000 * 366 * 24 * 60 * 60;

/// Checks that `Retry-After` is a number of seconds, a date, or nothing, and that a retry comes after it and before the
/// deadline.
///
/// # Panics
///
/// If that does not hold.
pub fn retry_after(data: &[u8]) {
    let Ok(header) = std::str::from_utf8(data) else { return };
    for now in CLOCKS {
        let response = Replay { status: 503, retry_after: Some(header.to_owned()), now, ..Replay::default() };
        let error = response.read(operations::QUERY_GROUP_CALLS).expect_err("a success needs a body");
        let asked = error.retry_after();
        let number = header.trim();
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            // A larger number means the longest wait.
            assert_eq!(asked, Some(Duration::from_secs(number.parse().unwrap_or(u64::MAX))));
        } else if let Some(asked) = asked {
            assert!(asked <= Duration::from_secs(EVER), "{header:?} asks for {asked:?}");
        }
        for remaining in [Duration::ZERO, Duration::from_secs(30), Duration::MAX] {
            for jitter in [0.0, 1.0] {
                let Some(delay) = retry_delay(asked, remaining, jitter) else { continue };
                assert!(delay < remaining, "{header:?} delays a retry until the deadline");
                assert!(delay >= asked.unwrap_or_default(), "{header:?} is not obeyed");
            }
        }
    }
}

/// Checks that `Date` teaches a plausible clock offset, or nothing.
///
/// # Panics
///
/// If that does not hold.
pub fn date(data: &[u8]) {
    let Ok(header) = std::str::from_utf8(data) else { return };
    for local in CLOCKS {
        for round_trip in [Duration::ZERO, Duration::from_secs(900), Duration::MAX] {
            let Some((offset, remedy)) = clock_offset(local, header, round_trip) else { continue };
            assert!(round_trip <= Duration::from_secs(900), "a slow response must not set the clock");
            let service = i128::from(offset) + i128::from(local);
            let is_date = service.unsigned_abs() <= u128::from(EVER) || offset == i64::MAX || offset == i64::MIN;
            assert!(is_date, "{header:?} is read as {service}");
            assert!(!remedy.is_empty());
        }
    }
}
