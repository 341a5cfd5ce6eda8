//! Answers that are JSON and that the JSON library does not read: with half of a character of two escapes, which is what is
//! left of a text that was cut, and with numbers that are too large for any type.
//!
//! Neither is worth an answer that says what became of an update.

use std::ops::Range;

use bytes::Bytes;

/// Stands for half a character.
const REPLACEMENT: &[u8] = br"\ufffd";

/// The answer with replacements for such escapes, and with such numbers as texts; `None` if it has neither.
pub(crate) fn mended(body: &[u8]) -> Option<Bytes> {
    let mut mended = Vec::new();
    let (mut taken, mut at) = (0, 0);
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        let (odd, next) = match rest {
            [b'"', ..] => text(body, at),
            [b'-' | b'0'..=b'9', ..] => number(body, at),
            _ => (Vec::new(), at + 1),
        };
        for (place, instead) in odd {
            mended.extend_from_slice(&body[taken..place.start]);
            mended.extend(instead);
            taken = place.end;
        }
        at = next;
    }
    if taken == 0 {
        return None;
    }
    mended.extend_from_slice(&body[taken..]);
    Some(mended.into())
}

/// What is to be replaced, and by what.
type Odd = Vec<(Range<usize>, Vec<u8>)>;

/// Goes through the text that begins here, and tells where the next token is.
fn text(body: &[u8], start: usize) -> (Odd, usize) {
    let (mut odd, mut at) = (Odd::new(), start + 1);
    loop {
        match body.get(at..).unwrap_or_default() {
            [] => return (odd, at),
            [b'"', ..] => return (odd, at + 1),
            [b'\\', b'u', ..] => {
                let second = at + 6;
                let length = match (unit(body, at), unit(body, second)) {
                    (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
                    (Some(0xd800..=0xdfff), _) => {
                        odd.push((at..second, REPLACEMENT.to_vec()));
                        6
                    }
                    _ => 6,
                };
                at += length;
            }
            [b'\\', ..] => at += 2,
            _ => at += 1,
        }
    }
}

/// The UTF-16 unit that an escape here stands for.
fn unit(body: &[u8], at: usize) -> Option<u16> {
    let digits = body.get(at..at + 6)?.strip_prefix(br"\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u16::from_str_radix(digits, 16).ok()
}

/// Goes through the number that begins here, and tells where the next token is.
fn number(body: &[u8], start: usize) -> (Odd, usize) {
    let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    let end = start + body[start..].iter().take_while(is_part).count();
    let number = std::str::from_utf8(&body[start..end]).ok().and_then(|digits| digits.parse::<f64>().ok());
    let odd = match number {
        Some(number) if number.is_infinite() => vec![(start..end, [b"\"", &body[start..end], b"\""].concat())],
        _ => Odd::new(),
    };
    (odd, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mend(body: &str) -> Option<String> {
        mended(body.as_bytes()).map(|body| String::from_utf8(body.into()).unwrap())
    }

    #[test]
    fn half_a_character_is_replaced() {
        for (body, expected) in [
            (r#"{"a":"b\ud83d"}"#, r#"{"a":"b\ufffd"}"#),
            (r#"{"a":"\uDE00b"}"#, r#"{"a":"\ufffdb"}"#),
            (r#"["\ud83d\u0041","\ud83d\ud83d\ude00"]"#, r#"["\ufffd\u0041","\ufffd\ud83d\ude00"]"#),
            (r#"["\\\ud83d"]"#, r#"["\\\ufffd"]"#),
        ] {
            assert_eq!(mend(body).as_deref(), Some(expected), "{body}");
            serde_json::from_str::<serde_json::Value>(expected).unwrap();
        }
    }

    #[test]
    fn a_number_beyond_all_types_becomes_a_text() {
        assert_eq!(mend(r#"{"a":1e400,"b":[-1E+999]}"#).as_deref(), Some(r#"{"a":"1e400","b":["-1E+999"]}"#));
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for body in [
            "",
            "{",
            r#"{"a":"\ud83d\ude00","b":1e308,"c":"1e400"}"#,
            r#"["\\ud83d"]"#,
            r#"["\ud8"#,
            r#"["\u+d83","\"#,
            "[1e400e]",
            "[NaN]",
            "\u{feff}{}",
        ] {
            assert_eq!(mend(body), None, "{body}");
        }
    }
}
