//! Headers that tell times.

use std::time::Duration;

use recallflow::ffi::fuzz;

/// Unix times at which a clock may stand: that of a working one, and those of broken ones.
const CLOCKS: [i64; 5] = [1_763_000_000, 0, -1, i64::MAX, i64::MIN];

/// Seconds from the first to the last moment that a date can tell, with room to spare.
const EVER: u64 = 10_000 * 366 * 24 * 60 * 60;

/// A `Retry-After` asks for so many seconds or for none, and never makes a call wait beyond its end.
///
/// # Panics
///
/// If that is not so.
pub fn retry_after(data: &[u8]) {
    let Ok(header) = std::str::from_utf8(data) else { return };
    for now in CLOCKS {
        let asked = fuzz::retry_after(header, now);
        let number = header.trim();
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            // More than a number can hold is as long as can be.
            assert_eq!(asked, Some(Duration::from_secs(number.parse().unwrap_or(u64::MAX))));
        } else if let Some(asked) = asked {
            assert!(asked <= Duration::from_secs(EVER), "{header:?} asks for {asked:?}");
        }
        for remaining in [Duration::ZERO, Duration::from_secs(30)] {
            let pause = fuzz::pause(asked, remaining);
            assert!(pause.is_none_or(|pause| pause < remaining && asked.is_none_or(|asked| asked == pause)));
        }
    }
}

/// A `Date` teaches how far off a clock is, or nothing.
///
/// # Panics
///
/// If that is not so.
pub fn date(data: &[u8]) {
    let Ok(header) = std::str::from_utf8(data) else { return };
    for local in CLOCKS {
        for round_trip in [Duration::ZERO, Duration::from_secs(900), Duration::MAX] {
            let Some((offset, remedy)) = fuzz::offset(local, header, round_trip) else { continue };
            assert!(round_trip <= Duration::from_secs(900), "so long an answer says too little");
            let told = i128::from(offset) + i128::from(local);
            let is_told = told.unsigned_abs() <= u128::from(EVER) || offset == i64::MAX || offset == i64::MIN;
            assert!(is_told, "{header:?} is {told}");
            assert!(!remedy.is_empty());
        }
    }
}
