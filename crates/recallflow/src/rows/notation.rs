//! Numbers that the service writes as text.

use crate::fee::Amount;

/// Parses a percentage, such as `80` or `80.5%`.
pub(super) fn parse_percent(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = text.strip_suffix('%').unwrap_or(text);
    Amount::parse(number.trim_end()).map(Amount::to_f64)
}

/// Parses a duration with units, such as `60s` or `1m30s`, in seconds. A number without a unit is in seconds.
pub(super) fn parse_seconds(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let (number, after) = split_where(rest, |c| !c.is_ascii_digit() && c != '.');
        let (unit, after) = split_where(after.trim_start(), |c| !c.is_alphabetic());
        let factor = match unit {
            "" | "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        seconds += Amount::parse(number)?.to_f64() * factor;
        rest = after.trim_start();
    }
    Some(seconds)
}

/// Splits a text before the first character that fits.
fn split_where(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(fits).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_a_number() {
        for (text, number) in [("100", 100.0), ("80.5%", 80.5), (" 0 % ", 0.0), ("-1", -1.0)] {
            assert_eq!(parse_percent(text), Some(number), "{text}");
        }
        for text in ["", "%", "x", "1e3", "1,5", "NaN"] {
            assert_eq!(parse_percent(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_is_a_number_of_seconds() {
        for (text, number) in [("60s", 60.0), ("0.5s", 0.5), ("75", 75.0), ("1m30s", 90.0), ("1 h 2 min", 3720.0)] {
            assert_eq!(parse_seconds(text), Some(number), "{text}");
        }
        for text in ["", "s", "60x", "-1s", "1..2s", "s60", "1e3s"] {
            assert_eq!(parse_seconds(text), None, "{text}");
        }
    }
}
