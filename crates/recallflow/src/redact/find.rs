//! Finds a secret in a text, in every encoding in which a server or gateway may have echoed it.
//!
//! The text is unescaped in four ways: not at all, as a URL, as HTML and as JSON. In each view the search finds the secret
//! itself in any case, its hexadecimal digits, and base64 that contains it, because servers quote credentials and whole
//! requests in base64. Blanks and line breaks are skipped, because long lines are folded.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Maximum length of one escaped character, such as `&#x0041;`.
pub(super) const MAX_ESCAPE_LEN: usize = 8;

/// Shorter secrets are not searched for in base64 or across blanks, because they often occur in ordinary text.
const MIN_DISTINCT_LEN: usize = 8;

/// Returns the byte ranges of the secret, sorted and without overlaps.
pub(super) fn find_secret(text: &str, secret: &str) -> Vec<Range<usize>> {
    let needles = needles(secret.as_bytes());
    let mut ranges = Vec::new();
    for unescape in [no_escape, url_escape, html_escape, json_escape] {
        let view = View::new(text, unescape, secret.len() >= MIN_DISTINCT_LEN);
        ranges.extend(needles.iter().flat_map(|needle| view.find(needle)));
    }
    merge_ranges(ranges)
}

/// Decodes the percent escapes of a part of a URL.
pub(crate) fn percent_decode(part: &str) -> String {
    String::from_utf8_lossy(&View::new(part, url_escape, false).bytes).into_owned()
}

/// One encoding of a secret.
struct Needle {
    bytes: Vec<u8>,
    /// Whether the search is case-sensitive.
    case_sensitive: bool,
}

/// Returns the encodings to search for.
fn needles(secret: &[u8]) -> Vec<Needle> {
    let hex = secret.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
    let mut needles =
        vec![Needle { bytes: secret.to_vec(), case_sensitive: false }, Needle { bytes: hex, case_sensitive: false }];
    // Base64 turns three bytes into four characters. The alignment depends on the bytes before the secret, and the outermost
    // characters also encode neighboring bytes, so they are not part of the needle.
    for offset in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&vec![0; offset], secret].concat());
        let whole = (offset + secret.len()) / 3 * 4;
        let inner = encoded.get([0, 2, 3][offset]..whole).unwrap_or_default();
        if inner.len() >= MIN_DISTINCT_LEN {
            needles.push(Needle { bytes: inner.as_bytes().to_vec(), case_sensitive: true });
        }
    }
    needles
}

/// An unescaped text, with the range that each byte has in the original.
struct View {
    bytes: Vec<u8>,
    ranges: Vec<Range<usize>>,
}

impl View {
    fn new(text: &str, unescape: Unescape, skip_blanks: bool) -> Self {
        let text = text.as_bytes();
        let (mut bytes, mut ranges) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
        let mut start = 0;
        while start < text.len() {
            let (byte, length) = unescape(&text[start..]).unwrap_or((text[start], 1));
            if !(skip_blanks && byte.is_ascii_whitespace()) {
                bytes.push(byte);
                ranges.push(start..start + length);
            }
            start += length;
        }
        Self { bytes, ranges }
    }

    fn find(&self, needle: &Needle) -> impl Iterator<Item = Range<usize>> {
        let length = needle.bytes.len();
        self.bytes.windows(length).zip(self.ranges.windows(length)).filter_map(move |(bytes, ranges)| {
            let matches = if needle.case_sensitive {
                bytes.iter().zip(&needle.bytes).all(|(byte, wanted)| standard_base64(*byte) == *wanted)
            } else {
                bytes.eq_ignore_ascii_case(&needle.bytes)
            };
            matches.then(|| ranges[0].start..ranges[length - 1].end)
        })
    }
}

/// Maps the URL-safe base64 alphabet to the standard one.
const fn standard_base64(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => byte,
    }
}

/// Sorts ranges and joins those that overlap.
fn merge_ranges(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Unescapes the ASCII character at the beginning of a text and returns it with the length of the escape; `None` if the text
/// does not start with an escape.
type Unescape = fn(&[u8]) -> Option<(u8, usize)>;

fn no_escape(_: &[u8]) -> Option<(u8, usize)> {
    None
}

/// Unescapes `%41`.
fn url_escape(text: &[u8]) -> Option<(u8, usize)> {
    let digits = text.strip_prefix(b"%")?.get(..2)?;
    Some((parse_ascii(digits, 16)?, 3))
}

/// Unescapes `&#65;`, `&#x41;` and `&amp;`.
fn html_escape(text: &[u8]) -> Option<(u8, usize)> {
    let name = text.strip_prefix(b"&")?;
    let name = &name[..name.iter().take(MAX_ESCAPE_LEN - 1).position(|byte| *byte == b';')?];
    let byte = match name {
        b"amp" => b'&',
        b"lt" => b'<',
        b"gt" => b'>',
        b"quot" => b'"',
        b"apos" => b'\'',
        [b'#', b'x' | b'X', digits @ ..] => parse_ascii(digits, 16)?,
        [b'#', digits @ ..] => parse_ascii(digits, 10)?,
        _ => return None,
    };
    Some((byte, name.len() + 2))
}

/// Unescapes `\u0041`, `\x41` and `\/`. A line break counts as a blank.
fn json_escape(text: &[u8]) -> Option<(u8, usize)> {
    match text.strip_prefix(b"\\")? {
        [b'u', digits @ ..] => Some((parse_ascii(digits.get(..4)?, 16)?, 6)),
        [b'x', digits @ ..] => Some((parse_ascii(digits.get(..2)?, 16)?, 4)),
        [b'n' | b'r' | b't', ..] => Some((b' ', 2)),
        [byte, ..] if byte.is_ascii_punctuation() => Some((*byte, 2)),
        _ => None,
    }
}

/// Parses the number of an ASCII character.
fn parse_ascii(digits: &[u8], radix: u32) -> Option<u8> {
    let number = u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    number.is_ascii().then_some(number)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    /// A secret with characters that every encoding escapes.
    const SECRET: &str = r#"s3cret/+%41&amp;<"\\u0041'CANARY"#;

    fn each(write: impl Fn(u8) -> String) -> String {
        SECRET.bytes().map(write).collect()
    }

    /// Returns the start and end of each range.
    fn bounds(text: &str, secret: &str) -> Vec<(usize, usize)> {
        find_secret(text, secret).into_iter().map(|range| (range.start, range.end)).collect()
    }

    #[track_caller]
    fn assert_found(encoded: &str) {
        let text = format!("é {encoded} é");
        assert_eq!(bounds(&text, SECRET), [(3, 3 + encoded.len())], "{text}");
    }

    #[test]
    fn a_secret_is_found_in_every_encoding() {
        assert_found(SECRET);
        assert_found(&SECRET.to_uppercase());
        assert_found(&each(|byte| format!("%{byte:02X}")));
        assert_found(&each(|byte| format!("%{byte:02x}")));
        assert_found(&each(|byte| format!("&#{byte};")));
        assert_found(&each(|byte| format!("&#x{byte:04x};")));
        assert_found(&each(|byte| format!("\\u{byte:04x}")));
        assert_found(&each(|byte| format!("\\x{byte:02x}")));
        assert_found(&each(|byte| format!("{byte:02X}")));
        assert_found(each(|byte| format!("{byte:02x} ")).trim_end());
        assert_found(&SECRET.replace('%', "%25").replace('/', "%2F").replace('+', "%2b").replace('&', "%26"));
        assert_found(&SECRET.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&apos;"));
        assert_found(serde_json::to_string(SECRET).unwrap().trim_matches('"'));
        assert_found(&SECRET.replace('/', "\\/").replace('\\', "\\\\").replace("\\\\/", "\\/").replace('"', "\\\""));
    }

    #[test]
    fn a_secret_is_found_across_blanks() {
        assert_found(each(|byte| format!("{} ", char::from(byte))).trim_end());
        assert_found(&format!("{}  {}", &SECRET[..9], &SECRET[9..]));
        assert_eq!(find_secret("grab cds", "abcd"), [], "a short secret occurs in ordinary text");
    }

    #[test]
    fn base64_that_contains_a_secret_is_found() {
        for before in ["", "k", "ke", "key:", "key-:"] {
            for after in ["", ";", ";;", ";;;"] {
                let quoted = format!("{before}{SECRET}{after}");
                for encoded in [STANDARD.encode(&quoted), URL_SAFE.encode(&quoted)] {
                    let found = find_secret(&encoded, SECRET);
                    assert_eq!(found.len(), 1, "{encoded}");
                    // The rest reveals less than the first and the last byte of the secret.
                    let least = SECRET.len() / 3 * 4 - 4;
                    assert!(found[0].len() >= least, "{encoded}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn text_without_the_secret_stays() {
        for text in
            ["", "%", "%4", "%zz", "&", "&#", "&#x;", "&#999;", "&amp", "&unknown;", "\\", "\\u00", "\\q", "é%C3%A9"]
        {
            assert_eq!(find_secret(text, SECRET), [], "{text}");
        }
        assert_eq!(find_secret("s3cret", SECRET), []);
    }

    #[test]
    fn overlapping_ranges_are_joined() {
        assert_eq!(bounds("aaaaaaaaaa", "aaaaaaaa"), [(0, 10)]);
        assert_eq!(bounds("abcdabcd", "abcd"), [(0, 4), (4, 8)]);
    }
}
