//! Tokens of JSON in their usual form, read eight bytes at a time.
//!
//! Each function takes the rest of a UTF-8 text, and returns the rest after the token. It returns `None` for
//! any other token, and for unusual forms of the same token, such as escaped text.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;

/// A name and the colon after it, without blanks.
#[derive(Debug)]
pub(super) struct Key {
    /// The bytes of `"name":` in memory order, padded with zeros.
    words: [u64; WORDS],
    /// The bits of `words` that belong to the name.
    masks: [u64; WORDS],
    length: usize,
}

/// Words for the longest names. The few that are longer are looked up instead.
const WORDS: usize = 3;

impl Key {
    pub(super) const fn new(name: &str) -> Self {
        let name = name.as_bytes();
        let length = name.len() + 3;
        let mut key = Self { words: [0; WORDS], masks: [0; WORDS], length };
        if length > 8 * WORDS {
            // No text has a rest after so many bytes.
            key.length = usize::MAX;
            return key;
        }
        let mut at = 0;
        while at < length {
            let byte = match at {
                0 => b'"',
                at if at == length - 2 => b'"',
                at if at == length - 1 => b':',
                at => name[at - 1],
            };
            key.words[at / 8] |= (byte as u64) << (at % 8 * 8);
            key.masks[at / 8] |= 0xff << (at % 8 * 8);
            at += 1;
        }
        key
    }

    /// Passes this name.
    #[inline]
    pub(super) fn pass<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        let (words, _) = rest.first_chunk::<{ 8 * WORDS }>()?.as_chunks::<8>();
        let difference = |at: usize| (u64::from_le_bytes(words[at]) ^ self.words[at]) & self.masks[at];
        let is_same = difference(0) == 0 && difference(1) == 0 && difference(2) == 0;
        if is_same { rest.get(self.length..) } else { None }
    }
}

/// Returns whether JSON allows the byte between its pieces.
#[inline]
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// Skips blanks.
#[inline]
pub(super) fn skip_blanks(mut rest: &[u8]) -> &[u8] {
    while let [first, after @ ..] = rest
        && is_blank(*first)
    {
        rest = after;
    }
    rest
}

/// Passes this byte and the blanks around it.
#[inline]
pub(super) fn pass(rest: &[u8], byte: u8) -> Option<&[u8]> {
    match skip_blanks(rest) {
        [first, after @ ..] if *first == byte => Some(skip_blanks(after)),
        _ => None,
    }
}

/// Passes a comma or the end of an object or list. Returns whether another item follows.
#[inline]
pub(super) fn more(rest: &[u8], end: u8) -> Option<(bool, &[u8])> {
    if let [b',', after @ ..] = rest
        && let [b'!'..=0xff, ..] = after
    {
        return Some((true, after));
    }
    match skip_blanks(rest) {
        [b',', after @ ..] => Some((true, skip_blanks(after))),
        [byte, after @ ..] if *byte == end => Some((false, skip_blanks(after))),
        _ => None,
    }
}

/// Reads a boolean, also one that is written as 0 or 1.
#[inline]
pub(super) fn boolean(rest: &[u8]) -> Option<(bool, &[u8])> {
    match rest {
        [b't', b'r', b'u', b'e', after @ ..] => Some((true, after)),
        [b'f', b'a', b'l', b's', b'e', after @ ..] => Some((false, after)),
        _ => match integer(rest)? {
            (0, after) => Some((false, after)),
            (1, after) => Some((true, after)),
            _ => None,
        },
    }
}

/// Reads an integer of up to 18 digits, which cannot overflow, without a fraction or an exponent.
#[inline]
pub(super) fn integer(rest: &[u8]) -> Option<(i64, &[u8])> {
    let (number, after) = digits(rest)?;
    if let [b'.' | b'e' | b'E', ..] = after { None } else { Some((number, after)) }
}

/// Reads digits, and leaves behind whatever follows them.
#[inline]
fn digits(rest: &[u8]) -> Option<(i64, &[u8])> {
    const ZEROS: u64 = ONES * b'0' as u64;
    if let Some(word) = rest.first_chunk::<8>() {
        // Digits become 0 to 9, and other bytes become larger.
        let word = u64::from_le_bytes(*word) ^ ZEROS;
        let others = (word.wrapping_add(ONES * (0x80 - 10)) | word) & HIGHS;
        let count = others.trailing_zeros() / 8;
        let begins_with_zero = word.to_le_bytes()[0] == 0;
        if matches!(count, 1..8) && !(begins_with_zero && count > 1) {
            let number = eight_digits(word << (64 - count * 8));
            return Some((number, rest.get(count as usize..)?));
        }
    }
    let (number, length) = long_integer(rest);
    if length == 0 { None } else { Some((number, rest.get(length..)?)) }
}

/// Returns the number with these eight digits, of which the first is in the lowest byte.
fn eight_digits(word: u64) -> i64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    // The lower byte of each pair holds its number.
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    let high = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let low = (pairs >> 16 & PAIRS).wrapping_mul(1 + (10_000 << 32));
    i64::from((high.wrapping_add(low) >> 32) as u32)
}

/// Reads a number of any length and sign, also at the end of the text. Returns it with its length in bytes, or with 0 if
/// there is no number.
#[cold]
fn long_integer(rest: &[u8]) -> (i64, usize) {
    let digits = rest.strip_prefix(b"-").unwrap_or(rest);
    let is_negative = digits.len() < rest.len();
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = &digits[..count];
    let number =
        digits.iter().fold(0, |number: i64, digit| number.wrapping_mul(10).wrapping_add((digit - b'0').into()));
    let is_plain = count == 1 || !digits.starts_with(b"0");
    // JSON has a negative zero only as a float.
    if !(1..=18).contains(&count) || !is_plain || (is_negative && number == 0) {
        return (0, 0);
    }
    if is_negative { (-number, count + 1) } else { (number, count) }
}

/// Reads a text without escapes.
#[inline]
pub(super) fn string(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let [b'"', text @ ..] = rest else { return None };
    let mut ahead = text;
    let length = loop {
        let Some((word, further)) = ahead.split_first_chunk::<8>() else {
            // The last bytes of the text are not a whole word.
            break text.len() - ahead.len() + ahead.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        };
        let word = u64::from_le_bytes(*word);
        let special = special(word);
        if special != 0 {
            break text.len() - ahead.len() + special.trailing_zeros() as usize / 8;
        }
        ahead = further;
    };
    let (text, after) = text.split_at_checked(length)?;
    let [b'"', after @ ..] = after else { return None };
    Some((text, after))
}

/// Marks the first byte of a word that is a quotation mark, a backslash or a control character, by its highest bit. Later
/// marks may be wrong.
fn special(word: u64) -> u64 {
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit));
    // Flipping one bit moves the quotation mark next to the control characters, and no other byte there.
    let control = below(word ^ (ONES * 2), 0x21);
    let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
    (control | backslash) & !word & HIGHS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_of_a_word_is_found() {
        for special_byte in [b'"', b'\\', 0, 0x1f, b'\n'] {
            for place in 0..8 {
                let mut word = *b"aZ~\x7f\xc2\xbaz ";
                word[place] = special_byte;
                let found = special(u64::from_le_bytes(word)).trailing_zeros() as usize / 8;
                assert_eq!(found, place, "{special_byte}");
            }
        }
        assert_eq!(special(u64::from_le_bytes(*b"aZ~\x7f\xc2\xba !")), 0);
    }

    #[test]
    fn only_quotes_backslashes_and_control_characters_are_special() {
        for byte in 0..=u8::MAX {
            let is_special = matches!(byte, b'"' | b'\\' | 0..0x20);
            assert_eq!(special(u64::from_le_bytes([byte; 8])) != 0, is_special, "{byte}");
        }
    }

    #[test]
    fn texts_of_every_length_are_read() {
        for length in 0..20 {
            for end in ["", ",", ",\"another\":\"text\"", "\u{ff}\u{ff}\u{ff}\u{ff}"] {
                let plain = "a".repeat(length);
                let body = format!("\"{plain}\"{end}");
                assert_eq!(string(body.as_bytes()), Some((plain.as_bytes(), end.as_bytes())), "{body}");
                for place in 0..length {
                    let text = format!("{}ñ{}", &plain[..place], &plain[place + 1..]);
                    let body = format!("\"{text}\"{end}");
                    assert_eq!(string(body.as_bytes()), Some((text.as_bytes(), end.as_bytes())), "{text} {end}");
                }
            }
        }
        for odd in ["", "\"", "a", "\"aaaaaaaaa", "\"a\\\"aaaaaaaa\"", "\"aaaaaaaaaa\n\"", "\"a\t\""] {
            assert_eq!(string(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn numbers_of_every_length_are_read() {
        for digits in ["0", "7", "19", "987", "5000602", "50006021", "500060219", "999999999999999999"] {
            for text in [digits.to_owned(), format!("-{digits}")] {
                for end in [",", "}", "]  ", ",\"name\":", " ", ".5,", "e5", "E5", ""] {
                    let body = format!("{text}{end}");
                    let is_integer = text != "-0" && !end.starts_with(['.', 'e', 'E']);
                    let expected = is_integer.then(|| (text.parse().unwrap(), end.as_bytes()));
                    assert_eq!(integer(body.as_bytes()), expected, "{body}");
                }
            }
        }
        for odd in ["", "-", "-,", "01,23456", "00,23456", "-01,", "1000000000000000000,", "a1,34567", "\"1\",4567"] {
            assert_eq!(integer(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn a_name_is_passed_only_if_every_byte_matches() {
        for name in ["a", "taskId", "12345", "123456", "agentTotalFeetime", "123456789012345678901"] {
            let body = format!("\"{name}\":1,                        ");
            let key = Key::new(name);
            assert!(key.pass(body.as_bytes()).is_some_and(|rest| rest.starts_with(b"1,")), "{name}");
            for place in 0..name.len() + 3 {
                let mut changed = body.clone().into_bytes();
                changed[place] ^= 1;
                assert_eq!(key.pass(&changed), None, "{name} {place}");
            }
        }
        assert_eq!(Key::new("1234567890123456789012").pass(b"\"1234567890123456789012\":1 "), None);
    }
}
