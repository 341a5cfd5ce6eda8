//! The native functions behind methods of values: validation, wire form, times and fees.

use bytes::Bytes;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyString, PyType};
use recallflow::ffi::{self, Form, Json, Request};
use recallflow::{Drift, Error, Fee, LocalDateTime, Span, Violation};

use crate::classes::{Class, Classes};
use crate::errors::{catch_panics, core_exception};
use crate::from_python::{Accepted, PyValue};
use crate::objects::describe_object;
use crate::{from_python, order, python, to_json, to_python};

/// Returns the registered class of a value, and whether it is a class of requests.
fn class_of<'c>(classes: &'c Classes, class: &Bound<'_, PyType>) -> PyResult<(&'c Class, bool)> {
    let none = || PyTypeError::new_err(format!("expected a request or response of recallflow, got {class}"));
    classes.find_class(class).ok_or_else(none)
}

/// Returns every rule that the request breaks.
#[pyfunction]
pub(crate) fn validate<'py>(py: Python<'py>, request: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    catch_panics(None, || {
        let violations = match read_instance(request)? {
            Ok(request) => request.violations(),
            Err(violations) => violations,
        };
        let violation_of = Classes::registered(py)?.violation.bind(py);
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
    catch_panics(None, || {
        let warnings = read_instance(request)?.map_or_else(|_| Vec::new(), |request| request.warnings());
        let warning_of = Classes::registered(py)?.warning.bind(py);
        let all = warnings
            .iter()
            .map(|warning| python::call(warning_of, &(&warning.path, &warning.message).into_pyobject(py)?));
        PyList::new(py, all.collect::<PyResult<Vec<_>>>()?)
    })
}

/// A readable request, or every violation.
type Checked = Result<Box<dyn Request>, Vec<Violation>>;

/// Reads a request from an instance of its class.
fn read_instance(request: &Bound<'_, PyAny>) -> PyResult<Checked> {
    let (class, _) = class_of(Classes::registered(request.py())?, &request.get_type())?;
    from_python::read_request(request, class, Accepted::Instances, None, |source| {
        ffi::read_request(class.position, source)
    })
}

fn invalid_request(violations: Vec<Violation>) -> PyErr {
    core_exception(Error::from_violations(violations))
}

/// Returns the wire form of a value as plain Python objects.
#[pyfunction]
pub(crate) fn to_wire<'py>(py: Python<'py>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    catch_panics(None, || {
        let (class, is_request) = class_of(Classes::registered(py)?, &value.get_type())?;
        if is_request {
            let json = read_instance(value)?.map_err(invalid_request)?.encode().map_err(core_exception)?;
            return py.import("json")?.call_method1("loads", (PyBytes::new(py, &json),));
        }
        order::wire_form(py, ffi::RESPONSES, class.shape, &to_json::response_to_json(value, class)?)
    })
}

/// Reads a value from its wire form: text, bytes or plain Python objects.
#[pyfunction]
pub(crate) fn from_wire<'py>(
    py: Python<'py>,
    cls: &Bound<'py, PyType>,
    wire: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    catch_panics(None, || {
        let classes = Classes::registered(py)?;
        let (class, is_request) = class_of(classes, cls)?;
        let position = class.position;
        match (text_of(wire)?, is_request) {
            (Some(text), false) => new_response(py, class, cls, text),
            (None, false) => new_response(py, class, cls, order::aliases_last(&to_json::plain_value(wire)?).into()),
            (Some(text), true) => {
                let source = Json::parse(&text, Form::Wire).map_err(core_exception)?;
                new_request(py, class, cls, ffi::read_request(position, &source))
            }
            (None, true) => {
                let read = from_python::read_wire_form(wire, |source| ffi::read_request(position, source))?;
                new_request(py, class, cls, read)
            }
        }
    })
}

/// Returns the bytes of JSON text; `None` for parsed JSON.
fn text_of(wire: &Bound<'_, PyAny>) -> PyResult<Option<Bytes>> {
    if wire.is_instance_of::<PyString>() {
        // With a lone surrogate, the bytes are not UTF-8, which the core reports.
        let text = wire.call_method1("encode", ("utf-8", "surrogatepass"))?;
        return Ok(Some(shared_bytes(text.cast_into::<PyBytes>()?)));
    }
    Ok(match wire.cast::<PyByteArray>() {
        Ok(bytes) => Some(bytes.to_vec().into()),
        Err(_) => wire.cast::<PyBytes>().ok().map(|bytes| shared_bytes(bytes.clone())),
    })
}

/// Returns the same bytes without copying them.
fn shared_bytes(bytes: Bound<'_, PyBytes>) -> Bytes {
    Bytes::from_owner(PyBackedBytes::from(bytes))
}

/// Reads a value from its fields by Python name.
#[pyfunction]
pub(crate) fn from_dict<'py>(
    py: Python<'py>,
    cls: &Bound<'py, PyType>,
    fields: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    catch_panics(None, || {
        let classes = Classes::registered(py)?;
        let (class, is_request) = class_of(classes, cls)?;
        if !is_request {
            return new_response(py, class, cls, order::aliases_last(&to_json::fields_to_json(fields, class)?).into());
        }
        let read = |source: &PyValue<'_, '_>| ffi::read_request(class.position, source);
        new_request(py, class, cls, from_python::read_request(fields, class, Accepted::Mappings, None, read)?)
    })
}

/// Creates an instance of the request class.
fn new_request<'py>(
    py: Python<'py>,
    class: &Class,
    cls: &Bound<'py, PyType>,
    request: Checked,
) -> PyResult<Bound<'py, PyAny>> {
    to_python::new_request(py, Classes::registered(py)?, class, cls, &request.map_err(invalid_request)?.to_json())
}

fn new_response<'py>(
    py: Python<'py>,
    class: &Class,
    cls: &Bound<'py, PyType>,
    json: Bytes,
) -> PyResult<Bound<'py, PyAny>> {
    let record = ffi::read_response(class.position, json).map_err(core_exception)?;
    to_python::new_response(py, class, cls, &record)
}

/// Returns the wire names of the fields of a class, in order.
#[pyfunction]
pub(crate) fn wire_names(py: Python<'_>, cls: &Bound<'_, PyType>) -> PyResult<Vec<&'static str>> {
    let (class, _) = class_of(Classes::registered(py)?, cls)?;
    Ok(class.shape.fields.iter().map(|field| field.wire).collect())
}

/// Parses a time as the service writes it; `None` for any other text.
#[pyfunction]
pub(crate) fn time<'py>(text: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
    // A text with a lone surrogate is not a time, and has no UTF-8.
    let time = text.to_str().ok().and_then(|text| text.parse::<LocalDateTime>().ok());
    time.map(|time| Classes::registered(text.py())?.times.new_datetime(text.py(), time)).transpose()
}

/// Returns the start and the end of a month.
#[pyfunction]
pub(crate) fn span_of_month<'py>(month: &Bound<'py, PyAny>) -> PyResult<[Bound<'py, PyAny>; 2]> {
    new_span(month, recallflow::span_of_month)
}

/// Returns the start and the end of a day.
#[pyfunction]
pub(crate) fn span_of_day<'py>(day: &Bound<'py, PyAny>) -> PyResult<[Bound<'py, PyAny>; 2]> {
    new_span(day, recallflow::span_of_day)
}

fn new_span<'py>(
    given: &Bound<'py, PyAny>,
    span_of: fn(&str) -> Result<Span, Error>,
) -> PyResult<[Bound<'py, PyAny>; 2]> {
    let text = match given.cast::<PyString>().ok().and_then(|text| text.to_str().ok()) {
        Some(text) => text.to_owned(),
        // Is neither a month nor a day, so the error shows it.
        None => describe_object(given)?,
    };
    let span = span_of(&text).map_err(core_exception)?;
    let (py, times) = (given.py(), &Classes::registered(given.py())?.times);
    Ok([times.new_datetime(py, span.start)?, times.new_datetime(py, span.end)?])
}

/// Returns the request that writes a response back.
#[pyfunction]
pub(crate) fn to_update<'py>(py: Python<'py>, detail: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    catch_panics(None, || {
        let classes = Classes::registered(py)?;
        let (class, _) = class_of(classes, &detail.get_type())?;
        let read = from_python::read_response(detail, class, |source| ffi::to_update(class.position, source, None))?;
        let (request, update) = read.map_err(core_exception)?;
        let class = &classes.requests[request];
        to_python::new_request(py, classes, class, class.kind.bind(py), &update.to_json())
    })
}

/// Refuses a flow with this status for an edit, unless it is pending.
#[pyfunction]
pub(crate) fn check_pending(status: Option<i64>) -> PyResult<()> {
    ffi::check_pending(status).map_err(core_exception)
}

/// Returns a sentence about a list that changed while it was being paged.
#[pyfunction]
pub(crate) fn describe_drift(
    total_at_start: Option<i64>,
    total_at_end: Option<i64>,
    read: usize,
    repeated: usize,
) -> String {
    let mut drift = Drift::default();
    (drift.total_at_start, drift.total_at_end) = (total_at_start, total_at_end);
    (drift.read, drift.repeated) = (read, repeated);
    drift.to_string()
}

/// Parses a fee. Returns the amount as decimal text, and the currency.
#[pyfunction]
pub(crate) fn parse_fee(text: &str) -> Option<(String, Option<String>)> {
    Fee::parse(text).map(|fee| (fee.amount.to_string(), fee.currency))
}

/// Adds amounts as decimal text; `None` if the sum has too many digits.
#[pyfunction]
pub(crate) fn add_amounts(one: &str, other: &str) -> Option<String> {
    ffi::add_amounts(one, other)
}

/// Sums by currency, and the numbers of counted, unreadable and missing fees.
type Total = (Vec<(Option<String>, String)>, u64, u64, u64);

/// Sums fees. Each is a text or `None`, with whether the field holds a value that is not text.
#[pyfunction]
pub(crate) fn total_fees(fees: Vec<(Option<String>, bool)>) -> Total {
    let total = ffi::total_fees(fees.iter().map(|(fee, is_unreadable)| (fee.as_deref(), *is_unreadable)));
    let amounts = total.amounts.iter().map(|(currency, amount)| (currency.clone(), amount.to_string()));
    (amounts.collect(), total.counted, total.unreadable, total.missing)
}
