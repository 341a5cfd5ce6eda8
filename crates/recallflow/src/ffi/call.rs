//! Calls without Rust types.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Runtime;
use tokio::task::yield_now;

use super::request::Request;
use crate::blocking::runtime_pool::{self, BorrowedRuntime, RuntimePool};
use crate::classify;
use crate::client::Client;
use crate::error::Error;
use crate::generated::ffi::CALLS;
use crate::generated::operations::OPERATIONS;
use crate::generated::shapes::RESPONSES;
use crate::operation::Page;
use crate::pages::{Drift, PagingState};
use crate::response::record::Record;
use crate::transport::cancel::Cancel;

/// The types of an operation.
#[derive(Debug)]
pub struct CallShape {
    /// Position of its request in [`REQUESTS`](super::REQUESTS).
    pub request: usize,
    /// Position of its response in [`RESPONSES`](super::RESPONSES), if it has one.
    pub response: Option<usize>,
    /// The fields for paging, if the operation returns a page of a list.
    pub paging: Option<PagingShape>,
}

/// The fields of a page.
#[derive(Debug)]
pub struct PagingShape {
    /// Position of the items in the response.
    pub records: usize,
    /// Position of the number of pages in the response.
    pub pages: usize,
    /// Position of the number of items in the response.
    pub total: usize,
    /// Position of the unique key in an item.
    pub id: usize,
}

/// A validated and encoded request.
#[derive(Clone, Debug)]
pub struct Prepared {
    operation: usize,
    body: Bytes,
    cancel: Cancel,
}

impl Prepared {
    /// Returns the position of its operation.
    #[must_use]
    pub fn operation(&self) -> usize {
        self.operation
    }

    /// Returns a handle that cancels the call of this request.
    #[must_use]
    pub fn cancel(&self) -> Cancel {
        self.cancel.clone()
    }
}

impl Client {
    /// Validates and encodes a request of the operation at this position of [`OPERATIONS`](crate::OPERATIONS).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] with every violation.
    pub fn prepare(&self, operation: usize, request: &dyn Request) -> Result<Prepared, Error> {
        let violations = if self.validates() { request.violations() } else { Vec::new() };
        if violations.is_empty() {
            Ok(Prepared { operation, body: request.encode()?, cancel: Cancel::default() })
        } else {
            Err(Error::invalid_request(violations).in_call(OPERATIONS[operation].name, 0))
        }
    }

    /// Sends a request and returns the response; `None` if the operation has no response.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn call(&self, prepared: Prepared) -> Result<Option<Record>, Error> {
        let Prepared { operation, body, cancel } = prepared;
        let shape = CALLS[operation].response.map(|response| &RESPONSES[response]);
        self.send(operation, body, shape, cancel).await
    }
}

impl Error {
    /// Creates the error of a call that could not start, because the local system refused a thread or a descriptor.
    #[must_use]
    pub fn refused_by_system(error: &io::Error, operation: Option<usize>) -> Self {
        classify::refused_by_system(error, operation)
    }
}

impl Client {
    /// Returns the base URL of the service.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.transport().base_url()
    }
}

/// Creates a Tokio runtime that is driven by one thread.
///
/// # Errors
///
/// An error of the system if it refuses a descriptor.
pub fn build_runtime() -> io::Result<Runtime> {
    runtime_pool::build_runtime()
}

/// Runtimes for calls on the calling thread, as those of [`blocking::Client`](crate::blocking::Client).
#[derive(Clone, Default)]
pub struct Runtimes(Arc<RuntimePool>);

impl Runtimes {
    /// Borrows a runtime for one call of the client, until the result is dropped.
    ///
    /// # Errors
    ///
    /// An error of the system if it refuses a descriptor. [`Error::refused_by_system`] describes it.
    pub fn borrow_runtime(&self, client: &Client) -> io::Result<CallRuntime> {
        let runtime = self.0.borrow_runtime()?;
        Ok(CallRuntime { client: client.with_pool(runtime.connections()), runtime })
    }
}

/// A runtime for one call on the calling thread.
pub struct CallRuntime {
    runtime: BorrowedRuntime,
    client: Client,
}

impl CallRuntime {
    /// Returns the client with the connection pool of this runtime.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Closes the connection of a call that was dropped. A connection closes only while its runtime runs.
    ///
    /// # Errors
    ///
    /// An error of the system if it refuses a thread. A thread is needed only within another runtime.
    pub fn close_dropped(&self) -> io::Result<()> {
        self.runtime.run(yield_now)
    }

    /// Runs a future of that client for this long. Returns `None` if it has not completed; call again to continue.
    ///
    /// # Errors
    ///
    /// The same as for [`close_dropped`](Self::close_dropped).
    pub fn run_for<T: Send>(
        &mut self,
        time: Duration,
        future: impl Future<Output = T> + Send,
    ) -> io::Result<Option<T>> {
        self.runtime.run_for(time, future)
    }
}

/// The pages of a query, like [`crate::Pages`], except that each page may be read by another client.
pub struct Pages {
    operation: usize,
    paging: &'static PagingShape,
    query: Box<dyn Request>,
    progress: PagingState<Record>,
}

impl Pages {
    /// Validates the query. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] with every violation.
    pub fn new(client: &Client, operation: usize, mut query: Box<dyn Request>) -> Result<Self, Error> {
        let Some((paging, first)) = CALLS[operation].paging.as_ref().zip(query.page_number().copied()) else {
            return Err(Error::config(format!("`{}` has no pages", OPERATIONS[operation].name)));
        };
        client.prepare(operation, &*query)?;
        Ok(Self { operation, paging, query, progress: PagingState::new(first) })
    }

    /// Reads pages until one has new items, and returns these; `None` at the end. Dropping the future loses no items.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. It ends the iteration.
    pub async fn read(&mut self, client: &Client) -> Result<Option<Vec<Record>>, Error> {
        while let Some(number) = self.progress.next_page() {
            if let Some(page) = self.query.page_number() {
                *page = number;
            }
            let prepared =
                Prepared { operation: self.operation, body: self.query.encode()?, cancel: Cancel::default() };
            let record = client.call(prepared).await.inspect_err(|_| self.progress.end())?;
            let id = self.paging.id;
            let items = self.progress.accept_page(self.open(record), |record| record.root().number(id));
            if !items.is_empty() {
                return Ok(Some(items));
            }
        }
        Ok(None)
    }

    /// Returns how the list changed while it was being read, if it did.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        self.progress.drift()
    }

    fn open(&self, record: Option<Record>) -> Page<Record> {
        let PagingShape { records, pages, total, .. } = *self.paging;
        let Some(record) = record else {
            return Page { items: Vec::new(), pages: None, total: None };
        };
        let row = record.root();
        Page { items: record.objects(records), pages: row.number(pages), total: row.number(total) }
    }
}
