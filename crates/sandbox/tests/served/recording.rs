//! Recorded requests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::client::{Connection, DETAIL, Request, UPDATE, ask, send, sign, start, try_ask, unix_seconds, update};
use recallflow_sandbox::{Fault, REDACTED, Sandbox};
use serde_json::json;

#[test]
fn a_record_has_everything_but_the_signature() {
    let sandbox = start();
    let request = Request::signed_at(&sandbox, &format!("/v3{DETAIL}?x=1"), &json!({ "keyId": 12 }), unix_seconds());
    send(&sandbox, &request).expect("a response arrives");
    let [recorded] = sandbox.requests().try_into().expect("one request came");
    assert_eq!(recorded.operation.as_deref(), Some("query_recall_flow_detail"));
    assert_eq!((recorded.method.as_str(), recorded.path.as_str()), ("POST", "/v3/voice/recallFlow/queryDetail"));
    assert_eq!(recorded.header("sign"), Some(REDACTED));
    assert_eq!(recorded.header("Api-Key"), Some(sandbox.api_key()));
    assert_eq!(recorded.json(), Some(json!({ "keyId": 12 })));
    assert_eq!((recorded.body_bytes, recorded.connection), (12, 1));
    assert!(recorded.signature_valid && recorded.response.applied);
    assert_eq!((recorded.response.http_status, recorded.response.code), (Some(200), Some(0)));
    assert_eq!(recorded.response.fault, None);

    let timestamp = recorded.header("Timestamp").expect("it has a timestamp");
    let shown = format!("{recorded:?}{sandbox:?}");
    assert!(!shown.contains(&sign(&sandbox, timestamp)) && !shown.contains(sandbox.api_secret()), "{shown}");
}

#[test]
fn refused_requests_are_recorded_too() {
    let sandbox = start();
    send(&sandbox, &Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 })).with_header("Sign", "wrong"))
        .expect("a response arrives");
    ask(&sandbox, "/nothing", &json!({}));
    let requests = sandbox.requests();
    assert_eq!((requests[0].signature_valid, requests[0].response.code), (false, Some(-1)));
    assert_eq!((requests[1].operation.as_deref(), requests[1].response.http_status), (None, Some(404)));
    assert!(requests.iter().all(|request| !request.response.applied));
    sandbox.reset();
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_fault_and_the_response_it_withholds_are_recorded() {
    let sandbox = start();
    sandbox.script([Fault::Reset.applied(), Fault::Reset]);
    assert!(try_ask(&sandbox, UPDATE, &update(299)).is_err());
    assert!(try_ask(&sandbox, UPDATE, &update(299)).is_err());
    let responses = sandbox.requests().into_iter().map(|request| request.response).collect::<Vec<_>>();
    assert_eq!((responses[0].applied, responses[1].applied), (true, false));
    assert_eq!((responses[0].http_status, responses[1].http_status), (None, None));
    assert_eq!(responses[1].fault, Some(Fault::Reset));
}

#[test]
fn a_callback_gets_each_request() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let builder = Sandbox::builder().on_request(move |request| {
        sink.lock().expect("no thread panicked").push(request.response.code);
    });
    let sandbox = builder.start_blocking().expect("a sandbox starts");
    ask(&sandbox, DETAIL, &json!({ "keyId": 12 }));
    ask(&sandbox, DETAIL, &json!({ "keyId": 1 }));
    assert_eq!(*seen.lock().expect("no thread panicked"), [Some(0), Some(-22)]);
}

#[tokio::test]
async fn requests_can_be_waited_for() {
    let sandbox = Sandbox::start().await.expect("a sandbox starts");
    sandbox.script([Fault::Hold]);
    assert!(!sandbox.requests().iter().any(|_| true));
    let mut connection = Connection::open(&sandbox);
    let bytes = Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 })).bytes();
    std::io::Write::write_all(&mut connection.0, &bytes).expect("it can be sent");
    sandbox.wait_for_requests(1).await;
    assert_eq!((sandbox.requests().len(), sandbox.open_connections()), (1, 1));
    drop(connection);
    sandbox.wait_for_open_connections(0).await;
    assert_eq!(sandbox.connections(), 1);
}

#[test]
fn blocking_code_can_wait_for_requests() {
    let sandbox = start();
    assert!(!sandbox.wait_for_requests_blocking(1, Duration::from_millis(1)));
    ask(&sandbox, DETAIL, &json!({ "keyId": 12 }));
    assert!(sandbox.wait_for_requests_blocking(1, Duration::from_secs(10)));
}
