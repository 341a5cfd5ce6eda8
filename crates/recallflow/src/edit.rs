//! The safe edit of a recall flow: read, change a draft, compare, send, and read back in doubt.

pub(crate) mod diff;
mod read_back;
pub(crate) mod steps;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use self::diff::{Change, differences};
use self::steps::{EditSteps, FlowState, check_pending};
use crate::blocking;
use crate::client::Client;
use crate::error::Error;
use crate::generated::requests::{UpdateAgentRecallFlow, UpdateRecallFlow};
use crate::generated::responses::RecallFlowDetail;
use crate::operation::Operation;
use crate::prepared::CallInfo;
use crate::response::record::{FromRecord as _, Record};

/// The name that errors of an edit have, if they are not those of one of its calls.
const EDIT: &str = "edit_recall_flow";

/// A request that writes a flow back: [`UpdateRecallFlow`], or [`UpdateAgentRecallFlow`] for an AI Agent flow.
///
/// Only the request types of this crate can implement it.
pub trait FlowUpdate: Operation<Response = ()> + Clone {
    /// Returns the update that would write back a flow.
    ///
    /// # Errors
    ///
    /// Those of [`RecallFlowDetail::to_update`] and [`RecallFlowDetail::to_agent_update`].
    fn from_detail(detail: &RecallFlowDetail) -> Result<Self, Error>;
}

impl FlowUpdate for UpdateRecallFlow {
    fn from_detail(detail: &RecallFlowDetail) -> Result<Self, Error> {
        detail.to_update()
    }
}

impl FlowUpdate for UpdateAgentRecallFlow {
    fn from_detail(detail: &RecallFlowDetail) -> Result<Self, Error> {
        detail.to_agent_update()
    }
}

/// An edit of a recall flow. Change `draft`, look at [`changes`](Self::changes), and [`apply`](FlowEdit::apply) them.
///
/// ```no_run
/// # async fn run(client: recallflow::Client) -> Result<(), recallflow::Error> {
/// let mut edit = client.edit_recall_flow(299).await?;
/// edit.draft.recall_interval = 60;
/// for node in edit.draft.node_list.iter_mut().flatten() {
///     node.sms_content = Some("Order ${text1} has arrived.".to_owned());
/// }
/// for change in edit.changes() {
///     println!("{change}");
/// }
/// println!("{:?}", edit.apply().await?.outcome);
/// # Ok(())
/// # }
/// ```
///
/// Nothing is lost: the draft has every field that was read, unknown ones too. A flow that was changed in the meantime is not
/// overwritten, except within the round trip between the last read and the update, because the service has no versions.
#[derive(Clone)]
pub struct FlowEdit<U, C = Client> {
    client: C,
    original: U,
    /// The update to send. At first it would write back what was read.
    pub draft: U,
}

/// The end of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EditResult {
    /// What happened to the flow.
    pub outcome: EditOutcome,
    /// The differences between the flow that was read and the draft.
    pub changes: Vec<Change>,
}

/// What an edit did to its flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EditOutcome {
    /// The service applied the update.
    Applied,
    /// Nothing was sent, because the draft equals what was read.
    Unchanged,
    /// Nothing was sent, because this was a dry run.
    Planned,
}

impl EditOutcome {
    /// Returns the name that every language uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            EditOutcome::Applied => "applied",
            EditOutcome::Unchanged => "unchanged",
            EditOutcome::Planned => "planned",
        }
    }
}

impl fmt::Display for EditOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<U: FlowUpdate, C> FlowEdit<U, C> {
    pub(crate) fn new(client: C, detail: &RecallFlowDetail) -> Result<Self, Error> {
        check_pending(detail.status)?;
        let original = U::from_detail(detail).map_err(|error| error.in_call(EDIT, 0))?;
        Ok(Self { client, draft: original.clone(), original })
    }

    /// Returns the update that would write back what was read.
    #[must_use]
    pub fn original(&self) -> &U {
        &self.original
    }

    /// Returns the differences between what was read and the draft.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        differences(&wire(&self.original), &wire(&self.draft))
    }

    /// Checks the draft, and ends the edit without sending anything.
    fn plan_with(&self, client: &Client) -> Result<EditResult, Error> {
        let steps = self.steps();
        steps.checked_key()?;
        client.check_and_encode(U::INFO, None, &self.draft)?;
        Ok(steps.plan())
    }

    /// Checks and applies the draft.
    async fn apply_with(&self, client: &Client, verify: bool) -> Result<EditResult, Error> {
        let steps = self.steps();
        steps.checked_key()?;
        let update = client.check_and_encode(U::INFO, None, &self.draft)?;
        steps.apply(client, update, verify).await
    }

    fn steps(&self) -> EditSteps {
        EditSteps::new(wire(&self.original), wire(&self.draft), read_flow::<U>)
    }
}

impl<U: FlowUpdate> FlowEdit<U> {
    /// Validates the draft, and returns the result of a dry run. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the draft breaks a rule or has the key of another flow.
    pub fn plan(&self) -> Result<EditResult, Error> {
        self.plan_with(&self.client)
    }

    /// Applies the changes. Does nothing if there are none.
    ///
    /// It reads the flow again, sends the update if the flow is as it was, and reads it back if the outcome is unknown.
    /// Each of these calls has the client's timeout.
    ///
    /// # Errors
    ///
    /// - [`Error::InvalidRequest`] if the draft breaks a rule. Nothing was sent.
    /// - [`Error::Conflict`] if the flow is not pending any more, or was changed. Nothing was sent.
    /// - [`Error::OutcomeUnknown`] if the update may have been applied, and the flow that was read back does not show it.
    /// - Any other [`Error`] of a call. The flow was not changed.
    pub async fn apply(&self) -> Result<EditResult, Error> {
        self.apply_with(&self.client, false).await
    }

    /// Applies the changes as [`apply`](Self::apply) does, and always reads the flow back.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply). [`Error::OutcomeUnknown`] if the flow does not show the update, or cannot be read.
    pub async fn apply_and_verify(&self) -> Result<EditResult, Error> {
        self.apply_with(&self.client, true).await
    }
}

impl<U: FlowUpdate + Send + Sync> FlowEdit<U, blocking::Client> {
    /// Validates the draft, and returns the result of a dry run. Nothing is sent.
    ///
    /// # Errors
    ///
    /// The same as for the async client.
    pub fn plan(&self) -> Result<EditResult, Error> {
        self.plan_with(&self.client.inner)
    }

    /// Applies the changes. See [`FlowEdit::apply`] of the async client.
    ///
    /// # Errors
    ///
    /// The same as for the async client.
    pub fn apply(&self) -> Result<EditResult, Error> {
        self.run(false)
    }

    /// Applies the changes, and always reads the flow back. See [`FlowEdit::apply_and_verify`] of the async client.
    ///
    /// # Errors
    ///
    /// The same as for the async client.
    pub fn apply_and_verify(&self) -> Result<EditResult, Error> {
        self.run(true)
    }

    fn run(&self, verify: bool) -> Result<EditResult, Error> {
        self.client.run(&CallInfo::from(U::INFO), async |client| self.apply_with(&client, verify).await)?
    }
}

impl<U: Serialize, C> fmt::Debug for FlowEdit<U, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes = differences(&wire(&self.original), &wire(&self.draft));
        f.debug_struct("FlowEdit").field("changes", &changes).finish_non_exhaustive()
    }
}

/// Reads a flow as the update of type `U` that would write it back.
fn read_flow<U: FlowUpdate>(record: Option<&Record>) -> Result<FlowState, Error> {
    let detail = RecallFlowDetail::from_record(record);
    Ok((detail.status, wire(&U::from_detail(&detail)?)))
}

/// Returns the wire form of a request.
fn wire(update: &impl Serialize) -> Value {
    serde_json::to_value(update).unwrap_or_default()
}

impl Client {
    /// Reads a recall flow for an edit. The flow must be pending.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the flow is not pending. Those of [`RecallFlowDetail::to_update`]; an AI Agent flow is edited
    /// with [`edit_agent_recall_flow`](Self::edit_agent_recall_flow). Any [`Error`] of the call that reads the flow.
    pub async fn edit_recall_flow(&self, key_id: i64) -> Result<FlowEdit<UpdateRecallFlow>, Error> {
        FlowEdit::new(self.clone(), &self.query_recall_flow_detail(key_id).await?)
    }

    /// Reads an AI Agent flow for an edit. The flow must be pending.
    ///
    /// # Errors
    ///
    /// As [`edit_recall_flow`](Self::edit_recall_flow), with [`RecallFlowDetail::to_agent_update`].
    pub async fn edit_agent_recall_flow(&self, key_id: i64) -> Result<FlowEdit<UpdateAgentRecallFlow>, Error> {
        FlowEdit::new(self.clone(), &self.query_recall_flow_detail(key_id).await?)
    }
}

impl blocking::Client {
    /// Reads a recall flow for an edit. The flow must be pending.
    ///
    /// # Errors
    ///
    /// The same as for [`Client::edit_recall_flow`].
    pub fn edit_recall_flow(&self, key_id: i64) -> Result<FlowEdit<UpdateRecallFlow, Self>, Error> {
        FlowEdit::new(self.clone(), &self.query_recall_flow_detail(key_id)?)
    }

    /// Reads an AI Agent flow for an edit. The flow must be pending.
    ///
    /// # Errors
    ///
    /// The same as for [`Client::edit_agent_recall_flow`].
    pub fn edit_agent_recall_flow(&self, key_id: i64) -> Result<FlowEdit<UpdateAgentRecallFlow, Self>, Error> {
        FlowEdit::new(self.clone(), &self.query_recall_flow_detail(key_id)?)
    }
}
