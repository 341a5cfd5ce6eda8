//! The protocol between the runner and a driver: one JSON object per line, a command and its reply.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A command for a driver.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DriverCommand {
    /// Creates a client that replaces the previous one. The reply is an empty [`Observed`].
    Open(ClientOptions),
    /// Begins the edit that this call applies later. The reply is an empty [`Observed`].
    BeginEdit(DriverCall),
    /// Makes a call with the client.
    Call(DriverCall),
}

/// Options of a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ClientOptions {
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
    pub(crate) ca_file: Option<PathBuf>,
}

/// A call.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct DriverCall {
    pub(crate) operation: CallKind,
    pub(crate) key_id: i64,
    pub(crate) timeout_ms: u64,
    /// Number of such calls that are made at the same time. The reply describes the first one that fails.
    pub(crate) at_once: usize,
    /// Bytes of audio that an update uploads; 0 for a file that was uploaded before.
    pub(crate) upload: usize,
    /// Whether the call is aborted a moment after it has begun.
    pub(crate) is_aborted: bool,
    /// Whether an edit reads the flow back in any case.
    pub(crate) verify: bool,
}

/// The operation of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CallKind {
    /// Reads the flow.
    Query,
    /// Changes its `recallInterval` to [`CHANGED_INTERVAL`].
    Update,
    /// Applies an edit that does the same.
    Edit,
    /// Waits until the flow is pending, without retries of a read.
    Wait,
}

impl CallKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Update => "update",
            Self::Edit => "edit",
            Self::Wait => "wait",
        }
    }
}

/// The `recallInterval` of every update. No flow of the sandbox has it initially.
pub(crate) const CHANGED_INTERVAL: i64 = 77;

/// The result that a driver observed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Observed {
    /// Class of the error; `None` if the call succeeded.
    pub(crate) error: Option<String>,
    /// Class of its cause.
    pub(crate) cause: Option<String>,
    /// Whether the error is one of the library's classes.
    pub(crate) of_the_tree: bool,
    /// Status code of the service in the error.
    pub(crate) code: Option<i64>,
    /// HTTP status in the error.
    pub(crate) http_status: Option<u16>,
    /// Response of a query in its wire format.
    pub(crate) value: Option<Value>,
    /// All texts of the outcome that a program could print, log or store.
    pub(crate) texts: Vec<String>,
    /// Duration of the call.
    pub(crate) milliseconds: f64,
    /// Peak memory growth during the call in bytes, if known.
    pub(crate) memory_growth: Option<u64>,
}

impl Observed {
    /// Returns the outcome of the call as messages and the table show it.
    pub(crate) fn outcome(&self) -> String {
        let Some(error) = &self.error else { return "success".to_owned() };
        let cause = self.cause.as_ref().map(|cause| format!(" ← `{cause}`")).unwrap_or_default();
        let text = format!("`{error}`{cause}");
        let details = [self.code.map(|code| code.to_string()), self.http_status.map(|status| format!("HTTP {status}"))];
        let details: Vec<_> = details.into_iter().flatten().collect();
        if details.is_empty() { text } else { format!("{text} ({})", details.join(", ")) }
    }
}
