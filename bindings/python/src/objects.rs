//! What Python objects hold: the items of a sequence, the fields of a mapping, numbers and times, and their descriptions.
//!
//! Users pass objects of any library, such as numbers of numpy. Each function may run code of their classes.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyMapping, PyMemoryView, PySequence,
    PyString, PyTuple, PyType,
};
use recallflow::ffi::describe_text;
use serde_json::{Number, Value};

/// Returns the fields of a mapping with their names.
pub(crate) fn mapping_entries<'py>(fields: &Bound<'py, PyMapping>) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
    let entries = fields.items()?.into_iter().map(|entry| {
        let (name, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        Ok((name_of(&name)?, value))
    });
    entries.collect()
}

/// Returns the name of a field as text, even if it is an object of another type.
fn name_of(name: &Bound<'_, PyAny>) -> PyResult<String> {
    // `str()` of an enum member that is a string would return its qualified name.
    if let Ok(name) = name.cast::<PyString>() {
        return Ok(name.to_string_lossy().into_owned());
    }
    match name.str() {
        Ok(name) => Ok(name.to_string_lossy().into_owned()),
        Err(error) if error.is_instance_of::<PyException>(name.py()) => Ok(describe_class(&name.get_type())),
        Err(error) => Err(error),
    }
}

/// Returns the items of a sequence, or of an array such as those of numpy and pandas; `None` for any other object, text and
/// bytes.
pub(crate) fn sequence_items<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    if let Ok(items) = object.cast::<PyTuple>() {
        return Ok(Some(items.iter().collect()));
    }
    if let Ok(items) = object.cast::<PyList>() {
        return Ok(Some(items.iter().collect()));
    }
    let is_text = object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyByteArray>()
        || object.is_instance_of::<PyMemoryView>();
    if is_text {
        return Ok(None);
    }
    if object.cast::<PySequence>().is_ok() {
        return object.try_iter()?.collect::<PyResult<_>>().map(Some);
    }
    // Arrays are not sequences. Scalars of numpy have this method too, and do not return a list.
    match object.getattr_opt("tolist")? {
        Some(to_list) => Ok(to_list.call0()?.cast::<PyList>().ok().map(|items| items.iter().collect())),
        None => Ok(None),
    }
}

/// A number of Python or of a library such as numpy.
pub(crate) enum PyNumber<'py> {
    Integer(Bound<'py, PyAny>),
    Float(f64),
}

/// Returns a number; `None` for any other object, including a boolean.
pub(crate) fn python_number<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<PyNumber<'py>>> {
    static REAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    if object.is_instance_of::<PyBool>() {
        return Ok(None);
    }
    if object.is_instance_of::<PyInt>() {
        return Ok(Some(PyNumber::Integer(object.clone())));
    }
    if let Ok(number) = object.cast::<PyFloat>() {
        return Ok(Some(PyNumber::Float(number.value())));
    }
    if object.is_instance_of::<PyString>() || object.is_none() {
        return Ok(None);
    }
    let py = object.py();
    if object.get_type().hasattr("__index__")? {
        return Ok(Some(PyNumber::Integer(object.call_method0("__index__")?)));
    }
    if object.is_instance(REAL.import(py, "numbers", "Real")?)? {
        return object.extract().map(PyNumber::Float).map(Some);
    }
    Ok(None)
}

/// Returns a value as JSON; `None` for lists, objects and values that have no JSON form.
pub(crate) fn scalar_json(object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if object.is_none() {
        return Ok(Some(Value::Null));
    }
    if let Ok(value) = object.cast::<PyBool>() {
        return Ok(Some(value.is_true().into()));
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(text.to_str().ok().map(Value::from));
    }
    if let Ok(time) = object.cast::<PyDateTime>() {
        return Ok(time_text(time, None)?.ok().map(Value::from));
    }
    Ok(match python_number(object)? {
        Some(PyNumber::Integer(number)) => {
            let signed = number.extract::<i64>().map(Value::from);
            signed.or_else(|_| number.extract::<u64>().map(Value::from)).ok()
        }
        Some(PyNumber::Float(number)) => Number::from_f64(number).map(Value::Number),
        None => None,
    })
}

/// Returns a float as an integer, if it has no fraction and fits.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first, and both ends are exact")]
pub(crate) fn whole_number(number: f64) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-END..END).contains(&number)).then_some(number as i64)
}

/// Returns a time as the service writes it: without fractions of a second. A time with a zone is converted to the zone of the
/// service; if that is not given, it is an error, which describes the time.
pub(crate) fn time_text(
    time: &Bound<'_, PyDateTime>,
    service_zone: Option<&Py<PyAny>>,
) -> PyResult<Result<String, String>> {
    let zone = time.getattr("tzinfo")?;
    let text = |time: &Bound<'_, PyAny>| time.call_method1("isoformat", (" ", "seconds"))?.extract().map(Ok);
    if zone.is_none() {
        return text(time);
    }
    let Some(service_zone) = service_zone else {
        let zone = zone.str()?;
        return Ok(Err(format!(
            "a time with a zone ({}): turn it into the service's local time, and drop the zone with `.replace(tzinfo=None)`; in \
             requests, the option `timezone` of the client does that",
            zone.to_string_lossy()
        )));
    };
    let without_zone = PyDict::new(time.py());
    without_zone.set_item("tzinfo", time.py().None())?;
    text(&time.call_method1("astimezone", (service_zone,))?.call_method("replace", (), Some(&without_zone))?)
}

/// Returns a short description of an object for a message, without the content of a long text.
pub(crate) fn describe_object(object: &Bound<'_, PyAny>) -> PyResult<String> {
    if object.is_none() {
        return Ok("null".to_owned());
    }
    if let Ok(value) = object.cast::<PyBool>() {
        return Ok(value.is_true().to_string());
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(text.to_str().map_or_else(|_| "a text with a lone surrogate".to_owned(), describe_text));
    }
    if let Ok(time) = object.cast::<PyDateTime>() {
        return Ok(time_text(time, None)?.map_or_else(|zone| zone, |text| describe_text(&text)));
    }
    Ok(match python_number(object)? {
        Some(PyNumber::Integer(number)) => describe_integer(&number)?,
        Some(PyNumber::Float(number)) => describe_float(number),
        None if sequence_items(object)?.is_some() => "a list".to_owned(),
        None => match object.cast::<PyMapping>() {
            Ok(fields) => mapping_entries(fields).map(|_| "an object".to_owned())?,
            Err(_) => describe_class(&object.get_type()),
        },
    })
}

fn describe_integer(number: &Bound<'_, PyAny>) -> PyResult<String> {
    // Python refuses to print numbers with very many digits.
    match number.extract::<i128>() {
        Ok(number) if number.unsigned_abs() <= u64::MAX.into() => Ok(number.to_string()),
        _ => Ok(format!("a number of {} bits", number.call_method0("bit_length")?)),
    }
}

fn describe_float(number: f64) -> String {
    let name = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    };
    Number::from_f64(number).map_or_else(|| name.to_owned(), |number| number.to_string())
}

/// Returns a class as messages show it, with its module unless it is Python's own or this package's.
pub(crate) fn describe_class(class: &Bound<'_, PyType>) -> String {
    let is_own = class.module().is_ok_and(|module| module.to_string_lossy().split('.').next() == Some("recallflow"));
    let name = if is_own { class.qualname() } else { class.fully_qualified_name() };
    let name = name.map(|name| name.to_string_lossy().into_owned());
    format!("a Python `{}`", name.unwrap_or_else(|_| "object".to_owned()))
}
