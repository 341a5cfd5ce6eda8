//! The HTTP response behind a result or an error.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;
use crate::redact::{MAX_BODY_CHARS, redact_up_to};
use crate::response::record::FromRecord as _;
use crate::transport::response::HttpResponse;

/// The HTTP response of a call, and the value that was parsed from it. [`Client::execute_raw`] returns one.
///
/// The body may hold anything that the service sent, so `Debug` shows only its length.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawResponse<T> {
    /// HTTP status code.
    pub http_status: u16,
    /// The headers by their lower-case names. Several values of one name are joined with `, `, and secrets that the service
    /// echoes are redacted.
    pub headers: BTreeMap<String, String>,
    /// The body as it was received.
    pub body: Vec<u8>,
    /// Number of attempts of the call.
    pub attempts: u32,
    /// Time from the start of the call to the end of the response, with all attempts.
    pub elapsed: Duration,
    /// The value that the call returns otherwise.
    pub parsed: T,
}

impl<T: fmt::Debug> fmt::Debug for RawResponse<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("http_status", &self.http_status)
            .field("headers", &self.headers.keys())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("parsed", &self.parsed)
            .finish()
    }
}

/// The HTTP response that led to an error. [`Error::response`] returns one.
///
/// `Debug` shows only the names of the headers and the length of the body, because errors are often printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ErrorResponse {
    /// HTTP status code.
    pub http_status: u16,
    /// The headers by their lower-case names, redacted. Several values of one name are joined with `, `.
    pub headers: BTreeMap<String, String>,
    /// The body as text, redacted and at most 16,384 characters long. Control characters are blanks.
    pub body: String,
}

impl ErrorResponse {
    pub(crate) fn new(response: &HttpResponse, secrets: &[&str]) -> Self {
        Self {
            http_status: response.status,
            headers: redacted_headers(response, secrets),
            body: redact_up_to(MAX_BODY_CHARS, &response.body, secrets),
        }
    }
}

impl fmt::Debug for ErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorResponse")
            .field("http_status", &self.http_status)
            .field("headers", &self.headers.keys())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

fn redacted_headers(response: &HttpResponse, secrets: &[&str]) -> BTreeMap<String, String> {
    let mut headers = response.headers();
    for value in headers.values_mut() {
        *value = redact_up_to(MAX_BODY_CHARS, value.as_bytes(), secrets);
    }
    headers
}

/// The last exchange of a call that succeeded.
#[derive(Debug)]
pub struct Exchange {
    pub(crate) response: HttpResponse,
    /// The signature of the last attempt, a secret to redact.
    pub(crate) sign: String,
    /// Number of attempts.
    pub(crate) attempts: u32,
    /// Time of the whole call.
    pub(crate) elapsed: Duration,
}

impl Exchange {
    /// Returns the response with the value that was parsed from it.
    #[must_use]
    pub fn into_raw<T>(self, client: &Client, parsed: T) -> RawResponse<T> {
        let Self { response, sign, attempts, elapsed } = self;
        RawResponse {
            http_status: response.status,
            headers: redacted_headers(&response, &client.secrets(&sign)),
            body: response.body.into(),
            attempts,
            elapsed,
            parsed,
        }
    }
}

impl Client {
    /// Calls the operation of this request, and returns the HTTP response together with the parsed value.
    ///
    /// ```no_run
    /// # async fn run(client: recallflow::Client) -> Result<(), recallflow::Error> {
    /// use recallflow::RecallFlowDetailQuery;
    ///
    /// let response = client.execute_raw(&RecallFlowDetailQuery::new(299)).await?;
    /// println!("{} after {} attempts: {:?}", response.http_status, response.attempts, response.headers.get("date"));
    /// println!("{:?}", response.parsed.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`execute`](Self::execute). See [`Error::response`] for the HTTP response of an error.
    pub async fn execute_raw<R: Operation>(&self, request: &R) -> Result<RawResponse<R::Response>, Error> {
        let success = self.send(self.prepare_for(request)?).await?;
        let parsed = R::Response::from_record(success.data.into_record().as_ref());
        Ok(success.exchange.into_raw(self, parsed))
    }
}
