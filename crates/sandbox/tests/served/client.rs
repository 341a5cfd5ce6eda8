//! A client for tests. It signs requests itself and returns responses byte for byte.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use md5::{Digest, Md5};
use recallflow_sandbox::Sandbox;
use serde_json::{Value, json};

pub(crate) const DETAIL: &str = "/voice/recallFlow/queryDetail";
pub(crate) const UPDATE: &str = "/voice/recallFlow/update";
pub(crate) const TASKS: &str = "/voice/group/call/query";
pub(crate) const FLOWS: &str = "/voice/recallFlow/queryPage";
pub(crate) const CANCEL: &str = "/voice/recallFlow/cancel";

/// How long a test waits for bytes.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// The address and credentials of a sandbox.
pub(crate) trait Server {
    fn address(&self) -> SocketAddr;
    fn api_key(&self) -> &str;
    fn api_secret(&self) -> &str;
}

impl Server for Sandbox {
    fn address(&self) -> SocketAddr {
        self.address()
    }

    fn api_key(&self) -> &str {
        self.api_key()
    }

    fn api_secret(&self) -> &str {
        self.api_secret()
    }
}

/// The address and credentials of a sandbox that a `Session` runs.
pub(crate) struct Account {
    pub(crate) address: SocketAddr,
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
}

impl Server for Account {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn api_key(&self) -> &str {
        &self.api_key
    }

    fn api_secret(&self) -> &str {
        &self.api_secret
    }
}

/// A request that a test changes before it is sent.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Returns the machine's Unix time in seconds.
pub(crate) fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    i64::try_from(since.as_secs()).expect("it is before the end of time")
}

pub(crate) fn sign(sandbox: &impl Server, timestamp: &str) -> String {
    let signed = format!("{}{}{timestamp}", sandbox.api_key(), sandbox.api_secret());
    let digest = Md5::digest(signed.as_bytes());
    digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

impl Request {
    /// Returns a request that the sandbox accepts, signed now.
    pub(crate) fn new(sandbox: &impl Server, path: &str, body: &Value) -> Self {
        Self::signed_at(sandbox, path, body, unix_seconds())
    }

    /// Returns a request that was signed at this time.
    pub(crate) fn signed_at(sandbox: &impl Server, path: &str, body: &Value, timestamp: i64) -> Self {
        let timestamp = timestamp.to_string();
        let headers = [
            ("Host", sandbox.address().to_string()),
            ("Content-Type", "application/json;charset=UTF-8".to_owned()),
            ("Sign", sign(sandbox, &timestamp)),
            ("Timestamp", timestamp),
            ("Api-Key", sandbox.api_key().to_owned()),
        ];
        Self {
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            body: body.to_string().into_bytes(),
        }
    }

    /// Replaces a header.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes a header.
    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn head(&self) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}Content-Length: {}\r\n\r\n", self.head(), self.body.len()).into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

/// A received response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = |line: &'_ str| line.split_once(": ").is_some_and(|(known, _)| known.eq_ignore_ascii_case(name));
        self.head.lines().find(|text| line(text)).and_then(|line| line.split_once(": ")).map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn code(&self) -> i64 {
        self.json()["code"].as_i64().expect("the response has a code")
    }

    pub(crate) fn message(&self) -> String {
        self.json()["msg"].as_str().expect("the response has a message").to_owned()
    }
}

/// A connection to a sandbox.
pub(crate) struct Connection(pub(crate) TcpStream);

impl Connection {
    pub(crate) fn open(sandbox: &impl Server) -> Self {
        let stream = TcpStream::connect(sandbox.address()).expect("the sandbox listens");
        stream.set_read_timeout(Some(READ_TIMEOUT)).expect("a timeout can be set");
        Self(stream)
    }

    pub(crate) fn send_request(&mut self, request: &Request) -> io::Result<Reply> {
        self.0.write_all(&request.bytes())?;
        self.read()
    }

    /// Reads a response.
    pub(crate) fn read(&mut self) -> io::Result<Reply> {
        let head = self.read_head()?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("the response has a status");
        let mut reply = Reply { status, head, body: Vec::new() };
        if reply.header("Transfer-Encoding") == Some("chunked") {
            reply.body = self.read_chunks()?;
        } else if let Some(length) = reply.header("Content-Length") {
            reply.body = vec![0; length.parse().expect("the length is a number")];
            self.0.read_exact(&mut reply.body)?;
        } else {
            self.0.read_to_end(&mut reply.body)?;
        }
        Ok(reply)
    }

    pub(crate) fn read_head(&mut self) -> io::Result<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.read_byte()?);
        }
        Ok(String::from_utf8(head).expect("a head is text"))
    }

    fn read_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                line.push(self.read_byte()?);
            }
            let line = String::from_utf8(line).expect("a size is text");
            let size = usize::from_str_radix(line.trim_end(), 16).expect("a size is a number");
            let mut chunk = vec![0; size + 2];
            self.0.read_exact(&mut chunk)?;
            if size == 0 {
                return Ok(body);
            }
            body.extend(&chunk[..size]);
        }
    }

    fn read_byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    /// Reads to the end of the connection.
    pub(crate) fn read_to_end(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest)?;
        Ok(rest)
    }
}

/// Sends a request on a new connection.
pub(crate) fn send(sandbox: &impl Server, request: &Request) -> io::Result<Reply> {
    Connection::open(sandbox).send_request(request)
}

/// Sends a signed request on a new connection. Panics if no response arrives.
pub(crate) fn ask(sandbox: &impl Server, path: &str, body: &Value) -> Reply {
    send(sandbox, &Request::new(sandbox, path, body)).expect("the sandbox responds")
}

/// Sends a signed request on a new connection.
pub(crate) fn try_ask(sandbox: &impl Server, path: &str, body: &Value) -> io::Result<Reply> {
    send(sandbox, &Request::new(sandbox, path, body))
}

pub(crate) fn start() -> Sandbox {
    Sandbox::start_blocking().expect("a sandbox starts")
}

/// Returns a valid update without nodes.
pub(crate) fn update(key: i64) -> Value {
    json!({ "keyId": key, "recallInterval": 45, "recallNum": 3, "recallType": 1 })
}
