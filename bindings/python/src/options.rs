//! Reads the options of clients and calls.

use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBoolMethods, PyDict, PyFloat, PyInt, PyString};
use recallflow::{Client, ClientBuilder};

use crate::errors;
use crate::from_python::describe_class;

/// The options of one call.
#[derive(Default)]
pub(crate) struct Overrides {
    timeout: Option<Duration>,
    max_retries: Option<u32>,
}

impl Overrides {
    /// Reads the options; `None` keeps the client's value.
    pub(crate) fn new(timeout: &Bound<'_, PyAny>, max_retries: &Bound<'_, PyAny>) -> PyResult<Self> {
        let timeout = if timeout.is_none() { None } else { Some(seconds("timeout", timeout)?) };
        let max_retries = if max_retries.is_none() { None } else { Some(retries(max_retries)?) };
        Ok(Self { timeout, max_retries })
    }

    /// Returns a client with these options.
    pub(crate) fn apply(&self, mut client: Client) -> Client {
        if let Some(timeout) = self.timeout {
            client = client.with_timeout(timeout);
        }
        if let Some(max_retries) = self.max_retries {
            client = client.with_max_retries(max_retries);
        }
        client
    }
}

/// A message about a wrong option, which becomes a `ConfigError`.
pub(crate) struct Wrong(String);

impl From<Wrong> for PyErr {
    fn from(wrong: Wrong) -> Self {
        errors::wrong(wrong.0)
    }
}

impl From<PyErr> for Wrong {
    fn from(error: PyErr) -> Self {
        // Converting the value called a method of it, which raised the exception.
        Self(format!("could not read an option: {error}"))
    }
}

/// Returns a builder with this key and secret.
pub(crate) fn builder(api_key: &Bound<'_, PyAny>, api_secret: &Bound<'_, PyAny>) -> Result<ClientBuilder, Wrong> {
    // Messages show neither, because they may have been swapped.
    Ok(Client::builder(text("api_key", api_key)?, text("api_secret", api_secret)?))
}

/// Reads a text; `None` if it is left out.
pub(crate) fn optional_text(name: &str, value: &Bound<'_, PyAny>) -> Result<Option<String>, Wrong> {
    if value.is_none() { Ok(None) } else { text(name, value).map(Some) }
}

/// Sets the options of a client.
pub(crate) fn apply(mut builder: ClientBuilder, options: &Bound<'_, PyDict>) -> PyResult<ClientBuilder> {
    for (name, value) in options {
        let name = name.extract::<String>()?;
        if value.is_none() && matches!(name.as_str(), "base_url" | "proxy" | "ca_file" | "client_certificate") {
            continue;
        }
        builder = match name.as_str() {
            "base_url" => builder.base_url(text(&name, &value)?),
            "timeout" => builder.timeout(seconds(&name, &value)?),
            "connect_timeout" => builder.connect_timeout(seconds(&name, &value)?),
            "attempt_timeout" => builder.attempt_timeout(seconds(&name, &value)?),
            "max_retries" => builder.max_retries(retries(&value)?),
            "max_connections" => builder.max_connections(whole(&name, &value)?),
            "max_response_bytes" => builder.max_response_bytes(whole(&name, &value)?),
            "validate" => builder.validate(boolean(&name, &value)?),
            "dangerously_allow_http" => builder.dangerously_allow_http(boolean(&name, &value)?),
            "proxy" => match value.cast::<PyBool>() {
                Ok(proxy) if !proxy.is_true() => builder.no_proxy(),
                _ => builder.proxy(text(&name, &value)?),
            },
            "ca_file" => builder.ca_file(path(&name, &value)?),
            "client_certificate" => builder.client_certificate(path(&name, &value)?),
            _ => return Err(PyTypeError::new_err(format!("a client does not have an option `{name}`"))),
        };
    }
    Ok(builder)
}

/// Reads a duration in seconds.
fn seconds(name: &str, value: &Bound<'_, PyAny>) -> Result<Duration, Wrong> {
    let number = if value.is_instance_of::<PyBool>() { None } else { value.extract::<f64>().ok() };
    let Some(number) = number else {
        return Err(Wrong(format!("`{name}` must be a number of seconds, but is {}", kind(value))));
    };
    // More than a century.
    let longest = 4e9;
    if number > 0.0 {
        return Ok(Duration::from_secs_f64(number.min(longest)).max(Duration::from_nanos(1)));
    }
    Err(Wrong(format!(
        "`{name}` must be more than 0 seconds, but is {number}: give a time in which a call can succeed"
    )))
}

/// Reads a maximum number of retries.
fn retries(value: &Bound<'_, PyAny>) -> Result<u32, Wrong> {
    whole("max_retries", value)
}

fn whole<'py, T: FromPyObjectOwned<'py>>(name: &str, value: &Bound<'py, PyAny>) -> Result<T, Wrong> {
    let is_whole = value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>();
    let number = if is_whole { value.extract::<T>().ok() } else { None };
    number.ok_or_else(|| {
        let shown = if is_whole { value.to_string() } else { kind(value) };
        Wrong(format!("`{name}` must be a whole number from 0, but is {shown}"))
    })
}

fn text(name: &str, value: &Bound<'_, PyAny>) -> Result<String, Wrong> {
    let text = value.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
    text.map(str::to_owned).ok_or_else(|| Wrong(format!("`{name}` must be text, but is {}", kind(value))))
}

fn path(name: &str, value: &Bound<'_, PyAny>) -> Result<PathBuf, Wrong> {
    value.extract().map_err(|_| Wrong(format!("`{name}` must be a path, but is {}", kind(value))))
}

fn boolean(name: &str, value: &Bound<'_, PyAny>) -> Result<bool, Wrong> {
    let truth = value.cast::<PyBool>().map(PyBoolMethods::is_true);
    truth.map_err(|_| Wrong(format!("`{name}` must be True or False, but is {}", kind(value))))
}

/// Returns a value as a message shows it. Only types that cannot hold a password are shown in full.
fn kind(value: &Bound<'_, PyAny>) -> String {
    if value.is_none() || value.is_instance_of::<PyBool>() || value.is_instance_of::<PyFloat>() {
        return value.to_string();
    }
    describe_class(&value.get_type())
}
