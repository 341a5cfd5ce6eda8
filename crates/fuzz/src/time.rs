//! Times without a zone.

use recallflow::LocalDateTime;

/// Maximum characters of an error message.
const MESSAGE: usize = 4096;

/// Checks that a time is written as it was read, and that its parts make the same time.
///
/// # Panics
///
/// If that does not hold.
pub fn time(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match text.parse::<LocalDateTime>() {
        Ok(time) => {
            assert_eq!(time.to_string(), text);
            let (year, month, day) = (time.year(), time.month(), time.day());
            let again = LocalDateTime::new(year, month, day, time.hour(), time.minute(), time.second());
            assert_eq!(again, Some(time));
        }
        Err(error) => assert!(error.to_string().chars().count() < MESSAGE, "{error}"),
    }
}
