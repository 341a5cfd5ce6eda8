//! Orders the names of JSON objects, because the core's maps do not keep an order.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use recallflow::ffi::{Kind, RESPONSES, Shape};
use serde_json::Value;

use crate::to_python;

/// Converts the wire form of a value of this shape to plain Python objects. Documented fields come first, in the order of
/// the documents.
pub(crate) fn wire_form<'py>(
    py: Python<'py>,
    shapes: &[Shape],
    shape: &Shape,
    wire: &Value,
) -> PyResult<Bound<'py, PyAny>> {
    let Value::Object(fields) = wire else { return to_python::json_to_python(py, wire) };
    let dict = PyDict::new(py);
    for field in shape.fields {
        let (object, dict) = match field.within {
            None => (wire, dict.clone()),
            Some(within) => match fields.get(within) {
                Some(object @ Value::Object(_)) => (object, inner_dict(&dict, within)?),
                _ => continue,
            },
        };
        if let Some(value) = object.get(field.wire) {
            dict.set_item(field.wire, wire_value(py, shapes, &field.kind, value)?)?;
        }
    }
    for (name, value) in fields {
        if !dict.contains(name)? {
            dict.set_item(name, to_python::json_to_python(py, value)?)?;
        }
    }
    Ok(dict.into_any())
}

/// Returns the dict under a name, and creates it if it is missing.
fn inner_dict<'py>(dict: &Bound<'py, PyDict>, name: &str) -> PyResult<Bound<'py, PyDict>> {
    if let Some(inner) = dict.get_item(name)? {
        return Ok(inner.cast_into()?);
    }
    let inner = PyDict::new(dict.py());
    dict.set_item(name, &inner)?;
    Ok(inner)
}

fn wire_value<'py>(py: Python<'py>, shapes: &[Shape], kind: &Kind, wire: &Value) -> PyResult<Bound<'py, PyAny>> {
    match (kind, wire) {
        (Kind::Object(position), _) => wire_form(py, shapes, &shapes[*position], wire),
        (Kind::List(item), Value::Array(items)) => {
            let items = items.iter().map(|wire| wire_value(py, shapes, item, wire)).collect::<PyResult<Vec<_>>>()?;
            Ok(PyList::new(py, items)?.into_any())
        }
        _ => to_python::json_to_python(py, wire),
    }
}

/// Writes JSON in which aliases come last, because an alias before the field's own name would be read in its place.
pub(crate) fn aliases_last(json: &Value) -> Vec<u8> {
    let mut text = String::new();
    write_aliases_last(json, &mut text);
    text.into_bytes()
}

fn write_aliases_last(json: &Value, text: &mut String) {
    match json {
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                write_aliases_last(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            text.push('{');
            let (aliases, names): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, _)| is_alias(name));
            for (at, (name, value)) in names.into_iter().chain(aliases).enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_aliases_last(value, text);
            }
            text.push('}');
        }
        _ => text.push_str(&json.to_string()),
    }
}

fn is_alias(name: &str) -> bool {
    RESPONSES.iter().any(|shape| shape.names[shape.fields.len()..].contains(&name))
}
