//! The sandbox as the packages of other languages drive it: everything is JSON text or a number, everything that can
//! go wrong is an error, and nothing blocks for longer than the caller says.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::sandbox::{Builder, Sandbox};
use crate::seed::Seed;

/// What a host does with a sandbox went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostError {
    /// The sandbox cannot be started, such as on a port that is in use.
    Io(io::Error),
    /// What the host gave is not what is needed; the text names what is known.
    Invalid(String),
    /// The sandbox was closed.
    Closed,
    /// The sandbox belongs to the process that this one was forked from.
    Forked,
}

impl fmt::Display for HostError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(formatter),
            Self::Invalid(text) => formatter.write_str(text),
            Self::Closed => formatter.write_str("the sandbox was closed"),
            Self::Forked => formatter.write_str(
                "the sandbox runs in the process that this one was forked from, and only that one can use it; start \
                 another sandbox here, or send requests to the url of the one there",
            ),
        }
    }
}

impl std::error::Error for HostError {}

impl From<io::Error> for HostError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<String> for HostError {
    fn from(text: String) -> Self {
        Self::Invalid(text)
    }
}

/// A running sandbox, until it is closed or dropped. In a process that was forked from the one that started it, it does
/// nothing: its thread is not there.
pub struct Hosted {
    /// Whether the process is the one that started the sandbox is asked before the lock is touched: a thread that held
    /// it when the process was forked never lets go of it in the child.
    process: u32,
    sandbox: RwLock<Option<Arc<Sandbox>>>,
}

impl Hosted {
    /// Starts a sandbox with options as a JSON object: `api_key`, `api_secret`, `host`, `port`, `seed`, `shape`,
    /// `timestamp_window` (seconds) and `allowed_ips`. What is left out or null is as in [`Builder`].
    pub fn start(options: &str) -> Result<Self, HostError> {
        let options: Map<String, Value> = read("the options", options)?;
        let builder = options.into_iter().try_fold(Sandbox::builder(), with_option)?;
        let sandbox = Arc::new(builder.start_blocking()?);
        Ok(Self { process: std::process::id(), sandbox: RwLock::new(Some(sandbox)) })
    }

    /// Reads a fault in any form that [`Fault::from_json`] knows, and writes it in the one that recordings have.
    pub fn fault(json: &str) -> Result<String, HostError> {
        Ok(written(&fault(&read("a fault", json)?)?))
    }

    /// The sandbox itself.
    pub fn sandbox(&self) -> Result<Arc<Sandbox>, HostError> {
        if self.is_forked() {
            return Err(HostError::Forked);
        }
        let sandbox = self.sandbox.read().unwrap_or_else(PoisonError::into_inner);
        sandbox.clone().ok_or(HostError::Closed)
    }

    /// Plays a list of faults on the next requests, or on those of one operation.
    pub fn script(&self, faults: &str, operation: Option<&str>) -> Result<(), HostError> {
        let faults: Vec<Value> = read("the faults", faults)?;
        let faults = sequence(&faults)?;
        let sandbox = self.sandbox()?;
        match operation {
            Some(operation) => sandbox.try_script_for(operation, faults)?,
            None => sandbox.script(faults),
        }
        Ok(())
    }

    /// The requests that came, as a list.
    pub fn requests(&self) -> Result<String, HostError> {
        Ok(written(&self.sandbox()?.requests()))
    }

    /// Waits until this many requests have come; false when that takes longer than `limit`. Closing the sandbox from
    /// another thread ends the wait only after `limit`, so wait in slices.
    pub fn wait_for_requests(&self, count: usize, limit: Duration) -> Result<bool, HostError> {
        Ok(self.sandbox()?.wait_for_requests_blocking(count, limit))
    }

    /// Waits until no more than this many connections are open, as [`wait_for_requests`](Self::wait_for_requests).
    pub fn wait_for_open_connections(&self, most: usize, limit: Duration) -> Result<bool, HostError> {
        Ok(self.sandbox()?.wait_for_open_connections_blocking(most, limit))
    }

    /// A flow as it is kept; none if there is none of this key.
    pub fn flow(&self, key_id: i64) -> Result<Option<String>, HostError> {
        Ok(self.sandbox()?.flow(key_id).map(|flow| flow.to_string()))
    }

    /// Adds a flow as queryDetail answers it, or replaces the one with its `keyId`.
    pub fn insert_flow(&self, flow: &str) -> Result<(), HostError> {
        if self.sandbox()?.insert_flow(read("a flow", flow)?) {
            Ok(())
        } else {
            Err(HostError::Invalid("a flow is an object with a whole number as keyId".to_owned()))
        }
    }

    /// The tasks as they are kept, as a list in the form of a seed.
    pub fn tasks(&self) -> Result<String, HostError> {
        Ok(written(&self.sandbox()?.tasks()))
    }

    /// Adds a task in the form of a seed.
    pub fn insert_task(&self, task: &str) -> Result<(), HostError> {
        self.sandbox()?.insert_task(read("a task", task)?);
        Ok(())
    }

    /// Sets the shape in which queryDetail answers, by its name.
    pub fn set_shape(&self, name: &str) -> Result<(), HostError> {
        self.sandbox()?.set_shape(name.parse()?);
        Ok(())
    }

    /// Ends the sandbox and waits for its end; nothing happens if it has ended or belongs to another process. Another
    /// thread that waits on it at the time ends it a moment later instead.
    pub fn close(&self) {
        if !self.is_forked() {
            let sandbox = self.sandbox.write().unwrap_or_else(PoisonError::into_inner).take();
            drop(sandbox);
        }
    }

    fn is_forked(&self) -> bool {
        self.process != std::process::id()
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        if self.is_forked() {
            // Dropping it would wait for a thread that is not there, and take sockets from what the parent watches.
            std::mem::forget(self.sandbox.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

impl fmt::Debug for Hosted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hosted").field("process", &self.process).finish_non_exhaustive()
    }
}

fn with_option(builder: Builder, (name, value): (String, Value)) -> Result<Builder, HostError> {
    if value.is_null() {
        return Ok(builder);
    }
    Ok(match name.as_str() {
        "api_key" => builder.api_key(option::<String>(&name, value)?),
        "api_secret" => builder.api_secret(option::<String>(&name, value)?),
        "host" => builder.host(address(&name, value)?),
        "port" => builder.port(option(&name, value)?),
        "seed" => builder.seed(option::<Seed>(&name, value)?),
        "shape" => builder.shape(option::<String>(&name, value)?.parse()?),
        "timestamp_window" => {
            let seconds = option(&name, value)?;
            let window = Duration::try_from_secs_f64(seconds).map_err(|error| format!("{name}: {error}"))?;
            builder.timestamp_window(window)
        }
        "allowed_ips" => {
            let addresses = option::<Vec<Value>>(&name, value)?.into_iter();
            builder.allowed_ips(addresses.map(|value| address(&name, value)).collect::<Result<Vec<_>, _>>()?)
        }
        _ => return Err(HostError::Invalid(format!("there is no option `{name}`"))),
    })
}

fn address(name: &str, value: Value) -> Result<IpAddr, HostError> {
    let text: String = option(name, value)?;
    text.parse().map_err(|_| HostError::Invalid(format!("{name}: {text} is no IP address")))
}

fn option<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, HostError> {
    serde_json::from_value(value).map_err(|error| HostError::Invalid(format!("{name}: {error}")))
}

fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, HostError> {
    serde_json::from_str(json).map_err(|error| HostError::Invalid(format!("{what}: {error}")))
}

fn fault(json: &Value) -> Result<Fault, HostError> {
    Fault::from_json(json).map_err(|error| HostError::Invalid(error.to_string()))
}

/// Faults to play one after the other. A list alone of which several say what comes of a request cannot be meant for one
/// request: it is the sequence.
fn sequence(faults: &[Value]) -> Result<Vec<Fault>, HostError> {
    let each = |faults: &[Value]| faults.iter().map(fault).collect::<Result<Vec<_>, _>>();
    match faults {
        [Value::Array(list)] => {
            let list = each(list)?;
            Ok(if Fault::can_be_together(&list) { vec![Fault::together(list)] } else { list })
        }
        faults => each(faults),
    }
}

fn written<T: serde::Serialize + ?Sized>(value: &T) -> String {
    // These types have names for keys and no failing parts.
    serde_json::to_string(value).unwrap_or_default()
}
