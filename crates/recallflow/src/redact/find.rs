//! Finds a secret in a text, in whatever spelling a server or a gateway may have sent it back.
//!
//! Text is read in several ways: as it is, as a URL, as HTML and as JSON. In each, the secret is looked for as it is in any
//! case, as hexadecimal digits, and as part of something in base64, which is how credentials and whole requests are
//! quoted. Breaks of lines count as nothing, because long lines are folded.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Bytes that one character of a secret takes up at most: `&#x0041;`.
pub(super) const LONGEST_CHARACTER: usize = 8;

/// Bytes from which on a secret is looked for across blanks, and in base64; fewer are part of ordinary text too often.
const UNMISTAKABLE: usize = 8;

/// Where the secret is, as ranges of bytes in their order that do not overlap.
pub(super) fn places(text: &str, secret: &str) -> Vec<Range<usize>> {
    let needles = needles(secret.as_bytes());
    let mut places = Vec::new();
    for read in [plain, url, html, json] {
        let view = View::new(text, read, secret.len() >= UNMISTAKABLE);
        places.extend(needles.iter().flat_map(|needle| view.find(needle)));
    }
    merged(places)
}

/// A part of a URL without its escapes.
pub(super) fn decoded(part: &str) -> String {
    String::from_utf8_lossy(&View::new(part, url, false).bytes).into_owned()
}

/// What is looked for.
struct Needle {
    bytes: Vec<u8>,
    /// Whether the case of letters counts.
    exact: bool,
}

fn needles(secret: &[u8]) -> Vec<Needle> {
    let hex = secret.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
    let mut needles = vec![Needle { bytes: secret.to_vec(), exact: false }, Needle { bytes: hex, exact: false }];
    // Three bytes become four characters. What stands before the secret decides which bytes come together, and the
    // outermost characters hang on what stands beside it.
    for before in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&vec![0; before], secret].concat());
        let whole = (before + secret.len()) / 3 * 4;
        let inner = encoded.get([0, 2, 3][before]..whole).unwrap_or_default();
        if inner.len() >= UNMISTAKABLE {
            needles.push(Needle { bytes: inner.as_bytes().to_vec(), exact: true });
        }
    }
    needles
}

/// A text read in one way: its characters, as far as they are ASCII, and where each stands.
struct View {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl View {
    fn new(text: &str, read: Read, without_blanks: bool) -> Self {
        let text = text.as_bytes();
        let (mut bytes, mut places) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
        let mut start = 0;
        while start < text.len() {
            let (byte, length) = read(&text[start..]).unwrap_or((text[start], 1));
            if !(without_blanks && byte.is_ascii_whitespace()) {
                bytes.push(byte);
                places.push(start..start + length);
            }
            start += length;
        }
        Self { bytes, places }
    }

    fn find(&self, needle: &Needle) -> impl Iterator<Item = Range<usize>> {
        let length = needle.bytes.len();
        self.bytes.windows(length).zip(self.places.windows(length)).filter_map(move |(bytes, places)| {
            let is_it = if needle.exact {
                bytes.iter().zip(&needle.bytes).all(|(byte, wanted)| standard(*byte) == *wanted)
            } else {
                bytes.eq_ignore_ascii_case(&needle.bytes)
            };
            is_it.then(|| places[0].start..places[length - 1].end)
        })
    }
}

/// A character of base64 in the usual alphabet, if it is one of that for URLs.
const fn standard(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => byte,
    }
}

fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| place.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for place in places {
        match merged.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    merged
}

/// Reads the ASCII character at the beginning of a text, and tells how many bytes it takes up; none if it stands for itself.
type Read = fn(&[u8]) -> Option<(u8, usize)>;

fn plain(_: &[u8]) -> Option<(u8, usize)> {
    None
}

/// `%41`.
fn url(text: &[u8]) -> Option<(u8, usize)> {
    let digits = text.strip_prefix(b"%")?.get(..2)?;
    Some((number(digits, 16)?, 3))
}

/// `&#65;`, `&#x41;`, `&amp;`.
fn html(text: &[u8]) -> Option<(u8, usize)> {
    let name = text.strip_prefix(b"&")?;
    let name = &name[..name.iter().take(LONGEST_CHARACTER - 1).position(|byte| *byte == b';')?];
    let byte = match name {
        b"amp" => b'&',
        b"lt" => b'<',
        b"gt" => b'>',
        b"quot" => b'"',
        b"apos" => b'\'',
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    Some((byte, name.len() + 2))
}

/// `\u0041`, `\x41`, `\/`, and what breaks lines.
fn json(text: &[u8]) -> Option<(u8, usize)> {
    match text.strip_prefix(b"\\")? {
        [b'u', digits @ ..] => Some((number(digits.get(..4)?, 16)?, 6)),
        [b'x', digits @ ..] => Some((number(digits.get(..2)?, 16)?, 4)),
        [b'n' | b'r' | b't', ..] => Some((b' ', 2)),
        [byte, ..] if byte.is_ascii_punctuation() => Some((*byte, 2)),
        _ => None,
    }
}

/// An ASCII character by its number.
fn number(digits: &[u8], radix: u32) -> Option<u8> {
    let number = u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    number.is_ascii().then_some(number)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    /// With characters that every way of writing has to do something about.
    const SECRET: &str = r#"s3cret/+%41&amp;<"\\u0041'CANARY"#;

    fn each(write: impl Fn(u8) -> String) -> String {
        SECRET.bytes().map(write).collect()
    }

    /// Where each place begins and ends.
    fn ends(text: &str, secret: &str) -> Vec<(usize, usize)> {
        places(text, secret).into_iter().map(|place| (place.start, place.end)).collect()
    }

    #[track_caller]
    fn assert_found(spelling: &str) {
        let text = format!("é {spelling} é");
        assert_eq!(ends(&text, SECRET), [(3, 3 + spelling.len())], "{text}");
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
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
        assert_eq!(places("grab cds", "abcd"), [], "a short one is part of ordinary text");
    }

    #[test]
    fn what_holds_a_secret_is_found_in_base64() {
        for before in ["", "k", "ke", "key:", "key-:"] {
            for after in ["", ";", ";;", ";;;"] {
                let quoted = format!("{before}{SECRET}{after}");
                for encoded in [STANDARD.encode(&quoted), URL_SAFE.encode(&quoted)] {
                    let found = places(&encoded, SECRET);
                    assert_eq!(found.len(), 1, "{encoded}");
                    // What is left tells less than the first and the last byte of it.
                    let least = SECRET.len() / 3 * 4 - 4;
                    assert!(found[0].len() >= least, "{encoded}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn other_texts_stay() {
        for text in
            ["", "%", "%4", "%zz", "&", "&#", "&#x;", "&#999;", "&amp", "&unknown;", "\\", "\\u00", "\\q", "é%C3%A9"]
        {
            assert_eq!(places(text, SECRET), [], "{text}");
        }
        assert_eq!(places("s3cret", SECRET), []);
    }

    #[test]
    fn places_that_overlap_are_one() {
        assert_eq!(ends("aaaaaaaaaa", "aaaaaaaa"), [(0, 10)]);
        assert_eq!(ends("abcdabcd", "abcd"), [(0, 4), (4, 8)]);
    }
}
