//! Reads answers that are exactly as documented, in a fraction of the time that any answer takes.
//!
//! It knows the fields in advance and expects them in their order. Whatever is out of the ordinary, such as a field that
//! is not documented, a value of another type, an escaped character or an error, makes it give up, and the answer is read
//! anew by [`response`](crate::response), which decides everything. So it must never read what the other would
//! read differently: a test compares the two.

use super::record::{Cell, Row};
use super::shape::{Kind, Shape};
use crate::LocalDateTime;
use crate::generated::host::RESPONSES;
use crate::generated::service::{ENVELOPE_CODE, ENVELOPE_DATA, ENVELOPE_MESSAGE};

/// The data of a success.
pub(super) fn open(body: &[u8], shape: &'static Shape) -> Option<Row> {
    std::str::from_utf8(body).ok()?;
    let mut reader = Reader { bytes: body, at: 0 };
    let (mut code, mut message, mut data) = (None, false, None);
    reader.object(|reader, name| {
        if name == ENVELOPE_CODE[0].as_bytes() && code.is_none() {
            code = Some(reader.integer()?);
        } else if name == ENVELOPE_MESSAGE[0].as_bytes() && !message {
            message = reader.string().is_some();
            message.then_some(())?;
        } else if name == ENVELOPE_DATA[0].as_bytes() && data.is_none() {
            data = Some(reader.row(shape)?);
        } else {
            return None;
        }
        Some(())
    })?;
    reader.skip_blanks();
    data.filter(|_| code == Some(0) && reader.at == body.len())
}

/// An object alone.
pub(super) fn object(body: &[u8], shape: &'static Shape) -> Option<Row> {
    std::str::from_utf8(body).ok()?;
    let mut reader = Reader { bytes: body, at: 0 };
    let row = reader.row(shape)?;
    reader.skip_blanks();
    (reader.at == body.len()).then_some(row)
}

/// Goes through a body, and gives up with `None`.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Passes this byte, and the blanks around it.
    fn pass(&mut self, byte: u8) -> Option<()> {
        self.skip_blanks();
        (self.peek()? == byte).then_some(())?;
        self.at += 1;
        self.skip_blanks();
        Some(())
    }

    /// Passes these bytes.
    fn pass_all(&mut self, bytes: &[u8]) -> Option<()> {
        self.bytes[self.at..].starts_with(bytes).then_some(())?;
        self.at += bytes.len();
        Some(())
    }

    /// Passes the comma before another element, or the end of the list; tells whether there is another element.
    fn more(&mut self, end: u8) -> Option<bool> {
        if let [b',', after, ..] = self.bytes[self.at..]
            && after > b' '
        {
            self.at += 1;
            return Some(true);
        }
        self.skip_blanks();
        let byte = self.peek()?;
        self.at += 1;
        self.skip_blanks();
        match byte {
            b',' => Some(true),
            byte if byte == end => Some(false),
            _ => None,
        }
    }

    /// Goes through an object; `member` reads the value of the member of this name.
    fn object(&mut self, mut member: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.pass(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let name = self.string()?;
            self.pass(b':')?;
            member(self, &self.bytes[name.0..name.1])?;
            if !self.more(b'}')? {
                return Some(());
            }
        }
    }

    fn row(&mut self, shape: &'static Shape) -> Option<Row> {
        let mut row = Row::new(shape);
        self.pass(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(row);
        }
        let mut expected = 0;
        loop {
            let field = if self.pass_name(shape.names.get(expected)?) { expected } else { self.field(shape)? };
            expected = field + 1;
            let cell = row.cells.get_mut(field).filter(|cell| cell.is_none())?;
            *cell = self.cell(&shape.fields[field].kind)?;
            if !self.more(b'}')? {
                return Some(row);
            }
        }
    }

    /// Passes the name of a member, if it is this one and written as usual.
    fn pass_name(&mut self, name: &str) -> bool {
        let rest = &self.bytes[self.at..];
        let is_it = rest.len() > name.len() + 3
            && rest[0] == b'"'
            && &rest[1..=name.len()] == name.as_bytes()
            && rest[name.len() + 1] == b'"'
            && rest[name.len() + 2] == b':'
            && rest[name.len() + 3] > b' ';
        if is_it {
            self.at += name.len() + 3;
        }
        is_it
    }

    /// Passes the name of a member, whichever it is.
    fn field(&mut self, shape: &Shape) -> Option<usize> {
        let (start, end) = self.string()?;
        self.pass(b':')?;
        let name = &self.bytes[start..end];
        shape.names.iter().take(shape.fields.len()).position(|known| known.as_bytes() == name)
    }

    /// A value that fits its field; the inner `None` stands for null.
    #[expect(clippy::option_option, reason = "the outer one gives up")]
    fn cell(&mut self, kind: &'static Kind) -> Option<Option<Cell>> {
        if self.peek()? == b'n' {
            self.pass_all(b"null")?;
            return Some(None);
        }
        Some(Some(match kind {
            Kind::Int32 => Cell::Int(i32::try_from(self.integer()?).ok()?.into()),
            Kind::Int64 | Kind::Enum(_) => Cell::Int(self.integer()?),
            // Whole numbers as large as these are the same as floats.
            Kind::Float => Cell::Float(i32::try_from(self.integer()?).ok()?.into()),
            Kind::Flag | Kind::Bool => Cell::Bool(self.boolean()?),
            Kind::Text => {
                let (start, end) = self.string()?;
                Cell::Span(start.try_into().ok()?, end.try_into().ok()?)
            }
            Kind::Time => {
                let (start, end) = self.string()?;
                Cell::Time(LocalDateTime::parse(std::str::from_utf8(&self.bytes[start..end]).ok()?)?)
            }
            Kind::Object(position) => Cell::Object(Box::new(self.row(&RESPONSES[*position])?)),
            Kind::List(Kind::Object(position)) => {
                Cell::Objects(Box::new(self.list(|reader| reader.row(&RESPONSES[*position]))?))
            }
            Kind::List(item) => Cell::Values(Box::new(self.list(|reader| reader.cell(item)?)?)),
        }))
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.pass(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Some(Vec::new());
        }
        let mut items = Vec::new();
        loop {
            items.push(item(self)?);
            if !self.more(b']')? {
                return Some(items);
            }
        }
    }

    fn boolean(&mut self) -> Option<bool> {
        match self.peek()? {
            b't' => self.pass_all(b"true").map(|()| true),
            b'f' => self.pass_all(b"false").map(|()| false),
            _ => match self.integer()? {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            },
        }
    }

    /// A whole number of up to 18 digits, which cannot overflow.
    fn integer(&mut self) -> Option<i64> {
        let is_negative = self.peek()? == b'-';
        self.at += usize::from(is_negative);
        let start = self.at;
        let mut number: i64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            self.at += 1;
        }
        let digits = self.at - start;
        let is_plain = digits == 1 || self.bytes.get(start) != Some(&b'0');
        // A negative zero is a float as well.
        let is_float = matches!(self.peek(), Some(b'.' | b'e' | b'E')) || (is_negative && number == 0);
        ((1..=18).contains(&digits) && is_plain && !is_float).then(|| if is_negative { -number } else { number })
    }

    /// A text without escapes: where it begins and ends.
    fn string(&mut self) -> Option<(usize, usize)> {
        (self.peek()? == b'"').then_some(())?;
        let start = self.at + 1;
        let mut at = start;
        while let Some(word) = self.bytes.get(at..at + 8) {
            let special = special(u64::from_le_bytes(word.try_into().ok()?));
            if special != 0 {
                at += special.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        // The last bytes of the body are no whole word.
        while !matches!(self.bytes.get(at)?, b'"' | b'\\' | 0..0x20) {
            at += 1;
        }
        (self.bytes[at] == b'"').then_some(())?;
        self.at = at + 1;
        Some((start, at))
    }
}

/// The first bit that is set marks the first byte of a word that ends a text, is a backslash or a control character.
/// Those after it may be wrong.
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = ONES << 7;
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) & HIGHS
}

#[cfg(test)]
mod tests {
    use recallflow_tests::{Case, load};
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;
    use crate::OPERATIONS;
    use crate::generated::host::CALLS;
    use crate::host::record::AsRecord;
    use crate::response::envelope::{self, Data, Envelope};

    #[derive(Deserialize)]
    struct File {
        cases: Vec<Case<Answered>>,
    }

    #[derive(Deserialize)]
    struct Answered {
        operation: String,
        body: String,
    }

    /// Reads a body both ways; true if the shortcut did not give up.
    fn compare(body: &[u8], response: usize) -> bool {
        let Some(row) = open(body, &RESPONSES[response]) else { return false };
        let expected = match envelope::open(body, AsRecord { response: Some(response) }) {
            Ok(Envelope { code: 0, data: Data::Response(Some(row)), .. }) => row.to_json(body),
            _ => Value::Null,
        };
        assert_eq!(row.to_json(body), expected, "{}", String::from_utf8_lossy(body));
        true
    }

    #[test]
    fn what_it_reads_is_what_the_other_way_reads() {
        let mut taken = 0;
        for (number, case) in load::<File>("decoding").cases.iter().enumerate() {
            let Answered { operation, body } = &case.content;
            let position = OPERATIONS.iter().position(|known| known.name == operation).unwrap();
            let Some(response) = CALLS[position].response else { continue };
            taken += usize::from(compare(body.as_bytes(), response));
            for place in (number % 5..body.len()).step_by(5) {
                let mut changed = body.clone().into_bytes();
                changed.remove(place);
                compare(&changed, response);
                for byte in *b"\"\\{}[],:0179-+eE. tfn\n\x00\x1f\x7f\xff" {
                    changed.clone_from(&body.clone().into_bytes());
                    changed[place] = byte;
                    compare(&changed, response);
                    changed.insert(place, body.as_bytes()[place]);
                    compare(&changed, response);
                }
            }
        }
        assert!(taken > 10, "{taken}");
    }

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
}
