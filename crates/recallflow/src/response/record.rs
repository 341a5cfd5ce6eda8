//! Objects of a response: views of its table and body.

use std::sync::Arc;

use bytes::Bytes;
use serde::de::{Deserializer, Error as _};
use serde_json::Value;

use super::read::Reader;
use super::shape::Shape;
use super::table::{Cell, Table, small};
use super::tokens::skip_blanks;
use super::unreadable::Unreadable;
use super::write::{self, nested_shape};
use crate::datetime::LocalDateTime;
use crate::extra::Extra;

/// An object of a response, together with the table and the body that hold its values. Clones share both.
#[derive(Clone, Debug)]
pub struct Record {
    pub(crate) body: Bytes,
    pub(crate) table: Arc<Table>,
    pub(crate) shape: &'static Shape,
    pub(crate) level: usize,
    pub(crate) first: usize,
}

impl Record {
    /// Returns the outermost object of a table, whose texts are spans of this body.
    pub(crate) fn new(body: Bytes, table: Table, shape: &'static Shape) -> Self {
        Self { body, table: Arc::new(table), shape, level: 0, first: 0 }
    }

    /// Returns an object without any field.
    pub(crate) fn empty(shape: &'static Shape) -> Self {
        Self::parse(Bytes::from_static(b"{}"), shape).expect("it is a JSON object")
    }

    /// Reads a JSON object; the error says what was read instead.
    pub(crate) fn parse(json: Bytes, shape: &'static Shape) -> Result<Self, String> {
        let text = std::str::from_utf8(&json).map_err(|_| "expected a JSON object, got text that is not UTF-8")?;
        let mut reader = Reader::new(text, usize::MAX);
        match reader.read_root(skip_blanks(text.as_bytes()), shape) {
            Ok((table, rest)) if skip_blanks(rest).is_empty() => Ok(Self::new(json, table, shape)),
            Ok(_) => Err(Unreadable::Malformed.describe(text)),
            Err(error) => Err(error.describe(text)),
        }
    }

    /// Returns the object.
    #[must_use]
    pub fn root(&self) -> Row<'_> {
        Row::new(&self.body, &self.table, self.shape, self.level, self.first)
    }
}

/// A borrowed object of a response.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    body: &'a [u8],
    table: &'a Table,
    shape: &'static Shape,
    level: usize,
    first: usize,
    cells: &'a [Cell],
}

impl<'a> Row<'a> {
    fn new(body: &'a [u8], table: &'a Table, shape: &'static Shape, level: usize, first: usize) -> Self {
        let cells = table.cells(level, first, shape.fields.len());
        Self { body, table, shape, level, first, cells }
    }

    /// Returns its shape.
    #[must_use]
    pub fn shape(&self) -> &'static Shape {
        self.shape
    }

    /// Returns its values, in the order of the fields.
    #[must_use]
    pub fn cells(&self) -> &'a [Cell] {
        self.cells
    }

    /// Returns its values beyond the fields, if it has any.
    #[must_use]
    pub fn extra(&self) -> Option<&'a Extra> {
        self.table.extra(self.level, self.first)
    }

    /// Returns the text of a cell in UTF-8, if the cell is a text.
    #[must_use]
    pub fn text(&self, cell: &Cell) -> Option<&'a [u8]> {
        self.table.text_of(self.body, *cell)
    }

    /// Returns the object at a position, if there is one.
    #[must_use]
    pub fn object(&self, position: usize) -> Option<Row<'a>> {
        self.objects(position).next()
    }

    /// Returns the objects of the list at a position.
    #[must_use]
    pub fn objects(&self, position: usize) -> impl ExactSizeIterator<Item = Row<'a>> + use<'a> {
        let (first, count) = match self.cells.get(position) {
            Some(Cell::Object(first)) => (*first as usize, 1),
            Some(Cell::Objects(first, count)) => (*first as usize, *count as usize),
            _ => (0, 0),
        };
        let Self { body, table, level, .. } = *self;
        // A field without objects has no rows, whatever their shape would be.
        let shape = self.shape.fields.get(position).and_then(|field| nested_shape(&field.kind)).unwrap_or(self.shape);
        (0..count).map(move |row| Row::new(body, table, shape, level + 1, first + row * shape.width()))
    }

    /// Returns the values of the list at a position.
    #[must_use]
    pub fn values(&self, position: usize) -> &'a [Cell] {
        match self.cells.get(position) {
            Some(Cell::Values(first, count)) => self.table.cells(self.level + 1, *first as usize, *count as usize),
            _ => &[],
        }
    }

    /// Returns the wire form of the object.
    #[must_use]
    pub fn to_json(self) -> Value {
        write::object_to_json(self.body, self.table, self.shape, self.level, self.first)
    }

    /// Returns where its `Record` is.
    #[cfg(feature = "__ffi")]
    pub(crate) fn place(&self) -> (&'static Shape, usize, usize) {
        (self.shape, self.level, self.first)
    }

    /// Returns the value at a position, if there is one.
    pub(crate) fn get<T: FromCell>(self, position: usize) -> Option<T> {
        T::from_cell(self, *self.cells.get(position)?)
    }

    /// Returns the list at a position; an absent list is empty.
    pub(crate) fn list<T: FromCell>(self, position: usize) -> Vec<T> {
        let values = self.values(position).iter().copied();
        let objects = self.objects(position).map(|row| Cell::Object(small(row.first)));
        let mut items = Vec::with_capacity(values.len() + objects.len());
        items.extend(values.chain(objects).filter_map(|cell| T::from_cell(self, cell)));
        items
    }
}

/// A type of values in the responses of this crate.
pub(crate) trait FromCell: Sized {
    /// Converts a cell of a row; `None` if it is absent.
    fn from_cell(row: Row<'_>, cell: Cell) -> Option<Self>;
}

impl FromCell for i64 {
    fn from_cell(_row: Row<'_>, cell: Cell) -> Option<Self> {
        if let Cell::Int(number) = cell { Some(number) } else { None }
    }
}

impl FromCell for i32 {
    fn from_cell(_row: Row<'_>, cell: Cell) -> Option<Self> {
        if let Cell::Int(number) = cell { number.try_into().ok() } else { None }
    }
}

impl FromCell for f64 {
    fn from_cell(_row: Row<'_>, cell: Cell) -> Option<Self> {
        if let Cell::Float(number) = cell { Some(number) } else { None }
    }
}

impl FromCell for bool {
    fn from_cell(_row: Row<'_>, cell: Cell) -> Option<Self> {
        if let Cell::Bool(value) = cell { Some(value) } else { None }
    }
}

impl FromCell for LocalDateTime {
    fn from_cell(_row: Row<'_>, cell: Cell) -> Option<Self> {
        if let Cell::Time(time) = cell { Some(time) } else { None }
    }
}

impl FromCell for String {
    fn from_cell(row: Row<'_>, cell: Cell) -> Option<Self> {
        Some(String::from_utf8_lossy(row.text(&cell)?).into_owned())
    }
}

impl<T: FromRow> FromCell for T {
    fn from_cell(row: Row<'_>, cell: Cell) -> Option<Self> {
        let Cell::Object(first) = cell else { return None };
        Some(T::from_row(Row::new(row.body, row.table, T::SHAPE, row.level + 1, first as usize)))
    }
}

/// An object in the responses of this crate.
pub(crate) trait FromRow: Default {
    /// Its shape.
    const SHAPE: &'static Shape;
    /// Copies the values of a row.
    fn from_row(row: Row<'_>) -> Self;
}

/// The response of an operation.
pub(crate) trait FromRecord: Default {
    /// Its shape; `None` if the operation has no response.
    const SHAPE: Option<&'static Shape>;
    /// Copies the values of a record.
    fn from_record(record: Option<&Record>) -> Self;
}

impl<T: FromRow> FromRecord for T {
    const SHAPE: Option<&'static Shape> = Some(T::SHAPE);

    fn from_record(record: Option<&Record>) -> Self {
        record.map(|record| T::from_row(record.root())).unwrap_or_default()
    }
}

impl FromRecord for () {
    const SHAPE: Option<&'static Shape> = None;

    fn from_record(_record: Option<&Record>) {}
}

/// Reads an object of any format of `serde`: it is written as JSON and then read as a response is.
pub(crate) fn deserialize<'de, T: FromRow, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut json = Vec::new();
    serde_transcode::transcode(deserializer, &mut serde_json::Serializer::new(&mut json)).map_err(D::Error::custom)?;
    let record = Record::parse(json.into(), T::SHAPE).map_err(D::Error::custom)?;
    Ok(T::from_row(record.root()))
}
