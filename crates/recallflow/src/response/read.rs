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

use std::mem;

use serde_json::Value;

use super::coerce::coerce;
use super::shape::{Kind, Shape};
use super::table::{Cell, Table, small};
use super::tokens::{boolean, integer, more, pass, skip_blanks, string};
use super::unreadable::Unreadable;
use super::write::cell_to_json;
use crate::datetime::LocalDateTime;
use crate::extra::Extra;
use crate::generated::shapes::RESPONSES;

/// Objects and lists within each other, as many as `serde_json` allows.
pub(super) const MAX_DEPTH: usize = 127;

/// A shorter response takes little memory whatever it holds. A page of 100 tasks is shorter.
const UNCOUNTED_BYTES: usize = 64 * 1024;

/// Minimum bytes charged per JSON value: `{},` has three bytes on the wire and hundreds in memory.
const BYTES_PER_VALUE: usize = 256;

/// Returns the number of values that a response of at most this many bytes may hold.
pub(crate) fn max_values(max_response_bytes: usize) -> usize {
    max_response_bytes / BYTES_PER_VALUE
}

/// The rest of the text after a token.
pub(crate) type Rest<'b> = Result<&'b [u8], Unreadable>;

/// Reads one text. Its functions take the rest of the text, and return the rest after what they read.
///
/// `read_any.rs` has its functions for JSON of any form.
pub(crate) struct Reader<'b> {
    pub(super) text: &'b str,
    table: Table,
    pub(super) depth: usize,
    /// The number of values that may still come.
    pub(super) values: usize,
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
    pub(crate) fn read_root(&mut self, rest: &'b [u8], shape: &'static Shape) -> Result<(Table, &'b [u8]), Unreadable> {
        self.table = Table::default();
        let (_, rest) = self.read_object(rest, shape, 0)?;
        Ok((mem::take(&mut self.table), rest))
    }

    /// Reads an object, and returns the position of its first cell in the level.
    fn read_object(
        &mut self,
        rest: &'b [u8],
        shape: &'static Shape,
        level: usize,
    ) -> Result<(Cell, &'b [u8]), Unreadable> {
        let mut cells = self.table.take(level);
        let first = small(cells.len());
        let rest = self.read_row(rest, shape, &mut cells, level)?;
        self.table.put_back(level, cells);
        Ok((Cell::Object(first), rest))
    }

    /// Reads an object, and appends its cells to those of the level.
    fn read_row(&mut self, rest: &'b [u8], shape: &'static Shape, cells: &mut Vec<Cell>, level: usize) -> Rest<'b> {
        let first = cells.len();
        cells.resize(first + shape.width(), Cell::Absent);
        let mut object = OpenObject { shape, cells: &mut cells[first..], extra: Extra::default(), level };
        self.enter_level()?;
        let mut rest = pass(rest, b'{').ok_or(Unreadable::Malformed)?;
        if let [b'}', after @ ..] = rest {
            self.depth -= 1;
            return Ok(after);
        }
        let mut expected = 0;
        let mut is_open = true;
        while is_open {
            self.count_value()?;
            let after = match shape.fields.get(expected).and_then(|field| field.key.pass(rest)) {
                Some(value) => self.read_field(&mut object, expected, skip_blanks(value))?,
                None => {
                    let (name, value) = self.read_name(rest)?;
                    match shape.fields.iter().position(|field| field.wire == name) {
                        Some(position) => {
                            expected = position;
                            self.read_field(&mut object, position, value)?
                        }
                        None => self.read_other_name(&mut object, &name, value)?,
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
    fn read_field(&mut self, object: &mut OpenObject<'_>, position: usize, rest: &'b [u8]) -> Rest<'b> {
        if let [b'n', b'u', b'l', b'l', after @ ..] = rest {
            return Ok(after);
        }
        let OpenObject { shape, cells, extra, .. } = object;
        let (field, cell) = (&shape.fields[position], &mut cells[position]);
        if let Some(after) = self.read_plain_scalar(rest, &field.kind, cell) {
            if !extra.is_empty() {
                extra.remove(field.wire);
            }
            return Ok(after);
        }
        self.read_other_form(object, position, field.wire, rest)
    }

    /// Reads a scalar that fits its field and is written in the usual way.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for every value; its result would go through memory")]
    fn read_plain_scalar(&self, rest: &'b [u8], kind: &Kind, cell: &mut Cell) -> Option<&'b [u8]> {
        match kind {
            Kind::Int64 | Kind::Id | Kind::Enum(_) => {
                let (number, after) = integer(rest)?;
                *cell = Cell::Int(number);
                Some(after)
            }
            Kind::Text(_) => {
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
    fn read_other_form(
        &mut self,
        object: &mut OpenObject<'_>,
        position: usize,
        name: &str,
        rest: &'b [u8],
    ) -> Rest<'b> {
        let kind = &object.shape.fields[position].kind;
        let (cell, misfit, rest) = match (kind, rest) {
            (Kind::Object(shape), [b'{', ..]) => {
                let (cell, rest) = self.read_object(rest, &RESPONSES[*shape], object.level + 1)?;
                (cell, None, rest)
            }
            (Kind::List(item), [b'[', ..]) => {
                let (cell, misfit, rest) = self.read_list(rest, kind, item, object.level + 1)?;
                // An empty list does not replace the items that came under another name.
                let is_empty = misfit.is_none() && matches!(cell, Cell::Objects(_, 0) | Cell::Values(_, 0));
                if is_empty && object.cells[position] != Cell::Absent {
                    (object.cells[position], None, rest)
                } else {
                    (cell, misfit, rest)
                }
            }
            _ => match self.read_value(rest)? {
                (Value::Null, rest) => return Ok(rest),
                (value, rest) => match self.coerce_or_return(value, kind) {
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
    fn read_other_name(&mut self, object: &mut OpenObject<'_>, name: &str, rest: &'b [u8]) -> Rest<'b> {
        let Shape { fields, names, aliases, .. } = object.shape;
        if let Some(alias) = names[fields.len()..].iter().position(|alias| *alias == name) {
            let position = aliases[alias];
            let has_value = !matches!(object.cells[position], Cell::Absent | Cell::Objects(_, 0) | Cell::Values(_, 0));
            if !has_value && !object.extra.has(fields[position].wire) {
                return self.read_other_form(object, position, name, rest);
            }
        }
        let (value, rest) = self.read_value(rest)?;
        object.extra.insert(name, value);
        Ok(rest)
    }

    /// Reads a list. If some items do not fit, also returns the list with them in their places.
    fn read_list(
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
            let rest = self.read_elements(rest, |reader, rest| {
                if let [b'{', ..] = rest {
                    count += 1;
                    return reader.read_row(rest, shape, &mut cells, level);
                }
                let (misfit, rest) = reader.read_value(rest)?;
                misfits.push((count as usize + misfits.len(), misfit));
                Ok(rest)
            })?;
            (Cell::Objects(first, count), rest)
        } else {
            let rest = self.read_elements(rest, |reader, rest| {
                let mut cell = Cell::Absent;
                if let Some(rest) = reader.read_plain_scalar(rest, item, &mut cell) {
                    count += 1;
                    cells.push(cell);
                    return Ok(rest);
                }
                let (value, rest) = reader.read_value(rest)?;
                match reader.coerce_or_return(value, item) {
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
    fn coerce_or_return(&mut self, value: Value, kind: &Kind) -> Result<Cell, Value> {
        match (value, kind) {
            (Value::String(text), Kind::Text(_)) => Ok(self.table.add_text(text)),
            (value, kind) => coerce(&value, kind).ok_or(value),
        }
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
