//! The sandbox behind `recallflow/sandbox`: commands and replies are JSON text.

use std::sync::Arc;
use std::thread;

use napi::Status;
use napi::bindgen_prelude::Unknown;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use recallflow_bridge::background;
use recallflow_sandbox::{Language, Session};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// A sandbox that commands start, use and close.
#[napi]
pub struct Sandbox {
    session: Arc<Session>,
    /// Ends the waits. Has no receiver once they have released the sandbox.
    closing: watch::Sender<bool>,
}

/// Receives a reply. Keeps the event loop alive until then.
type Done = ThreadsafeFunction<String, Unknown<'static>, String, Status, false>;

/// A wait that is under way.
#[napi]
pub struct SandboxWait(Option<AbortHandle>);

#[napi]
impl SandboxWait {
    /// Cancels the wait; its callback is not called.
    #[napi]
    pub fn cancel(&self) {
        if let Some(wait) = &self.0 {
            wait.abort();
        }
    }
}

#[napi]
impl Sandbox {
    /// Creates a sandbox that is not running.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self { session: Arc::new(Session::new(Language::Node)), closing: watch::Sender::new(false) }
    }

    /// Executes a command at once.
    #[napi]
    pub fn command(&self, command: String) -> String {
        self.session.command(&command)
    }

    /// Executes a command that takes some milliseconds beside the event loop, and calls `done` with its reply.
    ///
    /// The threads of Node are not used, because Node aborts the process if the system refuses one.
    #[napi]
    pub fn execute(&self, command: String, done: Done) {
        let (session, done) = (Arc::clone(&self.session), Arc::new(done));
        let execute = {
            let done = Arc::clone(&done);
            move || done.call(session.command(&command), ThreadsafeFunctionCallMode::NonBlocking)
        };
        if let Err(error) = thread::Builder::new().name("recallflow-sandbox-start".to_owned()).spawn(execute) {
            done.call(Session::refused(error), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Begins a command that waits, and calls `done` with its reply.
    #[napi]
    pub fn wait(&self, command: String, done: Done) -> SandboxWait {
        let runtime = match background::runtime() {
            Ok(runtime) => runtime,
            Err(error) => {
                done.call(Session::refused(error), ThreadsafeFunctionCallMode::NonBlocking);
                return SandboxWait(None);
            }
        };
        let (session, mut closing) = (Arc::clone(&self.session), self.closing.subscribe());
        let wait = async move {
            let reply = match session.wait(&command) {
                Ok(waiting) => tokio::select! {
                    _ = closing.changed() => Session::closed(),
                    reply = waiting.finish(&session) => reply,
                },
                Err(reply) => reply,
            };
            // Released before the callback is called, because `close` waits for it.
            drop(closing);
            done.call(reply, ThreadsafeFunctionCallMode::NonBlocking);
        };
        SandboxWait(Some(runtime.spawn(wait).abort_handle()))
    }

    /// Stops the sandbox and frees its port. Ends the waits first.
    #[napi]
    pub fn close(&self) {
        self.closing.send_replace(true);
        if self.closing.receiver_count() > 0
            && let Ok(runtime) = background::runtime()
        {
            runtime.block_on(self.closing.closed());
        }
        let _ = self.session.command("\"close\"");
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The end of a worker is the end of its sandboxes, even if something waits for them.
        self.close();
    }
}

/// Serves a sandbox until Ctrl-C or SIGTERM and returns the exit code. Blocks the event loop.
#[napi]
pub fn serve_sandbox(arguments: Vec<String>) -> u8 {
    recallflow_sandbox::run("recallflow-sandbox", arguments.into_iter().map(Into::into))
}
