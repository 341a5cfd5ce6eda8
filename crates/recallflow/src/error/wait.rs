//! The error of a wait that did not reach its state.

use std::fmt;

use super::{Call, Error};
use crate::generated::responses::{GroupCallTask, RecallFlowDetail};

/// A wait ended before the state was reached.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WaitError {
    /// Why the wait ended.
    pub reason: WaitReason,
    /// What was expected, and what the last reads showed.
    pub message: String,
    /// The value of the last successful read. `None` if every read failed.
    pub last: Option<LastRead>,
    /// The error of the last read, if it failed.
    pub cause: Option<Error>,
    /// The call that failed.
    pub call: Call,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitReason {
    /// The time is over.
    Timeout,
    /// The state can no longer be reached.
    Unreachable,
}

impl WaitReason {
    /// Returns the name that every language uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            WaitReason::Timeout => "timeout",
            WaitReason::Unreachable => "unreachable",
        }
    }
}

/// The value that a wait read last.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LastRead {
    /// The flow of `wait_for_recall_flow`.
    Flow(Box<RecallFlowDetail>),
    /// The tasks of `wait_for_group_calls`.
    Tasks(Vec<GroupCallTask>),
}

impl From<RecallFlowDetail> for LastRead {
    fn from(flow: RecallFlowDetail) -> Self {
        LastRead::Flow(Box::new(flow))
    }
}

impl From<Vec<GroupCallTask>> for LastRead {
    fn from(tasks: Vec<GroupCallTask>) -> Self {
        LastRead::Tasks(tasks)
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}
