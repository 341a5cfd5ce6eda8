//! Writes plain Python objects as JSON text, with numbers of any size.

use bytes::Bytes;
use pyo3::exceptions::PyException;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDateTime, PyMapping, PyString, PyType};
use recallflow::Error;
use serde_json::Number;

use crate::errors::core_exception;
use crate::objects::{
    PyNumber, describe_class, describe_object, mapping_entries, python_number, sequence_items, time_text,
};

/// Maximum depth of JSON that the core reads.
const MAX_DEPTH: usize = 127;

/// Returns an object as JSON text.
///
/// # Errors
///
/// `InvalidRequestError` with the path of a value without a JSON form.
pub(crate) fn to_json_text(object: &Bound<'_, PyAny>) -> PyResult<Bytes> {
    let mut writer = JsonTextWriter { json: String::new(), path: String::new(), holders: Vec::new() };
    writer.write_value(object)?;
    Ok(writer.json.into())
}

struct JsonTextWriter {
    json: String,
    /// Path of the value that is being written, as messages show it: `list[0].name`.
    path: String,
    /// The lists and mappings that contain it.
    holders: Vec<*mut ffi::PyObject>,
}

impl JsonTextWriter {
    fn write_value(&mut self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Some(text) = self.scalar_json(object)? {
            self.json.push_str(&text);
            return Ok(());
        }
        if self.holders.contains(&object.as_ptr()) {
            return Err(self.unwritable("nested within itself"));
        }
        if self.holders.len() >= MAX_DEPTH {
            return Err(self.unwritable("nested too deeply"));
        }
        self.holders.push(object.as_ptr());
        if let Some(items) = self.refuse_exceptions(object, sequence_items(object))? {
            self.write_list(&items)?;
        } else if let Ok(fields) = object.cast::<PyMapping>() {
            self.write_object(self.refuse_exceptions(object, mapping_entries(fields))?)?;
        } else {
            return Err(self.unwritable(&describe_class(&object.get_type())));
        }
        self.holders.pop();
        Ok(())
    }

    fn write_list(&mut self, items: &[Bound<'_, PyAny>]) -> PyResult<()> {
        self.json.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.at_step(&format!("[{index}]"), item)?;
        }
        self.json.push(']');
        Ok(())
    }

    fn write_object(&mut self, fields: Vec<(String, Bound<'_, PyAny>)>) -> PyResult<()> {
        self.json.push('{');
        for (index, (name, value)) in fields.into_iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.json.push_str(&quoted_text(&name));
            self.json.push(':');
            let dot = if self.path.is_empty() { "" } else { "." };
            self.at_step(&format!("{dot}{name}"), &value)?;
        }
        self.json.push('}');
        Ok(())
    }

    /// Writes a value one step further along the path.
    fn at_step(&mut self, step: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let length = self.path.len();
        self.path.push_str(step);
        self.write_value(value)?;
        self.path.truncate(length);
        Ok(())
    }

    /// Returns the JSON of a value that is neither a list nor an object; `None` for these.
    fn scalar_json(&self, object: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
        static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let py = object.py();
        if object.is_none() {
            return Ok(Some("null".to_owned()));
        }
        if let Ok(value) = object.cast::<PyBool>() {
            return Ok(Some(value.is_true().to_string()));
        }
        let json = if let Ok(text) = object.cast::<PyString>() {
            text.to_str().ok().map(quoted_text)
        } else if let Ok(time) = object.cast::<PyDateTime>() {
            self.refuse_exceptions(object, time_text(time, None))?.ok().map(|text| quoted_text(&text))
        } else if object.is_instance(DECIMAL.import(py, "decimal", "Decimal")?)? {
            let is_finite = object.call_method0("is_finite")?.is_truthy()?;
            if !is_finite {
                return Err(self.unwritable(&object.str()?.to_string_lossy()));
            }
            Some(object.str()?.to_string_lossy().into_owned())
        } else {
            match self.refuse_exceptions(object, python_number(object))? {
                Some(PyNumber::Integer(number)) => {
                    Some(self.refuse_exceptions(object, number.call_method1("__format__", ("d",)))?.extract()?)
                }
                Some(PyNumber::Float(number)) => Number::from_f64(number).map(|number| number.to_string()),
                None => return Ok(None),
            }
        };
        match json {
            Some(json) => Ok(Some(json)),
            None => Err(self.unwritable(&describe_object(object)?)),
        }
    }

    /// Refuses an object that raised an `Exception`. Any other exception, such as `KeyboardInterrupt`, is raised again.
    fn refuse_exceptions<T>(&self, object: &Bound<'_, PyAny>, result: PyResult<T>) -> PyResult<T> {
        result.map_err(|error| {
            if error.is_instance_of::<PyException>(object.py()) {
                self.unwritable(&describe_class(&object.get_type()))
            } else {
                error
            }
        })
    }

    fn unwritable(&self, got: &str) -> PyErr {
        core_exception(Error::unwritable(&self.path, got))
    }
}

fn quoted_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
