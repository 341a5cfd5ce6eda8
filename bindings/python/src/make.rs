//! Makes Python values of records and of JSON.

use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyList, PyNone, PyTuple, PyType};
use recallflow::LocalDateTime;
use recallflow::host::{Cell, Kind, Record, Row, Text};
use serde_json::Value;

use crate::classes::{Class, Classes};
use crate::completions::Answer;

/// What an answer becomes: a response, or `None` where the operation has none.
pub(crate) fn record<'py>(py: Python<'py>, record: Option<&Record>) -> PyResult<Bound<'py, PyAny>> {
    match record {
        Some(record) => row(py, Classes::get(py)?, &record.row, &record.body),
        None => Ok(PyNone::get(py).to_owned().into_any()),
    }
}

/// What the answer of a call becomes.
pub(crate) fn answer<'py>(py: Python<'py>, answer: &Answer) -> PyResult<Bound<'py, PyAny>> {
    match answer {
        Answer::Response(record) => self::record(py, record.as_ref()),
        Answer::Items(items) => records(py, items.as_deref()),
    }
}

/// What the items of a page become.
fn records<'py>(py: Python<'py>, records: Option<&[Record]>) -> PyResult<Bound<'py, PyAny>> {
    let Some(records) = records else { return Ok(PyNone::get(py).to_owned().into_any()) };
    let classes = Classes::get(py)?;
    let list = PyList::empty(py);
    for record in records {
        list.append(row(py, classes, &record.row, &record.body)?)?;
    }
    Ok(list.into_any())
}

fn row<'py>(py: Python<'py>, classes: &Classes, row: &Row, body: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let class = classes.responses.iter().find(|class| std::ptr::eq(class.shape, row.shape));
    let class = class.ok_or_else(|| PyValueError::new_err("an answer of an unknown shape"))?;
    fill(py, classes, class, class.class.bind(py), row, body)
}

/// A response of this class, which is the one of the row or derives from it.
pub(crate) fn fill<'py>(
    py: Python<'py>,
    classes: &Classes,
    class: &Class,
    of: &Bound<'py, PyType>,
    row: &Row,
    body: &[u8],
) -> PyResult<Bound<'py, PyAny>> {
    let instance = class.allocator.allocate(of)?;
    let none = PyNone::get(py);
    for ((member, field), cell) in class.members.iter().zip(class.shape.fields).zip(&row.cells) {
        match cell {
            Some(cell) => member.set(&instance, &self::cell(py, classes, &field.kind, cell, body)?)?,
            None if matches!(field.kind, Kind::List(_)) => member.set(&instance, classes.empty_tuple.bind(py))?,
            None => member.set(&instance, &none)?,
        }
    }
    if let Some(member) = &class.extra {
        if row.extra.is_empty() {
            member.set(&instance, classes.empty_extra.bind(py))?;
        } else {
            let fields = PyDict::new(py);
            for (name, value) in row.extra.values() {
                fields.set_item(name, json(py, value)?)?;
            }
            member.set(&instance, &classes.extra.bind(py).call1((fields,))?)?;
        }
    }
    Ok(instance)
}

fn cell<'py>(
    py: Python<'py>,
    classes: &Classes,
    kind: &Kind,
    cell: &Cell,
    body: &[u8],
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match cell {
        Cell::Int(number) => match kind {
            Kind::Enum(position) => classes.enums[*position].member(py, *number)?,
            _ => number.into_pyobject(py)?.into_any(),
        },
        Cell::Float(number) => PyFloat::new(py, *number).into_any(),
        Cell::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
        Cell::Text(text) => self::text(py, text, body)?,
        Cell::Time(time) => self::time(py, classes, *time)?,
        Cell::Object(row) => self::row(py, classes, row, body)?,
        Cell::Objects(rows) => {
            let items = rows.iter().map(|row| self::row(py, classes, row, body)).collect::<PyResult<Vec<_>>>()?;
            PyTuple::new(py, items)?.into_any()
        }
        Cell::Values(cells) => {
            let item = if let Kind::List(item) = kind { item } else { kind };
            let items = cells.iter().map(|cell| self::cell(py, classes, item, cell, body));
            PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any()
        }
    })
}

fn text<'py>(py: Python<'py>, text: &Text, body: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let bytes = text.bytes(body);
    let length = ffi::Py_ssize_t::try_from(bytes.len())?;
    // SAFETY: the bytes are as many as said, the function copies them, and it checks whether they are UTF-8. It returns
    // a new reference, or null with an exception.
    unsafe {
        let text = ffi::PyUnicode_FromStringAndSize(bytes.as_ptr().cast(), length);
        Bound::from_owned_ptr_or_err(py, text)
    }
}

fn time<'py>(py: Python<'py>, classes: &Classes, time: LocalDateTime) -> PyResult<Bound<'py, PyAny>> {
    let parts = (time.year(), time.month(), time.day(), time.hour(), time.minute(), time.second());
    classes.datetime.bind(py).call1(parts)
}

/// Plain Python objects for JSON.
pub(crate) fn json<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
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
                list.append(json(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (name, value) in fields {
                dict.set_item(name, json(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

/// A request of this class, which is the one of the shape or derives from it, from its wire form.
pub(crate) fn request<'py>(
    py: Python<'py>,
    classes: &Classes,
    class: &Class,
    of: &Bound<'py, PyType>,
    wire: &Value,
) -> PyResult<Bound<'py, PyAny>> {
    let instance = class.allocator.allocate(of)?;
    let none = Value::Null;
    for (member, field) in class.members.iter().zip(class.shape.fields) {
        let holder = field.within.map_or(Some(wire), |within| wire.get(within));
        let value = holder.and_then(|holder| holder.get(field.wire)).unwrap_or(&none);
        member.set(&instance, &given(py, classes, &field.kind, value)?)?;
    }
    Ok(instance)
}

/// A value of a request, whose wire form was checked before.
fn given<'py>(py: Python<'py>, classes: &Classes, kind: &Kind, wire: &Value) -> PyResult<Bound<'py, PyAny>> {
    match (kind, wire) {
        (Kind::Flag, Value::Number(number)) => Ok((number.as_i64() == Some(1)).into_pyobject(py)?.to_owned().into_any()),
        (Kind::Enum(position), Value::Number(number)) => {
            classes.enums[*position].member(py, number.as_i64().unwrap_or_default())
        }
        (Kind::Time, Value::String(text)) => match text.parse::<LocalDateTime>() {
            Ok(time) => self::time(py, classes, time),
            Err(_) => json(py, wire),
        },
        (Kind::Object(position), Value::Object(_)) => {
            let class = &classes.requests[*position];
            request(py, classes, class, class.class.bind(py), wire)
        }
        (Kind::List(item), Value::Array(items)) => {
            let items = items.iter().map(|wire| given(py, classes, item, wire)).collect::<PyResult<Vec<_>>>()?;
            Ok(PyTuple::new(py, items)?.into_any())
        }
        _ => json(py, wire),
    }
}
