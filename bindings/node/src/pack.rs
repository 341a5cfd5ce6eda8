//! Packs values into numbers and one text, which `reader.ts` reads in the same order.
//!
//! | value | numbers |
//! |---|---|
//! | number | itself |
//! | text | the offset of its end in the text, in UTF-16 units; it begins where the previous text ends |
//! | repeated short text | `-1 - n` for the `n`th short text |
//! | boolean | 0 or 1 |
//! | object | 1, then its fields in the order of its type, then its `extra` |
//! | list | the number of items, then the items |
//! | absent | NaN, which JSON cannot express |
//! | ID that no number represents | infinity, which JSON cannot express either, then its digits as a text |
//! | JSON value of unknown type | its [`ValueKind`], then its value |

use napi::bindgen_prelude::Float64Array;
use napi::{Env, JsString};
use napi_derive::napi;
use recallflow::Extra;
use recallflow::ffi::{Cell, Field, Kind, Record, Row};
use serde_json::{Map, Number, Value};

use crate::text::Text;

/// The largest integer that a JavaScript number represents exactly, as `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

const ABSENT: f64 = f64::NAN;

/// Maximum length of a JavaScript string, in any Node version from 20 on.
const MAX_STRING_LENGTH: usize = (1 << 29) - 32;

/// Maximum capacity reserved in advance, because the first of many objects may be by far the largest.
const MAX_RESERVED: usize = 1 << 16;

/// The kinds of JSON values.
#[napi]
#[derive(Clone, Copy)]
pub enum ValueKind {
    Null,
    False,
    True,
    Number,
    BigInt,
    Text,
    List,
    Object,
}

/// A buffer of packed values.
#[derive(Default)]
pub(crate) struct Pack {
    pub(crate) numbers: Vec<f64>,
    text: Text,
}

/// Packed values as JavaScript receives them.
#[napi(object, object_from_js = false)]
pub struct Parcel<'a> {
    /// The numbers.
    pub numbers: Float64Array,
    /// The text.
    pub text: JsString<'a>,
}

impl Pack {
    /// Packs a JSON value.
    pub(crate) fn of_json(value: &Value) -> Self {
        let mut pack = Self::default();
        pack.push_json(value);
        pack
    }

    /// Packs a text.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut pack = Self::default();
        pack.push_text(text);
        pack
    }

    /// Packs a response.
    pub(crate) fn of_record(record: &Record) -> Self {
        let mut pack = Self::default();
        pack.push_row(record.root());
        pack
    }

    /// Packs the items of a page.
    pub(crate) fn of_items(items: &[Record]) -> Self {
        let mut pack = Self::default();
        pack.push_rows(items.iter().map(Record::root));
        pack
    }

    pub(crate) fn into_parcel(self, env: &Env) -> napi::Result<Parcel<'_>> {
        let text = self.text_for_javascript(env)?;
        Ok(Parcel { numbers: Float64Array::new(self.numbers), text })
    }

    /// Returns the text as a JavaScript string.
    pub(crate) fn text_for_javascript<'e>(&self, env: &'e Env) -> napi::Result<JsString<'e>> {
        self.text.to_javascript(env)
    }

    /// Returns whether JavaScript can hold the text and the numbers.
    pub(crate) fn fits_javascript(&self) -> bool {
        self.text.utf16_length() < MAX_STRING_LENGTH && self.numbers.len() < MAX_STRING_LENGTH
    }

    pub(crate) fn has_text(&self) -> bool {
        self.text.utf16_length() > 0
    }

    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    fn push_count(&mut self, count: usize) {
        self.numbers.push(count as f64);
    }

    pub(crate) fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
        self.push_count(self.text.utf16_length());
    }

    fn push_kind(&mut self, kind: ValueKind) {
        self.numbers.push(f64::from(kind as i32));
    }

    /// Begins a JSON list. Its items follow.
    pub(crate) fn begin_list(&mut self, length: usize) {
        self.push_kind(ValueKind::List);
        self.push_count(length);
    }

    /// Begins a JSON object. Its members follow, each as a text and a value.
    pub(crate) fn begin_object(&mut self, length: usize) {
        self.push_kind(ValueKind::Object);
        self.push_count(length);
    }

    pub(crate) fn push_json(&mut self, value: &Value) {
        match value {
            Value::Null => self.push_kind(ValueKind::Null),
            Value::Bool(false) => self.push_kind(ValueKind::False),
            Value::Bool(true) => self.push_kind(ValueKind::True),
            Value::Number(number) => match exact_number(number) {
                Some(number) => {
                    self.push_kind(ValueKind::Number);
                    self.numbers.push(number);
                }
                None => {
                    self.push_kind(ValueKind::BigInt);
                    self.push_text(&number.to_string());
                }
            },
            Value::String(text) => {
                self.push_kind(ValueKind::Text);
                self.push_text(text);
            }
            Value::Array(items) => {
                self.begin_list(items.len());
                for item in items {
                    self.push_json(item);
                }
            }
            Value::Object(fields) => {
                self.push_kind(ValueKind::Object);
                self.push_members(fields);
            }
        }
    }

    fn push_members<'v>(
        &mut self,
        fields: impl IntoIterator<Item = (&'v String, &'v Value), IntoIter: ExactSizeIterator>,
    ) {
        let fields = fields.into_iter();
        self.push_count(fields.len());
        for (name, value) in fields {
            self.push_text(name);
            self.push_json(value);
        }
    }

    fn push_row(&mut self, row: Row<'_>) {
        let mut misfits = Misfits::default();
        for (position, cell) in row.cells().iter().enumerate() {
            match cell {
                Cell::Object(_) => {
                    self.numbers.push(1.0);
                    row.object(position).into_iter().for_each(|object| self.push_row(object));
                }
                Cell::Objects(..) => self.push_rows(row.objects(position)),
                Cell::Values(..) if row.values(position).iter().all(|cell| fits_field(row, position, cell)) => {
                    let values = row.values(position);
                    self.push_count(values.len());
                    for value in values {
                        self.push_scalar(row, value);
                    }
                }
                cell if !matches!(cell, Cell::Absent | Cell::Values(..)) && fits_field(row, position, cell) => {
                    self.push_scalar(row, cell);
                }
                cell => {
                    let Field { wire, kind, .. } = &row.shape().fields[position];
                    match cell {
                        Cell::Values(..) => misfits.add_field(wire, integers_as_json(row.values(position))),
                        Cell::Int(number) => misfits.add_field(wire, (*number).into()),
                        _ => {}
                    }
                    self.numbers.push(if matches!(kind, Kind::List(_)) { 0.0 } else { ABSENT });
                }
            }
        }
        match (row.extra(), misfits.0) {
            (None, None) => self.numbers.push(0.0),
            (extra, misfits) => {
                let mut fields = misfits.unwrap_or_default();
                let extra = extra.into_iter().flat_map(Extra::values);
                fields.extend(extra.map(|(name, value)| (name.clone(), value.clone())));
                self.push_members(&fields);
            }
        }
    }

    /// Packs a list of objects.
    fn push_rows<'a>(&mut self, rows: impl ExactSizeIterator<Item = Row<'a>>) {
        let count = rows.len();
        self.push_count(count);
        let (numbers, length) = (self.numbers.len(), self.text.utf16_length());
        for (at, row) in rows.enumerate() {
            self.push_row(row);
            if at == 0 {
                // Assume that all items are as large as the first, so that the buffers rarely grow.
                let others = |length: usize| length.saturating_mul(count - 1).min(MAX_RESERVED);
                self.numbers.reserve(others(self.numbers.len() - numbers));
                self.text.reserve(others(self.text.utf16_length() - length));
            }
        }
    }

    /// Packs a scalar.
    fn push_scalar(&mut self, row: Row<'_>, cell: &Cell) {
        match cell {
            #[expect(clippy::cast_precision_loss, reason = "the number was found to be exact")]
            Cell::Int(number) if is_exact(*number) => self.numbers.push(*number as f64),
            Cell::Int(number) => {
                self.numbers.push(f64::INFINITY);
                self.push_text(&number.to_string());
            }
            Cell::Float(number) => self.numbers.push(*number),
            Cell::Bool(value) => self.numbers.push(f64::from(u8::from(*value))),
            Cell::Time(time) => {
                self.text.push_ascii(&time.to_ascii());
                self.push_count(self.text.utf16_length());
            }
            cell => match row.text(cell) {
                Some(text) => match self.text.push_or_find(text) {
                    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
                    Some(number) => self.numbers.push(-1.0 - number as f64),
                    None => self.push_count(self.text.utf16_length()),
                },
                None => self.numbers.push(ABSENT),
            },
        }
    }
}

/// Fields whose integers no JavaScript number represents, except for IDs. They go to `extra`, where they become `bigint`s.
#[derive(Default)]
struct Misfits(Option<Map<String, Value>>);

impl Misfits {
    fn add_field(&mut self, name: &str, value: Value) {
        self.0.get_or_insert_default().insert(name.to_owned(), value);
    }
}

/// Returns whether the type of this field represents the cell exactly.
fn fits_field(row: Row<'_>, position: usize, cell: &Cell) -> bool {
    match cell {
        Cell::Int(number) if !is_exact(*number) => {
            matches!(row.shape().fields[position].kind, Kind::Id | Kind::List(Kind::Id))
        }
        _ => true,
    }
}

/// Returns whether a JavaScript number represents the integer and no other.
fn is_exact(number: i64) -> bool {
    number.unsigned_abs() <= MAX_SAFE_INTEGER
}

/// Returns a list of integers as JSON.
fn integers_as_json(cells: &[Cell]) -> Value {
    let numbers = cells.iter().map(|cell| if let Cell::Int(number) = cell { (*number).into() } else { Value::Null });
    numbers.collect()
}

/// Returns the JavaScript number that represents this number and no other.
fn exact_number(number: &Number) -> Option<f64> {
    let size = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
    number.as_f64().filter(|_| size.is_none_or(|size| size <= MAX_SAFE_INTEGER))
}
