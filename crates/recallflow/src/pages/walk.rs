//! Decides which pages of a list to request, and finds out whether the list changed meanwhile.

use std::collections::{HashSet, VecDeque};
use std::ops::RangeInclusive;

use super::drift::Drift;
use crate::error::Error;
use crate::operation::Page;

/// The maximum of [`PagingOptions::concurrency`].
const MAX_CONCURRENCY: usize = 8;

/// How the pages of a list are read.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports it"))]
pub struct PagingOptions {
    /// The number of pages that are requested at the same time.
    pub concurrency: usize,
    /// Whether a list that changed while it was being read is an error.
    pub strict: bool,
}

impl Default for PagingOptions {
    fn default() -> Self {
        Self { concurrency: 1, strict: false }
    }
}

impl PagingOptions {
    pub(crate) fn check(self) -> Result<(), Error> {
        if (1..=MAX_CONCURRENCY).contains(&self.concurrency) {
            return Ok(());
        }
        let message = format!("expected `concurrency` to be from 1 to {MAX_CONCURRENCY}, got {}", self.concurrency);
        Err(Error::config(message))
    }
}

/// What an iteration does next.
#[derive(Debug)]
pub(crate) enum Step<T> {
    /// Request these pages at the same time, and pass the responses to [`Walk::receive`].
    Request(RangeInclusive<i32>),
    /// Yield the new items of a page; there is at least one.
    Page(Vec<T>),
    /// Yield an error. Another step tries again.
    Failure(Error),
    /// The list has ended.
    End,
}

/// The state of an iteration: which pages to request, which items were seen, and how the list drifted. It sends nothing itself.
///
/// Responses are accepted in the order of their pages. So concurrent requests change neither the items nor the drift.
#[derive(Debug)]
pub(crate) struct Walk<T> {
    /// Name of the operation, for errors.
    operation: &'static str,
    options: PagingOptions,
    /// The responses to the latest requests that were not accepted yet.
    received: VecDeque<Result<Page<T>, Error>>,
    /// Whether the drift was reported as an error.
    is_reported: bool,
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
    first_total: Option<i64>,
    /// The last total that the service reported.
    latest_total: Option<i64>,
    drift: Option<Drift>,
}

impl<T: Clone + PartialEq> Walk<T> {
    /// Creates the state of an iteration that starts at this page.
    pub(crate) fn new(operation: &'static str, first: i32, options: PagingOptions) -> Self {
        Self {
            operation,
            options,
            received: VecDeque::new(),
            is_reported: false,
            next_page: Some(first),
            is_whole: first <= 1,
            seen_ids: HashSet::new(),
            read: 0,
            page_without_ids: Vec::new(),
            stale_pages: 0,
            last_page: None,
            first_total: None,
            latest_total: None,
            drift: None,
        }
    }

    /// Returns the options, which apply to all further steps.
    pub(crate) fn options_mut(&mut self) -> &mut PagingOptions {
        &mut self.options
    }

    pub(crate) fn options(&self) -> PagingOptions {
        self.options
    }

    /// Returns the number of items on all pages, if the service has reported it.
    pub(crate) fn total(&self) -> Option<i64> {
        self.latest_total
    }

    /// Returns how the list changed while it was being read, if it did.
    pub(crate) fn drift(&self) -> Option<Drift> {
        self.drift.map(|drift| Drift { read: self.read, ..drift })
    }

    /// Returns whether all further steps are [`Step::End`].
    pub(crate) fn is_ended(&self) -> bool {
        self.next_page.is_none() && self.unreported_drift().is_none()
    }

    /// Returns what to do next. `id` returns the unique id of an item.
    ///
    /// After a failure, the same page is requested again. Pages that were requested with it are dropped.
    pub(crate) fn step(&mut self, id: impl Fn(&T) -> Option<i64>) -> Step<T> {
        while let Some(number) = self.next_page {
            if let Err(error) = self.options.check() {
                self.next_page = None;
                return Step::Failure(error);
            }
            match self.received.pop_front() {
                None => return Step::Request(self.pages_to_request(number)),
                Some(Ok(page)) => {
                    let items = self.accept_page(page, &id);
                    if !items.is_empty() {
                        return Step::Page(items);
                    }
                }
                Some(Err(error)) => {
                    self.received.clear();
                    // The same query and options would fail again, without any request.
                    if matches!(error, Error::InvalidRequest(_) | Error::Config(_)) {
                        self.next_page = None;
                    }
                    return Step::Failure(error);
                }
            }
        }
        self.received.clear();
        match self.unreported_drift() {
            Some(drift) => {
                self.is_reported = true;
                Step::Failure(Error::incomplete(self.operation, drift))
            }
            None => Step::End,
        }
    }

    /// Passes the responses to all pages of the last [`Step::Request`], in order.
    pub(crate) fn receive(&mut self, responses: impl IntoIterator<Item = Result<Page<T>, Error>>) {
        self.received.extend(responses);
    }

    fn unreported_drift(&self) -> Option<Drift> {
        self.drift().filter(|_| self.options.strict && !self.is_reported)
    }

    /// Returns the pages to request at the same time. Only pages that the service has announced are requested ahead.
    fn pages_to_request(&self, number: i32) -> RangeInclusive<i32> {
        let ahead = i32::try_from(self.options.concurrency - 1).unwrap_or(i32::MAX);
        let announced = self.last_page.map_or(number, |last| i32::try_from(last).unwrap_or(i32::MAX));
        number..=number.saturating_add(ahead).min(announced).max(number)
    }

    /// Records the next page, decides whether another one follows, and returns the new items.
    fn accept_page(&mut self, page: Page<T>, id: impl Fn(&T) -> Option<i64>) -> Vec<T> {
        let Page { mut items, pages, total } = page;
        // A service that did not count reports 0 pages; a later page may lack the number.
        self.last_page = pages.filter(|pages| *pages > 0).or(self.last_page);
        let received = items.len();
        // A service that did not count reports 0 items as well.
        self.latest_total = total.filter(|total| *total > 0 || received == 0).or(self.latest_total);
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
        let announced = total.or(self.first_total).and_then(|total| usize::try_from(total).ok());
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
        self.first_total = self.first_total.or(total);
        let changed = total.is_some() && total != self.first_total;
        if changed || repeated > 0 || ended_early {
            if self.drift.is_none() {
                // Warn once for each list; `drift` has the details.
                tracing::warn!(
                    repeated,
                    total,
                    total_at_start = self.first_total,
                    "the list changed while it was being read"
                );
            }
            let drift = self.drift.get_or_insert_default();
            drift.total_at_start = self.first_total;
            drift.total_at_end = total;
            drift.repeated += repeated;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn walk(first: i32, concurrency: usize) -> Walk<i64> {
        Walk::new("query_tests", first, PagingOptions { concurrency, strict: false })
    }

    /// A list that a service returns in pages, newest item first.
    #[derive(Clone, Debug)]
    struct List {
        items: Vec<i64>,
        page_size: usize,
    }

    impl List {
        fn new(length: usize, page_size: usize) -> Self {
            Self { items: (0..).take(length).collect(), page_size }
        }

        fn page(&self, number: i32) -> Page<i64> {
            let index = usize::try_from(number - 1).unwrap();
            let count = |number| Some(i64::try_from(number).unwrap());
            Page {
                items: self.items.iter().skip(index * self.page_size).take(self.page_size).copied().collect(),
                pages: count(self.items.len().div_ceil(self.page_size)),
                total: count(self.items.len()),
            }
        }
    }

    /// Reads a list to its end. `respond` creates the responses to the pages of a batch.
    fn read_all(
        walk: &mut Walk<i64>,
        mut respond: impl FnMut(RangeInclusive<i32>) -> Vec<Result<Page<i64>, Error>>,
    ) -> Vec<i64> {
        let mut read = Vec::new();
        loop {
            match walk.step(|item| Some(*item)) {
                Step::Request(numbers) => walk.receive(respond(numbers)),
                Step::Page(items) => read.extend(items),
                Step::Failure(_) => {}
                Step::End => return read,
            }
        }
    }

    fn failure() -> Error {
        Error::incomplete("query_tests", Drift::default())
    }

    proptest! {
        #[test]
        fn a_stable_list_is_read_in_order_with_any_concurrency(
            length in 0..60_usize,
            page_size in 1..8_usize,
            concurrency in 1..=MAX_CONCURRENCY,
            failures in vec(any::<bool>(), 0..20),
        ) {
            let list = List::new(length, page_size);
            let (mut failures, mut largest) = (failures.into_iter(), 0);
            let mut walk = walk(1, concurrency);
            let read = read_all(&mut walk, |numbers| {
                largest = largest.max(numbers.clone().count());
                numbers
                    .map(|number| match failures.next() {
                        Some(true) => Err(failure()),
                        _ => Ok(list.page(number)),
                    })
                    .collect()
            });
            prop_assert_eq!(read, list.items);
            prop_assert_eq!(walk.drift(), None);
            prop_assert!(largest <= concurrency);
            prop_assert!(walk.is_ended());
        }

        #[test]
        fn a_list_that_changed_is_read_completely_or_has_a_drift(
            length in 1..40_usize,
            page_size in 1..6_usize,
            concurrency in 1..=MAX_CONCURRENCY,
            grows in any::<bool>(),
            // Before each response: whether the list changes, and where.
            changes in vec(proptest::option::weighted(0.3, any::<proptest::sample::Index>()), 60),
            is_reversed in any::<bool>(),
        ) {
            let mut list = List::new(length, page_size);
            let mut always_there: Vec<_> = list.items.clone();
            let (mut changes, mut next_item) = (changes.into_iter(), -1);
            let mut walk = walk(1, concurrency);
            let read = read_all(&mut walk, |numbers| {
                let mut respond = |number: i32| {
                    match changes.next().flatten() {
                        Some(_) if grows => {
                            list.items.insert(0, next_item);
                            next_item -= 1;
                        }
                        Some(index) if list.items.len() > 1 => {
                            let removed = list.items.remove(index.index(list.items.len()));
                            always_there.retain(|item| *item != removed);
                        }
                        _ => {}
                    }
                    Ok(list.page(number))
                };
                if is_reversed {
                    let mut responses: Vec<_> = numbers.rev().map(respond).collect();
                    responses.reverse();
                    responses
                } else {
                    numbers.map(&mut respond).collect()
                }
            });
            let distinct: HashSet<_> = read.iter().copied().collect();
            prop_assert_eq!(distinct.len(), read.len());
            let is_complete = always_there.iter().all(|item| distinct.contains(item));
            prop_assert!(is_complete || walk.drift().is_some(), "{:?} lacks items of {:?}", read, always_there);
        }
    }

    #[test]
    fn only_announced_pages_are_requested_ahead() {
        let list = List::new(10, 2);
        let mut walk = walk(1, 4);
        let mut batches = Vec::new();
        read_all(&mut walk, |numbers| {
            batches.push(numbers.clone());
            numbers.map(|number| Ok(list.page(number))).collect()
        });
        assert_eq!(batches, [1..=1, 2..=5]);
    }

    #[test]
    fn after_a_failure_the_same_page_is_requested_again() {
        let list = List::new(10, 2);
        let mut walk = walk(1, 4);
        let mut batches = Vec::new();
        let read = read_all(&mut walk, |numbers| {
            batches.push(numbers.clone());
            let is_second_batch = batches.len() == 2;
            let respond = |number| if is_second_batch && number == 3 { Err(failure()) } else { Ok(list.page(number)) };
            numbers.map(respond).collect()
        });
        assert_eq!(batches, [1..=1, 2..=5, 3..=5]);
        assert_eq!(read, list.items);
    }

    #[test]
    fn an_invalid_request_ends_the_iteration() {
        let mut walk = walk(1, 1);
        let read = read_all(&mut walk, |_| vec![Err(Error::invalid_request(Vec::new()))]);
        assert!(read.is_empty());
        assert!(walk.is_ended());
    }

    #[test]
    fn a_strict_iteration_reports_a_drift_once_at_the_end() {
        let mut walk = Walk::new("query_tests", 1, PagingOptions { concurrency: 1, strict: true });
        walk.receive([Ok(Page { items: vec![2, 1], pages: Some(1), total: Some(3) })]);
        assert!(matches!(walk.step(|item| Some(*item)), Step::Page(items) if items == [2, 1]));
        assert!(!walk.is_ended());
        let Step::Failure(error) = walk.step(|item| Some(*item)) else { panic!("expected an error") };
        assert_eq!(
            error.to_string(),
            "query_tests: the list changed while it was being read, so items may be missing: 3 items were announced, \
             2 were read; read the list again"
        );
        assert!(error.is_retryable() && error.drift() == walk.drift());
        assert!(walk.is_ended());
        assert!(matches!(walk.step(|item| Some(*item)), Step::End));
    }

    #[test]
    fn an_invalid_concurrency_is_an_error() {
        for concurrency in [0, 9, usize::MAX] {
            let mut walk = walk(1, concurrency);
            let Step::Failure(error) = walk.step(|item| Some(*item)) else { panic!("expected an error") };
            assert_eq!(error.to_string(), format!("expected `concurrency` to be from 1 to 8, got {concurrency}"));
            assert!(matches!(walk.step(|item| Some(*item)), Step::End));
        }
    }

    #[test]
    fn a_list_that_ends_before_its_announced_total_has_a_drift() {
        let end_of = |first, pages, total, items: &[i64]| {
            let mut state = walk(first, 1);
            state.accept_page(Page { items: items.to_vec(), pages, total }, |item| Some(*item));
            assert_eq!(state.next_page, None);
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
        let mut state = walk(1, 1);
        for (item, total) in [(1, Some(0)), (2, Some(9)), (3, Some(0)), (4, None)] {
            state.accept_page(Page { items: vec![item], pages: None, total }, |item| Some(*item));
        }
        assert_eq!(state.drift(), None);
        state.accept_page(Page { items: vec![5], pages: None, total: Some(8) }, |item| Some(*item));
        assert_eq!(state.drift(), Some(Drift { total_at_start: Some(9), total_at_end: Some(8), read: 5, repeated: 0 }));
    }
}
