//! Converts records and JSON to Python values.

use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyFloat, PyList, PyNone, PyTuple, PyType};
use recallflow::ffi::{Cell, Kind, Record, ResponseData, Row, Shape, undocumented};
use recallflow::{Extra, LocalDateTime};
use recallflow_bridge::latin1;
use serde_json::Value;

use crate::classes::{Class, Classes};
use crate::python;

/// Returns the items of a page as a list of responses.
pub(crate) fn item_list<'py>(py: Python<'py>, items: &[Record]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    let mut maker = Maker::new(py, Classes::registered(py)?);
    for record in items {
        list.append(maker.row_object(record.root())?)?;
    }
    Ok(list)
}

/// Returns the data of a response: an object of the operation's class, plain objects, or `None`.
pub(crate) fn response_data<'py>(py: Python<'py>, data: &ResponseData) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    match data {
        ResponseData::Object(record) => Maker::new(py, Classes::registered(py)?).row_object(record.root()),
        ResponseData::Json(json) => LOADS.import(py, "recallflow._json", "loads")?.call1((PyBytes::new(py, json),)),
        ResponseData::Nothing => Ok(PyNone::get(py).to_owned().into_any()),
    }
}

/// Returns a response of the class `of`, which is the class of the record or derives from it.
pub(crate) fn new_response<'py>(
    py: Python<'py>,
    class: &Class,
    of: &Bound<'py, PyType>,
    record: &Record,
) -> PyResult<Bound<'py, PyAny>> {
    Maker::new(py, Classes::registered(py)?).new_instance(class, of, record.root())
}

/// Creates the values of one response.
struct Maker<'a, 'py> {
    py: Python<'py>,
    classes: &'a Classes,
    /// Cache of short strings: many columns of a list have the same value in each row.
    texts: [Option<(Short, Bound<'py, PyAny>)>; 1 << TEXTS],
    /// Buffer for a string in Latin-1.
    latin: Vec<u8>,
    /// Position of the last field by the lowest bits of its number, because the numbers of an object often repeat.
    numbers: [usize; NUMBERS],
}

/// Size of the cache of short strings, as a power of two. A larger one does not have more hits.
const TEXTS: u32 = 6;

const NUMBERS: usize = 16;

/// A string of a few bytes, as numbers that compare quickly. Longer strings rarely repeat.
#[derive(PartialEq)]
struct Short {
    /// The first and the last bytes, which may overlap.
    ends: (u64, u64),
    length: usize,
}

impl Short {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        let ends = match bytes {
            [] => (0, 0),
            [only] => (0, u64::from(*only)),
            [first, .., last] if bytes.len() < 4 => {
                (u64::from_le_bytes([*first, bytes[1], 0, 0, 0, 0, 0, 0]), u64::from(*last))
            }
            _ if bytes.len() < 8 => (half(bytes.first_chunk()?), half(bytes.last_chunk()?)),
            _ if bytes.len() <= 12 => (word(bytes.first_chunk()?), word(bytes.last_chunk()?)),
            _ => return None,
        };
        Some(Self { ends, length: bytes.len() })
    }

    /// Returns its index in the cache.
    fn cache_index(&self) -> usize {
        let mixed = (self.ends.0 ^ self.ends.1.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (u64::BITS - TEXTS)) as usize
    }
}

impl<'a, 'py> Maker<'a, 'py> {
    fn new(py: Python<'py>, classes: &'a Classes) -> Self {
        Self { py, classes, texts: [const { None }; 1 << TEXTS], latin: Vec::new(), numbers: [0; NUMBERS] }
    }

    fn row_object(&mut self, row: Row<'a>) -> PyResult<Bound<'py, PyAny>> {
        let class = self.classes.responses.iter().find(|class| std::ptr::eq(class.shape, row.shape()));
        let class = class.ok_or_else(unexpected_shape)?;
        self.new_instance(class, class.kind.bind(self.py), row)
    }

    fn new_instance(&mut self, class: &Class, of: &Bound<'py, PyType>, row: Row<'a>) -> PyResult<Bound<'py, PyAny>> {
        let instance = class.allocator.allocate_instance(of)?;
        let extra = row.extra();
        // Instances of a derived class may have other attributes.
        let mut is_leaf = extra.is_none() && of.is(class.kind.bind(self.py));
        let cells = row.cells();
        for (position, (member, cell)) in class.slots.iter().zip(cells).enumerate() {
            let kind = &class.shape.fields[position].kind;
            is_leaf &= !matches!(cell, Cell::Object(_) | Cell::Objects(..) | Cell::Values(..));
            let value = match cell {
                Cell::Object(_) => self.row_object(row.object(position).ok_or_else(unexpected_shape)?)?,
                Cell::Objects(..) => {
                    let items = row.objects(position).map(|row| self.row_object(row)).collect::<PyResult<Vec<_>>>()?;
                    PyTuple::new(self.py, items)?.into_any()
                }
                Cell::Values(..) => {
                    let item = if let Kind::List(item) = kind { item } else { kind };
                    let mut items = Vec::new();
                    for cell in row.values(position) {
                        items.push(self.cell_value(row, item, cell)?);
                    }
                    PyTuple::new(self.py, items)?.into_any()
                }
                Cell::Int(number) if !matches!(kind, Kind::Enum(_)) => {
                    let earlier = self.same_number(class.shape, cells, position, *number);
                    match earlier.and_then(|earlier| class.slots[earlier].share(&instance)) {
                        Some(value) => value,
                        None => number.into_pyobject(self.py)?.into_any(),
                    }
                }
                cell => self.cell_value(row, kind, cell)?,
            };
            member.fill(&instance, value);
        }
        class.extra.fill(&instance, make_extra(self.py, self.classes, extra.into_iter().flat_map(Extra::values))?);
        Ok(if is_leaf { instance.finish_leaf() } else { instance.into_instance() })
    }

    /// Returns the position of an earlier field with the same number, whose Python object can be shared.
    fn same_number(&mut self, shape: &Shape, cells: &[Cell], position: usize, number: i64) -> Option<usize> {
        let last = &mut self.numbers[usize::from(number.to_le_bytes()[0]) % NUMBERS];
        let twin = std::mem::replace(last, position);
        // A member of an enum is a different object than its number.
        let is_number = |twin: usize| !matches!(shape.fields[twin].kind, Kind::Enum(_));
        let is_same = |twin: usize| matches!(cells.get(twin), Some(Cell::Int(other)) if *other == number);
        (twin < position && is_same(twin) && is_number(twin)).then_some(twin)
    }

    /// Returns a value that is neither an object nor a list.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is called for every value, and its result would be passed in memory")]
    fn cell_value(&mut self, row: Row<'a>, kind: &Kind, cell: &Cell) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        Ok(match cell {
            Cell::Absent if matches!(kind, Kind::List(_)) => self.classes.empty_tuple.bind(py).clone().into_any(),
            Cell::Absent => PyNone::get(py).to_owned().into_any(),
            Cell::Int(number) => match kind {
                Kind::Enum(position) => self.classes.enums[*position].member_of(py, *number)?,
                _ => number.into_pyobject(py)?.into_any(),
            },
            Cell::Float(number) => PyFloat::new(py, *number).into_any(),
            Cell::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
            Cell::Span(..) | Cell::Text(_) => self.text_value(row.text(cell).unwrap_or_default())?,
            Cell::Time(time) => self.classes.times.new_datetime(py, *time)?,
            Cell::Object(_) | Cell::Objects(..) | Cell::Values(..) => return Err(unexpected_shape()),
        })
    }

    #[inline]
    fn text_value(&mut self, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let Some(short) = Short::from_bytes(bytes) else { return make_text(self.py, bytes, &mut self.latin) };
        let place = &mut self.texts[short.cache_index()];
        match place {
            Some((known, text)) if *known == short => Ok(text.clone()),
            _ => {
                let text = make_text(self.py, bytes, &mut self.latin)?;
                *place = Some((short, text.clone()));
                Ok(text)
            }
        }
    }
}

#[cold]
fn unexpected_shape() -> PyErr {
    PyValueError::new_err("expected the shape of a response")
}

/// Creates an `Extra` with these fields.
fn make_extra<'py, 'v>(
    py: Python<'py>,
    classes: &Classes,
    values: impl Iterator<Item = (&'v String, &'v Value)>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut values = values.peekable();
    if values.peek().is_none() {
        return Ok(classes.empty_extra.bind(py).clone());
    }
    let fields = PyDict::new(py);
    for (name, value) in values {
        fields.set_item(name, json_to_python(py, value)?)?;
    }
    python::call(classes.extra.bind(py), &PyTuple::new(py, [fields])?)
}

/// Creates a string from UTF-8 bytes.
fn make_text<'py>(py: Python<'py>, bytes: &[u8], latin: &mut Vec<u8>) -> PyResult<Bound<'py, PyAny>> {
    latin.clear();
    let is_latin = !bytes.is_ascii() && latin1::push(latin, bytes);
    let bytes = if is_latin { &**latin } else { bytes };
    let (start, length) = (bytes.as_ptr().cast(), ffi::Py_ssize_t::try_from(bytes.len())?);
    // SAFETY: `start` and `length` describe `bytes`. Both functions copy them; one accepts any bytes, and the other checks
    // that they are UTF-8. They return a new reference, or null with an exception.
    unsafe {
        let text = if is_latin {
            ffi::PyUnicode_DecodeLatin1(start, length, std::ptr::null())
        } else {
            ffi::PyUnicode_FromStringAndSize(start, length)
        };
        Bound::from_owned_ptr_or_err(py, text)
    }
}

/// Converts JSON to plain Python objects.
pub(crate) fn json_to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => PyNone::get(py).to_owned().into_any(),
        Value::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, Some(number)) => number.into_pyobject(py)?.into_any(),
            (None, None) => PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any(),
        },
        Value::String(text) => text.into_pyobject(py)?.into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(json_to_python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (name, value) in fields {
                dict.set_item(name, json_to_python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

/// Creates a request from its wire form. Its class is `of`, which is `class` or a subclass.
pub(crate) fn new_request<'py>(
    py: Python<'py>,
    classes: &Classes,
    class: &Class,
    of: &Bound<'py, PyType>,
    wire: &Value,
) -> PyResult<Bound<'py, PyAny>> {
    let instance = class.allocator.allocate_instance(of)?;
    for (member, field) in class.slots.iter().zip(class.shape.fields) {
        let holder = field.within.map_or(Some(wire), |within| wire.get(within));
        let value = holder.and_then(|holder| holder.get(field.wire)).unwrap_or(&Value::Null);
        member.fill(&instance, request_value(py, classes, &field.kind, value)?);
    }
    let extra = undocumented(class.shape, wire);
    class.extra.fill(&instance, make_extra(py, classes, extra.iter())?);
    Ok(instance.into_instance())
}

/// Returns the value of a request's field from its wire form, which is valid.
fn request_value<'py>(py: Python<'py>, classes: &Classes, kind: &Kind, wire: &Value) -> PyResult<Bound<'py, PyAny>> {
    match (kind, wire) {
        (Kind::Flag, Value::Number(number)) => {
            Ok((number.as_i64() == Some(1)).into_pyobject(py)?.to_owned().into_any())
        }
        (Kind::Enum(position), Value::Number(number)) => {
            classes.enums[*position].member_of(py, number.as_i64().unwrap_or_default())
        }
        (Kind::Time, Value::String(text)) => match text.parse::<LocalDateTime>() {
            Ok(time) => classes.times.new_datetime(py, time),
            Err(_) => json_to_python(py, wire),
        },
        (Kind::Object(position), Value::Object(_)) => {
            let class = &classes.requests[*position];
            new_request(py, classes, class, class.kind.bind(py), wire)
        }
        (Kind::List(item), Value::Array(items)) => {
            let items =
                items.iter().map(|wire| request_value(py, classes, item, wire)).collect::<PyResult<Vec<_>>>()?;
            Ok(PyTuple::new(py, items)?.into_any())
        }
        _ => json_to_python(py, wire),
    }
}
