//! Answers as records: flat lists of values whose texts still lie in the body.

use bytes::Bytes;
use serde::de::{Deserializer, IgnoredAny, MapAccess};
use serde::{Deserialize as _, de::DeserializeSeed as _};
use serde_json::{Map, Value};

use super::shape::{Kind, Shape};
use super::shortcut;
use crate::generated::host::RESPONSES;
use crate::request::violation::{Rule, Violation};
use crate::response::decode::{FieldValue, Fitted, MakeObject, MakeValue, Object, ObjectSeed, ReadData};
use crate::response::extra::Extra;
use crate::response::fit::Fit;
use crate::{Error, LocalDateTime};

/// An object of an answer, and the body in which its texts lie.
#[derive(Clone, Debug)]
pub struct Record {
    /// The body.
    pub body: Bytes,
    /// The object.
    pub row: Row,
}

/// An object of an answer.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it looks like.
    pub shape: &'static Shape,
    /// Its values in the order of the fields; none where the answer had none that fits.
    pub cells: Vec<Option<Cell>>,
    /// Everything else.
    pub extra: Extra,
}

/// A value of an answer. It is small, because an answer has thousands.
#[derive(Clone, Debug)]
pub enum Cell {
    /// A whole number, also of an enum.
    Int(i64),
    /// A number.
    Float(f64),
    /// A flag or truth value.
    Bool(bool),
    /// A text that lies in the body, from its first byte to the one after its last.
    Span(u32, u32),
    /// A text that was written with escapes, or is from elsewhere.
    Text(Box<String>),
    /// A time.
    Time(LocalDateTime),
    /// An object.
    Object(Box<Row>),
    /// A list of objects.
    Objects(Box<Vec<Row>>),
    /// A list of values.
    Values(Box<Vec<Cell>>),
}

const _: () = assert!(size_of::<Option<Cell>>() == 16);

impl Cell {
    /// The text in UTF-8, if it is one; `body` is that of the record.
    #[must_use]
    pub fn text<'a>(&'a self, body: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            Cell::Span(start, end) => Some(body.get(*start as usize..*end as usize).unwrap_or_default()),
            Cell::Text(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    fn from_text(text: &str, body: &str) -> Self {
        let start = (text.as_ptr() as usize).checked_sub(body.as_ptr() as usize);
        let span = start.and_then(|start| Some((start, start.checked_add(text.len())?)));
        let span = span.filter(|(_, end)| *end <= body.len());
        match span.map(|(start, end)| (u32::try_from(start), u32::try_from(end))) {
            Some((Ok(start), Ok(end))) => Cell::Span(start, end),
            _ => Cell::Text(Box::new(text.to_owned())),
        }
    }

    fn to_json(&self, body: &[u8], kind: &Kind) -> Value {
        match self {
            Cell::Int(number) => (*number).into(),
            Cell::Float(number) => (*number).into(),
            Cell::Bool(value) if matches!(kind, Kind::Flag) => u8::from(*value).into(),
            Cell::Bool(value) => (*value).into(),
            Cell::Span(..) | Cell::Text(_) => String::from_utf8_lossy(self.text(body).unwrap_or_default()).into(),
            Cell::Time(time) => time.to_string().into(),
            Cell::Object(row) => row.to_json(body),
            Cell::Objects(rows) => rows.iter().map(|row| row.to_json(body)).collect(),
            Cell::Values(cells) => {
                let item = if let Kind::List(item) = kind { item } else { kind };
                cells.iter().map(|cell| cell.to_json(body, item)).collect()
            }
        }
    }
}

impl Row {
    pub(super) fn new(shape: &'static Shape) -> Self {
        let cells = std::iter::repeat_with(|| None).take(shape.fields.len()).collect();
        Self { shape, cells, extra: Extra::default() }
    }

    /// The number at a position.
    pub(super) fn number(&self, position: usize) -> Option<i64> {
        if let Some(Some(Cell::Int(number))) = self.cells.get(position) { Some(*number) } else { None }
    }

    /// Takes the objects at a position away.
    pub(super) fn take_objects(&mut self, position: usize) -> Vec<Row> {
        match self.cells.get_mut(position).map(Option::take) {
            Some(Some(Cell::Objects(rows))) => *rows,
            _ => Vec::new(),
        }
    }

    pub(super) fn to_json(&self, body: &[u8]) -> Value {
        let values = self.shape.fields.iter().zip(&self.cells);
        let values = values.map(|(field, cell)| cell.as_ref().map(|cell| cell.to_json(body, &field.kind)));
        let extra = self.extra.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        write_response(self.shape, values, extra)
    }
}

// Texts may lie in different places and be the same.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.row.to_json(&self.body) == other.row.to_json(&other.body)
    }
}

/// The wire form of an object of an answer, from its values in the order of the fields. What did not fit stands among
/// the rest in its original form.
pub fn write_response(
    shape: &Shape,
    values: impl IntoIterator<Item = Option<Value>>,
    extra: Map<String, Value>,
) -> Value {
    let mut object = Map::new();
    for (field, value) in shape.fields.iter().zip(values) {
        let value = value.or_else(|| matches!(field.kind, Kind::List(_)).then(|| Value::Array(Vec::new())));
        if let Some(value) = value {
            object.insert(field.wire.to_owned(), value);
        }
    }
    object.extend(extra);
    Value::Object(object)
}

/// Reads the object at this position of [`RESPONSES`] from JSON text, leniently.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if the text is no JSON object.
pub fn read_response(response: usize, json: Bytes) -> Result<Record, Error> {
    if let Some(row) = shortcut::object(&json, &RESPONSES[response]) {
        return Ok(Record { row, body: json });
    }
    let refuse =
        |message: String| Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Type, message }]);
    let text = std::str::from_utf8(&json).map_err(|_| refuse("the answer is not UTF-8".to_owned()))?;
    let how = MakeRow { shape: &RESPONSES[response], body: text };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = ObjectSeed(how).deserialize(&mut deserializer).and_then(|read| deserializer.end().map(|()| read));
    match read.map_err(|error| refuse(format!("the answer is no JSON: {error}")))? {
        Fitted::Fits(row) => Ok(Record { row, body: json }),
        Fitted::Null | Fitted::Odd(_) => Err(refuse("the answer is no JSON object".to_owned())),
    }
}

/// Reads the data of an answer as a record.
#[derive(Clone, Copy)]
pub(super) struct AsRecord {
    /// Position of the response, if the operation has one.
    pub(super) response: Option<usize>,
}

impl ReadData for AsRecord {
    type Data = Option<Row>;
    type Response = Option<Record>;

    fn absent(self) -> Self::Data {
        self.response.map(|response| Row::new(&RESPONSES[response]))
    }

    fn read<'de, D: Deserializer<'de>>(self, body: &str, deserializer: D) -> Result<Fitted<Self::Data>, D::Error> {
        let Some(response) = self.response else {
            return IgnoredAny::deserialize(deserializer).map(|_| Fitted::Fits(None));
        };
        Ok(match ObjectSeed(MakeRow { shape: &RESPONSES[response], body }).deserialize(deserializer)? {
            Fitted::Null => Fitted::Null,
            Fitted::Fits(row) => Fitted::Fits(Some(row)),
            Fitted::Odd(value) => Fitted::Odd(value),
        })
    }

    fn shortcut(self, body: &[u8]) -> Option<Self::Data> {
        shortcut::open(body, &RESPONSES[self.response?]).map(Some)
    }

    fn finish(self, row: Self::Data, text: Bytes) -> Self::Response {
        row.map(|row| Record { body: text, row })
    }
}

/// Makes rows of one shape.
#[derive(Clone, Copy)]
struct MakeRow<'b> {
    shape: &'static Shape,
    body: &'b str,
}

/// A row while it is read.
struct OpenRow<'b> {
    row: Row,
    body: &'b str,
}

impl<'b> MakeObject for MakeRow<'b> {
    type Open = OpenRow<'b>;
    type Object = Row;

    fn open(self) -> OpenRow<'b> {
        OpenRow { row: Row::new(self.shape), body: self.body }
    }

    fn close(self, open: OpenRow<'b>) -> Row {
        open.row
    }

    fn to_json(self, row: &Row) -> Value {
        row.to_json(self.body.as_bytes())
    }
}

impl Object for OpenRow<'_> {
    fn names(&self) -> &'static [&'static str] {
        self.row.shape.names
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, field: usize, value: FieldValue<'_, A>) -> Result<(), A::Error> {
        let Row { shape, cells, extra } = &mut self.row;
        let alias = field.checked_sub(shape.fields.len()).map(|alias| shape.aliases[alias]);
        let position = alias.unwrap_or(field);
        let (kind, cell) = (&shape.fields[position].kind, &mut cells[position]);
        let make_row = |shape: usize| MakeRow { shape: &RESPONSES[shape], body: self.body };
        match kind {
            Kind::Object(shape) => {
                let mut row = None;
                value.record_by(make_row(*shape), &mut row, extra)?;
                if let Some(row) = row {
                    *cell = Some(Cell::Object(Box::new(row)));
                }
            }
            Kind::List(Kind::Object(shape)) => {
                let mut rows = if let Some(Cell::Objects(rows)) = cell.take() { *rows } else { Vec::new() };
                let read = match alias {
                    Some(_) => value.alias_records_by(make_row(*shape), &mut rows, extra),
                    None => value.records_by(make_row(*shape), &mut rows, extra),
                };
                *cell = Some(Cell::Objects(Box::new(rows)));
                read?;
            }
            Kind::List(item) => {
                let mut values = if let Some(Cell::Values(values)) = cell.take() { *values } else { Vec::new() };
                let read = value.values_by(MakeCell { kind: item, body: self.body }, &mut values, extra);
                *cell = Some(Cell::Values(Box::new(values)));
                read?;
            }
            kind => {
                let make = MakeCell { kind, body: self.body };
                match alias {
                    Some(_) => value.alias_by(make, cell, extra)?,
                    None => value.value_by(make, cell, extra)?,
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
struct MakeCell<'b> {
    kind: &'static Kind,
    body: &'b str,
}

impl MakeCell<'_> {
    /// `fit` is what makes a value of the Rust type that stands for the kind.
    fn make(self, fit: impl Fitting) -> Option<Cell> {
        match self.kind {
            Kind::Int32 => fit.fit::<i32>().map(|number| Cell::Int(number.into())),
            Kind::Int64 | Kind::Enum(_) => fit.fit::<i64>().map(Cell::Int),
            Kind::Float => fit.fit::<f64>().map(Cell::Float),
            Kind::Flag | Kind::Bool => fit.fit::<bool>().map(Cell::Bool),
            Kind::Time => fit.fit::<LocalDateTime>().map(Cell::Time),
            // Texts are taken without a copy before it comes to this; no other value is one.
            Kind::Text | Kind::Object(_) | Kind::List(_) => None,
        }
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

impl MakeValue for MakeCell<'_> {
    type Value = Cell;

    fn integer(self, number: i64) -> Option<Cell> {
        self.make(Integer(number))
    }

    fn float(self, number: f64) -> Option<Cell> {
        self.make(Float(number))
    }

    fn text(self, text: &str) -> Option<Cell> {
        match self.kind {
            Kind::Text => Some(Cell::from_text(text, self.body)),
            _ => self.make(Characters(text)),
        }
    }

    fn boolean(self, value: bool) -> Option<Cell> {
        self.make(Boolean(value))
    }

    fn to_json(self, cell: &Cell) -> Value {
        cell.to_json(self.body.as_bytes(), self.kind)
    }
}
