//! The recall flows of the sandbox, in the service's JSON.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Map, Value, json};

use crate::clock::civil;
use crate::generated::protocol::Shape;
use crate::json::{integer, member};
use crate::magic;

/// The only status of a flow that can be updated.
const PENDING: i64 = 0;

/// The field of a request's node that holds a voice file. Responses do not contain it.
const UPLOAD: &str = "baseFile";

impl Shape {
    /// All shapes, with their names on the command line and in JSON.
    pub const ALL: [(&'static str, Self); 3] =
        [("flat", Self::Flat), ("page", Self::Page), ("flat-with-paging", Self::FlatWithPaging)];

    /// Returns a flow in this shape, with these fields of a page.
    pub(crate) fn apply(self, flow: Value, paging: &Map<String, Value>) -> Value {
        let mut shaped = match self {
            Self::Flat => return flow,
            Self::Page => json!({ "records": member(&flow, "nodeList") }),
            Self::FlatWithPaging => flow,
        };
        if let Some(shaped) = shaped.as_object_mut() {
            shaped.extend(paging.clone());
        }
        shaped
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, shape)| shape).ok_or_else(|| {
            let names = Self::ALL.map(|(known, _)| known).join(", ");
            format!("expected a shape ({names}), got {name}")
        })
    }
}

/// The reason why an update is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum UpdateError {
    Unknown,
    NotPending(i64),
}

/// All flows, by key.
#[derive(Default)]
pub(crate) struct Flows {
    by_key: BTreeMap<i64, Value>,
    /// The last keys that were assigned to a node and to its task.
    last_node_key: i64,
    last_task_id: i64,
}

impl Flows {
    /// Creates the flows. New nodes get keys after those of these flows.
    pub(crate) fn new(flows: impl IntoIterator<Item = Value>) -> Self {
        let mut all = Self { last_node_key: 2000, last_task_id: 5_100_000, ..Self::default() };
        for flow in flows {
            all.insert(flow);
        }
        all
    }

    /// Adds a flow, or replaces the one with its `keyId`. Returns false, and adds nothing, if the `keyId` is missing.
    pub(crate) fn insert(&mut self, flow: Value) -> bool {
        let Some(key) = integer(&flow["keyId"]) else { return false };
        for node in flow["nodeList"].as_array().into_iter().flatten() {
            self.last_node_key = self.last_node_key.max(integer(&node["keyId"]).unwrap_or_default());
            self.last_task_id = self.last_task_id.max(integer(&node["taskId"]).unwrap_or_default());
        }
        self.by_key.insert(key, flow);
        true
    }

    /// Returns the flow with this key. Each magic key has a pending flow, so that every operation can play its fault.
    pub(crate) fn get(&self, key: i64) -> Option<Value> {
        let known = self.by_key.get(&key).cloned();
        known.or_else(|| magic::KEYS.contains(&key).then(|| magic::flow(key)))
    }

    /// Applies a valid update. `node_fields` are the fields of a node.
    pub(crate) fn update(&mut self, request: &Value, node_fields: &[&str], now: i64) -> Result<(), UpdateError> {
        let key = integer(&request["keyId"]).ok_or(UpdateError::Unknown)?;
        let mut flow = self.get(key).ok_or(UpdateError::Unknown)?;
        let status = integer(&flow["status"]).unwrap_or(PENDING);
        if status != PENDING {
            return Err(UpdateError::NotPending(status));
        }
        for (name, value) in request.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            flow[name] = match value.as_array() {
                Some(nodes) if name == "nodeList" => {
                    let present = flow["nodeList"].as_array().cloned().unwrap_or_default();
                    let node = |(index, node)| self.merge_node(node, present.get(index), node_fields, now);
                    nodes.iter().enumerate().map(node).collect()
                }
                _ => value.clone(),
            };
        }
        self.by_key.insert(key, flow);
        Ok(())
    }

    /// Returns the node to keep: with all fields, and with the keys of the node at the same index, or new keys.
    fn merge_node(&mut self, request: &Value, present: Option<&Value>, fields: &[&str], now: i64) -> Value {
        let kept = fields.iter().filter(|name| **name != UPLOAD);
        let mut node: Map<_, _> = kept.map(|name| ((*name).to_owned(), member(request, name))).collect();
        if let Some(file) = request[UPLOAD].as_str() {
            let name = request["uploadName"].as_str().unwrap_or_default();
            node.insert("voiceFileId".to_owned(), voice_file_id(file, name, now).into());
        }
        let kept = |name: &str| present.map(|present| member(present, name)).filter(|value| !value.is_null());
        let (key, task) = match (kept("keyId"), kept("taskId")) {
            (Some(key), Some(task)) => (key, task),
            _ => self.new_keys(),
        };
        node.insert("keyId".to_owned(), key);
        node.insert("taskId".to_owned(), task);
        node.insert("nodeStatus".to_owned(), PENDING.into());
        Value::Object(node)
    }

    fn new_keys(&mut self) -> (Value, Value) {
        self.last_node_key += 1;
        self.last_task_id += 1;
        (self.last_node_key.into(), self.last_task_id.into())
    }
}

/// Returns the ID of an uploaded file in the form of the documents' example: `1`, a time, 26 digits, an extension.
fn voice_file_id(file: &str, name: &str, now: i64) -> String {
    let time: String = civil(now).chars().filter(char::is_ascii_digit).collect();
    let mut digest = crate::auth::md5_hex(file.as_bytes());
    digest.truncate(26);
    let extension = name.rsplit_once('.').map_or("wav", |(_, extension)| extension);
    format!("1{time}{digest}.{extension}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Flows, UpdateError};

    const FIELDS: [&str; 4] = ["source", "voiceFileId", "baseFile", "text"];

    fn update(flows: &mut Flows, request: &Value) -> Result<(), UpdateError> {
        flows.update(request, &FIELDS, 1_754_880_000)
    }

    #[test]
    fn nodes_keep_their_keys_by_index_and_new_nodes_get_new_keys() {
        let mut flows =
            Flows::new([json!({ "keyId": 1, "status": 0, "nodeList": [{ "keyId": 3000, "taskId": 6_000_000 }] })]);
        let request = json!({ "keyId": 1, "recallNum": 2, "nodeList": [
            { "source": 3, "text": "Hi" }, { "source": 2, "uploadName": "hello.mp3", "baseFile": "Zm9v" }] });
        assert_eq!(update(&mut flows, &request), Ok(()));
        let expected = json!({ "keyId": 1, "status": 0, "recallNum": 2, "nodeList": [
            { "keyId": 3000, "taskId": 6_000_000, "nodeStatus": 0, "source": 3, "voiceFileId": null, "text": "Hi" },
            { "keyId": 3001, "taskId": 6_000_001, "nodeStatus": 0, "source": 2, "text": null,
              "voiceFileId": "1202508110240002ff23508c7ad8b1f20418f0d3d.mp3" }] });
        assert_eq!(flows.get(1), Some(expected));
    }

    #[test]
    fn an_update_without_nodes_keeps_the_nodes() {
        let mut flows = Flows::new([json!({ "keyId": 1, "status": 0, "nodeList": [{ "keyId": 7, "taskId": 8 }] })]);
        assert_eq!(update(&mut flows, &json!({ "keyId": 1, "recallNum": 2, "nodeList": null })), Ok(()));
        assert_eq!(
            flows.get(1),
            Some(json!({ "keyId": 1, "status": 0, "recallNum": 2, "nodeList": [{ "keyId": 7, "taskId": 8 }] }))
        );
        assert_eq!(update(&mut flows, &json!({ "keyId": 1, "nodeList": [] })), Ok(()));
        assert_eq!(flows.get(1).expect("it is kept")["nodeList"], json!([]));
    }

    #[test]
    fn an_update_needs_a_known_pending_flow() {
        let mut flows = Flows::new([json!({ "keyId": 1, "status": 2 })]);
        assert_eq!(update(&mut flows, &json!({ "keyId": 1, "recallNum": 2 })), Err(UpdateError::NotPending(2)));
        assert_eq!(update(&mut flows, &json!({ "keyId": 2, "recallNum": 2 })), Err(UpdateError::Unknown));
    }
}
