//! Tests of the transport against real sockets.

mod attempts;
mod certificates;
mod connections;
mod proxies;
mod responses;

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
        user_agent: None,
        connect_timeout: Duration::from_secs(60),
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
}

impl Sender {
    fn new(config: Config) -> Self {
        Self { transport: Transport::new(config).unwrap(), pool: Pool::default() }
    }

    async fn send(&self, outgoing: AttemptRequest<'_>) -> Result<HttpResponse, TransportFailure> {
        let http = self.transport.open(&self.pool)?;
        self.transport.send(&http, outgoing).await
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
    static NO_HEADERS: LazyLock<ExtraHeaders> = LazyLock::new(ExtraHeaders::default);
    AttemptRequest {
        cancel: &CANCEL,
        path: "/voice/first",
        kind: OperationKind::Query,
        sign: "the-sign",
        timestamp: 1_630_468_800,
        body: Bytes::from_static(b"{\"keyId\":1}"),
        ends_at,
        max_silence: None,
        max_response_bytes: LIMIT,
        extra_headers: &NO_HEADERS,
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

/// Returns the connections that the requests used.
fn used_connections(requests: &mut mpsc::UnboundedReceiver<(usize, String)>) -> Vec<usize> {
    std::iter::from_fn(|| requests.try_recv().ok()).map(|(connection, _)| connection).collect()
}
