//! The sandbox, as `recallflow/sandbox` drives it: JSON text and numbers go in and out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{AsyncTask, BigInt, Unknown};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Error, Status, Task};
use napi_derive::napi;
use recallflow_bridge::background;
use recallflow_sandbox::{HostError, Hosted};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// A running sandbox.
#[napi]
pub struct Sandbox {
    hosted: Hosted,
    /// Has those who wait let go of the sandbox, and knows when they have.
    closing: watch::Sender<bool>,
}

/// Starts a sandbox beside the event loop, which it would hold up for some milliseconds.
pub struct Start(String);

impl Task for Start {
    type Output = Hosted;
    type JsValue = Sandbox;

    fn compute(&mut self) -> napi::Result<Hosted> {
        Hosted::start(&self.0).map_err(raise)
    }

    fn resolve(&mut self, _: Env, hosted: Hosted) -> napi::Result<Sandbox> {
        Ok(Sandbox { hosted, closing: watch::Sender::new(false) })
    }
}

/// What is waited for.
#[derive(Clone, Copy)]
enum Wanted {
    Requests(u32),
    OpenConnections(u32),
}

impl Wanted {
    async fn of(self, sandbox: &recallflow_sandbox::Sandbox) {
        match self {
            Self::Requests(count) => sandbox.wait_for_requests(count as usize).await,
            Self::OpenConnections(most) => sandbox.wait_for_open_connections(most as usize).await,
        }
    }
}

/// Is told what a wait came to: `came`, `late` or `closed`. It keeps the event loop alive until then.
type Done = ThreadsafeFunction<&'static str, Unknown<'static>, &'static str, Status, false>;

/// What somebody who waits holds, let go of in this order: who sees no receiver any more has the sandbox to itself.
struct Held {
    sandbox: Arc<recallflow_sandbox::Sandbox>,
    closing: watch::Receiver<bool>,
}

/// A wait that is under way.
#[napi]
pub struct Wait(AbortHandle);

#[napi]
impl Wait {
    /// Gives it up; nobody is told anything then.
    #[napi]
    pub fn cancel(&self) {
        self.0.abort();
    }
}

/// What the caller gave wrong has a code of its own. A message about the system begins with its code, as those of Node do.
fn raise(error: HostError) -> Error {
    match error {
        HostError::Invalid(text) => Error::new(Status::InvalidArg, text),
        HostError::Io(error) => {
            let code = match error.kind() {
                io::ErrorKind::AddrInUse => "EADDRINUSE: ",
                io::ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL: ",
                io::ErrorKind::PermissionDenied => "EACCES: ",
                _ => "",
            };
            Error::new(Status::GenericFailure, format!("{code}{error}"))
        }
        other => Error::new(Status::GenericFailure, other.to_string()),
    }
}

#[napi]
impl Sandbox {
    /// Starts one with options as JSON.
    #[napi]
    pub fn start(options: String) -> AsyncTask<Start> {
        AsyncTask::new(Start(options))
    }

    #[napi(getter)]
    pub fn url(&self) -> napi::Result<String> {
        Ok(self.sandbox()?.url())
    }

    #[napi(getter)]
    pub fn api_key(&self) -> napi::Result<String> {
        Ok(self.sandbox()?.api_key().to_owned())
    }

    #[napi(getter)]
    pub fn api_secret(&self) -> napi::Result<String> {
        Ok(self.sandbox()?.api_secret().to_owned())
    }

    #[napi]
    pub fn script(&self, faults: String, operation: Option<String>) -> napi::Result<()> {
        self.hosted.script(&faults, operation.as_deref()).map_err(raise)
    }

    #[napi]
    pub fn faults_left(&self) -> napi::Result<u32> {
        Ok(u32::try_from(self.sandbox()?.faults_left()).unwrap_or(u32::MAX))
    }

    #[napi]
    pub fn requests(&self) -> napi::Result<String> {
        self.hosted.requests().map_err(raise)
    }

    /// Waits for this many milliseconds at most until so many requests have come.
    #[napi]
    pub fn wait_for_requests(&self, count: u32, limit: f64, done: Done) -> napi::Result<Wait> {
        self.wait(Wanted::Requests(count), limit, done)
    }

    #[napi]
    pub fn connections(&self) -> napi::Result<i64> {
        Ok(i64::try_from(self.sandbox()?.connections()).unwrap_or(i64::MAX))
    }

    #[napi]
    pub fn open_connections(&self) -> napi::Result<u32> {
        Ok(u32::try_from(self.sandbox()?.open_connections()).unwrap_or(u32::MAX))
    }

    /// Waits for this many milliseconds at most until no more than so many connections are open.
    #[napi]
    pub fn wait_for_open_connections(&self, most: u32, limit: f64, done: Done) -> napi::Result<Wait> {
        self.wait(Wanted::OpenConnections(most), limit, done)
    }

    #[napi]
    pub fn flow(&self, key_id: BigInt) -> napi::Result<Option<String>> {
        match key_id.get_i64() {
            (key_id, true) => self.hosted.flow(key_id).map_err(raise),
            // No flow has such a key.
            (_, false) => self.sandbox().map(|_| None),
        }
    }

    #[napi]
    pub fn insert_flow(&self, flow: String) -> napi::Result<()> {
        self.hosted.insert_flow(&flow).map_err(raise)
    }

    #[napi]
    pub fn tasks(&self) -> napi::Result<String> {
        self.hosted.tasks().map_err(raise)
    }

    #[napi]
    pub fn insert_task(&self, task: String) -> napi::Result<()> {
        self.hosted.insert_task(&task).map_err(raise)
    }

    #[napi]
    pub fn set_shape(&self, name: String) -> napi::Result<()> {
        self.hosted.set_shape(&name).map_err(raise)
    }

    #[napi]
    pub fn set_clock_offset(&self, seconds: i64) -> napi::Result<()> {
        self.sandbox()?.set_clock_offset(seconds);
        Ok(())
    }

    #[napi]
    pub fn reset(&self) -> napi::Result<()> {
        self.sandbox()?.reset();
        Ok(())
    }

    /// Ends the sandbox, and its port is free then: those who wait are told and let go of it first.
    #[napi]
    pub fn close(&self) {
        self.closing.send_replace(true);
        if self.closing.receiver_count() > 0
            && let Ok(runtime) = background::runtime()
        {
            runtime.block_on(self.closing.closed());
        }
        self.hosted.close();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The end of a worker is the end of its sandboxes, whoever waits for them.
        self.close();
    }
}

impl Sandbox {
    fn sandbox(&self) -> napi::Result<Arc<recallflow_sandbox::Sandbox>> {
        self.hosted.sandbox().map_err(raise)
    }

    fn wait(&self, wanted: Wanted, limit: f64, done: Done) -> napi::Result<Wait> {
        let mut held = Held { sandbox: self.sandbox()?, closing: self.closing.subscribe() };
        // A time that is too long to be written is one without an end.
        let limit = Duration::try_from_secs_f64(limit / 1000.0).unwrap_or(Duration::MAX);
        let runtime = background::runtime().map_err(|error| raise(error.into()))?;
        let wait = async move {
            let outcome = tokio::select! {
                _ = held.closing.changed() => "closed",
                came = tokio::time::timeout(limit, wanted.of(&held.sandbox)) => if came.is_ok() { "came" } else { "late" },
            };
            drop(held);
            done.call(outcome, ThreadsafeFunctionCallMode::NonBlocking);
        };
        Ok(Wait(runtime.spawn(wait).abort_handle()))
    }
}
