//! The decisions of a wait, whose reads and delays are those of the package.

use std::time::Duration;

use napi_derive::napi;
use recallflow::ffi;
use serde_json::Value;

use crate::errors::{catch_panics, config_exception, core_exception};
use crate::options;

/// A wait for a flow or for group-call tasks.
#[napi]
pub struct Wait {
    wait: ffi::Wait,
    timeout: Duration,
}

#[napi]
impl Wait {
    /// Creates a wait from JSON with its `timeout` and, for a flow, the status `until`.
    #[napi(constructor)]
    pub fn new(options: String) -> napi::Result<Self> {
        catch_panics(None, || {
            let options = options::parse_options(&options)?;
            let until = options.get("until").map(|until| options::read_integer("until", until, 0)).transpose()?;
            let timeout = options::read_milliseconds("timeout", options.get("timeout").unwrap_or(&Value::Null))?;
            Ok(Self { wait: ffi::Wait::new(until, timeout), timeout })
        })
    }

    /// Milliseconds that the wait may take.
    #[napi(getter)]
    pub fn timeout(&self) -> f64 {
        self.timeout.as_secs_f64() * 1000.0
    }

    /// Takes what was read: the status of the flow and those of its nodes, or those of the tasks. Returns how many nodes or
    /// tasks have ended, and their number.
    #[napi]
    pub fn see(&mut self, status: Option<i64>, parts: Vec<Option<i64>>) -> Vec<u32> {
        let (done, total) = self.wait.see(status, parts);
        [done, total].map(|count| u32::try_from(count).unwrap_or(u32::MAX)).to_vec()
    }

    /// Takes the message of a retryable error of a read.
    #[napi]
    pub fn fail(&mut self, message: String) {
        self.wait.fail(message);
    }

    /// Returns the milliseconds until the next read, or null if what was read ends the wait. Throws the error that ends it.
    #[napi]
    pub fn next_delay(&mut self, elapsed: f64) -> napi::Result<Option<f64>> {
        catch_panics(None, || {
            let elapsed = Duration::try_from_secs_f64(elapsed / 1000.0)
                .map_err(|error| config_exception(format!("could not measure the time: {error}")))?;
            let delay = self.wait.next_delay(elapsed).map_err(core_exception)?;
            Ok(delay.map(|delay| delay.as_secs_f64() * 1000.0))
        })
    }
}
