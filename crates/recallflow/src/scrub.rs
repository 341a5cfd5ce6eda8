//! Takes secrets out of what the service sent, before it becomes part of an error.

use crate::error::EXCERPT_CHARS;

/// Stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// Nobody has shorter secrets; a key such as `key` in an example would take ordinary words out of every message.
const SHORTEST: usize = 4;

/// Text of the service as it may be shown: without the secrets, and at most 512 characters.
pub(crate) fn scrub(text: &str, secrets: &[&str]) -> String {
    // A message may end up in a log or on a terminal, where it must not begin lines or change colours.
    let mut text: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST) {
        if text.contains(secret) {
            text = text.replace(secret, REDACTED);
        }
        // A signature is the same in either case, and a server may have changed it.
        let upper = secret.to_uppercase();
        if text.contains(&upper) {
            text = text.replace(&upper, REDACTED);
        }
    }
    shorten(text)
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
    }
}
