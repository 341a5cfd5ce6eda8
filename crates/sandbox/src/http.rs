//! HTTP/1.1 on a raw stream: reads requests, and writes answers as bytes.
//!
//! No server library is used, because faults need a hand on every byte.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Greatest size of a request's head in bytes.
const MAX_HEAD: usize = 64 << 10;

/// Greatest number of a request's headers.
const MAX_HEADERS: usize = 128;

/// Greatest size of a request's body in bytes.
const MAX_BODY: usize = 64 << 20;

/// How many bytes are read at once.
const READ_SIZE: usize = 64 << 10;

/// A request, read as a whole.
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path, without the query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the client lets the connection serve further requests.
    pub(crate) keep_alive: bool,
}

impl Request {
    /// The value of a header, by its name in any case of letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find_header(&self.headers, name)
    }
}

/// Finds a header by its name in any case of letters.
pub(crate) fn find_header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Why there is no request.
pub(crate) enum ReadError {
    /// The connection ended or broke.
    Gone,
    /// What came is no request that the sandbox reads; this HTTP status says why.
    Refused(u16),
}

impl From<io::Error> for ReadError {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

/// A connection from which requests are read, with what was read too far.
pub(crate) struct Incoming {
    pub(crate) stream: TcpStream,
    buffer: Vec<u8>,
}

impl Incoming {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// Waits until a request begins, without taking it from the socket; false when the connection ended.
    pub(crate) async fn begins(&self) -> bool {
        !self.buffer.is_empty() || matches!(self.stream.peek(&mut [0]).await, Ok(1..))
    }

    /// Waits until the client has closed the connection; for ever while it has sent bytes that nobody reads.
    pub(crate) async fn closed_by_peer(&self) {
        if matches!(self.stream.peek(&mut [0]).await, Ok(1..)) {
            std::future::pending::<()>().await;
        }
    }

    /// Reads one request.
    pub(crate) async fn read_request(&mut self) -> Result<Request, ReadError> {
        let (mut request, framing) = loop {
            if let Some((length, request, framing)) = parse_head(&self.buffer)? {
                self.buffer.drain(..length);
                break (request, framing);
            }
            if self.buffer.len() >= MAX_HEAD {
                return Err(ReadError::Refused(431));
            }
            self.read_more().await?;
        };
        if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        request.body = match framing {
            Framing::Length(length) => self.read_exactly(length).await?,
            Framing::Chunked => self.read_chunks().await?,
        };
        Ok(request)
    }

    /// Reads bytes that may belong to the request and throws them away, so that closing does not cut off the answer.
    pub(crate) async fn discard_rest(&mut self) {
        let mut rest = [0; 4096];
        while matches!(self.stream.read(&mut rest).await, Ok(1..)) {}
    }

    async fn read_more(&mut self) -> Result<(), ReadError> {
        self.buffer.reserve(READ_SIZE);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ReadError::Gone),
            _ => Ok(()),
        }
    }

    async fn read_exactly(&mut self, length: usize) -> Result<Vec<u8>, ReadError> {
        if length > MAX_BODY {
            return Err(ReadError::Refused(413));
        }
        while self.buffer.len() < length {
            self.read_more().await?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    async fn read_chunks(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut body = Vec::new();
        loop {
            let (start, size) = loop {
                match httparse::parse_chunk_size(&self.buffer) {
                    Ok(httparse::Status::Complete(found)) => break found,
                    Ok(httparse::Status::Partial) if self.buffer.len() < MAX_HEAD => self.read_more().await?,
                    _ => return Err(ReadError::Refused(400)),
                }
            };
            self.buffer.drain(..start);
            if size == 0 {
                self.skip_trailers().await?;
                return Ok(body);
            }
            let size = usize::try_from(size).ok().filter(|size| *size <= MAX_BODY - body.len());
            body.extend(self.read_exactly(size.ok_or(ReadError::Refused(413))?).await?);
            self.read_exactly(b"\r\n".len()).await?;
        }
    }

    /// Skips the lines after the last chunk, up to the empty one.
    async fn skip_trailers(&mut self) -> Result<(), ReadError> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                self.buffer.drain(..end + 2);
                if end == 0 {
                    return Ok(());
                }
            } else if self.buffer.len() < MAX_HEAD {
                self.read_more().await?;
            } else {
                return Err(ReadError::Refused(431));
            }
        }
    }
}

/// How the end of a request's body is found.
enum Framing {
    Length(usize),
    Chunked,
}

/// A parsed head: its length, the request without its body, and how the body ends.
type Head = (usize, Request, Framing);

/// Parses a head; `None` while it is incomplete.
fn parse_head(buffer: &[u8]) -> Result<Option<Head>, ReadError> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let length = match head.parse(buffer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(ReadError::Refused(431)),
        Err(_) => return Err(ReadError::Refused(400)),
    };
    let target = head.path.unwrap_or_default();
    let mut request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: target.split('?').next().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(owned_header).collect(),
        body: Vec::new(),
        keep_alive: true,
    };
    let connection = request.header("connection").unwrap_or_default();
    request.keep_alive = head.version == Some(1) && !connection.eq_ignore_ascii_case("close");
    let framing = framing_of(&request)?;
    Ok(Some((length, request, framing)))
}

fn owned_header(header: &httparse::Header<'_>) -> (String, String) {
    (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned())
}

fn framing_of(request: &Request) -> Result<Framing, ReadError> {
    match (request.header("transfer-encoding"), request.header("content-length")) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
        (Some(_), _) => Err(ReadError::Refused(501)),
        (None, Some(length)) => length.parse().map(Framing::Length).map_err(|_| ReadError::Refused(400)),
        (None, None) => Ok(Framing::Length(0)),
    }
}

/// An answer, before it is written.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// An answer of the service itself: JSON.
    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json;charset=UTF-8".to_owned())];
        Self { status: 200, headers, body: body.into() }
    }

    /// A page such as gateways answer.
    pub(crate) fn html(status: u16) -> Self {
        let reason = reason(status);
        let page = format!(
            "<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1>\
             </center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self { status, headers: vec![("Content-Type".to_owned(), "text/html".to_owned())], body: page.into_bytes() }
    }

    /// Whether the answer has a header.
    pub(crate) fn has_header(&self, name: &str) -> bool {
        find_header(&self.headers, name).is_some()
    }

    /// Sets a header in place of what it was, or takes it away.
    pub(crate) fn set_header(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    /// The head as it is written.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// The phrase that goes with a status.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unnamed Status",
    }
}
