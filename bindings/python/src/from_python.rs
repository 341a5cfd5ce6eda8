//! Reads Python values as the JSON that the core takes. What no JSON can stand for is described, so that the core can
//! report it where it stands.

use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDateTime, PyFloat, PyInt, PyList, PyMapping, PyNone, PyString, PyTuple, PyType};
use recallflow::ffi::{Field, Kind, Shape, no_json, write_request, write_response};
use serde_json::{Map, Number, Value};

use crate::classes::{Class, Classes};

/// Deeper JSON than this is refused by the core as well.
const DEEPEST: usize = 127;

/// The wire form of a request or response.
pub(crate) fn value(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let classes = Classes::get(object.py())?;
    match classes.of(&object.get_type()) {
        Some((class, true)) => Reader { classes, is_request: true, takes_mappings: false }.instance(class, object),
        Some((class, false)) => {
            writable(Reader { classes, is_request: false, takes_mappings: true }.instance(class, object)?)
        }
        None => Err(PyTypeError::new_err(format!("{} is no request or response of recallflow", object.get_type()))),
    }
}

/// The wire form of what somebody gave where a request of this class belongs.
pub(crate) fn request(object: &Bound<'_, PyAny>, class: &Class) -> PyResult<Value> {
    let classes = Classes::get(object.py())?;
    let reader = Reader { classes, is_request: true, takes_mappings: false };
    if class.is_of(object)? {
        return reader.instance(class, object);
    }
    Ok(no_json(reader.misfit(object, class)))
}

/// The wire form of fields under their Python names.
pub(crate) fn named(fields: &Bound<'_, PyAny>, class: &Class, is_request: bool) -> PyResult<Value> {
    let reader = Reader { classes: Classes::get(fields.py())?, is_request, takes_mappings: true };
    let json = match fields.cast::<PyMapping>() {
        Ok(fields) => reader.fields(class, fields)?,
        Err(_) => reader.plain(fields, None)?,
    };
    if is_request { Ok(json) } else { writable(json) }
}

/// Plain Python objects as JSON.
pub(crate) fn json(object: &Bound<'_, PyAny>, is_request: bool) -> PyResult<Value> {
    let json = Reader { classes: Classes::get(object.py())?, is_request, takes_mappings: true }.plain(object, None)?;
    if is_request { Ok(json) } else { writable(json) }
}

/// JSON without anything that only stands for what has none. The rules of requests report that, but a response has no
/// rules.
fn writable(json: Value) -> PyResult<Value> {
    match unwritable(&json, "") {
        Some((path, what)) => Err(PyTypeError::new_err(format!("{path} is {what}, which cannot be written as JSON"))),
        None => Ok(json),
    }
}

/// The first thing that has no JSON, with its path.
fn unwritable(json: &Value, path: &str) -> Option<(String, String)> {
    match json {
        Value::Object(fields) => {
            if let Some(what) = fields.values().next().and_then(Value::as_str).filter(|what| *json == no_json(*what)) {
                let path = if path.is_empty() { "the response".to_owned() } else { format!("`{path}`") };
                return Some((path, what.to_owned()));
            }
            let dot = if path.is_empty() { "" } else { "." };
            fields.iter().find_map(|(name, value)| unwritable(value, &format!("{path}{dot}{name}")))
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, item)| unwritable(item, &format!("{path}[{at}]")))
        }
        _ => None,
    }
}

/// Reads what belongs to a request or to a response.
#[derive(Clone, Copy)]
struct Reader {
    classes: &'static Classes,
    is_request: bool,
    /// Whether fields under their names may stand for an object.
    takes_mappings: bool,
}

impl Reader {
    fn instance(self, class: &Class, object: &Bound<'_, PyAny>) -> PyResult<Value> {
        let mut values = Vec::with_capacity(class.members.len());
        for (member, field) in class.members.iter().zip(class.shape.fields) {
            values.push(self.optional(&member.get(object)?, &field.kind)?);
        }
        let extra = match &class.extra {
            Some(member) => self.extra(&member.get(object)?)?,
            None => Map::new(),
        };
        Ok(self.write(class.shape, values, extra))
    }

    fn fields(self, class: &Class, fields: &Bound<'_, PyMapping>) -> PyResult<Value> {
        // What is left out has its default, as with the constructor.
        let default = |field: &Field| field.default.filter(|_| self.is_request).map(Value::from);
        let mut values: Vec<Option<Value>> = class.shape.fields.iter().map(default).collect();
        let mut rest = Map::new();
        for entry in entries(fields)? {
            let (name, value) = entry?;
            match class.names.iter().position(|known| *known == name) {
                Some(position) => values[position] = self.optional(&value, &class.shape.fields[position].kind)?,
                None if self.is_request && class.is_on_wire(&name) => {
                    let meant = class.shape.fields.iter().position(|field| field.wire == name);
                    let told = no_json(match meant {
                        Some(position) => format!("named as on the wire: here it is `{}`", class.names[position]),
                        None => "named as on the wire: here its fields stand beside the others".to_owned(),
                    });
                    match meant {
                        Some(position) => values[position] = Some(told),
                        None => drop(rest.insert(name, told)),
                    }
                }
                None if class.extra.is_some() && name == "extra" => rest.extend(self.extra(&value)?),
                None => {
                    rest.insert(name, self.plain(&value, None)?);
                }
            }
        }
        Ok(self.write(class.shape, values, rest))
    }

    fn write(self, shape: &Shape, values: Vec<Option<Value>>, rest: Map<String, Value>) -> Value {
        if self.is_request { write_request(shape, values, rest) } else { write_response(shape, values, rest) }
    }

    fn extra(self, extra: &Bound<'_, PyAny>) -> PyResult<Map<String, Value>> {
        let mut fields = Map::new();
        if let Ok(extra) = extra.cast::<PyMapping>() {
            for entry in entries(extra)? {
                let (name, value) = entry?;
                fields.insert(name, self.plain(&value, None)?);
            }
        }
        Ok(fields)
    }

    /// The value of a field; `None` is the same as absent.
    fn optional(self, object: &Bound<'_, PyAny>, kind: &Kind) -> PyResult<Option<Value>> {
        if object.is_none() { Ok(None) } else { self.field(object, kind).map(Some) }
    }

    fn field(self, object: &Bound<'_, PyAny>, kind: &Kind) -> PyResult<Value> {
        match kind {
            Kind::Flag if object.is_instance_of::<PyBool>() => Ok(u8::from(object.is_truthy()?).into()),
            Kind::Time if object.is_instance_of::<PyDateTime>() => time(object),
            Kind::List(item) => {
                if let Ok(items) = object.cast::<PyTuple>() {
                    return items.iter().map(|object| self.field(&object, item)).collect();
                }
                match object.cast::<PyList>() {
                    Ok(items) => items.iter().map(|object| self.field(&object, item)).collect(),
                    Err(_) => self.plain(object, None),
                }
            }
            Kind::Object(position) => {
                let classes = if self.is_request { &self.classes.requests } else { &self.classes.responses };
                let class = &classes[*position];
                if class.is_of(object)? {
                    return self.instance(class, object);
                }
                match object.cast::<PyMapping>() {
                    Ok(fields) if self.takes_mappings => self.fields(class, fields),
                    Err(_) if self.classes.of(&object.get_type()).is_none() => self.plain(object, None),
                    _ => Ok(no_json(self.misfit(object, class))),
                }
            }
            Kind::Enum(position) if self.classes.is_other_enum(*position, object)? => {
                Ok(no_json(format!("{}, of another enum", kind_of(&object.get_type()))))
            }
            _ => self.plain(object, None),
        }
    }

    fn mapping(self, fields: &Bound<'_, PyMapping>, within: &Holder<'_>) -> PyResult<Value> {
        let mut object = Map::new();
        for entry in entries(fields)? {
            let (name, value) = entry?;
            object.insert(name, self.plain(&value, Some(within))?);
        }
        Ok(Value::Object(object))
    }

    /// What somebody gave in place of an object of this class, and what to make of it.
    fn misfit(self, object: &Bound<'_, PyAny>, class: &Class) -> String {
        let (kind, name) = (kind_of(&object.get_type()), class.shape.name);
        match self.classes.of(&object.get_type()) {
            Some((_, false)) => format!("{kind}, which is an answer: make a request of the flow with `to_update()`"),
            None if object.cast::<PyMapping>().is_ok() => {
                format!("{kind}: make it a `{name}`, such as with `{name}.from_dict`")
            }
            _ => kind,
        }
    }

    fn plain(self, object: &Bound<'_, PyAny>, outer: Option<&Holder<'_>>) -> PyResult<Value> {
        if object.is_instance_of::<PyNone>() {
            return Ok(Value::Null);
        } else if let Ok(value) = object.cast::<PyBool>() {
            return Ok(value.is_true().into());
        } else if let Ok(text) = object.cast::<PyString>() {
            return Ok(text.to_str().map_or_else(|_| no_json("a text with half a character"), Value::from));
        } else if object.is_instance_of::<PyInt>() {
            return integer(object);
        } else if let Ok(number) = object.cast::<PyFloat>() {
            return Ok(float(number.value()));
        } else if object.is_instance_of::<PyDateTime>() {
            return time(object);
        }
        let within = Holder { object: object.as_ptr(), outer, depth: outer.map_or(1, |outer| outer.depth + 1) };
        if within.depth > DEEPEST {
            Ok(no_json("nested too deeply"))
        } else if within.is_within_itself() {
            Ok(no_json("nested within itself"))
        } else if let Ok(items) = object.cast::<PyList>() {
            items.iter().map(|item| self.plain(&item, Some(&within))).collect()
        } else if let Ok(items) = object.cast::<PyTuple>() {
            items.iter().map(|item| self.plain(&item, Some(&within))).collect()
        } else if let Ok(fields) = object.cast::<PyMapping>() {
            self.mapping(fields, &within).or_else(|error| unreadable(error, object))
        } else if object.get_type().hasattr("__index__")? {
            // Whole numbers of other libraries, such as numpy.
            let number = object.call_method0("__index__").and_then(|number| integer(&number));
            number.or_else(|error| unreadable(error, object))
        } else {
            Ok(no_json(kind_of(&object.get_type())))
        }
    }
}

/// A list or mapping that is being read, and those that it lies in.
struct Holder<'a> {
    object: *mut ffi::PyObject,
    outer: Option<&'a Holder<'a>>,
    depth: usize,
}

impl Holder<'_> {
    fn is_within_itself(&self) -> bool {
        std::iter::successors(self.outer, |outer| outer.outer).any(|outer| outer.object == self.object)
    }
}

/// The fields of a mapping with their names.
fn entries<'py>(
    fields: &Bound<'py, PyMapping>,
) -> PyResult<impl Iterator<Item = PyResult<(String, Bound<'py, PyAny>)>> + use<'py>> {
    Ok(fields.items()?.into_iter().map(|entry| {
        let (name, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        Ok((name_of(&name)?, value))
    }))
}

/// The name of a field, which should be text.
fn name_of(name: &Bound<'_, PyAny>) -> PyResult<String> {
    // Not by `str`, which for members of an enum of texts is something else.
    if let Ok(name) = name.cast::<PyString>() {
        return Ok(name.to_string_lossy().into_owned());
    }
    match name.str() {
        Ok(name) => Ok(name.to_string_lossy().into_owned()),
        Err(error) if error.is_instance_of::<PyException>(name.py()) => Ok(kind_of(&name.get_type())),
        Err(error) => Err(error),
    }
}

/// An object that failed when it was asked what it is. What is no `Exception`, such as Ctrl-C, goes on.
fn unreadable(error: PyErr, object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if error.is_instance_of::<PyException>(object.py()) { Ok(no_json(kind_of(&object.get_type()))) } else { Err(error) }
}

fn integer(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(number) = object.extract::<i64>() {
        return Ok(number.into());
    }
    if let Ok(number) = object.extract::<u64>() {
        return Ok(number.into());
    }
    // Its digits may be too many to be worth printing, and Python refuses to print more than some.
    let bits = object.call_method0("bit_length")?;
    Ok(no_json(format!("a number of {bits} bits")))
}

fn float(number: f64) -> Value {
    let name = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    };
    Number::from_f64(number).map_or_else(|| no_json(name), Value::Number)
}

/// A time in the service's notation, which has no fractions of a second and no zones.
fn time(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let written = || {
        let zone = object.getattr("tzinfo")?;
        if zone.is_none() {
            let text = object.call_method1("isoformat", (" ", "seconds"))?;
            return Ok(text.extract::<String>()?.into());
        }
        let zone = zone.str()?;
        Ok(no_json(format!(
            "a time with a zone ({}): turn it into the service's local time, and drop the zone with \
             `.replace(tzinfo=None)`",
            zone.to_string_lossy()
        )))
    };
    written().or_else(|error| unreadable(error, object))
}

/// A class as a message shows it.
pub(crate) fn kind_of(class: &Bound<'_, PyType>) -> String {
    let name = class.qualname().map(|name| name.to_string_lossy().into_owned());
    format!("a Python `{}`", name.unwrap_or_else(|_| "object".to_owned()))
}
