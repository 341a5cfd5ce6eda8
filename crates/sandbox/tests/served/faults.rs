//! The faults, as a client receives them.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use crate::client::{Connection, DETAIL, Reply, Request, UPDATE, ask, start, try_ask, update};
use flate2::read::GzDecoder;
use recallflow_sandbox::{DataStyle, Ending, EnvelopeStyle, Fault, Pace, Reflection, Sandbox, magic_keys};
use serde_json::{Value, json};

fn detail(sandbox: &Sandbox) -> Reply {
    ask(sandbox, DETAIL, &json!({ "keyId": 12 }))
}

fn detail_error(sandbox: &Sandbox) -> ErrorKind {
    try_ask(sandbox, DETAIL, &json!({ "keyId": 12 })).expect_err("no response arrives").kind()
}

fn detail_request(sandbox: &Sandbox) -> Request {
    Request::new(sandbox, DETAIL, &json!({ "keyId": 12 }))
}

/// Returns the response to queryDetail with this fault.
fn played(fault: Fault) -> Reply {
    let sandbox = start();
    sandbox.script([fault]);
    detail(&sandbox)
}

#[test]
fn scripted_faults_are_played_once_and_in_order() {
    let sandbox = start();
    sandbox.script([Fault::Status(503), Fault::Ok, Fault::Code(-18)]);
    sandbox.script([429]);
    let statuses: Vec<_> = (0..5).map(|_| detail(&sandbox)).map(|reply| (reply.status, reply.body[0])).collect();
    assert_eq!(statuses, [(503, b'<'), (200, b'{'), (200, b'{'), (429, b'<'), (200, b'{')]);
    assert_eq!(sandbox.faults_left(), 0);
    let codes: Vec<_> = sandbox.requests().iter().map(|request| request.response.code).collect();
    assert_eq!(codes, [None, Some(0), Some(-18), None, Some(0)]);
}

#[test]
fn a_fault_for_an_operation_waits_for_its_request() {
    let sandbox = start();
    sandbox.script_for("update_recall_flow", [Fault::Code(-15)]);
    assert_eq!(detail(&sandbox).code(), 0);
    assert_eq!(ask(&sandbox, UPDATE, &update(299)).code(), -15);
    assert_eq!(ask(&sandbox, UPDATE, &update(299)).code(), 0);
}

#[test]
fn a_fault_for_a_path_waits_for_its_request() {
    let sandbox = start();
    sandbox.script_for("voice/balance", [Fault::Code(-18), Fault::Code(0)]);
    sandbox.script_for("/balance", [Fault::Status(503)]);
    assert_eq!(ask(&sandbox, "/voice/other", &json!({})).status, 404);
    let replies: Vec<_> = (0..4).map(|_| ask(&sandbox, "/v3/voice/balance", &json!({})).status).collect();
    assert_eq!(replies, [503, 200, 200, 404]);
    assert_eq!(detail(&sandbox).code(), 0);
    assert_eq!(sandbox.faults_left(), 0);
}

#[test]
fn a_request_with_a_fault_is_applied_only_if_the_fault_says_so() {
    let sandbox = start();
    let number = || sandbox.flow(299).expect("it is there")["recallNum"].clone();
    for fault in [Fault::Status(503), Fault::Code(-18), Fault::Close, Fault::Reset, Fault::ResetBeforeRead] {
        sandbox.script([fault]);
        let _ = try_ask(&sandbox, UPDATE, &update(299));
        assert_eq!(number(), 1);
    }
    sandbox.script([Fault::Status(504).applied()]);
    assert_eq!(ask(&sandbox, UPDATE, &update(299)).status, 504);
    assert_eq!(number(), 3);
}

#[test]
fn a_connection_is_reset_or_closed_instead_of_a_response() {
    let sandbox = start();
    sandbox.script([Fault::Reset, Fault::Close]);
    assert_eq!(detail_error(&sandbox), ErrorKind::ConnectionReset);
    assert_eq!(detail_error(&sandbox), ErrorKind::UnexpectedEof);
}

#[test]
fn a_connection_is_reset_before_the_request_is_read() {
    let sandbox = start();
    sandbox.script([Fault::ResetBeforeRead]);
    let mut connection = Connection::open(&sandbox);
    connection.0.write_all(b"POST /voice").expect("it can be sent");
    assert_eq!(connection.read().expect_err("no response arrives").kind(), ErrorKind::ConnectionReset);
    let [recorded] = sandbox.requests().try_into().expect("it is recorded");
    assert_eq!((recorded.operation, recorded.response.fault), (None, Some(Fault::ResetBeforeRead)));
}

#[test]
fn a_response_can_have_any_status_headers_and_bytes() {
    let reply =
        played(Fault::Respond { status: 418, headers: vec![("X-Tea".into(), "pot".into())], body: b"short".to_vec() });
    assert_eq!((reply.status, reply.header("X-Tea"), reply.text().as_str()), (418, Some("pot"), "short"));
    assert!(reply.header("Date").is_some());
    let reply = played(Fault::redirect(307, "http://127.0.0.1:9/"));
    assert_eq!((reply.status, reply.header("Location")), (307, Some("http://127.0.0.1:9/")));
    let reply = played(Fault::Code(-15).with_status(429).with_header("Retry-After", "3"));
    assert_eq!((reply.status, reply.code(), reply.header("Retry-After")), (429, -15, Some("3")));

    let sandbox = start();
    sandbox.script([Fault::Raw(b"\x00nonsense".to_vec())]);
    let mut connection = Connection::open(&sandbox);
    connection.0.write_all(&detail_request(&sandbox).bytes()).expect("it can be sent");
    assert_eq!(connection.read_to_end().expect("an orderly end"), b"\x00nonsense");
}

#[test]
fn a_date_can_be_replaced_or_removed() {
    assert_eq!(played(Fault::date("yesterday")).header("Date"), Some("yesterday"));
    assert_eq!(played(Fault::Ok.without_header("Date")).header("Date"), None);
    assert_eq!(played(Fault::Ok.with_header("Age", "30")).header("Age"), Some("30"));
}

#[test]
fn an_envelope_can_have_any_style() {
    let old = played(Fault::Code(-16).in_envelope(EnvelopeStyle::old())).json();
    assert_eq!(old, json!({ "status": "-16", "reason": "Timestamp expired", "data": null }));
    let missing = EnvelopeStyle { data: DataStyle::Missing, ..EnvelopeStyle::default() };
    assert_eq!(played(Fault::Ok.in_envelope(missing)).json(), json!({ "code": 0, "msg": "success" }));
    assert_eq!(played(Fault::body("[]")).json(), json!([]));
    let old = played(Fault::Ok.in_envelope(EnvelopeStyle::old())).json();
    assert_eq!((&old["status"], &old["data"]["keyId"]), (&json!("0"), &json!(12)));
}

#[test]
fn a_body_can_be_truncated() {
    let sandbox = start();
    for fault in [Fault::Truncate(20), Fault::Chunked.and(Fault::Truncate(20)), Fault::ContentLength(100_000)] {
        sandbox.script([fault.clone()]);
        assert_eq!(detail_error(&sandbox), ErrorKind::UnexpectedEof, "{fault:?}");
    }
    sandbox.script([Fault::ContentLength(5)]);
    assert_eq!(detail(&sandbox).body.len(), 5);
}

#[test]
fn a_body_can_be_chunked_or_end_with_the_connection() {
    assert_eq!(played(Fault::Chunked).code(), 0);
    let reply = played(Fault::UntilClose);
    assert_eq!((reply.code(), reply.header("Content-Length"), reply.header("Connection")), (0, None, Some("close")));
}

#[test]
fn a_response_can_arrive_in_small_pieces() {
    let pace = Pace { bytes: 100, interval: Duration::from_millis(20) };
    let begin = Instant::now();
    let reply = played(Fault::DripHead(pace).and(Fault::DripBody(pace)).and(Fault::Delay(pace.interval)));
    let pieces = reply.head.len().div_ceil(100) + reply.body.len().div_ceil(100);
    assert_eq!(reply.code(), 0);
    assert!(begin.elapsed() >= pace.interval * u32::try_from(pieces + 1).expect("there are few"));
}

#[test]
fn a_response_can_be_huge_or_endless() {
    let reply = played(Fault::Oversized { bytes: Some(1_000_000) });
    assert_eq!((reply.code(), reply.body.len()), (0, 1_000_000));

    let sandbox = start();
    sandbox.script([Fault::Oversized { bytes: None }]);
    let mut connection = Connection::open(&sandbox);
    connection.0.write_all(&detail_request(&sandbox).bytes()).expect("it can be sent");
    let mut read = vec![0; 4 << 20];
    connection.0.read_exact(&mut read).expect("there is always more");
    drop(connection);
    assert!(sandbox.wait_for_open_connections_blocking(0, Duration::from_secs(20)), "the sandbox goes on");
}

#[test]
fn a_response_can_be_compressed() {
    let unpacked = |reply: &Reply| {
        assert_eq!(reply.header("Content-Encoding"), Some("gzip"));
        let mut bytes = Vec::new();
        GzDecoder::new(reply.body.as_slice()).read_to_end(&mut bytes).expect("it is gzip");
        bytes
    };
    let reply = played(Fault::Gzip);
    assert_eq!(serde_json::from_slice::<Value>(&unpacked(&reply)).expect("it is JSON")["data"]["keyId"], 12);
    let bomb = played(Fault::GzipBomb(5_000_000));
    assert!(bomb.body.len() < 20_000);
    assert_eq!(unpacked(&bomb).len(), 5_000_000);
}

#[test]
fn an_idle_connection_can_close_on_the_next_request() {
    let sandbox = start();
    sandbox.script([Fault::End(Ending::Stale), Fault::Status(503)]);
    let mut connection = Connection::open(&sandbox);
    let reply = connection.send_request(&detail_request(&sandbox)).expect("a response arrives");
    assert_eq!((reply.code(), reply.header("Connection")), (0, Some("keep-alive")));
    let update = Request::new(&sandbox, UPDATE, &update(299));
    assert_eq!(connection.send_request(&update).expect_err("no response arrives").kind(), ErrorKind::UnexpectedEof);
    assert_eq!(sandbox.flow(299).expect("it is there")["recallNum"], 1);
    assert_eq!(sandbox.requests().len(), 2);
    // The request on the dead connection took nothing from the script.
    assert_eq!(sandbox.faults_left(), 1);
}

#[test]
fn a_connection_can_close_with_or_without_an_announcement() {
    for (ending, said) in [(Ending::CloseUnsaid, "keep-alive"), (Ending::CloseSaid, "close")] {
        let sandbox = start();
        sandbox.script([Fault::End(ending)]);
        let mut connection = Connection::open(&sandbox);
        let reply = connection.send_request(&detail_request(&sandbox)).expect("a response arrives");
        assert_eq!((reply.code(), reply.header("Connection")), (0, Some(said)));
        assert_eq!(connection.read_to_end().expect("an orderly end"), b"");
    }
}

#[test]
fn a_fault_ends_when_its_client_disconnects() {
    let sandbox = start();
    for fault in
        [Fault::Hold, Fault::Delay(Duration::from_secs(3600)), Fault::Truncate(3).and(Fault::End(Ending::Hold))]
    {
        sandbox.script([fault]);
        let mut connection = Connection::open(&sandbox);
        connection.0.write_all(&detail_request(&sandbox).bytes()).expect("it can be sent");
        connection.0.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout can be set");
        assert_eq!(connection.read().expect_err("no response arrives").kind(), ErrorKind::WouldBlock);
        drop(connection);
    }
    assert!(sandbox.wait_for_open_connections_blocking(0, Duration::from_secs(20)), "the sandbox goes on");
}

#[test]
fn a_sandbox_with_a_pending_fault_stops_at_once() {
    let sandbox = start();
    sandbox.script([Fault::Delay(Duration::from_secs(3600))]);
    let mut connection = Connection::open(&sandbox);
    connection.0.write_all(&detail_request(&sandbox).bytes()).expect("it can be sent");
    assert!(sandbox.wait_for_requests_blocking(1, Duration::from_secs(10)));
    let begin = Instant::now();
    sandbox.shutdown();
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(connection.read_to_end().expect("an orderly end"), b"");
}

#[test]
fn a_magic_key_plays_its_fault() {
    let sandbox = start();
    let detail = |key: i64| try_ask(&sandbox, DETAIL, &json!({ "keyId": key }));
    assert_eq!(detail(990_018).expect("a response arrives").code(), -18);
    assert_eq!(detail(990_503).expect("a response arrives").status, 503);
    assert_eq!(detail(990_600).expect_err("no response arrives").kind(), ErrorKind::ConnectionReset);
    assert_eq!(detail(990_700).expect_err("no response arrives").kind(), ErrorKind::UnexpectedEof);
    assert_eq!(detail(990_800).expect("a response arrives").json()["status"], "0");
    assert_eq!(detail(990_000).expect("a response arrives").json()["data"]["keyId"], 990_000);
    assert_eq!(ask(&sandbox, UPDATE, &update(990_702)).code(), 0);
    assert_eq!(sandbox.flow(990_702).expect("it was edited")["recallNum"], 3);
    let wrong = Request::new(&sandbox, DETAIL, &json!({ "keyId": 990_503 })).with_header("Sign", "wrong");
    assert_eq!(crate::client::send(&sandbox, &wrong).expect("a response arrives").code(), -1);
    assert!(magic_keys().contains("990600"));
}

#[test]
fn interim_responses_precede_the_response() {
    let sandbox = start();
    for at_once in [false, true] {
        sandbox.script([Fault::Interim { count: Some(2), at_once }]);
        let mut connection = Connection::open(&sandbox);
        connection.0.write_all(&detail_request(&sandbox).bytes()).expect("it can be sent");
        for _ in 0..2 {
            assert_eq!(connection.read_head().expect("it comes"), "HTTP/1.1 102 Processing\r\n\r\n");
        }
        assert_eq!(connection.read().expect("it comes").code(), 0);
    }
}

#[test]
fn a_reflected_signature_is_not_recorded() {
    let sandbox = start();
    let request = detail_request(&sandbox);
    let signature = &request.headers.iter().find(|(name, _)| name == "Sign").expect("it is signed").1;
    for (reflection, status) in [(Reflection::Page, 500), (Reflection::Message, 200), (Reflection::Encoding, 200)] {
        sandbox.script([Fault::Reflect(reflection)]);
        let reply = Connection::open(&sandbox).send_request(&request).expect("a response arrives");
        assert_eq!(reply.status, status);
        assert!(format!("{}{}", reply.head, reply.text()).contains(signature), "{reflection:?}");
    }
    assert!(!format!("{:?}", sandbox.requests()).contains(signature));
}

#[test]
fn a_response_can_have_many_and_duplicate_headers() {
    let reply = played(Fault::ManyHeaders { count: 200, bytes: 30 }.with_another_header("Date", "now"));
    assert_eq!(reply.head.matches("X-Padding-").count(), 200);
    assert_eq!(reply.head.matches("\r\nDate: ").count(), 2);
    assert_eq!(reply.code(), 0);
}
