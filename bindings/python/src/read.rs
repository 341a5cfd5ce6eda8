//! Reads Python values as the JSON that the core takes. What no JSON can stand for is described, so that the core can
//! report it where it stands.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyMapping, PyNone, PyString, PyTuple, PyType,
};
use recallflow::host::{Kind, Shape, no_json, write_request, write_response};
use serde_json::{Map, Number, Value};

use crate::classes::{Class, Classes};

/// Deeper JSON than this is refused by the core as well.
const DEEPEST: usize = 120;

/// The wire form of a request or response.
pub(crate) fn value(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let classes = Classes::get(object.py())?;
    match classes.of(&object.get_type()) {
        Some((class, is_request)) => Reader { classes, is_request }.instance(class, object),
        None => Err(PyTypeError::new_err(format!("{} is no request or response of recallflow", object.get_type()))),
    }
}

/// The wire form of what somebody gave where a request of this class belongs.
pub(crate) fn request(object: &Bound<'_, PyAny>, class: &Class) -> PyResult<Value> {
    let classes = Classes::get(object.py())?;
    let reader = Reader { classes, is_request: true };
    if object.is_instance(class.class.bind(object.py()))? {
        reader.instance(class, object)
    } else {
        Ok(no_json(kind_of(&object.get_type())))
    }
}

/// The wire form of fields under their Python names.
pub(crate) fn named(fields: &Bound<'_, PyAny>, class: &Class, is_request: bool) -> PyResult<Value> {
    let reader = Reader { classes: Classes::get(fields.py())?, is_request };
    match fields.cast::<PyMapping>() {
        Ok(fields) => reader.fields(class, fields),
        Err(_) => Ok(no_json(kind_of(&fields.get_type()))),
    }
}

/// Plain Python objects as JSON.
pub(crate) fn json(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    Reader { classes: Classes::get(object.py())?, is_request: false }.plain(object, 0)
}

/// Reads what belongs to a request or to a response.
#[derive(Clone, Copy)]
struct Reader {
    classes: &'static Classes,
    is_request: bool,
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
        let mut values: Vec<Option<Value>> = vec![None; class.names.len()];
        let mut rest = Map::new();
        for entry in fields.items()?.iter() {
            let (name, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
            let name = name.str()?.to_string_lossy().into_owned();
            match class.names.iter().position(|known| *known == name) {
                Some(position) => values[position] = self.optional(&value, &class.shape.fields[position].kind)?,
                None if class.extra.is_some() && name == "extra" => rest.extend(self.extra(&value)?),
                None => {
                    rest.insert(name, self.plain(&value, 0)?);
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
            for entry in extra.items()?.iter() {
                let (name, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
                fields.insert(name.str()?.to_string_lossy().into_owned(), self.plain(&value, 0)?);
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
                    Err(_) => self.plain(object, 0),
                }
            }
            Kind::Object(position) => {
                let classes = if self.is_request { &self.classes.requests } else { &self.classes.responses };
                let class = &classes[*position];
                if object.is_instance(class.class.bind(object.py()))? {
                    return self.instance(class, object);
                }
                match object.cast::<PyDict>() {
                    Ok(fields) => self.fields(class, fields.as_mapping()),
                    Err(_) => Ok(no_json(kind_of(&object.get_type()))),
                }
            }
            _ => self.plain(object, 0),
        }
    }

    fn plain(self, object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
        if depth > DEEPEST {
            return Ok(no_json("nested too deeply"));
        }
        if object.is_instance_of::<PyNone>() {
            Ok(Value::Null)
        } else if let Ok(value) = object.cast::<PyBool>() {
            Ok(value.is_true().into())
        } else if let Ok(text) = object.cast::<PyString>() {
            Ok(text.to_str().map_or_else(|_| no_json("a text with half a character"), Value::from))
        } else if object.is_instance_of::<PyInt>() {
            integer(object)
        } else if let Ok(number) = object.cast::<PyFloat>() {
            Ok(float(number.value()))
        } else if let Ok(items) = object.cast::<PyList>() {
            items.iter().map(|item| self.plain(&item, depth + 1)).collect()
        } else if let Ok(items) = object.cast::<PyTuple>() {
            items.iter().map(|item| self.plain(&item, depth + 1)).collect()
        } else if let Ok(fields) = object.cast::<PyDict>() {
            let mut object = Map::new();
            for (name, value) in fields.iter() {
                object.insert(name.str()?.to_string_lossy().into_owned(), self.plain(&value, depth + 1)?);
            }
            Ok(Value::Object(object))
        } else if object.is_instance_of::<PyDateTime>() {
            time(object)
        } else if object.get_type().hasattr("__index__")? {
            // Whole numbers of other libraries, such as numpy.
            integer(&object.call_method0("__index__")?)
        } else {
            Ok(no_json(kind_of(&object.get_type())))
        }
    }
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
    let zone = object.getattr("tzinfo")?;
    if zone.is_none() {
        let text = object.call_method1("isoformat", (" ", "seconds"))?;
        return Ok(text.extract::<String>()?.into());
    }
    let zone = zone.str()?;
    Ok(no_json(format!(
        "a time with a zone ({}): turn it into the service's local time, and drop the zone with `.replace(tzinfo=None)`",
        zone.to_string_lossy()
    )))
}

fn kind_of(class: &Bound<'_, PyType>) -> String {
    let name = class.qualname().map(|name| name.to_string_lossy().into_owned());
    format!("a Python `{}`", name.unwrap_or_else(|_| "object".to_owned()))
}
