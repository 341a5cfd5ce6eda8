//! Python objects as the source of a request, which the core reads without an intermediate form.

use std::borrow::Cow;
use std::cell::Cell;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyMapping, PyString};
use recallflow::ffi::{EXTRA, Form, Found, Kind, Source, SourceObject};
use serde_json::Value;

use crate::classes::{Class, Classes};
use crate::objects::{
    PyNumber, describe_class, describe_object, mapping_entries, python_number, scalar_json, sequence_items, time_text,
    whole_number,
};

/// The objects that are accepted in place of an instance of a class.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// Only instances of the class.
    Instances,
    /// Instances of the class, and mappings with the fields by Python name.
    Mappings,
}

/// Reads a request of a class. Times with a zone are converted to `zone`; without it they are refused.
pub(crate) fn read_request<T>(
    object: &Bound<'_, PyAny>,
    class: &Class,
    accepted: Accepted,
    zone: Option<&Py<PyAny>>,
    read: impl FnOnce(&PyValue<'_, '_>) -> T,
) -> PyResult<T> {
    read_with(object, Some(&Kind::Object(class.position)), Form::Request, accepted, zone, read)
}

/// Reads a request from the response to which it belongs.
pub(crate) fn read_response<T>(
    object: &Bound<'_, PyAny>,
    class: &Class,
    read: impl FnOnce(&PyValue<'_, '_>) -> T,
) -> PyResult<T> {
    read_with(object, Some(&Kind::Object(class.position)), Form::Response, Accepted::Mappings, None, read)
}

/// Reads a request from its wire form as parsed JSON.
pub(crate) fn read_wire_form<T>(object: &Bound<'_, PyAny>, read: impl FnOnce(&PyValue<'_, '_>) -> T) -> PyResult<T> {
    read_with(object, None, Form::Wire, Accepted::Mappings, None, read)
}

fn read_with<T>(
    object: &Bound<'_, PyAny>,
    kind: Option<&Kind>,
    form: Form,
    accepted: Accepted,
    zone: Option<&Py<PyAny>>,
    read: impl FnOnce(&PyValue<'_, '_>) -> T,
) -> PyResult<T> {
    let py = object.py();
    let zone = zone.map(|zone| zone.clone_ref(py));
    let reader = ReadState { classes: Classes::registered(py)?, form, accepted, zone, exception: Cell::new(None) };
    let result = read(&PyValue { reader: &reader, object: object.clone(), kind });
    reader.exception.take().map_or(Ok(result), Err)
}

/// The state that the values of one request share.
struct ReadState {
    classes: &'static Classes,
    form: Form,
    accepted: Accepted,
    /// Zone to which times with a zone are converted.
    zone: Option<Py<PyAny>>,
    /// An exception such as `KeyboardInterrupt`, to be raised when reading ends.
    exception: Cell<Option<PyErr>>,
}

impl ReadState {
    /// Returns the value, or `None` if the object raised an exception. An exception that is not an `Exception`, such as
    /// `KeyboardInterrupt`, is kept, to be raised again.
    fn ok_or_raise_later<T>(&self, py: Python<'_>, result: PyResult<T>) -> Option<T> {
        let error = match result {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        if !error.is_instance_of::<PyException>(py) {
            self.exception.set(Some(error));
        }
        None
    }

    fn class(&self, position: usize) -> &'static Class {
        let classes = if self.form == Form::Response { &self.classes.responses } else { &self.classes.requests };
        &classes[position]
    }
}

/// A Python object in place of a value of a request.
#[derive(Clone)]
pub(crate) struct PyValue<'a, 'py> {
    reader: &'a ReadState,
    object: Bound<'py, PyAny>,
    /// The kind of value that is expected; `None` for a value in its wire form, which is read like JSON.
    kind: Option<&'a Kind>,
}

impl<'a, 'py> PyValue<'a, 'py> {
    /// Returns another value of the same request.
    fn sibling(&self, object: Bound<'py, PyAny>, kind: Option<&'a Kind>) -> Self {
        Self { reader: self.reader, object, kind }
    }

    fn ok_or_raise_later<T>(&self, result: PyResult<T>) -> Option<T> {
        self.reader.ok_or_raise_later(self.object.py(), result)
    }

    fn mapping_entries(&self) -> Option<Vec<(String, Bound<'py, PyAny>)>> {
        let fields = self.object.cast::<PyMapping>().ok()?;
        self.ok_or_raise_later(mapping_entries(fields))
    }

    fn is_other_enum(&self) -> bool {
        let Some(Kind::Enum(position)) = self.kind else { return false };
        self.ok_or_raise_later(self.reader.classes.is_other_enum(*position, &self.object)).unwrap_or(true)
    }

    /// Describes an object that is not accepted in place of an instance of this class.
    fn describe_wrong_object(&self, class: &Class) -> Option<String> {
        let object_class = self.object.get_type();
        let kind = describe_class(&object_class);
        match self.reader.classes.find_class(&object_class) {
            Some((_, false)) => {
                Some(format!("{kind}, which is a response: turn the flow into a request with `to_update()`"))
            }
            Some((_, true)) => Some(kind),
            None if self.object.cast::<PyMapping>().is_ok() && self.reader.accepted == Accepted::Instances => {
                let name = class.shape.name;
                Some(format!("{kind}: make it a `{name}`, such as with `{name}.from_dict`"))
            }
            None => None,
        }
    }
}

impl<'a, 'py> Source for PyValue<'a, 'py> {
    type Object = PyObject<'a, 'py>;

    fn is_null(&self) -> bool {
        self.object.is_none()
    }

    fn object(&self) -> Option<PyObject<'a, 'py>> {
        let class = match self.kind {
            Some(Kind::Object(position)) => Some(self.reader.class(*position)),
            Some(_) => return None,
            None => None,
        };
        let fields = match class {
            Some(class) if self.ok_or_raise_later(class.has_instance(&self.object))? => Fields::Slots,
            Some(_) if self.reader.accepted == Accepted::Instances => return None,
            _ => Fields::Entries(self.mapping_entries()?),
        };
        Some(PyObject { value: self.clone(), class, fields })
    }

    fn list(&self) -> Option<Vec<Self>> {
        let kind = match self.kind {
            Some(Kind::List(kind)) => Some(*kind),
            Some(_) => return None,
            None => None,
        };
        let items = self.ok_or_raise_later(sequence_items(&self.object))??;
        Some(items.into_iter().map(|item| self.sibling(item, kind)).collect())
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        if let Ok(text) = self.object.cast::<PyString>() {
            return text.to_str().ok().map(Cow::Borrowed);
        }
        let time = self.object.cast::<PyDateTime>().ok()?;
        self.ok_or_raise_later(time_text(time, self.reader.zone.as_ref()))?.ok().map(Cow::Owned)
    }

    fn integer(&self) -> Option<i64> {
        if self.is_other_enum() {
            return None;
        }
        match self.ok_or_raise_later(python_number(&self.object))?? {
            PyNumber::Integer(number) => number.extract().ok(),
            PyNumber::Float(number) => whole_number(number),
        }
    }

    fn enum_name(&self) -> Option<Cow<'_, str>> {
        match self.kind {
            Some(Kind::Enum(_)) => self.object.cast::<PyString>().ok()?.to_str().ok().map(Cow::Borrowed),
            _ => None,
        }
    }

    fn float(&self) -> Option<f64> {
        match self.ok_or_raise_later(python_number(&self.object))?? {
            // Any size is allowed, as in JSON text: the limits of the field decide.
            PyNumber::Integer(number) => number.extract().ok(),
            PyNumber::Float(number) => Some(number).filter(|number| number.is_finite()),
        }
    }

    fn flag(&self) -> Option<i64> {
        // `extract` also accepts the booleans of numpy.
        match self.kind {
            Some(Kind::Flag) => match self.object.extract::<bool>() {
                Ok(flag) => Some(flag.into()),
                Err(_) => self.integer(),
            },
            _ => self.integer(),
        }
    }

    fn scalar(&self) -> Option<Value> {
        self.ok_or_raise_later(scalar_json(&self.object))?
    }

    fn describe(&self) -> String {
        let misfit = match self.kind {
            Some(Kind::Object(position)) => self.describe_wrong_object(self.reader.class(*position)),
            _ if self.is_other_enum() => Some(format!("{}, of another enum", describe_class(&self.object.get_type()))),
            _ => None,
        };
        misfit
            .or_else(|| self.ok_or_raise_later(describe_object(&self.object)))
            .unwrap_or_else(|| describe_class(&self.object.get_type()))
    }
}

/// Returns whether an object is a date without a time.
fn is_date(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyDate>() && !object.is_instance_of::<PyDateTime>()
}

/// An object of a request, with the expected class, or `None` for an object in its wire form.
pub(crate) struct PyObject<'a, 'py> {
    value: PyValue<'a, 'py>,
    class: Option<&'static Class>,
    fields: Fields<'py>,
}

enum Fields<'py> {
    /// In the slots of an instance.
    Slots,
    /// From a mapping, with the names that the caller wrote.
    Entries(Vec<(String, Bound<'py, PyAny>)>),
}

impl<'a, 'py> PyObject<'a, 'py> {
    fn extra_value(&self, class: &Class) -> Option<PyValue<'a, 'py>> {
        Some(self.value.sibling(self.value.ok_or_raise_later(class.extra.get(&self.value.object))?, None))
    }

    fn entry_value(&self, name: &str, kind: Option<&'a Kind>) -> Found<PyValue<'a, 'py>> {
        let Fields::Entries(entries) = &self.fields else { return Found::Absent };
        let objects = entries.iter().filter(|(other, _)| other == name).map(|(_, object)| object);
        Found::only(objects.map(|object| self.value.sibling(object.clone(), kind)))
    }

    fn slot_value(&self, class: &'static Class, position: usize) -> Option<PyValue<'a, 'py>> {
        let object = self.value.ok_or_raise_later(class.slots[position].get(&self.value.object))?;
        let field = &class.shape.fields[position];
        if self.form() == Form::Response && (object.is_none() || matches!(field.kind, Kind::List(_))) {
            // A value of an unexpected type is in `extra`, in its wire form. So is a list with an item that does not fit.
            let extra = self.value.ok_or_raise_later(class.extra.get(&self.value.object))?;
            if let Some(misfit) = extra.cast::<PyMapping>().ok().and_then(|extra| extra.get_item(field.wire).ok()) {
                return Some(self.value.sibling(misfit, None));
            }
        }
        Some(self.value.sibling(object, Some(&field.kind)))
    }
}

impl<'a, 'py> SourceObject for PyObject<'a, 'py> {
    type Value = PyValue<'a, 'py>;

    fn form(&self) -> Form {
        self.value.reader.form
    }

    fn get(&self, wire: &'static str) -> Found<PyValue<'a, 'py>> {
        let known = self.class.and_then(|class| Some((class, class.position_of(wire)?)));
        let Some((class, position)) = known else {
            return match (self.class, &self.fields) {
                (Some(class), Fields::Slots) if wire == EXTRA => {
                    self.extra_value(class).map_or(Found::Absent, Found::Once)
                }
                _ => self.entry_value(wire, None),
            };
        };
        if matches!(self.fields, Fields::Slots) {
            return self.slot_value(class, position).map_or(Found::Absent, Found::Once);
        }
        let name = &*class.names[position];
        if name != wire && !matches!(self.entry_value(wire, None), Found::Absent) {
            return Found::Refused(format!("is the name on the wire; use `{name}`, not `{wire}`").into());
        }
        match self.entry_value(name, Some(&class.shape.fields[position].kind)) {
            // Which time of the day it means depends on the field.
            Found::Once(value) if is_date(&value.object) => {
                let time = class.coerce(position, &value.object);
                self.value
                    .ok_or_raise_later(time)
                    .map_or(Found::Absent, |time| Found::Once(value.sibling(time, value.kind)))
            }
            found => found,
        }
    }

    fn count(&self) -> usize {
        match (&self.fields, self.class) {
            (Fields::Entries(entries), _) => entries.len(),
            // With `extra`.
            (Fields::Slots, class) => class.map_or(0, |class| class.slots.len() + 1),
        }
    }

    fn members(&self) -> Vec<(Cow<'_, str>, PyValue<'a, 'py>)> {
        let plain = |(name, object): (String, Bound<'py, PyAny>)| (Cow::Owned(name), self.value.sibling(object, None));
        let extra = match &self.fields {
            Fields::Slots => self.class.and_then(|class| self.extra_value(class)),
            Fields::Entries(entries) if self.form() == Form::Response && self.class.is_some() => {
                entries.iter().find(|(name, _)| name == EXTRA).map(|(_, extra)| self.value.sibling(extra.clone(), None))
            }
            Fields::Entries(entries) => return entries.iter().cloned().map(plain).collect(),
        };
        extra.and_then(|extra| extra.mapping_entries()).unwrap_or_default().into_iter().map(plain).collect()
    }

    fn name_of(&self, wire: &'static str) -> Cow<'static, str> {
        let name = self.class.and_then(|class| Some(&*class.names[class.position_of(wire)?]));
        name.unwrap_or(wire).into()
    }
}
