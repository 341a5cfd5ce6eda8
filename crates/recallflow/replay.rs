//! Responses without a connection, for benchmarks and fuzzing.

use std::time::Duration;

use bytes::Bytes;

use crate::classify::{self, Context, FailedAttempt};
use crate::clock;
use crate::error::Error;
use crate::generated::ffi::CALLS;
use crate::generated::operations::OPERATIONS;
use crate::generated::shapes::RESPONSES;
use crate::operation::{Operation, OperationInfo, OperationKind};
use crate::response::content::{Expected, ResponseData};
use crate::response::record::{FromRecord as _, Record};
use crate::response::shape::Shape;
use crate::retry::{self, Decision, RetryClass, Situation, Used};
use crate::transport::response::HttpResponse;

/// A response that was received before.
#[derive(Clone, Debug, Default)]
pub struct Replay<'a> {
    /// The HTTP status code.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Bytes,
    /// The service's time in seconds when it responded.
    pub now: i64,
    /// Texts to redact in errors.
    pub secrets: &'a [&'a str],
}

impl Replay<'_> {
    /// Returns the response of the operation at this position of [`OPERATIONS`], if the operation has one.
    ///
    /// # Errors
    ///
    /// The [`Error`] of a call that makes one attempt.
    pub fn read(&self, operation: usize) -> Result<Option<Record>, Error> {
        self.read_shape(&OPERATIONS[operation], CALLS[operation].response.map(|response| &RESPONSES[response]))
    }

    /// Returns the response of an operation as the type of this crate.
    ///
    /// # Errors
    ///
    /// The same as for [`read`](Self::read).
    pub fn read_as<R: Operation>(&self) -> Result<R::Response, Error> {
        let record = self.read_shape(R::INFO, R::Response::SHAPE)?;
        Ok(R::Response::from_record(record.as_ref()))
    }

    fn read_shape(&self, operation: &OperationInfo, shape: Option<&'static Shape>) -> Result<Option<Record>, Error> {
        let response = HttpResponse::recorded(self.status, self.retry_after.as_deref(), self.body.clone());
        let context = Context {
            kind: operation.kind,
            now: self.now,
            expected: shape.map_or(Expected::Nothing, |shape| Expected::Object(shape, operation.content)),
            max_values: usize::MAX,
            secrets: self.secrets,
            base_url: "",
        };
        let data = classify::classify_response(&response, &context);
        data.map(ResponseData::into_record).map_err(|FailedAttempt { class, error }| {
            let situation = Situation {
                kind: operation.kind,
                class,
                used: Used::default(),
                max_retries: 0,
                budget: 0,
                remaining: Duration::ZERO,
                retry_after: None,
                jitter: 1.0,
            };
            match retry::decide(&situation) {
                Decision::OutcomeUnknown => classify::outcome_unknown(error),
                Decision::Retry { .. } | Decision::Fail | Decision::Withhold => error,
            }
        })
    }
}

/// Returns by how many seconds the service's clock is ahead of the Unix time `local`, and the remedy for the owner of the
/// local clock.
#[must_use]
pub fn clock_offset(local: i64, date: &str, round_trip: Duration) -> Option<(i64, String)> {
    let offset = clock::offset(local, Some(date), false, round_trip)?;
    Some((offset, clock::remedy(Some(offset))))
}

/// Returns the delay before the first retry of a query that the service throttled; `None` if it is not retried.
#[must_use]
pub fn retry_delay(retry_after: Option<Duration>, remaining: Duration, jitter: f64) -> Option<Duration> {
    let situation = Situation {
        kind: OperationKind::Query,
        class: RetryClass::Throttled,
        used: Used::default(),
        max_retries: 1,
        budget: u32::MAX,
        remaining,
        retry_after,
        jitter,
    };
    match retry::decide(&situation) {
        Decision::Retry { delay, .. } => Some(delay),
        Decision::Fail | Decision::Withhold | Decision::OutcomeUnknown => None,
    }
}
