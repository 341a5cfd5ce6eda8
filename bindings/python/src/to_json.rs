//! Converts Python responses to their wire form.

use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyMapping};
use recallflow::ffi::{Kind, write_response};
use serde_json::{Map, Value};

use crate::classes::{Class, Classes};
use crate::from_python::{self, entries, items, scalar};

/// Maximum depth of JSON that the core reads.
const MAX_DEPTH: usize = 127;

/// Returns the wire form of a response.
pub(crate) fn response(object: &Bound<'_, PyAny>, class: &Class) -> PyResult<Value> {
    Writer::new(object.py())?.object(object, class)
}

/// Returns the wire form of a response from a mapping with the fields by Python name.
pub(crate) fn named(fields: &Bound<'_, PyAny>, class: &Class) -> PyResult<Value> {
    let mut writer = Writer::new(fields.py())?;
    match fields.cast::<PyMapping>() {
        Ok(fields) => writer.fields(fields, class),
        Err(_) => writer.plain(fields),
    }
}

/// Converts plain Python objects to JSON.
pub(crate) fn plain(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    Writer::new(object.py())?.plain(object)
}

struct Writer {
    classes: &'static Classes,
    /// Path of the value that is being written, as messages show it: `nodeList[0].text`.
    path: String,
    /// The lists and mappings that contain it.
    holders: Vec<*mut ffi::PyObject>,
}

impl Writer {
    fn new(py: Python<'_>) -> PyResult<Self> {
        Ok(Self { classes: Classes::get(py)?, path: String::new(), holders: Vec::new() })
    }

    fn object(&mut self, object: &Bound<'_, PyAny>, class: &Class) -> PyResult<Value> {
        let mut values = Vec::with_capacity(class.members.len());
        for (member, field) in class.members.iter().zip(class.shape.fields) {
            values.push(self.optional(&member.get(object)?, field.wire, &field.kind)?);
        }
        let extra = self.extra(&class.extra.get(object)?)?;
        Ok(write_response(class.shape, values, extra))
    }

    fn fields(&mut self, fields: &Bound<'_, PyMapping>, class: &Class) -> PyResult<Value> {
        let mut values = vec![None; class.shape.fields.len()];
        let mut extra = Map::new();
        for (name, value) in self.check(fields, entries(fields))? {
            match class.names.iter().position(|known| *known == name) {
                Some(position) => {
                    let field = &class.shape.fields[position];
                    values[position] = self.optional(&value, field.wire, &field.kind)?;
                }
                None if name == "extra" => extra.extend(self.extra(&value)?),
                None => {
                    let value = self.at_step(&format!(".{name}"), |writer| writer.plain(&value))?;
                    extra.insert(name, value);
                }
            }
        }
        Ok(write_response(class.shape, values, extra))
    }

    fn extra(&mut self, extra: &Bound<'_, PyAny>) -> PyResult<Map<String, Value>> {
        match extra.cast::<PyMapping>() {
            Ok(extra) => self.mapping(extra),
            Err(_) => Ok(Map::new()),
        }
    }

    /// Converts the value of a field; `None` means absent.
    fn optional(&mut self, object: &Bound<'_, PyAny>, wire: &str, kind: &Kind) -> PyResult<Option<Value>> {
        if object.is_none() {
            return Ok(None);
        }
        self.at_step(&format!(".{wire}"), |writer| writer.field(object, kind)).map(Some)
    }

    fn field(&mut self, object: &Bound<'_, PyAny>, kind: &Kind) -> PyResult<Value> {
        match kind {
            Kind::Flag if object.is_instance_of::<PyBool>() => Ok(u8::from(object.is_truthy()?).into()),
            Kind::List(item) => match self.check(object, items(object))? {
                Some(items) => self.list(&items, |writer, object| writer.field(object, item)),
                None => self.plain(object),
            },
            Kind::Object(position) => {
                let class = &self.classes.responses[*position];
                if class.has_instance(object)? {
                    return self.object(object, class);
                }
                match object.cast::<PyMapping>() {
                    Ok(fields) => self.fields(fields, class),
                    Err(_) => self.plain(object),
                }
            }
            Kind::Enum(position) if self.classes.is_other_enum(*position, object)? => {
                Err(self.refuse(&format!("{}, of another enum", from_python::describe_class(&object.get_type()))))
            }
            _ => self.plain(object),
        }
    }

    fn plain(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Value> {
        if let Some(value) = self.check(object, scalar(object))? {
            return Ok(value);
        }
        if self.holders.contains(&object.as_ptr()) {
            return Err(self.refuse("nested within itself"));
        }
        if self.holders.len() >= MAX_DEPTH {
            return Err(self.refuse("nested too deeply"));
        }
        self.holders.push(object.as_ptr());
        let value = match (self.check(object, items(object))?, object.cast::<PyMapping>()) {
            (Some(items), _) => self.list(&items, Self::plain),
            (None, Ok(fields)) => self.mapping(fields).map(Value::Object),
            (None, Err(_)) => Err(self.refuse(&from_python::describe(object).unwrap_or_default())),
        };
        self.holders.pop();
        value
    }

    fn list<'py>(
        &mut self,
        items: &[Bound<'py, PyAny>],
        mut write: impl FnMut(&mut Self, &Bound<'py, PyAny>) -> PyResult<Value>,
    ) -> PyResult<Value> {
        let items = items.iter().enumerate();
        items.map(|(index, item)| self.at_step(&format!("[{index}]"), |writer| write(writer, item))).collect()
    }

    fn mapping(&mut self, fields: &Bound<'_, PyMapping>) -> PyResult<Map<String, Value>> {
        let mut object = Map::new();
        for (name, value) in self.check(fields, entries(fields))? {
            let value = self.at_step(&format!(".{name}"), |writer| writer.plain(&value))?;
            object.insert(name, value);
        }
        Ok(object)
    }

    /// Converts a value one step further along the path.
    fn at_step<T>(&mut self, step: &str, write: impl FnOnce(&mut Self) -> PyResult<T>) -> PyResult<T> {
        let length = self.path.len();
        self.path.push_str(step);
        let value = write(self);
        self.path.truncate(length);
        value
    }

    /// Refuses an object that raised an `Exception`. Any other exception, such as `KeyboardInterrupt`, is raised again.
    fn check<T>(&self, object: &Bound<'_, PyAny>, result: PyResult<T>) -> PyResult<T> {
        result.map_err(|error| {
            if error.is_instance_of::<PyException>(object.py()) {
                self.refuse(&from_python::describe_class(&object.get_type()))
            } else {
                error
            }
        })
    }

    fn refuse(&self, got: &str) -> PyErr {
        let path = match self.path.strip_prefix('.').unwrap_or(&self.path) {
            "" => "the response".to_owned(),
            path => format!("`{path}`"),
        };
        PyTypeError::new_err(format!("{path} is {got}, which cannot be written as JSON"))
    }
}
