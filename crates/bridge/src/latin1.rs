//! Converts UTF-8 to Latin-1, the internal format of Python and JavaScript for text with characters up to U+00FF.
//!
//! Creating such a string from Latin-1 is a copy. Creating it from UTF-8 takes several times as long.

/// Appends a UTF-8 text as Latin-1 and returns true, or appends nothing if a character is above U+00FF.
pub fn push(units: &mut Vec<u8>, mut text: &[u8]) -> bool {
    let start = units.len();
    loop {
        let (ascii, rest) = text.split_at(ascii_prefix_len(text));
        units.extend_from_slice(ascii);
        match rest {
            [] => return true,
            [lead @ (0xc2 | 0xc3), last @ 0x80..=0xbf, after @ ..] => {
                units.push(lead << 6 | last & 0x3f);
                text = after;
            }
            _ => {
                units.truncate(start);
                return false;
            }
        }
    }
}

/// Returns the length of the ASCII prefix. It compares eight bytes at a time, because most text is ASCII.
fn ascii_prefix_len(text: &[u8]) -> usize {
    const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, _) = text.as_chunks::<8>();
    let start = 8 * words.iter().take_while(|word| u64::from_ne_bytes(**word) & HIGH_BITS == 0).count();
    start + text[start..].iter().take_while(|byte| byte.is_ascii()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_up_to_u_00ff_is_one_byte() {
        for character in '\0'..='\u{ff}' {
            let text = format!("a{character}b");
            let mut units = b"x".to_vec();
            assert!(push(&mut units, text.as_bytes()), "{character:?}");
            assert_eq!(units, [b'x', b'a', character as u8, b'b'], "{character:?}");
        }
    }

    #[test]
    fn a_character_may_be_at_any_position() {
        for before in 0..20 {
            for after in 0..20 {
                let text = format!("{}ñ{}", "a".repeat(before), "b".repeat(after));
                let mut units = Vec::new();
                assert!(push(&mut units, text.as_bytes()), "{text}");
                assert_eq!(units.iter().map(|unit| char::from(*unit)).collect::<String>(), text);
            }
        }
    }

    #[test]
    fn other_text_and_invalid_utf_8_appends_nothing() {
        for text in ["añ\u{100}", "añ€", "añ😀"].map(str::as_bytes).into_iter().chain([
            b"a\xc3".as_slice(),
            b"a\xc3a",
            b"a\xff",
            b"a\x80",
            b"a\xc1\x80",
        ]) {
            let mut units = b"x".to_vec();
            assert!(!push(&mut units, text), "{text:?}");
            assert_eq!(units, b"x", "{text:?}");
        }
    }
}
