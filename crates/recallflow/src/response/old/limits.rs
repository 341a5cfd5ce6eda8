//! How many values an answer holds, which decides about the memory that it takes when it is read.
//!
//! `{},` are three bytes on the wire and hundreds as a record. So an answer whose bytes are allowed may still be far too
//! large, and is refused before it is read.

/// What a value counts at least, of the bytes that an answer may have.
const BYTES: usize = 256;

/// An answer without more bytes takes little memory whatever it holds. A page of 100 tasks is smaller than this.
const LITTLE: usize = 64 * 1024;

/// As many values may be in an answer of at most so many bytes.
pub(crate) fn most(max_response_bytes: usize) -> usize {
    max_response_bytes / BYTES
}

/// Whether an answer holds more values than that.
pub(crate) fn exceeds(body: &[u8], most: usize) -> bool {
    // Whoever has few in all has few beyond its texts, and can be told much faster.
    body.len() > LITTLE && separators(body) > most && separators_between_texts(body) > most
}

fn separators(body: &[u8]) -> usize {
    // Short pieces, so that sums fit a byte and many are made at once.
    let count = |piece: &[u8]| piece.iter().map(|&byte| u8::from(is_separator(byte))).sum::<u8>();
    body.chunks(128).map(|piece| usize::from(count(piece))).sum()
}

fn separators_between_texts(body: &[u8]) -> usize {
    let (mut count, mut in_text, mut is_escaped) = (0, false, false);
    for &byte in body {
        in_text ^= byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && in_text && !is_escaped;
        count += usize::from(is_separator(byte) && !in_text);
    }
    count
}

fn is_separator(byte: u8) -> bool {
    byte == b',' || byte == b'{'
}

#[cfg(test)]
mod tests {
    use super::{exceeds, most};

    #[test]
    fn values_count_and_texts_do_not() {
        let limit = most(8 << 20);
        assert_eq!(limit, 32_768);
        assert!(exceeds("{}  ,".repeat(limit / 2 + 1).as_bytes(), limit));
        assert!(!exceeds("{}  ,".repeat(limit / 2).as_bytes(), limit));
        assert!(!exceeds(&vec![b'x'; 8 << 20], limit));
        // Everything in it is counted, but it is little.
        assert!(!exceeds(&vec![b','; 64 * 1024], limit));
        assert!(exceeds(&vec![b','; 64 * 1024 + 1], limit));
    }

    #[test]
    fn what_stands_in_texts_is_no_value() {
        let limit = most(8 << 20);
        let text = ",{".repeat(limit);
        assert!(!exceeds(format!(r#"["{text}","\\","\"{text}"]"#).as_bytes(), limit));
        assert!(exceeds(format!(r#"["\"\\",{text}"#).as_bytes(), limit));
    }
}
