//! The outcome of every fault, for a query and for an update. The table states the promise of the library.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use recallflow::{Client, RecallNode};
use recallflow_sandbox::Fault;
use tokio::runtime::Builder;

use super::query_and_update;

/// A fault with its name, and the expected summary of a query and of an update.
type Row = (&'static str, Fault, (&'static str, usize), (&'static str, usize));

/// Returns the JSON error page of a web framework, whose `status` is the HTTP status.
fn framework_page(status: u16) -> Fault {
    let body = format!(r#"{{"timestamp":"2024-06-03T15:13:01Z","status":{status},"error":"Error","path":"/voice"}}"#);
    Fault::Respond { status, headers: Vec::new(), body: body.into_bytes() }
}

/// Returns the success of a query with this HTTP status.
fn success(status: u16) -> Fault {
    Fault::body(r#"{"code":0,"data":{"keyId":299}}"#).with_status(status)
}

fn table() -> Vec<Row> {
    const NO_PAGE: (&str, usize) = ("ProtocolError", 1);
    const UNKNOWN: (&str, usize) = ("OutcomeUnknownError", 1);
    let once = |name, fault, kind| (name, fault, (kind, 1), (kind, 1));
    vec![
        // The service rejects the request, and the error is final.
        once("-1", Fault::Code(-1), "AuthenticationError"),
        once("-2", Fault::Code(-2), "IpRestrictedError"),
        once("-22", Fault::Code(-22), "ParameterError"),
        once("-99, undocumented", Fault::Code(-99), "ApiError"),
        once("-1 with HTTP 401", Fault::Code(-1).with_status(401), "AuthenticationError"),
        once("-99 with HTTP 400", Fault::Code(-99).with_status(400), "ApiError"),
        // The service refuses the request before processing it: both are retried.
        ("-15", Fault::Code(-15), ("ok", 2), ("ok", 2)),
        ("429 with a page", Fault::Status(429), ("ok", 2), ("ok", 2)),
        ("429 with the error page of a framework", framework_page(429), ("ok", 2), ("ok", 2)),
        ("429 with an envelope", Fault::Code(-99).with_status(429), ("ok", 2), ("ok", 2)),
        ("-16", Fault::Code(-16), ("ok", 2), ("ok", 2)),
        // The service failed: it may have applied an update first.
        ("-18", Fault::Code(-18), ("ok", 2), UNKNOWN),
        ("-15 with HTTP 500", Fault::Code(-15).with_status(500), ("ok", 2), UNKNOWN),
        ("-16 with HTTP 503", Fault::Code(-16).with_status(503), ("ok", 2), UNKNOWN),
        ("-99 with HTTP 503", Fault::Code(-99).with_status(503), ("ok", 2), UNKNOWN),
        ("-99 with HTTP 500", Fault::Code(-99).with_status(500), ("ApiError", 1), UNKNOWN),
        // The body and the HTTP status contradict each other.
        ("success with HTTP 400", success(400), NO_PAGE, UNKNOWN),
        ("success with HTTP 401", success(401), NO_PAGE, UNKNOWN),
        ("success with HTTP 501", success(501), NO_PAGE, UNKNOWN),
        ("success with HTTP 429", success(429), ("ok", 2), UNKNOWN),
        ("success with HTTP 500", success(500), ("ok", 2), UNKNOWN),
        // A success without data is an error of a query. The data of an update is not read.
        ("success without data", Fault::body(r#"{"code":0}"#), NO_PAGE, ("ok", 1)),
        ("success without a documented field", Fault::body(r#"{"code":0,"data":{"id":1}}"#), NO_PAGE, ("ok", 1)),
        // There is no response, or not one of the service.
        ("reset after it was read", Fault::Reset, ("ok", 2), UNKNOWN),
        ("closed after it was read", Fault::Close, ("ok", 2), UNKNOWN),
        ("truncated", Fault::Truncate(10), ("ok", 2), UNKNOWN),
        ("truncated chunks", Fault::Chunked.and(Fault::Truncate(10)), ("ok", 2), UNKNOWN),
        ("no HTTP", Fault::Raw(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()), ("ok", 2), UNKNOWN),
        ("504 with the error page of a framework", framework_page(504), ("ok", 2), UNKNOWN),
        ("500 with the error page of a framework", framework_page(500), ("ok", 2), UNKNOWN),
        ("501 with the error page of a framework", framework_page(501), NO_PAGE, UNKNOWN),
        ("502", Fault::Status(502), ("ok", 2), UNKNOWN),
        ("503", Fault::Status(503), ("ok", 2), UNKNOWN),
        ("504", Fault::Status(504), ("ok", 2), UNKNOWN),
        ("408", Fault::Status(408), ("ok", 2), UNKNOWN),
        ("500", Fault::Status(500), ("ok", 2), UNKNOWN),
        ("520", Fault::Status(520), ("ok", 2), UNKNOWN),
        ("529", Fault::Status(529), ("ok", 2), UNKNOWN),
        ("501 with a page", Fault::Status(501), NO_PAGE, UNKNOWN),
        ("200 with a page", Fault::Status(200), NO_PAGE, UNKNOWN),
        ("200 with nothing", Fault::body(""), NO_PAGE, UNKNOWN),
        ("204", Fault::body("").with_status(204), NO_PAGE, UNKNOWN),
        ("gzip that was not asked for", Fault::Gzip, NO_PAGE, UNKNOWN),
        ("larger than allowed", Fault::Oversized { bytes: Some(9 << 20) }, NO_PAGE, UNKNOWN),
        ("endless", Fault::Oversized { bytes: None }, NO_PAGE, UNKNOWN),
        ("nested too deep", Fault::body("[".repeat(100_000)), NO_PAGE, UNKNOWN),
        ("no code", Fault::body(r#"{"msg":"success","data":null}"#), NO_PAGE, UNKNOWN),
        ("code true", Fault::body(r#"{"code":true}"#), NO_PAGE, UNKNOWN),
        ("code 0.0", Fault::body(r#"{"code":0.0}"#), NO_PAGE, UNKNOWN),
        ("two codes", Fault::body(r#"{"code":-1,"code":0}"#), NO_PAGE, UNKNOWN),
        ("not UTF-8", Fault::body(&b"{\"code\":0,\"msg\":\"\xff\"}"[..]), NO_PAGE, UNKNOWN),
        // The gateway rejected or redirected the request, so an update was not applied.
        ("404 with a page", Fault::Status(404), NO_PAGE, NO_PAGE),
        ("403 with a page", Fault::Status(403), NO_PAGE, NO_PAGE),
        ("a redirect", Fault::redirect(307, "https://example.com/"), NO_PAGE, NO_PAGE),
        ("a redirect to the result", Fault::redirect(303, "https://example.com/"), NO_PAGE, UNKNOWN),
    ]
}

#[tokio::test]
async fn every_fault_has_the_outcome_of_the_table() {
    let mut wrong = Vec::new();
    for (name, fault, query, update) in table() {
        let (query_played, update_played) = query_and_update(&[fault]).await;
        if query_played.summary() != query || update_played.summary() != update {
            wrong.push(format!("{name}: {query_played:?}, {update_played:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn an_update_that_was_applied_without_a_response_is_not_retried() {
    let (sandbox, client) = super::sandbox_and_client().await;
    sandbox.script([Fault::Reset.applied()]);
    let error = client.update_recall_flow(&super::update()).await.unwrap_err();
    let recallflow::Error::OutcomeUnknown(unknown) = &error else { panic!("{error}") };
    assert_eq!(unknown.cause.remedy(), None, "trying again may help against the cause, but would be wrong here");
    assert!(error.to_string().contains("read the current state"), "{error}");
    assert_eq!(sandbox.requests().len(), 1);
    assert_eq!(client.query_recall_flow_detail(299).await.unwrap().recall_interval, Some(60));
}

#[tokio::test]
async fn an_update_with_a_refused_connection_was_not_applied() {
    let (sandbox, client) = super::sandbox_and_client().await;
    sandbox.shutdown();
    let client = client.with_timeout(Duration::from_secs(2));
    let error = client.update_recall_flow(&super::update()).await.unwrap_err();
    assert_eq!(error.kind().as_str(), "TransportError", "{error}");
    assert_eq!(error.phase(), Some(recallflow::Phase::Connect));
    assert_eq!(error.call().attempts, 3);
}

/// Starts a server for two connections. It responds with success on the first one, waits for a signal, calls `end` with the
/// connection and reports that. On the second connection it responds with an error.
fn start_server(end: fn(&mut TcpStream)) -> (SocketAddr, Sender<()>, Receiver<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (request_end, end_requested) = channel();
    let (ended, ends) = channel();
    thread::spawn(move || {
        let mut first = respond(&listener, 0);
        end_requested.recv().unwrap();
        end(&mut first);
        ended.send(()).unwrap();
        respond(&listener, -22);
    });
    (address, request_end, ends)
}

/// Accepts a connection and responds to one request.
fn respond(listener: &TcpListener, code: i64) -> TcpStream {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = Vec::new();
    // Every request body here ends like this, and no head does.
    while !request.ends_with(b"}") {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).unwrap();
        request.extend_from_slice(&bytes[..read]);
    }
    stream.write_all(success_or(code).as_bytes()).unwrap();
    stream
}

fn success_or(code: i64) -> String {
    let body = format!("{{\"code\":{code},\"data\":{{\"keyId\":299}}}}");
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn an_update_is_not_sent_on_a_connection_that_ended_while_idle() {
    let ends: [fn(&mut TcpStream); 2] = [
        |stream| stream.shutdown(Shutdown::Both).unwrap(),
        |stream| stream.write_all(success_or(0).as_bytes()).unwrap(),
    ];
    for end in ends {
        let (address, tell, ended) = start_server(end);
        // The runtime is not driven between the calls.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::builder("key", "secret").base_url(format!("http://{address}")).build().unwrap();
        runtime.block_on(client.query_recall_flow_detail(299)).unwrap();
        tell.send(()).unwrap();
        ended.recv().unwrap();
        let error = runtime.block_on(client.update_recall_flow(&super::update())).unwrap_err();
        assert_eq!(error.kind().as_str(), "ParameterError", "{error}");
    }
}

/// Some gateways announce so that they close an idle connection.
#[test]
fn a_query_survives_http_408_on_its_idle_connection() {
    const TIMED_OUT: &str = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let ends: [fn(&mut TcpStream); 2] = [
        |stream| stream.write_all(TIMED_OUT.as_bytes()).unwrap(),
        |stream| {
            stream.write_all(TIMED_OUT.as_bytes()).unwrap();
            stream.shutdown(Shutdown::Both).unwrap();
        },
    ];
    for end in ends {
        let (address, tell, ended) = start_server(end);
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::builder("key", "secret").base_url(format!("http://{address}")).max_retries(0);
        let client = client.build().unwrap();
        runtime.block_on(client.query_recall_flow_detail(299)).unwrap();
        tell.send(()).unwrap();
        ended.recv().unwrap();
        let error = runtime.block_on(client.query_recall_flow_detail(299)).unwrap_err();
        assert_eq!(error.kind().as_str(), "ParameterError", "{error}");
    }
}

#[tokio::test]
async fn a_success_before_the_whole_update_was_sent_is_an_unknown_outcome() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ends) = channel::<()>();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0]).unwrap();
        stream.write_all(success_or(0).as_bytes()).unwrap();
        // Keep the connection open.
        let _ = ends.recv();
    });
    let client = Client::builder("key", "secret").base_url(format!("http://{address}")).build().unwrap();
    // More than the socket buffers hold.
    let audio = vec![0; 24 << 20];
    let update = super::update().node_list([RecallNode::reupload("audio.wav", audio)]);
    let error = client.update_recall_flow(&update).await.unwrap_err();
    assert_eq!(error.kind().as_str(), "OutcomeUnknownError", "{error}");
    assert!(error.to_string().contains("before the whole request was sent"), "{error}");
    drop(end);
    server.join().unwrap();
}

#[tokio::test]
async fn a_response_without_usable_data_is_an_error_of_a_query() {
    for data in ["[]", "\"x\"", "7", "true"] {
        let (query, update) = query_and_update(&[Fault::body(format!(r#"{{"code":0,"data":{data}}}"#))]).await;
        assert_eq!(query.summary(), ("ProtocolError", 1), "{data}");
        // The data of an update is not read, so it cannot be wrong.
        assert_eq!(update.summary(), ("ok", 1), "{data}");
    }
}

#[tokio::test]
async fn a_response_with_too_many_values_is_an_error_of_a_query() {
    let keys: Vec<_> = (0..100_000).map(|number| format!("\"{number:x}\":0")).collect();
    let envelope = |data: String| Fault::body(format!(r#"{{"code":0,"data":{{"keyId":299,{data}}}}}"#));
    for fault in [envelope(keys.join(",")), envelope(format!("\"nodeList\":[{}]", vec!["{}"; 50_000].join(",")))] {
        let (query, update) = query_and_update(std::slice::from_ref(&fault)).await;
        assert_eq!(query.summary(), ("ProtocolError", 1));
        let error = query.outcome.unwrap_err();
        assert!(error.remedy().unwrap_or_default().contains("`max_response_bytes`"), "{error}");
        // The data of an update is not read.
        assert_eq!(update.summary(), ("ok", 1));

        let (sandbox, _) = super::sandbox_and_client().await;
        let client = super::builder(&sandbox).max_response_bytes(64 << 20).build().unwrap();
        sandbox.script([fault]);
        client.query_recall_flow_detail(299).await.unwrap();
    }
}
