//! The recall flows of the sandbox, in the service's JSON.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Map, Value, json};

use crate::cancel::nodes_of;
use crate::clock::civil;
use crate::generated::protocol::{Progress, Shape};
use crate::json::{integer, member};
use crate::magic;
use crate::progress::{Moment, Schedule, Stage};

/// The only status in which a flow can be updated, and a flow or a node canceled.
pub(crate) const PENDING: i64 = 0;

/// The status of a flow or a node whose calls are being made.
const IN_PROGRESS: i64 = 1;

/// The status of a flow or a node whose calls are done.
const COMPLETED: i64 = 2;

/// The field of a seed's flow that holds its schedule. Responses do not contain it.
const PROGRESS: &str = "progress";

/// The fields of a flow that only lists show. The others are those of the flow itself.
const LISTED_FIELDS: [&str; 4] = ["taskId", "taskName", "createTime", "finishNum"];

/// The fields that a list and the flow itself show.
const COMMON_FIELDS: [&str; 5] = ["keyId", "recallType", "recallInterval", "recallNum", "status"];

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
    /// The flow would have fields of several kinds.
    Mixed(String),
}

/// All flows, by key.
#[derive(Default)]
pub(crate) struct Flows {
    pub(crate) by_key: BTreeMap<i64, Value>,
    /// The fields that only lists show, by the key of their flow. Lists leave out the flows of magic keys.
    pub(crate) listed: BTreeMap<i64, Map<String, Value>>,
    /// The schedules of the flows that may still change.
    schedules: BTreeMap<i64, Schedule>,
    /// The last keys that were assigned to a node and to its task.
    last_node_key: i64,
    last_task_id: i64,
}

impl Flows {
    /// Creates the flows. New nodes get keys after those of these flows.
    pub(crate) fn new(flows: impl IntoIterator<Item = Value>, moment: Moment) -> Self {
        let mut all = Self { last_node_key: 2000, last_task_id: 5_100_000, ..Self::default() };
        for flow in flows {
            all.insert(flow, moment);
        }
        all
    }

    /// Adds a flow, or replaces the one with its `keyId`. Returns false, and adds nothing, if the `keyId` is missing or
    /// `progress` is not a schedule. The time of creation is now, if it is missing.
    pub(crate) fn insert(&mut self, mut flow: Value, moment: Moment) -> bool {
        let (Some(key), Ok(progress)) = (integer(&flow["keyId"]), progress_of(&flow)) else { return false };
        flow.as_object_mut().map(|flow| flow.remove(PROGRESS));
        for node in flow["nodeList"].as_array().into_iter().flatten() {
            self.last_node_key = self.last_node_key.max(integer(&node["keyId"]).unwrap_or_default());
            self.last_task_id = self.last_task_id.max(integer(&node["taskId"]).unwrap_or_default());
        }
        let given = flow.as_object_mut().into_iter().flat_map(|flow| LISTED_FIELDS.map(|name| flow.remove_entry(name)));
        let mut listed: Map<_, _> = given.flatten().filter(|(_, value)| !value.is_null()).collect();
        listed.entry("createTime").or_insert_with(|| civil(moment.now).into());
        self.listed.insert(key, listed);
        self.schedules.insert(key, Schedule::new(progress, moment));
        self.by_key.insert(key, flow);
        true
    }

    /// Brings the flows to their state at this time. Flows in a final state stay.
    pub(crate) fn progress_to(&mut self, moment: Moment) {
        let Self { by_key, schedules, .. } = self;
        schedules.retain(|key, schedule| by_key.get_mut(key).is_some_and(|flow| progress_flow(flow, schedule, moment)));
    }

    /// Returns the records of a list that a query selects, the newest first. Both ends of the time span are included. A
    /// name selects flows by a part of their parent task's name, or by its ID.
    pub(crate) fn select(&self, params: &Value) -> Vec<Value> {
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        let (span, name) = (text("strTime")..=text("endTime"), text("taskName").to_lowercase());
        let task_id = name.parse::<i64>().ok();
        let is_selected = |record: &Value| {
            let task_name = record["taskName"].as_str().unwrap_or_default().to_lowercase();
            record["createTime"].as_str().is_some_and(|time| span.contains(&time))
                && (task_name.contains(&name) || task_id.is_some_and(|id| record["taskId"] == id))
        };
        let mut records: Vec<_> =
            self.listed.iter().map(|(key, listed)| self.record(*key, listed)).filter(is_selected).collect();
        records.sort_by_key(|record| {
            Reverse((record["createTime"].as_str().unwrap_or_default().to_owned(), integer(&record["keyId"])))
        });
        records
    }

    /// Returns a flow as lists show it.
    fn record(&self, key: i64, listed: &Map<String, Value>) -> Value {
        let flow = self.by_key.get(&key).unwrap_or(&Value::Null);
        let nodes = flow["nodeList"].as_array().into_iter().flatten();
        let finished = nodes.filter(|node| integer(&node["nodeStatus"]) == Some(COMPLETED)).count();
        let finished = i64::try_from(finished).unwrap_or(i64::MAX);
        let mut record: Map<_, _> = COMMON_FIELDS.iter().map(|name| ((*name).to_owned(), member(flow, name))).collect();
        record.extend(LISTED_FIELDS.map(|name| (name.to_owned(), listed.get(name).cloned().unwrap_or_default())));
        if integer(&record["finishNum"]).is_none_or(|given| given < finished) {
            record["finishNum"] = finished.into();
        }
        Value::Object(record)
    }

    /// Returns the flow with this key. Each magic key has a pending flow, so that every operation can play its fault.
    pub(crate) fn get(&self, key: i64) -> Option<Value> {
        let known = self.by_key.get(&key).cloned();
        known.or_else(|| magic::KEYS.contains(&key).then(|| magic::flow(key)))
    }

    /// Applies a valid update. `node_fields` are the fields of a node. `check` completes the new flow, and describes why it
    /// is refused.
    pub(crate) fn update(
        &mut self,
        request: &Value,
        node_fields: &[&str],
        now: i64,
        check: impl FnOnce(&mut Value) -> Option<String>,
    ) -> Result<(), UpdateError> {
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
        if let Some(mix) = check(&mut flow) {
            return Err(UpdateError::Mixed(mix));
        }
        self.by_key.insert(key, flow);
        Ok(())
    }

    /// Returns the node to keep: with all fields, and with the keys of the node at the same index, or new keys.
    fn merge_node(&mut self, request: &Value, present: Option<&Value>, fields: &[&str], now: i64) -> Value {
        // Fields that the request leaves out are null, as in the documents' example.
        let mut node: Map<_, _> = fields.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        node.extend(request.as_object().cloned().unwrap_or_default());
        node.remove(UPLOAD);
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

/// Returns the schedule in a flow of a seed.
pub(crate) fn progress_of(flow: &Value) -> serde_json::Result<Option<Progress>> {
    serde_json::from_value(member(flow, PROGRESS))
}

/// Brings a flow to its state at this time: its nodes make their calls one after the other, each for the same time. Returns
/// whether the flow may still change.
fn progress_flow(flow: &mut Value, schedule: &Schedule, moment: Moment) -> bool {
    let status = integer(&flow["status"]).unwrap_or(PENDING);
    if !is_open(status) {
        return false;
    }
    let stage = schedule.stage_at(moment, status == IN_PROGRESS);
    let reached = match stage {
        Stage::Waiting => return true,
        Stage::Calling { .. } => IN_PROGRESS,
        Stage::Finished => COMPLETED,
    };
    flow["status"] = reached.into();
    let nodes = nodes_of(flow);
    let count = i64::try_from(nodes.len()).unwrap_or(1);
    for (node, index) in nodes.iter_mut().zip(0..) {
        let reached = match stage {
            Stage::Calling { elapsed, lasts } if elapsed * count < index * lasts => continue,
            Stage::Calling { elapsed, lasts } if elapsed * count < (index + 1) * lasts => IN_PROGRESS,
            _ => COMPLETED,
        };
        if is_open(integer(&node["nodeStatus"]).unwrap_or(PENDING)) {
            node["nodeStatus"] = reached.into();
        }
    }
    is_open(reached)
}

/// Returns whether a flow or a node in this state may still change.
fn is_open(status: i64) -> bool {
    matches!(status, PENDING | IN_PROGRESS)
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
    use crate::progress::Moment;

    const FIELDS: [&str; 4] = ["source", "voiceFileId", "baseFile", "text"];

    fn update(flows: &mut Flows, request: &Value) -> Result<(), UpdateError> {
        flows.update(request, &FIELDS, 1_754_880_000, |_| None)
    }

    #[test]
    fn nodes_keep_their_keys_by_index_and_new_nodes_get_new_keys() {
        let mut flows = Flows::new(
            [json!({ "keyId": 1, "status": 0, "nodeList": [{ "keyId": 3000, "taskId": 6_000_000 }] })],
            Moment::default(),
        );
        let request = json!({ "keyId": 1, "recallNum": 2, "nodeList": [
            { "source": 3, "text": "Hi", "new": 1 }, { "source": 2, "uploadName": "hello.mp3", "baseFile": "Zm9v" }] });
        assert_eq!(update(&mut flows, &request), Ok(()));
        let expected = json!({ "keyId": 1, "status": 0, "recallNum": 2, "nodeList": [
            { "keyId": 3000, "taskId": 6_000_000, "nodeStatus": 0, "source": 3, "voiceFileId": null, "text": "Hi",
              "new": 1 },
            { "keyId": 3001, "taskId": 6_000_001, "nodeStatus": 0, "source": 2, "text": null, "uploadName": "hello.mp3",
              "voiceFileId": "1202508110240002ff23508c7ad8b1f20418f0d3d.mp3" }] });
        assert_eq!(flows.get(1), Some(expected));
    }

    #[test]
    fn a_list_selects_flows_by_time_and_by_the_name_or_id_of_their_task() {
        let flow = |key: i64, time: &str, name: &str| {
            json!({ "keyId": key, "taskId": 100 + key, "taskName": name, "createTime": time,
            "status": 1, "nodeList": [{ "nodeStatus": 2 }, { "nodeStatus": 1 }] })
        };
        let (old, new) = (flow(1, "2024-01-01 00:00:00", "Shop one"), flow(2, "2024-01-02 00:00:00", "Shop 101"));
        let mut flows = Flows::new([old, new, json!({ "keyId": 3 })], Moment { now: 1_704_153_600, advanced: 0 });
        let keys = |params: Value| {
            let mut all = json!({ "strTime": "2024-01-01 00:00:00", "endTime": "2024-01-02 00:00:00" });
            all.as_object_mut().expect("it is an object").extend(params.as_object().expect("it is one").clone());
            flows.select(&all).iter().filter_map(|record| record["keyId"].as_i64()).collect::<Vec<_>>()
        };
        assert_eq!(keys(json!({})), [3, 2, 1]);
        assert_eq!(keys(json!({ "taskName": "sHoP" })), [2, 1]);
        assert_eq!(keys(json!({ "taskName": "101" })), [2, 1]);
        assert_eq!(keys(json!({ "taskName": "102" })), [2]);
        assert_eq!(keys(json!({ "taskName": "10" })), [2]);
        assert_eq!(keys(json!({ "strTime": "2024-01-01 00:00:01" })), [3, 2]);
        assert_eq!(keys(json!({ "endTime": "2024-01-01 23:59:59" })), [1]);
        let expected = json!({ "keyId": 1, "taskId": 101, "taskName": "Shop one", "createTime": "2024-01-01 00:00:00", "status": 1,
            "finishNum": 1, "recallType": null, "recallInterval": null, "recallNum": null });
        assert_eq!(flows.record(1, &flows.listed[&1]), expected);
        assert_eq!(flows.get(1).expect("it is there").get("taskName"), None);
        assert!(flows.insert(json!({ "keyId": 1, "finishNum": 5 }), Moment::default()));
        assert_eq!(flows.record(1, &flows.listed[&1])["finishNum"], 5);
    }

    #[test]
    fn an_update_without_nodes_keeps_the_nodes() {
        let mut flows = Flows::new(
            [json!({ "keyId": 1, "status": 0, "nodeList": [{ "keyId": 7, "taskId": 8 }] })],
            Moment::default(),
        );
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
        let mut flows = Flows::new([json!({ "keyId": 1, "status": 2 })], Moment::default());
        assert_eq!(update(&mut flows, &json!({ "keyId": 1, "recallNum": 2 })), Err(UpdateError::NotPending(2)));
        assert_eq!(update(&mut flows, &json!({ "keyId": 2, "recallNum": 2 })), Err(UpdateError::Unknown));
    }

    /// Returns the status of a flow, those of its nodes, and its number of completed nodes, after time has passed.
    fn states(flows: &mut Flows, advanced: i64) -> (Value, Vec<Value>, Value) {
        flows.progress_to(Moment { now: 1000 + advanced, advanced });
        let flow = flows.get(1).expect("it is there");
        let nodes = flow["nodeList"].as_array().into_iter().flatten();
        let finished = flows.record(1, &flows.listed[&1])["finishNum"].take();
        (flow["status"].clone(), nodes.map(|node| node["nodeStatus"].clone()).collect(), finished)
    }

    fn flow_of(status: i64, nodes: [i64; 2]) -> Flows {
        let nodes = nodes.map(|status| json!({ "nodeStatus": status }));
        Flows::new([json!({ "keyId": 1, "status": status, "nodeList": nodes })], Moment { now: 1000, advanced: 0 })
    }

    #[test]
    fn a_pending_flow_calls_its_nodes_one_after_the_other() {
        let mut flows = flow_of(0, [0, 0]);
        assert_eq!(states(&mut flows, 59), (json!(0), vec![json!(0), json!(0)], json!(0)));
        assert_eq!(states(&mut flows, 60), (json!(1), vec![json!(1), json!(0)], json!(0)));
        assert_eq!(states(&mut flows, 360), (json!(1), vec![json!(2), json!(1)], json!(1)));
        assert_eq!(states(&mut flows, 660), (json!(2), vec![json!(2), json!(2)], json!(2)));
        assert!(flows.schedules.is_empty());
    }

    #[test]
    fn final_states_stay_when_time_passes() {
        for status in 2..=4 {
            let mut flows = flow_of(status, [status, 0]);
            assert_eq!(states(&mut flows, 10_000).0, json!(status));
        }
        let mut flows = flow_of(1, [2, 3]);
        assert_eq!(states(&mut flows, 600), (json!(2), vec![json!(2), json!(3)], json!(1)));
    }

    #[test]
    fn a_canceled_flow_makes_no_progress() {
        let mut flows = flow_of(0, [0, 0]);
        assert_eq!(states(&mut flows, 30).0, json!(0));
        assert_eq!(flows.cancel(&json!({ "type": 1, "id": 1 })), Ok(()));
        assert_eq!(states(&mut flows, 10_000), (json!(3), vec![json!(3), json!(3)], json!(0)));
    }

    #[test]
    fn a_flow_with_progress_follows_the_clock() {
        let flow = json!({ "keyId": 1, "status": 0, "progress": { "startsAfter": 5, "lasts": 10 } });
        let mut flows = Flows::new([flow], Moment { now: 990, advanced: 0 });
        assert_eq!(flows.get(1), Some(json!({ "keyId": 1, "status": 0 })));
        assert_eq!(states(&mut flows, 0).0, json!(1));
        assert_eq!(states(&mut flows, 5).0, json!(2));
        assert!(!flows.insert(json!({ "keyId": 2, "progress": { "lasts": "long" } }), Moment::default()));
    }
}
