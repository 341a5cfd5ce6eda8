//! From a recall flow that was read to one that can be sent.

use std::path::Path;

use crate::client;
use crate::error::Error;
use crate::generated::requests::{RecallNode, UpdateRecallFlow};
use crate::generated::responses::RecallFlowDetail;
use crate::request::read::{self, UnknownFields};
use crate::request::violation::{Rule, Violation};

impl RecallFlowDetail {
    /// The flow as an update that changes nothing, with all its nodes, ready to be changed and sent.
    ///
    /// - The service does not answer a file that was sent along: such a node needs `base_file` again before it can be
    ///   sent, or the source `uploaded` with its `voice_file_id`. `validate` tells.
    /// - What this version does not know, in `extra`, is not carried over.
    /// - Without nodes in the answer, the update has no list of nodes, so that it cannot erase any.
    ///
    /// ```no_run
    /// # async fn run(client: recallflow::Client) -> Result<(), recallflow::Error> {
    /// let detail = client.query_recall_flow_detail(299).await?;
    /// client.update_recall_flow(&detail.to_update()?.recall_interval(60)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the answer lacks a field that an update must have, as an answer that is only a page
    /// of nodes does, or holds a value that does not fit. Sending less than was read could erase it.
    pub fn to_update(&self) -> Result<UpdateRecallFlow, Error> {
        // In its wire form, which has values that did not fit their fields as well.
        let json = client::encode(self)?;
        read::read_text(&json, UnknownFields::Skip).map(keep_nodes)
    }
}

/// Leaves out an empty list of nodes. In a response it looks like a missing one, and sending it could erase nodes.
pub(crate) fn keep_nodes(mut update: UpdateRecallFlow) -> UpdateRecallFlow {
    update.node_list = update.node_list.filter(|nodes| !nodes.is_empty());
    update
}

impl RecallNode {
    /// A node that plays a voice file that is read from disk and sent along.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the file cannot be read.
    pub fn reupload_file(upload_name: impl Into<String>, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let audio = std::fs::read(path).map_err(|error| {
            let message = format!("`baseFile` cannot be read from {}: {error}", path.display());
            Error::invalid_request(vec![Violation { path: "baseFile".to_owned(), rule: Rule::Required, message }])
        })?;
        Ok(Self::reupload(upload_name, audio))
    }
}
