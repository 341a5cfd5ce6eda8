//! A server that does as little as possible, run in a separate process, because its time is not the client's.

use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{BenchError, fixture};

/// The time that a distant response takes longer.
const LATENCY: Duration = Duration::from_millis(50);

/// Prints the address, and serves until the process that started this one ends.
pub(crate) fn serve() -> Result<(), BenchError> {
    // The other process holds the pipe open until it ends, however it ends.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("{}", listener.local_addr()?);
        let responses: &'static Responses = Box::leak(Box::new(Responses::new()));
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            // The client reports a broken connection.
            tokio::spawn(async move { serve_connection(stream, responses).await.ok() });
        }
    })
}

/// Whole responses, head and body.
struct Responses {
    small: Vec<u8>,
    page: Vec<u8>,
    list: Vec<Vec<u8>>,
}

impl Responses {
    fn new() -> Self {
        Self {
            small: render_response(fixture::SMALL),
            page: render_response(&fixture::page_response()),
            list: (1..=fixture::PAGES).map(|number| render_response(&fixture::list_response(number))).collect(),
        }
    }

    fn response_for(&self, path: &str) -> &[u8] {
        if path.ends_with(fixture::QUERY_PATH) { &self.page } else { &self.small }
    }

    /// Returns the page of the list that a request is for.
    fn page_of_list(&self, body: &[u8]) -> Result<&[u8], BenchError> {
        let number = serde_json::from_slice::<serde_json::Value>(body)?["current"].as_u64().ok_or("expected a page")?;
        let page = self.list.get(usize::try_from(number)?.wrapping_sub(1));
        Ok(page.ok_or("expected the number of a page")?)
    }
}

fn render_response(body: &str) -> Vec<u8> {
    let date = httpdate::fmt_http_date(SystemTime::now());
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: {date}\r\nContent-Type: application/json;charset=UTF-8\r\n\
         Content-Length: {length}\r\nConnection: keep-alive\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Responds to one request after the other.
async fn serve_connection(mut stream: TcpStream, responses: &Responses) -> Result<(), BenchError> {
    let mut received = Vec::with_capacity(16 * 1024);
    while stream.read_buf(&mut received).await? > 0 {
        while let Some(Request { length, path, body }) = parse_request(&received)? {
            let response = if path.starts_with(fixture::DISTANT) {
                tokio::time::sleep(LATENCY).await;
                responses.page_of_list(body)?
            } else {
                responses.response_for(path)
            };
            stream.write_all(response).await?;
            received.drain(..length);
        }
    }
    Ok(())
}

/// The first request of the received bytes.
#[derive(Debug, PartialEq, Eq)]
struct Request<'r> {
    length: usize,
    path: &'r str,
    body: &'r [u8],
}

/// Returns the first request, once it has arrived with its body.
fn parse_request(received: &[u8]) -> Result<Option<Request<'_>>, BenchError> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head_length) = head.parse(received)? else { return Ok(None) };
    let declared = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let declared = declared.ok_or("the request declares no length")?.value;
    let length = head_length + std::str::from_utf8(declared)?.parse::<usize>()?;
    Ok((received.len() >= length).then(|| Request {
        length,
        path: head.path.unwrap_or_default(),
        body: &received[head_length..length],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_complete_when_its_body_has_arrived() {
        let whole = b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}POST";
        let end = whole.len() - "POST".len();
        for part in 0..end {
            assert!(parse_request(&whole[..part]).unwrap().is_none(), "{part}");
        }
        assert_eq!(parse_request(whole).unwrap(), Some(Request { length: end, path: "/a", body: b"{}" }));
    }
}
