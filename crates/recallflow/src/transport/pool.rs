//! Connection pools: for each Tokio runtime one of queries and one of updates.
//!
//! A connection belongs to the runtime that opened it and works only while that runtime is driven. Updates have connections
//! of their own, because they use only a connection that was idle for a moment: if the server closes it just then, the
//! outcome of the update would be unknown, while a query is simply sent again.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Client, ClientBuilder};
use tokio::net::UdpSocket;
use tokio::runtime::{Handle, Id};
use tokio::time::sleep;

use super::body::Connections;
use super::failure::TransportFailure;
use super::resolver::Resolver;
use crate::operation::OperationKind;

/// Below the 5 s keep-alive of common gateways, so that the client closes an idle connection first and never writes to one
/// that the gateway has closed.
pub(super) const MAX_IDLE: Duration = Duration::from_secs(4);

/// The same for updates. Some servers close a connection after 0.5 s and do not announce it. The rest covers the time that
/// the response and the next request take on a slow network.
pub(super) const MAX_IDLE_OF_UPDATES: Duration = Duration::from_millis(250);

/// A connection is closed this long before the server would close it.
const KEEP_ALIVE_MARGIN: Duration = Duration::from_secs(1);

/// Maximum number of runtimes with connections. The oldest ones are usually those of runtimes that have ended.
const MAX_RUNTIMES: usize = 16;

/// The connections of a client, created on first use.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Vec<(Id, Arc<PooledClient>)>>);

/// The HTTP clients of one runtime.
pub(crate) struct PooledClient {
    queries: Client,
    updates: Client,
    pub(super) resolver: Resolver,
    pub(super) connections: Arc<Connections>,
    max_idle: Duration,
}

impl Pool {
    /// Returns the HTTP clients of the current runtime. New ones replace them if the server announced a shorter keep-alive.
    pub(super) fn client(
        &self,
        max_idle: Duration,
        resolver: impl FnOnce() -> Resolver,
        builder: impl Fn(&Resolver) -> Result<ClientBuilder, TransportFailure>,
    ) -> Result<Arc<PooledClient>, TransportFailure> {
        let runtime = Handle::current().id();
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = clients.iter().position(|(of, _)| *of == runtime) {
            if clients[index].1.max_idle <= max_idle {
                return Ok(clients[index].1.clone());
            }
            clients.remove(index);
        } else if !has_drivers() {
            return Err(TransportFailure::misconfigured(
                "the Tokio runtime has no I/O or no time driver; call `enable_all` on its builder",
            ));
        }
        let client = Arc::new(PooledClient::new(max_idle, resolver(), builder)?);
        if clients.len() == MAX_RUNTIMES {
            clients.remove(0);
        }
        clients.push((runtime, client.clone()));
        Ok(client)
    }
}

impl PooledClient {
    fn new(
        max_idle: Duration,
        resolver: Resolver,
        builder: impl Fn(&Resolver) -> Result<ClientBuilder, TransportFailure>,
    ) -> Result<Self, TransportFailure> {
        let build = |max_idle: Duration| {
            let builder = builder(&resolver)?.pool_idle_timeout(max_idle);
            let builder = if max_idle.is_zero() { builder.pool_max_idle_per_host(0) } else { builder };
            builder.build().map_err(|_| TransportFailure::unsent("could not set up the HTTP client".to_owned()))
        };
        Ok(Self {
            queries: build(max_idle)?,
            updates: build(max_idle.min(MAX_IDLE_OF_UPDATES))?,
            resolver,
            connections: Arc::default(),
            max_idle,
        })
    }

    pub(super) fn client_for(&self, kind: OperationKind) -> &Client {
        match kind {
            OperationKind::Query => &self.queries,
            OperationKind::Update => &self.updates,
        }
    }
}

/// Returns whether the current runtime has an I/O and a time driver. Tokio has no other way to find out than a panic.
fn has_drivers() -> bool {
    let has_time = catch_unwind(|| drop(sleep(Duration::ZERO))).is_ok();
    has_time
        && catch_unwind(|| {
            // An error, such as for a missing descriptor, shows nothing about the driver.
            let socket = std::net::UdpSocket::bind(("127.0.0.1", 0)).and_then(|socket| {
                socket.set_nonblocking(true)?;
                UdpSocket::from_std(socket)
            });
            drop(socket);
        })
        .is_ok()
}

/// How long a connection may be idle: the shortest keep-alive that the server has announced, less a margin.
pub(super) struct IdleLimit(AtomicU64);

impl Default for IdleLimit {
    fn default() -> Self {
        Self(AtomicU64::new(MAX_IDLE.as_secs()))
    }
}

impl IdleLimit {
    pub(super) fn get(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Relaxed))
    }

    /// Learns from the header `Keep-Alive` of a response, such as `timeout=5, max=100`.
    pub(super) fn learn(&self, header: &str) {
        let timeout = header.split(',').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("timeout").then(|| value.parse::<u64>().ok())?
        });
        if let Some(timeout) = timeout {
            self.0.fetch_min(timeout.saturating_sub(KEEP_ALIVE_MARGIN.as_secs()), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_announced_keep_alive_counts_less_a_second() {
        for (header, seconds) in [
            ("timeout=60", 4),
            ("timeout=3, max=100", 2),
            ("max=100, Timeout = \"2\"", 1),
            ("timeout=1", 0),
            ("timeout=0", 0),
            ("max=100", 4),
            ("timeout=soon", 4),
            ("", 4),
        ] {
            let limit = IdleLimit::default();
            limit.learn(header);
            limit.learn("timeout=30");
            assert_eq!(limit.get(), Duration::from_secs(seconds), "{header}");
        }
    }
}
