//! Tests of the transport against real sockets.

use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener as BlockingListener};
use std::path::Path;
use std::sync::LazyLock;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time;

use super::failure::FailureKind;
use super::*;
use crate::error::Phase;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
const LIMIT: usize = 100_000;

fn config(base: &str) -> Config {
    Config {
        base: BaseUrl::parse(base, false).unwrap(),
        api_key: "the-key".to_owned(),
        connect_timeout: Duration::from_secs(60),
        max_response_bytes: LIMIT,
        max_connections: 100,
        proxy: Proxy::Environment,
        ca_file: None,
        client_certificate: None,
    }
}

/// A transport with its own connection pool.
struct Sender {
    transport: Transport,
    pool: Pool,
    url: Url,
}

impl Sender {
    fn new(config: Config) -> Self {
        let url = config.base.join("/voice/first");
        Self { transport: Transport::new(config).unwrap(), pool: Pool::default(), url }
    }

    async fn send(&self, outgoing: AttemptRequest<'_>) -> Result<HttpResponse, TransportFailure> {
        let http = self.transport.open(&self.pool)?;
        self.transport.send(&http, AttemptRequest { url: &self.url, ..outgoing }).await
    }
}

fn transport_to(address: SocketAddr) -> Sender {
    Sender::new(config(&format!("http://{address}/v3/")))
}

fn tls_transport_to(address: SocketAddr) -> Sender {
    Sender::new(config(&format!("https://{address}")))
}

fn attempt_ending_at(ends_at: Instant) -> AttemptRequest<'static> {
    static CANCEL: LazyLock<Cancel> = LazyLock::new(Cancel::default);
    // `Sender::send` replaces it.
    static URL: LazyLock<Url> = LazyLock::new(|| Url::parse("https://host.example").unwrap());
    AttemptRequest {
        cancel: &CANCEL,
        url: &URL,
        kind: OperationKind::Query,
        sign: "the-sign",
        timestamp: 1_630_468_800,
        body: Bytes::from_static(b"{\"keyId\":1}"),
        ends_at,
        max_silence: None,
    }
}

fn in_time() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

async fn send(transport: &Sender) -> Result<HttpResponse, TransportFailure> {
    transport.send(attempt_ending_at(in_time())).await
}

async fn fail(transport: &Sender) -> TransportFailure {
    send(transport).await.unwrap_err()
}

/// Starts a server that calls a function with each connection and its number.
fn serve<F, S>(connection: F) -> SocketAddr
where
    F: Fn(usize, TcpStream) -> S + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    let listener = BlockingListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let listener = TcpListener::from_std(listener).unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(connection(number, stream));
        }
    });
    address
}

/// Starts a server that reads one request, responds with a text and closes the connection.
fn serve_text(response: impl Into<String>) -> SocketAddr {
    let response: String = response.into();
    serve(move |_, mut stream| {
        let response = response.clone();
        async move {
            read_request(&mut stream).await;
            stream.write_all(response.as_bytes()).await.unwrap();
        }
    })
}

/// Starts a server that responds to every request, and reports each with the number of its connection.
fn serve_ok() -> (SocketAddr, mpsc::UnboundedReceiver<(usize, String)>) {
    let (report, reports) = mpsc::unbounded_channel();
    let address = serve(move |number, mut stream| {
        let report = report.clone();
        async move {
            while let Some(request) = read_request(&mut stream).await {
                let _ = report.send((number, request));
                stream.write_all(OK.as_bytes()).await.unwrap();
            }
        }
    });
    (address, reports)
}

/// Reads the next request, or returns `None` at the end.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    loop {
        if let Some(request) = whole_request(&read) {
            return Some(request);
        }
        match stream.read_buf(&mut read).await {
            Ok(1..) => {}
            _ => return None,
        }
    }
}

fn whole_request(read: &[u8]) -> Option<String> {
    let text = str::from_utf8(read).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().unwrap();
    (body.len() == length).then(|| text.to_owned())
}

/// Advances the time beyond every deadline.
async fn pass_deadlines() {
    time::pause();
    time::advance(Duration::from_secs(3600)).await;
}

async fn forever() {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_response_is_early_if_it_comes_before_the_whole_request() {
    // More than the socket buffers hold.
    const LARGE: usize = 32 << 20;
    for (length, is_early) in [(LARGE, true), (10, false)] {
        let transport = transport_to(serve(|_, mut stream| async move {
            stream.read_u8().await.unwrap();
            stream.write_all(OK.as_bytes()).await.unwrap();
            std::future::pending::<()>().await;
        }));
        let body = Bytes::from(vec![b' '; length]);
        let response = transport.send(AttemptRequest { body, ..attempt_ending_at(in_time()) }).await.unwrap();
        assert_eq!(response.is_early, is_early, "{length}");
    }
}

#[tokio::test]
async fn a_request_has_the_expected_headers_and_the_response_is_read() {
    let (report, mut reports) = mpsc::unbounded_channel();
    let address = serve(move |_, mut stream| {
        let report = report.clone();
        async move {
            report.send(read_request(&mut stream).await.unwrap()).unwrap();
            let response = "HTTP/1.1 503 Oh\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nAge: 1\r\nRetry-After: 7\r\n\
                          Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x0b\x08";
            stream.write_all(response.as_bytes()).await.unwrap();
            forever().await;
        }
    });

    let response = send(&transport_to(address)).await.unwrap();
    assert_eq!(response.status, 503);
    assert_eq!(response.date.as_deref(), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
    assert!(response.age);
    assert_eq!(response.retry_after.as_deref(), Some("7"));
    assert_eq!(response.content_encoding.as_deref(), Some("gzip"));
    assert_eq!(response.body, "\x1f\x0b\x08");

    let request = reports.recv().await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    assert_eq!(lines.next(), Some("POST /v3/voice/first HTTP/1.1"));
    let mut headers: Vec<_> = lines.collect();
    headers.sort_unstable();
    let host = format!("host: {address}");
    assert_eq!(
        headers,
        [
            "accept-encoding: identity",
            "accept: application/json",
            "api-key: the-key",
            "content-length: 11",
            "content-type: application/json;charset=UTF-8",
            &host,
            "sign: the-sign",
            "timestamp: 1630468800",
            concat!("user-agent: recallflow/", env!("CARGO_PKG_VERSION")),
        ]
    );
    assert_eq!(body, "{\"keyId\":1}");
}

#[tokio::test]
async fn a_refused_connection_sends_nothing() {
    let address = BlockingListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = fail(&transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Connect, false));
    assert!(failure.message.contains("refused"), "{}", failure.message);
}

#[tokio::test]
async fn an_unknown_host_sends_nothing() {
    let transport = Sender::new(Config { proxy: Proxy::None, ..config("https://host.invalid") });
    let failure = fail(&transport).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Resolve, false));
    assert!(failure.message.starts_with("could not resolve host.invalid: "), "{}", failure.message);
}

#[tokio::test]
async fn a_deadline_in_the_past_sends_nothing() {
    let (address, mut requests) = serve_ok();
    let transport = transport_to(address);
    let failure = transport.send(attempt_ending_at(Instant::now())).await.unwrap_err();
    assert_eq!((failure.kind, failure.sent), (FailureKind::Timeout, false));
    send(&transport).await.unwrap();
    requests.recv().await.unwrap();
    assert!(requests.is_empty());
}

/// Returns a listener whose queue is full, so that connecting to it takes forever.
#[cfg(target_os = "linux")]
fn black_hole() -> (tokio::net::TcpListener, Vec<std::net::TcpStream>) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        queued.push(stream);
    }
    (listener, queued)
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn connecting_times_out() {
    let (listener, _queued) = black_hole();
    let address = listener.local_addr().unwrap();
    let by_deadline = fail(&transport_to(address)).await;
    let config = Config { connect_timeout: Duration::from_secs(1), ..config(&format!("http://{address}")) };
    let by_connect_timeout = fail(&Sender::new(config)).await;
    for failure in [by_deadline, by_connect_timeout] {
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Connect, false));
        assert_eq!(failure.message, "timed out");
    }
}

#[tokio::test]
async fn a_server_without_tls_receives_no_request() {
    let address = serve(|_, mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        forever().await;
    });
    let failure = fail(&tls_transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Permanent, Phase::Tls, false));
    assert_eq!(failure.message, "the server does not speak TLS on this port");
}

#[tokio::test]
async fn a_broken_handshake_sends_nothing() {
    let address = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        stream.set_zero_linger().unwrap();
    });
    let failure = fail(&tls_transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Tls, false));
    assert!(failure.message.starts_with("connection closed ("), "{}", failure.message);
}

#[tokio::test]
async fn the_handshake_times_out() {
    let address = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        pass_deadlines().await;
        forever().await;
    });
    let failure = fail(&tls_transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Connect, false));
}

#[tokio::test]
async fn waiting_for_the_response_times_out() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        pass_deadlines().await;
        forever().await;
    });
    let failure = fail(&transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Response, true));
}

#[tokio::test]
async fn sending_the_request_times_out() {
    let address = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        pass_deadlines().await;
        forever().await;
    });
    // More than the socket buffers hold.
    let body = Bytes::from(vec![b' '; 64 << 20]);
    let failure =
        transport_to(address).send(AttemptRequest { body, ..attempt_ending_at(in_time()) }).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Request, true));
}

#[tokio::test]
async fn a_response_that_drips_ends_by_the_deadline() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            time::sleep(Duration::from_millis(10)).await;
        }
    });
    let ends_at = Instant::now() + Duration::from_secs(1);
    let failure = transport_to(address).send(attempt_ending_at(ends_at)).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Body, true));
    assert_eq!(failure.status, Some(200));
    assert!(Instant::now() >= ends_at);
}

#[tokio::test]
async fn a_connection_that_closes_after_the_request_counts_as_sent() {
    let closes = serve_text("");
    let resets = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.set_zero_linger().unwrap();
    });
    let half_a_head = serve_text("HTTP/1.1 200 OK\r\nContent-");
    for address in [closes, resets, half_a_head] {
        let failure = fail(&transport_to(address)).await;
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Response, true));
        assert!(!failure.reused);
        assert_eq!(failure.status, None);
    }
}

#[tokio::test]
async fn a_stale_connection_counts_as_reused() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(OK.as_bytes()).await.unwrap();
        read_request(&mut stream).await.unwrap();
    });
    let transport = transport_to(address);
    send(&transport).await.unwrap();
    let failure = fail(&transport).await;
    assert_eq!((failure.kind, failure.phase), (FailureKind::Network, Phase::Response));
    assert!(failure.sent && failure.reused, "{failure:?}");
    send(&transport).await.unwrap();
}

#[tokio::test]
async fn connections_are_reused_unless_idle_for_long() {
    let (address, mut requests) = serve_ok();
    let transport = transport_to(address);
    send(&transport).await.unwrap();
    send(&transport).await.unwrap();
    time::pause();
    time::advance(pool::MAX_IDLE + Duration::from_secs(1)).await;
    time::resume();
    send(&transport).await.unwrap();
    assert_eq!(used_connections(&mut requests), [0, 0, 1]);
}

#[tokio::test]
async fn the_transport_stays_usable_after_a_call_is_dropped() {
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let address = serve(move |number, mut stream| {
        let arrived = arrived.clone();
        async move {
            read_request(&mut stream).await.unwrap();
            arrived.send(()).unwrap();
            if number == 0 {
                forever().await;
            }
            stream.write_all(OK.as_bytes()).await.unwrap();
        }
    });
    let transport = transport_to(address);
    tokio::select! {
        response = send(&transport) => panic!("{response:?}"),
        _ = arrivals.recv() => {}
    }
    send(&transport).await.unwrap();
}

#[tokio::test]
async fn a_body_may_arrive_in_any_number_of_pieces() {
    let whole = "x".repeat(LIMIT);
    let chunk = format!("{:x}\r\n{}\r\n", LIMIT / 2, "x".repeat(LIMIT / 2));
    for (response, length) in [
        (OK.to_owned(), 2),
        (format!("HTTP/1.1 200 OK\r\nContent-Length: {LIMIT}\r\n\r\n{whole}"), LIMIT),
        (format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n"), LIMIT),
        (format!("HTTP/1.1 200 OK\r\n\r\n{whole}"), LIMIT),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned(), 0),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), 0),
    ] {
        let response = send(&transport_to(serve_text(response))).await.unwrap();
        assert_eq!(response.body.len(), length);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read_to_its_end() {
    let declared = serve_text(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", LIMIT + 1));
    let huge = serve_text(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 1_u64 << 60));
    // Both bodies are endless, so only the limit can end the attempt.
    let chunked = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        while stream.write_all(b"4\r\nxxxx\r\n").await.is_ok() {}
    });
    let until_closed = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    for (address, status) in [(declared, 200), (huge, 200), (chunked, 500), (until_closed, 200)] {
        let failure = fail(&transport_to(address)).await;
        assert_eq!((failure.kind, failure.phase), (FailureKind::TooLarge { limit: LIMIT }, Phase::Body));
        assert!(failure.sent);
        assert_eq!(failure.status, Some(status));
    }
}

#[tokio::test]
async fn a_body_that_ends_early_is_truncated() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\":0}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"code\":0}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\nzz\r\n",
    ] {
        let failure = fail(&transport_to(serve_text(response))).await;
        assert_eq!((failure.kind, failure.phase), (FailureKind::Truncated, Phase::Body), "{response}");
        assert!(failure.sent);
        assert_eq!(failure.status, Some(200));
    }
}

#[tokio::test]
async fn a_reset_within_the_body_is_a_network_failure() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await.unwrap();
        // Wait until the head has arrived.
        time::sleep(Duration::from_millis(300)).await;
        stream.set_zero_linger().unwrap();
    });
    let failure = fail(&transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Body, true));
}

#[tokio::test]
async fn bytes_that_are_not_http_are_malformed() {
    for response in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ] {
        let failure = fail(&transport_to(serve_text(response))).await;
        assert_eq!((failure.kind, failure.phase), (FailureKind::Malformed, Phase::Response), "{response}");
        assert!(failure.sent);
        assert!(failure.message.starts_with("expected HTTP, got something else ("), "{}", failure.message);
    }
}

#[tokio::test]
async fn many_header_lines_are_read_and_too_many_are_an_error_with_the_limit() {
    let response = |lines| {
        let lines = "X-Line: x\r\n".repeat(lines);
        format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{lines}\r\n{{}}")
    };
    let read = send(&transport_to(serve_text(response(MAX_HEADERS - 1)))).await.unwrap();
    assert_eq!(read.body, "{}");
    let failure = fail(&transport_to(serve_text(response(MAX_HEADERS)))).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Malformed, Phase::Response, true));
    assert!(failure.message.starts_with("the response has more than 256 header lines"), "{}", failure.message);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, requests) = serve_ok();
    for status in [301, 302, 303, 307, 308] {
        let response = format!("HTTP/1.1 {status} Go\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(send(&transport_to(serve_text(response))).await.unwrap().status, status);
    }
    assert!(requests.is_empty());
}

#[tokio::test]
async fn the_option_proxy_applies_to_loopback_addresses_too() {
    let (proxy, mut requests) = serve_ok();
    let proxy = Proxy::Url(format!("http://user:pa%20ss@{proxy}"));
    send(&Sender::new(Config { proxy, ..config("http://127.0.0.1:9/v3") })).await.unwrap();
    let (_, request) = requests.recv().await.unwrap();
    assert!(request.starts_with("POST http://127.0.0.1:9/v3/voice/first HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("proxy-authorization: Basic dXNlcjpwYSBzcw==\r\n"), "{request}");
}

/// Starts a proxy that responds to each `CONNECT` with one of these statuses, and reports each request.
fn serve_refusals(statuses: Vec<u16>) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let (report, reports) = mpsc::unbounded_channel();
    let address = serve(move |number, mut stream| {
        let report = report.clone();
        let status = statuses[number.min(statuses.len() - 1)];
        async move {
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            report.send(str::from_utf8(&request[..length]).unwrap().to_owned()).unwrap();
            let _ = stream.write_all(format!("HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
        }
    });
    (address, reports)
}

fn through(proxy: String, base: &str) -> Sender {
    Sender::new(Config { proxy: Proxy::Url(proxy), ..config(base) })
}

#[tokio::test]
async fn a_refused_tunnel_names_the_proxy_and_its_status_after_one_request() {
    for (status, kind) in [
        (401, FailureKind::Permanent),
        (403, FailureKind::Permanent),
        (405, FailureKind::Permanent),
        (407, FailureKind::Permanent),
        (429, FailureKind::Network),
        (502, FailureKind::Network),
    ] {
        let (proxy, mut requests) = serve_refusals(vec![status]);
        let transport = through(format!("http://user:hunter2@{proxy}"), "https://api.itniotech.com");
        let failure = fail(&transport).await;
        assert_eq!((failure.kind, failure.phase, failure.sent), (kind, Phase::Connect, false));
        assert_eq!(failure.message, format!("the proxy http://{proxy} refused the tunnel (HTTP {status})"));
        let request = requests.recv().await.unwrap();
        assert!(request.starts_with("CONNECT api.itniotech.com:443 HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("Proxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n"), "{request}");
        assert!(!request.contains("the-"), "{request}");
        assert!(requests.is_empty(), "{status}");
    }
}

#[tokio::test]
async fn the_remedy_of_a_proxy_that_wants_credentials_depends_on_the_url() {
    let (proxy, _requests) = serve_refusals(vec![407]);
    let without = fail(&through(format!("http://{proxy}"), "https://h.example")).await;
    assert_eq!(without.remedy, Some("add the proxy's credentials to its URL"));
    let wrong = fail(&through(format!("http://user:hunter2@{proxy}"), "https://h.example")).await;
    assert_eq!(wrong.remedy, Some("correct the user name and password in the proxy's URL"));
}

#[tokio::test]
async fn a_tunnel_that_is_refused_later_is_described_by_the_next_attempt() {
    let (proxy, mut requests) = serve_refusals(vec![200, 403]);
    let transport = through(format!("http://{proxy}"), "https://h.example");
    let first = fail(&transport).await;
    assert_eq!(first.message, format!("the proxy http://{proxy} refused the tunnel"));
    let second = fail(&transport).await;
    assert_eq!(second.message, format!("the proxy http://{proxy} refused the tunnel (HTTP 403)"));
    for _ in 0..3 {
        requests.recv().await.unwrap();
    }
    assert!(requests.is_empty());
}

#[tokio::test]
async fn an_unusable_proxy_is_named_and_the_service_is_not_blamed() {
    let address = BlockingListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for scheme in ["http", "https", "socks5h"] {
        for base in ["https://h.example", "http://127.0.0.1:9"] {
            let proxy = format!("{scheme}://{address}");
            let failure = fail(&through(format!("{scheme}://user:hunter2@{address}"), base)).await;
            assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Connect, false));
            assert!(failure.message.starts_with(&format!("could not use the proxy {proxy}: ")), "{}", failure.message);
            assert!(scheme == "socks5h" || failure.message.contains("refused"), "{}", failure.message);
        }
    }
    let no_proxy = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\r\n").await.unwrap();
    });
    let failure = fail(&through(format!("http://{no_proxy}"), "https://h.example")).await;
    assert!(failure.message.ends_with(": expected an HTTP response"), "{}", failure.message);
}

#[tokio::test]
async fn wrong_credentials_are_sent_to_a_socks_proxy_once() {
    let (report, mut reports) = mpsc::unbounded_channel();
    let proxy = serve(move |number, mut stream| {
        report.send(number).unwrap();
        async move {
            let mut greeting = [0; 4];
            stream.read_exact(&mut greeting[..3]).await.unwrap();
            stream.write_all(&[5, 2]).await.unwrap();
            stream.read_u8().await.unwrap();
            let _ = stream.write_all(&[1, 1]).await;
            forever().await;
        }
    });
    let failure = fail(&through(format!("socks5h://user:hunter2@{proxy}"), "https://h.example")).await;
    assert_eq!((failure.kind, failure.sent), (FailureKind::Permanent, false), "{}", failure.message);
    assert_eq!(failure.message, format!("the proxy socks5h://{proxy} refused the user name and password"));
    assert_eq!(reports.recv().await, Some(0));
    assert!(reports.is_empty());
}

#[tokio::test]
async fn a_silent_proxy_times_out() {
    let proxy = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        pass_deadlines().await;
        forever().await;
    });
    let failure = fail(&through(format!("http://{proxy}"), "https://h.example")).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Connect, false));
    assert_eq!(failure.message, format!("could not use the proxy http://{proxy}: timed out"));
}

#[tokio::test]
async fn the_remedy_of_a_proxy_without_tls_names_the_url_of_the_proxy() {
    let proxy = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let failure = fail(&through(format!("https://{proxy}"), "https://h.example")).await;
    assert_eq!((failure.kind, failure.sent), (FailureKind::Permanent, false));
    assert!(failure.message.ends_with(": the server does not speak TLS on this port"), "{}", failure.message);
    assert_eq!(failure.remedy, Some("check that the proxy runs, and the URL in `proxy` or in the environment"));
}

#[tokio::test]
async fn a_refusal_of_a_socks_proxy_is_described_by_its_reason() {
    for (reply, reason, kind) in [
        (1, "general server failure", FailureKind::Network),
        (2, "connection not allowed", FailureKind::Permanent),
        (4, "host unreachable", FailureKind::Network),
    ] {
        let proxy = serve(move |_, mut stream| async move {
            let mut greeting = [0; 3];
            stream.read_exact(&mut greeting).await.unwrap();
            stream.write_all(&[5, 0]).await.unwrap();
            stream.read_u8().await.unwrap();
            stream.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            forever().await;
        });
        let failure = fail(&through(format!("socks5h://{proxy}"), "https://h.example")).await;
        assert_eq!((failure.kind, failure.sent), (kind, false));
        assert_eq!(failure.message, format!("the proxy socks5h://{proxy} refused the connection ({reason})"));
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("the proxy's operator")));
    }
}

#[test]
fn errors_do_not_quote_invalid_options() {
    let error = |config| Transport::new(config).err().unwrap();
    for text in ["", "hunter2", "ftp://hunter2", "http://", "user:hunter2@proxy", "http://hunter2:x y"] {
        let error = error(Config { proxy: Proxy::Url(text.to_owned()), ..config("https://h") });
        assert!(error.starts_with("`proxy` ") && !error.contains("hunter2"), "{error}");
    }
    let error = error(Config { api_key: "hunter2\n".to_owned(), ..config("https://h") });
    assert!(error.starts_with("the API key ") && !error.contains("hunter2"), "{error}");
    for text in ["http://p:1", "https://u:p@p", "socks5://p", "socks5h://p:1080"] {
        assert!(Transport::new(Config { proxy: Proxy::Url(text.to_owned()), ..config("https://h") }).is_ok(), "{text}");
    }
}

/// A server with the certificate of its authority.
struct Certified {
    authority: tempfile::NamedTempFile,
    address: SocketAddr,
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap()
}

fn pem_file(contents: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, contents).unwrap();
    file
}

fn server_config() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
}

fn private_key(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).unwrap()
}

/// Starts a TLS server that responds to one request per connection and closes it without `close_notify`.
fn serve_tls(params: &CertificateParams, response: &'static str) -> Certified {
    let authority = authority(&format!("Authority {}", fastrand::u64(..)));
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let config = server_config()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private_key(&key))
        .unwrap();
    Certified { authority: pem_file(&authority.pem()), address: serve_tls_with(config, response) }
}

fn serve_tls_with(config: ServerConfig, response: &'static str) -> SocketAddr {
    let listener = BlockingListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut read = Vec::new();
            let mut piece = [0; 4096];
            while whole_request(&read).is_none() {
                match stream.read(&mut piece) {
                    Ok(length @ 1..) => read.extend_from_slice(&piece[..length]),
                    // The client does not trust this server.
                    _ => break,
                }
            }
            assert_ne!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));
            let _ = stream.write_all(response.as_bytes());
        }
    });
    address
}

fn config_to_tls(address: SocketAddr) -> Config {
    config(&format!("https://{address}"))
}

fn trusting(authority: &Path, address: SocketAddr) -> Sender {
    let ca_file = Some(PemFile::read("ca_file", authority).unwrap());
    Sender::new(Config { ca_file, ..config_to_tls(address) })
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).unwrap()
}

#[tokio::test]
async fn an_authority_in_ca_file_is_trusted() {
    let server = serve_tls(&params("127.0.0.1"), OK);
    assert_eq!(send(&trusting(server.authority.path(), server.address)).await.unwrap().body, "{}");
}

#[tokio::test]
async fn a_response_without_a_length_needs_close_notify() {
    let server = serve_tls(&params("127.0.0.1"), "HTTP/1.1 200 OK\r\n\r\n{}");
    let failure = fail(&trusting(server.authority.path(), server.address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Truncated, Phase::Body, true));
}

#[tokio::test]
async fn an_invalid_certificate_is_described() {
    let good = serve_tls(&params("127.0.0.1"), OK);
    let other_host = serve_tls(&params("other.example"), OK);
    let mut old = params("127.0.0.1");
    old.not_after = date_time_ymd(2020, 1, 1);
    let expired = serve_tls(&old, OK);
    let mut early = params("127.0.0.1");
    early.not_before = date_time_ymd(3000, 1, 1);
    let not_yet_valid = serve_tls(&early, OK);
    for (authority, address, problem) in [
        (&other_host.authority, good.address, "was issued by an unknown authority"),
        (&other_host.authority, other_host.address, "is for another host name"),
        (&expired.authority, expired.address, "has expired, or this machine's clock is wrong"),
        (&not_yet_valid.authority, not_yet_valid.address, "is not valid yet, or this machine's clock is wrong"),
    ] {
        let failure = fail(&trusting(authority.path(), address)).await;
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Permanent, Phase::Tls, false));
        assert_eq!(failure.message, format!("the server certificate {problem}"));
        assert!(failure.remedy.is_some());
    }
}

#[tokio::test]
async fn a_server_certificate_in_ca_file_is_trusted_for_its_host_and_time() {
    let issuer = authority("Authority that nothing trusts");
    let mut own_authority = params("127.0.0.1");
    own_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let mut expired = params("127.0.0.1");
    expired.not_after = date_time_ymd(2020, 1, 1);
    for (params, is_issued, problem) in [
        (params("127.0.0.1"), true, None),
        (params("127.0.0.1"), false, None),
        (own_authority, false, None),
        (params("other.example"), true, Some("is for another host name")),
        (params("other.example"), false, Some("is for another host name")),
        (expired.clone(), true, Some("has expired, or this machine's clock is wrong")),
        (expired, false, Some("has expired, or this machine's clock is wrong")),
    ] {
        let key = KeyPair::generate().unwrap();
        let certificate = if is_issued { params.signed_by(&key, &issuer) } else { params.self_signed(&key) }.unwrap();
        let config = server_config().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate.der().clone()], private_key(&key)).unwrap();
        let address = serve_tls_with(config, OK);
        let trusted = send(&trusting(pem_file(&certificate.pem()).path(), address)).await;
        match problem {
            None => assert_eq!(trusted.unwrap().body, "{}"),
            Some(problem) => {
                assert_eq!(trusted.unwrap_err().message, format!("the server certificate {problem}"));
            }
        }
        let failure = fail(&tls_transport_to(address)).await;
        assert_eq!((failure.kind, failure.phase), (FailureKind::Permanent, Phase::Tls), "{}", failure.message);
    }
}

#[tokio::test]
async fn a_server_of_tls_1_1_is_described() {
    let address = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        // The alert `protocol_version`, as a fatal one.
        stream.write_all(&[0x15, 3, 2, 0, 2, 2, 70]).await.unwrap();
        forever().await;
    });
    let failure = fail(&tls_transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Permanent, Phase::Tls, false));
    assert_eq!(failure.message, "the server supports neither TLS 1.2 nor TLS 1.3");
}

#[tokio::test]
async fn a_client_certificate_is_sent_to_a_server_that_requires_one() {
    let issuer = authority("Authority of client and server");
    let sign = || {
        let key = KeyPair::generate().unwrap();
        (params("127.0.0.1").signed_by(&key, &issuer).unwrap(), key)
    };
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(issuer.der().clone()).unwrap();
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let (certificate, key) = sign();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(vec![certificate.der().clone()], private_key(&key))
            .unwrap();
        let address = serve_tls_with(config, OK);
        let ca_file = pem_file(&issuer.pem());
        let base = config_to_tls(address);

        let (certificate, key) = sign();
        let both = pem_file(&(certificate.pem() + &key.serialize_pem()));
        let with = Config {
            ca_file: Some(PemFile::read("ca_file", ca_file.path()).unwrap()),
            client_certificate: Some(PemFile::read("client_certificate", both.path()).unwrap()),
            ..base
        };
        assert_eq!(send(&Sender::new(with)).await.unwrap().body, "{}");

        // In TLS 1.3 the alert may come after the request was written; nothing was processed all the same.
        let failure = fail(&trusting(ca_file.path(), address)).await;
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Permanent, Phase::Tls, false));
        assert_eq!(failure.message, "the server requires a client certificate");
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("`client_certificate`")));
    }
}

fn query(max_silence: Duration) -> AttemptRequest<'static> {
    AttemptRequest { max_silence: Some(max_silence), ..attempt_ending_at(in_time()) }
}

fn update() -> AttemptRequest<'static> {
    AttemptRequest { kind: OperationKind::Update, ..attempt_ending_at(in_time()) }
}

/// Passes this much time without waiting.
async fn pass(time: Duration) {
    time::pause();
    time::advance(time).await;
    time::resume();
}

/// Returns the connections that the requests used.
fn used_connections(requests: &mut mpsc::UnboundedReceiver<(usize, String)>) -> Vec<usize> {
    std::iter::from_fn(|| requests.try_recv().ok()).map(|(connection, _)| connection).collect()
}

#[tokio::test]
async fn an_update_uses_only_a_connection_that_was_just_used() {
    let (address, mut requests) = serve_ok();
    let transport = transport_to(address);
    transport.send(update()).await.unwrap();
    transport.send(update()).await.unwrap();
    pass(pool::MAX_IDLE_OF_UPDATES + Duration::from_millis(100)).await;
    transport.send(update()).await.unwrap();
    assert_eq!(used_connections(&mut requests), [0, 0, 1]);
    send(&transport).await.unwrap();
    pass(pool::MAX_IDLE_OF_UPDATES + Duration::from_millis(100)).await;
    send(&transport).await.unwrap();
    assert_eq!(used_connections(&mut requests), [2, 2]);
}

#[tokio::test]
async fn an_announced_keep_alive_shortens_the_reuse_of_connections() {
    for (timeout, pause, reused) in [(2, 900, true), (2, 1100, false), (1, 0, false), (60, 1100, true)] {
        let (report, mut requests) = mpsc::unbounded_channel();
        let address = serve(move |number, mut stream| {
            let report = report.clone();
            async move {
                while let Some(request) = read_request(&mut stream).await {
                    let _ = report.send((number, request));
                    let head = format!("HTTP/1.1 200 OK\r\nKeep-Alive: timeout={timeout}, max=9\r\n");
                    stream.write_all(format!("{head}Content-Length: 2\r\n\r\n{{}}").as_bytes()).await.unwrap();
                }
            }
        });
        let transport = transport_to(address);
        // The first connection may be closed when the limit is learned.
        send(&transport).await.unwrap();
        send(&transport).await.unwrap();
        pass(Duration::from_millis(pause)).await;
        send(&transport).await.unwrap();
        let connections = used_connections(&mut requests);
        assert_eq!(connections[1] == connections[2], reused, "{timeout} {pause} {connections:?}");
    }
}

#[tokio::test]
async fn a_response_that_arrives_steadily_outlasts_the_time_without_progress() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n").await.unwrap();
        for _ in 0..20 {
            time::sleep(Duration::from_millis(50)).await;
            stream.write_all(b"x").await.unwrap();
        }
    });
    let response = transport_to(address).send(query(Duration::from_millis(600))).await.unwrap();
    assert_eq!(response.body.len(), 20);
}

#[tokio::test]
async fn an_attempt_ends_after_a_time_without_progress() {
    let silent = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        forever().await;
    });
    let stalls = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nx").await.unwrap();
        forever().await;
    });
    for (address, phase) in [(silent, Phase::Response), (stalls, Phase::Body)] {
        let failure = transport_to(address).send(query(Duration::from_millis(200))).await.unwrap_err();
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, phase, true));
    }
}

#[tokio::test]
async fn attempts_beyond_max_connections_wait_in_order_and_within_their_deadline() {
    let transport = Sender::new(Config { max_connections: 1, ..config("http://127.0.0.1:9") }).transport;
    let first = transport.acquire_slot(in_time()).await.unwrap();
    let failure = transport.acquire_slot(Instant::now() + Duration::from_millis(10)).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Connect, false));
    assert_eq!(failure.message, "timed out, because all 1 connections were in use");
    assert!(failure.remedy.is_some_and(|remedy| remedy.contains("`max_connections`")));

    let second = pin!(transport.acquire_slot(in_time()));
    let third = pin!(transport.acquire_slot(in_time()));
    let mut second = until_waiting(second).await;
    let mut third = until_waiting(third).await;
    drop(first);
    let second = second.as_mut().await.unwrap();
    assert!(with_deadline(pin!(sleep_until(Instant::now())), third.as_mut()).await.is_none());
    drop(second);
    assert!(third.await.is_ok());
}

/// Polls a future once, so that it waits.
async fn until_waiting<F: Future>(mut future: Pin<&mut F>) -> Pin<&mut F> {
    assert!(with_deadline(pin!(sleep_until(Instant::now())), future.as_mut()).await.is_none());
    future
}

#[test]
fn each_runtime_has_connections_of_its_own() {
    let build = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (address, mut requests) = server.block_on(async { serve_ok() });
    let transport = transport_to(address);
    let (first, second) = (build(), build());
    for runtime in [&first, &second, &first, &second] {
        // The other runtime is alive, but not driven meanwhile.
        runtime.block_on(send(&transport)).unwrap();
    }
    assert_eq!(used_connections(&mut requests), [0, 1, 0, 1]);
}

#[test]
fn a_runtime_without_a_driver_is_refused() {
    let transport = transport_to("127.0.0.1:9".parse().unwrap());
    let bare = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let timed = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for runtime in [bare, timed] {
        let failure = runtime.block_on(async { transport.transport.open(&transport.pool).err().unwrap() });
        assert_eq!((failure.kind, failure.sent), (FailureKind::Misuse, false));
        assert!(failure.message.contains("`enable_all`"), "{}", failure.message);
    }
}
