//! What every fault comes to, for a query and for an update. The table is the promise.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use recallflow::{Client, RecallNode};
use recallflow_sandbox::Fault;
use tokio::runtime::Builder;

use super::query_and_update;

/// A fault by its name, and what a query and an update come to: the class of the error and the requests that were seen.
type Row = (&'static str, Fault, (&'static str, usize), (&'static str, usize));

/// JSON that looks like an envelope, of which `status` is the HTTP status.
fn framework_page(status: u16) -> Fault {
    let body = format!(r#"{{"timestamp":"2024-06-03T15:13:01Z","status":{status},"error":"Error","path":"/voice"}}"#);
    Fault::Respond { status, headers: Vec::new(), body: body.into_bytes() }
}

fn table() -> Vec<Row> {
    const NO_PAGE: (&str, usize) = ("ProtocolError", 1);
    const UNKNOWN: (&str, usize) = ("OutcomeUnknownError", 1);
    let once = |name, fault, kind| (name, fault, (kind, 1), (kind, 1));
    vec![
        // The service says no, and the answer stands.
        once("-1", Fault::Code(-1), "AuthenticationError"),
        once("-2", Fault::Code(-2), "IpRestrictedError"),
        once("-22", Fault::Code(-22), "ParameterError"),
        once("-99, which nobody documents", Fault::Code(-99), "ApiError"),
        once("-1 with HTTP 401", Fault::Code(-1).with_status(401), "AuthenticationError"),
        once("-99 with HTTP 500", Fault::Code(-99).with_status(500), "ApiError"),
        // The service refuses before it does anything: both may be repeated.
        ("-15", Fault::Code(-15), ("ok", 2), ("ok", 2)),
        ("429 with a page", Fault::Status(429), ("ok", 2), ("ok", 2)),
        ("429 with the error page of a framework", framework_page(429), ("ok", 2), ("ok", 2)),
        ("429 with an envelope", Fault::Code(-99).with_status(429), ("ok", 2), ("ok", 2)),
        ("-16", Fault::Code(-16), ("ok", 2), ("ok", 2)),
        // The service failed: only a query is repeated, and the update's answer stands.
        ("-18", Fault::Code(-18), ("ok", 2), ("ServiceError", 1)),
        ("-99 with HTTP 503", Fault::Code(-99).with_status(503), ("ok", 2), ("ApiError", 1)),
        // There is no answer, or none of the service.
        ("reset after it was read", Fault::Reset, ("ok", 2), UNKNOWN),
        ("closed after it was read", Fault::Close, ("ok", 2), UNKNOWN),
        ("truncated", Fault::Truncate(10), ("ok", 2), UNKNOWN),
        ("truncated chunks", Fault::Chunked.and(Fault::Truncate(10)), ("ok", 2), UNKNOWN),
        ("no HTTP", Fault::Raw(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()), ("ok", 2), UNKNOWN),
        ("504 with the error page of a framework", framework_page(504), ("ok", 2), UNKNOWN),
        ("500 with the error page of a framework", framework_page(500), NO_PAGE, UNKNOWN),
        ("502", Fault::Status(502), ("ok", 2), UNKNOWN),
        ("503", Fault::Status(503), ("ok", 2), UNKNOWN),
        ("504", Fault::Status(504), ("ok", 2), UNKNOWN),
        ("500 with a page", Fault::Status(500), NO_PAGE, UNKNOWN),
        ("200 with a page", Fault::Status(200), NO_PAGE, UNKNOWN),
        ("200 with nothing", Fault::body(""), NO_PAGE, UNKNOWN),
        ("204", Fault::body("").with_status(204), NO_PAGE, UNKNOWN),
        ("gzip that was not asked for", Fault::gzip(), NO_PAGE, UNKNOWN),
        ("larger than allowed", Fault::Oversized { bytes: Some(9 << 20) }, NO_PAGE, UNKNOWN),
        ("endless", Fault::Oversized { bytes: None }, NO_PAGE, UNKNOWN),
        ("nested too deep", Fault::body("[".repeat(100_000)), NO_PAGE, UNKNOWN),
        ("no code", Fault::body(r#"{"msg":"success","data":null}"#), NO_PAGE, UNKNOWN),
        ("code true", Fault::body(r#"{"code":true}"#), NO_PAGE, UNKNOWN),
        ("code 0.0", Fault::body(r#"{"code":0.0}"#), NO_PAGE, UNKNOWN),
        ("two codes", Fault::body(r#"{"code":-1,"code":0}"#), NO_PAGE, UNKNOWN),
        ("not UTF-8", Fault::body(&b"{\"code\":0,\"msg\":\"\xff\"}"[..]), NO_PAGE, UNKNOWN),
        // Refused for its own sake, or sent elsewhere: an update was not carried out either.
        ("404 with a page", Fault::Status(404), NO_PAGE, NO_PAGE),
        ("403 with a page", Fault::Status(403), NO_PAGE, NO_PAGE),
        ("a redirect", Fault::redirect(307, "https://example.com/"), NO_PAGE, NO_PAGE),
        ("a redirect to what came of it", Fault::redirect(303, "https://example.com/"), NO_PAGE, UNKNOWN),
        ("408 with a page", Fault::Status(408), NO_PAGE, UNKNOWN),
    ]
}

#[tokio::test]
async fn every_fault_comes_to_what_the_table_says() {
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
async fn an_update_that_was_carried_out_without_an_answer_is_not_sent_again() {
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
async fn a_refused_connection_is_no_unknown_outcome() {
    let (sandbox, client) = super::sandbox_and_client().await;
    sandbox.shutdown();
    let client = client.with_timeout(Duration::from_secs(2));
    let error = client.update_recall_flow(&super::update()).await.unwrap_err();
    assert_eq!(error.kind().as_str(), "TransportError", "{error}");
    assert_eq!(error.phase(), Some(recallflow::Phase::Connect));
    assert_eq!(error.call().attempts, 3);
}

/// A server of two connections. It answers the request on the first one with success and then, as soon as it is told to,
/// does this to the connection and says so; and it refuses the request on the second one.
fn server(end: fn(&mut TcpStream)) -> (SocketAddr, Sender<()>, Receiver<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (told, tells) = channel();
    let (ended, ends) = channel();
    thread::spawn(move || {
        let mut first = answer(&listener, 0);
        tells.recv().unwrap();
        end(&mut first);
        ended.send(()).unwrap();
        answer(&listener, -22);
    });
    (address, told, ends)
}

/// Answers one request on a new connection.
fn answer(listener: &TcpListener, code: i64) -> TcpStream {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = Vec::new();
    // No head of a request ends so, and every body here does.
    while !request.ends_with(b"}") {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).unwrap();
        request.extend_from_slice(&bytes[..read]);
    }
    stream.write_all(success_or(code).as_bytes()).unwrap();
    stream
}

fn success_or(code: i64) -> String {
    let body = format!("{{\"code\":{code}}}");
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn what_came_on_an_idle_connection_is_seen_before_an_update_is_sent() {
    let ends: [fn(&mut TcpStream); 2] = [
        |stream| stream.shutdown(Shutdown::Both).unwrap(),
        |stream| stream.write_all(success_or(0).as_bytes()).unwrap(),
    ];
    for end in ends {
        let (address, tell, ended) = server(end);
        // Nobody drives it between the calls.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::builder("key", "secret").base_url(format!("http://{address}")).build().unwrap();
        runtime.block_on(client.query_recall_flow_detail(299)).unwrap();
        tell.send(()).unwrap();
        ended.recv().unwrap();
        let error = runtime.block_on(client.update_recall_flow(&super::update())).unwrap_err();
        assert_eq!(error.kind().as_str(), "ParameterError", "{error}");
    }
}

#[tokio::test]
async fn an_update_was_not_carried_out_by_somebody_who_has_not_read_it() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ends) = channel::<()>();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0]).unwrap();
        stream.write_all(success_or(0).as_bytes()).unwrap();
        // The connection stays as it is.
        let _ = ends.recv();
    });
    let client = Client::builder("key", "secret").base_url(format!("http://{address}")).build().unwrap();
    // More than what the buffers on the way hold.
    let audio = vec![0; 24 << 20];
    let update = super::update().node_list([RecallNode::reupload("audio.wav", audio)]);
    let error = client.update_recall_flow(&update).await.unwrap_err();
    assert_eq!(error.kind().as_str(), "OutcomeUnknownError", "{error}");
    assert!(error.to_string().contains("before the whole request was sent"), "{error}");
    drop(end);
    server.join().unwrap();
}

#[tokio::test]
async fn an_odd_response_of_a_query_is_not_taken_for_an_empty_one() {
    for data in ["[]", "\"x\"", "7", "true"] {
        let (query, update) = query_and_update(&[Fault::body(format!(r#"{{"code":0,"data":{data}}}"#))]).await;
        assert_eq!(query.summary(), ("ProtocolError", 1), "{data}");
        // Nothing of an update's answer is of use, so nothing in it can be wrong.
        assert_eq!(update.summary(), ("ok", 1), "{data}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_more_memory_than_its_bytes_is_refused() {
    let keys: Vec<_> = (0..100_000).map(|number| format!("\"{number:x}\":0")).collect();
    let envelope = |data: String| Fault::body(format!(r#"{{"code":0,"data":{{{data}}}}}"#));
    for fault in [envelope(keys.join(",")), envelope(format!("\"nodeList\":[{}]", vec!["{}"; 50_000].join(",")))] {
        let (query, update) = query_and_update(std::slice::from_ref(&fault)).await;
        assert_eq!(query.summary(), ("ProtocolError", 1));
        let error = query.outcome.unwrap_err();
        assert!(error.remedy().unwrap_or_default().contains("`max_response_bytes`"), "{error}");
        // Nothing of it is kept.
        assert_eq!(update.summary(), ("ok", 1));

        let (sandbox, _) = super::sandbox_and_client().await;
        let client = super::builder(&sandbox).max_response_bytes(64 << 20).build().unwrap();
        sandbox.script([fault]);
        client.query_recall_flow_detail(299).await.unwrap();
    }
}
