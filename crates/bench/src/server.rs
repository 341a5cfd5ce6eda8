//! A server that does as little as possible, run in a separate process, because its time is not the client's.

use std::net::Ipv4Addr;
use std::time::SystemTime;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{BenchError, fixture};

/// Prints the address, and serves until the process that started this one ends.
pub(crate) fn serve() -> Result<(), BenchError> {
    // The other process holds the pipe open until it ends, however it ends.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
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
}

impl Responses {
    fn new() -> Self {
        Self { small: render_response(fixture::SMALL), page: render_response(&fixture::page_response()) }
    }

    fn response_for(&self, path: &str) -> &[u8] {
        if path.ends_with(fixture::QUERY_PATH) { &self.page } else { &self.small }
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
        while let Some((length, path)) = parse_request(&received)? {
            stream.write_all(responses.response_for(path)).await?;
            received.drain(..length);
        }
    }
    Ok(())
}

/// Returns length and path of the first request, once it has arrived with its body.
fn parse_request(received: &[u8]) -> Result<Option<(usize, &str)>, BenchError> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head_length) = head.parse(received)? else { return Ok(None) };
    let declared = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let declared = declared.ok_or("the request declares no length")?.value;
    let length = head_length + std::str::from_utf8(declared)?.parse::<usize>()?;
    Ok((received.len() >= length).then(|| (length, head.path.unwrap_or_default())))
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
        assert_eq!(parse_request(whole).unwrap(), Some((end, "/a")));
    }
}
