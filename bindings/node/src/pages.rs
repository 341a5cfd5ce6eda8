//! Reads a query page after page.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::Env;
use napi_derive::napi;
use recallflow::ffi::Pages;
use recallflow::{Client, Drift};

use crate::completions::{Answer, Completions};
use crate::failure::shielded;
use crate::pack::Pack;

/// Reads all pages of a query, one at a time.
#[napi]
pub struct Reader {
    client: Client,
    operation: usize,
    pages: Arc<tokio::sync::Mutex<Pages>>,
    drift: Arc<Mutex<Option<Drift>>>,
}

/// How a list changed while it was read.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct Change {
    /// Number of items when the first page was read.
    pub total_at_start: Option<i64>,
    /// Number of items when the change was noticed last.
    pub total_at_end: Option<i64>,
    /// Number of items that came again.
    pub repeated: u32,
}

impl Reader {
    pub(crate) fn new(client: Client, operation: usize, pages: Pages) -> Self {
        Self { client, operation, pages: Arc::new(tokio::sync::Mutex::new(pages)), drift: Arc::default() }
    }
}

fn lock(drift: &Mutex<Option<Drift>>) -> MutexGuard<'_, Option<Drift>> {
    drift.lock().unwrap_or_else(PoisonError::into_inner)
}

#[napi]
impl Reader {
    /// Starts to read the next page, and tells the number of the call.
    #[napi]
    pub fn read(&self, env: Env, completions: &mut Completions, is_logged: bool) -> napi::Result<f64> {
        shielded(Some(self.operation), || {
            let (client, pages, drift) = (self.client.clone(), self.pages.clone(), self.drift.clone());
            let call = async move {
                // The package asks for one page at a time; one whose call was aborted may still be let go of.
                let mut pages = pages.lock().await;
                let page = pages.read(&client).await;
                *lock(&drift) = pages.drift();
                Ok(page?.map_or(Answer::End, |items| Answer::Items(Pack::of_items(&items))))
            };
            completions.start(env, self.operation, call, is_logged)
        })
    }

    /// How the list changed while it was read, if it did.
    #[napi(getter)]
    pub fn drift(&self) -> Option<Change> {
        lock(&self.drift).map(|drift| Change {
            total_at_start: drift.total_at_start,
            total_at_end: drift.total_at_end,
            repeated: u32::try_from(drift.repeated).unwrap_or(u32::MAX),
        })
    }
}
