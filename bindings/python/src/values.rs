//! What the values of the package are asked for: rules, wire form, money.

use bytes::Bytes;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyString, PyType};
use recallflow::ffi::{self, Form, Json, Request};
use recallflow::{Error, Fee, LocalDateTime, Violation};

use crate::classes::{Class, Classes};
use crate::errors::{raise, shielded};
use crate::from_python::{Given, PyValue};
use crate::{from_python, order, python, to_json, to_python};

/// The class of a value, and whether it is one of requests.
fn class_of<'c>(classes: &'c Classes, class: &Bound<'_, PyType>) -> PyResult<(&'c Class, bool)> {
    let none = || PyTypeError::new_err(format!("{class} is no request or response of recallflow"));
    classes.of(class).ok_or_else(none)
}

/// Returns every rule that the request breaks.
#[pyfunction]
pub(crate) fn validate<'py>(py: Python<'py>, request: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    shielded(None, || {
        let violations = match read(request)? {
            Ok(request) => request.violations(),
            Err(violations) => violations,
        };
        let violation_of = Classes::get(py)?.violation.bind(py);
        let all = violations.iter().map(|violation| {
            python::call(
                violation_of,
                &(&violation.path, violation.rule.as_str(), &violation.message).into_pyobject(py)?,
            )
        });
        PyList::new(py, all.collect::<PyResult<Vec<_>>>()?)
    })
}

/// Returns the warnings about the request; none if it cannot be read.
#[pyfunction]
pub(crate) fn warnings<'py>(py: Python<'py>, request: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    shielded(None, || {
        let warnings = read(request)?.map_or_else(|_| Vec::new(), |request| request.warnings());
        let warning_of = Classes::get(py)?.warning.bind(py);
        let all = warnings
            .iter()
            .map(|warning| python::call(warning_of, &(&warning.path, &warning.message).into_pyobject(py)?));
        PyList::new(py, all.collect::<PyResult<Vec<_>>>()?)
    })
}

/// A request, or everything that is wrong with it.
type Checked = Result<Box<dyn Request>, Vec<Violation>>;

/// Reads an instance of a class of requests.
fn read(request: &Bound<'_, PyAny>) -> PyResult<Checked> {
    let (class, _) = class_of(Classes::get(request.py())?, &request.get_type())?;
    from_python::request(request, class, Given::Instances, |source| ffi::read_request(class.position, source))
}

fn refuse(violations: Vec<Violation>) -> PyErr {
    raise(Error::from_violations(violations))
}

/// Returns the exact JSON of the service, as plain Python objects.
#[pyfunction]
pub(crate) fn to_wire<'py>(py: Python<'py>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    shielded(None, || {
        let (class, is_request) = class_of(Classes::get(py)?, &value.get_type())?;
        if is_request {
            let json = read(value)?.map_err(refuse)?.encode().map_err(raise)?;
            return py.import("json")?.call_method1("loads", (PyBytes::new(py, &json),));
        }
        order::documented(py, ffi::RESPONSES, class.shape, &to_json::response(value, class)?)
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
        let position = class.position;
        match (text_of(wire)?, is_request) {
            (Some(text), false) => response(py, class, cls, text),
            (None, false) => response(py, class, cls, order::aliases_last(&to_json::plain(wire)?).into()),
            (Some(text), true) => {
                let source = Json::parse(&text, Form::Wire).map_err(raise)?;
                request(py, class, cls, ffi::read_request(position, &source))
            }
            (None, true) => {
                let read = from_python::wire(wire, |source| ffi::read_request(position, source))?;
                request(py, class, cls, read)
            }
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
        if !is_request {
            return response(py, class, cls, order::aliases_last(&to_json::named(fields, class)?).into());
        }
        let read = |source: &PyValue<'_, '_>| ffi::read_request(class.position, source);
        request(py, class, cls, from_python::request(fields, class, Given::Mappings, read)?)
    })
}

/// Makes an instance of a request that was read.
fn request<'py>(
    py: Python<'py>,
    class: &Class,
    cls: &Bound<'py, PyType>,
    request: Checked,
) -> PyResult<Bound<'py, PyAny>> {
    to_python::request(py, Classes::get(py)?, class, cls, &request.map_err(refuse)?.to_json())
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

/// Makes the update that changes nothing from a flow that was read.
#[pyfunction]
pub(crate) fn to_update<'py>(py: Python<'py>, detail: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    shielded(None, || {
        let classes = Classes::get(py)?;
        let (class, _) = class_of(classes, &detail.get_type())?;
        let update = from_python::response(detail, class, |source| ffi::to_update(source))?.map_err(raise)?;
        let class = &classes.requests[ffi::requests::UPDATE_RECALL_FLOW];
        to_python::request(py, classes, class, class.kind.bind(py), &update.to_json())
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
