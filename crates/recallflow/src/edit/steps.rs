//! The steps that apply an edit, whatever the type of its request is.

use serde_json::Value;

use super::diff::{Change, differences};
use super::read_back::shows_update;
use super::{EDIT, EditOutcome, EditResult};
use crate::classify;
use crate::client::Client;
use crate::error::Error;
use crate::generated::enums::RecallStatus;
use crate::generated::requests::RecallFlowDetailQuery;
use crate::generated::responses::RecallFlowDetail;
use crate::operation::Operation as _;
use crate::prepared::Prepared;
use crate::request::violation::{Rule, Violation};
use crate::response::record::{FromRecord as _, Record};
use crate::transport::cancel::LogIfDropped;

/// A flow as an edit reads it: its status, and the wire form of the update that would write it back.
pub(crate) type FlowState = (Option<RecallStatus>, Value);

/// The two states of an edit, and how a flow is read to compare it with them. The values are wire forms of one update.
#[derive(Clone, Debug)]
pub(crate) struct EditSteps {
    before: Value,
    draft: Value,
    changes: Vec<Change>,
    read: fn(Option<&Record>) -> Result<FlowState, Error>,
}

impl EditSteps {
    /// Compares what was read with the draft. `read` converts a flow that is read later.
    pub(crate) fn new(before: Value, draft: Value, read: fn(Option<&Record>) -> Result<FlowState, Error>) -> Self {
        let changes = differences(&before, &draft);
        Self { before, draft, changes, read }
    }

    /// Returns the differences between what was read and the draft.
    #[cfg(feature = "__ffi")]
    pub(crate) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Returns the key of the flow, which must be the same in both states.
    pub(crate) fn checked_key(&self) -> Result<i64, Error> {
        let key = &self.before["keyId"];
        match key.as_i64() {
            Some(id) if self.draft["keyId"] == *key => Ok(id),
            _ => {
                let message = format!("`keyId` must stay {key}, because an edit changes one flow");
                let violation = Violation { path: "keyId".to_owned(), rule: Rule::OneOf, message };
                Err(Error::invalid_request(vec![violation]).in_call(EDIT, 0))
            }
        }
    }

    /// Ends the edit without sending anything.
    pub(crate) fn plan(self) -> EditResult {
        let outcome = if self.changes.is_empty() { EditOutcome::Unchanged } else { EditOutcome::Planned };
        EditResult { outcome, changes: self.changes }
    }

    /// Sends the update if there are changes and the flow is as it was. Reads the flow back if the outcome is unknown, or
    /// if `verify` is set.
    pub(crate) async fn apply(self, client: &Client, update: Prepared, verify: bool) -> Result<EditResult, Error> {
        let key_id = self.checked_key()?;
        if self.changes.is_empty() {
            return Ok(self.plan());
        }
        let (status, now) = self.read_flow(client, key_id).await?;
        check_pending(status)?;
        let meanwhile = differences(&self.before, &now);
        if !meanwhile.is_empty() {
            return Err(Error::conflict(status, meanwhile).in_call(EDIT, 0));
        }
        let (name, cancel) = (update.call.name.clone(), update.cancel.clone());
        let sent = client.send(update).await;
        let is_unknown = matches!(sent, Err(Error::OutcomeUnknown(_)));
        if let Err(error) = sent {
            if !is_unknown {
                return Err(error);
            }
            let watch = LogIfDropped::new(&cancel);
            let read_back = self.read_flow(client, key_id).await;
            watch.finish();
            // Even the old state decides nothing, because the update may still be under way.
            if !read_back.is_ok_and(|(_, now)| shows_update(&self.before, &self.draft, &now)) {
                return Err(error);
            }
        } else if verify {
            let unsettled = |error: Error| classify::outcome_unknown(error.in_call(name, 1));
            match self.read_flow(client, key_id).await {
                Ok((_, now)) if shows_update(&self.before, &self.draft, &now) => {}
                Ok((_, now)) => return Err(unsettled(classify::not_shown(&differences(&self.draft, &now)))),
                Err(error) => return Err(unsettled(error)),
            }
        }
        Ok(EditResult { outcome: EditOutcome::Applied, changes: self.changes })
    }

    async fn read_flow(&self, client: &Client, key_id: i64) -> Result<FlowState, Error> {
        let query = RecallFlowDetailQuery::new(key_id);
        let prepared = client.check_and_encode(RecallFlowDetailQuery::INFO, RecallFlowDetail::SHAPE, &query)?;
        let record = client.send(prepared).await?.data.into_record();
        (self.read)(record.as_ref()).map_err(|error| error.in_call(EDIT, 0))
    }
}

/// Refuses a flow that cannot be edited.
pub(crate) fn check_pending(status: Option<RecallStatus>) -> Result<(), Error> {
    match status {
        Some(RecallStatus::Pending) => Ok(()),
        other => Err(Error::conflict(other, Vec::new()).in_call(EDIT, 0)),
    }
}
