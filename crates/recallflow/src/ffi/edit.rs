//! Edits of flows whose requests are objects of another language.

use std::sync::Arc;

use serde_json::Value;

use super::call::read_for;
use super::request::Request;
use crate::client::Client;
use crate::edit::diff::{Change, differences};
use crate::edit::{self, EditSteps, read_as};
use crate::error::Error;
use crate::generated::enums::RecallStatus;
use crate::generated::positions::operations::{UPDATE_AGENT_RECALL_FLOW, UPDATE_RECALL_FLOW};
use crate::generated::requests::{UpdateAgentRecallFlow, UpdateRecallFlow};
use crate::prepared::Prepared;
use crate::request::source::Source;

/// Refuses a flow with this status for an edit, unless it is pending.
///
/// # Errors
///
/// [`Error::Conflict`] with the status.
pub fn check_pending(status: Option<i64>) -> Result<(), Error> {
    edit::check_pending(status.map(RecallStatus::from_number))
}

/// The edit of a flow by the update of one operation.
pub struct Edit {
    operation: usize,
    /// The wire form of the update that would write back what was read.
    before: Value,
    /// The update to send.
    draft: Box<dyn Request>,
}

impl Edit {
    /// Reads what was read and the draft, as requests of the operation at this position of [`OPERATIONS`](crate::OPERATIONS).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if one of the two is not a request.
    pub fn new(operation: usize, original: &impl Source, draft: &impl Source) -> Result<Self, Error> {
        let before = read_for(operation, original)?.to_json();
        Ok(Self { operation, before, draft: read_for(operation, draft)? })
    }

    /// Reads an edit by the operation whose request `original` is.
    ///
    /// # Errors
    ///
    /// The same as for [`new`](Self::new).
    pub fn of_kind(original: &impl Source, draft: &impl Source) -> Result<Self, Error> {
        let is_voice_flow = read_for(UPDATE_RECALL_FLOW, original).is_ok();
        Self::new(if is_voice_flow { UPDATE_RECALL_FLOW } else { UPDATE_AGENT_RECALL_FLOW }, original, draft)
    }

    /// Returns the differences, without checking the draft.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        differences(&self.before, &self.draft.to_json())
    }

    /// Checks and encodes the draft.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the draft breaks a rule or has the key of another flow.
    pub fn prepare(&self, client: &Client, verify: bool) -> Result<Prepared, Error> {
        let draft = self.draft.to_json();
        let steps = EditSteps {
            read: match self.operation {
                UPDATE_AGENT_RECALL_FLOW => read_as::<UpdateAgentRecallFlow>,
                _ => read_as::<UpdateRecallFlow>,
            },
            key_id: edit::checked_key(&self.before, &draft)?,
            before: self.before.clone(),
            draft,
            verify,
        };
        let update = client.encode(self.operation, &*self.draft)?;
        Ok(Prepared { edit: Some(Arc::new(steps)), ..update })
    }
}
