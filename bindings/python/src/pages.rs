//! The native object behind `Pages` and `AsyncPages`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple, PyType};
use recallflow::ffi::{CallInfo, Pages, PagingOptions, Record, describe_operation, item_response};
use recallflow::{Client, Drift, Error, Overrides};
use recallflow_bridge::fork::generation;
use recallflow_bridge::logs::logged;
use tokio::time::timeout;

use crate::classes::Classes;
use crate::completions::Completions;
use crate::core::Core;
use crate::errors::{catch_panics, config_exception, core_exception};
use crate::from_python::PyValue;
use crate::log::LogLines;
use crate::outcome::Returned;
use crate::{interrupt, options, to_python};

/// Reads the pages of a query one at a time, for `Pages` and `AsyncPages`.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct PageReader {
    core: Py<Core>,
    operation: usize,
    call: CallInfo,
    overrides: Overrides,
    pages: Arc<tokio::sync::Mutex<Pages>>,
    /// Fork generation of the last read. Used only by threads that hold the interpreter's lock.
    generation: AtomicU64,
    progress: Arc<Mutex<Progress>>,
}

/// The last page, kept until it is taken, because the task that waited for it may have been canceled.
#[derive(Default)]
struct Progress {
    /// The items or the error; `Ok(None)` is the end of the list.
    page: Option<Result<Option<Vec<Record>>, Error>>,
    is_ended: bool,
    total: Option<i64>,
    drift: Option<Drift>,
}

impl PageReader {
    /// Returns the pages. Fails if they were being read during a fork, because that read never ends in the child.
    fn usable_pages(&self) -> PyResult<Arc<tokio::sync::Mutex<Pages>>> {
        let generation = generation();
        if self.generation.load(Ordering::Relaxed) != generation && self.pages.try_lock().is_err() {
            let text = "another thread was reading these pages when the process was forked: start the query again";
            return Err(config_exception(text));
        }
        self.generation.store(generation, Ordering::Relaxed);
        Ok(self.pages.clone())
    }

    fn lock_progress(&self) -> MutexGuard<'_, Progress> {
        lock_shared(&self.progress)
    }

    /// Reads the next page, unless a page waits to be taken.
    async fn read_next(
        pages: Arc<tokio::sync::Mutex<Pages>>,
        progress: Arc<Mutex<Progress>>,
        client: Client,
    ) -> Result<Returned, Error> {
        // Another thread may be reading these pages, or a caller further up the stack of this one.
        let mut pages = timeout(client.timeout(), pages.lock())
            .await
            .map_err(|_| Error::config("another call was still reading these pages when the timeout expired"))?;
        let is_new = {
            let progress = lock_shared(&progress);
            progress.page.is_none() && !progress.is_ended
        };
        if is_new {
            let page = pages.read(&client).await;
            let mut progress = lock_shared(&progress);
            progress.total = pages.total();
            progress.drift = pages.drift();
            progress.page = Some(page);
        }
        Ok(Returned::Page)
    }
}

fn lock_shared(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

#[pymethods]
impl PageReader {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "the package's own modules are the only callers")]
    fn new(
        py: Python<'_>,
        core: Py<Core>,
        operation: usize,
        query: &Bound<'_, PyAny>,
        overrides: &Bound<'_, PyTuple>,
        concurrency: &Bound<'_, PyAny>,
        strict: &Bound<'_, PyAny>,
        total_time: Option<f64>,
    ) -> PyResult<Self> {
        let call = describe_operation(operation);
        catch_panics(Some(&call), || {
            let overrides = options::read_call_options(overrides)?;
            let paging = PagingOptions {
                concurrency: options::read_integer("concurrency", concurrency)?,
                strict: options::read_boolean("strict", strict)?,
            };
            let client = core.get().client(&overrides)?;
            let read = |source: &PyValue<'_, '_>| Pages::new(&client, operation, source, paging);
            let pages = core.get().read_request(py, operation, query, read)?;
            let total_time = total_time.and_then(|time| Duration::try_from_secs_f64(time).ok());
            let pages = match total_time {
                Some(time) => pages.within(time),
                None => pages,
            };
            Ok(Self {
                core,
                operation,
                call: call.clone(),
                overrides,
                pages: Arc::new(tokio::sync::Mutex::new(pages)),
                generation: AtomicU64::new(generation()),
                progress: Arc::default(),
            })
        })
    }

    /// Returns the class of the items.
    #[getter]
    fn item_class(&self, py: Python<'_>) -> PyResult<Option<Py<PyType>>> {
        let classes = Classes::registered(py)?;
        Ok(item_response(self.operation).map(|position| classes.responses[position].kind.clone_ref(py)))
    }

    /// Returns the number of items on all pages, if the service has reported it.
    #[getter]
    fn total(&self) -> Option<i64> {
        self.lock_progress().total
    }

    /// Returns the total at the start, the total at the end, and the numbers of items that were read and repeated, if the
    /// list changed.
    #[getter]
    fn drift(&self) -> Option<(Option<i64>, Option<i64>, usize, usize)> {
        let drift = self.lock_progress().drift;
        drift.map(|drift| (drift.total_at_start, drift.total_at_end, drift.read, drift.repeated))
    }

    /// Reads the next page on the calling thread.
    fn read(&self, py: Python<'_>) -> PyResult<()> {
        let runtime = self.core.get().borrow_runtime(py, &self.overrides, &self.call)?;
        let lines = Arc::new(LogLines::new(self.core.get().on_attempt(py)));
        let next = Self::read_next(self.usable_pages()?, self.progress.clone(), runtime.client());
        let next = logged(next, self.call.name.clone(), lines.clone());
        interrupt::drive_call(py, runtime, &self.call, next, Some(&lines)).map(|_| ())
    }

    /// Reads the next page in the background.
    fn submit<'py>(
        &self,
        completions: &Bound<'py, Completions>,
        future: Bound<'py, PyAny>,
        context: Bound<'py, PyAny>,
    ) -> PyResult<u64> {
        let client = self.core.get().client(&self.overrides)?;
        let next = Self::read_next(self.usable_pages()?, self.progress.clone(), client);
        let receiver = self.core.get().receiver(context.py(), Some(context))?;
        completions.get().start_call(future, self.call.clone(), next, receiver)
    }

    /// Takes the items of the last page, possibly none; `None` at the end.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
        let taken = self.lock_progress().page.take();
        match taken {
            Some(Ok(Some(items))) => catch_panics(Some(&self.call), || to_python::item_list(py, &items)).map(Some),
            Some(Err(error)) => Err(core_exception(error)),
            Some(Ok(None)) => {
                self.lock_progress().is_ended = true;
                Ok(None)
            }
            None if self.lock_progress().is_ended => Ok(None),
            None => Ok(Some(PyList::empty(py))),
        }
    }
}
