//! Reads answers that are exactly as documented, in a fraction of the time that any answer takes.
//!
//! It knows the fields in advance and expects them in their order. Whatever is out of the ordinary, such as a field that
//! is not documented, a value of another type, an escaped character or an error, makes it give up, and the answer is read
//! anew by [`response`](crate::response), which decides everything. So it must never read what the other would
//! read differently: a test compares the two.

use super::shape::{Kind, Shape};
use super::table::{Cell, Table, small, width};
use super::tokens::{boolean, integer, more, pass, skip_blanks, string};
use crate::LocalDateTime;
use crate::generated::ffi::RESPONSES;
use crate::generated::service::{ENVELOPE_CODE, ENVELOPE_DATA, ENVELOPE_MESSAGE};

/// The data of a success.
pub(super) fn open(body: &[u8], shape: &'static Shape) -> Option<Table> {
    let mut scan = Scan::new(body);
    let (mut code, mut message, mut data) = (None, false, false);
    let mut rest = pass(body, b'{')?;
    let mut is_open = true;
    while is_open {
        let (name, value) = string(rest)?;
        let value = pass(value, b':')?;
        if name == ENVELOPE_CODE[0].as_bytes() && code.is_none() {
            let (number, after) = integer(value)?;
            (code, rest) = (Some(number), after);
        } else if name == ENVELOPE_MESSAGE[0].as_bytes() && !message {
            (_, rest) = string(value)?;
            message = true;
        } else if name == ENVELOPE_DATA[0].as_bytes() && !data {
            (_, rest) = scan.object(value, shape, 0)?;
            data = true;
        } else {
            return None;
        }
        (is_open, rest) = more(rest, b'}')?;
    }
    (data && code == Some(0) && rest.is_empty()).then_some(scan.table)
}

/// An object alone.
pub(super) fn object(body: &[u8], shape: &'static Shape) -> Option<Table> {
    let mut scan = Scan::new(body);
    let (_, rest) = scan.object(body, shape, 0)?;
    skip_blanks(rest).is_empty().then_some(scan.table)
}

/// Deeper answers are read in the other way, which knows how deep it may go.
const DEEPEST: usize = 8;

/// Goes through a body, and gives up with `None`. Its functions take what is left of the body and give what is left
/// after them.
struct Scan {
    /// The length of the body.
    length: usize,
    table: Table,
}

impl Scan {
    fn new(body: &[u8]) -> Self {
        Self { length: body.len(), table: Table::default() }
    }

    /// An object, as the position of its first cell in the level.
    fn object<'a>(&mut self, rest: &'a [u8], shape: &'static Shape, level: usize) -> Option<(u32, &'a [u8])> {
        let mut cells = self.table.take(level);
        let first = cells.len();
        let after = self.row(rest, shape, &mut cells, level)?;
        self.table.put_back(level, cells);
        Some((small(first), after))
    }

    /// A list of objects.
    fn objects<'a>(&mut self, rest: &'a [u8], shape: &'static Shape, level: usize) -> Option<(Cell, &'a [u8])> {
        let mut cells = self.table.take(level);
        // A value takes about as many bytes, so that the cells are hardly ever moved.
        cells.reserve(rest.len() / 24);
        let first = small(cells.len());
        let (count, after) = list(rest, |item| self.row(item, shape, &mut cells, level))?;
        self.table.put_back(level, cells);
        Some((Cell::Objects(first, count), after))
    }

    /// A list of values.
    fn values<'a>(&mut self, rest: &'a [u8], kind: &Kind, level: usize) -> Option<(Cell, &'a [u8])> {
        let mut cells = self.table.take(level);
        let first = small(cells.len());
        let (count, after) = list(rest, |item| {
            let mut cell = Cell::Absent;
            let after = self.scalar(item, kind, &mut cell)?;
            cells.push(cell);
            Some(after)
        })?;
        self.table.put_back(level, cells);
        Some((Cell::Values(first, count), after))
    }

    /// An object, whose cells are added to those of the level.
    fn row<'a>(
        &mut self,
        rest: &'a [u8],
        shape: &'static Shape,
        cells: &mut Vec<Cell>,
        level: usize,
    ) -> Option<&'a [u8]> {
        let first = cells.len();
        cells.resize(first + width(shape), Cell::Absent);
        let cells = cells.get_mut(first..)?;
        let mut rest = pass(rest, b'{')?;
        if let [b'}', after @ ..] = rest {
            return Some(after);
        }
        let mut expected = 0;
        loop {
            let as_expected = shape.fields.get(expected).and_then(|field| field.key.pass(rest));
            let (position, value) = match as_expected {
                Some(value) if !matches!(value, [0..=b' ', ..]) => (expected, value),
                _ => name(rest, shape)?,
            };
            let kind = &shape.fields.get(position)?.kind;
            let cell = cells.get_mut(position).filter(|cell| matches!(cell, Cell::Absent))?;
            if let [b'n', value @ ..] = value {
                rest = value.strip_prefix(b"ull")?;
            } else {
                rest = match kind {
                    Kind::Object(_) | Kind::List(_) => self.nested(value, kind, level + 1, cell)?,
                    kind => self.scalar(value, kind, cell)?,
                };
            }
            let (is_open, after) = more(rest, b'}')?;
            if !is_open {
                return Some(after);
            }
            rest = after;
            expected = position + 1;
        }
    }

    fn nested<'a>(&mut self, rest: &'a [u8], kind: &'static Kind, level: usize, cell: &mut Cell) -> Option<&'a [u8]> {
        let after;
        (*cell, after) = match kind {
            _ if level > DEEPEST => return None,
            Kind::Object(position) => {
                let (first, after) = self.object(rest, &RESPONSES[*position], level)?;
                (Cell::Object(first), after)
            }
            Kind::List(Kind::Object(position)) => self.objects(rest, &RESPONSES[*position], level)?,
            Kind::List(item) => self.values(rest, item, level)?,
            _ => return None,
        };
        Some(after)
    }

    /// A value that is no object and no list, and fits its field.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is called for every value, and what it gives would go through memory")]
    fn scalar<'a>(&self, rest: &'a [u8], kind: &Kind, cell: &mut Cell) -> Option<&'a [u8]> {
        match kind {
            Kind::Int64 | Kind::Enum(_) => {
                let (number, after) = integer(rest)?;
                *cell = Cell::Int(number);
                Some(after)
            }
            Kind::Text => {
                let (text, after) = string(rest)?;
                let end = self.length - after.len() - 1;
                *cell = Cell::Span((end - text.len()).try_into().ok()?, end.try_into().ok()?);
                Some(after)
            }
            Kind::Time => {
                let (text, after) = string(rest)?;
                *cell = Cell::Time(LocalDateTime::parse(text)?);
                Some(after)
            }
            Kind::Flag | Kind::Bool => {
                let (value, after) = boolean(rest)?;
                *cell = Cell::Bool(value);
                Some(after)
            }
            // Whole numbers as large as these are the same as floats.
            Kind::Int32 | Kind::Float => {
                let (number, after) = integer(rest)?;
                let number = i32::try_from(number).ok()?;
                *cell = if matches!(kind, Kind::Float) { Cell::Float(number.into()) } else { Cell::Int(number.into()) };
                Some(after)
            }
            Kind::Object(_) | Kind::List(_) => None,
        }
    }
}

/// Passes the name of a member, whichever it is, and tells its position.
#[cold]
fn name<'a>(rest: &'a [u8], shape: &Shape) -> Option<(usize, &'a [u8])> {
    let (name, rest) = string(rest)?;
    let position = shape.fields.iter().position(|field| field.wire.as_bytes() == name)?;
    Some((position, pass(rest, b':')?))
}

/// Goes through a list, and counts what is in it.
fn list<'a>(rest: &'a [u8], mut item: impl FnMut(&'a [u8]) -> Option<&'a [u8]>) -> Option<(u32, &'a [u8])> {
    let mut rest = pass(rest, b'[')?;
    if let [b']', after @ ..] = rest {
        return Some((0, after));
    }
    let mut count = 0;
    loop {
        let (is_open, after) = more(item(rest)?, b']')?;
        count += 1;
        if !is_open {
            return Some((count, after));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use recallflow_tests::{Case, load};
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;
    use crate::OPERATIONS;
    use crate::ffi::record::{AsRecord, Place};
    use crate::generated::ffi::CALLS;
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
        let shape = &RESPONSES[response];
        let to_json = |table: &Table| Place { body, table, level: 0 }.row(shape).to_json();
        let Some(table) = open(body, shape) else { return false };
        let expected = match envelope::open(body, AsRecord { response: Some(response) }) {
            Ok(Envelope { code: 0, data: Data::Response(Some(table)), .. }) => to_json(&table),
            _ => Value::Null,
        };
        assert_eq!(to_json(&table), expected, "{}", String::from_utf8_lossy(body));
        true
    }

    /// The body without the blanks between its pieces, as the service writes it.
    fn compact(body: &str) -> String {
        let (mut in_text, mut is_escaped) = (false, false);
        let mut is_kept = |character: &char| {
            in_text ^= *character == '"' && !is_escaped;
            is_escaped = *character == '\\' && !is_escaped;
            in_text || !character.is_ascii_whitespace()
        };
        body.chars().filter(|character| is_kept(character)).collect()
    }

    #[test]
    fn what_it_reads_is_what_the_other_way_reads() {
        let mut taken = 0;
        for (number, case) in load::<File>("decoding").cases.iter().enumerate() {
            let Answered { operation, body } = &case.content;
            let position = OPERATIONS.iter().position(|known| known.name == operation).unwrap();
            let Some(response) = CALLS[position].response else { continue };
            for body in [body.clone(), compact(body)] {
                taken += usize::from(compare(body.as_bytes(), response));
                for place in (number % 5..body.len()).step_by(5) {
                    compare_changed(body.as_bytes(), place, response);
                }
            }
        }
        assert!(taken > 20, "{taken}");
    }

    /// Reads a body in which something else stands in this place, both ways.
    fn compare_changed(body: &[u8], place: usize, response: usize) {
        let mut changed = body.to_vec();
        changed.remove(place);
        compare(&changed, response);
        for byte in *b"\"\\{}[],:0179-+eE. tfn\n\x00\x1f\x7f\xff" {
            changed.clear();
            changed.extend(body);
            changed[place] = byte;
            compare(&changed, response);
            changed.insert(place, body[place]);
            compare(&changed, response);
        }
    }
}
