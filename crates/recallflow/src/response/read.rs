//! Reads JSON into a [`Table`], in one pass.
//!
//! Names in the documented order and values of the documented type take a fast path. Any other value is read on its own,
//! and then reading goes on:
//!
//! - A value that does not fit its field, and a field that is not documented, are kept in [`Extra`].
//! - If a name comes twice, the last value counts. `null` does not replace a value.
//! - An alias counts only if the usual name has no value.
//! - A list is kept in `Extra` as a whole if some of its items do not fit.
//!
//! Only invalid JSON and a response beyond its limits are errors.

use std::borrow::Cow;
use std::mem;
use std::ops::Range;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::coerce::coerce;
use super::shape::{Kind, Shape};
use super::table::{Cell, Table, small};
use super::text::unescape;
use super::tokens::{boolean, integer, is_blank, more, pass, skip_blanks, string};
use super::write::cell_to_json;
use crate::datetime::LocalDateTime;
use crate::extra::Extra;
use crate::generated::shapes::RESPONSES;

/// Objects and lists within each other, as many as `serde_json` allows.
const MAX_DEPTH: usize = 127;

/// A shorter response takes little memory whatever it holds. A page of 100 tasks is shorter.
const UNCOUNTED_BYTES: usize = 64 * 1024;

/// Minimum bytes charged per JSON value: `{},` has three bytes on the wire and hundreds in memory.
const BYTES_PER_VALUE: usize = 256;

/// Returns the number of values that a response of at most this many bytes may hold.
pub(crate) fn max_values(max_response_bytes: usize) -> usize {
    max_response_bytes / BYTES_PER_VALUE
}

/// The reason why JSON cannot be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unreadable {
    /// It is not JSON, or has a number beyond those of 64 bits.
    Malformed,
    /// Objects and lists are nested too deeply.
    TooDeep,
    /// It holds more values than are allowed.
    TooManyValues,
}

impl Unreadable {
    /// Describes what the JSON is instead of an object, with the line and column of a syntax error.
    pub(crate) fn describe(self, json: &str) -> String {
        let got = match self {
            Self::TooManyValues => "too many values".to_owned(),
            Self::TooDeep => format!("more than {MAX_DEPTH} nested values: recursion limit exceeded"),
            Self::Malformed => match serde_json::from_str::<IgnoredAny>(json) {
                Err(error) => format!("invalid JSON: {error}"),
                Ok(_) => match json.trim_start().as_bytes() {
                    [b'{', ..] => "a number out of range",
                    [b'[', ..] => "a list",
                    [b'"', ..] => "text",
                    [b'n', ..] => "null",
                    [b't' | b'f', ..] => "a boolean",
                    _ => "a number",
                }
                .to_owned(),
            },
        };
        format!("expected a JSON object, got {got}")
    }
}

/// The rest of the text after a token.
pub(crate) type Rest<'b> = Result<&'b [u8], Unreadable>;

/// Reads one text. Its functions take the rest of the text, and return the rest after what they read.
pub(crate) struct Reader<'b> {
    text: &'b str,
    table: Table,
    depth: usize,
    /// The number of values that may still come.
    values: usize,
}

/// An object while it is read.
struct OpenObject<'c> {
    shape: &'static Shape,
    cells: &'c mut [Cell],
    extra: Extra,
    /// The level of its cells.
    level: usize,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(text: &'b str, max_values: usize) -> Self {
        let values = if text.len() > UNCOUNTED_BYTES { max_values } else { usize::MAX };
        Self { text, table: Table::default(), depth: 0, values }
    }

    /// Reads the outermost object into a new table.
    pub(crate) fn root(&mut self, rest: &'b [u8], shape: &'static Shape) -> Result<(Table, &'b [u8]), Unreadable> {
        self.table = Table::default();
        let (_, rest) = self.object(rest, shape, 0)?;
        Ok((mem::take(&mut self.table), rest))
    }

    /// Checks any value within the limits, and returns its position in the text.
    pub(crate) fn any(&mut self, rest: &'b [u8]) -> Result<(Range<usize>, &'b [u8]), Unreadable> {
        let begin = self.text.len() - rest.len();
        let after = self.pass_value(rest)?;
        // An object or list ends with the blanks after it.
        let span = self.text[begin..self.text.len() - after.len()].trim_ascii_end();
        Ok((begin..begin + span.len(), after))
    }

    fn pass_value(&mut self, rest: &'b [u8]) -> Rest<'b> {
        match rest {
            [b'{', ..] => self.members(rest, |reader, _, rest| reader.pass_value(rest)),
            [b'[', ..] => self.elements(rest, Self::pass_value),
            [b'"', ..] => self.string(rest).map(|(_, rest)| rest),
            // A number of any size is exact as text.
            _ => Self::skip(rest),
        }
    }

    /// Reads an object, and returns the position of its first cell in the level.
    fn object(&mut self, rest: &'b [u8], shape: &'static Shape, level: usize) -> Result<(Cell, &'b [u8]), Unreadable> {
        let mut cells = self.table.take(level);
        let first = small(cells.len());
        let rest = self.row(rest, shape, &mut cells, level)?;
        self.table.put_back(level, cells);
        Ok((Cell::Object(first), rest))
    }

    /// Reads an object, and appends its cells to those of the level.
    fn row(&mut self, rest: &'b [u8], shape: &'static Shape, cells: &mut Vec<Cell>, level: usize) -> Rest<'b> {
        let first = cells.len();
        cells.resize(first + shape.width(), Cell::Absent);
        let mut object = OpenObject { shape, cells: &mut cells[first..], extra: Extra::default(), level };
        self.enter()?;
        let mut rest = pass(rest, b'{').ok_or(Unreadable::Malformed)?;
        if let [b'}', after @ ..] = rest {
            self.depth -= 1;
            return Ok(after);
        }
        let mut expected = 0;
        let mut is_open = true;
        while is_open {
            self.count()?;
            let after = match shape.fields.get(expected).and_then(|field| field.key.pass(rest)) {
                Some(value) => self.field(&mut object, expected, skip_blanks(value))?,
                None => {
                    let (name, value) = self.name(rest)?;
                    match shape.fields.iter().position(|field| field.wire == name) {
                        Some(position) => {
                            expected = position;
                            self.field(&mut object, position, value)?
                        }
                        None => self.other(&mut object, &name, value)?,
                    }
                }
            };
            expected += 1;
            (is_open, rest) = more(after, b'}').ok_or(Unreadable::Malformed)?;
        }
        self.depth -= 1;
        let OpenObject { extra, .. } = object;
        self.table.add_extra(level, first, extra);
        Ok(rest)
    }

    /// Reads the value of a field under its usual name.
    #[inline]
    fn field(&mut self, object: &mut OpenObject<'_>, position: usize, rest: &'b [u8]) -> Rest<'b> {
        if let [b'n', b'u', b'l', b'l', after @ ..] = rest {
            return Ok(after);
        }
        let OpenObject { shape, cells, extra, .. } = object;
        let (field, cell) = (&shape.fields[position], &mut cells[position]);
        if let Some(after) = self.scalar(rest, &field.kind, cell) {
            if !extra.is_empty() {
                extra.remove(field.wire);
            }
            return Ok(after);
        }
        self.value_of(object, position, field.wire, rest)
    }

    /// Reads a scalar that fits its field and is written in the usual way.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for every value; its result would go through memory")]
    fn scalar(&self, rest: &'b [u8], kind: &Kind, cell: &mut Cell) -> Option<&'b [u8]> {
        match kind {
            Kind::Int64 | Kind::Id | Kind::Enum(_) => {
                let (number, after) = integer(rest)?;
                *cell = Cell::Int(number);
                Some(after)
            }
            Kind::Text => {
                let (text, after) = string(rest)?;
                let end = self.text.len() - after.len() - 1;
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
            // An `f64` holds every number of 32 bits exactly.
            Kind::Int32 | Kind::Float => {
                let (number, after) = integer(rest)?;
                let number = i32::try_from(number).ok()?;
                *cell = if matches!(kind, Kind::Float) { Cell::Float(number.into()) } else { Cell::Int(number.into()) };
                Some(after)
            }
            Kind::Object(_) | Kind::List(_) => None,
        }
    }

    /// Reads a value that is not a scalar in the usual form, under the usual name of its field or an alias.
    fn value_of(&mut self, object: &mut OpenObject<'_>, position: usize, name: &str, rest: &'b [u8]) -> Rest<'b> {
        let kind = &object.shape.fields[position].kind;
        let (cell, misfit, rest) = match (kind, rest) {
            (Kind::Object(shape), [b'{', ..]) => {
                let (cell, rest) = self.object(rest, &RESPONSES[*shape], object.level + 1)?;
                (cell, None, rest)
            }
            (Kind::List(item), [b'[', ..]) => {
                let (cell, misfit, rest) = self.list(rest, kind, item, object.level + 1)?;
                // An empty list does not replace the items that came under another name.
                let is_empty = misfit.is_none() && matches!(cell, Cell::Objects(_, 0) | Cell::Values(_, 0));
                if is_empty && object.cells[position] != Cell::Absent {
                    (object.cells[position], None, rest)
                } else {
                    (cell, misfit, rest)
                }
            }
            _ => match self.value(rest)? {
                (Value::Null, rest) => return Ok(rest),
                (value, rest) => match self.coerce(value, kind) {
                    Ok(cell) => (cell, None, rest),
                    Err(misfit) => (Cell::Absent, Some(misfit), rest),
                },
            },
        };
        object.cells[position] = cell;
        match misfit {
            Some(misfit) => object.extra.insert(name, misfit),
            None => object.extra.remove(name),
        }
        Ok(rest)
    }

    /// Reads the value of a name that is not a documented field: an alias of one, or unknown.
    fn other(&mut self, object: &mut OpenObject<'_>, name: &str, rest: &'b [u8]) -> Rest<'b> {
        let Shape { fields, names, aliases, .. } = object.shape;
        if let Some(alias) = names[fields.len()..].iter().position(|alias| *alias == name) {
            let position = aliases[alias];
            let has_value = !matches!(object.cells[position], Cell::Absent | Cell::Objects(_, 0) | Cell::Values(_, 0));
            if !has_value && !object.extra.has(fields[position].wire) {
                return self.value_of(object, position, name, rest);
            }
        }
        let (value, rest) = self.value(rest)?;
        object.extra.insert(name, value);
        Ok(rest)
    }

    /// Reads a list. If some items do not fit, also returns the list with them in their places.
    fn list(
        &mut self,
        rest: &'b [u8],
        kind: &'static Kind,
        item: &'static Kind,
        level: usize,
    ) -> Result<(Cell, Option<Value>, &'b [u8]), Unreadable> {
        let mut cells = self.table.take(level);
        let first = small(cells.len());
        let mut misfits = Vec::new();
        let mut count = 0;
        let (list, rest) = if let Kind::Object(shape) = item {
            let shape = &RESPONSES[*shape];
            // A value takes about as many bytes, so that the cells are seldom moved.
            cells.reserve(rest.len() / 24);
            let rest = self.elements(rest, |reader, rest| {
                if let [b'{', ..] = rest {
                    count += 1;
                    return reader.row(rest, shape, &mut cells, level);
                }
                let (misfit, rest) = reader.value(rest)?;
                misfits.push((count as usize + misfits.len(), misfit));
                Ok(rest)
            })?;
            (Cell::Objects(first, count), rest)
        } else {
            let rest = self.elements(rest, |reader, rest| {
                let mut cell = Cell::Absent;
                if let Some(rest) = reader.scalar(rest, item, &mut cell) {
                    count += 1;
                    cells.push(cell);
                    return Ok(rest);
                }
                let (value, rest) = reader.value(rest)?;
                match reader.coerce(value, item) {
                    Ok(cell) => {
                        count += 1;
                        cells.push(cell);
                    }
                    Err(misfit) => misfits.push((count as usize + misfits.len(), misfit)),
                }
                Ok(rest)
            })?;
            (Cell::Values(first, count), rest)
        };
        self.table.put_back(level, cells);
        if misfits.is_empty() {
            return Ok((list, None, rest));
        }
        let fitting = cell_to_json(self.text.as_bytes(), &self.table, level - 1, list, kind);
        Ok((list, Some(whole_list(fitting, misfits)), rest))
    }

    /// Converts a value to the type of its field, or returns it.
    fn coerce(&mut self, value: Value, kind: &Kind) -> Result<Cell, Value> {
        match (value, kind) {
            (Value::String(text), Kind::Text) => Ok(self.table.add_text(text)),
            (value, kind) => coerce(&value, kind).ok_or(value),
        }
    }

    /// Reads any value.
    pub(crate) fn value(&mut self, rest: &'b [u8]) -> Result<(Value, &'b [u8]), Unreadable> {
        match rest {
            [b'{', ..] => {
                let mut map = Map::new();
                let rest = self.members(rest, |reader, name, rest| {
                    let (value, rest) = reader.value(rest)?;
                    map.insert(name.into_owned(), value);
                    Ok(rest)
                })?;
                Ok((Value::Object(map), rest))
            }
            [b'[', ..] => {
                let mut items = Vec::new();
                let rest = self.elements(rest, |reader, rest| {
                    let (value, rest) = reader.value(rest)?;
                    items.push(value);
                    Ok(rest)
                })?;
                Ok((Value::Array(items), rest))
            }
            [b'"', ..] => {
                let (text, rest) = self.string(rest)?;
                Ok((Value::String(text.into_owned()), rest))
            }
            _ => {
                let is_end = |byte: &u8| is_blank(*byte) || matches!(byte, b',' | b']' | b'}');
                let (value, rest) = rest.split_at(rest.iter().position(is_end).unwrap_or(rest.len()));
                let value = serde_json::from_slice(value).map_err(|_| Unreadable::Malformed)?;
                Ok((value, rest))
            }
        }
    }

    /// Skips any value, of any size and depth, because nothing of it is kept.
    pub(crate) fn skip(rest: &[u8]) -> Rest<'_> {
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        match values.next() {
            Some(Ok(_)) => rest.get(values.byte_offset()..).ok_or(Unreadable::Malformed),
            _ => Err(Unreadable::Malformed),
        }
    }

    /// Reads an object of any kind, and passes each name with the rest after its colon.
    pub(crate) fn members(
        &mut self,
        rest: &'b [u8],
        mut member: impl FnMut(&mut Self, Cow<'b, str>, &'b [u8]) -> Rest<'b>,
    ) -> Rest<'b> {
        self.sequence(rest, [b'{', b'}'], |reader, rest| {
            let (name, rest) = reader.name(rest)?;
            member(reader, name, rest)
        })
    }

    /// Reads a list of any kind, and passes the rest before each element.
    fn elements(&mut self, rest: &'b [u8], element: impl FnMut(&mut Self, &'b [u8]) -> Rest<'b>) -> Rest<'b> {
        self.sequence(rest, [b'[', b']'], element)
    }

    fn sequence(
        &mut self,
        rest: &'b [u8],
        [begin, end]: [u8; 2],
        mut item: impl FnMut(&mut Self, &'b [u8]) -> Rest<'b>,
    ) -> Rest<'b> {
        self.enter()?;
        let mut rest = pass(rest, begin).ok_or(Unreadable::Malformed)?;
        let mut is_open = rest.first() != Some(&end);
        if !is_open {
            rest = &rest[1..];
        }
        while is_open {
            self.count()?;
            let after = item(self, rest)?;
            (is_open, rest) = more(after, end).ok_or(Unreadable::Malformed)?;
        }
        self.depth -= 1;
        Ok(rest)
    }

    /// Reads a name and the colon after it.
    fn name(&self, rest: &'b [u8]) -> Result<(Cow<'b, str>, &'b [u8]), Unreadable> {
        let (name, rest) = self.string(rest)?;
        Ok((name, pass(rest, b':').ok_or(Unreadable::Malformed)?))
    }

    /// Reads a text, and copies it only if it has escapes.
    fn string(&self, rest: &'b [u8]) -> Result<(Cow<'b, str>, &'b [u8]), Unreadable> {
        let begin = self.text.len() - rest.len();
        match string(rest) {
            Some((text, rest)) => Ok((Cow::Borrowed(&self.text[begin + 1..begin + 1 + text.len()]), rest)),
            None => {
                let (text, length) = unescape(&self.text[begin..]).ok_or(Unreadable::Malformed)?;
                Ok((Cow::Owned(text), &rest[length..]))
            }
        }
    }

    fn enter(&mut self) -> Result<(), Unreadable> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Unreadable::TooDeep) } else { Ok(()) }
    }

    #[inline]
    fn count(&mut self) -> Result<(), Unreadable> {
        self.values = self.values.checked_sub(1).ok_or(Unreadable::TooManyValues)?;
        Ok(())
    }
}

/// Returns a list with the fitting items and the misfits, each of which has its index in the whole list.
fn whole_list(fitting: Option<Value>, misfits: Vec<(usize, Value)>) -> Value {
    let Some(Value::Array(fitting)) = fitting else { return Value::Null };
    let mut fitting = fitting.into_iter();
    let mut whole = Vec::with_capacity(fitting.len() + misfits.len());
    for (index, misfit) in misfits {
        let before = index - whole.len();
        whole.extend(fitting.by_ref().take(before));
        whole.push(misfit);
    }
    whole.extend(fitting);
    Value::Array(whole)
}

#[cfg(test)]
mod tests;
