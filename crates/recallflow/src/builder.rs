//! The options of a client.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::client::{Client, Shared};
use crate::clock::{Clock, Now};
use crate::endpoint::BaseUrl;
use crate::generated::operations::OPERATIONS;
use crate::generated::service::ITNIO;
use crate::retry::Budget;
use crate::signing::Credentials;
use crate::transport::{self, Proxy, Transport};
use crate::{Error, blocking};

const API_KEY: &str = "RECALLFLOW_API_KEY";
const API_SECRET: &str = "RECALLFLOW_API_SECRET";
const BASE_URL: &str = "RECALLFLOW_BASE_URL";

/// The options of a client; [`Client::builder`] starts one.
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
#[must_use = "a builder makes no client before `build` or `build_blocking` is called"]
pub struct ClientBuilder {
    api_key: String,
    api_secret: String,
    base_url: Option<String>,
    timeout: Duration,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    max_retries: u32,
    max_response_bytes: usize,
    validate: bool,
    proxy: Proxy,
    ca_file: Option<PathBuf>,
    dangerously_allow_http: bool,
    now: Now,
    environment: Environment,
}

/// Where variables of the environment come from.
#[derive(Clone)]
enum Environment {
    /// This process.
    Process,
    /// Who uses this library: a thread of another language may have an environment of its own.
    #[cfg_attr(not(feature = "__ffi"), expect(dead_code, reason = "only other languages give one"))]
    Given(BTreeMap<String, String>),
}

impl Environment {
    /// A variable; an empty one counts as not set.
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
            max_response_bytes: 8 * 1024 * 1024,
            validate: true,
            proxy: Proxy::Environment,
            ca_file: None,
            dangerously_allow_http: false,
            now: Arc::new(SystemTime::now),
            environment: Environment::Process,
        }
    }

    /// Starts a client with the key and secret of the environment, `RECALLFLOW_API_KEY` and `RECALLFLOW_API_SECRET`. See
    /// [`ClientBuilder::base_url`] for the host.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if one is missing.
    pub fn from_env() -> Result<Self, Error> {
        Self::from(Environment::Process, None, None)
    }

    /// The same with a key or a secret that is not the environment's.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if one is missing.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    pub fn from_env_unless(api_key: Option<String>, api_secret: Option<String>) -> Result<Self, Error> {
        Self::from(Environment::Process, api_key, api_secret)
    }

    fn from(environment: Environment, api_key: Option<String>, api_secret: Option<String>) -> Result<Self, Error> {
        let required = |given: Option<String>, name| match given {
            Some(given) => Ok(given),
            None => environment
                .get(name)?
                .ok_or_else(|| Error::config(format!("the environment variable `{name}` is not set or empty"))),
        };
        let (api_key, api_secret) = (required(api_key, API_KEY)?, required(api_secret, API_SECRET)?);
        Ok(Self { environment, ..Self::new(api_key, api_secret) })
    }

    /// The same with the variables of another environment than that of this process.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if one is missing.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    pub fn from_environment(variables: BTreeMap<String, String>) -> Result<Self, Error> {
        Self::from(Environment::Given(variables), None, None)
    }

    /// Takes the base URL from another environment than that of this process, unless it is given.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    pub fn environment(mut self, variables: BTreeMap<String, String>) -> Self {
        self.environment = Environment::Given(variables);
        self
    }

    /// Where the service is: one of the constants [`ITNIO`](crate::ITNIO), [`LAAFFIC`](crate::LAAFFIC) and
    /// [`ONBUKA`](crate::ONBUKA), or any other URL with or without a path prefix.
    ///
    /// Without it, the environment variable `RECALLFLOW_BASE_URL` decides, and without that it is [`ITNIO`](crate::ITNIO).
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Total time of a call with all its retries; 30 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Longest time for one connection, TLS included; 5 s by default.
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.connect_timeout = connect_timeout;
        self
    }

    /// Longest time for one attempt of a query; 10 s by default. An update has the whole `timeout`, because it must not
    /// be repeated for being slow.
    pub fn attempt_timeout(mut self, attempt_timeout: Duration) -> Self {
        self.attempt_timeout = attempt_timeout;
        self
    }

    /// Number of extra tries; 2 by default.
    pub fn max_retries(mut self, max_retries: u32) -> Self {
        self.max_retries = max_retries;
        self
    }

    /// Largest answer; 8 MiB by default. Each value in it counts 256 bytes at least, which
    /// is about what it takes in memory.
    pub fn max_response_bytes(mut self, max_response_bytes: usize) -> Self {
        self.max_response_bytes = max_response_bytes;
        self
    }

    /// Whether requests are checked against the documented rules before they are sent; on by default.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = validate;
        self
    }

    /// The proxy to use, such as `http://proxy.example:3128`, with its credentials in the URL if it needs some.
    ///
    /// By default the environment decides (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), except for loopback addresses.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::Url(url.into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// A PEM file with authorities to trust besides the built-in ones and those of the system.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Permits `http://` for hosts other than this machine.
    ///
    /// The signature does not cover the body: whoever sits between can change what an update does, and whom it calls.
    pub fn dangerously_allow_http(mut self, allow: bool) -> Self {
        self.dangerously_allow_http = allow;
        self
    }

    /// Where the time comes from that requests are signed with; the system's clock by default.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Makes the client. It connects when it is first used.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] that names the option that is wrong.
    pub fn build(self) -> Result<Client, Error> {
        let positive = [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
            ("attempt_timeout", self.attempt_timeout),
        ];
        if let Some((name, _)) = positive.into_iter().find(|(_, span)| span.is_zero()) {
            return Err(Error::config(format!("`{name}` must be greater than zero")));
        }
        if self.max_response_bytes == 0 {
            return Err(Error::config("`max_response_bytes` must be greater than zero"));
        }
        let (base_url, origin) = match self.base_url {
            Some(base_url) => (base_url, String::new()),
            None => match self.environment.get(BASE_URL)? {
                Some(base_url) => (base_url, format!(" (from {BASE_URL})")),
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
            max_response_bytes: self.max_response_bytes,
            proxy: self.proxy,
            ca_file: self.ca_file,
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

    /// Makes a client for code that is not `async`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] that names the option that is wrong.
    pub fn build_blocking(self) -> Result<blocking::Client, Error> {
        Ok(blocking::Client::new(self.build()?))
    }
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
