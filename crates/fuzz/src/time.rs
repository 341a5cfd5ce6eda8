//! Times without a zone.

use recallflow::LocalDateTime;

/// Longest message about a text that is no time.
const MESSAGE: usize = 4096;

/// What is read as a time is written as it was, and consists of parts that make the same time.
///
/// # Panics
///
/// If that is not so.
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
