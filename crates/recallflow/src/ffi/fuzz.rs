//! What only fuzzing reaches: whole answers without a connection, read in each of the ways there are, and headers.

use std::time::Duration;

use bytes::Bytes;
use serde::de::Deserializer;
use serde_json::Value;

use super::record::{AsRecord, Record};
use crate::classify::{self, Failed};
use crate::generated::ffi::CALLS;
use crate::operation::{Operation, OperationKind};
use crate::response::decode::{Fitted, ReadData, Typed};
use crate::response::envelope::BYTE_ORDER_MARK;
use crate::retry::{self, Decision, Situation, Used};
use crate::transport::Answer;
use crate::{Error, clock};

/// An answer without headers.
#[derive(Clone, Debug)]
pub struct Answered<'a> {
    /// Status of HTTP.
    pub status: u16,
    /// Its body.
    pub body: Bytes,
    /// What must not be in an error.
    pub secrets: &'a [&'a str],
}

/// An answer that is no success.
#[derive(Debug)]
pub struct Refused {
    /// What the caller is told.
    pub error: Error,
    /// Whether an update may be told to have not been carried out, or to have been refused.
    pub outcome_is_known: bool,
}

impl Answered<'_> {
    /// Reads it for another language: the wire form of what an operation answers.
    ///
    /// # Errors
    ///
    /// If it is no success.
    pub fn read(&self, operation: usize) -> Result<Option<Value>, Refused> {
        let record = self.judge(AsRecord { response: CALLS[operation].response })?;
        Ok(record.as_ref().map(to_json))
    }

    /// The same without the short way.
    ///
    /// # Errors
    ///
    /// If it is no success.
    pub fn read_in_general(&self, operation: usize) -> Result<Option<Value>, Refused> {
        let record = self.judge(InGeneral(AsRecord { response: CALLS[operation].response }))?;
        Ok(record.as_ref().map(to_json))
    }

    /// Reads it into the types of this crate.
    ///
    /// # Errors
    ///
    /// If it is no success.
    pub fn read_as<R: Operation>(&self) -> Result<R::Response, Refused> {
        self.judge(Typed::<R::Response>::new())
    }

    fn judge<R: ReadData>(&self, how: R) -> Result<R::Response, Refused> {
        let mut answer = Answer {
            status: self.status,
            date: None,
            age: false,
            is_early: false,
            retry_after: None,
            content_encoding: None,
            body: self.body.clone(),
            elapsed: Duration::ZERO,
        };
        let data = classify::answer(&mut answer, 0, self.secrets, how).map_err(|Failed { class, error }| Refused {
            error,
            outcome_is_known: retry::decide(&situation(OperationKind::Update, class)) != Decision::OutcomeUnknown,
        })?;
        let start = if answer.body.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Ok(how.finish(data, answer.body.slice(start..)))
    }
}

/// The wire form of a record.
#[must_use]
pub fn to_json(record: &Record) -> Value {
    record.root().to_json()
}

/// Reads records, but never in the short way.
#[derive(Clone, Copy)]
struct InGeneral(AsRecord);

impl ReadData for InGeneral {
    type Data = <AsRecord as ReadData>::Data;
    type Response = <AsRecord as ReadData>::Response;

    fn absent(self) -> Self::Data {
        self.0.absent()
    }

    fn read<'de, D: Deserializer<'de>>(self, body: &str, deserializer: D) -> Result<Fitted<Self::Data>, D::Error> {
        self.0.read(body, deserializer)
    }

    fn finish(self, data: Self::Data, text: Bytes) -> Self::Response {
        self.0.finish(data, text)
    }
}

/// How long a `Retry-After` asks to wait, at this Unix time.
#[must_use]
pub fn retry_after(header: &str, now: i64) -> Option<Duration> {
    retry::parse_retry_after(header, now)
}

/// How long a throttled query with so much time left waits then; `None` if it fails at once.
#[must_use]
pub fn pause(retry_after: Option<Duration>, remaining: Duration) -> Option<Duration> {
    let situation = situation(OperationKind::Query, retry::RetryClass::Throttled);
    match retry::decide(&Situation { remaining, retry_after, ..situation }) {
        Decision::Retry { delay, .. } => Some(delay),
        Decision::Fail | Decision::OutcomeUnknown => None,
    }
}

/// How many seconds the service's clock is ahead of one that shows this Unix time, and what its owner is told.
#[must_use]
pub fn offset(local: i64, date: &str, round_trip: Duration) -> Option<(i64, String)> {
    let offset = clock::offset(local, Some(date), false, round_trip)?;
    Some((offset, clock::remedy(Some(offset))))
}

/// The first failure of a call that may be repeated.
fn situation(kind: OperationKind, class: retry::RetryClass) -> Situation {
    Situation {
        kind,
        class,
        used: Used::default(),
        max_retries: 1,
        budget: u32::MAX,
        remaining: Duration::MAX,
        retry_after: None,
        jitter: 1.0,
    }
}
