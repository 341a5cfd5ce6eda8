//! The client: validate, encode, then sign, send and judge until the call is settled or its deadline has come.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::builder::ClientBuilder;
use crate::classify::{self, Failed};
use crate::clock::{self, Clock};
use crate::error::{Error, ErrorKind, Phase};
use crate::generated::operations::OPERATIONS;
use crate::operation::{Operation, OperationInfo, OperationKind};
use crate::request::check;
use crate::response::decode::{ReadData, Typed};
use crate::response::envelope::BYTE_ORDER_MARK;
use crate::response::limits;
use crate::retry::{self, Budget, Decision, RetryClass, Situation, Used};
use crate::signing::Credentials;
use crate::transport::{AttemptRequest, Failure, Pool, Transport};

/// A client of the service, for `async` code on a Tokio runtime.
///
/// It is cheap to clone, and its clones share connections, clock and retry budget. Make one for a runtime and keep it:
/// connections belong to the runtime on which they were made.
///
/// ```no_run
/// # async fn run() -> Result<(), recallflow::Error> {
/// let client = recallflow::Client::builder("key", "secret").base_url(recallflow::ITNIO).build()?;
/// let detail = client.query_recall_flow_detail(299).await?;
/// println!("{:?}", detail.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    pool: Arc<Pool>,
    timeout: Duration,
    max_retries: u32,
}

/// What all clones of a client have in common.
pub(crate) struct Shared {
    pub(crate) credentials: Credentials,
    pub(crate) transport: Transport,
    pub(crate) clock: Clock,
    pub(crate) budget: Budget,
    pub(crate) attempt_timeout: Duration,
    pub(crate) validate: bool,
}

impl Client {
    /// Starts a client with the account's API key and secret.
    pub fn builder(api_key: impl Into<String>, api_secret: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(api_key.into(), api_secret.into())
    }

    /// A client with the key and secret of the environment, `RECALLFLOW_API_KEY` and `RECALLFLOW_API_SECRET`, for the
    /// host in `RECALLFLOW_BASE_URL`, which is [`ITNIO`](crate::ITNIO) if that is not set.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key or the secret is missing, or a value is wrong.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    pub(crate) fn new(shared: Shared, timeout: Duration, max_retries: u32) -> Self {
        Self { shared: Arc::new(shared), pool: Arc::default(), timeout, max_retries }
    }

    /// The same client with another total time for each call.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { timeout, ..self.clone() }
    }

    /// The same client with another number of extra tries for each call.
    #[must_use]
    pub fn with_max_retries(&self, max_retries: u32) -> Self {
        Self { max_retries, ..self.clone() }
    }

    /// The same client over other connections.
    pub(crate) fn with_pool(&self, pool: Arc<Pool>) -> Self {
        Self { pool, ..self.clone() }
    }

    /// Carries out an operation, named by its request. The named methods do the same.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`Error::Config`] only if it does not run on a Tokio runtime.
    pub async fn execute<R: Operation>(&self, request: &R) -> Result<R::Response, Error> {
        self.validate(&OPERATIONS[R::INDEX], request)?;
        self.exchange(R::INDEX, encode(request)?, Typed::<R::Response>::new()).await
    }

    /// Sends the body of a request to the operation at this position, and reads the answer in that way.
    pub(crate) async fn exchange<R: ReadData>(
        &self,
        endpoint: usize,
        body: Bytes,
        how: R,
    ) -> Result<R::Response, Error> {
        // What drives time and connections must be there before either is touched.
        if Handle::try_current().is_err() {
            return Err(Error::config("no Tokio runtime is running; run the call on one, or use `blocking::Client`"));
        }
        let operation = &OPERATIONS[endpoint];
        let exchange = Exchange { operation, endpoint, body, deadline: after(self.timeout) };
        // The thread that looks after connections may have been busy, or driven by nobody, since the last call. This lets
        // it see which idle connections were closed meanwhile, or hold bytes that are no answer to what is sent next. A
        // connection reads before it writes, so that it notices then, and gives the request back unwritten.
        yield_now().await;
        let span = tracing::debug_span!("recallflow", operation = operation.name);
        self.send_with_retries(&exchange, how).instrument(span).await
    }

    /// Total time of each call.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Number of extra tries of each call.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    #[must_use]
    pub fn max_retries(&self) -> u32 {
        self.max_retries
    }

    /// What carries its requests.
    #[cfg(feature = "__ffi")]
    pub(crate) fn transport(&self) -> &Transport {
        &self.shared.transport
    }

    /// Whether requests are checked before they are sent.
    #[cfg(feature = "__ffi")]
    pub(crate) fn validates(&self) -> bool {
        self.shared.validate
    }

    fn validate<R: Operation>(&self, operation: &OperationInfo, request: &R) -> Result<(), Error> {
        if !self.shared.validate {
            return Ok(());
        }
        let violations = check::violations(request);
        if violations.is_empty() { Ok(()) } else { Err(Error::invalid_request(violations).of(operation.name, 0)) }
    }

    /// Signs, sends and judges, until there is a response, an error that stands, or no time left.
    async fn send_with_retries<R: ReadData>(&self, exchange: &Exchange, how: R) -> Result<R::Response, Error> {
        let Exchange { operation, deadline, .. } = exchange;
        let mut used = Used::default();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let offset = self.shared.clock.adopted();
            let outcome = self.attempt(exchange, offset, how).await;
            report(attempts, outcome.as_ref().err());
            let Failed { class, error } = match outcome {
                Ok(response) => {
                    self.shared.budget.refund(used);
                    return Ok(response);
                }
                Err(failed) => failed,
            };
            let decision = retry::decide(&Situation {
                kind: operation.kind,
                class,
                used,
                max_retries: self.max_retries,
                budget: self.shared.budget.tokens(),
                remaining: deadline.saturating_duration_since(Instant::now()),
                retry_after: error.retry_after(),
                jitter: fastrand::f64(),
            });
            match decision {
                Decision::Retry { delay, cost, used: next } if self.shared.budget.take(cost) => {
                    used = next;
                    tokio::time::sleep(delay).await;
                }
                Decision::Retry { .. } | Decision::Fail => {
                    return Err(self.explain(error, operation.kind).of(operation.name, attempts));
                }
                Decision::OutcomeUnknown => {
                    return Err(
                        classify::outcome_unknown(self.explain(error, operation.kind)).of(operation.name, attempts)
                    );
                }
            }
        }
    }

    /// One attempt, signed immediately before it is sent.
    async fn attempt<R: ReadData>(&self, exchange: &Exchange, offset: i64, how: R) -> Result<R::Response, Failed> {
        let Exchange { operation, endpoint, ref body, deadline } = *exchange;
        let Shared { credentials, transport, clock, .. } = &*self.shared;
        let timestamp = clock.local().saturating_add(offset);
        let sign = credentials.sign(timestamp);
        let ends_at = match operation.kind {
            OperationKind::Query => deadline.min(after(self.shared.attempt_timeout)),
            OperationKind::Update => deadline,
        };
        let mut answer = transport
            .send(&self.pool, AttemptRequest { endpoint, sign: &sign, timestamp, body: body.clone(), ends_at })
            .await
            .map_err(|failure| classify::failure(failure, transport.base_url()))?;
        let learned = clock.learn(answer.date.as_deref(), answer.age, answer.elapsed);
        let most = limits::most(transport.max_response_bytes());
        // Of the answer to an update nothing is kept.
        if operation.kind == OperationKind::Query && limits::exceeds(&answer.body, most) {
            return Err(classify::failure(Failure::too_many_values(most, answer.status), transport.base_url()));
        }
        let now = clock.local().saturating_add(learned);
        let secrets = credentials.secrets(&sign);
        let with_proxy: Vec<_>;
        let secrets = match transport.proxy_secrets() {
            [] => secrets.as_slice(),
            of_proxy => {
                with_proxy = secrets.into_iter().chain(of_proxy.iter().map(String::as_str)).collect();
                &with_proxy
            }
        };
        let data = classify::answer(&mut answer, now, secrets, how).inspect_err(|failed| {
            if failed.class == RetryClass::Clock {
                clock.refuse(offset, learned);
            }
        })?;
        if answer.is_early && operation.kind == OperationKind::Update {
            return Err(classify::failure(Failure::too_early(answer.status), transport.base_url()));
        }
        let text = if answer.body.starts_with(BYTE_ORDER_MARK) { answer.body.slice(3..) } else { answer.body };
        Ok(how.finish(data, text))
    }

    /// Adds what only the client knows to an error that it is about to report.
    fn explain(&self, mut error: Error, kind: OperationKind) -> Error {
        match &mut error {
            Error::Api(api) if api.kind == ErrorKind::Service && kind == OperationKind::Update => {
                api.remedy = Some("read the current state before you repeat the update".to_owned());
            }
            Error::Api(api) if api.kind == ErrorKind::TimestampExpired => {
                api.remedy = Some(clock::remedy(self.shared.clock.learned()));
            }
            _ => {}
        }
        error
    }
}

/// What a call sends, where to and until when; the same for all its attempts.
struct Exchange {
    operation: &'static OperationInfo,
    /// Position of the operation's path.
    endpoint: usize,
    body: Bytes,
    deadline: Instant,
}

/// Tells the log what an attempt came to; never what was sent or answered.
fn report(attempt: u32, failed: Option<&Failed>) {
    match failed {
        None => tracing::debug!(attempt, "attempt succeeded"),
        Some(Failed { class, error }) => tracing::debug!(
            attempt,
            error = error.kind().as_str(),
            class = class.as_str(),
            code = error.code(),
            http_status = error.http_status(),
            phase = error.phase().map(Phase::as_str),
            "attempt failed"
        ),
    }
}

/// The end of a span of time that begins now. One that is longer than the clock can tell is as good as endless.
fn after(span: Duration) -> Instant {
    const ENDLESS: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    let now = Instant::now();
    now.checked_add(span).unwrap_or_else(|| now + ENDLESS)
}

pub(crate) fn encode(request: &impl Serialize) -> Result<Bytes, Error> {
    // Holds an update with a node or two, so that most requests need no second allocation.
    let mut body = Vec::with_capacity(512);
    // Requests hold text, numbers and lists of them, which can always be written.
    serde_json::to_writer(&mut body, request)
        .map_err(|error| Error::config(format!("could not serialize the request: {error}")))?;
    Ok(Bytes::from(body))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.transport.base_url())
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}
