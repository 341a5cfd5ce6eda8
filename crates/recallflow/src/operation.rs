//! What an operation is, for the client that carries it out.

use serde::Serialize;

use crate::request::check::Rules;
use crate::response::decode::{Record, Response};

/// An operation of the service, named by its request.
///
/// Only the request types of this crate implement it; its bounds cannot be met elsewhere.
#[expect(private_bounds, reason = "this is what keeps others from implementing it")]
pub trait Operation: Rules + Serialize + Sync {
    /// What the service answers.
    type Response: Response + Send;
    /// Position in the table of operations.
    #[doc(hidden)]
    const INDEX: usize;
}

/// An operation that answers a list page by page.
///
/// Only request types of this crate implement it; its bounds cannot be met elsewhere.
#[expect(private_bounds, reason = "this is what keeps others from implementing it")]
pub trait Paged: Operation + Clone + Send + Unpin + 'static {
    /// What the pages list.
    type Item: Record + Clone + PartialEq + Send + Unpin;
    /// Number of the page, from 1.
    #[doc(hidden)]
    fn page(&self) -> i32;
    /// Chooses the page.
    #[doc(hidden)]
    fn set_page(&mut self, page: i32);
    /// Takes a page apart.
    #[doc(hidden)]
    fn open(response: Self::Response) -> Page<Self::Item>;
    /// The unique key of an item.
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

/// Whether an operation may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperationKind {
    /// It changes nothing, so it is repeated after passing faults.
    Query,
    /// It changes something, so it is repeated only if it was provably not carried out.
    Update,
}

/// What there is to know about an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationInfo {
    /// Name of the client's method, such as `update_recall_flow`.
    pub name: &'static str,
    /// Whether it may be repeated.
    pub kind: OperationKind,
    /// Path below the base URL.
    pub path: &'static str,
}
