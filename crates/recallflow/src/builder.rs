//! The options of a client.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use crate::classify;
use crate::client::{Client, Shared, refuse_zeros};
use crate::clock::{Now, ServiceClock};
use crate::endpoint::BaseUrl;
use crate::error::Error;
use crate::events::{self, AttemptEvent, LOG_VARIABLE, Observers};
use crate::generated::operations::OPERATIONS;
use crate::generated::options::{BASE_URL_VARIABLE, Options, Overrides, Settings};
use crate::generated::service::ITNIO;
use crate::rate_limit::RateLimit;
use crate::retry::Budget;
use crate::signing::Credentials;
use crate::tls::{self, PemFile};
use crate::transport::failure::is_refused_by_system;
use crate::transport::{self, Transport};

const API_KEY_VARIABLE: &str = "RECALLFLOW_API_KEY";
const API_SECRET_VARIABLE: &str = "RECALLFLOW_API_SECRET";

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
    pub(crate) options: Options,
    pub(crate) overrides: Overrides,
    now: Now,
    environment: Environment,
    observers: Observers,
}

/// The source of environment variables.
#[derive(Clone)]
pub(crate) enum Environment {
    /// The environment of this process.
    Process,
    /// Variables of the caller, because a Node worker may have its own environment.
    #[cfg_attr(not(feature = "__ffi"), allow(dead_code, reason = "other languages and tests pass one"))]
    Given(BTreeMap<String, String>),
}

impl Environment {
    /// Returns a variable. An empty one counts as not set.
    pub(crate) fn get(&self, name: &str) -> Result<Option<String>, Error> {
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
            options: Options::default(),
            overrides: Overrides::new(),
            now: Arc::new(SystemTime::now),
            environment: Environment::Process,
            observers: Observers::default(),
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

    #[cfg(feature = "profiles")]
    pub(crate) fn with_environment(self, environment: Environment) -> Self {
        Self { environment, ..self }
    }

    /// Sets the clock that requests are signed with. Default: the system clock.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Sets a function that receives the end of each attempt.
    ///
    /// It runs on the thread that polls the call, so it should be quick. If it panics, the call goes on, and the panic is
    /// logged. The attempt of a call that is dropped is not reported.
    ///
    /// ```
    /// # fn main() -> Result<(), recallflow::Error> {
    /// let client = recallflow::Client::builder("key", "secret").on_attempt(|event| println!("{event}")).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_attempt(mut self, on_attempt: impl Fn(&AttemptEvent) + Send + Sync + 'static) -> Self {
        self.observers.on_attempt = Some(Arc::new(on_attempt));
        self
    }

    /// Creates the client. It connects on first use.
    ///
    /// If the environment variable `RECALLFLOW_LOG` is `debug`, the client writes each attempt to stderr.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the name of the invalid option; [`Error::Transport`] if the system refuses a descriptor for a
    /// file.
    pub fn build(self) -> Result<Client, Error> {
        let options = self.options;
        refuse_zeros(options.zeros())?;
        let mut settings = Settings::default();
        settings.replace(&self.overrides).map_err(Error::config)?;
        refuse_zeros(settings.zeros())?;
        let (base_url, origin) = match options.base_url {
            Some(base_url) => (base_url, String::new()),
            None => match self.environment.get(BASE_URL_VARIABLE)? {
                Some(base_url) => (base_url, format!(" (from `{BASE_URL_VARIABLE}`)")),
                None => (ITNIO.to_owned(), String::new()),
            },
        };
        let rate_limit =
            options.max_requests_per_second.map(|rate| RateLimit::new("max_requests_per_second", rate)).transpose();
        let level = self.environment.get(LOG_VARIABLE)?;
        let writes_to_stderr = events::parse_log_level(level.as_deref()).map_err(Error::config)?;
        let credentials = Credentials::new(self.api_key, self.api_secret)?;
        let base = BaseUrl::parse(&base_url, options.dangerously_allow_http)
            .map_err(|problem| Error::config(format!("{problem}{origin}")))?;
        if let Some(operation) = OPERATIONS.iter().find(|operation| base.ends_with(operation.path)) {
            let path = operation.path;
            return Err(Error::config(format!("`base_url` ends with the path of an operation; remove `/{path}`")));
        }
        let transport = Transport::new(transport::Config {
            base,
            api_key: credentials.api_key().to_owned(),
            user_agent: options.user_agent,
            connect_timeout: options.connect_timeout,
            max_connections: options.max_connections,
            proxy: options.proxy,
            ca_file: read_pem_file("ca_file", options.ca_file.as_deref())?,
            client_certificate: read_pem_file("client_certificate", options.client_certificate.as_deref())?,
        })
        .map_err(Error::config)?;
        let shared = Shared {
            credentials,
            transport,
            clock: ServiceClock::new(self.now),
            budget: Budget::full(),
            rate_limit: rate_limit.map_err(Error::config)?,
            observers: Observers { writes_to_stderr, ..self.observers },
        };
        Ok(Client::new(shared, settings))
    }
}

/// Reads the PEM file of an option.
fn read_pem_file(option: &'static str, path: Option<&Path>) -> Result<Option<PemFile>, Error> {
    let Some(path) = path else { return Ok(None) };
    PemFile::read(option, path).map(Some).map_err(|error| {
        if is_refused_by_system(&error) {
            classify::refused_by_system(&error, None)
        } else {
            Error::config(tls::unusable_file(option, path, &error))
        }
    })
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
        f.debug_struct("ClientBuilder").field("overrides", &self.overrides).finish_non_exhaustive()
    }
}
