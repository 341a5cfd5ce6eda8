//! The pieces of JSON as the service writes it, read by words of eight bytes.
//!
//! Each function takes what is left of a body and gives what is left after the piece, or `None` if something else stands
//! there, or something that JSON allows but the service does not write. All but texts is ASCII, and texts are UTF-8.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;

/// The name of a member and the colon after it, as they are usually written.
#[derive(Debug)]
pub(super) struct Key {
    /// `"name":` in memory's order, filled up with zeros.
    words: [u64; WORDS],
    /// The bits of the words that count.
    masks: [u64; WORDS],
    length: usize,
}

/// Few names are longer; those are found more slowly.
const WORDS: usize = 3;

impl Key {
    pub(super) const fn new(name: &str) -> Self {
        let name = name.as_bytes();
        let length = name.len() + 3;
        let mut key = Self { words: [0; WORDS], masks: [0; WORDS], length };
        if length > 8 * WORDS {
            // Nothing is left after so many bytes.
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

    /// What comes after this name.
    #[inline]
    pub(super) fn pass<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        let (words, _) = rest.first_chunk::<{ 8 * WORDS }>()?.as_chunks::<8>();
        let difference = |at: usize| (u64::from_le_bytes(words[at]) ^ self.words[at]) & self.masks[at];
        let is_same = difference(0) == 0 && difference(1) == 0 && difference(2) == 0;
        if is_same { rest.get(self.length..) } else { None }
    }
}

#[inline]
pub(super) fn skip_blanks(mut rest: &[u8]) -> &[u8] {
    while let [b' ' | b'\n' | b'\r' | b'\t', after @ ..] = rest {
        rest = after;
    }
    rest
}

/// Passes this byte, and the blanks around it.
#[inline]
pub(super) fn pass(rest: &[u8], byte: u8) -> Option<&[u8]> {
    match skip_blanks(rest) {
        [first, after @ ..] if *first == byte => Some(skip_blanks(after)),
        _ => None,
    }
}

/// Passes the comma before another element, or the end of the list; tells whether there is another element.
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

/// A whole number of up to 18 digits, which cannot overflow. A fraction or an exponent is left behind it.
#[inline]
pub(super) fn integer(rest: &[u8]) -> Option<(i64, &[u8])> {
    const ZEROS: u64 = ONES * b'0' as u64;
    if let Some(word) = rest.first_chunk::<8>() {
        // Digits become their values, and everything else more than nine.
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

/// The number of which these are the digits, the first one in the lowest byte.
fn eight_digits(word: u64) -> i64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    // Each pair in the lower of its bytes.
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    let high = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let low = (pairs >> 16 & PAIRS).wrapping_mul(1 + (10_000 << 32));
    i64::from((high.wrapping_add(low) >> 32) as u32)
}

/// A number of any length and sign, or at the end of the body, and its length in bytes, which is 0 if there is none.
#[cold]
fn long_integer(rest: &[u8]) -> (i64, usize) {
    let digits = rest.strip_prefix(b"-").unwrap_or(rest);
    let is_negative = digits.len() < rest.len();
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = &digits[..count];
    let number =
        digits.iter().fold(0, |number: i64, digit| number.wrapping_mul(10).wrapping_add((digit - b'0').into()));
    let is_plain = count == 1 || !digits.starts_with(b"0");
    // A negative zero is a float.
    if !(1..=18).contains(&count) || !is_plain || (is_negative && number == 0) {
        return (0, 0);
    }
    if is_negative { (-number, count + 1) } else { (number, count) }
}

/// A text without escapes.
#[inline]
pub(super) fn string(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let [b'"', text @ ..] = rest else { return None };
    let mut ahead = text;
    let mut seen = 0;
    let length = loop {
        let Some((word, further)) = ahead.split_first_chunk::<8>() else {
            // The last bytes of the body are no whole word.
            seen |= HIGHS;
            break text.len() - ahead.len() + ahead.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        };
        let word = u64::from_le_bytes(*word);
        let special = special(word);
        if special != 0 {
            // The bits below the one that marks the end.
            seen |= word & (special ^ special.wrapping_sub(1));
            break text.len() - ahead.len() + special.trailing_zeros() as usize / 8;
        }
        seen |= word;
        ahead = further;
    };
    let (text, after) = text.split_at_checked(length)?;
    let [b'"', after @ ..] = after else { return None };
    let is_plain = seen & HIGHS == 0 || std::str::from_utf8(text).is_ok();
    is_plain.then_some((text, after))
}

/// The first bit that is set marks the first byte of a word that ends a text, is a backslash or a control character.
/// Those after it may be wrong.
fn special(word: u64) -> u64 {
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit));
    // Changing one bit brings the quotation mark next to the control characters, and nothing else that is below it.
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
    fn only_what_ends_a_text_is_special() {
        for byte in 0..=u8::MAX {
            let is_special = matches!(byte, b'"' | b'\\' | 0..0x20);
            assert_eq!(special(u64::from_le_bytes([byte; 8])) != 0, is_special, "{byte}");
        }
    }

    #[test]
    fn texts_of_every_length_are_read_if_they_are_utf_8() {
        for length in 0..20 {
            for end in ["", ",", ",\"another\":\"text\"", "\u{ff}\u{ff}\u{ff}\u{ff}"] {
                let plain = "a".repeat(length);
                let body = format!("\"{plain}\"{end}");
                assert_eq!(string(body.as_bytes()), Some((plain.as_bytes(), end.as_bytes())), "{body}");
                for place in 0..length {
                    let text = format!("{}ñ{}", &plain[..place], &plain[place + 1..]);
                    let mut body = format!("\"{text}\"{end}").into_bytes();
                    assert_eq!(string(&body), Some((text.as_bytes(), end.as_bytes())), "{text} {end}");
                    for half in [place + 1, place + 2] {
                        let byte = std::mem::replace(&mut body[half], b'a');
                        assert_eq!(string(&body), None, "{text} {end} {half}");
                        body[half] = byte;
                    }
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
                for end in [",", "}", "]  ", ",\"name\":", " ", ".5,", "e5", ""] {
                    let body = format!("{text}{end}");
                    let expected = (text != "-0").then(|| (text.parse().unwrap(), end.as_bytes()));
                    assert_eq!(integer(body.as_bytes()), expected, "{body}");
                }
            }
        }
        for odd in ["", "-", "-,", "01,23456", "00,23456", "-01,", "1000000000000000000,", "a1,34567", "\"1\",4567"] {
            assert_eq!(integer(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn a_name_is_passed_only_if_it_is_the_same() {
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
