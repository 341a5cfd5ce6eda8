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
    progress: Progress<R::Item>,
    /// The page that is on its way.
    reading: Option<PageFuture<R::Item>>,
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
        f.write_str("the list changed while it was being read, so items may be missing")?;
        if let (Some(start), Some(end)) = (self.total_at_start, self.total_at_end) {
            write!(f, ": {start} items at first, {end} later")?;
        }
        if self.repeated > 0 {
            write!(f, "; repeated items skipped: {}", self.repeated)?;
        }
        Ok(())
    }
}

impl<R: Paged> Pages<R> {
    pub(crate) fn new(client: Client, query: R) -> Self {
        let progress = Progress::new(query.page());
        Self { client, query, ready: Vec::new().into_iter(), progress, reading: None }
    }

    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    /// How the list changed while it was read, if it did.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        self.progress.drift()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Item, Error>>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let page = match (&mut self.reading, self.progress.next()) {
                (Some(page), _) => page,
                (None, None) => return Poll::Ready(None),
                (None, Some(number)) => {
                    self.query.set_page(number);
                    self.reading.insert(read(self.client.clone(), self.query.clone()))
                }
            };
            let page = std::task::ready!(page.as_mut().poll(context));
            self.reading = None;
            match page {
                Ok(page) => self.ready = self.progress.accept(page, R::id).into_iter(),
                Err(error) => {
                    self.progress.end();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }

    /// Reads further pages with this client.
    pub(crate) fn set_client(&mut self, client: Client) {
        self.client = client;
    }

    /// Nothing more is read.
    pub(crate) fn end(&mut self) {
        self.reading = None;
        self.progress.end();
    }
}

/// What is known of a list while it is read, and whether there is more of it. It reads nothing itself.
#[derive(Debug)]
pub(crate) struct Progress<T> {
    /// Number of the page to read next; none at the end.
    next: Option<i32>,
    seen: HashSet<i64>,
    /// The page that was read last, if its items have no keys to tell them by.
    keyless: Vec<T>,
    /// Pages in a row that brought nothing new.
    barren: u32,
    /// Number of the last page, as far as the service has told.
    last: Option<i64>,
    /// Total of the first page that had one.
    total: Option<i64>,
    drift: Option<Drift>,
}

impl<T: Clone + PartialEq> Progress<T> {
    /// Nothing is read yet, and reading begins with this page.
    pub(crate) fn new(first: i32) -> Self {
        Self {
            next: Some(first),
            seen: HashSet::new(),
            keyless: Vec::new(),
            barren: 0,
            last: None,
            total: None,
            drift: None,
        }
    }

    /// Number of the page to read next; `None` at the end.
    pub(crate) fn next(&self) -> Option<i32> {
        self.next
    }

    /// How the list changed while it was read, if it did.
    pub(crate) fn drift(&self) -> Option<Drift> {
        self.drift
    }

    /// Nothing more is read.
    pub(crate) fn end(&mut self) {
        self.next = None;
    }

    /// Takes in the page that was to be read, decides whether there is another, and gives the items that are new.
    pub(crate) fn accept(&mut self, page: Page<T>, id: impl Fn(&T) -> Option<i64>) -> Vec<T> {
        let Page { mut items, pages, total } = page;
        // A service that did not count says 0, and one that fails in between says nothing.
        self.last = pages.filter(|pages| *pages > 0).or(self.last);
        let received = items.len();
        self.keep_new(&mut items, id);
        let repeated = received - items.len();
        self.barren = if items.is_empty() { self.barren + 1 } else { 0 };

        let Some(number) = self.next else { return items };
        let is_last = self.last.map_or(received == 0, |last| i64::from(number) >= last);
        // Items that slid fill at most the page after; a service that answers the same page for ever would go on.
        let is_stuck = received == 0 || self.barren > 1;
        self.note_drift(total, repeated, is_stuck && !is_last);
        self.next = number.checked_add(1).filter(|_| !is_last && !is_stuck);
        items
    }

    /// Leaves out the items that came before.
    fn keep_new(&mut self, items: &mut Vec<T>, id: impl Fn(&T) -> Option<i64>) {
        let has_keys = items.iter().any(|item| id(item).is_some());
        if !has_keys && *items == self.keyless {
            items.clear();
        } else if !has_keys {
            self.keyless.clone_from(items);
        }
        items.retain(|item| id(item).is_none_or(|id| self.seen.insert(id)));
    }

    fn note_drift(&mut self, total: Option<i64>, repeated: usize, ended_early: bool) {
        // A service that did not count says 0.
        let total = total.filter(|total| *total > 0);
        self.total = self.total.or(total);
        let changed = total.is_some() && total != self.total;
        if changed || repeated > 0 || ended_early {
            if self.drift.is_none() {
                // Once for a list is enough; `drift` tells more at the end.
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
        f.debug_struct("Pages").field("page", &self.query.page()).field("drift", &self.drift()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_drift_is_told() {
        let text = "the list changed while it was being read, so items may be missing";
        assert_eq!(Drift::default().to_string(), text);
        let drift = Drift { total_at_start: Some(4), total_at_end: Some(5), repeated: 1 };
        assert_eq!(drift.to_string(), format!("{text}: 4 items at first, 5 later; repeated items skipped: 1"));
    }

    #[test]
    fn a_service_that_did_not_count_says_nothing_of_a_drift() {
        let mut progress = Progress::new(1);
        for (item, total) in [(1, Some(0)), (2, Some(9)), (3, Some(0)), (4, None)] {
            progress.accept(Page { items: vec![item], pages: None, total }, |item| Some(*item));
        }
        assert_eq!(progress.drift(), None);
        progress.accept(Page { items: vec![5], pages: None, total: Some(8) }, |item| Some(*item));
        assert_eq!(progress.drift(), Some(Drift { total_at_start: Some(9), total_at_end: Some(8), repeated: 0 }));
    }
}
