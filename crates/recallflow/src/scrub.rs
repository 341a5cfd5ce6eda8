//! Takes secrets out of what the service sent, before it becomes part of an error.

use crate::error::EXCERPT_CHARS;

/// Stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// Nobody has shorter secrets; a key such as `key` in an example would take ordinary words out of every message.
const SHORTEST: usize = 4;

/// Hexadecimal digits of a signature.
const SIGNATURE: usize = 32;

/// Text of the service as it may be shown: without the secrets, and at most 512 characters.
pub(crate) fn scrub(text: &str, secrets: &[&str]) -> String {
    // A message may end up in a log or on a terminal, where it must not begin lines or change colours.
    let mut text: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST) {
        text = without(&text, secret);
    }
    shorten(without_signatures(&text))
}

/// The text without a secret in whatever case, which a server may have changed.
fn without(text: &str, secret: &str) -> String {
    // Lower case of ASCII only, so that both texts have the same length.
    let (lower, secret) = (text.to_ascii_lowercase(), secret.to_ascii_lowercase());
    let places = lower.match_indices(&secret).map(|(start, _)| (start, start + secret.len()));
    redacted(text, places)
}

/// The text without anything that looks like a signature: that of an earlier attempt is as good as the present one.
fn without_signatures(text: &str) -> String {
    let mut places = Vec::new();
    let mut start = 0;
    for (end, byte) in text.bytes().chain([b' ']).enumerate() {
        if !byte.is_ascii_hexdigit() {
            if end - start == SIGNATURE {
                places.push((start, end));
            }
            start = end + 1;
        }
    }
    redacted(text, places)
}

fn redacted(text: &str, places: impl IntoIterator<Item = (usize, usize)>) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = 0;
    for (start, end) in places {
        shown.push_str(&text[rest..start]);
        shown.push_str(REDACTED);
        rest = end;
    }
    shown.push_str(&text[rest..]);
    shown
}

/// The beginning of a body as it may be shown.
pub(crate) fn excerpt(body: &[u8], secrets: &[&str]) -> String {
    // More than is shown, because scrubbing may shorten it, and far less than the largest body.
    const ENOUGH: usize = 16 * 1024;
    scrub(&String::from_utf8_lossy(&body[..body.len().min(ENOUGH)]), secrets)
}

fn shorten(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(EXCERPT_CHARS) {
        let last = text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
        text.truncate(last);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_gone_before_the_text_is_cut() {
        let text = format!("{}s3cr3t", "x".repeat(EXCERPT_CHARS - 3));
        let scrubbed = scrub(&text, &["s3cr3t"]);
        assert!(!scrubbed.contains("s3"), "{scrubbed}");
        assert_eq!(scrubbed.chars().count(), EXCERPT_CHARS);
    }

    #[test]
    fn either_case_is_found_and_control_characters_are_not_shown() {
        assert_eq!(excerpt(b"a\x1b[0mSign: ABCDEF\n", &["abcdef"]), "a [0mSign: [redacted]");
        assert_eq!(scrub("the key", &["", "key"]), "the key");
        assert_eq!(scrub("é kEy-aBcD é", &["Key-AbCd"]), "é [redacted] é");
    }

    #[test]
    fn whatever_looks_like_a_signature_is_gone() {
        let sign = "05d7a50893e22a5c4bb3216ae3396c7c";
        assert_eq!(scrub(&format!("replay of {sign}!"), &[]), "replay of [redacted]!");
        assert_eq!(scrub(&format!("{sign} {}", sign.to_uppercase()), &[]), "[redacted] [redacted]");
        let file = "120250811103439c1901f4c53b691b419ad8a143b.wav";
        assert_eq!(scrub(file, &[]), file);
    }
}
