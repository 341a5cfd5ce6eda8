//! Request types by name.

use std::collections::BTreeMap;

use recallflow::blocking::Client;
use recallflow::{
    AgentRecallNode, Error, Extra, GroupCallQuery, RecallFlowDetailQuery, RecallNode, UpdateAgentRecallFlow,
    UpdateRecallFlow, Violation, Warning,
};
use serde::Deserialize;
use serde_json::Value;

/// A request in a case: JSON, or text if a JSON value would lose a detail such as digits.
#[derive(Deserialize)]
pub(crate) struct Given {
    r#type: Type,
    #[serde(default, deserialize_with = "recallflow_tests::even_null")]
    json: Option<Value>,
    text: Option<String>,
    /// The fields to put into `extra`, by the path of their object.
    #[serde(default)]
    extra: BTreeMap<String, Value>,
}

#[derive(Clone, Copy, Deserialize)]
enum Type {
    UpdateRecallFlow,
    UpdateAgentRecallFlow,
    RecallNode,
    AgentRecallNode,
    GroupCallQuery,
    RecallFlowDetailQuery,
}

/// A request of any type.
pub(crate) trait Request {
    fn violations(&self) -> Vec<Violation>;
    fn warnings(&self) -> Vec<Warning>;
    fn to_json(&self) -> String;
    /// Sets the `extra` of the object at a path.
    fn set_extra(&mut self, path: &str, extra: Extra);
    /// Sends the request; `None` for a node, which is only a part of a request.
    fn send(&self, client: &Client) -> Option<Result<(), Error>>;
}

impl Given {
    /// Reads the request strictly.
    pub(crate) fn read(&self) -> Result<Box<dyn Request>, Error> {
        let text = match (&self.json, &self.text) {
            (Some(json), None) => json.to_string(),
            (None, Some(text)) => text.clone(),
            _ => panic!("a case has either `json` or `text`"),
        };
        let mut request: Box<dyn Request> = match self.r#type {
            Type::UpdateRecallFlow => Box::new(UpdateRecallFlow::from_json(&text)?),
            Type::UpdateAgentRecallFlow => Box::new(UpdateAgentRecallFlow::from_json(&text)?),
            Type::AgentRecallNode => Box::new(AgentRecallNode::from_json(&text)?),
            Type::RecallNode => Box::new(RecallNode::from_json(&text)?),
            Type::GroupCallQuery => Box::new(GroupCallQuery::from_json(&text)?),
            Type::RecallFlowDetailQuery => Box::new(RecallFlowDetailQuery::from_json(&text)?),
        };
        for (path, fields) in &self.extra {
            request.set_extra(path, Extra::from_json(&fields.to_string())?);
        }
        Ok(request)
    }
}

macro_rules! request {
    ($type:ty, |$request:ident, $client:ident| $send:expr $(, $items:ident)?) => {
        impl Request for $type {
            fn violations(&self) -> Vec<Violation> {
                self.validate()
            }

            fn warnings(&self) -> Vec<Warning> {
                <$type>::warnings(self)
            }

            fn to_json(&self) -> String {
                serde_json::to_string(self).expect("every request has a JSON form")
            }

            fn set_extra(&mut self, path: &str, extra: Extra) {
                let index = path.strip_prefix("nodeList[").and_then(|rest| rest.strip_suffix(']')?.parse::<usize>().ok());
                match index {
                    $(Some(index) => self.$items.as_mut().expect("the list is there")[index].extra = extra,)?
                    _ => {
                        assert!(path.is_empty(), "no object is at {path}");
                        self.extra = extra;
                    }
                }
            }

            fn send(&self, $client: &Client) -> Option<Result<(), Error>> {
                let $request = self;
                $send
            }
        }
    };
}

request!(UpdateRecallFlow, |request, client| Some(client.execute(request)), node_list);
request!(UpdateAgentRecallFlow, |request, client| Some(client.execute(request)), node_list);
request!(AgentRecallNode, |_request, _client| None);
request!(GroupCallQuery, |request, client| Some(client.execute(request).map(drop)));
request!(RecallFlowDetailQuery, |request, client| Some(client.execute(request).map(drop)));
request!(RecallNode, |_request, _client| None);
