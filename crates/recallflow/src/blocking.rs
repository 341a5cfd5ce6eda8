//! The client for code that is not `async`.

pub(crate) mod runtime_pool;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::runtime_pool::RuntimePool;
use crate::operation::{Operation, Paged};
use crate::pages::Drift;
use crate::{ClientBuilder, Error, pages};

/// A client of the service for code that is not `async`; the same as [`crate::Client`], but its methods return when the
/// call has ended.
///
/// It is cheap to clone and may be used from several threads at once, none of which waits for another. The calling
/// thread does the work; only names of hosts are looked up on another.
///
/// It blocks its thread, so that `async` code calls it within `tokio::task::spawn_blocking`, or uses [`crate::Client`].
///
/// ```no_run
/// let client = recallflow::Client::builder("key", "secret").base_url(recallflow::ITNIO).build_blocking()?;
/// let detail = client.query_recall_flow_detail(299)?;
/// # Ok::<(), recallflow::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    inner: crate::Client,
    runtimes: Arc<RuntimePool>,
}

impl Client {
    /// Starts a client with the account's API key and secret; end with [`ClientBuilder::build_blocking`].
    pub fn builder(api_key: impl Into<String>, api_secret: impl Into<String>) -> ClientBuilder {
        crate::Client::builder(api_key, api_secret)
    }

    /// A client with the key, secret and base URL of the environment; see [`crate::Client::from_env`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key or the secret is missing, or a value is wrong.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build_blocking()
    }

    pub(crate) fn new(inner: crate::Client) -> Self {
        Self { inner, runtimes: Arc::default() }
    }

    /// The same client with another total time for each call.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { inner: self.inner.with_timeout(timeout), runtimes: Arc::clone(&self.runtimes) }
    }

    /// The same client with another number of extra tries for each call.
    #[must_use]
    pub fn with_max_retries(&self, max_retries: u32) -> Self {
        Self { inner: self.inner.with_max_retries(max_retries), runtimes: Arc::clone(&self.runtimes) }
    }

    /// Carries out an operation, named by its request. The named methods do the same.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`Error::Config`] only if the system refuses an event queue or a thread.
    pub fn execute<R: Operation>(&self, request: &R) -> Result<R::Response, Error> {
        self.runtimes.run(&self.inner, async |client| client.execute(request).await)?
    }

    pub(crate) fn pages<R: Paged>(&self, query: R) -> Pages<R> {
        Pages { pages: pages::Pages::new(self.inner.clone(), query), client: self.clone() }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// All items of a paged query, read page after page as they are asked for.
///
/// It ends after an error. See [`crate::Pages`] for what it promises.
pub struct Pages<R: Paged> {
    pages: pages::Pages<R>,
    client: Client,
}

impl<R: Paged> Pages<R> {
    /// How the list changed while it was read, if it did.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        self.pages.drift()
    }
}

impl<R: Paged> Iterator for Pages<R> {
    type Item = Result<R::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self { pages, client } = self;
        let next = async |client| {
            pages.set_client(client);
            pages.next().await
        };
        client.runtimes.run(&client.inner, next).unwrap_or_else(|error| {
            self.pages.end();
            Some(Err(error))
        })
    }
}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pages.fmt(f)
    }
}
