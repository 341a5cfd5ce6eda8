//! The sandbox's handle: starts it, tells it what to play, and asks it what came.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::auth::{Credentials, Gate};
use crate::clock::Clock;
use crate::generated::protocol::{Fault, RecordedRequest, Seed, SeedTask, Shape};
use crate::operations::State;
use crate::recording::{Callback, Counts, MAX_REQUESTS, Recording};
use crate::script::Script;
use crate::server::{self, Shared};
use crate::service::Service;
#[cfg(feature = "tls")]
use crate::tls::{Certificate, Front};

/// The API key of the documents' examples.
const API_KEY: &str = "bDqJFiq9";

/// The secret that goes with it in the documents' signing example.
const API_SECRET: &str = "7bz1lzh9";

/// Distance between timestamp and clock that the platform's oldest page allows.
const TIMESTAMP_WINDOW: Duration = Duration::from_secs(30 * 60);

/// A running sandbox. It ends, with all its connections, when it is dropped.
///
/// The server has a thread of its own, so that it serves synchronous clients as well as asynchronous ones, whatever
/// the caller's runtime does.
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
    address: SocketAddr,
    seed: Seed,
    shape: Shape,
    shared: Arc<Shared>,
    runtime: runtime::Handle,
    /// The authority that certifies it, as PEM, if it speaks TLS.
    #[cfg(feature = "tls")]
    authority: Option<String>,
    /// Dropped before the thread is waited for: its end is what the thread ends at.
    shutdown: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Settings of a sandbox to start.
pub struct Builder {
    api_key: String,
    api_secret: String,
    address: SocketAddr,
    seed: Seed,
    shape: Shape,
    clock: Clock,
    timestamp_window: Duration,
    allowed_ips: Vec<IpAddr>,
    max_recorded_requests: usize,
    on_request: Option<Callback>,
    #[cfg(feature = "tls")]
    certificate: Option<Certificate>,
}

impl Builder {
    fn new() -> Self {
        Self {
            api_key: API_KEY.to_owned(),
            api_secret: API_SECRET.to_owned(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: Seed::documents(),
            shape: Shape::default(),
            clock: Clock::system(),
            timestamp_window: TIMESTAMP_WINDOW,
            allowed_ips: Vec::new(),
            max_recorded_requests: MAX_REQUESTS,
            on_request: None,
            #[cfg(feature = "tls")]
            certificate: None,
        }
    }

    /// Listens for TLS and proves itself with this certificate; without it, the sandbox speaks plain HTTP.
    ///
    /// All requests then seem to come from this machine itself, as far as [`Builder::allowed_ips`] is concerned.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// The API key that is accepted; that of the documents by default.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = key.into();
        self
    }

    /// The secret that requests are signed with; that of the documents by default.
    #[must_use]
    pub fn api_secret(mut self, secret: impl Into<String>) -> Self {
        self.api_secret = secret.into();
        self
    }

    /// The address to listen on, 127.0.0.1 by default.
    #[must_use]
    pub fn host(mut self, host: IpAddr) -> Self {
        self.address.set_ip(host);
        self
    }

    /// The port to listen on; any free one by default.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// The flows and tasks to start with; those around the documents' examples by default.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// The shape in which queryDetail answers; flat by default.
    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// The clock; that of the machine by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// How far a timestamp may be from the clock; 30 minutes by default.
    #[must_use]
    pub fn timestamp_window(mut self, window: Duration) -> Self {
        self.timestamp_window = window;
        self
    }

    /// The addresses that may ask; any by default.
    #[must_use]
    pub fn allowed_ips(mut self, ips: impl IntoIterator<Item = IpAddr>) -> Self {
        self.allowed_ips = ips.into_iter().collect();
        self
    }

    /// How many requests are kept for [`Sandbox::requests`], 10,000 by default; the oldest are dropped first.
    #[must_use]
    pub fn max_recorded_requests(mut self, count: usize) -> Self {
        self.max_recorded_requests = count;
        self
    }

    /// What is called with each request, before it is answered.
    #[must_use]
    pub fn on_request(mut self, callback: impl Fn(&RecordedRequest) + Send + Sync + 'static) -> Self {
        self.on_request = Some(Box::new(callback));
        self
    }

    /// Starts the sandbox.
    #[expect(clippy::unused_async, reason = "callers need not change when there is something to wait for")]
    pub async fn start(self) -> io::Result<Sandbox> {
        self.start_blocking()
    }

    /// Starts the sandbox where nothing is asynchronous.
    pub fn start_blocking(self) -> io::Result<Sandbox> {
        let listener = server::listen(self.address)?;
        let address = listener.local_addr()?;
        #[cfg(feature = "tls")]
        let (listener, front) = match self.certificate {
            Some(certificate) => Front::before(listener, certificate)?,
            None => (listener, None),
        };
        #[cfg(feature = "tls")]
        let authority = front.as_ref().map(|front| front.authority.clone());
        let window = i64::try_from(self.timestamp_window.as_secs()).unwrap_or(i64::MAX);
        let credentials = Credentials { api_key: self.api_key, api_secret: self.api_secret };
        let shared = Arc::new(Shared {
            gate: Gate { credentials, timestamp_window: window, allowed_ips: self.allowed_ips },
            state: State::new(&self.seed, self.shape, self.clock.unix_seconds()).into(),
            clock: self.clock,
            script: Script::default().into(),
            recording: Recording::new(self.max_recorded_requests),
            on_request: self.on_request,
        });
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (shutdown, ended) = oneshot::channel();
        let served = Arc::clone(&shared);
        let serve = move || {
            runtime.block_on(async {
                #[cfg(feature = "tls")]
                let _front = front.map(|front| tokio::spawn(front.relay()));
                // It fails only for a socket that blocks, which this one does not.
                if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                    server::serve(listener, served, ended).await;
                }
            });
            // Long work that is under way is for nobody any more.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("recallflow-sandbox".to_owned()).spawn(serve)?;
        Ok(Sandbox {
            address,
            seed: self.seed,
            shape: self.shape,
            shared,
            runtime: handle,
            #[cfg(feature = "tls")]
            authority,
            shutdown: Some(shutdown),
            thread: Some(thread),
        })
    }
}

impl Sandbox {
    /// Starts a sandbox on a free port.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts a sandbox on a free port, where nothing is asynchronous.
    pub fn start_blocking() -> io::Result<Self> {
        Self::builder().start_blocking()
    }

    /// Settings of a sandbox to start.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The base URL for clients, `http://127.0.0.1:PORT`; any path prefix after it will do as well.
    #[must_use]
    pub fn url(&self) -> String {
        #[cfg(feature = "tls")]
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        format!("{scheme}://{}", self.address)
    }

    /// The authority that clients have to trust, as PEM for their `ca_file`; none without [`Builder::tls`]. All sandboxes
    /// of a process have the same.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// The address that the sandbox listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The API key that is accepted.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.shared.gate.credentials.api_key
    }

    /// The secret that requests are signed with.
    #[must_use]
    pub fn api_secret(&self) -> &str {
        &self.shared.gate.credentials.api_secret
    }

    /// Plays these faults on the next requests, in their order and after those that are scripted already. Later
    /// requests are answered as usual.
    pub fn script<T: Into<Fault>>(&self, faults: impl IntoIterator<Item = T>) {
        self.shared.script().extend(faults.into_iter().map(Into::into));
    }

    /// Plays these faults on the next requests of an operation, named as in the spec (`query_group_calls`).
    ///
    /// # Panics
    ///
    /// If there is no operation of this name, for which the faults would wait for ever.
    pub fn script_for<T: Into<Fault>>(&self, operation: &str, faults: impl IntoIterator<Item = T>) {
        let names = Service::get().names();
        assert!(names.contains(&operation), "expected an operation ({}), got {operation}", names.join(", "));
        self.shared.script().extend_for(operation, faults.into_iter().map(Into::into));
    }

    /// How many scripted faults were not played yet.
    #[must_use]
    pub fn faults_left(&self) -> usize {
        self.shared.script().len()
    }

    /// The requests that came, in their order; the last 10 000 of them, or those with the last 256 MiB of bodies.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.recording.requests()
    }

    /// Returns how many requests were recorded since the start or the last reset, including those dropped since.
    pub(crate) fn request_count(&self) -> usize {
        self.shared.recording.counts().requests
    }

    /// Drives a future on the sandbox's own thread's runtime and blocks the calling thread.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Waits until this many requests were recorded since the start or the last reset. A request is recorded once it is
    /// read, before the response is sent.
    pub async fn wait_for_requests(&self, count: usize) {
        self.wait_for(|counts| counts.requests >= count).await;
    }

    /// Waits as [`wait_for_requests`](Self::wait_for_requests) does, where nothing is asynchronous; false when that
    /// takes longer than `limit`.
    ///
    /// # Panics
    ///
    /// In an asynchronous task, which it would block.
    #[must_use]
    pub fn wait_for_requests_blocking(&self, count: usize, limit: Duration) -> bool {
        self.runtime.block_on(async { tokio::time::timeout(limit, self.wait_for_requests(count)).await }).is_ok()
    }

    /// How many connections were made since the start.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.recording.counts().connections
    }

    /// How many connections are open.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.shared.recording.counts().open
    }

    /// Waits until no more than this many connections are open.
    pub async fn wait_for_open_connections(&self, most: usize) {
        self.wait_for(|counts| counts.open <= most).await;
    }

    /// [`Sandbox::wait_for_open_connections`] for code that is not asynchronous; `false` if it took longer than `limit`.
    ///
    /// # Panics
    ///
    /// In an asynchronous task, which it would block.
    #[must_use]
    pub fn wait_for_open_connections_blocking(&self, most: usize, limit: Duration) -> bool {
        self.runtime.block_on(async { tokio::time::timeout(limit, self.wait_for_open_connections(most)).await }).is_ok()
    }

    /// Sets the shape in which queryDetail answers.
    pub fn set_shape(&self, shape: Shape) {
        self.shared.state().shape = shape;
    }

    /// Sets by how many seconds the sandbox's clock is ahead.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.shared.clock.set_offset(seconds);
    }

    /// A flow as it is kept, with its nodes in `nodeList`.
    #[must_use]
    pub fn flow(&self, key_id: i64) -> Option<Value> {
        self.shared.state().flows.get(key_id)
    }

    /// Adds a flow as queryDetail answers it, or replaces the one with its `keyId`. What has no `keyId` is not kept,
    /// which is false then.
    #[allow(clippy::must_use_candidate, reason = "who writes the flow knows that it has a key")]
    pub fn insert_flow(&self, flow: Value) -> bool {
        self.shared.state().flows.insert(flow)
    }

    /// The tasks as they are kept.
    #[must_use]
    pub fn tasks(&self) -> Vec<SeedTask> {
        self.shared.state().tasks.tasks.clone()
    }

    /// Adds a task.
    pub fn insert_task(&self, task: SeedTask) {
        let now = self.shared.clock.unix_seconds();
        self.shared.state().tasks.insert(task, now);
    }

    /// Puts everything back to how it started: flows, tasks, shape and clock; forgets script and requests. Connections
    /// stay as they are.
    pub fn reset(&self) {
        self.shared.clock.set_offset(0);
        *self.shared.state() = State::new(&self.seed, self.shape, self.shared.clock.unix_seconds());
        *self.shared.script() = Script::default();
        self.shared.recording.clear();
    }

    /// Ends the sandbox and all its connections, as dropping it does.
    pub fn shutdown(self) {
        drop(self);
    }

    async fn wait_for(&self, wanted: impl FnMut(&Counts) -> bool) {
        // The sender lives as long as the sandbox, so that waiting cannot fail.
        let _ = self.shared.recording.subscribe().wait_for(wanted).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.shutdown.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server's thread was reported when it happened.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}
