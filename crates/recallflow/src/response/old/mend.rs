//! Answers with half of a character of two escapes, which is what is left where a text was cut. That is JSON, but the
//! library does not read it, and it is not worth an answer that says what became of an update.

use bytes::Bytes;

/// Stands for half a character, and is as long as what it replaces.
const REPLACEMENT: &[u8] = br"\ufffd";

/// The answer with replacements for such escapes; `None` if it has none.
pub(crate) fn mended(body: &[u8]) -> Option<Bytes> {
    let mut mended = Vec::new();
    let mut at = 0;
    while let Some(next) = body.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += next;
        let second = at + REPLACEMENT.len();
        at = match (unit(body, at), unit(body, second)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => second + REPLACEMENT.len(),
            (Some(0xd800..=0xdfff), _) => {
                if mended.is_empty() {
                    mended = body.to_vec();
                }
                mended[at..second].copy_from_slice(REPLACEMENT);
                second
            }
            // The character after a backslash begins nothing.
            _ => at + 2,
        };
    }
    (!mended.is_empty()).then(|| mended.into())
}

/// The UTF-16 unit that an escape here stands for.
fn unit(body: &[u8], at: usize) -> Option<u16> {
    let digits = body.get(at..at + REPLACEMENT.len())?.strip_prefix(br"\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u16::from_str_radix(digits, 16).ok()
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
    fn everything_else_stays_as_it_is() {
        for body in ["", "{", r#"{"a":"\ud83d\ude00"}"#, r#"["\\ud83d"]"#, r#"["\ud8"#, r#"["\u+d83","\"#] {
            assert_eq!(mend(body), None, "{body}");
        }
    }
}
