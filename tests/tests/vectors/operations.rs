//! Operations by name, called with any valid request, for cases in which only the response matters.

use recallflow::blocking::{self, Client};
use recallflow::{
    ClientBuilder, Error, Extra, GroupCallPage, GroupCallQuery, RecallFlowDetail, RecallType, UpdateRecallFlow,
};
use recallflow_sandbox::{Fault, Sandbox};
use serde::Deserialize;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    QueryGroupCalls,
    QueryRecallFlowDetail,
    UpdateRecallFlow,
}

/// A response of any operation.
#[derive(Debug, PartialEq)]
pub(crate) enum Response {
    GroupCalls(GroupCallPage),
    Detail(RecallFlowDetail),
    Update,
}

impl Operation {
    pub(crate) const ALL: [Self; 3] = [Self::QueryGroupCalls, Self::QueryRecallFlowDetail, Self::UpdateRecallFlow];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::QueryGroupCalls => "query_group_calls",
            Self::QueryRecallFlowDetail => "query_recall_flow_detail",
            Self::UpdateRecallFlow => "update_recall_flow",
        }
    }

    pub(crate) fn call(self, client: &blocking::Client) -> Result<Response, Error> {
        match self {
            Self::QueryGroupCalls => {
                let query = GroupCallQuery::new("2024-01-01 00:00:00".parse()?, "2024-06-03 15:13:01".parse()?);
                client.query_group_calls(&query).map(Response::GroupCalls)
            }
            Self::QueryRecallFlowDetail => client.query_recall_flow_detail(12).map(Response::Detail),
            Self::UpdateRecallFlow => client
                .update_recall_flow(&UpdateRecallFlow::new(299, 30, 1, RecallType::All))
                .map(|()| Response::Update),
        }
    }

    /// Reads a response from its wire form.
    pub(crate) fn read(self, wire: &str) -> serde_json::Result<Response> {
        Ok(match self {
            Self::QueryGroupCalls => Response::GroupCalls(serde_json::from_str(wire)?),
            Self::QueryRecallFlowDetail => Response::Detail(serde_json::from_str(wire)?),
            Self::UpdateRecallFlow => Response::Update,
        })
    }
}

impl Response {
    /// Returns the wire format.
    pub(crate) fn to_json(&self) -> String {
        match self {
            Self::GroupCalls(page) => serde_json::to_string(page),
            Self::Detail(detail) => serde_json::to_string(detail),
            Self::Update => serde_json::to_string(&()),
        }
        .expect("every response has a JSON form")
    }

    /// Returns the sorted paths of everything in an `extra`.
    pub(crate) fn extra(&self) -> Vec<String> {
        let mut paths = match self {
            Self::GroupCalls(page) => paths(&page.extra, "records", page.records.iter().map(|record| &record.extra)),
            Self::Detail(detail) => paths(&detail.extra, "nodeList", detail.node_list.iter().map(|node| &node.extra)),
            Self::Update => Vec::new(),
        };
        paths.sort();
        paths
    }
}

fn paths<'a>(own: &'a Extra, list: &str, items: impl Iterator<Item = &'a Extra>) -> Vec<String> {
    let inner =
        items.enumerate().flat_map(|(index, extra)| extra.names().map(move |name| format!("{list}[{index}].{name}")));
    own.names().map(str::to_owned).chain(inner).collect()
}

/// Calls an operation that receives this response, with a new client.
pub(crate) fn play(
    sandbox: &Sandbox,
    operation: Operation,
    scripted: Fault,
    options: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Response, Error> {
    let builder = Client::builder(sandbox.api_key(), sandbox.api_secret()).base_url(sandbox.url()).max_retries(0);
    let client = options(builder).build_blocking()?;
    sandbox.reset();
    sandbox.script([scripted]);
    operation.call(&client)
}
