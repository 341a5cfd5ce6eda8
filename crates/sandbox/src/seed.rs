//! Seeds: the flows and tasks of a sandbox when it starts. The default seed completes the documents' examples, so that
//! the documents' requests get the documents' responses.

use std::fmt::Display;
use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::check;
use crate::clock::civil;
use crate::generated::protocol::{Progress, SEED, Seed, SeedTask};
use crate::kind::ProtocolKind;
use crate::language::Language;
use crate::service::{ServiceExample, ServiceModel};
use crate::system;
use crate::tasks::TaskCounts;

/// The status of the documents' example node and of its flow.
const COMPLETED: i64 = 2;

/// The end of the span in the documents' example query, 2024-06-03 15:13:01, as Unix time.
const EXAMPLE_END: i64 = 1_717_427_581;

/// Seconds between two seeded tasks, all of which the documents' example query finds.
const TASK_DISTANCE: i64 = 23_000;

impl Seed {
    /// Returns the default seed, with the documents' examples.
    ///
    /// - Flow 12 has the node of the documents' response. Flow 299 is pending and has the node of the documents'
    ///   update. Flows 300 to 304 have each status once, and the pending 300 has a node of every kind. Flow 305 is a
    ///   pending AI Agent flow. Their parent tasks are the newest of the 574 tasks but one.
    /// - The documents' example query finds 574 tasks in 58 pages, the example's task first. The documents' task was
    ///   created a day after the end of the queried span. The sandbox does not change either text, and files the task
    ///   at the end of the span.
    /// - Three more tasks make progress while the sandbox runs: one is being called, one begins after a minute, and one
    ///   was finished the day before.
    #[must_use]
    pub fn documents() -> Self {
        Self { flows: document_flows(), tasks: document_tasks() }
    }

    /// Parses the JSON of a seed file. The error names the wrong field.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let given = serde_json::from_str(text).map_err(|error| format!("could not parse JSON: {error}"))?;
        let checked =
            check::value(Language::Json, &ProtocolKind::Object(SEED), &given, "seed").map_err(|wrong| wrong.message)?;
        serde_json::from_value(checked).map_err(|error| error.to_string())
    }

    /// Reads a seed file. A file that is not a seed is an error of the kind `InvalidData`.
    pub fn from_file(path: &Path) -> io::Result<Self> {
        let named = |kind, error: &dyn Display| {
            io::Error::new(kind, format!("could not read the seed file {}: {error}", path.display()))
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            // The number of a refusal is kept, because the file is not the cause.
            if system::is_refusal(&error) { error } else { named(error.kind(), &error) }
        })?;
        Self::from_json(&text).map_err(|error| named(io::ErrorKind::InvalidData, &error))
    }
}

/// Returns the documents' example of an operation: its request and the `data` of its response.
fn example(operation: &str) -> (Value, Value) {
    let example = ServiceModel::get().operation(operation).and_then(|operation| operation.examples.first());
    let parsed = |text: fn(&ServiceExample) -> &str| {
        example.and_then(|example| serde_json::from_str(text(example)).ok()).unwrap_or(Value::Null)
    };
    let response = parsed(|example| &example.response);
    (parsed(|example| &example.request), response["data"].clone())
}

/// Returns the fields of a page in the documents' example, without its nodes.
pub(crate) fn example_paging() -> Map<String, Value> {
    let (_, mut data) = example("query_recall_flow_detail");
    data.as_object_mut()
        .map(std::mem::take)
        .unwrap_or_default()
        .into_iter()
        .filter(|(name, _)| name != "records")
        .collect()
}

fn document_flows() -> Vec<Value> {
    let (query, page) = example("query_recall_flow_detail");
    let (update, _) = example("update_recall_flow");
    let node = page["records"][0].clone();
    let edited = merge_members(&update["nodeList"][0], json!({ "keyId": 1900, "taskId": 5_009_900, "nodeStatus": 0 }));
    let mut flows = vec![
        (query["keyId"].clone(), COMPLETED, vec![node.clone()]),
        (update["keyId"].clone(), 0, vec![edited]),
        (300.into(), 0, nodes_of_every_kind(&node).to_vec()),
    ];
    for status in 1..=4 {
        let key = 300 + status;
        let keys = json!({ "keyId": 1900 + key, "taskId": 5_009_900 + key, "nodeStatus": status });
        flows.push((key.into(), status, vec![merge_members(&node, keys)]));
    }
    flows.push((305.into(), 0, vec![json!({ "keyId": 2205, "taskId": 5_010_205, "nodeStatus": 0, "scriptId": 56 })]));
    let mut flows: Vec<_> = flows
        .into_iter()
        .zip(1..)
        .map(|((key, status, nodes), age)| document_flow(&key, status, &nodes, age))
        .collect();
    if let Some(agent) = flows.last_mut() {
        agent["recallIntent"] = json!(["101"]);
    }
    flows
}

/// Returns a flow whose parent task is the one of this age. The flow was created a minute after it.
fn document_flow(key: &Value, status: i64, nodes: &[Value], age: i64) -> Value {
    let (_, page) = example("query_group_calls");
    let example_id = page["records"][0]["taskId"].as_i64().unwrap_or_default();
    let created = EXAMPLE_END - age * TASK_DISTANCE;
    json!({ "keyId": key, "recallInterval": 30, "recallNum": nodes.len().max(1), "recallType": 0, "status": status, "nodeList": nodes,
        "taskId": example_id - age, "taskName": task_name(created), "createTime": civil(created + 60) })
}

/// Returns a node that plays a file, one that speaks text and sends an SMS, and one that plays an uploaded file and
/// transfers to agents.
fn nodes_of_every_kind(file: &Value) -> [Value; 3] {
    let pending = |key: i64, members: Value| {
        let keys = json!({ "keyId": key, "taskId": 5_008_000 + key, "nodeStatus": 0 });
        merge_members(&merge_members(file, keys), members)
    };
    [
        pending(1911, json!({})),
        pending(
            1912,
            json!({ "source": 3, "voiceFileId": null, "text": "Dear customer, your order has arrived.", "lan": "EN",
                "speakingRate": 1.25, "ssmlGender": 2, "accent": 44, "hangUpSms": 1, "smsContent": "Order ${text1} has arrived.",
                "senderId": "Shop", "feedbackPush": 1, "feedbackValue": "1", "successPush": 1, "successPushTime": 10,
                "failedPush": 0, "ringPush": 0 }),
        ),
        pending(
            1913,
            json!({ "source": 2, "uploadName": "reminder.wav", "toSeat": 1, "sipGroupId": 1_000_038, "outboundControl": 1,
                "calloutRate": 10, "toSeatType": 2, "toSeatKey": "9", "delayTransfer": 3 }),
        ),
    ]
}

/// Returns an object with these members, which replace its own.
fn merge_members(object: &Value, members: Value) -> Value {
    let mut object = object.clone();
    if let (Some(object), Value::Object(members)) = (object.as_object_mut(), members) {
        object.extend(members);
    }
    object
}

fn document_tasks() -> Vec<SeedTask> {
    let (query, page) = example("query_group_calls");
    let total = page["total"].as_i64().unwrap_or_default();
    let record = page["records"][0].as_object().cloned().unwrap_or_default();
    let example_id = record.get("taskId").and_then(Value::as_i64).unwrap_or_default();
    let filed_at = query["params"]["endTime"].as_str().map(str::to_owned);
    let example = SeedTask { record, filed_at, app_id: Some(1000), audio: None, progress: None };
    let older = (1..total).map(|age| older_task(age, example_id - age));
    let running = [(0, 600), (60, 600), (-86_400, 3600)].into_iter().zip(1..);
    let running = running.map(|((starts_after, lasts), number)| SeedTask {
        progress: Some(Progress { starts_after, lasts }),
        ..task(
            example_id + 1000 + number,
            &format!("sandbox-{number}-agent"),
            TaskCounts { numbers: 1000, called: 0, succeeded: 0 },
        )
    });
    std::iter::once(example).chain(older).chain(running).collect()
}

fn task(id: i64, name: &str, counts: TaskCounts) -> SeedTask {
    let mut record = counts.figures();
    record.extend([
        ("taskId".to_owned(), id.into()),
        ("taskName".to_owned(), name.into()),
        ("scriptId".to_owned(), (50 + id % 9).into()),
        ("taskType".to_owned(), 3.into()),
    ]);
    SeedTask {
        record,
        filed_at: None,
        app_id: Some(1000 + id % 3),
        audio: Some(format!("greeting-{}.wav", id % 5)),
        progress: None,
    }
}

/// Returns the name of a task. As in the example, it is the time shortly before its creation.
fn task_name(created: i64) -> String {
    format!("{}-agent", civil(created - 19))
}

/// Returns an invented task that depends only on its age. Most are finished, and the other statuses take turns.
fn older_task(age: i64, id: i64) -> SeedTask {
    let status = match age % 20 {
        remainder @ (0 | 1 | 3..=6) => remainder,
        _ => 2,
    };
    let numbers = 10 + age * 37 % 490;
    let called = match status {
        0 | 3 | 6 => 0,
        2 => numbers,
        _ => numbers / 2,
    };
    let counts = TaskCounts { numbers, called, succeeded: called * (60 + age % 36) / 100 };
    let created = EXAMPLE_END - age * TASK_DISTANCE;
    let mut task = task(id, &task_name(created), counts);
    task.record.insert("status".to_owned(), status.into());
    task.record.insert("createdTime".to_owned(), civil(created).into());
    task
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{EXAMPLE_END, Seed, example};
    use crate::clock::civil;
    use crate::generated::protocol::Shape;
    use crate::operations::{self, ServiceState};
    use crate::service::ServiceModel;
    use crate::tasks::TaskCounts;

    #[test]
    fn the_documents_query_gets_the_documents_response() {
        let (query, expected) = example("query_group_calls");
        assert_eq!(query["params"]["endTime"], civil(EXAMPLE_END));
        let operation = ServiceModel::get().operation("query_group_calls").expect("the operation exists");
        let mut state = ServiceState::new(&Seed::documents(), Shape::Flat, 1_800_000_000);
        let response = operations::perform(operation, &query, &mut state, 1_800_000_000).expect("it is performed");
        let page = serde_json::from_str::<Value>(&response).expect("it is JSON")["data"].take();
        assert_eq!(page["records"][0], expected["records"][0]);
        assert_eq!(page["records"].as_array().map(Vec::len), Some(10));
        for name in ["total", "size", "current", "searchCount", "pages"] {
            assert_eq!(page[name], expected[name], "{name}");
        }
    }

    #[test]
    fn figures_match_the_documents_example() {
        let (_, page) = example("query_group_calls");
        for (name, figure) in (TaskCounts { numbers: 10, called: 10, succeeded: 8 }).figures() {
            assert_eq!(figure, page["records"][0][&name], "{name}");
        }
    }

    #[test]
    fn every_status_of_tasks_and_flows_occurs() {
        let seed = Seed::documents();
        for status in 0..=6 {
            assert!(seed.tasks.iter().any(|task| task.record.get("status") == Some(&json!(status))), "task {status}");
        }
        for status in 0..=4 {
            assert!(seed.flows.iter().any(|flow| flow["status"] == status), "flow {status}");
        }
    }

    #[test]
    fn a_seed_is_the_same_after_writing_and_reading() {
        let seed = Seed::documents();
        let text = serde_json::to_string(&seed).expect("a seed can be written");
        assert_eq!(Seed::from_json(&text).expect("a seed can be read"), seed);
        assert!(Seed::from_json(r#"{"flow":[]}"#).is_err());
    }
}
