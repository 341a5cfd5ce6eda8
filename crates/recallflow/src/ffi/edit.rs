//! Edits of flows whose requests are objects of another language.

use std::sync::Arc;

use crate::client::Client;
use crate::edit::diff::Change;
use crate::edit::{self, FlowEdit, FlowUpdate};
use crate::error::Error;
use crate::generated::enums::RecallStatus;
use crate::generated::operations::OPERATIONS;
use crate::generated::positions::operations::{UPDATE_AGENT_RECALL_FLOW, UPDATE_RECALL_FLOW};
use crate::generated::requests::{UpdateAgentRecallFlow, UpdateRecallFlow};
use crate::prepared::Prepared;
use crate::request::check::Rules;
use crate::request::read::{self, ReadObject, UnknownFields};
use crate::request::source::Source;

/// Refuses a flow with this status for an edit, unless it is pending.
///
/// # Errors
///
/// [`Error::Conflict`] with the status.
pub fn check_pending(status: Option<i64>) -> Result<(), Error> {
    edit::check_pending(status.map(RecallStatus::from_number))
}

/// The edit of a flow by the update of this operation: what was read, and the draft.
#[derive(Debug)]
pub struct EditSource<'s, S> {
    /// Position of the operation in [`OPERATIONS`](crate::OPERATIONS).
    pub operation: usize,
    /// The update that would write back what was read.
    pub original: &'s S,
    /// The update to send.
    pub draft: &'s S,
}

impl<'s, S: Source> EditSource<'s, S> {
    /// Creates an edit by the operation whose request `original` is.
    pub fn of_kind(original: &'s S, draft: &'s S) -> Self {
        let is_voice_flow = read::read::<UpdateRecallFlow>(original, UnknownFields::Refuse).is_ok();
        let operation = if is_voice_flow { UPDATE_RECALL_FLOW } else { UPDATE_AGENT_RECALL_FLOW };
        Self { operation, original, draft }
    }

    /// Returns the differences, without checking the draft.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if one of the two is not a request.
    pub fn changes(&self, client: &Client) -> Result<Vec<Change>, Error> {
        if self.operation == UPDATE_AGENT_RECALL_FLOW {
            self.read::<UpdateAgentRecallFlow>(client).map(|edit| edit.changes())
        } else {
            self.read::<UpdateRecallFlow>(client).map(|edit| edit.changes())
        }
    }

    /// Checks and encodes the draft.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the draft breaks a rule or has the key of another flow.
    pub fn prepare(&self, client: &Client, verify: bool) -> Result<Prepared, Error> {
        if self.operation == UPDATE_AGENT_RECALL_FLOW {
            self.prepare_as::<UpdateAgentRecallFlow>(client, verify)
        } else {
            self.prepare_as::<UpdateRecallFlow>(client, verify)
        }
    }

    fn prepare_as<U: FlowUpdate + ReadObject + Rules>(&self, client: &Client, verify: bool) -> Result<Prepared, Error> {
        let edit = self.read::<U>(client)?;
        edit.plan()?;
        let (update, steps) = edit.prepare(client, verify)?;
        Ok(Prepared { edit: Some(Arc::new(steps)), ..update })
    }

    fn read<U: FlowUpdate + ReadObject + Rules>(&self, client: &Client) -> Result<FlowEdit<U>, Error> {
        let read = |source| {
            read::read::<U>(source, UnknownFields::Refuse)
                .map_err(|violations| Error::invalid_request(violations).in_call(OPERATIONS[self.operation].name, 0))
        };
        Ok(FlowEdit::of_draft(client.clone(), read(self.original)?, read(self.draft)?))
    }
}
