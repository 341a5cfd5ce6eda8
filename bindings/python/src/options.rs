//! Reads the options of clients and calls.

use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBoolMethods, PyDict, PyFloat, PyInt, PyMapping, PyString, PyTuple, PyTzInfo};
use recallflow::ffi::{
    ADJUSTABLE_OPTIONS, CALL_OPTIONS, CLIENT_OPTIONS, OptionEntry, Setter, describe_text, not_adjustable,
};
use recallflow::{Client, ClientBuilder, Overrides};

use crate::errors::{self, core_exception};
use crate::objects::describe_class;

/// A message about a wrong option, which becomes a `ConfigError`.
pub(crate) struct WrongOption(String);

impl From<WrongOption> for PyErr {
    fn from(wrong: WrongOption) -> Self {
        errors::config_exception(wrong.0)
    }
}

impl From<PyErr> for WrongOption {
    fn from(error: PyErr) -> Self {
        // Converting the value called a method of it, which raised the exception.
        Self(format!("could not read an option: {error}"))
    }
}

/// Returns a builder with this key and secret.
pub(crate) fn builder_with_key(
    api_key: &Bound<'_, PyAny>,
    api_secret: &Bound<'_, PyAny>,
) -> Result<ClientBuilder, WrongOption> {
    // Messages show neither, because they may have been swapped.
    Ok(Client::builder(read_text("api_key", api_key)?, read_text("api_secret", api_secret)?))
}

/// Reads a text; `None` if it is left out.
pub(crate) fn optional_text(name: &str, value: &Bound<'_, PyAny>) -> Result<Option<String>, WrongOption> {
    if value.is_none() { Ok(None) } else { read_text(name, value).map(Some) }
}

const ON_ATTEMPT: &str = "on_attempt";
const TIMEZONE: &str = "timezone";

/// The options that only this package handles.
const PYTHON_OPTIONS: [&str; 2] = [ON_ATTEMPT, TIMEZONE];

/// The values of the options that only this package handles.
#[derive(Default)]
pub(crate) struct PythonOptions {
    /// Receives the end of each attempt.
    pub(crate) on_attempt: Option<Py<PyAny>>,
    /// Zone of the service's times, to which times with a zone are converted: an object of `datetime.tzinfo`.
    pub(crate) timezone: Option<Py<PyAny>>,
}

impl PythonOptions {
    pub(crate) fn read(options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let given = |name| Ok::<_, PyErr>(options.get_item(name)?.filter(|value| !value.is_none()));
        Ok(Self {
            on_attempt: given(ON_ATTEMPT)?.map(read_on_attempt).transpose()?,
            timezone: given(TIMEZONE)?.map(read_timezone).transpose()?,
        })
    }

    /// Returns the same options; those that are left out are those of another client.
    pub(crate) fn or(self, py: Python<'_>, other: &Self) -> Self {
        let copy = |value: &Option<Py<PyAny>>| value.as_ref().map(|value| value.clone_ref(py));
        Self {
            on_attempt: self.on_attempt.or_else(|| copy(&other.on_attempt)),
            timezone: self.timezone.or_else(|| copy(&other.timezone)),
        }
    }
}

/// Reads the function that receives the end of each attempt.
fn read_on_attempt(function: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    if function.is_callable() {
        return Ok(function.unbind());
    }
    let message = format!("`{ON_ATTEMPT}` must be a function, but is {}", kind_of(&function));
    Err(WrongOption(message).into())
}

/// Reads a time zone: an IANA name, or an object of `datetime.tzinfo`.
fn read_timezone(zone: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    let py = zone.py();
    if let Ok(name) = zone.cast::<PyString>() {
        let found = py.import("zoneinfo")?.getattr("ZoneInfo")?.call1((name,));
        return found.map(Bound::unbind).map_err(|_| {
            let message =
                format!("`{TIMEZONE}`: this system has no time zone {}", describe_text(&name.to_string_lossy()));
            let remedy = "use an IANA name such as `Asia/Shanghai`, or install the package `tzdata`";
            WrongOption(format!("{message}; {remedy}")).into()
        });
    }
    if zone.is_instance_of::<PyTzInfo>() {
        return Ok(zone.unbind());
    }
    let message = format!("`{TIMEZONE}` must be the name of a time zone or a `tzinfo`, but is {}", kind_of(&zone));
    Err(WrongOption(message).into())
}

/// Sets the options of a client.
pub(crate) fn set_client_options(mut builder: ClientBuilder, options: &Bound<'_, PyDict>) -> PyResult<ClientBuilder> {
    for (name, value) in options {
        let name = name.extract::<String>()?;
        if PYTHON_OPTIONS.contains(&&*name) {
            continue;
        }
        let Some(option) = CLIENT_OPTIONS.iter().find(|option| option.name == name) else {
            return Err(unknown_option(&name));
        };
        if !(value.is_none() && option.setter.accepts_null()) {
            builder = set_option(builder, option, &value)?;
        }
    }
    Ok(builder)
}

/// Reads the options of `with_options`. `None` keeps the client's value.
pub(crate) fn read_overrides(options: &Bound<'_, PyDict>) -> PyResult<Overrides> {
    let mut overrides = Overrides::new();
    for (name, value) in options {
        let name = name.extract::<String>()?;
        let Some(option) = ADJUSTABLE_OPTIONS.iter().find(|option| option.name == name) else {
            if PYTHON_OPTIONS.contains(&&*name) {
                continue;
            }
            let is_known = CLIENT_OPTIONS.iter().any(|option| option.name == name);
            return Err(if is_known { core_exception(not_adjustable(&name)) } else { unknown_option(&name) });
        };
        if !value.is_none() {
            overrides = set_option(overrides, option, &value)?;
        }
    }
    Ok(overrides)
}

fn unknown_option(name: &str) -> PyErr {
    PyTypeError::new_err(format!("a client does not have an option `{name}`"))
}

/// Reads the options of one call, in the order of [`CALL_OPTIONS`]. `None` keeps the client's value.
pub(crate) fn read_call_options(values: &Bound<'_, PyTuple>) -> PyResult<Overrides> {
    let mut overrides = Overrides::new();
    for (option, value) in CALL_OPTIONS.iter().zip(values) {
        if !value.is_none() {
            overrides = set_option(overrides, option, &value)?;
        }
    }
    Ok(overrides)
}

/// Sets one option.
fn set_option<T>(target: T, option: &OptionEntry<T>, value: &Bound<'_, PyAny>) -> Result<T, WrongOption> {
    let name = option.name;
    Ok(match option.setter {
        Setter::Text(set) => set(target, read_text(name, value)?),
        Setter::Duration(set) => set(target, read_seconds(name, value)?),
        Setter::Count(set, _) => set(target, read_integer(name, value)?),
        Setter::Size(set, _) => set(target, read_integer(name, value)?),
        Setter::Rate(set) => set(target, read_rate(name, value)?),
        Setter::Flag(set) => set(target, read_boolean(name, value)?),
        Setter::Headers(set) => set(target, read_headers(name, value)?),
        Setter::Path(set) => set(target, read_path(name, value)?),
        Setter::Proxy(set) => {
            let is_false = value.cast::<PyBool>().is_ok_and(|proxy| !proxy.is_true());
            set(target, if is_false { None } else { Some(read_text(name, value)?) })
        }
    })
}

/// Reads a duration in seconds.
pub(crate) fn read_seconds(name: &str, value: &Bound<'_, PyAny>) -> Result<Duration, WrongOption> {
    let number = if value.is_instance_of::<PyBool>() { None } else { value.extract::<f64>().ok() };
    let Some(number) = number else {
        return Err(WrongOption(format!("`{name}` must be a number of seconds, but is {}", kind_of(value))));
    };
    // More than a century.
    let longest = 4e9;
    if number > 0.0 {
        return Ok(Duration::from_secs_f64(number.min(longest)).max(Duration::from_nanos(1)));
    }
    Err(WrongOption(format!(
        "`{name}` must be more than 0 seconds, but is {number}: give a time in which a call can succeed"
    )))
}

/// Reads a number per second. The client checks its range.
fn read_rate(name: &str, value: &Bound<'_, PyAny>) -> Result<f64, WrongOption> {
    let number = if value.is_instance_of::<PyBool>() { None } else { value.extract::<f64>().ok() };
    number.ok_or_else(|| WrongOption(format!("`{name}` must be a number, but is {}", kind_of(value))))
}

/// Reads an integer from 0.
pub(crate) fn read_integer<'py, T: FromPyObjectOwned<'py>>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> Result<T, WrongOption> {
    let is_whole = value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>();
    let number = if is_whole { value.extract::<T>().ok() } else { None };
    number.ok_or_else(|| {
        let shown = if is_whole { value.to_string() } else { kind_of(value) };
        WrongOption(format!("`{name}` must be a whole number from 0, but is {shown}"))
    })
}

/// Reads a text.
pub(crate) fn read_text(name: &str, value: &Bound<'_, PyAny>) -> Result<String, WrongOption> {
    let text = value.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
    text.map(str::to_owned).ok_or_else(|| WrongOption(format!("`{name}` must be text, but is {}", kind_of(value))))
}

/// Reads a mapping of names to texts. Messages do not show the texts, which may be secret.
fn read_headers(name: &str, value: &Bound<'_, PyAny>) -> Result<Vec<(String, String)>, WrongOption> {
    let Ok(mapping) = value.cast::<PyMapping>() else {
        return Err(WrongOption(format!("`{name}` must be a mapping of names to texts, but is {}", kind_of(value))));
    };
    let mut headers = Vec::new();
    for item in mapping.items()? {
        let (header, value) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let header = header.extract::<String>().map_err(|_| {
            WrongOption(format!("`{name}` must be a mapping of names to texts, but a name is {}", kind_of(&header)))
        })?;
        let value = read_text(&format!("{name}[{header:?}]"), &value)?;
        headers.push((header, value));
    }
    Ok(headers)
}

fn read_path(name: &str, value: &Bound<'_, PyAny>) -> Result<PathBuf, WrongOption> {
    value.extract().map_err(|_| WrongOption(format!("`{name}` must be a path, but is {}", kind_of(value))))
}

/// Reads True or False.
pub(crate) fn read_boolean(name: &str, value: &Bound<'_, PyAny>) -> Result<bool, WrongOption> {
    let truth = value.cast::<PyBool>().map(PyBoolMethods::is_true);
    truth.map_err(|_| WrongOption(format!("`{name}` must be True or False, but is {}", kind_of(value))))
}

/// Returns a value as a message shows it. Only types that cannot hold a password are shown in full.
fn kind_of(value: &Bound<'_, PyAny>) -> String {
    if value.is_none() || value.is_instance_of::<PyBool>() || value.is_instance_of::<PyFloat>() {
        return value.to_string();
    }
    describe_class(&value.get_type())
}
