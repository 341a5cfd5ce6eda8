//! Amounts of money.

use recallflow::Fee;
use recallflow::ffi::total_fees;

/// Checks that a fee is written as it was read and counts in a sum, and that other text is counted as unreadable.
///
/// # Panics
///
/// If that does not hold.
pub fn fee(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let total = total_fees([(Some(text), false)]);
    let Some(fee) = Fee::parse(text) else {
        assert_eq!((total.counted, total.unreadable), (0, 1), "{text:?}");
        return;
    };
    assert_eq!((total.counted, total.unreadable), (1, 0), "{text:?}");
    assert_eq!(total.amounts.get(&fee.currency).map(ToString::to_string), Some(fee.amount.to_string()), "{text:?}");

    let written = fee.to_string();
    assert_eq!(Fee::parse(&written).as_ref(), Some(&fee), "{text:?} is written as {written:?}");
    assert!(fee.amount.to_f64().is_finite(), "{text:?}");
    // No digit is lost, and none comes out of nothing.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    assert_eq!(digits(&written).trim_start_matches('0'), digits(text).trim_start_matches('0'), "{text:?}: {written:?}");
}
