//! What the values of the package are asked for: rules, wire form, money.

use bytes::Bytes;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyString, PyType};
use recallflow::ffi;
use recallflow::{Error, Fee, LocalDateTime};
use serde_json::Value;

use crate::classes::{Class, Classes};
use crate::errors::{raise, shielded};
use crate::{from_python, order, python, to_python};

/// The class of a value, and whether it is one of requests.
fn class_of<'c>(classes: &'c Classes, class: &Bound<'_, PyType>) -> PyResult<(&'c Class, bool)> {
    let none = || PyTypeError::new_err(format!("{class} is no request or response of recallflow"));
    classes.of(class).ok_or_else(none)
}

/// Every rule that the request breaks.
#[pyfunction]
pub(crate) fn validate<'py>(py: Python<'py>, request: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    shielded(None, || {
        let classes = Classes::get(py)?;
        let (class, _) = class_of(classes, &request.get_type())?;
        let violations = match ffi::read_request(class.position, &from_python::value(request)?) {
            Ok(request) => request.violations(),
            Err(violations) => violations,
        };
        let violation_of = classes.violation.bind(py);
        let all = violations.iter().map(|violation| {
            python::call(
                violation_of,
                &(&violation.path, violation.rule.as_str(), &violation.message).into_pyobject(py)?,
            )
        });
        PyList::new(py, all.collect::<PyResult<Vec<_>>>()?)
    })
}

/// The advice about the request; none if it cannot be read.
#[pyfunction]
pub(crate) fn warnings<'py>(py: Python<'py>, request: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    shielded(None, || {
        let classes = Classes::get(py)?;
        let (class, _) = class_of(classes, &request.get_type())?;
        let warnings = ffi::read_request(class.position, &from_python::value(request)?)
            .map_or_else(|_| Vec::new(), |request| request.warnings());
        let warning_of = classes.warning.bind(py);
        let all = warnings
            .iter()
            .map(|warning| python::call(warning_of, &(&warning.path, &warning.message).into_pyobject(py)?));
        PyList::new(py, all.collect::<PyResult<Vec<_>>>()?)
    })
}

/// The exact JSON of the service.
fn wire(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let classes = Classes::get(value.py())?;
    let (class, is_request) = class_of(classes, &value.get_type())?;
    let json = from_python::value(value)?;
    if is_request { checked(class.position, &json) } else { Ok(json) }
}

/// The wire form of a request as the core writes it.
fn checked(position: usize, json: &Value) -> PyResult<Value> {
    let request = ffi::read_request(position, json);
    Ok(request.map_err(|violations| raise(Error::from_violations(violations)))?.to_json())
}

/// The exact JSON of the service, as plain Python objects.
#[pyfunction]
pub(crate) fn to_wire<'py>(py: Python<'py>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    shielded(None, || {
        let (class, is_request) = class_of(Classes::get(py)?, &value.get_type())?;
        order::documented(py, if is_request { ffi::REQUESTS } else { ffi::RESPONSES }, class.shape, &wire(value)?)
    })
}

/// Reads the JSON of the service: text, bytes or plain Python objects.
#[pyfunction]
pub(crate) fn from_wire<'py>(
    py: Python<'py>,
    cls: &Bound<'py, PyType>,
    wire: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    shielded(None, || {
        let classes = Classes::get(py)?;
        let (class, is_request) = class_of(classes, cls)?;
        let text = text_of(wire)?;
        match (text, is_request) {
            (Some(text), false) => response(py, class, cls, text),
            (None, false) => {
                response(py, class, cls, order::aliases_last(&from_python::json(wire, is_request)?).into())
            }
            (Some(text), true) => {
                let json = ffi::parse_request(&text).map_err(raise)?;
                to_python::request(py, classes, class, cls, &checked(class.position, &json)?)
            }
            (None, true) => to_python::request(
                py,
                classes,
                class,
                cls,
                &checked(class.position, &from_python::json(wire, is_request)?)?,
            ),
        }
    })
}

/// The bytes of JSON text; `None` for what was parsed already.
fn text_of(wire: &Bound<'_, PyAny>) -> PyResult<Option<Bytes>> {
    if wire.is_instance_of::<PyString>() {
        // Half a character is no UTF-8, which is what the core then says.
        let text = wire.call_method1("encode", ("utf-8", "surrogatepass"))?;
        return Ok(Some(shared(text.cast_into::<PyBytes>()?)));
    }
    Ok(match wire.cast::<PyByteArray>() {
        Ok(bytes) => Some(bytes.to_vec().into()),
        Err(_) => wire.cast::<PyBytes>().ok().map(|bytes| shared(bytes.clone())),
    })
}

/// The same bytes, which are not copied.
fn shared(bytes: Bound<'_, PyBytes>) -> Bytes {
    Bytes::from_owner(PyBackedBytes::from(bytes))
}

/// Reads fields under their Python names.
#[pyfunction]
pub(crate) fn from_dict<'py>(
    py: Python<'py>,
    cls: &Bound<'py, PyType>,
    fields: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    shielded(None, || {
        let classes = Classes::get(py)?;
        let (class, is_request) = class_of(classes, cls)?;
        let json = from_python::named(fields, class, is_request)?;
        if is_request {
            to_python::request(py, classes, class, cls, &checked(class.position, &json)?)
        } else {
            response(py, class, cls, order::aliases_last(&json).into())
        }
    })
}

fn response<'py>(py: Python<'py>, class: &Class, cls: &Bound<'py, PyType>, json: Bytes) -> PyResult<Bound<'py, PyAny>> {
    let record = ffi::read_response(class.position, json).map_err(raise)?;
    to_python::response(py, class, cls, &record)
}

/// The names on the wire of the fields of a class, in their order.
#[pyfunction]
pub(crate) fn wire_names(py: Python<'_>, cls: &Bound<'_, PyType>) -> PyResult<Vec<&'static str>> {
    let (class, _) = class_of(Classes::get(py)?, cls)?;
    Ok(class.shape.fields.iter().map(|field| field.wire).collect())
}

/// The time that a text is, if it is one as the service writes them.
#[pyfunction]
pub(crate) fn time<'py>(text: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
    // Half a character is no text of Rust's, and no time either.
    let time = text.to_str().ok().and_then(|text| text.parse::<LocalDateTime>().ok());
    time.map(|time| Classes::get(text.py())?.times.make(text.py(), time)).transpose()
}

/// The update that changes nothing, from a flow that was read.
#[pyfunction]
pub(crate) fn to_update<'py>(py: Python<'py>, detail: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    shielded(None, || {
        let classes = Classes::get(py)?;
        let update = ffi::to_update(from_python::value(detail)?).map_err(raise)?;
        let class = classes.requests.iter().find(|class| class.shape.name == ffi::UPDATE);
        let class = class.ok_or_else(|| PyTypeError::new_err("there is no class of updates"))?;
        to_python::request(py, classes, class, class.kind.bind(py), &update)
    })
}

/// Amount as decimal text and currency.
#[pyfunction]
pub(crate) fn parse_fee(text: &str) -> Option<(String, Option<String>)> {
    Fee::parse(text).map(|fee| (fee.amount.to_string(), fee.currency))
}

/// A sum by currencies, and how many fees were counted, unreadable and missing.
type Total = (Vec<(Option<String>, String)>, u64, u64, u64);

/// Sums fees, each a text, or whether something odd stands in its place.
#[pyfunction]
pub(crate) fn total_fees(fees: Vec<(Option<String>, bool)>) -> Total {
    let total = ffi::total_fees(fees.iter().map(|(fee, is_odd)| (fee.as_deref(), *is_odd)));
    let amounts = total.amounts.iter().map(|(currency, amount)| (currency.clone(), amount.to_string()));
    (amounts.collect(), total.counted, total.unreadable, total.missing)
}
