//! The sandbox as hosts in other languages drive it.

mod support;

use std::io::Write;
use std::time::{Duration, Instant};

use recallflow_sandbox::{HostError, Hosted};
use serde_json::{Value, json};
use support::{Connection, DETAIL, Request, UPDATE, ask, update};

fn start(options: &Value) -> Result<Hosted, HostError> {
    Hosted::start(&options.to_string())
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).expect("it is JSON")
}

/// The text of an error of what the host gave.
fn complaint<T: std::fmt::Debug>(result: Result<T, HostError>) -> String {
    match result {
        Err(HostError::Invalid(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn options_are_json() {
    let options = json!({
        "api_key": "key", "api_secret": null, "host": "127.0.0.1", "port": 0, "shape": "page", "timestamp_window": 10.5,
        "allowed_ips": ["127.0.0.2"], "seed": { "flows": [{ "keyId": 7, "status": 0 }], "tasks": [{ "record": {} }] },
    });
    let hosted = start(&options).expect("a sandbox starts");
    let sandbox = hosted.sandbox().expect("it runs");
    assert_eq!((sandbox.api_key(), sandbox.api_secret()), ("key", "7bz1lzh9"));
    assert_eq!(ask(&sandbox, DETAIL, &json!({ "keyId": 7 })).code(), -2);
    assert_eq!(parsed(&hosted.flow(7).expect("it runs").expect("it is there")), json!({ "keyId": 7, "status": 0 }));
    assert_eq!(hosted.flow(12).expect("it runs"), None);
    assert_eq!(parsed(&hosted.tasks().expect("it runs")).as_array().map(Vec::len), Some(1));
}

#[test]
fn wrong_options_are_named() {
    for (options, part) in [
        (json!({ "prot": 1 }), "there is no option `prot`"),
        (json!({ "port": 70_000 }), "port: invalid value: integer `70000`"),
        (json!({ "host": "localhost" }), "host: localhost is no IP address"),
        (json!({ "allowed_ips": ["x"] }), "allowed_ips: x is no IP address"),
        (json!({ "shape": "round" }), "there are flat, page, flat-with-paging"),
        (json!({ "timestamp_window": -1 }), "timestamp_window: "),
        (json!({ "seed": { "flow": [] } }), "seed: unknown field `flow`"),
        (json!([]), "the options: "),
    ] {
        let text = complaint(start(&options));
        assert!(text.contains(part), "{options}: {text}");
    }
    let first = start(&json!({})).expect("a sandbox starts");
    let port = first.sandbox().expect("it runs").address().port();
    assert!(matches!(start(&json!({ "port": port })), Err(HostError::Io(_))));
}

#[test]
fn what_came_is_json() {
    let hosted = start(&json!({})).expect("a sandbox starts");
    let sandbox = hosted.sandbox().expect("it runs");
    hosted.script(r#"["ok", [504, "applied"]]"#, None).expect("these are faults");
    hosted.script("[-15]", Some("update_recall_flow")).expect("this is a fault");
    assert_eq!(sandbox.faults_left(), 3);
    ask(&sandbox, DETAIL, &json!({ "keyId": 12 }));
    ask(&sandbox, UPDATE, &update(299));
    ask(&sandbox, UPDATE, &update(299));
    assert!(hosted.wait_for_requests(3, Duration::ZERO).expect("it runs"));
    assert!(!hosted.wait_for_requests(4, Duration::ZERO).expect("it runs"));

    let requests = parsed(&hosted.requests().expect("it runs"));
    let first = &requests[0];
    assert_eq!(first["operation"], "query_recall_flow_detail");
    assert_eq!((&first["method"], &first["path"]), (&json!("POST"), &json!(DETAIL)));
    assert_eq!(first["headers"][2], json!(["Sign", "[redacted]"]));
    assert_eq!((&first["signature_valid"], &first["connection"]), (&json!(true), &json!(1)));
    assert_eq!((&first["body"], &first["body_length"]), (&json!(r#"{"keyId":12}"#), &json!(12)));
    let age = support::unix_seconds()
        - first["time"].to_string().split('.').next().map_or(0, |whole| whole.parse().expect("it is a time"));
    assert!((0..60).contains(&age), "{age}");
    assert_eq!(first["answered"], json!({ "status": 200, "code": 0, "fault": "ok", "carried_out": true }));
    let expected = json!({ "status": 200, "code": -15, "fault": { "code": -15 }, "carried_out": false });
    assert_eq!(requests[1]["answered"], expected);
    let fault = json!({ "all": [{ "status": 504 }, "applied"] });
    assert_eq!(requests[2]["answered"], json!({ "status": 504, "code": null, "fault": fault, "carried_out": true }));
    assert_eq!(Hosted::fault(r#"[504, "applied"]"#).expect("it is a fault"), fault.to_string());
}

#[test]
fn what_does_not_fit_is_an_error() {
    let hosted = start(&json!({})).expect("a sandbox starts");
    let sandbox = hosted.sandbox().expect("it runs");
    for (result, part) in [
        (hosted.script("[503]", Some("query_calls")), "there is no operation `query_calls`; there are "),
        (hosted.script(r#"["ok", "rest"]"#, None), "unknown variant `rest`"),
        (hosted.script("503", None), "the faults: "),
        (hosted.insert_flow(r#"{"status":0}"#), "a whole number as keyId"),
        (hosted.insert_flow("[]"), "a whole number as keyId"),
        (hosted.insert_task(r#"{"recrod":{}}"#), "unknown field `recrod`"),
        (hosted.set_shape("round"), "no such shape: round"),
    ] {
        let text = complaint(result);
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(sandbox.faults_left(), 0);
    hosted.insert_flow(r#"{"keyId":5,"status":0}"#).expect("it is a flow");
    hosted
        .insert_task(r#"{"record":{"numCnt":9223372036854775807},"progress":{"startsAfter":-5,"lasts":4294967295}}"#)
        .expect("it is a task");
    let query = json!({ "current": 1, "size": 1, "params": { "strTime": "2000-01-01 00:00:00",
        "endTime": "2100-01-01 00:00:00", "taskType": 3 } });
    assert_eq!(ask(&sandbox, support::TASKS, &query).code(), 0);
}

#[test]
fn a_closed_sandbox_is_an_error() {
    let hosted = start(&json!({})).expect("a sandbox starts");
    hosted.close();
    hosted.close();
    assert!(matches!(hosted.requests(), Err(HostError::Closed)));
    assert!(matches!(hosted.script("[]", None), Err(HostError::Closed)));
}

#[test]
fn long_work_holds_up_nobody() {
    let hosted = start(&json!({})).expect("a sandbox starts");
    let sandbox = hosted.sandbox().expect("it runs");
    hosted.script(r#"[{"edit":{"gzip_bomb":4000000000}}]"#, None).expect("it is a fault");
    let mut bomb = Connection::open(&sandbox);
    let request = Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 }));
    bomb.0.write_all(&request.bytes()).expect("it can be sent");
    let started = Instant::now();
    while sandbox.faults_left() > 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "the fault was not taken");
        std::thread::yield_now();
    }
    assert_eq!(ask(&sandbox, DETAIL, &json!({ "keyId": 12 })).code(), 0);
    // A request is recorded when its answer is made: that of the bomb is not yet.
    let connections: Vec<_> = sandbox.requests().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [2]);
    // Nor does the end of the sandbox wait for it.
    drop(sandbox);
    hosted.close();
    assert_eq!(bomb.rest().unwrap_or_default(), b"");
}
