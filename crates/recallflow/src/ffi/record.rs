//! Answers as records: flat lists of values whose texts still lie in the body.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize as _;
use serde::de::{DeserializeSeed as _, Deserializer, IgnoredAny};
use serde_json::{Map, Value};

use super::gather::MakeRow;
use super::shape::{Kind, Shape};
use super::shortcut;
use super::table::{Cell, Table, width};
use crate::Error;
use crate::generated::ffi::RESPONSES;
use crate::request::violation::{Rule, Violation};
use crate::response::decode::{Fitted, ObjectSeed, ReadData};
use crate::response::extra::Extra;

/// An object of an answer, and all that it needs of the answer. Clones share it.
#[derive(Clone, Debug)]
pub struct Record {
    body: Bytes,
    table: Arc<Table>,
    shape: &'static Shape,
    level: usize,
    first: usize,
}

impl Record {
    /// The outermost object of an answer.
    fn new(body: Bytes, table: Table, shape: &'static Shape) -> Self {
        Self { body, table: Arc::new(table), shape, level: 0, first: 0 }
    }

    /// The object.
    #[must_use]
    pub fn root(&self) -> Row<'_> {
        let Self { body, table, shape, level, first } = self;
        Row { place: Place { body, table, level: *level }, shape, first: *first }
    }

    /// The objects of the list at a position, each as a record.
    pub(super) fn objects(&self, position: usize) -> Vec<Record> {
        let of = |Row { place, shape, first }: Row<'_>| Record { shape, level: place.level, first, ..self.clone() };
        self.root().objects(position).map(of).collect()
    }
}

// Texts may lie in different places and be the same.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.root().to_json() == other.root().to_json()
    }
}

/// An object of a record.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    place: Place<'a>,
    shape: &'static Shape,
    first: usize,
}

impl<'a> Row<'a> {
    /// What it looks like.
    #[must_use]
    pub fn shape(&self) -> &'static Shape {
        self.shape
    }

    /// Its values in the order of the fields.
    #[must_use]
    pub fn cells(&self) -> &'a [Cell] {
        self.place.table.cells(self.place.level, self.first, self.shape.fields.len())
    }

    /// Everything else, if there is anything.
    #[must_use]
    pub fn extra(&self) -> Option<&'a Extra> {
        self.place.table.extra(self.place.level, self.first)
    }

    /// The text of a cell in UTF-8, if it is one.
    #[must_use]
    pub fn text(&self, cell: &Cell) -> Option<&'a [u8]> {
        self.place.text(cell)
    }

    /// The object at a position, if there is one.
    #[must_use]
    pub fn object(&self, position: usize) -> Option<Row<'a>> {
        self.objects(position).next()
    }

    /// The objects of the list at a position.
    #[must_use]
    pub fn objects(&self, position: usize) -> impl ExactSizeIterator<Item = Row<'a>> + use<'a> {
        let cell = self.cells().get(position).copied().unwrap_or(Cell::Absent);
        let shape = self.shape.fields.get(position).and_then(|field| field.kind.shape());
        // Where a field has no objects, there are no rows either, whatever their shape would be.
        self.place.rows(cell, shape.unwrap_or(self.shape))
    }

    /// The values of the list at a position.
    #[must_use]
    pub fn values(&self, position: usize) -> &'a [Cell] {
        self.cells().get(position).map_or(&[], |cell| self.place.values(*cell))
    }

    /// The number at a position.
    pub(super) fn number(&self, position: usize) -> Option<i64> {
        if let Some(Cell::Int(number)) = self.cells().get(position) { Some(*number) } else { None }
    }

    pub(super) fn to_json(self) -> Value {
        let values = self.shape.fields.iter().zip(self.cells());
        let values = values.map(|(field, cell)| self.place.to_json(*cell, &field.kind));
        let extra = self.extra().into_iter().flat_map(Extra::iter);
        let extra = extra.map(|(name, value)| (name.clone(), value.clone())).collect();
        write_response(self.shape, values, extra)
    }
}

/// Where in an answer a cell is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) body: &'a [u8],
    pub(super) table: &'a Table,
    pub(super) level: usize,
}

impl<'a> Place<'a> {
    /// The first object of a level.
    pub(super) fn row(self, shape: &'static Shape) -> Row<'a> {
        Row { place: self, shape, first: 0 }
    }

    fn text(self, cell: &Cell) -> Option<&'a [u8]> {
        match cell {
            Cell::Span(start, end) => Some(self.body.get(*start as usize..*end as usize).unwrap_or_default()),
            Cell::Text(number) => self.table.text(*number).map(str::as_bytes),
            _ => None,
        }
    }

    fn rows(self, cell: Cell, shape: &'static Shape) -> impl ExactSizeIterator<Item = Row<'a>> + use<'a> {
        let (first, count) = match cell {
            Cell::Object(first) => (first as usize, 1),
            Cell::Objects(first, count) => (first as usize, count as usize),
            _ => (0, 0),
        };
        let place = Place { level: self.level + 1, ..self };
        (0..count).map(move |row| Row { place, shape, first: first + row * width(shape) })
    }

    fn values(self, cell: Cell) -> &'a [Cell] {
        match cell {
            Cell::Values(first, count) => self.table.cells(self.level + 1, first as usize, count as usize),
            _ => &[],
        }
    }

    /// The wire form of a cell of this kind.
    pub(super) fn to_json(self, cell: Cell, kind: &Kind) -> Option<Value> {
        Some(match cell {
            Cell::Absent => return None,
            Cell::Int(number) => number.into(),
            Cell::Float(number) => number.into(),
            Cell::Bool(value) if matches!(kind, Kind::Flag) => u8::from(value).into(),
            Cell::Bool(value) => value.into(),
            Cell::Span(..) | Cell::Text(_) => String::from_utf8_lossy(self.text(&cell).unwrap_or_default()).into(),
            Cell::Time(time) => time.to_string().into(),
            Cell::Object(_) => self.rows(cell, kind.shape()?).next()?.to_json(),
            Cell::Objects(..) => self.rows(cell, kind.shape()?).map(Row::to_json).collect(),
            Cell::Values(..) => {
                let item = if let Kind::List(item) = kind { item } else { kind };
                let place = Place { level: self.level + 1, ..self };
                self.values(cell).iter().filter_map(|cell| place.to_json(*cell, item)).collect()
            }
        })
    }
}

/// The wire form of an object of an answer, from its values in the order of the fields. What did not fit stands among
/// the rest in its original form, unless it was mended: a value is there in its place then. A list may be there of which
/// only some items did not fit.
pub fn write_response(
    shape: &Shape,
    values: impl IntoIterator<Item = Option<Value>>,
    extra: Map<String, Value>,
) -> Value {
    let mut object = extra;
    for (field, value) in shape.fields.iter().zip(values) {
        if !matches!(field.kind, Kind::List(_)) {
            object.extend(value.map(|value| (field.wire.to_owned(), value)));
        } else if !object.contains_key(field.wire) {
            object.insert(field.wire.to_owned(), value.unwrap_or_else(|| Value::Array(Vec::new())));
        }
    }
    Value::Object(object)
}

/// Reads the object at this position of [`RESPONSES`] from JSON text, leniently.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if the text is no JSON object.
pub fn read_response(response: usize, json: Bytes) -> Result<Record, Error> {
    let shape = &RESPONSES[response];
    if let Some(table) = shortcut::object(&json, shape) {
        return Ok(Record::new(json, table, shape));
    }
    let refuse =
        |message: String| Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Type, message }]);
    let text = std::str::from_utf8(&json).map_err(|_| refuse("the answer is not UTF-8".to_owned()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = ObjectSeed(MakeRow { shape, body: text }).deserialize(&mut deserializer);
    let read = read.and_then(|read| deserializer.end().map(|()| read));
    match read.map_err(|error| refuse(format!("the answer is no JSON: {error}")))? {
        Fitted::Fits(row) => Ok(Record::new(json, row.into_table(), shape)),
        Fitted::Null | Fitted::Odd(_) => Err(refuse("the answer is no JSON object".to_owned())),
    }
}

/// Reads the data of an answer as a record.
#[derive(Clone, Copy)]
pub(super) struct AsRecord {
    /// Position of the response, if the operation has one.
    pub(super) response: Option<usize>,
}

impl AsRecord {
    fn shape(self) -> Option<&'static Shape> {
        self.response.map(|response| &RESPONSES[response])
    }
}

impl ReadData for AsRecord {
    type Data = Option<Table>;
    type Response = Option<Record>;

    fn absent(self) -> Self::Data {
        self.shape().map(Table::blank)
    }

    fn read<'de, D: Deserializer<'de>>(self, body: &str, deserializer: D) -> Result<Fitted<Self::Data>, D::Error> {
        let Some(shape) = self.shape() else {
            return IgnoredAny::deserialize(deserializer).map(|_| Fitted::Fits(None));
        };
        Ok(match ObjectSeed(MakeRow { shape, body }).deserialize(deserializer)? {
            Fitted::Null => Fitted::Null,
            Fitted::Fits(row) => Fitted::Fits(Some(row.into_table())),
            Fitted::Odd(value) => Fitted::Odd(value),
        })
    }

    fn shortcut(self, body: &[u8]) -> Option<Self::Data> {
        shortcut::open(body, self.shape()?).map(Some)
    }

    fn finish(self, table: Self::Data, text: Bytes) -> Self::Response {
        Some(Record::new(text, table?, self.shape()?))
    }
}

#[cfg(test)]
mod tests;
