//! Unescapes JSON text, and replaces lone surrogates in it.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

/// The escape of the replacement character. It has the length of the escape of a lone surrogate.
const REPLACEMENT: &str = r"\ufffd";

/// Reads the quoted text at the beginning, and returns it with its length in bytes, quotes included.
///
/// A lone surrogate, half of a character that takes two escapes, becomes U+FFFD. It is what remains where a
/// text was cut, and `serde_json` refuses it.
pub(super) fn unescape(json: &str) -> Option<(String, usize)> {
    let length = quoted_length(json)?;
    let quoted = &json[..length];
    let text = serde_json::from_str(quoted).or_else(|_| serde_json::from_str(&replace_lone_surrogates(quoted))).ok()?;
    Some((text, length))
}

/// Returns a part of a body, which is valid JSON, with lone surrogates replaced. A part without any is not copied.
pub(crate) fn well_formed(body: &Bytes, span: Range<usize>) -> Bytes {
    let part = body.slice(span);
    match str::from_utf8(&part).map(replace_lone_surrogates) {
        Ok(Cow::Owned(replaced)) => replaced.into(),
        _ => part,
    }
}

fn quoted_length(json: &str) -> Option<usize> {
    let text = json.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })?;
    Some(end + 2)
}

fn replace_lone_surrogates(quoted: &str) -> Cow<'_, str> {
    let mut replaced = Cow::Borrowed(quoted);
    let mut at = 0;
    while let Some(next) = quoted[at..].find('\\') {
        at += next;
        let second = at + REPLACEMENT.len();
        at = match (code_unit(quoted, at), code_unit(quoted, second)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => second + REPLACEMENT.len(),
            (Some(0xd800..=0xdfff), _) => {
                replaced.to_mut().replace_range(at..second, REPLACEMENT);
                second
            }
            // The character after a backslash does not begin an escape. It is ASCII in valid JSON.
            _ => at + 1 + quoted[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    replaced
}

/// Returns the UTF-16 code unit of the `\u` escape at this position.
fn code_unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + REPLACEMENT.len())?.strip_prefix(r"\u")?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_hex { u16::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_replaced() {
        for (json, expected) in [
            (r#""b\ud83d""#, "b\u{fffd}"),
            (r#""\uDE00b""#, "\u{fffd}b"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\\ud83d""#, "\\\u{fffd}"),
            (r#""\ud83d\"é""#, "\u{fffd}\"é"),
        ] {
            assert_eq!(unescape(json), Some((expected.to_owned(), json.len())), "{json}");
        }
    }

    #[test]
    fn other_escapes_are_those_of_json() {
        for (json, expected) in
            [(r#""""#, ""), (r#""\ud83d\ude00""#, "😀"), (r#""\\ud83d""#, r"\ud83d"), (r#""\n""#, "\n")]
        {
            for rest in ["", ",", "\"", "\\"] {
                let text = format!("{json}{rest}");
                assert_eq!(unescape(&text), Some((expected.to_owned(), json.len())), "{text}");
            }
        }
    }

    #[test]
    fn malformed_text_is_refused() {
        for json in
            ["", "a", "\"", r#""\""#, r#""\ud8""#, r#""\u+d83""#, r#""\x""#, r#""\é""#, "\"\n\"", r#""\ud83d\x""#]
        {
            assert_eq!(unescape(json), None, "{json}");
        }
    }
}
