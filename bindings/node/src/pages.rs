//! Reads a query page by page.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::Env;
use napi_derive::napi;
use recallflow::ffi::{CallInfo, Pages};
use recallflow::{Client, Drift};

use crate::completions::{Completions, Output};
use crate::errors::catch_panics;
use crate::pack::Pack;

/// A query and the position of its next page.
#[napi]
pub struct PageReader {
    client: Client,
    call: CallInfo,
    pages: Arc<tokio::sync::Mutex<Pages>>,
    progress: Arc<Mutex<Progress>>,
}

/// The state of the list after the last read.
#[derive(Clone, Copy, Default)]
struct Progress {
    total: Option<i64>,
    drift: Option<Drift>,
}

/// How the list changed while it was paged.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct PageDrift {
    /// Number of items that the service announced first.
    pub total_at_start: Option<i64>,
    /// Number of items that the service announced when the last change was noticed.
    pub total_at_end: Option<i64>,
    /// Number of different items that were read.
    pub read: u32,
    /// Number of items that were returned twice and skipped.
    pub repeated: u32,
}

impl PageReader {
    pub(crate) fn new(client: Client, call: CallInfo, pages: Pages) -> Self {
        Self { client, call, pages: Arc::new(tokio::sync::Mutex::new(pages)), progress: Arc::default() }
    }
}

fn lock_progress(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

#[napi]
impl PageReader {
    /// Starts a call that reads the next page, and returns its number.
    #[napi]
    pub fn read(&self, env: Env, completions: &mut Completions, is_logged: bool) -> napi::Result<f64> {
        catch_panics(Some(&self.call), || {
            let (client, pages, progress) = (self.client.clone(), self.pages.clone(), self.progress.clone());
            let call = async move {
                // The package reads one page at a time, but an aborted call may still hold the lock for a moment.
                let mut pages = pages.lock().await;
                let page = pages.read(&client).await;
                *lock_progress(&progress) = Progress { total: pages.total(), drift: pages.drift() };
                Ok(page?.map_or(Output::End, |items| Output::Items(Pack::of_items(&items))))
            };
            completions.start(env, self.call.clone(), call, None, is_logged)
        })
    }

    /// The number of items on all pages, if the service has reported it.
    #[napi(getter)]
    pub fn total(&self) -> Option<i64> {
        lock_progress(&self.progress).total
    }

    /// How the list changed so far, if it did.
    #[napi(getter)]
    pub fn drift(&self) -> Option<PageDrift> {
        lock_progress(&self.progress).drift.map(|drift| PageDrift {
            total_at_start: drift.total_at_start,
            total_at_end: drift.total_at_end,
            read: u32::try_from(drift.read).unwrap_or(u32::MAX),
            repeated: u32::try_from(drift.repeated).unwrap_or(u32::MAX),
        })
    }
}
