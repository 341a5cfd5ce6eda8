//! The client: validates and encodes a request, then signs, sends and classifies until the call ends or its deadline
//! passes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::classify::{self, Context, FailedAttempt};
use crate::clock::{self, ServiceClock};
use crate::error::kind::ErrorKind;
use crate::error::{Call, Error};
use crate::events::{AttemptEvent, Observers};
use crate::generated::options::{Overrides, Settings};
use crate::operation::{Operation, OperationInfo, OperationKind};
use crate::prepared::Prepared;
use crate::rate_limit::RateLimit;
use crate::raw::{ErrorResponse, Exchange};
use crate::request::check::{self, Rules};
use crate::request::violation::{Rule, Violation};
use crate::response::content::{Expected, ResponseData};
use crate::response::read::max_values;
use crate::response::record::FromRecord as _;
use crate::response::shape::Shape;
use crate::retry::{self, Budget, Decision, RetryClass, Situation, Used};
use crate::signing::Credentials;
use crate::transport::cancel::LogIfDropped;
use crate::transport::pool::Pool;
use crate::transport::response::HttpResponse;
use crate::transport::{AttemptRequest, Transport};

/// A client of the service, for `async` code on a Tokio runtime.
///
/// Clones are cheap and share the connection pool, the clock and the retry budget. Create one client per runtime and keep
/// it, because connections belong to the runtime that opened them.
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
    settings: Settings,
    /// When every call has to end, even if its timeout is longer.
    ends_at: Option<Instant>,
}

/// The parts that all clones of a client share.
pub(crate) struct Shared {
    pub(crate) credentials: Credentials,
    pub(crate) transport: Transport,
    pub(crate) clock: ServiceClock,
    pub(crate) budget: Budget,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) observers: Observers,
}

impl Client {
    pub(crate) fn new(shared: Shared, settings: Settings) -> Self {
        Self { shared: Arc::new(shared), pool: Arc::default(), settings, ends_at: None }
    }

    /// Returns a client with other options that shares the connections, the clock and the retry budget of this one.
    ///
    /// Use it for a single call, or keep it. Options that the connections depend on, such as the proxy, need a new client.
    ///
    /// ```no_run
    /// # async fn run(client: recallflow::Client) -> Result<(), recallflow::Error> {
    /// use std::time::Duration;
    ///
    /// use recallflow::Overrides;
    ///
    /// let overrides = Overrides::new().timeout(Duration::from_secs(120)).extra_headers([("X-Request-Id", "7f2c")]);
    /// let detail = client.with_options(&overrides)?.query_recall_flow_detail(299).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the name of the invalid option.
    pub fn with_options(&self, overrides: &Overrides) -> Result<Self, Error> {
        self.clone().adjusted(overrides)
    }

    /// Does the same without a copy of the client.
    #[doc(hidden)]
    pub fn adjusted(mut self, overrides: &Overrides) -> Result<Self, Error> {
        self.settings.replace(overrides).map_err(Error::config)?;
        refuse_zeros(self.settings.zeros())?;
        Ok(self)
    }

    /// Returns the same client with another total time for each call.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { settings: Settings { timeout, ..self.settings.clone() }, ..self.clone() }
    }

    /// Returns the same client with another maximum number of retries for each call.
    #[must_use]
    pub fn with_max_retries(&self, max_retries: u32) -> Self {
        Self { settings: Settings { max_retries, ..self.settings.clone() }, ..self.clone() }
    }

    /// Returns by how many seconds the service's clock is ahead of this machine's; negative if it is behind.
    ///
    /// It is `None` until a response had a usable `Date`. Requests are signed with it only after the service refused a
    /// timestamp.
    #[must_use]
    pub fn clock_offset(&self) -> Option<i64> {
        self.shared.clock.learned()
    }

    /// Returns the same client for calls that have to end by this time, each also within the timeout.
    pub(crate) fn with_deadline(&self, ends_at: Instant) -> Self {
        Self { ends_at: Some(ends_at), ..self.clone() }
    }

    /// Returns the same client over another connection pool.
    pub(crate) fn with_pool(&self, pool: Arc<Pool>) -> Self {
        Self { pool, ..self.clone() }
    }

    /// Calls the operation of this request. The named methods do the same.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`Error::Config`] only if no Tokio runtime is running.
    pub async fn execute<R: Operation>(&self, request: &R) -> Result<R::Response, Error> {
        let Success { data, .. } = self.send(self.prepare_for(request)?).await?;
        Ok(R::Response::from_record(data.into_record().as_ref()))
    }

    /// Checks and encodes a request.
    pub(crate) fn prepare_for<R: Operation>(&self, request: &R) -> Result<Prepared, Error> {
        self.check_and_encode(R::INFO, R::Response::SHAPE, request)
    }

    /// Checks and encodes a request of an operation, whose response has this shape.
    pub(crate) fn check_and_encode(
        &self,
        operation: &OperationInfo,
        shape: Option<&'static Shape>,
        request: &(impl Encode + ?Sized),
    ) -> Result<Prepared, Error> {
        let violations = if self.settings.validate { request.violations() } else { Vec::new() };
        if !violations.is_empty() {
            return Err(Error::invalid_request(violations).in_call(operation.name, 0));
        }
        let expected = shape.map_or(Expected::Nothing, |shape| Expected::Object(shape, operation.content));
        Ok(Prepared::new(operation.into(), operation.path.into(), request.encode()?, expected))
    }

    /// Sends a request, and returns the data of the response.
    pub(crate) async fn send(&self, prepared: Prepared) -> Result<Success, Error> {
        require_runtime()?;
        let watch = (prepared.call.kind == OperationKind::Update).then(|| LogIfDropped::new(&prepared.cancel));
        let started = Instant::now();
        let deadline = deadline_after(started, self.timeout());
        // Lets hyper's connection tasks notice pooled connections that were closed, or that hold unsolicited bytes. They
        // may not have run since the last call. A connection reads before it writes, so it then returns the request
        // unsent.
        yield_now().await;
        let span = tracing::debug_span!("recallflow", operation = &*prepared.call.name);
        let outcome = self.send_with_retries(&prepared, started, deadline).instrument(span).await;
        if let Some(watch) = watch {
            watch.finish();
        }
        outcome
    }

    /// Returns the total time of a call that begins now.
    #[doc(hidden)]
    #[must_use]
    pub fn timeout(&self) -> Duration {
        let left = |ends_at: Instant| ends_at.saturating_duration_since(Instant::now());
        self.ends_at.map_or(self.settings.timeout, |ends_at| self.settings.timeout.min(left(ends_at)))
    }

    /// Returns the maximum number of connections in use at the same time.
    pub(crate) fn max_connections(&self) -> usize {
        self.shared.transport.max_connections()
    }

    /// Returns the number of retries of each call.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    #[must_use]
    pub fn max_retries(&self) -> u32 {
        self.settings.max_retries
    }

    /// Returns the base URL of the service.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.shared.transport.base().as_str()
    }

    /// Makes attempts until one succeeds, or no other may follow.
    async fn send_with_retries(
        &self,
        request: &Prepared,
        started: Instant,
        deadline: Instant,
    ) -> Result<Success, Error> {
        let (name, kind) = (&request.call.name, request.call.kind);
        let observers = &self.shared.observers;
        let mut used = Used::default();
        let mut attempts = 0;
        loop {
            if let Some(limit) = &self.shared.rate_limit
                && let Err(failure) = limit.wait(deadline).await
            {
                request.cancel.end_unprocessed();
                let FailedAttempt { error, .. } =
                    classify::classify_failure(failure, self.shared.transport.base().as_str());
                let call = Call { operation: name.clone(), attempts, may_succeed_later: true, ..Call::default() };
                return Err(error.with_call(call));
            }
            attempts += 1;
            let offset = self.shared.clock.adopted();
            let began = Instant::now();
            let outcome = self.attempt(request, deadline, offset).await;
            if outcome.as_ref().is_err_and(|failed| failed.class.outcome_is_known()) {
                request.cancel.end_unprocessed();
            }
            let FailedAttempt { class, error } = match outcome {
                Ok((data, response, sign)) => {
                    self.shared.budget.refund(used);
                    let ended = Instant::now();
                    observers
                        .report(|| AttemptEvent::succeeded(name.clone(), attempts, response.status, ended - began));
                    let exchange = Exchange { response, sign, attempts, elapsed: ended - started };
                    return Ok(Success { data, exchange });
                }
                Err(failed) => failed,
            };
            let elapsed = began.elapsed();
            let report = |delay| {
                observers.report(|| AttemptEvent::failed(name.clone(), attempts, &error, class, elapsed, delay));
            };
            let decision = retry::decide(&Situation {
                kind,
                class,
                used,
                max_retries: self.settings.max_retries,
                budget: self.shared.budget.tokens(),
                remaining: deadline.saturating_duration_since(Instant::now()),
                retry_after: error.retry_after(),
                jitter: fastrand::f64(),
            });
            let decision = match decision {
                Decision::Retry { delay, cost, used: next } if self.shared.budget.take(cost) => {
                    used = next;
                    report(Some(delay));
                    tokio::time::sleep(delay).await;
                    continue;
                }
                // Another call took the last tokens meanwhile.
                Decision::Retry { .. } => Decision::Withhold,
                decision => decision,
            };
            report(None);
            let response = error.call().response;
            let error = match decision {
                Decision::OutcomeUnknown => classify::outcome_unknown(error),
                _ => self.explain(error),
            };
            return Err(error.with_call(Call {
                operation: name.clone(),
                attempts,
                response,
                // A refused timestamp was corrected already, if that was possible.
                may_succeed_later: class != RetryClass::Clock && class.is_retryable(kind),
                retry_withheld: decision == Decision::Withhold,
            }));
        }
    }

    /// Makes one attempt, signed with a clock that is this many seconds ahead of the local one.
    ///
    /// Returns the data, the response, and the signature as a secret to redact.
    async fn attempt(
        &self,
        request: &Prepared,
        deadline: Instant,
        offset: i64,
    ) -> Result<(ResponseData, HttpResponse, String), FailedAttempt> {
        let (response, sign) = self.send_signed(request, deadline, offset).await?;
        let learned = self.observe_clock(&response);
        match self.classify(request, &response, &sign, learned) {
            Ok(data) => Ok((data, response, sign)),
            Err(FailedAttempt { class, error }) => {
                if class == RetryClass::Clock {
                    self.shared.clock.refuse(offset, learned);
                }
                let response = ErrorResponse::new(&response, &self.secrets(&sign));
                Err(FailedAttempt { class, error: error.with_response(response) })
            }
        }
    }

    /// Signs a request and sends it at once. Returns the response, and the signature as a secret to redact.
    async fn send_signed(
        &self,
        request: &Prepared,
        deadline: Instant,
        offset: i64,
    ) -> Result<(HttpResponse, String), FailedAttempt> {
        let Prepared { call, path, body, cancel, .. } = request;
        let Shared { credentials, transport, clock, .. } = &*self.shared;
        let failed = |failure| classify::classify_failure(failure, transport.base().as_str());
        let http = transport.open(&self.pool).map_err(failed)?;
        let _slot = transport.acquire_slot(deadline).await.map_err(failed)?;
        let timestamp = clock.local().saturating_add(offset);
        let sign = credentials.sign(timestamp);
        let attempt = AttemptRequest {
            path,
            kind: call.kind,
            sign: &sign,
            timestamp,
            body: body.clone(),
            ends_at: deadline,
            max_silence: (call.kind == OperationKind::Query).then_some(self.settings.attempt_timeout),
            max_response_bytes: self.settings.max_response_bytes,
            extra_headers: &self.settings.extra_headers,
            cancel,
        };
        let response = transport.send(&http, attempt).await.map_err(failed)?;
        Ok((response, sign))
    }

    /// Learns from a response how many seconds the service's clock is ahead of the local one.
    fn observe_clock(&self, response: &HttpResponse) -> i64 {
        self.shared.clock.learn(response.date(), response.is_cached(), response.elapsed)
    }

    /// Decides what a response means for its call.
    fn classify(
        &self,
        request: &Prepared,
        response: &HttpResponse,
        sign: &str,
        learned: i64,
    ) -> Result<ResponseData, FailedAttempt> {
        let Shared { transport, clock, .. } = &*self.shared;
        let secrets = self.secrets(sign);
        let context = Context {
            kind: request.call.kind,
            now: clock.local().saturating_add(learned),
            expected: request.expected,
            max_values: max_values(self.settings.max_response_bytes),
            secrets: &secrets,
            base_url: transport.base().as_str(),
        };
        classify::classify_response(response, &context)
    }

    /// Returns the texts that no error may show.
    pub(crate) fn secrets<'a>(&'a self, sign: &'a str) -> Vec<&'a str> {
        let Shared { credentials, transport, .. } = &*self.shared;
        let proxy_secrets = transport.proxy_secrets().iter().map(String::as_str);
        credentials
            .secrets(sign)
            .into_iter()
            .chain(proxy_secrets)
            .chain(self.settings.extra_headers.secrets())
            .collect()
    }

    /// Adds to an error what only the client knows.
    fn explain(&self, mut error: Error) -> Error {
        if let Error::Api(api) = &mut error
            && api.kind == ErrorKind::TimestampExpired
        {
            api.remedy = Some(clock::remedy(self.shared.clock.learned()));
        }
        error
    }
}

/// Refuses options that are zero.
pub(crate) fn refuse_zeros<const N: usize>(zeros: [(&'static str, bool); N]) -> Result<(), Error> {
    match zeros.into_iter().find(|(_, is_zero)| *is_zero) {
        Some((name, _)) => Err(Error::config(format!("`{name}` must be greater than zero"))),
        None => Ok(()),
    }
}

/// A request that can be checked and encoded.
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports it"))]
pub trait Encode {
    /// Returns every rule that the request breaks.
    fn violations(&self) -> Vec<Violation>;
    /// Returns the wire form as the bytes of a request body.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the request has no wire form. Every request of this version has one.
    fn encode(&self) -> Result<Bytes, Error>;
}

impl<T: Rules + Serialize> Encode for T {
    fn violations(&self) -> Vec<Violation> {
        check::violations(self)
    }

    fn encode(&self) -> Result<Bytes, Error> {
        to_json_bytes(self)
    }
}

/// Serializes a value as JSON.
pub(crate) fn to_json_bytes(value: &(impl Serialize + ?Sized)) -> Result<Bytes, Error> {
    // Enough for an update with two nodes, so that most requests need one allocation.
    let mut json = Vec::with_capacity(512);
    match serde_json::to_writer(&mut json, value) {
        Ok(()) => Ok(Bytes::from(json)),
        Err(error) => {
            let message = format!("the request has no JSON form: {error}");
            Err(Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Type, message }]))
        }
    }
}

/// The end of a call that succeeded.
pub(crate) struct Success {
    pub(crate) data: ResponseData,
    pub(crate) exchange: Exchange,
}

/// Fails early if no Tokio runtime is running, because timers and connections would panic.
pub(crate) fn require_runtime() -> Result<(), Error> {
    let refused = |_| Error::config("no Tokio runtime is running; run the call on one, or use `blocking::Client`");
    Handle::try_current().map(drop).map_err(refused)
}

/// Returns the end of a span of time. A span beyond the range of `Instant` becomes 100 years.
pub(crate) fn deadline_after(start: Instant, span: Duration) -> Instant {
    const ENDLESS: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    start.checked_add(span).unwrap_or_else(|| start + ENDLESS)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.transport.base().as_str())
            .field("timeout", &self.settings.timeout)
            .field("max_retries", &self.settings.max_retries)
            .finish_non_exhaustive()
    }
}
