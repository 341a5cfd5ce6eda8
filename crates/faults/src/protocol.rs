//! What the runner and the driver of a language say to each other: one JSON object a line, a command and its reply.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a driver is told to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Command {
    /// Makes a client in place of the one before. The reply is an [`Observed`] without anything in it.
    Open(Options),
    /// Makes a call with it.
    Call(Call),
}

/// Options of a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Options {
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
    pub(crate) ca_file: Option<PathBuf>,
}

/// A call.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) key_id: i64,
    pub(crate) timeout_ms: u64,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    /// Reading the flow.
    Query,
    /// Changing its `recallInterval` to [`CHANGED_INTERVAL`].
    Update,
}

impl Operation {
    pub(crate) const ALL: [Self; 2] = [Self::Query, Self::Update];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Update => "update",
        }
    }
}

/// What every update sets `recallInterval` to; no flow of the sandbox has it.
pub(crate) const CHANGED_INTERVAL: i64 = 77;

/// What a driver saw.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Observed {
    /// Class of the error; none if the call succeeded.
    pub(crate) error: Option<String>,
    /// Class of the error within it.
    pub(crate) cause: Option<String>,
    /// Whether the error is one of the library's tree.
    pub(crate) of_the_tree: bool,
    /// The service's code that it carries.
    pub(crate) code: Option<i64>,
    /// The HTTP status that it carries.
    pub(crate) http_status: Option<u16>,
    /// What a query read, as the service writes it.
    pub(crate) value: Option<Value>,
    /// Everything that anybody could print, log or store of what came of it.
    pub(crate) texts: Vec<String>,
    /// How long the call took.
    pub(crate) milliseconds: f64,
    /// By how many bytes the process was larger during the call than before it, where that can be told.
    pub(crate) memory_growth: Option<u64>,
}
