//! Turns a recall flow from a response into an update.

use std::path::Path;

use crate::client::to_json_bytes;
use crate::error::Error;
use crate::generated::requests::{RecallNode, UpdateRecallFlow};
use crate::generated::responses::RecallFlowDetail;
use crate::request::read::{self, UnknownFields};
use crate::request::violation::{Rule, Violation};
use crate::response::record::FromRow as _;

impl RecallFlowDetail {
    /// Returns an update with the values of this flow and all its nodes. Change it and send it.
    ///
    /// - The service does not return uploaded files. Such a node needs `base_file` again before the update can be sent, or
    ///   the source `uploaded` with its `voice_file_id`. `validate` reports these nodes.
    /// - Unknown fields, in `extra`, are copied to the `extra` of the update and its nodes. `warnings` lists them.
    /// - If the response has no nodes, the update has no list of nodes, so that it cannot erase any.
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
    /// [`Error::InvalidRequest`] if the response lacks a field that an update requires, or has a value of an unexpected
    /// type. A response with a page of nodes lacks such fields. An update without them could erase data.
    pub fn to_update(&self) -> Result<UpdateRecallFlow, Error> {
        // The wire form also contains the values of unexpected types from `extra`.
        let json = to_json_bytes(self)?;
        read::read_text(&json, UnknownFields::Carry(Self::SHAPE)).map(keep_nodes)
    }
}

/// Leaves out an empty list of nodes. In a response it looks like a missing one, and sending it could erase nodes.
pub(crate) fn keep_nodes(mut update: UpdateRecallFlow) -> UpdateRecallFlow {
    update.node_list = update.node_list.filter(|nodes| !nodes.is_empty());
    update
}

impl RecallNode {
    /// Reads a voice file from disk, and returns a node that uploads and plays it.
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
