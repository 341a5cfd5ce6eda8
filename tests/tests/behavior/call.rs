//! Calls of any other endpoint, beyond `call.json`.

use std::collections::{BTreeMap, HashMap};

use recallflow::{Error, ErrorKind, OperationKind};
use recallflow_sandbox::{Fault, Sandbox};
use serde::Deserialize;
use serde_json::{Value, json};

use super::canary::{KEY, SECRET, assert_clean, canary_sandbox};
use super::{builder, sandbox_and_client};

#[derive(Debug, Deserialize, PartialEq)]
struct Balance {
    balance: String,
}

fn success(data: &Value) -> Fault {
    let body = json!({ "code": 0, "msg": "success", "data": data }).to_string();
    Fault::Respond { status: 200, headers: Vec::new(), body: body.into_bytes() }
}

#[test]
fn data_is_read_as_the_type_that_the_caller_asks_for() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = builder(&sandbox).build_blocking().unwrap();
    let body = HashMap::from([("currency", "USD")]);
    sandbox.script([success(&json!({ "balance": "12.5", "other": 1 })), success(&Value::Null)]);
    let balance: Balance = client.call("voice/balance", &body, OperationKind::Query).unwrap();
    assert_eq!(balance, Balance { balance: "12.5".to_owned() });
    let nothing: Option<Balance> = client.call("/voice/balance", &body, OperationKind::Update).unwrap();
    assert_eq!(nothing, None);
}

#[tokio::test]
async fn data_of_another_type_is_an_error_that_shows_no_secret() {
    let (sandbox, client) = canary_sandbox().await;
    sandbox.script([success(&json!({ "count": format!("{SECRET} {KEY}") }))]);
    let outcome = client.call::<_, BTreeMap<String, u32>>("voice/counts", &json!({}), OperationKind::Update).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Protocol(_)), "{error:?}");
    assert!(error.outcome_is_known() && !error.is_retryable());
    let text = error.to_string();
    assert!(text.starts_with("/voice/counts: the call succeeded, but its data"), "{text}");
    assert!(text.contains("expected u32") && text.contains("do not repeat an update"), "{text}");
    assert_clean(&format!("{text} {error:?}"));
}

#[tokio::test]
async fn data_of_another_type_is_reported_with_its_status_and_attempts() {
    let (sandbox, client) = sandbox_and_client().await;
    let body = json!({ "code": 0, "data": "five" }).to_string().into_bytes();
    let created = Fault::Respond { status: 201, headers: Vec::new(), body };
    sandbox.script([Fault::Status(503), created]);
    let error = client.call::<_, u32>("voice/count", &json!({}), OperationKind::Query).await.unwrap_err();
    assert_eq!(error.http_status(), Some(201), "{error}");
    assert!(error.to_string().contains("after 2 attempts"), "{error}");
}

#[tokio::test]
async fn data_is_limited_like_that_of_the_operations() {
    let (sandbox, client) = sandbox_and_client().await;
    let client = client.with_max_retries(0);
    let many = vec![0; 40_000];
    for (kind, expected) in
        [(OperationKind::Query, ErrorKind::Protocol), (OperationKind::Update, ErrorKind::OutcomeUnknown)]
    {
        sandbox.script([success(&json!(many))]);
        let error = client.call::<_, Value>("voice/numbers", &json!({}), kind).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{error}");
        assert!(error.to_string().contains("JSON values"), "{error}");
    }
}

#[tokio::test]
async fn a_body_without_a_json_form_is_not_sent() {
    let (sandbox, client) = sandbox_and_client().await;
    let body = HashMap::from([([1, 2], "a list is not the name of a member")]);
    let error = client.call::<_, Value>("voice/balance", &body, OperationKind::Query).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().starts_with("/voice/balance: the request has no JSON form"), "{error}");
    assert!(sandbox.requests().is_empty());
}
