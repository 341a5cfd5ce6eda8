//! Carries out the plan for a request: edits the response and sends its bytes.

use std::io::{self, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::envelope;
use crate::generated::protocol::{Ending, Fault, Pace, Reflection};
use crate::http::{HttpConnection, HttpRequest, SandboxResponse};
use crate::padding::{self, Size};
use crate::plan::{Delivery, Interim, ResponseFraming, ResponseSource};

/// Size of a chunk in bytes.
const CHUNK: usize = 4096;

/// The use of a connection after a response.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Serve the next request.
    Request,
    /// Close when the next request has arrived.
    Stale,
    /// Close.
    End,
}

/// The reply to a request.
pub(crate) enum Reply {
    Response(SandboxResponse),
    Raw(Vec<u8>),
    Nothing,
}

impl Delivery {
    /// Returns how the connection ends. Without an explicit ending, the framing and the request decide.
    pub(crate) fn ending(&self, keep_alive: bool) -> Ending {
        let cut_off = self.keep.is_some() || matches!(self.framing, ResponseFraming::Claimed(_));
        match self.ending {
            Some(ending) => ending,
            None if cut_off => Ending::CloseUnsaid,
            None if self.framing == ResponseFraming::UntilClose || !keep_alive => Ending::CloseSaid,
            None => Ending::KeepAlive,
        }
    }
}

/// Applies a fault that changes a response.
pub(crate) fn apply_edit(response: &mut SandboxResponse, edit: &Fault) {
    match edit {
        Fault::HttpStatus(status) => response.status = *status,
        Fault::Header(name, value) => response.set_header(name, value.as_deref()),
        Fault::AddHeader(name, value) => response.headers.push((name.clone(), value.clone())),
        Fault::ManyHeaders { count, bytes } => {
            let value = "x".repeat(*bytes as usize);
            response.headers.extend((0..*count).map(|number| (format!("X-Padding-{number}"), value.clone())));
        }
        Fault::Body(body) => response.body.clone_from(body),
        Fault::Envelope(style) => response.body = style.restyle(&response.body),
        Fault::Gzip => compress_body(response, [response.body.clone().as_slice()].into_iter()),
        Fault::GzipBomb(bytes) => compress_body(response, padding::pieces(Size::Bytes(*bytes))),
        // The other faults are not changes to a response.
        _ => {}
    }
}

/// Returns a response that repeats the headers of a request.
pub(crate) fn reflect_headers(reflection: Reflection, request: &HttpRequest) -> ResponseSource {
    let lines: Vec<_> = request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let page = SandboxResponse::html(200).headers;
    let (status, headers, body) = match reflection {
        Reflection::Page => (500, page, format!("<html><pre>{}</pre></html>", lines.join("\n"))),
        Reflection::Message => (200, SandboxResponse::json("").headers, envelope::failure(-22, &lines.join("\n"))),
        Reflection::Encoding => {
            let encoding = ("Content-Encoding".to_owned(), lines.join(", "));
            (200, page.into_iter().chain([encoding]).collect(), "<html></html>".to_owned())
        }
    };
    ResponseSource::Respond { status, headers, body: body.into_bytes() }
}

/// Sets the body of a response to these pieces, compressed.
fn compress_body<'a>(response: &mut SandboxResponse, mut pieces: impl Iterator<Item = &'a [u8]>) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = pieces.try_for_each(|piece| encoder.write_all(piece)).and_then(|()| encoder.finish());
    // Writing to memory does not fail.
    response.body = written.unwrap_or_default();
    response.set_header("Content-Encoding", Some("gzip"));
}

/// Sends a reply and then ends the connection, if `ending` says so.
pub(crate) async fn deliver_reply(
    connection: &mut HttpConnection,
    reply: Reply,
    delivery: &Delivery,
    ending: Ending,
) -> Next {
    let stream = &mut connection.stream;
    let sent = match reply {
        Reply::Response(response) => send_response(stream, response, delivery).await,
        Reply::Raw(bytes) => send_paced(stream, &bytes, delivery.body_pace).await,
        Reply::Nothing => Ok(()),
    };
    if sent.is_err() {
        return Next::End;
    }
    match ending {
        Ending::KeepAlive => return Next::Request,
        Ending::Stale => return Next::Stale,
        // Fails if the client has closed the connection already.
        Ending::CloseSaid | Ending::CloseUnsaid => drop(stream.shutdown().await),
        Ending::Reset => reset(stream),
        Ending::Hold => connection.closed_by_peer().await,
    }
    Next::End
}

/// Makes dropping the stream send a reset.
pub(crate) fn reset(stream: &TcpStream) {
    // A connection that is gone already needs no reset.
    let _ = stream.set_zero_linger();
}

/// Sends a response.
async fn send_response(stream: &mut TcpStream, mut response: SandboxResponse, delivery: &Delivery) -> io::Result<()> {
    let length = match delivery.padding {
        Some(padding) => padding.bytes(),
        None => Some(response.body.len() as u64),
    };
    let chunked = match (delivery.framing, length) {
        (ResponseFraming::Length, Some(length)) => {
            if !response.has_header("Content-Length") {
                response.set_header("Content-Length", Some(&length.to_string()));
            }
            false
        }
        (ResponseFraming::Claimed(claimed), _) => {
            response.set_header("Content-Length", Some(&claimed.to_string()));
            false
        }
        (ResponseFraming::Chunked, _) | (ResponseFraming::Length, None) => {
            response.set_header("Transfer-Encoding", Some("chunked"));
            true
        }
        (ResponseFraming::UntilClose, _) => false,
    };
    if let Some(interim) = delivery.interim {
        send_interim(stream, interim).await?;
    }
    let mut head = response.head();
    if let Some(padding) = delivery.padding {
        send_paced(stream, &head, delivery.head_pace).await?;
        return send_padding(stream, padding, chunked, delivery.body_pace).await;
    }
    let body = body_bytes(&response.body, chunked, delivery.keep);
    if delivery.head_pace.is_none() && delivery.body_pace.is_none() {
        head.extend(body);
        return stream.write_all(&head).await;
    }
    send_paced(stream, &head, delivery.head_pace).await?;
    send_paced(stream, &body, delivery.body_pace).await
}

/// Sends interim responses. Unless `at_once`, it pauses between batches so that a client that was built for debugging
/// keeps up.
async fn send_interim(stream: &mut TcpStream, Interim { count, at_once }: Interim) -> io::Result<()> {
    const RESPONSE: &str = "HTTP/1.1 102 Processing\r\n\r\n";
    const PAUSE: Duration = Duration::from_millis(5);
    let batch = count.min(if at_once { 4096 } else { 64 });
    let responses = RESPONSE.repeat(batch as usize);
    let mut left = count;
    while left > 0 {
        let next = left.min(batch);
        stream.write_all(&responses.as_bytes()[..next as usize * RESPONSE.len()]).await?;
        left -= next;
        if !at_once {
            sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// Returns the bytes of a body as they are sent, up to where it is truncated.
fn body_bytes(body: &[u8], chunked: bool, keep: Option<usize>) -> Vec<u8> {
    let kept = &body[..keep.unwrap_or(body.len()).min(body.len())];
    if !chunked {
        return kept.to_vec();
    }
    let mut bytes: Vec<u8> = kept.chunks(CHUNK).flat_map(chunk).collect();
    if keep.is_none() {
        bytes.extend(b"0\r\n\r\n");
    }
    bytes
}

/// Returns one chunk.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

async fn send_padding(stream: &mut TcpStream, size: Size, chunked: bool, pace: Option<Pace>) -> io::Result<()> {
    for piece in padding::pieces(size) {
        if chunked {
            send_paced(stream, &chunk(piece), pace).await?;
        } else {
            send_paced(stream, piece, pace).await?;
        }
    }
    if chunked { stream.write_all(b"0\r\n\r\n").await } else { Ok(()) }
}

/// Sends bytes at once, or in pieces at this pace.
async fn send_paced(stream: &mut TcpStream, bytes: &[u8], pace: Option<Pace>) -> io::Result<()> {
    let Some(pace) = pace else { return stream.write_all(bytes).await };
    for piece in bytes.chunks(pace.bytes.max(1) as usize) {
        sleep(pace.interval).await;
        stream.write_all(piece).await?;
    }
    Ok(())
}
