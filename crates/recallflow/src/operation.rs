//! The traits and the description of operations.

use serde::Serialize;

use crate::request::check::Rules;
use crate::response::content::Content;
use crate::response::record::{FromRecord, FromRow};

/// An operation of the service, implemented by its request type.
///
/// Only the request types of this crate can implement it, because its bounds are private.
#[expect(private_bounds, reason = "seals the trait")]
pub trait Operation: Rules + Serialize + Sync {
    /// The response.
    type Response: FromRecord + Send;
    /// Its row in the table of operations.
    #[doc(hidden)]
    const INFO: &'static OperationInfo;
}

/// An operation that returns one page of a list.
///
/// Only the request types of this crate can implement it, because its bounds are private.
#[expect(private_bounds, reason = "seals the trait")]
pub trait Paged: Operation + Clone + Send + Unpin + 'static {
    /// The items of the list.
    type Item: FromRow + Clone + PartialEq + Send + Unpin;
    /// Returns the page number, from 1.
    #[doc(hidden)]
    fn page(&self) -> i32;
    /// Sets the page number.
    #[doc(hidden)]
    fn set_page(&mut self, page: i32);
    /// Extracts the page from a response.
    #[doc(hidden)]
    fn open(response: Self::Response) -> Page<Self::Item>;
    /// Returns the unique id of an item.
    #[doc(hidden)]
    fn id(item: &Self::Item) -> Option<i64>;
}

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The items on it.
    pub(crate) items: Vec<T>,
    /// Number of pages.
    pub(crate) pages: Option<i64>,
    /// Number of items on all pages.
    pub(crate) total: Option<i64>,
}

/// Whether an operation is idempotent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperationKind {
    /// Reads only, so it is retried after temporary failures.
    Query,
    /// Changes data, so it is retried only if it was provably not applied.
    Update,
}

/// The description of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationInfo {
    /// Name of the client's method, such as `update_recall_flow`.
    pub name: &'static str,
    /// Whether it reads or changes data.
    pub kind: OperationKind,
    /// Path below the base URL.
    pub path: &'static str,
    /// Content that a successful response must have.
    pub(crate) content: Content,
}
