//! The request types by the names that the vectors use.

use recallflow::{
    Error, GroupCallQuery, RecallFlowDetailQuery, RecallNode, UpdateRecallFlow, Violation, Warning, blocking,
};
use serde::Deserialize;
use serde_json::Value;

/// A request as a case gives it: as JSON, or as text where JSON values would not keep what matters.
#[derive(Deserialize)]
pub(crate) struct Given {
    r#type: Type,
    #[serde(default, deserialize_with = "recallflow_tests::even_null")]
    json: Option<Value>,
    text: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
enum Type {
    UpdateRecallFlow,
    RecallNode,
    GroupCallQuery,
    RecallFlowDetailQuery,
}

/// A request of any type.
pub(crate) enum Request {
    Update(UpdateRecallFlow),
    Node(RecallNode),
    GroupCalls(GroupCallQuery),
    Detail(RecallFlowDetailQuery),
}

impl Given {
    /// Reads the request strictly, as it would be read from a log or a fixture.
    pub(crate) fn read(&self) -> Result<Request, Error> {
        let text = match (&self.json, &self.text) {
            (Some(json), None) => json.to_string(),
            (None, Some(text)) => text.clone(),
            _ => panic!("a case has either `json` or `text`"),
        };
        Ok(match self.r#type {
            Type::UpdateRecallFlow => Request::Update(UpdateRecallFlow::from_json(&text)?),
            Type::RecallNode => Request::Node(RecallNode::from_json(&text)?),
            Type::GroupCallQuery => Request::GroupCalls(GroupCallQuery::from_json(&text)?),
            Type::RecallFlowDetailQuery => Request::Detail(RecallFlowDetailQuery::from_json(&text)?),
        })
    }
}

/// Does the same with a request of any type.
macro_rules! with {
    ($request:expr, $inner:ident => $result:expr) => {
        match $request {
            Request::Update($inner) => $result,
            Request::Node($inner) => $result,
            Request::GroupCalls($inner) => $result,
            Request::Detail($inner) => $result,
        }
    };
}

impl Request {
    pub(crate) fn violations(&self) -> Vec<Violation> {
        with!(self, request => request.validate())
    }

    pub(crate) fn warnings(&self) -> Vec<Warning> {
        with!(self, request => request.warnings())
    }

    pub(crate) fn to_json(&self) -> String {
        with!(self, request => serde_json::to_string(request)).expect("every request has a JSON form")
    }

    /// Sends the request and tells what went wrong; `None` for a node, which is only a part of one.
    pub(crate) fn send(&self, client: &blocking::Client) -> Option<Result<(), Error>> {
        match self {
            Request::Update(request) => Some(client.execute(request)),
            Request::GroupCalls(request) => Some(client.execute(request).map(drop)),
            Request::Detail(request) => Some(client.execute(request).map(drop)),
            Request::Node(_) => None,
        }
    }
}
