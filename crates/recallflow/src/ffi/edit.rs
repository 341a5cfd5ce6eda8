//! Edits of flows whose requests are objects of another language.

use super::call::read_for;
use super::request::{Request, to_update};
use crate::client::Client;
use crate::edit::diff::Change;
use crate::edit::steps::{self, EditSteps, FlowState};
use crate::error::Error;
use crate::generated::enums::RecallStatus;
use crate::generated::positions::operations::{UPDATE_AGENT_RECALL_FLOW, UPDATE_RECALL_FLOW};
use crate::generated::positions::{requests, responses};
use crate::prepared::Prepared;
use crate::request::json::Json;
use crate::request::source::{Form, Source};
use crate::response::record::Record;

/// Refuses a flow with this status for an edit, unless it is pending.
///
/// # Errors
///
/// [`Error::Conflict`] with the status.
pub fn check_pending(status: Option<i64>) -> Result<(), Error> {
    steps::check_pending(status.map(RecallStatus::from_number))
}

/// The edit of a flow by the update of one operation.
pub struct Edit {
    operation: usize,
    /// The update to send.
    draft: Box<dyn Request>,
    steps: EditSteps,
}

/// An edit whose draft was checked.
#[derive(Clone, Debug)]
pub struct PreparedEdit {
    pub(super) steps: EditSteps,
    pub(super) verify: bool,
}

impl Edit {
    /// Reads what was read and the draft, as requests of the operation at this position of [`OPERATIONS`](crate::OPERATIONS).
    /// Without a position, `original` decides.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if one of the two is not a request.
    pub fn new(operation: Option<usize>, original: &impl Source, draft: &impl Source) -> Result<Self, Error> {
        let (operation, original) = match operation {
            Some(operation) => (operation, read_for(operation, original)?),
            None => match read_for(UPDATE_RECALL_FLOW, original) {
                Ok(original) => (UPDATE_RECALL_FLOW, original),
                Err(_) => (UPDATE_AGENT_RECALL_FLOW, read_for(UPDATE_AGENT_RECALL_FLOW, original)?),
            },
        };
        let draft = read_for(operation, draft)?;
        let read = match operation {
            UPDATE_AGENT_RECALL_FLOW => |record: Option<&Record>| read_flow(record, requests::UPDATE_AGENT_RECALL_FLOW),
            _ => |record: Option<&Record>| read_flow(record, requests::UPDATE_RECALL_FLOW),
        };
        let steps = EditSteps::new(original.to_json(), draft.to_json(), read);
        Ok(Self { operation, draft, steps })
    }

    /// Returns the differences, without checking the draft.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        self.steps.changes()
    }

    /// Checks and encodes the draft. With `verify`, the flow is read back in any case.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the draft breaks a rule or has the key of another flow.
    pub fn prepare(self, client: &Client, verify: bool) -> Result<Prepared, Error> {
        self.steps.checked_key()?;
        let update = client.encode(self.operation, &*self.draft)?;
        let edit = PreparedEdit { steps: self.steps, verify };
        Ok(Prepared { edit: Some(Box::new(edit)), ..update })
    }
}

/// Reads a flow as the update at this position of `REQUESTS`, by the tables of its type.
fn read_flow(record: Option<&Record>, request: usize) -> Result<FlowState, Error> {
    let flow = record.map(|record| record.root().to_json()).unwrap_or_default();
    let json = flow.to_string();
    let source = Json::parse(json.as_bytes(), Form::Wire)?;
    let (_, update) = to_update(responses::RECALL_FLOW_DETAIL, &source, Some(request))?;
    Ok((flow["status"].as_i64().map(RecallStatus::from_number), update.to_json()))
}
