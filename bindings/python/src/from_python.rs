//! Python objects as the source of a request, which the core reads without an intermediate form.

use std::borrow::Cow;
use std::cell::Cell;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDateTime, PyFloat, PyInt, PyList, PyMapping, PyMemoryView, PySequence, PyString,
    PyTuple, PyType,
};
use recallflow::ffi::{EXTRA, Form, Found, Kind, Source, SourceObject, describe_text};
use serde_json::{Number, Value};

use crate::classes::{Class, Classes};

/// The objects that are accepted in place of an instance of a class.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// Only instances of the class.
    Instances,
    /// Instances of the class, and mappings with the fields by Python name.
    Mappings,
}

/// Reads a request of a class.
pub(crate) fn read_request<T>(
    object: &Bound<'_, PyAny>,
    class: &Class,
    accepted: Accepted,
    read: impl FnOnce(&PyValue<'_, '_>) -> T,
) -> PyResult<T> {
    read_with(object, Some(&Kind::Object(class.position)), Form::Request, accepted, read)
}

/// Reads a request from the response to which it belongs.
pub(crate) fn read_response<T>(
    object: &Bound<'_, PyAny>,
    class: &Class,
    read: impl FnOnce(&PyValue<'_, '_>) -> T,
) -> PyResult<T> {
    read_with(object, Some(&Kind::Object(class.position)), Form::Response, Accepted::Mappings, read)
}

/// Reads a request from its wire form as parsed JSON.
pub(crate) fn read_wire_form<T>(object: &Bound<'_, PyAny>, read: impl FnOnce(&PyValue<'_, '_>) -> T) -> PyResult<T> {
    read_with(object, None, Form::Wire, Accepted::Mappings, read)
}

fn read_with<T>(
    object: &Bound<'_, PyAny>,
    kind: Option<&Kind>,
    form: Form,
    accepted: Accepted,
    read: impl FnOnce(&PyValue<'_, '_>) -> T,
) -> PyResult<T> {
    let reader = ReadState { classes: Classes::registered(object.py())?, form, accepted, exception: Cell::new(None) };
    let result = read(&PyValue { reader: &reader, object: object.clone(), kind });
    reader.exception.take().map_or(Ok(result), Err)
}

/// The state that the values of one request share.
struct ReadState {
    classes: &'static Classes,
    form: Form,
    accepted: Accepted,
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
        self.ok_or_raise_later(time_text(time))?.ok().map(Cow::Owned)
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
        self.entry_value(name, Some(&class.shape.fields[position].kind))
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
        return Ok(time_text(time)?.ok().map(Value::from));
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
fn whole_number(number: f64) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-END..END).contains(&number)).then_some(number as i64)
}

/// Returns a time as the service writes it: without fractions of a second. A time with a zone is an error, which
/// describes it.
pub(crate) fn time_text(time: &Bound<'_, PyDateTime>) -> PyResult<Result<String, String>> {
    let zone = time.getattr("tzinfo")?;
    if zone.is_none() {
        return time.call_method1("isoformat", (" ", "seconds"))?.extract().map(Ok);
    }
    let zone = zone.str()?;
    Ok(Err(format!(
        "a time with a zone ({}): turn it into the service's local time, and drop the zone with `.replace(tzinfo=None)`",
        zone.to_string_lossy()
    )))
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
        return Ok(time_text(time)?.map_or_else(|zone| zone, |text| describe_text(&text)));
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
