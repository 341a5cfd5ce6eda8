//! Packs values as a row of numbers and one text, which the package's `reader.ts` reads in the same order.
//!
//! A number stands for itself, a text is the number of UTF-16 units up to its end, a truth value is 0 or 1, an
//! object 1 and then its fields, and a list the number of its items and then these. Absent is NaN, which no JSON has. A
//! text that came before may be a negative number: -1 stands for the first of the short texts, -2 for the second.

use napi::bindgen_prelude::Float64Array;
use napi::{Env, JsString};
use napi_derive::napi;
use recallflow::Extra;
use recallflow::ffi::{Cell, Field, Kind, Record, Row};
use serde_json::{Map, Number, Value};

use crate::text::Text;

/// Larger whole numbers are not the only ones that a number of JavaScript may stand for.
const LARGEST: u64 = (1 << 53) - 1;

const ABSENT: f64 = f64::NAN;

/// No text of JavaScript is longer, in any version from 20 on.
const LONGEST: usize = (1 << 29) - 32;

/// Room is made in advance for so much, because the first of many objects may be by far the largest.
const ROOM: usize = 1 << 16;

/// What is before a value of any kind.
#[derive(Clone, Copy)]
enum Tag {
    Null,
    False,
    True,
    Number,
    BigInt,
    Text,
    List,
    Object,
}

/// Values, one after the other.
#[derive(Default)]
pub(crate) struct Pack {
    pub(crate) numbers: Vec<f64>,
    text: Text,
}

/// What the package reads.
#[napi(object, object_from_js = false)]
pub struct Parcel<'a> {
    /// The numbers.
    pub numbers: Float64Array,
    /// The text.
    pub text: JsString<'a>,
}

impl Pack {
    /// A value of any kind.
    pub(crate) fn of(value: &Value) -> Self {
        let mut pack = Self::default();
        pack.any(value);
        pack
    }

    /// An answer.
    pub(crate) fn of_record(record: &Record) -> Self {
        let mut pack = Self::default();
        pack.row(record.root());
        pack
    }

    /// The items of a page.
    pub(crate) fn of_items(items: &[Record]) -> Self {
        let mut pack = Self::default();
        pack.rows(items.iter().map(Record::root));
        pack
    }

    pub(crate) fn parcel(self, env: &Env) -> napi::Result<Parcel<'_>> {
        let text = self.make_text(env)?;
        Ok(Parcel { numbers: Float64Array::new(self.numbers), text })
    }

    /// The text as one of JavaScript.
    pub(crate) fn make_text<'e>(&self, env: &'e Env) -> napi::Result<JsString<'e>> {
        self.text.make(env)
    }

    /// Whether JavaScript can hold it: its texts have a largest length.
    pub(crate) fn fits(&self) -> bool {
        self.text.length() < LONGEST && self.numbers.len() < LONGEST
    }

    pub(crate) fn has_text(&self) -> bool {
        self.text.length() > 0
    }

    #[expect(clippy::cast_precision_loss, reason = "nothing has so many parts")]
    fn count(&mut self, count: usize) {
        self.numbers.push(count as f64);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.text.push(text);
        self.count(self.text.length());
    }

    fn tag(&mut self, tag: Tag) {
        self.count(tag as usize);
    }

    /// The beginning of a list, after which its items come.
    pub(crate) fn list(&mut self, length: usize) {
        self.tag(Tag::List);
        self.count(length);
    }

    /// The beginning of an object, after which its members come, each as a text and a value.
    pub(crate) fn object(&mut self, length: usize) {
        self.tag(Tag::Object);
        self.count(length);
    }

    pub(crate) fn any(&mut self, value: &Value) {
        match value {
            Value::Null => self.tag(Tag::Null),
            Value::Bool(false) => self.tag(Tag::False),
            Value::Bool(true) => self.tag(Tag::True),
            Value::Number(number) => match exact(number) {
                Some(number) => {
                    self.tag(Tag::Number);
                    self.numbers.push(number);
                }
                None => {
                    self.tag(Tag::BigInt);
                    self.text(&number.to_string());
                }
            },
            Value::String(text) => {
                self.tag(Tag::Text);
                self.text(text);
            }
            Value::Array(items) => {
                self.list(items.len());
                for item in items {
                    self.any(item);
                }
            }
            Value::Object(fields) => {
                self.tag(Tag::Object);
                self.fields(fields);
            }
        }
    }

    fn fields<'v>(&mut self, fields: impl IntoIterator<Item = (&'v String, &'v Value), IntoIter: ExactSizeIterator>) {
        let fields = fields.into_iter();
        self.count(fields.len());
        for (name, value) in fields {
            self.text(name);
            self.any(value);
        }
    }

    fn row(&mut self, row: Row<'_>) {
        let mut odd = Odd::default();
        for (position, cell) in row.cells().iter().enumerate() {
            match cell {
                Cell::Object(_) => {
                    self.numbers.push(1.0);
                    row.object(position).into_iter().for_each(|object| self.row(object));
                }
                Cell::Objects(..) => self.rows(row.objects(position)),
                Cell::Values(..) if row.values(position).iter().all(fits) => {
                    let values = row.values(position);
                    self.count(values.len());
                    for value in values {
                        self.value(row, value);
                    }
                }
                cell if fits(cell) && !matches!(cell, Cell::Absent | Cell::Values(..)) => self.value(row, cell),
                cell => {
                    let Field { wire, kind, .. } = &row.shape().fields[position];
                    match cell {
                        Cell::Values(..) => odd.add(wire, whole(row.values(position))),
                        Cell::Int(number) => odd.add(wire, (*number).into()),
                        _ => {}
                    }
                    self.numbers.push(if matches!(kind, Kind::List(_)) { 0.0 } else { ABSENT });
                }
            }
        }
        match (row.extra(), odd.0) {
            (None, None) => self.numbers.push(0.0),
            (extra, odd) => {
                let mut fields = odd.unwrap_or_default();
                let extra = extra.into_iter().flat_map(Extra::values);
                fields.extend(extra.map(|(name, value)| (name.clone(), value.clone())));
                self.fields(&fields);
            }
        }
    }

    /// Objects of a list.
    fn rows<'a>(&mut self, rows: impl ExactSizeIterator<Item = Row<'a>>) {
        let count = rows.len();
        self.count(count);
        let (numbers, length) = (self.numbers.len(), self.text.length());
        for (at, row) in rows.enumerate() {
            self.row(row);
            if at == 0 {
                // The others are probably as large, and so little is moved.
                let others = |length: usize| length.saturating_mul(count - 1).min(ROOM);
                self.numbers.reserve(others(self.numbers.len() - numbers));
                self.text.reserve(others(self.text.length() - length));
            }
        }
    }

    /// A value that is no object and no list.
    fn value(&mut self, row: Row<'_>, cell: &Cell) {
        match cell {
            #[expect(clippy::cast_precision_loss, reason = "only those that fit come here")]
            Cell::Int(number) => self.numbers.push(*number as f64),
            Cell::Float(number) => self.numbers.push(*number),
            Cell::Bool(value) => self.numbers.push(f64::from(u8::from(*value))),
            Cell::Time(time) => {
                self.text.push_ascii(&time.to_ascii());
                self.count(self.text.length());
            }
            cell => match row.text(cell) {
                Some(text) => match self.text.push_or_find(text) {
                    #[expect(clippy::cast_precision_loss, reason = "nothing has so many parts")]
                    Some(number) => self.numbers.push(-1.0 - number as f64),
                    None => self.count(self.text.length()),
                },
                None => self.numbers.push(ABSENT),
            },
        }
    }
}

/// Whole numbers that no number of JavaScript stands for, by the names of their fields.
#[derive(Default)]
struct Odd(Option<Map<String, Value>>);

impl Odd {
    fn add(&mut self, name: &str, value: Value) {
        self.0.get_or_insert_default().insert(name.to_owned(), value);
    }
}

/// Whether a value of JavaScript stands for it.
fn fits(cell: &Cell) -> bool {
    if let Cell::Int(number) = cell { number.unsigned_abs() <= LARGEST } else { true }
}

/// Whole numbers as JSON.
fn whole(cells: &[Cell]) -> Value {
    let numbers = cells.iter().map(|cell| if let Cell::Int(number) = cell { (*number).into() } else { Value::Null });
    numbers.collect()
}

/// The number of JavaScript that stands for this one and for no other.
fn exact(number: &Number) -> Option<f64> {
    let size = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
    number.as_f64().filter(|_| size.is_none_or(|size| size <= LARGEST))
}
