//! Formats of texts in examples.

/// Returns whether a text is a valid date and time, `yyyy-MM-dd HH:mm:ss`.
pub(super) fn is_date_time(text: &str) -> bool {
    let is_separated = text.len() == 19
        && text.bytes().zip(*b"0000-00-00 00:00:00").all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            separator => byte == separator,
        });
    if !is_separated {
        return false;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day) && number(11, 13) < 24 && number(14, 16) < 60 && number(17, 19) < 60
}

/// Returns whether a text is padded base64 of the standard alphabet.
pub(super) fn is_base64(text: &str) -> bool {
    let bytes = text.trim_end_matches('=');
    let is_alphabet = bytes.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    text.len().is_multiple_of(4) && text.len() - bytes.len() <= 2 && is_alphabet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_real_date() {
        for time in ["2024-02-29 23:59:59", "0001-01-01 00:00:00", "2000-02-29 00:00:00"] {
            assert!(is_date_time(time), "{time}");
        }
        let wrong = ["", "2024-01-01", "2024-01-01T00:00:00", "2023-02-29 00:00:00", "1900-02-29 00:00:00"];
        for time in wrong.into_iter().chain(["2024-13-01 00:00:00", "2024-00-01 00:00:00", "2024-01-01 24:00:00"]) {
            assert!(!is_date_time(time), "{time}");
        }
    }

    #[test]
    fn base64_is_padded() {
        assert!(["", "Zg==", "Zm8=", "Zm9v", "+/+/"].into_iter().all(is_base64));
        assert!(!["Z", "Zg=", "Z===", "Zm9v\n", "-_-_"].into_iter().any(is_base64));
    }
}
