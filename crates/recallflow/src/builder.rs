//! The options of a client.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::client::{Client, Shared};
use crate::clock::{Clock, Now};
use crate::endpoint::BaseUrl;
use crate::error::Error;
use crate::generated::operations::OPERATIONS;
use crate::generated::service::ITNIO;
use crate::retry::Budget;
use crate::signing::Credentials;
use crate::transport::{self, Proxy, Transport};

const API_KEY_VARIABLE: &str = "RECALLFLOW_API_KEY";
const API_SECRET_VARIABLE: &str = "RECALLFLOW_API_SECRET";
const BASE_URL_VARIABLE: &str = "RECALLFLOW_BASE_URL";

/// The options of a client. [`Client::builder`] returns one.
///
/// ```
/// # fn main() -> Result<(), recallflow::Error> {
/// use std::time::Duration;
///
/// let client = recallflow::Client::builder("key", "secret")
///     .base_url(recallflow::LAAFFIC)
///     .timeout(Duration::from_secs(10))
///     .max_retries(4)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "call `build` or `build_blocking` to create the client"]
pub struct ClientBuilder {
    api_key: String,
    api_secret: String,
    base_url: Option<String>,
    timeout: Duration,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    max_retries: u32,
    max_connections: usize,
    max_response_bytes: usize,
    validate: bool,
    proxy: Proxy,
    ca_file: Option<PathBuf>,
    client_certificate: Option<PathBuf>,
    dangerously_allow_http: bool,
    now: Now,
    environment: Environment,
}

/// The source of environment variables.
#[derive(Clone)]
enum Environment {
    /// The environment of this process.
    Process,
    /// Variables of the caller, because a Node worker may have its own environment.
    #[cfg_attr(not(feature = "__ffi"), expect(dead_code, reason = "only other languages pass one"))]
    Given(BTreeMap<String, String>),
}

impl Environment {
    /// Returns a variable. An empty one counts as not set.
    fn get(&self, name: &str) -> Result<Option<String>, Error> {
        let value = match self {
            Self::Given(variables) => variables.get(name).cloned(),
            Self::Process => match std::env::var(name) {
                Ok(value) => Some(value),
                Err(std::env::VarError::NotPresent) => None,
                Err(std::env::VarError::NotUnicode(_)) => {
                    return Err(Error::config(format!("the environment variable `{name}` is not valid Unicode")));
                }
            },
        };
        Ok(value.filter(|value| !value.is_empty()))
    }
}

impl ClientBuilder {
    pub(crate) fn new(api_key: String, api_secret: String) -> Self {
        Self {
            api_key,
            api_secret,
            base_url: None,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(10),
            max_retries: 2,
            max_connections: 100,
            max_response_bytes: 8 * 1024 * 1024,
            validate: true,
            proxy: Proxy::Environment,
            ca_file: None,
            client_certificate: None,
            dangerously_allow_http: false,
            now: Arc::new(SystemTime::now),
            environment: Environment::Process,
        }
    }

    /// Creates a builder with the key and secret of the environment variables `RECALLFLOW_API_KEY` and
    /// `RECALLFLOW_API_SECRET`. See [`ClientBuilder::base_url`] for the base URL.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key or the secret is missing.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(Environment::Process, None, None)
    }

    /// Does the same, but a given key or secret wins over the environment.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key or the secret is missing.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    pub fn from_env_unless(api_key: Option<String>, api_secret: Option<String>) -> Result<Self, Error> {
        Self::from_variables(Environment::Process, api_key, api_secret)
    }

    fn from_variables(
        environment: Environment,
        api_key: Option<String>,
        api_secret: Option<String>,
    ) -> Result<Self, Error> {
        let required = |given: Option<String>, name| match given {
            Some(given) => Ok(given),
            None => environment
                .get(name)?
                .ok_or_else(|| Error::config(format!("the environment variable `{name}` is not set or empty"))),
        };
        let (api_key, api_secret) = (required(api_key, API_KEY_VARIABLE)?, required(api_secret, API_SECRET_VARIABLE)?);
        Ok(Self { environment, ..Self::new(api_key, api_secret) })
    }

    /// Does the same with these environment variables.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key or the secret is missing.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    pub fn from_environment(variables: BTreeMap<String, String>) -> Result<Self, Error> {
        Self::from_variables(Environment::Given(variables), None, None)
    }

    /// Uses these environment variables in place of those of this process.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    pub fn environment(mut self, variables: BTreeMap<String, String>) -> Self {
        self.environment = Environment::Given(variables);
        self
    }

    /// Sets the base URL: [`ITNIO`](crate::ITNIO), [`LAAFFIC`](crate::LAAFFIC), [`ONBUKA`](crate::ONBUKA), or another URL with
    /// an optional path prefix.
    ///
    /// The default is the environment variable `RECALLFLOW_BASE_URL`, or else [`ITNIO`](crate::ITNIO).
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Sets the total time of a call with all its retries. Default: 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the maximum time to open a connection, including TLS. Default: 5 s.
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.connect_timeout = connect_timeout;
        self
    }

    /// Sets the maximum time that an attempt of a query may take without progress: until it is connected, and then between
    /// two pieces of the request or the response. Default: 10 s.
    ///
    /// An attempt of an update has the whole `timeout`, because a slow update must not be retried.
    pub fn attempt_timeout(mut self, attempt_timeout: Duration) -> Self {
        self.attempt_timeout = attempt_timeout;
        self
    }

    /// Sets the maximum number of retries. Default: 2.
    ///
    /// The client's retry budget limits them further: 500 tokens, of which a retry takes 14, or 5 after a rate limit. A
    /// success returns the tokens of its call, or 1. [`Call::retry_withheld`](crate::Call::retry_withheld) and the message
    /// of an error say when a retry was withheld.
    pub fn max_retries(mut self, max_retries: u32) -> Self {
        self.max_retries = max_retries;
        self
    }

    /// Sets the maximum number of connections in use at the same time. Default: 100.
    ///
    /// Further calls wait in order, within their `timeout`.
    pub fn max_connections(mut self, max_connections: usize) -> Self {
        self.max_connections = max_connections;
        self
    }

    /// Sets the maximum response size in bytes. Default: 8 MiB.
    ///
    /// It also limits the number of JSON values in a response to `max_response_bytes / 256` (32,768 by default), because
    /// a value takes about that much memory.
    pub fn max_response_bytes(mut self, max_response_bytes: usize) -> Self {
        self.max_response_bytes = max_response_bytes;
        self
    }

    /// Sets whether requests are validated before they are sent. Default: true.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = validate;
        self
    }

    /// Sets the proxy, such as `http://proxy.example:3128`. Its URL may contain credentials.
    ///
    /// The default is the environment, read when the client is built: `HTTPS_PROXY` (`HTTP_PROXY` for an `http://` base URL),
    /// or else `ALL_PROXY`, in upper or lower case. Loopback addresses never use it. A value without a scheme is an
    /// `http://` URL. A variable that applies but is unusable is an error; all others are ignored.
    ///
    /// `NO_PROXY` lists hosts without a proxy, separated by commas or blanks: `*` (all), `example.com` or `.example.com` (with
    /// all subdomains), `*.example.com` (subdomains only), an IP address, or a network such as `10.0.0.0/8`. All but a
    /// network may end with a port (`example.com:8443`).
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::Url(url.into());
        self
    }

    /// Disables proxies, including those of the environment.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Sets a PEM file of certificates to trust in addition to the built-in roots and those of the system.
    ///
    /// They are certificate authorities, or the certificates of servers.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Sets a PEM file with a client certificate, its chain and its unencrypted private key, for servers that require one
    /// (mutual TLS).
    pub fn client_certificate(mut self, path: impl Into<PathBuf>) -> Self {
        self.client_certificate = Some(path.into());
        self
    }

    /// Permits `http://` for hosts that are not loopback addresses.
    ///
    /// The signature does not cover the body, so an attacker on the network could change an update.
    pub fn dangerously_allow_http(mut self, allow: bool) -> Self {
        self.dangerously_allow_http = allow;
        self
    }

    /// Sets the clock that requests are signed with. Default: the system clock.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Creates the client. It connects on first use.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the name of the invalid option.
    pub fn build(self) -> Result<Client, Error> {
        let positive = [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
            ("attempt_timeout", self.attempt_timeout),
        ];
        if let Some((name, _)) = positive.into_iter().find(|(_, span)| span.is_zero()) {
            return Err(Error::config(format!("`{name}` must be greater than zero")));
        }
        let counts = [("max_connections", self.max_connections), ("max_response_bytes", self.max_response_bytes)];
        if let Some((name, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
            return Err(Error::config(format!("`{name}` must be greater than zero")));
        }
        let (base_url, origin) = match self.base_url {
            Some(base_url) => (base_url, String::new()),
            None => match self.environment.get(BASE_URL_VARIABLE)? {
                Some(base_url) => (base_url, format!(" (from `{BASE_URL_VARIABLE}`)")),
                None => (ITNIO.to_owned(), String::new()),
            },
        };
        let credentials = Credentials::new(self.api_key, self.api_secret)?;
        let base = BaseUrl::parse(&base_url, self.dangerously_allow_http)
            .map_err(|problem| Error::config(format!("{problem}{origin}")))?;
        let transport = Transport::new(transport::Config {
            base,
            paths: OPERATIONS.iter().map(|operation| operation.path).collect(),
            api_key: credentials.api_key().to_owned(),
            connect_timeout: self.connect_timeout,
            max_connections: self.max_connections,
            max_response_bytes: self.max_response_bytes,
            proxy: self.proxy,
            ca_file: self.ca_file,
            client_certificate: self.client_certificate,
        })
        .map_err(Error::config)?;
        let shared = Shared {
            credentials,
            transport,
            clock: Clock::new(self.now),
            budget: Budget::full(),
            attempt_timeout: self.attempt_timeout,
            validate: self.validate,
        };
        Ok(Client::new(shared, self.timeout, self.max_retries))
    }
}

impl Client {
    /// Returns a builder for a client with the account's API key and secret.
    pub fn builder(api_key: impl Into<String>, api_secret: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(api_key.into(), api_secret.into())
    }

    /// Creates a client from the environment: `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL`,
    /// which defaults to [`ITNIO`](crate::ITNIO).
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key or the secret is missing, or a value is invalid.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
