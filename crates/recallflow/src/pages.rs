//! Iteration over all pages of a query.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::client::Client;
use crate::error::Error;
use crate::operation::{Page, Paged};

/// All items of a paged query. Pages are requested one after the other, when their items are needed.
///
/// - Every page is requested with the same query, so the time span never changes.
/// - No item is returned twice: an item that moved to the next page because the list grew is skipped there.
/// - [`Pages::drift`] reports that the list changed while it was being read, or had fewer items than announced. Items may then
///   be missing.
/// - The iteration ends at the last page, at an empty page, after two pages without new items, and after an error.
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
    state: PagingState<R::Item>,
    /// The page that is being requested.
    request: Option<PageFuture<R::Item>>,
}

type PageFuture<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

/// How a list changed while it was being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// Number of items that the service announced first.
    pub total_at_start: Option<i64>,
    /// Number of items that the service announced when a change was last noticed.
    pub total_at_end: Option<i64>,
    /// Number of different items that were read.
    pub read: usize,
    /// Number of repeated items that were skipped.
    pub repeated: usize,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list changed while it was being read, so items may be missing")?;
        match (self.total_at_start, self.total_at_end) {
            (Some(start), Some(end)) if start != end => {
                write!(f, ": {start} items were announced at first and {end} later, ")?;
            }
            (Some(total), _) | (None, Some(total)) => write!(f, ": {total} items were announced, ")?,
            (None, None) => f.write_str(": ")?,
        }
        write!(f, "{} were read", self.read)?;
        if self.repeated > 0 {
            write!(f, "; repeated items skipped: {}", self.repeated)?;
        }
        Ok(())
    }
}

impl<R: Paged> Pages<R> {
    pub(crate) fn new(client: Client, query: R) -> Self {
        let state = PagingState::new(query.page());
        Self { client, query, ready: Vec::new().into_iter(), state, request: None }
    }

    /// Returns the next item, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        std::future::poll_fn(|context| self.poll_item(context)).await
    }

    /// Returns how the list changed while it was being read, if it did.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        self.state.drift()
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Item, Error>>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let page = match (&mut self.request, self.state.next_page()) {
                (Some(page), _) => page,
                (None, None) => return Poll::Ready(None),
                (None, Some(number)) => {
                    self.query.set_page(number);
                    self.request.insert(request_page(self.client.clone(), self.query.clone()))
                }
            };
            let page = std::task::ready!(page.as_mut().poll(context));
            self.request = None;
            match page {
                Ok(page) => self.ready = self.state.accept_page(page, R::id).into_iter(),
                Err(error) => {
                    self.state.end();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }

    /// Requests further pages with this client.
    pub(crate) fn set_client(&mut self, client: Client) {
        self.client = client;
    }

    /// Ends the iteration.
    pub(crate) fn end(&mut self) {
        self.request = None;
        self.state.end();
    }
}

/// The state of an iteration: which page is next, which items were seen, and how the list drifted. It sends nothing itself.
#[derive(Debug)]
pub(crate) struct PagingState<T> {
    /// Number of the next page; `None` at the end.
    next_page: Option<i32>,
    /// Whether the first page of the list is the first one that is read.
    is_whole: bool,
    seen_ids: HashSet<i64>,
    /// Number of new items so far.
    read: usize,
    /// The latest page whose items have no ids. A page that equals it brings nothing new.
    page_without_ids: Vec<T>,
    /// Number of consecutive pages without new items.
    stale_pages: u32,
    /// Number of the last page, if the service has reported it.
    last_page: Option<i64>,
    /// The first total that the service reported.
    total: Option<i64>,
    drift: Option<Drift>,
}

impl<T: Clone + PartialEq> PagingState<T> {
    /// Creates the state of an iteration that starts at this page.
    pub(crate) fn new(first: i32) -> Self {
        Self {
            next_page: Some(first),
            is_whole: first <= 1,
            seen_ids: HashSet::new(),
            read: 0,
            page_without_ids: Vec::new(),
            stale_pages: 0,
            last_page: None,
            total: None,
            drift: None,
        }
    }

    /// Returns the number of the next page, or `None` at the end.
    pub(crate) fn next_page(&self) -> Option<i32> {
        self.next_page
    }

    /// Returns how the list changed while it was being read, if it did.
    pub(crate) fn drift(&self) -> Option<Drift> {
        self.drift.map(|drift| Drift { read: self.read, ..drift })
    }

    /// Ends the iteration.
    pub(crate) fn end(&mut self) {
        self.next_page = None;
    }

    /// Records the next page, decides whether another one follows, and returns the new items.
    pub(crate) fn accept_page(&mut self, page: Page<T>, id: impl Fn(&T) -> Option<i64>) -> Vec<T> {
        let Page { mut items, pages, total } = page;
        // A service that did not count reports 0 pages; a later page may lack the number.
        self.last_page = pages.filter(|pages| *pages > 0).or(self.last_page);
        let received = items.len();
        self.remove_seen(&mut items, id);
        let repeated = received - items.len();
        self.read += items.len();
        self.stale_pages = if items.is_empty() { self.stale_pages + 1 } else { 0 };

        let Some(number) = self.next_page else { return items };
        let is_last = self.last_page.map_or(received == 0, |last| i64::from(number) >= last);
        // Moved items fill at most one page. More pages without new items mean that the service repeats a page.
        let is_stuck = received == 0 || self.stale_pages > 1;
        let ended_early = is_stuck && !is_last || is_last && self.lacks_items(total);
        self.note_drift(total, repeated, ended_early);
        self.next_page = number.checked_add(1).filter(|_| !is_last && !is_stuck);
        items
    }

    /// Returns whether the service announced more items than were read, with this total on the last page.
    fn lacks_items(&self, total: Option<i64>) -> bool {
        let announced = total.or(self.total).and_then(|total| usize::try_from(total).ok());
        self.is_whole && announced.is_some_and(|announced| announced > self.read)
    }

    /// Removes the items of earlier pages.
    fn remove_seen(&mut self, items: &mut Vec<T>, id: impl Fn(&T) -> Option<i64>) {
        let has_ids = items.iter().any(|item| id(item).is_some());
        if !has_ids && *items == self.page_without_ids {
            items.clear();
        } else if !has_ids {
            self.page_without_ids.clone_from(items);
        }
        items.retain(|item| id(item).is_none_or(|id| self.seen_ids.insert(id)));
    }

    fn note_drift(&mut self, total: Option<i64>, repeated: usize, ended_early: bool) {
        // A service that did not count reports 0.
        let total = total.filter(|total| *total > 0);
        self.total = self.total.or(total);
        let changed = total.is_some() && total != self.total;
        if changed || repeated > 0 || ended_early {
            if self.drift.is_none() {
                // Warn once for each list; `drift` has the details.
                tracing::warn!(
                    repeated,
                    total,
                    total_at_start = self.total,
                    "the list changed while it was being read"
                );
            }
            let drift = self.drift.get_or_insert_default();
            drift.total_at_start = self.total;
            drift.total_at_end = total;
            drift.repeated += repeated;
        }
    }
}

fn request_page<R: Paged>(client: Client, query: R) -> PageFuture<R::Item> {
    Box::pin(async move { client.execute(&query).await.map(R::open) })
}

impl<R: Paged> Stream for Pages<R> {
    type Item = Result<R::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("page", &self.query.page()).field("drift", &self.drift()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_displays_the_known_numbers() {
        let text = |total_at_start, total_at_end, repeated| {
            let drift = Drift { total_at_start, total_at_end, read: 100, repeated };
            let text = drift.to_string();
            text.strip_prefix("the list changed while it was being read, so items may be missing: ").unwrap().to_owned()
        };
        assert_eq!(text(None, None, 0), "100 were read");
        assert_eq!(text(Some(574), Some(574), 0), "574 items were announced, 100 were read");
        assert_eq!(
            text(Some(4), Some(5), 1),
            "4 items were announced at first and 5 later, 100 were read; repeated items skipped: 1"
        );
    }

    #[test]
    fn a_list_that_ends_before_its_announced_total_has_a_drift() {
        let end_of = |first, pages, total, items: &[i64]| {
            let mut state = PagingState::new(first);
            state.accept_page(Page { items: items.to_vec(), pages, total }, |item| Some(*item));
            assert_eq!(state.next_page(), None);
            state.drift()
        };
        let drift =
            |total, read| Some(Drift { total_at_start: Some(total), total_at_end: Some(total), read, repeated: 0 });
        assert_eq!(end_of(1, None, Some(5), &[]), drift(5, 0));
        assert_eq!(end_of(1, Some(1), Some(574), &[1, 2]), drift(574, 2));
        assert_eq!(end_of(1, Some(1), Some(2), &[1, 2]), None);
        assert_eq!(end_of(1, Some(1), Some(0), &[1, 2]), None);
        assert_eq!(end_of(1, Some(1), None, &[]), None);
        // The items of the pages before are not counted.
        assert_eq!(end_of(3, Some(3), Some(5), &[5]), None);
    }

    #[test]
    fn an_uncounted_total_is_not_a_drift() {
        let mut state = PagingState::new(1);
        for (item, total) in [(1, Some(0)), (2, Some(9)), (3, Some(0)), (4, None)] {
            state.accept_page(Page { items: vec![item], pages: None, total }, |item| Some(*item));
        }
        assert_eq!(state.drift(), None);
        state.accept_page(Page { items: vec![5], pages: None, total: Some(8) }, |item| Some(*item));
        assert_eq!(state.drift(), Some(Drift { total_at_start: Some(9), total_at_end: Some(8), read: 5, repeated: 0 }));
    }
}
