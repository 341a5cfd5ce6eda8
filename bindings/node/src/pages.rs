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
    drift: Arc<Mutex<Option<Drift>>>,
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
        Self { client, call, pages: Arc::new(tokio::sync::Mutex::new(pages)), drift: Arc::default() }
    }
}

fn lock_drift(drift: &Mutex<Option<Drift>>) -> MutexGuard<'_, Option<Drift>> {
    drift.lock().unwrap_or_else(PoisonError::into_inner)
}

#[napi]
impl PageReader {
    /// Starts a call that reads the next page, and returns its number.
    #[napi]
    pub fn read(&self, env: Env, completions: &mut Completions, is_logged: bool) -> napi::Result<f64> {
        catch_panics(Some(&self.call), || {
            let (client, pages, drift) = (self.client.clone(), self.pages.clone(), self.drift.clone());
            let call = async move {
                // The package reads one page at a time, but an aborted call may still hold the lock for a moment.
                let mut pages = pages.lock().await;
                let page = pages.read(&client).await;
                *lock_drift(&drift) = pages.drift();
                Ok(page?.map_or(Output::End, |items| Output::Items(Pack::of_items(&items))))
            };
            completions.start(env, self.call.clone(), call, None, is_logged)
        })
    }

    /// How the list changed so far, if it did.
    #[napi(getter)]
    pub fn drift(&self) -> Option<PageDrift> {
        lock_drift(&self.drift).map(|drift| PageDrift {
            total_at_start: drift.total_at_start,
            total_at_end: drift.total_at_end,
            read: u32::try_from(drift.read).unwrap_or(u32::MAX),
            repeated: u32::try_from(drift.repeated).unwrap_or(u32::MAX),
        })
    }
}
