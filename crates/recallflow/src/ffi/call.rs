//! Calls without Rust types.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::task::yield_now;

use super::record::{AsRecord, Record};
use super::request::read_request;
use super::shape::PagingShape;
use crate::blocking::runtime_pool::{RuntimePool, Taken};
use crate::generated::ffi::{CALLS, REQUESTS};
use crate::generated::operations::OPERATIONS;
use crate::operation::Page;
use crate::pages::{Drift, Progress};
use crate::{Client, Error};

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
    /// Reads, checks and encodes the request of the operation at this position of
    /// [`OPERATIONS`](crate::OPERATIONS).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] with everything that is wrong with it.
    pub fn prepare(&self, operation: usize, json: &Value) -> Result<Prepared, Error> {
        let refuse = |violations| Error::invalid_request(violations).of(OPERATIONS[operation].name, 0);
        let request = read_request(CALLS[operation].request, json).map_err(refuse)?;
        let violations = if self.validates() { request.violations() } else { Vec::new() };
        if violations.is_empty() {
            Ok(Prepared { operation, body: request.encode()? })
        } else {
            Err(refuse(violations))
        }
    }

    /// Carries out an operation; there is no record if it answers nothing.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn call(&self, prepared: Prepared) -> Result<Option<Record>, Error> {
        let Prepared { operation, body } = prepared;
        self.exchange(operation, body, AsRecord { response: CALLS[operation].response }).await
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
        let lane = self.0.take()?;
        Ok(Lane { client: lane.client(client), lane })
    }
}

/// Drives one call on the calling thread.
pub struct Lane {
    lane: Taken,
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
#[derive(Debug)]
pub struct Pages {
    operation: usize,
    paging: &'static PagingShape,
    /// The wire form of the query.
    query: Value,
    progress: Progress<Record>,
}

impl Pages {
    /// Nothing is read yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] with everything that is wrong with the query.
    pub fn new(client: &Client, operation: usize, query: &Value) -> Result<Self, Error> {
        let Some(paging) = &CALLS[operation].paging else {
            return Err(Error::config(format!("`{}` has no pages", OPERATIONS[operation].name)));
        };
        client.prepare(operation, query)?;
        // As the request writes it: 3.0 is 3 to whoever reads it strictly.
        let query = read_request(CALLS[operation].request, query).map_err(Error::invalid_request)?.to_json();
        let mut pages = Self { operation, paging, query, progress: Progress::new(1) };
        if let Some(first) = pages.page().as_i64().and_then(|page| i32::try_from(page).ok()) {
            pages.progress = Progress::new(first);
        }
        Ok(pages)
    }

    /// The items that the next page brings; `None` at the end. Nothing is lost if the future is dropped.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; reading ends with it.
    pub async fn read(&mut self, client: &Client) -> Result<Option<Vec<Record>>, Error> {
        while let Some(number) = self.progress.next() {
            *self.page() = number.into();
            let prepared = client.prepare(self.operation, &self.query)?;
            let record = client.call(prepared).await.inspect_err(|_| self.progress.end())?;
            let id = self.paging.id;
            let items = self.progress.accept(self.open(record), |record| record.root().number(id));
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

    /// Where the query has the number of the page.
    fn page(&mut self) -> &mut Value {
        let field = &REQUESTS[CALLS[self.operation].request].fields[self.paging.page];
        match field.within {
            Some(within) => &mut self.query[within][field.wire],
            None => &mut self.query[field.wire],
        }
    }
}
