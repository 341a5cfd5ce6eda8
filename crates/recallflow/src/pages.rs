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
/// - It ends at the last page, at an empty one, when pages bring nothing new, and after an error.
///
/// It is a [`Stream`](futures_core::Stream); [`Pages::next`] reads it without any other crate:
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
    /// Items of the page that was read last, in their order.
    ready: std::vec::IntoIter<R::Item>,
    seen: HashSet<i64>,
    /// The page that was read last, if its items have no keys to tell them by.
    keyless: Vec<R::Item>,
    /// Pages in a row that brought nothing new.
    barren: u32,
    /// Number of the last page, as far as the service has told.
    last: Option<i64>,
    /// Total of the first page that had one.
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
    pub repeated: usize,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list changed while it was read, so that items may be missing")?;
        if let (Some(start), Some(end)) = (self.total_at_start, self.total_at_end) {
            write!(f, ": it had {start} items at first and {end} later")?;
        }
        if self.repeated > 0 {
            write!(f, "; {} came again and were left out", self.repeated)?;
        }
        Ok(())
    }
}

impl<R: Paged> Pages<R> {
    pub(crate) fn new(client: Client, query: R) -> Self {
        Self {
            client,
            query,
            ready: Vec::new().into_iter(),
            seen: HashSet::new(),
            keyless: Vec::new(),
            barren: 0,
            last: None,
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

    /// Nothing more is read.
    pub(crate) fn end(&mut self) {
        self.state = State::Ended;
    }

    /// Takes a page in, and decides whether there is another.
    fn accept(&mut self, page: Page<R::Item>) {
        let Page { mut items, pages, total } = page;
        // A service that did not count says 0, and one that fails in between says nothing.
        self.last = pages.filter(|pages| *pages > 0).or(self.last);
        let received = items.len();
        self.keep_new(&mut items);
        let repeated = received - items.len();
        self.barren = if items.is_empty() { self.barren + 1 } else { 0 };

        let number = self.query.page();
        let is_last = self.last.map_or(received == 0, |last| i64::from(number) >= last);
        // Items that slid fill at most the page after; a service that answers the same page for ever would go on.
        let is_stuck = received == 0 || self.barren > 1;
        self.note_drift(total, repeated, is_stuck && !is_last);
        self.state = match number.checked_add(1) {
            Some(next) if !is_last && !is_stuck => {
                self.query.set_page(next);
                State::Idle
            }
            _ => State::Ended,
        };
        self.ready = items.into_iter();
    }

    /// Leaves out the items that came before.
    fn keep_new(&mut self, items: &mut Vec<R::Item>) {
        let has_keys = items.iter().any(|item| R::id(item).is_some());
        if !has_keys && *items == self.keyless {
            items.clear();
        } else if !has_keys {
            self.keyless.clone_from(items);
        }
        items.retain(|item| R::id(item).is_none_or(|id| self.seen.insert(id)));
    }

    fn note_drift(&mut self, total: Option<i64>, repeated: usize, ended_early: bool) {
        // A service that did not count says 0.
        let total = total.filter(|total| *total > 0);
        self.total = self.total.or(total);
        let changed = total.is_some() && total != self.total;
        if changed || repeated > 0 || ended_early {
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
