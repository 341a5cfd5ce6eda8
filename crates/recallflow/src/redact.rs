//! Takes secrets out of what the service sent, before it becomes part of an error.

mod find;

use std::ops::Range;

use crate::error::EXCERPT_CHARS;

/// Stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// Nobody has shorter secrets; a key such as `key` in an example would take ordinary words out of every message.
const SHORTEST: usize = 4;

/// Hexadecimal digits of a signature.
const SIGNATURE: usize = 32;

/// More bytes than are shown, because scrubbing may shorten them, and far fewer than the largest answer has.
const ENOUGH: usize = 16 * 1024;

/// Text of the service as it may be shown: without the secrets, and at most 512 characters.
pub(crate) fn redact(text: &str, secrets: &[&str]) -> String {
    excerpt(text.as_bytes(), secrets)
}

/// The beginning of a body as it may be shown.
pub(crate) fn excerpt(body: &[u8], secrets: &[&str]) -> String {
    let body = body.trim_ascii_start();
    let window = String::from_utf8_lossy(&body[..body.len().min(ENOUGH)]);
    // A message may end up in a log or on a terminal, where it must not begin lines or change colours.
    let mut text: String = window.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST) {
        text = redacted(&text, find::places(&text, secret));
    }
    text = without_signatures(&text);
    if body.len() > ENOUGH {
        let longest = secrets.iter().map(|secret| secret.len()).fold(SIGNATURE, usize::max);
        cut(&mut text, longest * find::LONGEST_CHARACTER);
    }
    shorten(text.trim())
}

/// A part of a URL without its escapes, which is how it is sent.
pub(crate) fn decoded(part: &str) -> String {
    find::decoded(part)
}

/// Takes as many bytes from the end, where half a secret may be that was not found.
fn cut(text: &mut String, bytes: usize) {
    let end = (0..=text.len().saturating_sub(bytes)).rev().find(|&end| text.is_char_boundary(end));
    text.truncate(end.unwrap_or(0));
}

/// The text without anything that looks like a signature: that of an earlier attempt is as good as the present one.
fn without_signatures(text: &str) -> String {
    let mut places = Vec::new();
    let mut start = 0;
    for (end, byte) in text.bytes().chain([b' ']).enumerate() {
        if !byte.is_ascii_hexdigit() {
            if end - start == SIGNATURE {
                places.push(start..end);
            }
            start = end + 1;
        }
    }
    redacted(text, places)
}

/// The text without these places, which are in their order and do not overlap.
fn redacted(text: &str, places: Vec<Range<usize>>) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = 0;
    for Range { start, end } in places {
        shown.push_str(&text[rest..start]);
        shown.push_str(REDACTED);
        rest = end;
    }
    shown.push_str(&text[rest..]);
    shown
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(EXCERPT_CHARS) {
        None => text.to_owned(),
        Some(_) => text.chars().take(EXCERPT_CHARS - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_gone_before_the_text_is_cut() {
        let text = format!("{}s3cr3t", "x".repeat(EXCERPT_CHARS - 3));
        let scrubbed = redact(&text, &["s3cr3t"]);
        assert!(!scrubbed.contains("s3"), "{scrubbed}");
        assert_eq!(scrubbed.chars().count(), EXCERPT_CHARS);
    }

    #[test]
    fn half_a_secret_at_the_end_of_what_is_read_does_not_show() {
        let secret = "s3cret-CANARY-0123456789";
        for shown in 1..secret.len() {
            let padded = format!("{}{secret}", " ".repeat(ENOUGH - shown));
            assert_eq!(excerpt(padded.as_bytes(), &[secret]), REDACTED);
            let page = format!("<p>{}{secret}", "\n".repeat(ENOUGH - shown - 3));
            assert_eq!(excerpt(page.as_bytes(), &[secret]), "<p>");
            // What is found and taken out makes place for what comes after it.
            let long = "x".repeat(ENOUGH - shown);
            let follows = excerpt(format!("{long}{secret}").as_bytes(), &[&long, secret]);
            assert!(!follows.contains("s3"), "{follows}");
        }
        assert_eq!(excerpt("é".repeat(ENOUGH).as_bytes(), &[secret]).chars().count(), EXCERPT_CHARS);
    }

    #[test]
    fn either_case_is_found_and_control_characters_are_not_shown() {
        assert_eq!(excerpt(b"a\x1b[0mSign: ABCDEF\n", &["abcdef"]), "a [0mSign: [redacted]");
        assert_eq!(redact("the key", &["", "key"]), "the key");
        assert_eq!(redact("é kEy-aBcD é", &["Key-AbCd"]), "é [redacted] é");
    }

    #[test]
    fn an_excerpt_begins_where_the_text_does() {
        assert_eq!(excerpt(format!("{}<html>", " ".repeat(2048)).as_bytes(), &[]), "<html>");
    }

    #[test]
    fn whatever_looks_like_a_signature_is_gone() {
        let sign = "05d7a50893e22a5c4bb3216ae3396c7c";
        assert_eq!(redact(&format!("replay of {sign}!"), &[]), "replay of [redacted]!");
        assert_eq!(redact(&format!("{sign} {}", sign.to_uppercase()), &[]), "[redacted] [redacted]");
        let file = "120250811103439c1901f4c53b691b419ad8a143b.wav";
        assert_eq!(redact(file, &[]), file);
    }
}
