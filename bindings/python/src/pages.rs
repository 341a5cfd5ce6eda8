//! Reads a query page after page.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyList;
use recallflow::ffi::{Pages, Record};
use recallflow::{Client, Drift, Error, OPERATIONS};
use recallflow_bridge::fork::generation;
use recallflow_bridge::logs::logged;
use tokio::time::timeout;

use crate::completions::{Answer, Completions};
use crate::core::{Core, Overrides};
use crate::errors::{raise, shielded, wrong};
use crate::log::Lines;
use crate::{interrupt, to_python};

/// Reads all pages of a query, one at a time.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Reader {
    core: Py<Core>,
    operation: usize,
    overrides: Overrides,
    pages: Arc<tokio::sync::Mutex<Pages>>,
    /// The generation that read last. It is asked and told only by threads that hold the interpreter's lock.
    generation: AtomicU64,
    progress: Arc<Mutex<Progress>>,
}

/// What was read, until somebody takes it: whoever waited for it may have been cancelled meanwhile.
#[derive(Default)]
struct Progress {
    /// The page that was read last, or why there is none; `None` within stands for the end.
    page: Option<Result<Option<Vec<Record>>, Error>>,
    is_ended: bool,
    drift: Option<Drift>,
}

impl Reader {
    pub(crate) fn new(core: Py<Core>, operation: usize, overrides: Overrides, pages: Pages) -> Self {
        Self {
            core,
            operation,
            overrides,
            pages: Arc::new(tokio::sync::Mutex::new(pages)),
            generation: AtomicU64::new(generation()),
            progress: Arc::default(),
        }
    }

    /// The pages, unless they were being read as the process was forked: then nobody ever ends that here.
    fn pages(&self) -> PyResult<Arc<tokio::sync::Mutex<Pages>>> {
        let generation = generation();
        if self.generation.load(Ordering::Relaxed) != generation && self.pages.try_lock().is_err() {
            let text = "another thread was reading these pages as this process was forked: start the query anew";
            return Err(wrong(text));
        }
        self.generation.store(generation, Ordering::Relaxed);
        Ok(self.pages.clone())
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.progress)
    }

    /// Makes sure that there is something to take.
    async fn next(
        pages: Arc<tokio::sync::Mutex<Pages>>,
        progress: Arc<Mutex<Progress>>,
        client: Client,
    ) -> Result<Answer, Error> {
        // Somebody else may be reading these pages, even a caller further up on this very stack.
        let mut pages = timeout(client.timeout(), pages.lock()).await.map_err(|_| {
            Error::config("these pages are being read already, and that takes longer than the call may")
        })?;
        let is_new = {
            let progress = lock(&progress);
            progress.page.is_none() && !progress.is_ended
        };
        if is_new {
            let page = pages.read(&client).await;
            let mut progress = lock(&progress);
            progress.drift = pages.drift();
            progress.page = Some(page);
        }
        Ok(Answer::Page)
    }
}

fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

#[pymethods]
impl Reader {
    /// Total at the start, total at the end, items that came again.
    #[getter]
    fn drift(&self) -> Option<(Option<i64>, Option<i64>, usize)> {
        let drift = self.progress().drift;
        drift.map(|drift| (drift.total_at_start, drift.total_at_end, drift.repeated))
    }

    /// Reads until there is something to take, on the calling thread.
    fn read(&self, py: Python<'_>) -> PyResult<()> {
        let lane = self.core.get().lane(&self.overrides)?;
        let lines = Arc::new(Lines::default());
        let next = Self::next(self.pages()?, self.progress.clone(), lane.client());
        let next = logged(next, OPERATIONS[self.operation].name, lines.clone());
        interrupt::drive(py, lane, self.operation, next, Some(&lines)).map(|_| ())
    }

    /// The same in the background.
    fn submit<'py>(&self, completions: &Bound<'py, Completions>, future: Bound<'py, PyAny>) -> PyResult<u64> {
        let client = self.overrides.apply(self.core.get().client()?);
        let next = Self::next(self.pages()?, self.progress.clone(), client);
        completions.get().start(future, self.operation, next, true)
    }

    /// The items that were read and that nobody has taken yet, possibly none; `None` at the end.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
        let taken = self.progress().page.take();
        match taken {
            Some(Ok(Some(items))) => shielded(Some(self.operation), || to_python::items(py, &items)).map(Some),
            Some(Err(error)) => Err(raise(error)),
            Some(Ok(None)) => {
                self.progress().is_ended = true;
                Ok(None)
            }
            None if self.progress().is_ended => Ok(None),
            None => Ok(Some(PyList::empty(py))),
        }
    }
}
