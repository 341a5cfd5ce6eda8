//! The behavior that the sandbox shares with the service.

use std::io::Write;
use std::time::Duration;

use crate::client::{CANCEL, Connection, DETAIL, FLOWS, Request, TASKS, UPDATE, ask, send, start, update};
use recallflow_sandbox::{Clock, Sandbox, Seed, Shape};
use serde_json::{Value, json};

/// Asserts that a request is refused with this code, and that the message contains this text.
fn assert_refused(sandbox: &Sandbox, request: &Request, code: i64, message: &str) {
    let reply = send(sandbox, request).expect("the sandbox responds");
    assert_eq!((reply.status, reply.code()), (200, code), "{}", reply.text());
    assert!(reply.message().contains(message), "{}", reply.message());
    assert_eq!(reply.json()["data"], Value::Null);
}

#[test]
fn a_response_has_the_headers_of_the_service() {
    let sandbox = start();
    let reply = ask(&sandbox, DETAIL, &json!({ "keyId": 12 }));
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("Content-Type"), Some("application/json;charset=UTF-8"));
    assert_eq!(reply.header("Connection"), Some("keep-alive"));
    assert!(reply.header("Date").is_some_and(|date| date.ends_with(" GMT")));
    assert_eq!((reply.code(), reply.message().as_str()), (0, "success"));
}

#[test]
fn a_wrong_key_or_signature_is_refused() {
    let sandbox = start();
    let request = Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 }));
    let wrong = [
        request.clone().with_header("Sign", "05d7a50893e22a5c4bb3216ae3396c7c"),
        request.clone().with_header("Api-Key", "another-key"),
        request.clone().without_header("Sign"),
        request.clone().without_header("Api-Key"),
        request.clone().without_header("Timestamp"),
    ];
    for request in wrong {
        assert_refused(&sandbox, &request, -1, "Authentication error");
    }
    let (_, sign) = request.headers.iter().find(|(name, _)| name == "Sign").expect("it is signed").clone();
    assert_eq!(
        send(&sandbox, &request.with_header("Sign", &sign.to_uppercase())).expect("a response arrives").code(),
        0
    );
}

#[test]
fn an_address_that_is_not_allowed_is_refused() {
    let allowed = ["10.0.0.1".parse().expect("it is an address")];
    let sandbox = Sandbox::builder().allowed_ips(allowed).start_blocking().expect("a sandbox starts");
    let request = Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 }));
    assert_refused(&sandbox, &request.with_header("Sign", "wrong"), -2, "Restricted IP access");
}

#[test]
fn a_timestamp_outside_the_window_is_refused() {
    let sandbox = Sandbox::builder().clock(Clock::fixed(1_630_468_800)).start_blocking().expect("a sandbox starts");
    let at = |timestamp| Request::signed_at(&sandbox, DETAIL, &json!({ "keyId": 12 }), timestamp);
    for distance in [-1800, 0, 1800] {
        assert_eq!(send(&sandbox, &at(1_630_468_800 + distance)).expect("a response arrives").code(), 0, "{distance}");
    }
    for distance in [-1801, 1801, 1_000_000_000_000] {
        assert_refused(&sandbox, &at(1_630_468_800 + distance), -16, "Timestamp expired");
    }
    sandbox.set_clock_offset(3600);
    assert_refused(&sandbox, &at(1_630_468_800), -16, "Timestamp expired");
    let reply = send(&sandbox, &at(1_630_468_800 + 3600)).expect("a response arrives");
    assert_eq!((reply.code(), reply.header("Date")), (0, Some("Wed, 01 Sep 2021 05:00:00 GMT")));
}

#[test]
fn the_documents_signing_example_is_accepted() {
    let sandbox = Sandbox::builder().clock(Clock::fixed(1_630_468_800)).start_blocking().expect("a sandbox starts");
    let request = Request::signed_at(&sandbox, DETAIL, &json!({ "keyId": 12 }), 1_630_468_800);
    let request = request.with_header("Sign", "05d7a50893e22a5c4bb3216ae3396c7c").with_header("Api-Key", "bDqJFiq9");
    assert_eq!(send(&sandbox, &request).expect("a response arrives").code(), 0);
}

#[test]
fn a_parameter_that_breaks_a_rule_is_named() {
    let sandbox = start();
    let node = json!({ "source": 1, "voiceFileId": "a.wav", "hangUpSms": 1, "ringPush": 1, "toSeat": 0 });
    let mut body = update(299);
    body["nodeList"] = json!([node]);
    let request = Request::new(&sandbox, UPDATE, &body);
    assert_refused(&sandbox, &request, -22, "Parameter exception: nodeList[0].smsContent is required");

    let request = Request::new(&sandbox, DETAIL, &json!({}));
    assert_refused(&sandbox, &request, -22, "keyId is required");
    assert_refused(&sandbox, &Request { body: b"{".to_vec(), ..request.clone() }, -22, "the body is not JSON");
    assert_refused(&sandbox, &request.with_header("Content-Type", "text/plain"), -22, "Content-Type");

    let request = Request::new(&sandbox, TASKS, &json!({ "current": 1, "size": 10 }));
    assert_refused(&sandbox, &request, -22, "params is required");
}

#[test]
fn a_gateway_responds_to_other_paths_and_methods() {
    let sandbox = start();
    let reply = ask(&sandbox, "/voice/recallFlow/nothing", &json!({ "keyId": 12 }));
    assert_eq!((reply.status, reply.header("Content-Type")), (404, Some("text/html")));
    let request = Request { method: "GET".to_owned(), ..Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 })) };
    let reply = send(&sandbox, &request).expect("a response arrives");
    assert_eq!((reply.status, reply.header("Allow")), (405, Some("POST")));
}

#[test]
fn a_base_url_may_have_any_prefix() {
    let sandbox = start();
    for prefix in ["", "/v3", "/some/where"] {
        assert_eq!(ask(&sandbox, &format!("{prefix}{DETAIL}"), &json!({ "keyId": 12 })).code(), 0, "{prefix}");
    }
}

#[test]
fn the_documents_flow_has_each_shape() {
    let sandbox = start();
    let voice = "120250811103439c1901f4c53b691b419ad8a143b.wav";
    let data = || ask(&sandbox, DETAIL, &json!({ "keyId": 12 })).json()["data"].clone();

    let flat = data();
    assert_eq!((&flat["keyId"], &flat["status"]), (&json!(12), &json!(2)));
    assert_eq!((&flat["nodeList"][0]["keyId"], &flat["nodeList"][0]["voiceFileId"]), (&json!(1427), &json!(voice)));
    assert_eq!(flat.get("records"), None);

    sandbox.set_shape(Shape::Page);
    let page = data();
    assert_eq!(page["records"], flat["nodeList"]);
    let paging = |data: &Value| ["total", "size", "current", "searchCount", "pages"].map(|name| data[name].clone());
    assert_eq!(paging(&page), [json!(574), json!(1), json!(1), json!(true), json!(574)]);
    assert_eq!((page.get("nodeList"), page.get("keyId")), (None, None));

    sandbox.set_shape(Shape::FlatWithPaging);
    let both = data();
    assert_eq!(both["nodeList"], flat["nodeList"]);
    assert_eq!((both["keyId"].clone(), paging(&both)), (json!(12), paging(&page)));
}

#[test]
fn an_update_changes_the_flow() {
    let sandbox = start();
    let detail = |key: i64| ask(&sandbox, DETAIL, &json!({ "keyId": key })).json()["data"].clone();
    assert_eq!(detail(299)["recallNum"], 1);

    let mut body = update(299);
    body["nodeList"] = json!([
        { "source": 3, "text": "Hello", "lan": "EN", "hangUpSms": 0, "toSeat": 0 },
        { "source": 2, "uploadName": "hello.wav", "baseFile": "Zm9v", "hangUpSms": 0, "toSeat": 0 },
    ]);
    let reply = ask(&sandbox, UPDATE, &body);
    assert_eq!(reply.json(), json!({ "code": 0, "msg": "success", "data": null }));

    let flow = detail(299);
    assert_eq!((&flow["recallInterval"], &flow["recallNum"], &flow["recallType"]), (&json!(45), &json!(3), &json!(1)));
    let nodes = flow["nodeList"].as_array().expect("it is a list");
    assert_eq!((nodes.len(), &nodes[0]["text"], &nodes[0]["senderId"]), (2, &json!("Hello"), &Value::Null));
    assert_eq!((&nodes[0]["nodeStatus"], &nodes[0]["keyId"]), (&json!(0), &json!(1900)));
    assert!(nodes[1]["keyId"].is_i64() && nodes[1]["taskId"].is_i64());
    assert!(nodes[1]["voiceFileId"].as_str().is_some_and(|id| id.len() == 45 && id.contains(".wav")));
    assert_eq!(nodes[1].get("baseFile"), None);
    assert_eq!(sandbox.flow(299), Some(flow));

    sandbox.reset();
    assert_eq!(detail(299)["recallNum"], 1);
}

#[test]
fn an_update_needs_a_known_pending_flow() {
    let sandbox = start();
    for key in [12, 301, 302, 303, 304] {
        let request = Request::new(&sandbox, UPDATE, &update(key));
        assert_refused(&sandbox, &request, -22, "only a pending flow can be edited");
    }
    for path in [UPDATE, DETAIL] {
        let body = if path == UPDATE { update(5) } else { json!({ "keyId": 5 }) };
        assert_refused(&sandbox, &Request::new(&sandbox, path, &body), -22, "keyId 5 is unknown");
    }
    sandbox.insert_flow(json!({ "keyId": 5, "status": 0, "nodeList": [] }));
    assert_eq!(ask(&sandbox, UPDATE, &update(5)).code(), 0);
}

#[test]
fn flows_are_found_by_time_and_by_their_parent_task() {
    let sandbox = start();
    let found = |current: i64, size: i64, name: Option<&str>| {
        let mut body = query(current, size);
        body["params"] =
            json!({ "strTime": "2024-01-01 00:00:00", "endTime": "2024-06-03 15:13:01", "taskName": name });
        ask(&sandbox, FLOWS, &body).json()["data"].clone()
    };
    let keys = |page: &Value| {
        let records = page["records"].as_array().expect("it is a list").iter();
        records.map(|record| record["keyId"].as_i64().expect("it has a key")).collect::<Vec<_>>()
    };
    let first = found(1, 5, None);
    assert_eq!((keys(&first), &first["total"], &first["pages"]), (vec![12, 299, 300, 301, 302], &json!(8), &json!(2)));
    assert_eq!((&first["size"], &first["current"]), (&json!(5), &json!(1)));
    assert_eq!(keys(&found(2, 5, None)), [303, 304, 305]);
    let pending = &first["records"][1];
    assert_eq!((&pending["status"], &pending["finishNum"], &pending["recallNum"]), (&json!(0), &json!(0), &json!(1)));
    assert_eq!(keys(&found(1, 5, pending["taskName"].as_str())), [299]);
    assert_eq!(keys(&found(1, 5, Some(&pending["taskId"].to_string()))), [299]);

    sandbox.insert_flow(json!({ "keyId": 7, "taskName": "Spring", "createTime": "2024-02-01 00:00:00" }));
    assert_eq!(keys(&found(1, 5, Some("spring"))), [7]);
    assert_eq!(ask(&sandbox, DETAIL, &json!({ "keyId": 7 })).json()["data"], json!({ "keyId": 7 }));
}

#[test]
fn only_what_is_pending_can_be_canceled() {
    let sandbox = start();
    let cancel = |kind: i64, id: i64| Request::new(&sandbox, CANCEL, &json!({ "type": kind, "id": id }));
    let statuses = |key: i64| {
        let flow = ask(&sandbox, DETAIL, &json!({ "keyId": key })).json()["data"].clone();
        let nodes = flow["nodeList"].as_array().expect("it is a list").iter();
        (flow["status"].clone(), nodes.map(|node| node["nodeStatus"].clone()).collect::<Vec<_>>())
    };
    assert_refused(&sandbox, &cancel(1, 301), -22, "keyId 301 is not pending (status 1), only a pending flow can be");
    assert_refused(&sandbox, &cancel(3, 1427), -22, "node keyId 1427 is not pending (nodeStatus 2)");
    assert_refused(&sandbox, &cancel(2, 1), -22, "id 1 is not the taskId of a parent task");
    assert_refused(&sandbox, &cancel(4, 1), -22, "type must be one of 1, 2, 3");

    assert_eq!(send(&sandbox, &cancel(3, 1912)).expect("a response arrives").code(), 0);
    assert_eq!(statuses(300), (json!(0), vec![json!(0), json!(3), json!(3)]));
    assert_eq!(send(&sandbox, &cancel(1, 299)).expect("a response arrives").code(), 0);
    assert_eq!(statuses(299), (json!(3), vec![json!(3)]));
    assert_refused(&sandbox, &cancel(1, 299), -22, "keyId 299 is not pending (status 3)");
    assert_refused(&sandbox, &Request::new(&sandbox, UPDATE, &update(299)), -22, "keyId 299 is not pending (status 3)");
}

#[test]
fn a_magic_key_plays_its_fault_when_it_is_canceled() {
    let sandbox = start();
    assert_eq!(ask(&sandbox, CANCEL, &json!({ "type": 1, "id": 991_503 })).status, 503);
    assert_eq!(ask(&sandbox, CANCEL, &json!({ "type": 1, "id": 990_702 })).code(), 0);
    assert_eq!(sandbox.flow(990_702).expect("it was canceled")["status"], 3);
}

/// Returns the documents' example query with another page.
fn query(current: i64, size: i64) -> Value {
    json!({ "current": current, "size": size, "params": {
        "strTime": "2024-01-01 00:00:00", "endTime": "2024-06-03 15:13:01", "taskType": 3, "statusList": [] } })
}

#[test]
fn all_tasks_are_found_in_pages() {
    let sandbox = start();
    let mut ids = Vec::new();
    for current in 1..=58 {
        let page = ask(&sandbox, TASKS, &query(current, 10)).json()["data"].clone();
        assert_eq!((&page["total"], &page["pages"], &page["current"]), (&json!(574), &json!(58), &json!(current)));
        let records = page["records"].as_array().expect("it is a list").clone();
        assert_eq!(records.len(), if current < 58 { 10 } else { 4 });
        ids.extend(records.iter().map(|record| record["taskId"].as_i64().expect("it has an ID")));
    }
    assert_eq!((ids.len(), ids[0]), (574, 5_000_602));
    assert!(ids.is_sorted_by(|left, right| left > right));
    let beyond = ask(&sandbox, TASKS, &query(59, 10)).json()["data"].clone();
    assert_eq!((&beyond["records"], &beyond["total"], &beyond["pages"]), (&json!([]), &json!(574), &json!(58)));
}

#[test]
fn a_running_task_makes_progress_with_the_clock() {
    let sandbox = Sandbox::builder().clock(Clock::fixed(1_800_000_000)).start_blocking().expect("a sandbox starts");
    let task = |offset: i64| {
        sandbox.set_clock_offset(offset);
        let mut body = query(1, 100);
        body["params"]["strTime"] = json!("2027-01-01 00:00:00");
        body["params"]["endTime"] = json!("2028-01-01 00:00:00");
        body["params"]["searchCondition"] = json!("sandbox-1");
        let request = Request::signed_at(&sandbox, TASKS, &body, 1_800_000_000 + offset);
        send(&sandbox, &request).expect("a response arrives").json()["data"]["records"][0].clone()
    };
    assert_eq!((&task(0)["status"], &task(0)["rate"]), (&json!(1), &json!("0")));
    assert_eq!((&task(300)["rate"], &task(300)["callNum"]), (&json!("50"), &json!(500)));
    assert_eq!((&task(600)["status"], &task(600)["rate"]), (&json!(2), &json!("100")));
}

#[test]
fn flows_and_tasks_make_progress_as_a_test_lets_time_pass() {
    let sandbox = start();
    let flow = || ask(&sandbox, DETAIL, &json!({ "keyId": 300 })).json()["data"].clone();
    let counts = |statuses: [i64; 3]| {
        let count = |status: i64| {
            let mut body = query(1, 1);
            body["params"]["statusList"] = json!([status]);
            ask(&sandbox, TASKS, &body).json()["data"]["total"].as_i64().unwrap_or_default()
        };
        statuses.map(count)
    };
    let before = counts([0, 1, 2]);
    assert_eq!(flow()["status"], 0);
    // Beyond the window of timestamps, which are checked by the clock.
    sandbox.advance(Duration::from_secs(60));
    assert_eq!((&flow()["status"], &flow()["nodeList"][0]["nodeStatus"]), (&json!(1), &json!(1)));
    assert_eq!(counts([0, 1, 2])[0], 0);
    sandbox.advance(Duration::from_secs(3600));
    let statuses: Vec<_> = (0..3).map(|node| flow()["nodeList"][node]["nodeStatus"].clone()).collect();
    assert_eq!((&flow()["status"], statuses), (&json!(2), vec![json!(2); 3]));
    let after = counts([0, 1, 2]);
    assert_eq!((after[0], after[1]), (0, 0));
    assert!(after[2] >= before.iter().sum());
    assert_refused(&sandbox, &Request::new(&sandbox, UPDATE, &update(299)), -22, "keyId 299 is not pending (status 2)");
    sandbox.reset();
    assert_eq!((flow()["status"].clone(), counts([0, 1, 2])), (json!(0), before));
}

#[test]
fn another_seed_replaces_the_documents() {
    let seed = r#"{ "flows": [{ "keyId": 7, "status": 0, "nodeList": [] }], "tasks": [{ "record":
        { "taskId": 1, "taskType": 3, "status": 2, "createdTime": "2024-02-01 00:00:00" }, "appId": 9 }] }"#;
    let seed = Seed::from_json(seed).expect("it is a seed");
    let sandbox = Sandbox::builder().seed(seed).start_blocking().expect("a sandbox starts");
    assert_eq!(ask(&sandbox, DETAIL, &json!({ "keyId": 7 })).code(), 0);
    assert_eq!(ask(&sandbox, DETAIL, &json!({ "keyId": 12 })).code(), -22);
    assert_eq!(ask(&sandbox, TASKS, &query(1, 10)).json()["data"]["total"], 1);
    assert_eq!(sandbox.tasks().len(), 1);
}

#[test]
fn a_connection_serves_requests_one_after_the_other() {
    let sandbox = start();
    let mut connection = Connection::open(&sandbox);
    for _ in 0..3 {
        let request = Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 }));
        assert_eq!(connection.send_request(&request).expect("a response arrives").code(), 0);
    }
    let two = [
        Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 })).bytes(),
        Request::new(&sandbox, DETAIL, &json!({ "keyId": 1 })).bytes(),
    ];
    connection.0.write_all(&two.concat()).expect("it can be sent");
    assert_eq!(connection.read().expect("a response arrives").code(), 0);
    assert_eq!(connection.read().expect("a response arrives").code(), -22);
    let last = Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 })).with_header("Connection", "close");
    assert_eq!(connection.send_request(&last).expect("a response arrives").header("Connection"), Some("close"));
    assert_eq!(connection.read_to_end().expect("an orderly end"), b"");
    assert_eq!(sandbox.connections(), 1);
}

#[test]
fn a_chunked_request_is_read() {
    let sandbox = start();
    let request = Request::new(&sandbox, DETAIL, &json!({}));
    let head = request.head();
    let bytes = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n6\r\n{{\"keyI\r\n6\r\nd\": 12\r\n1;x=y\r\n}}\r\n0\r\nTrailer: x\r\n\r\n"
    );
    let mut connection = Connection::open(&sandbox);
    connection.0.write_all(bytes.as_bytes()).expect("it can be sent");
    assert_eq!(connection.read().expect("a response arrives").code(), 0);
    assert_eq!(
        connection
            .send_request(&Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 })))
            .expect("a response arrives")
            .code(),
        0
    );
}

#[test]
fn unsupported_requests_are_rejected() {
    let sandbox = start();
    let long_header = format!("POST / HTTP/1.1\r\nX: {}", "x".repeat(70_000));
    let cases = [
        ("nonsense\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (&long_header, 431),
    ];
    for (bytes, status) in cases {
        let mut connection = Connection::open(&sandbox);
        connection.0.write_all(bytes.as_bytes()).expect("it can be sent");
        assert_eq!(connection.read().expect("a response arrives").status, status, "{status}");
    }
}

#[test]
fn dropping_a_sandbox_closes_its_connections() {
    let sandbox = start();
    let mut connection = Connection::open(&sandbox);
    assert_eq!(
        connection
            .send_request(&Request::new(&sandbox, DETAIL, &json!({ "keyId": 12 })))
            .expect("a response arrives")
            .code(),
        0
    );
    let address = sandbox.address();
    sandbox.shutdown();
    assert_eq!(connection.read_to_end().expect("an orderly end"), b"");
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn a_flow_of_either_kind_is_kept_and_a_mix_is_refused() {
    let sandbox = start();
    let settings = json!({ "keyId": 300, "recallInterval": 30, "recallNum": 1, "recallType": 0 });
    let update = |changes: Value| {
        let mut body = settings.clone();
        body.as_object_mut().expect("it is an object").extend(changes.as_object().expect("it is an object").clone());
        ask(&sandbox, UPDATE, &body).json()
    };
    let detail = || ask(&sandbox, DETAIL, &json!({ "keyId": 300 })).json()["data"].clone();
    let voice = json!({ "source": 1, "voiceFileId": "a.wav", "hangUpSms": 0, "toSeat": 0 });

    // The nodes of the flow are voice nodes.
    let refused = update(json!({ "recallIntent": ["101"] }));
    let message = refused["msg"].as_str().expect("it is a text");
    assert!(
        message.contains("UpdateRecallFlow (nodeList[0].source) and UpdateAgentRecallFlow (recallIntent)"),
        "{message}"
    );
    for mix in [
        json!({ "nodeList": [voice, { "scriptId": 5 }] }),
        json!({ "nodeList": [voice], "recallIntent": [] }),
        json!({ "nodeList": [{ "scriptId": 5, "source": 1 }] }),
    ] {
        let refused = update(mix);
        assert_eq!(refused["code"], -22);
        let message = refused["msg"].as_str().expect("it is a text");
        assert!(message.contains("the request mixes the fields of UpdateRecallFlow"), "{message}");
    }

    assert_eq!(update(json!({ "recallIntent": ["101"], "nodeList": [{ "scriptId": 5 }] }))["code"], 0);
    assert_eq!((&detail()["recallIntent"], &detail()["nodeList"][0]["scriptId"]), (&json!(["101"]), &json!(5)));
    assert_eq!(detail()["nodeList"][0].get("source"), None);
    assert_eq!(update(json!({ "nodeList": [{}] }))["code"], -22);
    assert_eq!(update(json!({ "nodeList": [voice] }))["code"], 0);
    assert_eq!((detail().get("recallIntent"), detail()["nodeList"][0].get("scriptId")), (None, None));
}
