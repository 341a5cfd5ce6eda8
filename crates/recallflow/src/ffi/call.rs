//! Calls without Rust types.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::request::{PagingShape, Request};
use crate::blocking::runtime_pool;
use crate::call::{describe_call, prepare_call};
use crate::classify;
use crate::client::{Client, deadline_after};
use crate::error::Error;
use crate::generated::ffi::{CALLS, read_request};
use crate::generated::operations::OPERATIONS;
use crate::generated::shapes::RESPONSES;
use crate::operation::{OperationKind, Page};
use crate::pages::drift::Drift;
use crate::pages::walk::{PagingOptions, Step, Walk};
use crate::prepared::{CallInfo, Prepared};
use crate::raw::Exchange;
use crate::request::source::Source;
use crate::request::violation::{Rule, Violation};
use crate::request::wording::describe_text;
use crate::response::content::ResponseData;
use crate::response::record::Record;

impl Client {
    /// Reads, checks and encodes a request of the operation at this position of [`OPERATIONS`](crate::OPERATIONS).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] with every violation.
    pub fn prepare(&self, operation: usize, source: &impl Source) -> Result<Prepared, Error> {
        self.encode(operation, &*read_for(operation, source)?)
    }

    /// Sends a request, and returns the data of the response.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn send_prepared(&self, prepared: Prepared) -> Result<ResponseData, Error> {
        self.exchange(prepared).await.map(|(data, _)| data)
    }

    /// Sends a request, and returns the data of the response with its HTTP exchange. An edit has several exchanges and
    /// returns none.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn exchange(&self, mut prepared: Prepared) -> Result<(ResponseData, Option<Exchange>), Error> {
        let Some(edit) = prepared.edit.take() else {
            return self.send(prepared).await.map(|success| (success.data, Some(success.exchange)));
        };
        edit.steps.apply(self, prepared, edit.verify).await.map(|_| (ResponseData::Nothing, None))
    }

    pub(super) fn encode(&self, operation: usize, request: &dyn Request) -> Result<Prepared, Error> {
        let shape = CALLS[operation].response.map(|response| &RESPONSES[response]);
        self.check_and_encode(&OPERATIONS[operation], shape, request)
    }
}

/// Checks the arguments of a call of any other endpoint, with the body as JSON text.
///
/// # Errors
///
/// Those of [`Client::call`] before it sends anything.
pub fn prepare_json(path: &str, kind: &str, body: Bytes) -> Result<Prepared, Error> {
    let kind = match kind {
        "query" => OperationKind::Query,
        "update" => OperationKind::Update,
        other => {
            let got = describe_text(other);
            return Err(Error::config(format!("expected `kind` to be \"query\" or \"update\", got {got}")));
        }
    };
    prepare_call(describe_call(path, kind)?, body)
}

/// Reads the request of an operation strictly.
pub(super) fn read_for(operation: usize, source: &impl Source) -> Result<Box<dyn Request>, Error> {
    read_request(CALLS[operation].request, source)
        .map_err(|violations| Error::invalid_request(violations).in_call(OPERATIONS[operation].name, 0))
}

/// Returns the name and kind of the operation at this position.
#[must_use]
pub fn describe_operation(operation: usize) -> CallInfo {
    CallInfo::from(&OPERATIONS[operation])
}

impl Error {
    /// Creates the error for a value of a body that has no JSON form.
    #[must_use]
    pub fn unwritable(path: &str, got: &str) -> Self {
        let subject = if path.is_empty() { "the request".to_owned() } else { format!("`{path}`") };
        let message = format!("{subject} must have a JSON form, but is {got}");
        Error::invalid_request(vec![Violation { path: path.to_owned(), rule: Rule::Type, message }])
    }

    /// Creates the error of a call that could not start, because the local system refused a thread or a descriptor.
    #[must_use]
    pub fn refused_by_system(error: &io::Error, call: Option<&CallInfo>) -> Self {
        classify::refused_by_system(error, call)
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

/// The pages of a query, like [`crate::Pages`], except that each page may be read by another client.
pub struct Pages {
    operation: usize,
    paging: &'static PagingShape,
    query: Box<dyn Request>,
    /// The first page, which is checked before it is read.
    first: Option<Prepared>,
    walk: Walk<Record>,
    /// When all pages have to be read.
    ends_at: Option<Instant>,
}

impl Pages {
    /// Validates the query. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] with every violation, or [`Error::Config`] for an invalid option.
    pub fn new(client: &Client, operation: usize, source: &impl Source, options: PagingOptions) -> Result<Self, Error> {
        options.check()?;
        let mut query = read_for(operation, source)?;
        let Some((paging, first)) = CALLS[operation].paging.as_ref().zip(query.page_number().copied()) else {
            return Err(Error::config(format!("`{}` has no pages", OPERATIONS[operation].name)));
        };
        let prepared = client.encode(operation, &*query)?;
        let walk = Walk::new(OPERATIONS[operation].name, first, options);
        Ok(Self { operation, paging, query, first: Some(prepared), walk, ends_at: None })
    }

    /// Returns the same pages, all of which have to be read within this time.
    #[must_use]
    pub fn within(self, time: Duration) -> Self {
        Self { ends_at: Some(deadline_after(Instant::now(), time)), ..self }
    }

    /// Reads pages until one has new items, and returns these; `None` at the end. Dropping the future loses no items.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. The next call requests the same page again.
    pub async fn read(&mut self, client: &Client) -> Result<Option<Vec<Record>>, Error> {
        let paging = self.paging;
        let client = &self.ends_at.map_or_else(|| client.clone(), |ends_at| client.with_deadline(ends_at));
        loop {
            match self.walk.step(|record| record.root().number(paging.id)) {
                Step::Request(numbers) => {
                    let requests: Vec<_> = numbers.map(|number| self.prepare(client, number)).collect();
                    let responses = requests.into_iter().map(async |request| {
                        let data = client.send_prepared(request?).await?;
                        Ok(open_page(paging, data.into_record()))
                    });
                    let responses = join_all(responses).await;
                    self.walk.receive(responses);
                }
                Step::Page(items) => return Ok(Some(items)),
                Step::Failure(error) => return Err(error),
                Step::End => return Ok(None),
            }
        }
    }

    /// Returns the number of items on all pages, if the service has reported it.
    #[must_use]
    pub fn total(&self) -> Option<i64> {
        self.walk.total()
    }

    /// Returns how the list changed while it was being read, if it did.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        self.walk.drift()
    }

    fn prepare(&mut self, client: &Client, number: i32) -> Result<Prepared, Error> {
        if let Some(first) = self.first.take() {
            return Ok(first);
        }
        if let Some(page) = self.query.page_number() {
            *page = number;
        }
        client.encode(self.operation, &*self.query)
    }
}

fn open_page(paging: &PagingShape, record: Option<Record>) -> Page<Record> {
    let PagingShape { records, pages, total, .. } = *paging;
    let Some(record) = record else {
        return Page { items: Vec::new(), pages: None, total: None };
    };
    let row = record.root();
    Page { items: record.objects(records), pages: row.number(pages), total: row.number(total) }
}
