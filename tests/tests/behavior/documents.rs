//! The examples of the vendor's documents, byte for byte.

use recallflow::{Error, GroupCallQuery, GroupCallTask, RecallFlowDetailQuery, TaskStatus, UpdateRecallFlow};
use recallflow_sandbox::Fault;
use serde_json::Value;

use super::sandbox_and_client;

/// Returns the example of a document from the spec.
fn example(operation: &str, source: &str) -> (String, String) {
    let service: Value =
        serde_json::from_str(include_str!("../../../crates/sandbox/src/generated/service.json")).unwrap();
    let operations = service["operations"].as_array().unwrap();
    let operation = operations.iter().find(|item| item["name"] == operation).unwrap();
    let example = operation["examples"].as_array().unwrap().iter().find(|item| item["source"] == source).unwrap();
    let text = |name: &str| example[name].as_str().unwrap().to_owned();
    (text("request"), text("response"))
}

/// Removes white space from JSON and keeps the order of its fields.
fn minified(json: &str) -> String {
    let mut in_text = false;
    let kept = json.chars().filter(|c| {
        in_text ^= *c == '"';
        in_text || !c.is_whitespace()
    });
    kept.collect()
}

#[tokio::test]
async fn the_requests_of_000_001_and_004_are_sent_byte_for_byte() {
    let (sandbox, client) = sandbox_and_client().await;
    for source in ["000", "001"] {
        let (request, _) = example("query_recall_flow_detail", source);
        client.execute(&RecallFlowDetailQuery::from_json(&request).unwrap()).await.unwrap();
        assert_eq!(sandbox.requests().pop().unwrap().body, minified(&request));
    }
    let (request, _) = example("query_group_calls", "004");
    client.query_group_calls(&GroupCallQuery::from_json(&request).unwrap()).await.unwrap();
    assert_eq!(sandbox.requests().pop().unwrap().body, minified(&request));
}

#[tokio::test]
async fn the_request_of_002_is_sent_without_its_nulls() {
    let (sandbox, client) = sandbox_and_client().await;
    let (request, _) = example("update_recall_flow", "002");
    let update = UpdateRecallFlow::from_json(&request).unwrap();
    assert_eq!(update.validate(), []);
    assert_eq!(update.warnings(), []);
    client.update_recall_flow(&update).await.unwrap();
    let mut documented: Value = serde_json::from_str(&request).unwrap();
    documented["nodeList"][0].as_object_mut().unwrap().retain(|_, value| !value.is_null());
    assert_eq!(sandbox.requests().pop().unwrap().json(), Some(documented));
}

#[tokio::test]
async fn every_value_of_the_example_responses_is_read() {
    let (sandbox, client) = sandbox_and_client().await;
    for source in ["000", "001"] {
        let (_, response) = example("query_recall_flow_detail", source);
        sandbox.script([Fault::body(response)]);
        let detail = client.query_recall_flow_detail(12).await.unwrap();
        assert_eq!(detail.total, Some(574));
        assert_eq!(detail.search_count, Some(true));
        let [node] = detail.node_list.as_slice() else { panic!("{detail:?}") };
        assert_eq!(node.voice_file_id.as_deref(), Some("120250811103439c1901f4c53b691b419ad8a143b.wav"));
        assert_eq!(node.hang_up_sms, Some(false));
        assert!(node.extra.is_empty() && detail.extra.is_empty());
    }
    let (_, response) = example("query_group_calls", "004");
    let documented: Value = serde_json::from_str(&response).unwrap();
    sandbox.script([Fault::body(response)]);
    let query = GroupCallQuery::from_json(&example("query_group_calls", "004").0).unwrap();
    let page = client.query_group_calls(&query).await.unwrap();
    let task: &GroupCallTask = &page.records[0];
    assert_eq!(task.status, Some(TaskStatus::Finished));
    assert_eq!(serde_json::to_value(task).unwrap(), documented["data"]["records"][0]);
    let (_, response) = example("update_recall_flow", "002");
    sandbox.script([Fault::body(response)]);
    client.update_recall_flow(&super::update()).await.unwrap();
}

#[test]
fn the_sandbox_accepts_the_documented_signature_only() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let sandbox = recallflow_sandbox::Sandbox::builder()
            .clock(recallflow_sandbox::Clock::fixed(1_630_468_800))
            .start()
            .await
            .unwrap();
        let documented = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_630_468_800);
        let client = |secret| {
            recallflow::Client::builder("bDqJFiq9", secret)
                .base_url(sandbox.url())
                .clock(move || documented)
                .build()
                .unwrap()
        };
        client("7bz1lzh9").query_recall_flow_detail(12).await.unwrap();
        assert_eq!(sandbox.requests()[0].header("Timestamp"), Some("1630468800"));
        let error = client("7bz1lzh8").query_recall_flow_detail(12).await.unwrap_err();
        assert_eq!(error.code(), Some(-1));
        assert!(matches!(error, Error::Api(_)));
    });
}
