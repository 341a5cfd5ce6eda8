//! Asks an HTTP proxy for a tunnel before the first one is used.
//!
//! reqwest does not report the status with which a proxy refuses a tunnel, and some refusals must not be repeated: each wrong
//! password counts towards the lock of the account. The first tunnel of a client is therefore opened here and closed again.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;

use super::diagnosis::describe_cause;
use super::failure::{ConnectFault, FailureKind, TransportFailure};
use super::proxy::ProxyServer;
use super::resolver::Resolver;
use crate::error::Phase;

/// Maximum size of a proxy's response head in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// The tunnels of a client through its proxy.
pub(super) struct Tunnel {
    proxy: ProxyServer,
    /// Host and port of the service.
    target: String,
    /// Whether the proxy opened the latest tunnel.
    is_open: AtomicBool,
}

impl Tunnel {
    pub(super) fn new(proxy: ProxyServer, target: String) -> Self {
        Self { proxy, target, is_open: AtomicBool::new(false) }
    }

    /// Opens a tunnel and closes it, unless the proxy opened the latest one.
    pub(super) async fn ensure(&self, resolver: &Resolver, tls: &rustls::ClientConfig) -> Result<(), TransportFailure> {
        if self.is_open.load(Ordering::Relaxed) {
            return Ok(());
        }
        let status = self.request_tunnel(resolver, tls).await?;
        if status != 200 {
            return Err(TransportFailure::before_writing(self.proxy.refused_tunnel(Some(status))));
        }
        self.is_open.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Describes a proxy that did not open a tunnel in time.
    pub(super) fn timed_out(&self, is_resolving: bool) -> TransportFailure {
        let phase = if is_resolving { Phase::Resolve } else { Phase::Connect };
        let message = "timed out".to_owned();
        let fault = ConnectFault { phase, kind: FailureKind::Timeout, message, remedy: None };
        TransportFailure::before_writing(self.proxy.blame(fault))
    }

    /// Records that a tunnel could not be opened, so that the next attempt learns the reason.
    pub(super) fn forget(&self) {
        self.is_open.store(false, Ordering::Relaxed);
    }

    /// Returns the status with which the proxy responds to `CONNECT`.
    async fn request_tunnel(&self, resolver: &Resolver, tls: &rustls::ClientConfig) -> Result<u16, TransportFailure> {
        let failed = |phase, error: &(dyn Error + 'static)| {
            TransportFailure::before_writing(self.proxy.blame(describe_cause(phase, error)))
        };
        let stream = resolver.connect().await;
        let stream = stream.map_err(|error| failed(Phase::Connect, &error))?;
        if !self.proxy.is_https() {
            return self.exchange(stream).await.map_err(|error| failed(Phase::Connect, &error));
        }
        let mut tls = tls.clone();
        tls.alpn_protocols.clear();
        let name = ServerName::try_from(self.proxy.host().to_owned()).map_err(|error| failed(Phase::Tls, &error))?;
        let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await;
        let stream = stream.map_err(|error| failed(Phase::Tls, &error))?;
        self.exchange(stream).await.map_err(|error| failed(Phase::Connect, &error))
    }

    async fn exchange(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<u16> {
        let target = &self.target;
        let authorization = match self.proxy.basic_credentials() {
            Some(credentials) => format!("Proxy-Authorization: Basic {credentials}\r\n"),
            None => String::new(),
        };
        let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n");
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            if head.len() > MAX_HEAD || stream.read_buf(&mut head).await? == 0 {
                break;
            }
        }
        status_of(&head).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "expected an HTTP response"))
    }
}

/// Returns the status of a response head.
fn status_of(head: &[u8]) -> Option<u16> {
    let line = head.split(|&byte| byte == b'\r').next()?;
    let line = str::from_utf8(line).ok()?;
    let (version, rest) = line.split_once(' ')?;
    let status =
        rest.get(..3).filter(|_| version.starts_with("HTTP/1.") && !rest[3..].starts_with(|c: char| c != ' '))?;
    status.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_from_a_response_head_only() {
        for (head, status) in [
            ("HTTP/1.1 200 OK\r\n\r\n", Some(200)),
            ("HTTP/1.0 407\r\n\r\n", Some(407)),
            ("HTTP/1.1 2000 OK\r\n\r\n", None),
            ("HTTP/1.1 2é\r\n\r\n", None),
            ("SSH-2.0-OpenSSH 200\r\n", None),
            ("", None),
        ] {
            assert_eq!(status_of(head.as_bytes()), status, "{head:?}");
        }
    }
}
