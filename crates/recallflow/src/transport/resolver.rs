//! Looks up the addresses of hosts, so that a failure to do so can be told from others.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// Looks up hosts as the system does, and knows whether it is waiting for that.
#[derive(Clone, Default)]
pub(super) struct Resolver {
    /// Whether the latest lookup has not ended, be it that it takes its time or that whoever asked gave up.
    unfinished: Arc<AtomicBool>,
}

impl Resolver {
    /// Whether an attempt that has no connection has probably none because of a lookup.
    pub(super) fn is_waiting(&self) -> bool {
        self.unfinished.load(Ordering::Relaxed)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let unfinished = self.unfinished.clone();
        Box::pin(async move {
            unfinished.store(true, Ordering::Relaxed);
            // The port is not known here; the connector puts its own in its place.
            let found = lookup_host((name.as_str(), 0)).await.map(Iterator::collect::<Vec<_>>);
            unfinished.store(false, Ordering::Relaxed);
            match found {
                Ok(addresses) if addresses.is_empty() => Err(Unresolved::boxed(&name, "it has no address")),
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(error) => Err(Unresolved::boxed(&name, &error.to_string())),
            }
        })
    }
}

/// A host whose address could not be found.
#[derive(Debug)]
pub(super) struct Unresolved(String);

impl Unresolved {
    fn boxed(name: &Name, problem: &str) -> Box<dyn Error + Send + Sync> {
        let problem = problem.trim_start_matches("failed to lookup address information: ");
        Box::new(Self(format!("could not resolve {}: {problem}", name.as_str())))
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Unresolved {}
