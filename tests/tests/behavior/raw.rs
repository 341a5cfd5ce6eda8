//! The HTTP response behind a result or an error.

use std::time::Duration;

use recallflow::{CancelRecallFlow, CancelScope, Client, RecallFlowDetailQuery};
use recallflow_sandbox::Fault;

use super::canary::{SECRET, canary_sandbox};
use super::{builder, sandbox_and_client, update};

#[tokio::test]
async fn a_raw_response_has_status_headers_body_and_the_parsed_value() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([Fault::Status(503)]);
    let response = client.execute_raw(&RecallFlowDetailQuery::new(299)).await.unwrap();
    assert_eq!((response.http_status, response.attempts), (200, 2));
    assert_eq!(response.headers["content-type"], "application/json;charset=UTF-8");
    assert!(response.headers.contains_key("date"), "{:?}", response.headers);
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body["data"]["keyId"], 299);
    assert_eq!(response.parsed, client.query_recall_flow_detail(299).await.unwrap());
    assert!(response.elapsed > Duration::ZERO);
    assert!(!format!("{response:?}").contains("keyId"), "{response:?}");
}

#[tokio::test]
async fn the_raw_response_of_an_update_has_its_body() {
    let (sandbox, client) = sandbox_and_client().await;
    let response = client.execute_raw(&CancelRecallFlow::new(CancelScope::Flow, 299)).await.unwrap();
    let () = response.parsed;
    assert!(String::from_utf8(response.body).unwrap().contains("\"code\":0"));
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_secret_in_a_header_is_redacted() {
    let (sandbox, client) = canary_sandbox().await;
    let echo = Fault::body(r#"{"code":0,"data":{"keyId":299}}"#).with_header("X-Echo", &format!("got {SECRET}"));
    sandbox.script([echo]);
    let response = client.execute_raw(&RecallFlowDetailQuery::new(299)).await.unwrap();
    assert_eq!(response.headers["x-echo"], "got [redacted]");
}

#[test]
fn a_blocking_client_returns_raw_responses() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (sandbox, _) = runtime.block_on(sandbox_and_client());
    let client = builder(&sandbox).build_blocking().unwrap();
    let response = client.execute_raw(&RecallFlowDetailQuery::new(299)).unwrap();
    assert_eq!(response.parsed.key_id, Some(299));
}

#[tokio::test]
async fn an_error_carries_the_response() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([Fault::body("<html>\nno entry</html>").with_status(403).with_header("Server", "gateway")]);
    let error = client.query_recall_flow_detail(299).await.unwrap_err();
    let response = error.response().expect("there was a response");
    assert_eq!((response.http_status, &*response.body), (403, "<html> no entry</html>"));
    assert_eq!(response.headers["server"], "gateway");

    sandbox.script([Fault::Code(-18)]);
    let unknown = client.update_recall_flow(&update()).await.unwrap_err();
    assert!(!unknown.outcome_is_known());
    assert!(unknown.response().unwrap().body.contains("-18"), "{unknown:?}");
}

#[tokio::test]
async fn an_error_without_a_whole_response_carries_none() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script(vec![Fault::Reset; 9]);
    assert!(client.query_recall_flow_detail(299).await.unwrap_err().response().is_none());
    let invalid = Client::builder("key", "secret").build().unwrap();
    let invalid = invalid.update_recall_flow(&update().recall_num(99)).await.unwrap_err();
    assert!(invalid.response().is_none());
}

#[tokio::test]
async fn the_body_of_an_error_is_limited() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([Fault::body("é".repeat(50_000)).with_status(403)]);
    let error = client.query_recall_flow_detail(299).await.unwrap_err();
    let length = error.response().unwrap().body.chars().count();
    assert!((8_000..=16_384).contains(&length), "{length}");
}
