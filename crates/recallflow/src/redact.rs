//! Redacts secrets in text that the service sent, before the text becomes part of an error.

pub(crate) mod find;

use std::ops::Range;

use crate::error::EXCERPT_CHARS;

/// The replacement of a secret.
const REDACTED: &str = "[redacted]";

/// Shorter secrets are not redacted: an example key such as `key` would remove ordinary words from every message.
const MIN_SECRET_LEN: usize = 4;

/// Number of hexadecimal digits of a signature.
const SIGNATURE_LEN: usize = 32;

/// Maximum number of characters of a whole body.
pub(crate) const MAX_BODY_CHARS: usize = 16 * 1024;

/// Number of bytes of a body that are searched for secrets. More than an excerpt shows, because redaction shortens text.
const WINDOW: usize = MAX_BODY_CHARS;

/// Redacts a text of the service and limits it to 512 characters.
pub(crate) fn redact(text: &str, secrets: &[&str]) -> String {
    excerpt(text.as_bytes(), secrets)
}

/// Returns the redacted beginning of a body, at most 512 characters long.
pub(crate) fn excerpt(body: &[u8], secrets: &[&str]) -> String {
    redact_up_to(EXCERPT_CHARS, body, secrets)
}

/// Returns the redacted beginning of a body, with at most this number of characters.
pub(crate) fn redact_up_to(max_chars: usize, body: &[u8], secrets: &[&str]) -> String {
    let body = body.trim_ascii_start();
    let window = String::from_utf8_lossy(&body[..body.len().min(WINDOW)]);
    // Control characters could forge log lines or change the colors of a terminal.
    let mut text: String = window.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    for secret in secrets.iter().filter(|secret| secret.len() >= MIN_SECRET_LEN) {
        text = replace_ranges(&text, find::find_secret(&text, secret));
    }
    text = redact_signatures(&text);
    if body.len() > WINDOW {
        let longest = secrets.iter().map(|secret| secret.len()).fold(SIGNATURE_LEN, usize::max);
        remove_from_end(&mut text, longest * find::MAX_ESCAPE_LEN);
    }
    limit_chars(max_chars, text.trim())
}

/// Removes bytes from the end, which may contain the beginning of a secret that the window cut off.
fn remove_from_end(text: &mut String, bytes: usize) {
    let end = (0..=text.len().saturating_sub(bytes)).rev().find(|&end| text.is_char_boundary(end));
    text.truncate(end.unwrap_or(0));
}

/// Redacts everything that has the form of a signature, because signatures of earlier attempts are secret as well.
fn redact_signatures(text: &str) -> String {
    let mut ranges = Vec::new();
    let mut start = 0;
    for (end, byte) in text.bytes().chain([b' ']).enumerate() {
        if !byte.is_ascii_hexdigit() {
            if end - start == SIGNATURE_LEN {
                ranges.push(start..end);
            }
            start = end + 1;
        }
    }
    replace_ranges(text, ranges)
}

/// Replaces these ranges, which are sorted and do not overlap, with [`REDACTED`].
fn replace_ranges(text: &str, ranges: Vec<Range<usize>>) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = 0;
    for Range { start, end } in ranges {
        redacted.push_str(&text[rest..start]);
        redacted.push_str(REDACTED);
        rest = end;
    }
    redacted.push_str(&text[rest..]);
    redacted
}

/// Limits a text to this number of characters.
fn limit_chars(max_chars: usize, text: &str) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some(_) => text.chars().take(max_chars - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_redacted_before_the_text_is_shortened() {
        let text = format!("{}s3cr3t", "x".repeat(EXCERPT_CHARS - 3));
        let redacted = redact(&text, &["s3cr3t"]);
        assert!(!redacted.contains("s3"), "{redacted}");
        assert_eq!(redacted.chars().count(), EXCERPT_CHARS);
    }

    #[test]
    fn a_secret_that_the_window_cuts_off_is_redacted() {
        let secret = "s3cret-CANARY-0123456789";
        for shown in 1..secret.len() {
            let padded = format!("{}{secret}", " ".repeat(WINDOW - shown));
            assert_eq!(excerpt(padded.as_bytes(), &[secret]), REDACTED);
            let page = format!("<p>{}{secret}", "\n".repeat(WINDOW - shown - 3));
            assert_eq!(excerpt(page.as_bytes(), &[secret]), "<p>");
            // A redacted secret before the cut makes room for the text after it.
            let long = "x".repeat(WINDOW - shown);
            let follows = excerpt(format!("{long}{secret}").as_bytes(), &[&long, secret]);
            assert!(!follows.contains("s3"), "{follows}");
        }
        assert_eq!(excerpt("é".repeat(WINDOW).as_bytes(), &[secret]).chars().count(), EXCERPT_CHARS);
    }

    #[test]
    fn redaction_ignores_case_and_replaces_control_characters() {
        assert_eq!(excerpt(b"a\x1b[0mSign: ABCDEF\n", &["abcdef"]), "a [0mSign: [redacted]");
        assert_eq!(redact("the key", &["", "key"]), "the key");
        assert_eq!(redact("é kEy-aBcD é", &["Key-AbCd"]), "é [redacted] é");
    }

    #[test]
    fn an_excerpt_skips_leading_blanks() {
        assert_eq!(excerpt(format!("{}<html>", " ".repeat(2048)).as_bytes(), &[]), "<html>");
    }

    #[test]
    fn everything_in_the_form_of_a_signature_is_redacted() {
        let sign = "05d7a50893e22a5c4bb3216ae3396c7c";
        assert_eq!(redact(&format!("replay of {sign}!"), &[]), "replay of [redacted]!");
        assert_eq!(redact(&format!("{sign} {}", sign.to_uppercase()), &[]), "[redacted] [redacted]");
        let file = "120250811103439c1901f4c53b691b419ad8a143b.wav";
        assert_eq!(redact(file, &[]), file);
    }
}
