//! A server that does as little as possible, in a process of its own, so that its time is not the client's.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{Failure, fixture};

/// The argument that makes this program a server.
pub(crate) const SERVE: &str = "serve";

/// A running server, which ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    /// Runs this program once more.
    pub(crate) fn start() -> Result<Self, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(format!("--{SERVE}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = process.stdout.take().ok_or("the server has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { process, address: line.trim().parse()? })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has gone already is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until the process that started this one ends.
pub(crate) fn serve() -> Result<(), Failure> {
    // The other process holds the pipe as long as it lives, however it ends.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        let answers: &'static Answers = Box::leak(Box::new(Answers::new()));
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            // A connection that breaks concerns the client, which reports it.
            tokio::spawn(async move { answer_all(stream, answers).await.ok() });
        }
    })
}

/// Whole answers, head and body.
struct Answers {
    small: Vec<u8>,
    page: Vec<u8>,
}

impl Answers {
    fn new() -> Self {
        Self { small: answer(fixture::SMALL), page: answer(&fixture::page()) }
    }

    fn to(&self, path: &str) -> &[u8] {
        if path.ends_with(fixture::QUERY_PATH) { &self.page } else { &self.small }
    }
}

fn answer(body: &str) -> Vec<u8> {
    let date = httpdate::fmt_http_date(SystemTime::now());
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: {date}\r\nContent-Type: application/json;charset=UTF-8\r\n\
         Content-Length: {length}\r\nConnection: keep-alive\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Answers one request after the other.
async fn answer_all(mut stream: TcpStream, answers: &Answers) -> Result<(), Failure> {
    let mut received = Vec::with_capacity(16 * 1024);
    while stream.read_buf(&mut received).await? > 0 {
        while let Some((length, path)) = request(&received)? {
            stream.write_all(answers.to(path)).await?;
            received.drain(..length);
        }
    }
    Ok(())
}

/// Length and path of the first request, once it is there with its body.
fn request(received: &[u8]) -> Result<Option<(usize, &str)>, Failure> {
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
    fn a_request_is_one_when_its_body_is_there() {
        let whole = b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}POST";
        let end = whole.len() - "POST".len();
        for part in 0..end {
            assert!(request(&whole[..part]).unwrap().is_none(), "{part}");
        }
        assert_eq!(request(whole).unwrap(), Some((end, "/a")));
    }
}
