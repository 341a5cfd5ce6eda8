//! The handle of a running sandbox.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::generated::protocol::{Fault, RecordedRequest, Seed, SeedTask, Shape};
use crate::operations::ServiceState;
use crate::recording::RecordingCounts;
use crate::script::Script;
use crate::server::ServerState;
use crate::service::ServiceModel;

/// A running sandbox. Dropping it stops the server and closes all connections.
///
/// The server has its own thread, so that it serves synchronous and asynchronous clients, even if they block the
/// caller's runtime.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use recallflow_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// sandbox.script([Fault::Status(503), Fault::Reset, Fault::Ok]);
/// println!("a client of {} fails twice", sandbox.url());
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    pub(crate) address: SocketAddr,
    pub(crate) seed: Seed,
    pub(crate) shape: Shape,
    pub(crate) shared: Arc<ServerState>,
    pub(crate) runtime: runtime::Handle,
    /// Certificate authority as PEM, if the sandbox uses TLS.
    #[cfg(feature = "tls")]
    pub(crate) authority: Option<String>,
    /// Dropping it stops the server.
    pub(crate) shutdown: Option<oneshot::Sender<()>>,
    pub(crate) thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Returns the base URL for clients, `http://127.0.0.1:PORT`. Any path prefix may follow it.
    #[must_use]
    pub fn url(&self) -> String {
        #[cfg(feature = "tls")]
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        format!("{scheme}://{}", self.address)
    }

    /// Returns the certificate authority as PEM, for the `ca_file` of clients, or `None` without [`Builder::tls`](crate::Builder::tls). All
    /// sandboxes of a process have the same authority.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Returns the address that the sandbox listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the API key that is accepted.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.shared.gate.credentials.api_key
    }

    /// Returns the secret that requests are signed with.
    #[must_use]
    pub fn api_secret(&self) -> &str {
        &self.shared.gate.credentials.api_secret
    }

    /// Plays these faults on the next requests, one on each, after those already scripted. Later requests have no
    /// fault.
    pub fn script<T: Into<Fault>>(&self, faults: impl IntoIterator<Item = T>) {
        self.shared.script().extend(faults.into_iter().map(Into::into));
    }

    /// Plays these faults on the next requests of an operation, or of another path below the base URL. An operation has
    /// the name of the spec, such as `query_group_calls`; a path has a slash, such as `voice/balance`.
    ///
    /// # Panics
    ///
    /// If the operation is unknown, because its faults would never be played.
    pub fn script_for<T: Into<Fault>>(&self, target: &str, faults: impl IntoIterator<Item = T>) {
        let names = ServiceModel::get().names();
        let is_known = target.contains('/') || names.contains(&target);
        assert!(is_known, "expected a path or an operation ({}), got {target}", names.join(", "));
        self.shared.script().extend_for(target, faults.into_iter().map(Into::into));
    }

    /// Returns how many scripted faults were not played yet.
    #[must_use]
    pub fn faults_left(&self) -> usize {
        self.shared.script().len()
    }

    /// Returns the recorded requests in order: the newest 10,000, or fewer if they exceed 64 MiB. See
    /// [`Builder::max_recorded_requests`](crate::Builder::max_recorded_requests).
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.recording.requests()
    }

    /// Returns how many requests were recorded since the start or the last reset, including those dropped since.
    pub(crate) fn request_count(&self) -> usize {
        self.shared.recording.counts().requests
    }

    /// Blocks the calling thread until a future is ready, with the timers of the sandbox's runtime.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Waits until this many requests were recorded since the start or the last reset. A request is recorded once it is
    /// read, before the response is sent.
    pub async fn wait_for_requests(&self, count: usize) {
        self.wait_for(|counts| counts.requests >= count).await;
    }

    /// [`Sandbox::wait_for_requests`] for code that is not asynchronous. Returns false if it took longer than `limit`.
    ///
    /// # Panics
    ///
    /// In an asynchronous task, because it would block the task's runtime.
    #[must_use]
    pub fn wait_for_requests_blocking(&self, count: usize, limit: Duration) -> bool {
        self.runtime.block_on(async { tokio::time::timeout(limit, self.wait_for_requests(count)).await }).is_ok()
    }

    /// Returns how many connections were opened since the start.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.recording.counts().connections
    }

    /// Returns how many connections are open.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.shared.recording.counts().open
    }

    /// Waits until at most this many connections are open.
    pub async fn wait_for_open_connections(&self, at_most: usize) {
        self.wait_for(|counts| counts.open <= at_most).await;
    }

    /// [`Sandbox::wait_for_open_connections`] for code that is not asynchronous. Returns false if it took longer than
    /// `limit`.
    ///
    /// # Panics
    ///
    /// In an asynchronous task, because it would block the task's runtime.
    #[must_use]
    pub fn wait_for_open_connections_blocking(&self, at_most: usize, limit: Duration) -> bool {
        self.runtime
            .block_on(async { tokio::time::timeout(limit, self.wait_for_open_connections(at_most)).await })
            .is_ok()
    }

    /// Sets the shape of queryDetail responses.
    pub fn set_shape(&self, shape: Shape) {
        self.shared.state().shape = shape;
    }

    /// Sets how many seconds the sandbox's clock is ahead of its source.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.shared.clock.set_offset(seconds);
    }

    /// Lets time pass for flows and tasks, so that they make progress.
    ///
    /// A pending flow and a waiting task begin after 60 s and then last 600 s, unless they have a [`Progress`]. Final states
    /// stay. Without this call, flows and tasks without a [`Progress`] do not change. Timestamps of requests are checked
    /// by the clock, which does not advance.
    ///
    /// [`Progress`]: crate::Progress
    pub fn advance(&self, time: Duration) {
        let mut state = self.shared.state();
        state.advanced = state.advanced.saturating_add(time);
    }

    /// Returns a flow in the service's JSON, with its nodes in `nodeList`.
    #[must_use]
    pub fn flow(&self, key_id: i64) -> Option<Value> {
        let mut state = self.shared.state();
        state.progress_to(self.shared.clock.unix_seconds());
        state.flows.get(key_id)
    }

    /// Adds a flow in the service's JSON, or replaces the one with its `keyId`. Returns false, and adds nothing, if the
    /// `keyId` is missing or `progress` is not a [`Progress`](crate::Progress). Lists of flows also show its `taskId`, `taskName`,
    /// `createTime` and `finishNum`.
    #[allow(clippy::must_use_candidate, reason = "the caller usually knows that the flow has a `keyId`")]
    pub fn insert_flow(&self, flow: Value) -> bool {
        let mut state = self.shared.state();
        let moment = state.progress_to(self.shared.clock.unix_seconds());
        state.flows.insert(flow, moment)
    }

    /// Returns all tasks.
    #[must_use]
    pub fn tasks(&self) -> Vec<SeedTask> {
        let mut state = self.shared.state();
        let moment = state.progress_to(self.shared.clock.unix_seconds());
        state.tasks.to_seed(moment)
    }

    /// Adds a task.
    pub fn insert_task(&self, task: SeedTask) {
        let mut state = self.shared.state();
        let moment = state.progress_to(self.shared.clock.unix_seconds());
        state.tasks.insert(task, moment);
    }

    /// Restores flows, tasks, shape and clock, and forgets scripts and requests. Connections stay open.
    pub fn reset(&self) {
        self.shared.clock.set_offset(0);
        *self.shared.state() = ServiceState::new(&self.seed, self.shape, self.shared.clock.unix_seconds());
        *self.shared.script() = Script::default();
        self.shared.recording.clear();
    }

    /// Stops the sandbox and closes all connections, as dropping it does.
    pub fn shutdown(self) {
        drop(self);
    }

    async fn wait_for(&self, wanted: impl FnMut(&RecordingCounts) -> bool) {
        // Fails only without a sender, which lives as long as the sandbox.
        let _ = self.shared.recording.subscribe().wait_for(wanted).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.shutdown.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has already been printed.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}
