//! Converts Python responses to their wire form.

use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyMapping, PyString};
use recallflow::ffi::{Kind, write_response};
use serde_json::{Map, Value};

use crate::classes::{Class, Classes};
use crate::objects::{describe_class, describe_object, mapping_entries, scalar_json, sequence_items};

/// Maximum depth of JSON that the core reads.
const MAX_DEPTH: usize = 127;

/// Returns the wire form of a response.
pub(crate) fn response_to_json(object: &Bound<'_, PyAny>, class: &Class) -> PyResult<Value> {
    ResponseWriter::new(object.py())?.object_value(object, class)
}

/// Returns the wire form of a response from a mapping with the fields by Python name.
pub(crate) fn fields_to_json(fields: &Bound<'_, PyAny>, class: &Class) -> PyResult<Value> {
    let mut writer = ResponseWriter::new(fields.py())?;
    match fields.cast::<PyMapping>() {
        Ok(fields) => writer.field_values(fields, class),
        Err(_) => writer.plain_value(fields),
    }
}

/// Converts plain Python objects to JSON.
pub(crate) fn plain_value(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    ResponseWriter::new(object.py())?.plain_value(object)
}

struct ResponseWriter {
    classes: &'static Classes,
    /// Path of the value that is being written, as messages show it: `nodeList[0].text`.
    path: String,
    /// The lists and mappings that contain it.
    holders: Vec<*mut ffi::PyObject>,
}

impl ResponseWriter {
    fn new(py: Python<'_>) -> PyResult<Self> {
        Ok(Self { classes: Classes::registered(py)?, path: String::new(), holders: Vec::new() })
    }

    fn object_value(&mut self, object: &Bound<'_, PyAny>, class: &Class) -> PyResult<Value> {
        let mut values = Vec::with_capacity(class.slots.len());
        for (member, field) in class.slots.iter().zip(class.shape.fields) {
            values.push(self.optional_value(&member.get(object)?, field.wire, &field.kind)?);
        }
        let extra = self.extra_values(&class.extra.get(object)?)?;
        Ok(write_response(class.shape, values, extra))
    }

    fn field_values(&mut self, fields: &Bound<'_, PyMapping>, class: &Class) -> PyResult<Value> {
        let mut values = vec![None; class.shape.fields.len()];
        let mut extra = Map::new();
        for (name, value) in self.refuse_exceptions(fields, mapping_entries(fields))? {
            match class.names.iter().position(|known| *known == name) {
                Some(position) => {
                    let field = &class.shape.fields[position];
                    values[position] = self.optional_value(&value, field.wire, &field.kind)?;
                }
                None if name == "extra" => extra.extend(self.extra_values(&value)?),
                None => {
                    let value = self.at_step(&format!(".{name}"), |writer| writer.plain_value(&value))?;
                    extra.insert(name, value);
                }
            }
        }
        Ok(write_response(class.shape, values, extra))
    }

    fn extra_values(&mut self, extra: &Bound<'_, PyAny>) -> PyResult<Map<String, Value>> {
        match extra.cast::<PyMapping>() {
            Ok(extra) => self.mapping_value(extra),
            Err(_) => Ok(Map::new()),
        }
    }

    /// Converts the value of a field; `None` means absent.
    fn optional_value(&mut self, object: &Bound<'_, PyAny>, wire: &str, kind: &Kind) -> PyResult<Option<Value>> {
        if object.is_none() {
            return Ok(None);
        }
        self.at_step(&format!(".{wire}"), |writer| writer.field_value(object, kind)).map(Some)
    }

    fn field_value(&mut self, object: &Bound<'_, PyAny>, kind: &Kind) -> PyResult<Value> {
        match kind {
            Kind::Flag if object.is_instance_of::<PyBool>() => Ok(u8::from(object.is_truthy()?).into()),
            Kind::List(item) => match self.refuse_exceptions(object, sequence_items(object))? {
                Some(items) => self.list_value(&items, |writer, object| writer.field_value(object, item)),
                None => self.plain_value(object),
            },
            Kind::Object(position) => {
                let class = &self.classes.responses[*position];
                if class.has_instance(object)? {
                    return self.object_value(object, class);
                }
                match object.cast::<PyMapping>() {
                    Ok(fields) => self.field_values(fields, class),
                    Err(_) => self.plain_value(object),
                }
            }
            Kind::Enum(position) if self.classes.is_other_enum(*position, object)? => {
                Err(self.wrong_type(&format!("{}, of another enum", describe_class(&object.get_type()))))
            }
            Kind::Enum(position) => match object.cast::<PyString>() {
                Ok(name) => {
                    let name = name.to_string_lossy();
                    let number = self.classes.enums[*position].number_of(object.py(), &name)?;
                    number.map_or_else(|| self.plain_value(object), |number| Ok(number.into()))
                }
                Err(_) => self.plain_value(object),
            },
            _ => self.plain_value(object),
        }
    }

    fn plain_value(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Value> {
        if let Some(value) = self.refuse_exceptions(object, scalar_json(object))? {
            return Ok(value);
        }
        if self.holders.contains(&object.as_ptr()) {
            return Err(self.wrong_type("nested within itself"));
        }
        if self.holders.len() >= MAX_DEPTH {
            return Err(self.wrong_type("nested too deeply"));
        }
        self.holders.push(object.as_ptr());
        let value = match (self.refuse_exceptions(object, sequence_items(object))?, object.cast::<PyMapping>()) {
            (Some(items), _) => self.list_value(&items, Self::plain_value),
            (None, Ok(fields)) => self.mapping_value(fields).map(Value::Object),
            (None, Err(_)) => Err(self.wrong_type(&describe_object(object).unwrap_or_default())),
        };
        self.holders.pop();
        value
    }

    fn list_value<'py>(
        &mut self,
        items: &[Bound<'py, PyAny>],
        mut write: impl FnMut(&mut Self, &Bound<'py, PyAny>) -> PyResult<Value>,
    ) -> PyResult<Value> {
        let items = items.iter().enumerate();
        items.map(|(index, item)| self.at_step(&format!("[{index}]"), |writer| write(writer, item))).collect()
    }

    fn mapping_value(&mut self, fields: &Bound<'_, PyMapping>) -> PyResult<Map<String, Value>> {
        let mut object = Map::new();
        for (name, value) in self.refuse_exceptions(fields, mapping_entries(fields))? {
            let value = self.at_step(&format!(".{name}"), |writer| writer.plain_value(&value))?;
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
    fn refuse_exceptions<T>(&self, object: &Bound<'_, PyAny>, result: PyResult<T>) -> PyResult<T> {
        result.map_err(|error| {
            if error.is_instance_of::<PyException>(object.py()) {
                self.wrong_type(&describe_class(&object.get_type()))
            } else {
                error
            }
        })
    }

    fn wrong_type(&self, got: &str) -> PyErr {
        let path = match self.path.strip_prefix('.').unwrap_or(&self.path) {
            "" => "the response".to_owned(),
            path => format!("`{path}`"),
        };
        PyTypeError::new_err(format!("{path} is {got}, which cannot be written as JSON"))
    }
}
