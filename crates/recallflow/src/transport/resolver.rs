//! Resolves host names, so that a DNS failure has its own phase and message.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

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
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let unfinished = self.unfinished.clone();
        Box::pin(async move {
            unfinished.store(true, Ordering::Relaxed);
            // The connector replaces the port.
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

/// A failed lookup.
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
