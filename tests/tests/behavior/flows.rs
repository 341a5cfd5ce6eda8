//! The whole life of a recall flow: found, read, edited and canceled.

use recallflow::{CancelRecallFlow, CancelScope, Error, ErrorKind, RecallFlowQuery, RecallStatus};
use recallflow_sandbox::Fault;
use serde_json::json;

use crate::sandbox_and_client;

fn query() -> RecallFlowQuery {
    let time = |text: &str| text.parse().expect("it is a time");
    RecallFlowQuery::new(time("2024-01-01 00:00:00"), time("2024-06-03 15:13:01"))
}

#[tokio::test]
async fn a_flow_is_found_edited_and_canceled() {
    let (_sandbox, client) = sandbox_and_client().await;
    let page = client.query_recall_flows(&query()).await.expect("a page");
    let pending = page.records.iter().find(|flow| flow.status == Some(RecallStatus::Pending)).expect("a pending flow");
    let key = pending.key_id.expect("it has a key");
    let read = || client.query_recall_flow_detail(key);

    let update = read().await.expect("the flow").to_update().expect("it is complete");
    client.update_recall_flow(&update.recall_interval(45)).await.expect("it is pending");
    assert_eq!(read().await.expect("the flow").recall_interval, Some(45));
    client.cancel_recall_flow(&CancelRecallFlow::new(CancelScope::Flow, key)).await.expect("it is pending");
    assert_eq!(read().await.expect("the flow").status, Some(RecallStatus::Cancelled));

    let again = client.cancel_recall_flow(&CancelRecallFlow::new(CancelScope::Flow, key)).await;
    let error = again.expect_err("it is canceled");
    assert_eq!(error.kind(), ErrorKind::Parameter);
    assert!(error.to_string().contains("is not pending (status 3), only a pending flow can be canceled"), "{error}");
}

#[tokio::test]
async fn all_flows_are_read_page_by_page() {
    let (sandbox, client) = sandbox_and_client().await;
    for key in 1000..1250 {
        sandbox.insert_flow(json!({ "keyId": key, "taskName": "Spring", "createTime": "2024-02-01 00:00:00" }));
    }
    let mut flows = client.recall_flows(query().task_name("spring"));
    let mut keys = Vec::new();
    while let Some(flow) = flows.next().await {
        keys.push(flow.expect("a flow").key_id.expect("it has a key"));
    }
    assert_eq!(keys, (1000..1250).rev().collect::<Vec<_>>());
    assert!(flows.drift().is_none());
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn a_cancellation_whose_response_is_lost_is_not_repeated() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([Fault::Reset.applied()]);
    let lost = client.cancel_recall_flow(&CancelRecallFlow::new(CancelScope::Node, 1912)).await;
    assert!(matches!(lost, Err(Error::OutcomeUnknown(_))), "{lost:?}");
    assert_eq!(sandbox.requests().len(), 1);
    let nodes = client.query_recall_flow_detail(300).await.expect("the flow").node_list;
    let statuses: Vec<_> = nodes.iter().map(|node| node.node_status).collect();
    assert_eq!(statuses, [RecallStatus::Pending, RecallStatus::Cancelled, RecallStatus::Cancelled].map(Some));
}
