//! Reads a paged query to its end.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::operation::{Page, Paged};
use crate::{Client, Error};

/// All items of a paged query, read page after page as they are asked for.
///
/// - Every page is asked for with the same query, so the span of time stays what it was at the start.
/// - No item comes twice: an item that slid to the next page while the list grew is left out there.
/// - If the list changed while it was read, [`Pages::drift`] tells: items may be missing then.
/// - It ends at the last page, at an empty page, at a page with nothing new, and after an error.
///
/// It is a [`Stream`]; [`Pages::next`] reads it without any other crate.
pub struct Pages<R: Paged> {
    client: Client,
    query: R,
    /// Items of the page that was read last, in their order.
    ready: std::vec::IntoIter<R::Item>,
    seen: HashSet<i64>,
    /// Total of the first page.
    total: Option<i64>,
    drift: Option<Drift>,
    state: State<R>,
}

enum State<R: Paged> {
    /// The next page is not asked for yet.
    Idle,
    /// The next page is on its way.
    Reading(PageFuture<R::Item>),
    /// There is nothing more.
    Ended,
}

type PageFuture<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

/// How a list changed while it was read page after page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// Number of items when the first page was read.
    pub total_at_start: Option<i64>,
    /// Number of items when the change was noticed last.
    pub total_at_end: Option<i64>,
    /// Items that came again and were left out.
    pub repeated: u64,
}

impl<R: Paged> Pages<R> {
    pub(crate) fn new(client: Client, query: R) -> Self {
        Self {
            client,
            query,
            ready: Vec::new().into_iter(),
            seen: HashSet::new(),
            total: None,
            drift: None,
            state: State::Idle,
        }
    }

    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    /// How the list changed while it was read, if it did.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        self.drift
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Item, Error>>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Idle => self.state = State::Reading(read(self.client.clone(), self.query.clone())),
                State::Reading(page) => match std::task::ready!(page.as_mut().poll(context)) {
                    Ok(page) => self.accept(page),
                    Err(error) => {
                        self.state = State::Ended;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
            }
        }
    }

    /// Takes a page in, and decides whether there is another.
    fn accept(&mut self, page: Page<R::Item>) {
        let Page { mut items, pages, total } = page;
        let received = items.len();
        items.retain(|item| R::id(item).is_none_or(|id| self.seen.insert(id)));
        let repeated = u64::try_from(received - items.len()).unwrap_or(u64::MAX);
        let number = self.query.page();
        let is_last = pages.is_some_and(|pages| i64::from(number) >= pages);
        // The list shrank if a page that should have items has none.
        let is_short = received == 0 && !is_last && pages.is_some();
        self.note_drift(total, repeated, is_short);
        self.state = match number.checked_add(1) {
            Some(next) if !is_last && !items.is_empty() => {
                self.query.set_page(next);
                State::Idle
            }
            _ => State::Ended,
        };
        self.ready = items.into_iter();
    }

    fn note_drift(&mut self, total: Option<i64>, repeated: u64, is_short: bool) {
        self.total = self.total.or(total);
        let changed = total.is_some() && total != self.total;
        if changed || repeated > 0 || is_short {
            let drift = self.drift.get_or_insert_default();
            drift.total_at_start = self.total;
            drift.total_at_end = total;
            drift.repeated += repeated;
            tracing::warn!(repeated, total, total_at_start = self.total, "the list changed while it was read");
        }
    }
}

fn read<R: Paged>(client: Client, query: R) -> PageFuture<R::Item> {
    Box::pin(async move { client.execute(&query).await.map(R::open) })
}

impl<R: Paged> Stream for Pages<R> {
    type Item = Result<R::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("page", &self.query.page()).field("drift", &self.drift).finish_non_exhaustive()
    }
}
