//! The HTTP responses of calls.

use std::collections::BTreeMap;

use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use recallflow::Client;
use recallflow::ffi::Exchange;

/// The HTTP response of a call, kept until JavaScript takes the outcome.
pub(crate) struct Received {
    pub(crate) client: Client,
    pub(crate) exchange: Exchange,
}

/// An HTTP response as JavaScript receives it.
#[napi(object, object_from_js = false)]
pub struct ReceivedResponse {
    /// Status code.
    pub http_status: u16,
    /// Headers by their lower-case names.
    pub headers: BTreeMap<String, String>,
    /// Body as it was received.
    pub body: Buffer,
    /// Number of attempts of the call.
    pub attempts: u32,
    /// Milliseconds from the start of the call to the end of the response.
    pub elapsed: f64,
}

impl From<Received> for ReceivedResponse {
    fn from(Received { client, exchange }: Received) -> Self {
        let raw = exchange.into_raw(&client, ());
        Self {
            http_status: raw.http_status,
            headers: raw.headers,
            body: raw.body.into(),
            attempts: raw.attempts,
            elapsed: raw.elapsed.as_secs_f64() * 1e3,
        }
    }
}
