//! The client for code that is not `async`.

#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports it"))]
pub(crate) mod call_runtime;
pub(crate) mod runtime_pool;

use std::convert::identity;
use std::fmt;
use std::future::Future;
use std::iter::FusedIterator;
use std::path::Path;
use std::time::Duration;

use futures_core::Stream as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use self::call_runtime::Runtimes;
use crate::builder::ClientBuilder;
use crate::call::describe_call;
use crate::classify;
use crate::client;
use crate::error::Error;
use crate::generated::options::Overrides;
use crate::operation::{Operation, OperationKind, Paged};
use crate::pages;
use crate::pages::drift::Drift;
use crate::prepared::CallInfo;
use crate::raw::RawResponse;
use crate::rows::ToRow;
use crate::rows::encode::RowFormat;
use crate::rows::file::{ExportError, write_iterator};

/// A blocking client of the service, with the same methods as [`crate::Client`].
///
/// Clones are cheap. Several threads can use one client at the same time without waiting for each other. A call runs on the
/// calling thread, except for DNS lookups.
///
/// `async` code uses [`crate::Client`], or calls this client within `tokio::task::spawn_blocking`.
///
/// ```no_run
/// let client = recallflow::Client::builder("key", "secret").base_url(recallflow::ITNIO).build_blocking()?;
/// let detail = client.query_recall_flow_detail(299)?;
/// # Ok::<(), recallflow::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: client::Client,
    runtimes: Runtimes,
}

impl Client {
    /// Returns a builder for a client with the account's API key and secret. Call [`ClientBuilder::build_blocking`] last.
    pub fn builder(api_key: impl Into<String>, api_secret: impl Into<String>) -> ClientBuilder {
        client::Client::builder(api_key, api_secret)
    }

    /// Creates a client with the key, secret and base URL of the environment; see [`crate::Client::from_env`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key or the secret is missing, or a value is invalid.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build_blocking()
    }

    /// Returns a client with other options that shares the connections of this one. See [`crate::Client::with_options`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the name of the invalid option.
    pub fn with_options(&self, overrides: &Overrides) -> Result<Self, Error> {
        Ok(Self { inner: self.inner.with_options(overrides)?, runtimes: self.runtimes.clone() })
    }

    /// Returns the same client with another total time for each call.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { inner: self.inner.with_timeout(timeout), runtimes: self.runtimes.clone() }
    }

    /// Returns the same client with another maximum number of retries for each call.
    #[must_use]
    pub fn with_max_retries(&self, max_retries: u32) -> Self {
        Self { inner: self.inner.with_max_retries(max_retries), runtimes: self.runtimes.clone() }
    }

    /// Returns the same client for calls that have to end by this time.
    pub(crate) fn with_deadline(&self, ends_at: Instant) -> Self {
        Self { inner: self.inner.with_deadline(ends_at), runtimes: self.runtimes.clone() }
    }

    /// Returns by how many seconds the service's clock is ahead of this machine's. See [`crate::Client::clock_offset`].
    #[must_use]
    pub fn clock_offset(&self) -> Option<i64> {
        self.inner.clock_offset()
    }

    /// Calls the operation of this request. The named methods do the same.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`Error::Config`].
    pub fn execute<R: Operation>(&self, request: &R) -> Result<R::Response, Error> {
        self.run(&R::INFO.into(), async |client| client.execute(request).await)?
    }

    /// Calls the operation of this request, and returns the HTTP response too. See [`crate::Client::execute_raw`].
    ///
    /// # Errors
    ///
    /// The same as for [`execute`](Self::execute).
    pub fn execute_raw<R: Operation>(&self, request: &R) -> Result<RawResponse<R::Response>, Error> {
        self.run(&R::INFO.into(), async |client| client.execute_raw(request).await)?
    }

    /// Calls any other endpoint of the platform. See [`crate::Client::call`].
    ///
    /// # Errors
    ///
    /// The same as for [`crate::Client::call`].
    pub fn call<B: Serialize + Sync + ?Sized, T: DeserializeOwned + Send>(
        &self,
        path: &str,
        body: &B,
        kind: OperationKind,
    ) -> Result<T, Error> {
        self.run(&describe_call(path, kind)?, async |client| client.call(path, body, kind).await)?
    }

    /// Runs a call on the calling thread, with a client over the connections of a borrowed runtime.
    pub(crate) fn run<T: Send, F: Future<Output = T>>(
        &self,
        call: &CallInfo,
        act: impl FnOnce(client::Client) -> F + Send,
    ) -> Result<T, Error> {
        let refused = |error| classify::refused_by_system(&error, Some(call));
        let runtime = match self.runtimes.try_borrow(&self.inner).map_err(refused)? {
            Some(runtime) => runtime,
            None => self.runtimes.queue(self.inner.clone()).borrow(call)?,
        };
        let client = runtime.client();
        runtime.run(|| act(client)).map_err(refused)
    }

    pub(crate) fn pages<R: Paged>(&self, query: R) -> Pages<R> {
        Pages { pages: pages::Pages::new(self.inner.clone(), query), client: self.clone() }
    }
}

impl ClientBuilder {
    /// Creates a client for code that is not `async`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the name of the invalid option.
    pub fn build_blocking(self) -> Result<Client, Error> {
        let inner = self.build()?;
        let runtimes = Runtimes::new(&inner);
        Ok(Client { inner, runtimes })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// All items of a paged query, as an iterator. See [`crate::Pages`] for its guarantees.
///
/// After an error, the next step requests the same page again, so leave the loop or count the errors.
pub struct Pages<R: Paged> {
    pages: pages::Pages<R>,
    client: Client,
}

impl<R: Paged> Pages<R> {
    /// Sets how many pages are requested at the same time; see [`crate::Pages::concurrency`].
    #[must_use]
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.pages = self.pages.concurrency(pages);
        self
    }

    /// Sets whether the iteration ends with [`Error::Incomplete`] if the list changed while it was being read.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.pages = self.pages.strict(strict);
        self
    }

    /// Returns the remaining items as whole pages: lists of new items, of which none is empty.
    pub fn pages(&mut self) -> impl FusedIterator<Item = Result<Vec<R::Item>, Error>> + use<'_, R> {
        std::iter::repeat_with(|| self.run(async |pages| pages.pages().next().await)).map_while(identity).fuse()
    }

    /// Reads the list from its first page, and returns its items, or the first `limit` of them.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub fn to_list(&mut self, limit: impl Into<Option<usize>>) -> Result<Vec<R::Item>, Error> {
        self.restart();
        self.take(limit.into().unwrap_or(usize::MAX)).collect()
    }

    /// Starts again at the first page.
    pub fn restart(&mut self) {
        self.pages.restart();
    }

    /// Returns the number of items on all pages, as the service last reported it; `None` before the first page.
    #[must_use]
    pub fn total(&self) -> Option<i64> {
        self.pages.total()
    }

    /// Returns how the list changed while it was being read, if it did. It is known at the end.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        self.pages.drift()
    }

    /// Makes a step on the calling thread.
    fn run<T: Send>(
        &mut self,
        step: impl AsyncFnOnce(&mut pages::Pages<R>) -> Option<Result<T, Error>> + Send,
    ) -> Option<Result<T, Error>> {
        let Self { pages, client } = self;
        let step = async |client| {
            pages.set_client(client);
            step(pages).await
        };
        client.run(&R::INFO.into(), step).unwrap_or_else(|error| Some(Err(error)))
    }
}

impl<R: Paged> Iterator for Pages<R> {
    type Item = Result<R::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        // Most items need no request, and so no runtime.
        self.pages.take_ready().map(Ok).or_else(|| self.run(async |pages| pages.next().await))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pages.size_hint()
    }
}

impl<R: Paged> FusedIterator for Pages<R> {}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pages.fmt(f)
    }
}

/// Writes tasks, or other responses, to a CSV file that Excel opens. Returns the number of rows.
///
/// The iterator may come straight from the client; that of a list is `tasks.into_iter().map(Ok)`. See
/// [`crate::write_csv`].
///
/// ```no_run
/// # fn run(client: recallflow::blocking::Client, query: recallflow::GroupCallQuery) -> Result<(), recallflow::ExportError> {
/// let rows = recallflow::blocking::write_csv(client.group_calls(query), "may.csv")?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The error of the iterator or of the file.
pub fn write_csv<T: ToRow>(
    tasks: impl IntoIterator<Item = Result<T, Error>>,
    path: impl AsRef<Path>,
) -> Result<u64, ExportError> {
    write_iterator(tasks, path.as_ref(), RowFormat::Csv)
}

/// Writes tasks, or other responses, as JSON Lines, as [`write_csv`] does. Returns the number of rows.
///
/// # Errors
///
/// The error of the iterator or of the file.
pub fn write_jsonl<T: ToRow>(
    tasks: impl IntoIterator<Item = Result<T, Error>>,
    path: impl AsRef<Path>,
) -> Result<u64, ExportError> {
    write_iterator(tasks, path.as_ref(), RowFormat::JsonLines)
}
