//! Resolves host names, so that a DNS failure has its own phase and message.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::failure::{self, FailureKind, Fault};
use crate::error::Phase;

/// A resolver that uses the system's and knows whether a lookup is running.
#[derive(Clone, Default)]
pub(super) struct Resolver {
    /// Whether the latest lookup has not completed. It stays true if the lookup was canceled.
    unfinished: Arc<AtomicBool>,
}

impl Resolver {
    /// Returns whether an attempt without a connection is probably waiting for a lookup.
    pub(super) fn is_waiting(&self) -> bool {
        self.unfinished.load(Ordering::Relaxed)
    }

    /// Connects to a host that may have several addresses.
    pub(super) async fn connect(&self, host: &str, port: u16) -> io::Result<TcpStream> {
        let mut addresses = self.lookup(host).await.map_err(io::Error::other)?;
        for address in &mut addresses {
            address.set_port(port);
        }
        TcpStream::connect(&*addresses).await
    }

    /// Returns the addresses of a host, which are not empty. Their port is 0.
    async fn lookup(&self, host: &str) -> Result<Vec<SocketAddr>, Unresolved> {
        self.unfinished.store(true, Ordering::Relaxed);
        let found = lookup_on_thread(host.to_owned()).await;
        self.unfinished.store(false, Ordering::Relaxed);
        match found {
            Ok(addresses) if addresses.is_empty() => Err(Unresolved::new(host, io::Error::other("it has no address"))),
            Ok(addresses) => Ok(addresses),
            Err(error) => Err(Unresolved::new(host, error)),
        }
    }
}

/// Looks a host up on a new thread. Tokio's own threads are not used, because Tokio panics if the system refuses one.
async fn lookup_on_thread(host: String) -> io::Result<Vec<SocketAddr>> {
    let (report, result) = oneshot::channel();
    thread::Builder::new().name("recallflow-dns".to_owned()).spawn(move || {
        // The receiver is gone if the attempt has ended.
        let _ = report.send((host.as_str(), 0).to_socket_addrs().map(Iterator::collect));
    })?;
    result.await.map_err(|_| io::Error::other("the lookup ended without a result"))?
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            // The connector replaces the port.
            let addresses = resolver.lookup(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// A failed lookup.
#[derive(Debug)]
pub(super) struct Unresolved {
    host: String,
    error: io::Error,
}

impl Unresolved {
    fn new(host: &str, error: io::Error) -> Self {
        Self { host: host.to_owned(), error }
    }

    pub(super) fn is_about(&self, host: &str) -> bool {
        self.host == host
    }

    /// Describes the failure for the user.
    pub(super) fn describe(&self) -> Fault {
        if failure::is_refused_by_system(&self.error) {
            return failure::refused_by_system(Phase::Resolve, &self.error);
        }
        Fault { phase: Phase::Resolve, kind: FailureKind::Network, message: self.to_string(), remedy: None }
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.error.to_string();
        let problem = problem.trim_start_matches("failed to lookup address information: ");
        write!(f, "could not resolve {}: {problem}", self.host)
    }
}

impl Error for Unresolved {}
