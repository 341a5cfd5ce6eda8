//! The settings of a sandbox, and how it starts.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::auth::{AccessGate, ExpectedCredentials};
use crate::clock::Clock;
use crate::flows::progress_of;
use crate::generated::protocol::{RecordedRequest, Seed, Shape};
use crate::json::integer;
use crate::operations::ServiceState;
use crate::recording::{Callback, MAX_REQUESTS, Recording};
use crate::sandbox::Sandbox;
use crate::script::Script;
use crate::server::{self, ServerState};
use crate::system;
#[cfg(feature = "tls")]
use crate::tls::{Certificate, TlsRelay};

/// The API key of the documents' examples.
const API_KEY: &str = "bDqJFiq9";

/// The API secret of the documents' signing example.
const API_SECRET: &str = "7bz1lzh9";

/// Default of [`Builder::timestamp_window`], from the platform's oldest page.
const TIMESTAMP_WINDOW: Duration = Duration::from_secs(30 * 60);

/// The settings of a sandbox.
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
    pub(crate) fn new() -> Self {
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

    /// Sets the certificate with which the sandbox uses TLS; plain HTTP by default.
    ///
    /// For [`Builder::allowed_ips`], all requests then come from 127.0.0.1.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// Sets the API key that is accepted; the documents' key by default.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = key.into();
        self
    }

    /// Sets the secret that requests are signed with; the documents' secret by default.
    #[must_use]
    pub fn api_secret(mut self, secret: impl Into<String>) -> Self {
        self.api_secret = secret.into();
        self
    }

    /// Sets the address to listen on; 127.0.0.1 by default.
    #[must_use]
    pub fn host(mut self, host: IpAddr) -> Self {
        self.address.set_ip(host);
        self
    }

    /// Sets the port to listen on; any free one by default.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// Sets the flows and tasks to start with; [`Seed::documents`] by default.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the shape of queryDetail responses; flat by default.
    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Sets the clock; the machine's by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the maximum distance of a timestamp from the clock; 30 minutes by default.
    #[must_use]
    pub fn timestamp_window(mut self, window: Duration) -> Self {
        self.timestamp_window = window;
        self
    }

    /// Sets the addresses of allowed clients; all by default.
    #[must_use]
    pub fn allowed_ips(mut self, ips: impl IntoIterator<Item = IpAddr>) -> Self {
        self.allowed_ips = ips.into_iter().collect();
        self
    }

    /// Sets how many requests are kept for [`Sandbox::requests`]; 10,000 by default. The oldest are dropped first.
    #[must_use]
    pub fn max_recorded_requests(mut self, count: usize) -> Self {
        self.max_recorded_requests = count;
        self
    }

    /// Sets a function that is called with each request, before the response is sent.
    #[must_use]
    pub fn on_request(mut self, callback: impl Fn(&RecordedRequest) + Send + Sync + 'static) -> Self {
        self.on_request = Some(Box::new(callback));
        self
    }

    /// Starts the sandbox.
    #[expect(clippy::unused_async, reason = "callers need no change if starting becomes asynchronous")]
    pub async fn start(self) -> io::Result<Sandbox> {
        self.start_blocking()
    }

    /// Starts the sandbox, in code that is not asynchronous. A seed flow without `keyId`, with the `keyId` of another one,
    /// or with a wrong `progress` is an error of the kind `InvalidInput`.
    pub fn start_blocking(self) -> io::Result<Sandbox> {
        check_flows(&self.seed)?;
        let listener = server::listen(self.address)?;
        let address = listener.local_addr()?;
        #[cfg(feature = "tls")]
        let (listener, relay) = match self.certificate {
            Some(certificate) => TlsRelay::in_front_of(listener, certificate)?,
            None => (listener, None),
        };
        #[cfg(feature = "tls")]
        let authority = relay.as_ref().map(|relay| relay.authority.clone());
        let window = i64::try_from(self.timestamp_window.as_secs()).unwrap_or(i64::MAX);
        let credentials = ExpectedCredentials { api_key: self.api_key, api_secret: self.api_secret };
        let shared = Arc::new(ServerState {
            gate: AccessGate { credentials, timestamp_window: window, allowed_ips: self.allowed_ips },
            state: ServiceState::new(&self.seed, self.shape, self.clock.unix_seconds()).into(),
            clock: self.clock,
            script: Script::default().into(),
            recording: Recording::new(self.max_recorded_requests),
            on_request: self.on_request,
        });
        let runtime = system::build_runtime()?;
        let handle = runtime.handle().clone();
        let (shutdown, ended) = oneshot::channel();
        let served = Arc::clone(&shared);
        let serve = move || {
            runtime.block_on(async {
                #[cfg(feature = "tls")]
                let _relaying = relay.map(|relay| tokio::spawn(relay.run()));
                // Fails only for a blocking socket, which this one is not.
                if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                    server::serve(listener, served, ended).await;
                }
            });
            // Does not wait for long work, whose result is not needed any more.
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

    /// Starts a sandbox on a free port, in code that is not asynchronous.
    pub fn start_blocking() -> io::Result<Self> {
        Self::builder().start_blocking()
    }

    /// Returns the default settings of a sandbox.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::new()
    }
}

/// Checks that each flow has its own key, because a flow without it would be dropped.
fn check_flows(seed: &Seed) -> io::Result<()> {
    let mut keys = HashSet::new();
    for (index, flow) in seed.flows.iter().enumerate() {
        let problem = match integer(&flow["keyId"]) {
            None => "expected a flow with a whole number as `keyId`".to_owned(),
            Some(key) if !keys.insert(key) => format!("expected a `keyId` of its own, got {key} again"),
            Some(_) => match progress_of(flow) {
                Err(error) => format!("could not read `progress`: {error}"),
                Ok(_) => continue,
            },
        };
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`seed.flows[{index}]`: {problem}")));
    }
    Ok(())
}

impl fmt::Debug for Builder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}
