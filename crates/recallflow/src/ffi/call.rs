//! Calls without Rust types.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::yield_now;

use super::request::Request;
use crate::blocking::runtime_pool::{BorrowedRuntime, RuntimePool};
use crate::generated::ffi::CALLS;
use crate::generated::operations::OPERATIONS;
use crate::generated::shapes::RESPONSES;
use crate::operation::Page;
use crate::pages::{Drift, PagingState};
use crate::response::record::Record;
use crate::{Client, Error};

/// The types of an operation.
#[derive(Debug)]
pub struct CallShape {
    /// Position of its request in [`REQUESTS`](super::REQUESTS).
    pub request: usize,
    /// Position of its response in [`RESPONSES`](super::RESPONSES), if it has one.
    pub response: Option<usize>,
    /// The fields for reading it page after page.
    pub paging: Option<PagingShape>,
}

/// The fields for reading a response page after page.
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

/// A request that may be sent.
#[derive(Clone, Debug)]
pub struct Prepared {
    operation: usize,
    body: Bytes,
}

impl Prepared {
    /// Position of its operation.
    #[must_use]
    pub fn operation(&self) -> usize {
        self.operation
    }
}

impl Client {
    /// Checks and encodes a request of the operation at this position of [`OPERATIONS`](crate::OPERATIONS).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] with every rule that it breaks.
    pub fn prepare(&self, operation: usize, request: &dyn Request) -> Result<Prepared, Error> {
        let violations = if self.validates() { request.violations() } else { Vec::new() };
        if violations.is_empty() {
            Ok(Prepared { operation, body: request.encode()? })
        } else {
            Err(Error::invalid_request(violations).of(OPERATIONS[operation].name, 0))
        }
    }

    /// Carries out an operation; there is no record if it answers nothing.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn call(&self, prepared: Prepared) -> Result<Option<Record>, Error> {
        let Prepared { operation, body } = prepared;
        let shape = CALLS[operation].response.map(|response| &RESPONSES[response]);
        self.send(operation, body, shape).await
    }
}

impl Client {
    /// Where the service is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.transport().base_url()
    }
}

/// Lets calling threads do the work of their calls, as those of [`blocking::Client`](crate::blocking::Client) do.
#[derive(Clone, Default)]
pub struct Driver(Arc<RuntimePool>);

impl Driver {
    /// What drives one call of the client, for as long as it is kept.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the system refuses an event queue.
    pub fn lane(&self, client: &Client) -> Result<Lane, Error> {
        let lane = self.0.borrow_runtime()?;
        Ok(Lane { client: client.with_pool(lane.connections()), lane })
    }
}

/// Drives one call on the calling thread.
pub struct Lane {
    lane: BorrowedRuntime,
    client: Client,
}

impl Lane {
    /// The client, over connections that only this drives.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Closes the connection of a call that was dropped. Otherwise it closes when somebody drives it, which may be never.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the system refuses a thread, which only a thread of another runtime needs.
    pub fn tidy(&self) -> Result<(), Error> {
        self.lane.run(yield_now)
    }

    /// Drives what that client does for this much time; `None` if it has not ended by then, and may be driven on.
    ///
    /// # Errors
    ///
    /// As [`tidy`](Self::tidy).
    pub fn drive_for<T: Send>(
        &mut self,
        time: Duration,
        future: impl Future<Output = T> + Send,
    ) -> Result<Option<T>, Error> {
        self.lane.run_for(time, future)
    }
}

/// Reads a query page after page; the same as [`crate::Pages`], but each page may be read by another client.
pub struct Pages {
    operation: usize,
    paging: &'static PagingShape,
    query: Box<dyn Request>,
    progress: PagingState<Record>,
}

impl Pages {
    /// Checks the query; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] with every rule that the query breaks.
    pub fn new(client: &Client, operation: usize, mut query: Box<dyn Request>) -> Result<Self, Error> {
        let Some((paging, first)) = CALLS[operation].paging.as_ref().zip(query.page_number().copied()) else {
            return Err(Error::config(format!("`{}` has no pages", OPERATIONS[operation].name)));
        };
        client.prepare(operation, &*query)?;
        Ok(Self { operation, paging, query, progress: PagingState::new(first) })
    }

    /// The items that the next page brings; `None` at the end. Nothing is lost if the future is dropped.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; reading ends with it.
    pub async fn read(&mut self, client: &Client) -> Result<Option<Vec<Record>>, Error> {
        while let Some(number) = self.progress.next_page() {
            if let Some(page) = self.query.page_number() {
                *page = number;
            }
            let prepared = Prepared { operation: self.operation, body: self.query.encode()? };
            let record = client.call(prepared).await.inspect_err(|_| self.progress.end())?;
            let id = self.paging.id;
            let items = self.progress.accept_page(self.open(record), |record| record.root().number(id));
            if !items.is_empty() {
                return Ok(Some(items));
            }
        }
        Ok(None)
    }

    /// How the list changed while it was read, if it did.
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
