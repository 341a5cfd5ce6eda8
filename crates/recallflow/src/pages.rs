//! Iteration over all pages of a query.

pub(crate) mod drift;
pub(crate) mod walk;

use std::fmt;
use std::future::Future;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use futures_util::future::join_all;

use self::drift::Drift;
use self::walk::{PagingOptions, Step, Walk};
use crate::client::Client;
use crate::error::Error;
use crate::operation::{Page, Paged};

/// All items of a paged query. Pages are requested when their items are needed.
///
/// - Every page is requested with the same query, so the time span never changes.
/// - No item is returned twice: an item that moved to the next page because the list grew is skipped there.
/// - [`Pages::drift`] reports that the list changed while it was being read, or had fewer items than announced. Items may then
///   be missing.
/// - The iteration ends at the last page, at an empty page, and after two pages without new items.
/// - After an error, the next step requests the same page again. An invalid query or option ends the iteration.
/// - With [`Pages::concurrency`], several pages are requested at the same time. Items and drift stay the same.
/// - At most `concurrency` pages are kept in memory, and the id of each item.
///
/// It is a [`Stream`](futures_core::Stream). [`Pages::next`] reads it without another crate:
///
/// ```no_run
/// # async fn run(client: recallflow::Client, query: recallflow::GroupCallQuery) -> Result<(), recallflow::Error> {
/// let mut tasks = client.group_calls(query);
/// while let Some(task) = tasks.next().await {
///     println!("{:?}", task?.task_name);
/// }
/// if let Some(drift) = tasks.drift() {
///     println!("{drift}");
/// }
/// # Ok(())
/// # }
/// ```
pub struct Pages<R: Paged> {
    client: Client,
    query: R,
    /// The remaining items of the latest page.
    ready: std::vec::IntoIter<R::Item>,
    walk: Walk<R::Item>,
    /// The pages that are being requested.
    request: Option<PagesFuture<R::Item>>,
}

type PagesFuture<T> = Pin<Box<dyn Future<Output = Vec<Result<Page<T>, Error>>> + Send>>;

impl<R: Paged> Pages<R> {
    pub(crate) fn new(client: Client, query: R) -> Self {
        let walk = Walk::new(R::INFO.name, query.page(), PagingOptions::default());
        Self { client, query, ready: Vec::new().into_iter(), walk, request: None }
    }

    /// Sets how many pages are requested at the same time, from 1 (the default) to 8.
    ///
    /// The first page is requested alone, because it announces the number of pages.
    #[must_use]
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.walk.options_mut().concurrency = pages;
        self
    }

    /// Sets whether the iteration ends with [`Error::Incomplete`] if the list changed while it was being read.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.walk.options_mut().strict = strict;
        self
    }

    /// Returns the next item, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        std::future::poll_fn(|context| self.poll_item(context)).await
    }

    /// Returns the remaining items as whole pages.
    pub fn pages(&mut self) -> WholePages<'_, R> {
        WholePages { pages: self }
    }

    /// Reads the list from its first page, and returns its items, or the first `limit` of them.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn to_list(&mut self, limit: impl Into<Option<usize>>) -> Result<Vec<R::Item>, Error> {
        self.restart();
        let limit = limit.into().unwrap_or(usize::MAX);
        let mut items = Vec::new();
        while items.len() < limit
            && let Some(item) = self.next().await
        {
            items.push(item?);
        }
        Ok(items)
    }

    /// Starts again at the first page.
    pub fn restart(&mut self) {
        self.ready = Vec::new().into_iter();
        self.request = None;
        self.walk = Walk::new(R::INFO.name, self.query.page(), self.walk.options());
    }

    /// Returns the number of items on all pages, as the service last reported it; `None` before the first page.
    #[must_use]
    pub fn total(&self) -> Option<i64> {
        self.walk.total()
    }

    /// Returns how the list changed while it was being read, if it did. It is known at the end.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        self.walk.drift()
    }

    /// Returns the next item of the latest page.
    pub(crate) fn take_ready(&mut self) -> Option<R::Item> {
        self.ready.next()
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Item, Error>>> {
        loop {
            if let Some(item) = self.take_ready() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.poll_page(context)) {
                Some(Ok(items)) => self.ready = items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    /// Polls the rest of the latest page, or the next one.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<R::Item>, Error>>> {
        if self.ready.len() > 0 {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.ready).collect())));
        }
        loop {
            if let Some(request) = &mut self.request {
                let responses = ready!(request.as_mut().poll(context));
                self.request = None;
                self.walk.receive(responses);
            }
            match self.walk.step(R::id) {
                Step::Request(numbers) => self.request = Some(request_pages(&self.client, &self.query, numbers)),
                Step::Page(items) => return Poll::Ready(Some(Ok(items))),
                Step::Failure(error) => return Poll::Ready(Some(Err(error))),
                Step::End => return Poll::Ready(None),
            }
        }
    }

    /// Requests further pages with this client.
    pub(crate) fn set_client(&mut self, client: Client) {
        self.client = client;
    }

    /// Returns whether neither an item nor an error follows.
    fn is_ended(&self) -> bool {
        self.ready.len() == 0 && self.request.is_none() && self.walk.is_ended()
    }
}

fn request_pages<R: Paged>(client: &Client, query: &R, numbers: RangeInclusive<i32>) -> PagesFuture<R::Item> {
    let request = |number| {
        let (client, mut query) = (client.clone(), query.clone());
        query.set_page(number);
        async move { client.execute(&query).await.map(R::open) }
    };
    Box::pin(join_all(numbers.map(request)))
}

impl<R: Paged> Stream for Pages<R> {
    type Item = Result<R::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let ready = self.ready.len();
        (ready, self.walk.is_ended().then_some(ready))
    }
}

impl<R: Paged> FusedStream for Pages<R> {
    fn is_terminated(&self) -> bool {
        self.is_ended()
    }
}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("total", &self.total()).field("drift", &self.drift()).finish_non_exhaustive()
    }
}

/// The pages of a query as lists of their new items; see [`Pages::pages`]. No list is empty.
///
/// It is a [`Stream`](futures_core::Stream) as well.
pub struct WholePages<'p, R: Paged> {
    pages: &'p mut Pages<R>,
}

impl<R: Paged> WholePages<'_, R> {
    /// Returns the items of the next page, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Vec<R::Item>, Error>> {
        std::future::poll_fn(|context| self.pages.poll_page(context)).await
    }
}

impl<R: Paged> Stream for WholePages<'_, R> {
    type Item = Result<Vec<R::Item>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().pages.poll_page(context)
    }
}

impl<R: Paged> FusedStream for WholePages<'_, R> {
    fn is_terminated(&self) -> bool {
        self.pages.is_ended()
    }
}

impl<R: Paged> fmt::Debug for WholePages<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pages.fmt(f)
    }
}
