//! The client for code that is not `async`.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::operation::{Operation, Paged};
use crate::pages::Drift;
use crate::{ClientBuilder, Error, pages};

/// A client of the service for code that is not `async`; the same as [`crate::Client`], but its methods return when the
/// call has ended.
///
/// It is cheap to clone and may be used from several threads at once. The calling thread does the work; only names of
/// hosts are looked up on another.
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
    pub(crate) inner: crate::Client,
    pub(crate) runtime: Arc<CallerRuntime>,
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

    pub(crate) fn new(inner: crate::Client) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|error| Error::config(format!("the system gives no event queue: {error}")))?;
        Ok(Self { inner, runtime: Arc::new(CallerRuntime(Some(runtime))) })
    }

    /// The same client with another total time for each call.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { inner: self.inner.with_timeout(timeout), runtime: Arc::clone(&self.runtime) }
    }

    /// The same client with another number of extra tries for each call.
    #[must_use]
    pub fn with_max_retries(&self, max_retries: u32) -> Self {
        Self { inner: self.inner.with_max_retries(max_retries), runtime: Arc::clone(&self.runtime) }
    }

    /// Carries out an operation, named by its request. The named methods do the same.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`Error::Config`] only if the system refuses a thread.
    pub fn execute<R: Operation>(&self, request: &R) -> Result<R::Response, Error> {
        self.runtime.block_on(self.inner.execute(request))?
    }

    pub(crate) fn pages<R: Paged>(&self, query: R) -> Pages<R> {
        Pages { pages: pages::Pages::new(self.inner.clone(), query), runtime: Arc::clone(&self.runtime) }
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
    runtime: Arc<CallerRuntime>,
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
        self.runtime.block_on(self.pages.next()).unwrap_or_else(|error| {
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

/// A runtime that the calling threads drive. It is empty only while it is dropped.
pub(crate) struct CallerRuntime(Option<Runtime>);

impl CallerRuntime {
    pub(crate) fn block_on<T: Send>(&self, future: impl Future<Output = T> + Send) -> Result<T, Error> {
        let Some(runtime) = &self.0 else { return Err(Error::config("the client was closed")) };
        let call = async {
            // Nobody drives the runtime between calls. These let it see first which idle connections were closed
            // meanwhile, and then the connections put themselves away, so that the call does not write into one.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            future.await
        };
        if Handle::try_current().is_err() {
            return Ok(runtime.block_on(call));
        }
        // A thread that belongs to another runtime may not drive this one, not even where it may block.
        thread::scope(|scope| {
            let thread = thread::Builder::new().spawn_scoped(scope, || runtime.block_on(call));
            let thread = thread.map_err(|error| Error::config(format!("the system gives no thread: {error}")))?;
            Ok(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }
}

impl Drop for CallerRuntime {
    fn drop(&mut self) {
        // An ordinary drop panics where blocking is not allowed, and there is nothing here to wait for.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
