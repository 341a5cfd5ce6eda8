//! Calls of endpoints that this version does not know as operations.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::classify;
use crate::client::{Client, Success, to_json_bytes};
use crate::endpoint;
use crate::error::Error;
use crate::generated::operations::OPERATIONS;
use crate::operation::{OperationInfo, OperationKind};
use crate::prepared::{CallInfo, Prepared};
use crate::raw::{ErrorResponse, Exchange};
use crate::request::violation::{Rule, Violation};
use crate::response::content::{Expected, ResponseData};

impl Client {
    /// Calls any other endpoint of the platform, such as one that this version does not know.
    ///
    /// It signs, retries and redacts as the named methods do, and returns the same errors. It checks neither the body nor
    /// the data. The request is a `POST` of `body`, which must serialize as a JSON object or list. The result is `data`
    /// of the response; if the response has no data, that is `null`.
    ///
    /// `path` is relative to the base URL. `kind` decides whether the call may be repeated: use
    /// [`OperationKind::Update`] unless the endpoint only reads.
    ///
    /// ```no_run
    /// # async fn run(client: recallflow::Client) -> Result<(), recallflow::Error> {
    /// use std::collections::HashMap;
    ///
    /// use recallflow::OperationKind;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Balance {
    ///     balance: String,
    /// }
    ///
    /// let body = HashMap::from([("currency", "USD")]);
    /// let Balance { balance } = client.call("voice/balance", &body, OperationKind::Query).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`Error`]. [`Error::Config`] if the path is not one, is an update that was called as a query, or no Tokio runtime
    /// is running. [`Error::InvalidRequest`] if the body is not a JSON object or list. [`Error::Protocol`] if the data
    /// does not have the type `T`; an update was applied then.
    pub async fn call<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        kind: OperationKind,
    ) -> Result<T, Error> {
        let call = describe_call(path, kind)?;
        let body = to_json_bytes(body).map_err(|error| error.in_call(call.name.clone(), 0))?;
        let Success { data, exchange } = self.send(prepare_call(call.clone(), body)?).await?;
        let ResponseData::Json(json) = data else { unreachable!("the call expects JSON") };
        serde_json::from_slice(&json).map_err(|error| {
            let Exchange { response, sign, attempts, .. } = exchange;
            let secrets = self.secrets(&sign);
            let error = classify::unexpected_type(&error, &json, response.status, &secrets);
            error.with_response(ErrorResponse::new(&response, &secrets)).in_call(call.name, attempts)
        })
    }
}

/// Checks that an encoded body is an object or a list.
pub(crate) fn prepare_call(call: CallInfo, body: Bytes) -> Result<Prepared, Error> {
    let got = match body.trim_ascii_start() {
        [b'{' | b'[', ..] => None,
        [b'"', ..] => Some("text"),
        [b'n', ..] => Some("null"),
        [b't' | b'f', ..] => Some("a boolean"),
        _ => Some("a number"),
    };
    if let Some(got) = got {
        let message = format!("the request must be an object or a list, but is {got}");
        let violation = Violation { path: String::new(), rule: Rule::Type, message };
        return Err(Error::invalid_request(vec![violation]).in_call(call.name, 0));
    }
    let path = call.name.clone();
    Ok(Prepared::new(call, path, body, Expected::Json))
}

/// Checks the path of an endpoint, and that it is not an update that is called as a query.
pub(crate) fn describe_call(path: &str, kind: OperationKind) -> Result<CallInfo, Error> {
    let path = endpoint::parse_path(path).map_err(Error::config)?;
    let is_known_update = |known: &&OperationInfo| {
        known.path == path && known.kind == OperationKind::Update && kind == OperationKind::Query
    };
    if let Some(known) = OPERATIONS.iter().find(is_known_update) {
        let name = known.name;
        return Err(Error::config(format!("`{path}` is an update; set `kind` to update, or call `{name}`")));
    }
    Ok(CallInfo { name: Cow::Owned(format!("/{path}")), kind })
}
