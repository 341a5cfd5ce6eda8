//! Regular expressions that mean the same in every dialect.
//!
//! They avoid look-around, and `\d`, which matches the digits of any script in some validators. In some dialects `$`
//! matches before a final line break, so a schema with one of these patterns also limits the length or the alphabet.

/// `yyyy-MM-dd HH:mm:ss`: a valid date of the years 0001 to 9999 and a time without leap seconds.
pub(super) const DATE_TIME: &str = concat!(
    "^(?:",
    // Every year except 0000, with the days of each month.
    "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-",
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    // A leap day: the year is divisible by 4 but not by 100, or by 400.
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29",
    ") (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$",
);

/// Length of a text that [`DATE_TIME`] matches.
pub(super) const DATE_TIME_LENGTH: u64 = 19;

/// Padded base64 with the standard alphabet. Unused bits before the padding are zero.
pub(super) const BASE64: &str = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

/// A character outside of base64, such as a line break.
pub(super) const NOT_BASE64: &str = "[^A-Za-z0-9+/=]";

/// One digit.
pub(super) const DIGIT: &str = "^[0-9]$";

/// Length of a text that [`DIGIT`] matches.
pub(super) const DIGIT_LENGTH: u64 = 1;
