//! Turns a recall flow from a response into an update.

use std::path::Path;

use crate::client::to_json_bytes;
use crate::error::Error;
use crate::generated::requests::{RecallNode, UpdateAgentRecallFlow, UpdateRecallFlow};
use crate::generated::responses::RecallFlowDetail;
use crate::request::check::Rules;
use crate::request::json::Json;
use crate::request::read::{self, Carried, ReadObject};
use crate::request::source::Form;
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
    /// type. A response with a page of nodes lacks such fields. An update without them could erase data. The flow must not
    /// have fields of an AI Agent flow; use [`to_agent_update`](Self::to_agent_update) for one.
    pub fn to_update(&self) -> Result<UpdateRecallFlow, Error> {
        self.read_update::<_, UpdateAgentRecallFlow>()
    }

    /// Returns an update with the values of this AI Agent flow and all its nodes, as [`to_update`](Self::to_update) does for
    /// a flow with voice nodes.
    ///
    /// # Errors
    ///
    /// As [`to_update`](Self::to_update). The flow must not have fields of a voice node.
    pub fn to_agent_update(&self) -> Result<UpdateAgentRecallFlow, Error> {
        self.read_update::<_, UpdateRecallFlow>()
    }

    /// Reads the flow as the request `T`, unless it has fields that only the request `Other` has.
    fn read_update<T: ReadObject + Rules, Other: ReadObject + Rules>(&self) -> Result<T, Error> {
        // The wire form also contains the values of unexpected types from `extra`.
        let json = to_json_bytes(self)?;
        let source = Json::parse(&json, Form::Wire)?;
        let Carried { foreign, read } = read::read_response::<T>(&source, Self::SHAPE);
        let other = read::read_response::<Other>(&source, Self::SHAPE).foreign;
        choose_update(&[&foreign, &other], Some(0))?;
        read.map_err(Error::invalid_request)
    }
}

/// Chooses among the requests that write a response back: the one at the position `wanted`, or the first one that fits.
/// `foreign` has, for each request, the fields of the response that it lacks, each with the type that has it.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if the request lacks a field, or no request has all fields.
pub(crate) fn choose_update(foreign: &[&[(String, &str)]], wanted: Option<usize>) -> Result<usize, Error> {
    let refuse = |path: &str, message| {
        Err(Error::invalid_request(vec![Violation { path: path.to_owned(), rule: Rule::Type, message }]))
    };
    if let [[one, ..], [other, ..], ..] = foreign
        && foreign.iter().all(|lacking| !lacking.is_empty())
    {
        let message = format!(
            "the response mixes two kinds of updates: `{}` is a field of `{}`, and `{}` is a field of `{}`",
            one.0, one.1, other.0, other.1
        );
        return refuse("", message);
    }
    let chosen = wanted.or_else(|| foreign.iter().position(|lacking| lacking.is_empty())).unwrap_or(0);
    match foreign[chosen] {
        [] => Ok(chosen),
        [(path, owner), ..] => {
            refuse(path, format!("`{path}` is a field of `{owner}`, so the response is of another kind"))
        }
    }
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
