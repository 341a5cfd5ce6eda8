//! Resolves host names, so that a DNS failure has its own phase and message, and puts an address that accepts connections
//! first.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::failure::{ConnectFault, FailureKind, is_refused_by_system, refused_by_system};
use crate::error::Phase;

/// Delay before the next address is tried too, unless the previous one refuses earlier.
const STAGGER: Duration = Duration::from_millis(150);

/// Maximum number of addresses that are tried.
const MAX_TRIED: usize = 6;

/// How long an address that accepted a connection is preferred without another test. If it stops responding meanwhile, the
/// connector waits for it for seconds.
const REMEMBERED: Duration = Duration::from_secs(1);

/// A resolver that uses the system's and knows whether a lookup is running.
#[derive(Clone)]
pub(super) struct Resolver(Arc<State>);

struct State {
    /// Host name and port of the other end: the service or its proxy.
    host: String,
    port: u16,
    /// Whether the latest lookup has not completed. It stays true if the lookup was canceled.
    unfinished: AtomicBool,
    /// The address that accepted a connection, and when.
    reachable: Mutex<Option<(IpAddr, Instant)>>,
}

impl Resolver {
    pub(super) fn new(host: String, port: u16) -> Self {
        Self(Arc::new(State { host, port, unfinished: AtomicBool::new(false), reachable: Mutex::default() }))
    }

    /// Returns whether an attempt without a connection is probably waiting for a lookup.
    pub(super) fn is_waiting(&self) -> bool {
        self.0.unfinished.load(Ordering::Relaxed)
    }

    /// Connects to the other end.
    pub(super) async fn connect(&self) -> io::Result<TcpStream> {
        let State { host, port, .. } = &*self.0;
        let mut addresses = self.lookup(host).await.map_err(io::Error::other)?;
        for address in &mut addresses {
            address.set_port(*port);
        }
        TcpStream::connect(&*addresses).await
    }

    /// Forgets the address that accepted a connection, after a connection failed.
    pub(super) fn forget(&self) {
        *self.reachable() = None;
    }

    fn reachable(&self) -> MutexGuard<'_, Option<(IpAddr, Instant)>> {
        self.0.reachable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an address that accepts connections first, because the connector waits seconds for one that does not respond.
    async fn prefer_reachable(&self, addresses: &mut [SocketAddr]) {
        let remembered = self.reachable().filter(|(_, since)| since.elapsed() < REMEMBERED);
        let known = remembered.and_then(|(ip, _)| addresses.iter().position(|address| address.ip() == ip));
        let index = match known {
            Some(index) => index,
            None => {
                let Some(index) = first_reachable(addresses, self.0.port).await else { return };
                *self.reachable() = Some((addresses[index].ip(), Instant::now()));
                index
            }
        };
        addresses[..=index].rotate_right(1);
    }

    /// Returns the addresses of a host, which are not empty. Their port is 0.
    async fn lookup(&self, host: &str) -> Result<Vec<SocketAddr>, Unresolved> {
        self.0.unfinished.store(true, Ordering::Relaxed);
        let found = lookup_on_thread(host.to_owned()).await;
        self.0.unfinished.store(false, Ordering::Relaxed);
        match found {
            Ok(addresses) if addresses.is_empty() => Err(Unresolved::new(host, io::Error::other("it has no address"))),
            Ok(mut addresses) => {
                if addresses.len() > 1 && host.eq_ignore_ascii_case(&self.0.host) {
                    self.prefer_reachable(&mut addresses).await;
                }
                Ok(addresses)
            }
            Err(error) => Err(Unresolved::new(host, error)),
        }
    }
}

/// Returns the position of the first address that accepts a connection, which is closed again.
async fn first_reachable(addresses: &[SocketAddr], port: u16) -> Option<usize> {
    let mut attempts = JoinSet::new();
    for (index, address) in addresses.iter().take(MAX_TRIED).enumerate() {
        let address = SocketAddr::new(address.ip(), port);
        attempts.spawn(async move { TcpStream::connect(address).await.map(|_| index) });
        if let Ok(Some(Ok(Ok(index)))) = timeout(STAGGER, attempts.join_next()).await {
            return Some(index);
        }
    }
    while let Some(ended) = attempts.join_next().await {
        if let Ok(Ok(index)) = ended {
            return Some(index);
        }
    }
    None
}

/// Looks a host up on a new thread. Tokio's own threads are not used, because Tokio panics if the system refuses one.
async fn lookup_on_thread(host: String) -> io::Result<Vec<SocketAddr>> {
    let (report, result) = oneshot::channel();
    thread::Builder::new().name("recallflow-dns".to_owned()).spawn(move || {
        let found = (host.as_str(), 0).to_socket_addrs().map(Iterator::collect);
        // The receiver is gone if the attempt has ended.
        let _ = report.send(found.map_err(|error| descriptor_refusal().unwrap_or(error)));
    })?;
    result.await.map_err(|_| io::Error::other("the lookup ended without a result"))?
}

/// Returns the system's refusal if it has too few descriptors left for a lookup. The C library then only reports that the
/// host is unknown.
fn descriptor_refusal() -> Option<io::Error> {
    /// A lookup has a file and a few sockets open at the same time.
    const NEEDED: usize = 4;
    let sockets: io::Result<Vec<_>> = (0..NEEDED).map(|_| UdpSocket::bind(("127.0.0.1", 0))).collect();
    sockets.err().filter(is_refused_by_system)
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
    pub(super) fn describe(&self) -> ConnectFault {
        if is_refused_by_system(&self.error) {
            return refused_by_system(Phase::Resolve, &self.error);
        }
        ConnectFault { phase: Phase::Resolve, kind: FailureKind::Network, message: self.to_string(), remedy: None }
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::pin::pin;

    use tokio::net::{TcpListener, TcpSocket};
    use tokio::time;

    use super::*;

    #[tokio::test]
    async fn an_address_that_does_not_respond_comes_after_one_that_accepts() {
        // Connecting to the first listener takes forever, because its queue is full.
        let silent = TcpSocket::new_v4().unwrap();
        silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let silent = silent.listen(1).unwrap();
        let silent_address = silent.local_addr().unwrap();
        let mut queued = Vec::new();
        while let Ok(stream) = std::net::TcpStream::connect_timeout(&silent_address, Duration::from_millis(200)) {
            queued.push(stream);
        }
        let port = silent_address.port();
        let accepting = TcpListener::bind(("127.0.0.2", port)).await.unwrap();
        let addresses = ["127.0.0.1:0", "127.0.0.3:0", "127.0.0.2:0"].map(|text| text.parse().unwrap());
        let resolver = Resolver::new("host.example".to_owned(), port);
        let order = async || {
            let mut found = addresses;
            resolver.prefer_reachable(&mut found).await;
            found.map(|address: SocketAddr| address.ip().to_string())
        };
        assert_eq!(order().await, ["127.0.0.2", "127.0.0.1", "127.0.0.3"]);
        // The address is remembered for a moment, or until a connection fails.
        drop(accepting);
        assert_eq!(order().await[0], "127.0.0.2");
        let accepting = TcpListener::bind(("127.0.0.3", port)).await.unwrap();
        time::pause();
        time::advance(REMEMBERED).await;
        time::resume();
        assert_eq!(order().await[0], "127.0.0.3");
        drop(accepting);
        let accepting = TcpListener::bind(("127.0.0.2", port)).await.unwrap();
        assert_eq!(order().await[0], "127.0.0.3");
        resolver.forget();
        assert_eq!(order().await[0], "127.0.0.2");
        drop((accepting, queued));
    }

    #[tokio::test]
    async fn an_address_that_refuses_does_not_delay_the_next_one() {
        let accepting = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let addresses = ["127.0.0.3:0", "127.0.0.2:0"].map(|text| text.parse().unwrap());
        let reachable = pin!(first_reachable(&addresses, accepting.local_addr().unwrap().port()));
        assert_eq!(timeout(STAGGER, reachable).await, Ok(Some(1)));
    }
}
