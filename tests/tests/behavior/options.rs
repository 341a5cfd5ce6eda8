//! Options that a client or a call has for itself, over shared connections.

use std::time::Duration;

use recallflow::{Error, ErrorKind, GroupCallQuery, OperationKind, Overrides};
use recallflow_sandbox::{Fault, RecordedRequest, Reflection, Sandbox};

use super::{builder, sandbox_and_client, update};

#[tokio::test]
async fn headers_of_a_client_and_of_a_call_reach_the_service() {
    let (sandbox, client) = sandbox_and_client().await;
    let client = client.with_options(&Overrides::new().extra_headers([("X-App", "a"), ("X-Id", "1")])).unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    let call = client.with_options(&Overrides::new().extra_headers([("x-id", "2")])).unwrap();
    call.update_recall_flow(&update()).await.unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    let sent: Vec<_> = sandbox.requests().iter().map(|request| headers(request, ["X-App", "X-Id"])).collect();
    assert_eq!(sent, [["a", "1"], ["a", "2"], ["a", "1"]]);
    assert!(sandbox.requests().iter().all(|request| request.signature_valid));
}

#[tokio::test]
async fn headers_are_sent_with_retries_pages_edits_and_other_endpoints() {
    let (sandbox, client) = sandbox_and_client().await;
    let client = client.with_options(&Overrides::new().extra_headers([("X-Id", "7")])).unwrap();
    sandbox.script([Fault::Status(503)]);
    client.query_recall_flow_detail(12).await.unwrap();
    client.group_calls(tasks()).to_list(60).await.unwrap();
    let mut edit = client.edit_recall_flow(299).await.unwrap();
    edit.draft.recall_interval = 60;
    edit.apply().await.unwrap();
    let body = serde_json::json!({ "keyId": 12 });
    let _: serde_json::Value = client.call("voice/recallFlow/queryDetail", &body, OperationKind::Query).await.unwrap();
    let requests = sandbox.requests();
    assert!(requests.len() > 6, "{}", requests.len());
    assert!(requests.iter().all(|request| headers(request, ["X-Id"]) == ["7"]));
}

#[tokio::test]
async fn no_error_shows_a_header_of_the_caller_that_the_response_echoes() {
    for reflection in [Reflection::Page, Reflection::Message] {
        let (sandbox, client) = sandbox_and_client().await;
        let overrides = Overrides::new().extra_headers([("X-Token", "caller-CANARY-1"), ("X-Debug", "on")]);
        assert!(!format!("{overrides:?}").contains("CANARY"));
        sandbox.script([Fault::Reflect(reflection)]);
        let client = client.with_options(&overrides.max_retries(0)).unwrap();
        let error = client.query_recall_flow_detail(12).await.unwrap_err();
        assert!(!format!("{error} {error:?} {client:?}").contains("CANARY"), "{error:?}");
        assert!(format!("{error:?}").to_lowercase().contains("x-token"), "{error:?}");
    }
}

#[tokio::test]
async fn clients_with_the_same_connections_share_the_rate_of_requests() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(&sandbox).max_requests_per_second(0.001).build().unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    for client in [client.clone(), client.with_options(&Overrides::new().max_retries(5)).unwrap()] {
        let error = client.query_recall_flow_detail(12).await.unwrap_err();
        assert_eq!((error.kind(), error.call().attempts), (ErrorKind::Timeout, 0));
        assert!(error.is_retryable() && error.outcome_is_known());
        assert!(error.to_string().contains("raise `max_requests_per_second` or `timeout`"), "{error}");
        let error = client.update_recall_flow(&update()).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome_is_known()), (ErrorKind::Timeout, true));
    }
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn retries_and_pages_take_turns_too() {
    let sandbox = Sandbox::start().await.unwrap();
    let slow = || builder(&sandbox).max_requests_per_second(0.001).build().unwrap();
    sandbox.script([Fault::Status(503)]);
    let error = slow().query_recall_flow_detail(12).await.unwrap_err();
    assert_eq!((error.kind(), error.call().attempts), (ErrorKind::Timeout, 1));
    let client = slow();
    let mut pages = client.group_calls(tasks().size(1));
    assert!(pages.next().await.unwrap().is_ok());
    assert_eq!(pages.next().await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn an_invalid_option_is_refused_before_anything_is_sent() {
    let (sandbox, client) = sandbox_and_client().await;
    for (overrides, expected) in [
        (Overrides::new().extra_headers([("Sign", "0")]), "`extra_headers`: the client sets `Sign` itself; remove it"),
        (Overrides::new().timeout(Duration::ZERO), "`timeout` must be greater than zero"),
        (Overrides::new().max_response_bytes(0), "`max_response_bytes` must be greater than zero"),
    ] {
        let error = client.with_options(&overrides).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_client_with_other_options_shares_the_connection_and_the_clock() {
    let (sandbox, client) = sandbox_and_client().await;
    client.query_recall_flow_detail(12).await.unwrap();
    let other = client.with_options(&Overrides::new().timeout(Duration::from_secs(5)).validate(false)).unwrap();
    assert!(other.clock_offset().is_some());
    other.query_recall_flow_detail(12).await.unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    let connections: Vec<_> = sandbox.requests().iter().map(|request| request.connection).collect();
    assert!(connections.iter().all(|connection| *connection == connections[0]), "{connections:?}");
}

#[tokio::test]
async fn each_client_has_its_own_limits() {
    let (sandbox, client) = sandbox_and_client().await;
    let small = client.with_options(&Overrides::new().max_response_bytes(64).max_retries(0)).unwrap();
    let error = small.query_recall_flow_detail(12).await.unwrap_err();
    assert!(error.to_string().contains("64 bytes"), "{error}");
    client.query_recall_flow_detail(12).await.unwrap();

    let lenient = client.with_options(&Overrides::new().validate(false)).unwrap();
    let invalid = tasks().size(101);
    assert!(matches!(client.query_group_calls(&invalid).await, Err(Error::InvalidRequest(_))));
    let sent = sandbox.requests().len();
    let _ = lenient.query_group_calls(&invalid).await;
    assert_eq!(sandbox.requests().len(), sent + 1);
}

fn tasks() -> GroupCallQuery {
    GroupCallQuery::new("2024-01-01 00:00:00".parse().unwrap(), "2024-06-03 15:13:01".parse().unwrap())
}

fn headers<const N: usize>(request: &RecordedRequest, names: [&str; N]) -> [String; N] {
    names.map(|name| request.header(name).unwrap_or_default().to_owned())
}
