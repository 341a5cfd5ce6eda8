//! Reads answers of any form into tables: first into trees, which may change while they are read.

use serde::de::MapAccess;
use serde_json::Value;

use crate::LocalDateTime;
use crate::generated::shapes::RESPONSES;
use crate::response::extra::Extra;
use crate::response::old::coerce::Fit;
use crate::response::old::decode::{FieldValue, MakeObject, MakeValue, Object};
use crate::response::shape::{Field, Kind, Shape};
use crate::response::table::{Cell, Table, small};

/// An object with all that is in it.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    shape: &'static Shape,
    parts: Vec<Option<Part>>,
    extra: Extra,
}

/// A value with all that is in it.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Cell(Cell),
    Text(String),
    Object(Branch),
    Objects(Vec<Branch>),
    Values(Vec<Part>),
}

impl Branch {
    pub(crate) fn into_table(self) -> Table {
        let mut table = Table::default();
        add_rows(vec![self], &mut table, 0);
        table
    }
}

/// Adds objects of one shape to a level, and what is in them to those below; tells where the first begins.
fn add_rows(rows: Vec<Branch>, table: &mut Table, level: usize) -> u32 {
    let mut cells = table.take(level);
    let begin = cells.len();
    for Branch { shape, parts, extra } in rows {
        let first = cells.len();
        table.add_extra(level, first, extra);
        cells.extend(parts.into_iter().map(|part| part.map_or(Cell::Absent, |part| add(part, table, level + 1))));
        cells.resize(first + shape.width(), Cell::Absent);
    }
    table.put_back(level, cells);
    small(begin)
}

/// The cell of a value, after what is in it was added to the level below.
fn add(part: Part, table: &mut Table, below: usize) -> Cell {
    match part {
        Part::Cell(cell) => cell,
        Part::Text(text) => table.add_text(text),
        Part::Object(row) => Cell::Object(add_rows(vec![row], table, below)),
        Part::Objects(rows) => {
            let count = small(rows.len());
            Cell::Objects(add_rows(rows, table, below), count)
        }
        Part::Values(parts) => {
            let mut cells = table.take(below);
            let (begin, count) = (small(cells.len()), small(parts.len()));
            cells.extend(parts.into_iter().map(|part| add(part, table, below + 1)));
            table.put_back(below, cells);
            Cell::Values(begin, count)
        }
    }
}

fn from_text(text: &str, body: &str) -> Part {
    let start = (text.as_ptr() as usize).checked_sub(body.as_ptr() as usize);
    let span = start.and_then(|start| Some((start, start.checked_add(text.len())?)));
    let span = span.filter(|(_, end)| *end <= body.len());
    match span.map(|(start, end)| (u32::try_from(start), u32::try_from(end))) {
        Some((Ok(start), Ok(end))) => Part::Cell(Cell::Span(start, end)),
        _ => Part::Text(text.to_owned()),
    }
}

/// Makes rows of one shape.
#[derive(Clone, Copy)]
pub(crate) struct MakeRow<'b> {
    pub(crate) shape: &'static Shape,
    pub(crate) body: &'b str,
}

/// A row while it is read.
pub(crate) struct OpenRow<'b> {
    row: Branch,
    body: &'b str,
}

impl<'b> MakeObject for MakeRow<'b> {
    type Open = OpenRow<'b>;
    type Object = Branch;

    fn open(self) -> OpenRow<'b> {
        let parts = vec![None; self.shape.fields.len()];
        OpenRow { row: Branch { shape: self.shape, parts, extra: Extra::default() }, body: self.body }
    }

    fn close(self, open: OpenRow<'b>) -> Branch {
        open.row
    }

    fn to_json(self, row: &Branch) -> Value {
        let table = row.clone().into_table();
        let body = bytes::Bytes::copy_from_slice(self.body.as_bytes());
        crate::response::record::Record::new(body, table, self.shape).root().to_json()
    }
}

impl Object for OpenRow<'_> {
    fn names(&self) -> &'static [&'static str] {
        self.row.shape.names
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, field: usize, value: FieldValue<'_, A>) -> Result<(), A::Error> {
        let Branch { shape, parts, extra } = &mut self.row;
        let alias = field.checked_sub(shape.fields.len()).map(|alias| shape.aliases[alias]);
        let position = alias.unwrap_or(field);
        let (Field { wire: usual, kind, .. }, part) = (&shape.fields[position], &mut parts[position]);
        let make_row = |shape: usize| MakeRow { shape: &RESPONSES[shape], body: self.body };
        match kind {
            Kind::Object(shape) => {
                let mut row = if let Some(Part::Object(row)) = part.take() { Some(row) } else { None };
                let read = value.record_by(make_row(*shape), &mut row, extra);
                *part = row.map(Part::Object);
                read?;
            }
            Kind::List(Kind::Object(shape)) => {
                let mut rows = if let Some(Part::Objects(rows)) = part.take() { rows } else { Vec::new() };
                let read = match alias {
                    Some(_) => value.alias_records_by(make_row(*shape), usual, &mut rows, extra),
                    None => value.records_by(make_row(*shape), &mut rows, extra),
                };
                *part = Some(Part::Objects(rows));
                read?;
            }
            Kind::List(item) => {
                let mut values = if let Some(Part::Values(values)) = part.take() { values } else { Vec::new() };
                let read = value.values_by(MakePart { kind: item, body: self.body }, &mut values, extra);
                *part = Some(Part::Values(values));
                read?;
            }
            kind => {
                let make = MakePart { kind, body: self.body };
                match alias {
                    Some(_) => value.alias_by(make, usual, part, extra)?,
                    None => value.value_by(make, part, extra)?,
                }
            }
        }
        Ok(())
    }

    fn extra(&mut self) -> &mut Extra {
        &mut self.row.extra
    }
}

/// Makes values of one kind, which fit as those of the Rust types do.
#[derive(Clone, Copy)]
struct MakePart<'b> {
    kind: &'static Kind,
    body: &'b str,
}

impl MakePart<'_> {
    /// `fit` is what makes a value of the Rust type that stands for the kind.
    fn make(self, fit: impl Fitting) -> Option<Part> {
        let cell = match self.kind {
            Kind::Int32 => fit.fit::<i32>().map(|number| Cell::Int(number.into())),
            Kind::Int64 | Kind::Enum(_) => fit.fit::<i64>().map(Cell::Int),
            Kind::Float => fit.fit::<f64>().map(Cell::Float),
            Kind::Flag | Kind::Bool => fit.fit::<bool>().map(Cell::Bool),
            Kind::Time => fit.fit::<LocalDateTime>().map(Cell::Time),
            // Texts are taken without a copy before it comes to this; no other value is one.
            Kind::Text | Kind::Object(_) | Kind::List(_) => None,
        };
        cell.map(Part::Cell)
    }
}

/// A JSON value that is asked for its form in a Rust type.
trait Fitting {
    fn fit<T: Fit>(self) -> Option<T>;
}

struct Integer(i64);
struct Float(f64);
struct Characters<'a>(&'a str);
struct Boolean(bool);

impl Fitting for Integer {
    fn fit<T: Fit>(self) -> Option<T> {
        T::from_integer(self.0)
    }
}

impl Fitting for Float {
    fn fit<T: Fit>(self) -> Option<T> {
        T::from_float(self.0)
    }
}

impl Fitting for Characters<'_> {
    fn fit<T: Fit>(self) -> Option<T> {
        T::from_text(self.0)
    }
}

impl Fitting for Boolean {
    fn fit<T: Fit>(self) -> Option<T> {
        T::from_bool(self.0)
    }
}

impl MakeValue for MakePart<'_> {
    type Value = Part;

    fn integer(self, number: i64) -> Option<Part> {
        self.make(Integer(number))
    }

    fn float(self, number: f64) -> Option<Part> {
        self.make(Float(number))
    }

    fn text(self, text: &str) -> Option<Part> {
        match self.kind {
            Kind::Text => Some(from_text(text, self.body)),
            _ => self.make(Characters(text)),
        }
    }

    fn boolean(self, value: bool) -> Option<Part> {
        self.make(Boolean(value))
    }

    fn to_json(self, part: &Part) -> Value {
        unreachable!("no operation has a list of values: {part:?}")
    }
}
