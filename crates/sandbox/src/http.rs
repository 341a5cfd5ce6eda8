//! HTTP/1.1 on a raw stream: reads requests and renders responses as bytes.
//!
//! No server library is used, because faults control every byte of a response.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Maximum size of a request's head in bytes.
const MAX_HEAD: usize = 64 << 10;

/// Maximum number of headers in a request.
const MAX_HEADERS: usize = 128;

/// Maximum size of a request's body in bytes.
const MAX_BODY: usize = 64 << 20;

/// Free space in the buffer before each read, in bytes.
const READ_SIZE: usize = 64 << 10;

/// A complete request.
pub(crate) struct HttpRequest {
    pub(crate) method: String,
    /// Path without its query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the client allows further requests on the connection.
    pub(crate) keep_alive: bool,
}

impl HttpRequest {
    /// Returns the value of a header. The case of its name does not matter.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find_header(&self.headers, name)
    }
}

/// Returns the value of a header. The case of its name does not matter.
pub(crate) fn find_header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Why no request could be read.
pub(crate) enum ReadError {
    /// The connection closed or broke.
    Closed,
    /// The bytes are not a request that the sandbox supports. The response has this HTTP status.
    Rejected(u16),
}

impl From<io::Error> for ReadError {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// A connection to a client.
pub(crate) struct HttpConnection {
    pub(crate) stream: TcpStream,
    /// Bytes that were read but not parsed.
    buffer: Vec<u8>,
}

impl HttpConnection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// Waits until a request arrives, and leaves its bytes in the socket. Returns false if the connection closed.
    pub(crate) async fn has_request(&self) -> bool {
        !self.buffer.is_empty() || matches!(self.stream.peek(&mut [0]).await, Ok(1..))
    }

    /// Waits until the client closes the connection. Waits forever if the client has sent more bytes.
    pub(crate) async fn closed_by_peer(&self) {
        if matches!(self.stream.peek(&mut [0]).await, Ok(1..)) {
            std::future::pending::<()>().await;
        }
    }

    /// Reads a request.
    pub(crate) async fn read_request(&mut self) -> Result<HttpRequest, ReadError> {
        let (mut request, framing) = loop {
            if let Some((length, request, framing)) = parse_head(&self.buffer)? {
                self.buffer.drain(..length);
                break (request, framing);
            }
            if self.buffer.len() >= MAX_HEAD {
                return Err(ReadError::Rejected(431));
            }
            self.read_more().await?;
        };
        if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        request.body = match framing {
            RequestFraming::Length(length) => self.read_exactly(length).await?,
            RequestFraming::Chunked => self.read_chunks().await?,
        };
        Ok(request)
    }

    /// Reads and discards the rest of a request. Otherwise, closing the socket could reset it before the client has
    /// read the response.
    pub(crate) async fn discard_rest(&mut self) {
        let mut rest = [0; 4096];
        while matches!(self.stream.read(&mut rest).await, Ok(1..)) {}
    }

    async fn read_more(&mut self) -> Result<(), ReadError> {
        self.buffer.reserve(READ_SIZE);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ReadError::Closed),
            _ => Ok(()),
        }
    }

    async fn read_exactly(&mut self, length: usize) -> Result<Vec<u8>, ReadError> {
        if length > MAX_BODY {
            return Err(ReadError::Rejected(413));
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
                    _ => return Err(ReadError::Rejected(400)),
                }
            };
            self.buffer.drain(..start);
            if size == 0 {
                self.skip_trailers().await?;
                return Ok(body);
            }
            let size = usize::try_from(size).ok().filter(|size| *size <= MAX_BODY - body.len());
            body.extend(self.read_exactly(size.ok_or(ReadError::Rejected(413))?).await?);
            self.read_exactly(b"\r\n".len()).await?;
        }
    }

    /// Skips the trailers after the last chunk.
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
                return Err(ReadError::Rejected(431));
            }
        }
    }
}

/// How a request announces the end of its body.
enum RequestFraming {
    Length(usize),
    Chunked,
}

/// A parsed head: its length, the request without its body, and the framing of the body.
type Head = (usize, HttpRequest, RequestFraming);

/// Parses a head. Returns `None` if it is incomplete.
fn parse_head(buffer: &[u8]) -> Result<Option<Head>, ReadError> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let length = match head.parse(buffer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(ReadError::Rejected(431)),
        Err(_) => return Err(ReadError::Rejected(400)),
    };
    let target = head.path.unwrap_or_default();
    let mut request = HttpRequest {
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

fn framing_of(request: &HttpRequest) -> Result<RequestFraming, ReadError> {
    match (request.header("transfer-encoding"), request.header("content-length")) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => Ok(RequestFraming::Chunked),
        (Some(_), _) => Err(ReadError::Rejected(501)),
        (None, Some(length)) => length.parse().map(RequestFraming::Length).map_err(|_| ReadError::Rejected(400)),
        (None, None) => Ok(RequestFraming::Length(0)),
    }
}

/// A response before it is sent.
#[derive(Clone)]
pub(crate) struct SandboxResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl SandboxResponse {
    /// Returns a JSON response, as the service sends it.
    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json;charset=UTF-8".to_owned())];
        Self { status: 200, headers, body: body.into() }
    }

    /// Returns an HTML page, as gateways send it.
    pub(crate) fn html(status: u16) -> Self {
        let reason = reason(status);
        let page = format!(
            "<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1>\
             </center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self { status, headers: vec![("Content-Type".to_owned(), "text/html".to_owned())], body: page.into_bytes() }
    }

    /// Returns whether the response has this header.
    pub(crate) fn has_header(&self, name: &str) -> bool {
        find_header(&self.headers, name).is_some()
    }

    /// Sets a header, or removes it if the value is `None`.
    pub(crate) fn set_header(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    /// Returns the bytes of the head.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// Returns the reason phrase of a status.
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
