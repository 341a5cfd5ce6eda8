//! Regular expressions that every dialect reads alike.
//!
//! They use no look-around, and `[0-9]` instead of `\d`, which means any script's digits to some validators. Some
//! dialects let `$` match before a final line break, so whoever uses a pattern here also bounds the length or the
//! alphabet of the text.

/// `yyyy-MM-dd HH:mm:ss`, a real date of the years 0001 to 9999 and a time of a day without leap seconds.
pub(super) const DATE_TIME: &str = concat!(
    "^(?:",
    // Every year but 0000, with the days that each of its months has.
    "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-",
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    // A leap day: the year is divisible by 4 but not by 100, or by 400.
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29",
    ") (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$",
);

/// Number of characters of a text that [`DATE_TIME`] matches.
pub(super) const DATE_TIME_LENGTH: u64 = 19;

/// The standard base64 alphabet with its padding; the bits that the padding leaves over are zero.
pub(super) const BASE64: &str = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

/// A character that base64 never has, such as a line break.
pub(super) const NOT_BASE64: &str = "[^A-Za-z0-9+/=]";

/// One digit.
pub(super) const DIGIT: &str = "^[0-9]$";

/// Number of characters of a text that [`DIGIT`] matches.
pub(super) const DIGIT_LENGTH: u64 = 1;
