//! Reads a query page after page.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use recallflow::host::Pages;
use recallflow::{Drift, OPERATIONS};
use recallflow_bridge::fork::generation;
use recallflow_bridge::logs::logged;

use crate::completions::{Answer, Completions};
use crate::core::{Core, Overrides};
use crate::errors::Failure;
use crate::log::Lines;
use crate::{interrupt, make};

/// Reads all pages of a query, one at a time.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Reader {
    core: Py<Core>,
    operation: usize,
    overrides: Overrides,
    pages: Arc<tokio::sync::Mutex<Pages>>,
    /// The generation that read last. It is asked and told only by threads that hold the interpreter's lock.
    generation: AtomicU64,
    drift: Arc<Mutex<Option<Drift>>>,
}

impl Reader {
    pub(crate) fn new(core: Py<Core>, operation: usize, overrides: Overrides, pages: Pages) -> Self {
        Self {
            core,
            operation,
            overrides,
            pages: Arc::new(tokio::sync::Mutex::new(pages)),
            generation: AtomicU64::new(generation()),
            drift: Arc::default(),
        }
    }

    /// The pages, unless they were being read as the process was forked: then nobody ever ends that here.
    fn pages(&self) -> Result<Arc<tokio::sync::Mutex<Pages>>, Failure> {
        let generation = generation();
        if self.generation.load(Ordering::Relaxed) != generation && self.pages.try_lock().is_err() {
            let text = "another thread was reading these pages as this process was forked: start the query anew";
            return Err(Failure::Config(text.to_owned()));
        }
        self.generation.store(generation, Ordering::Relaxed);
        Ok(self.pages.clone())
    }

    /// Reads the next page that brings something.
    async fn next(
        pages: Arc<tokio::sync::Mutex<Pages>>,
        drift: Arc<Mutex<Option<Drift>>>,
        client: recallflow::Client,
    ) -> Result<Answer, recallflow::Error> {
        let mut pages = pages.lock().await;
        let items = pages.read(&client).await;
        *drift.lock().unwrap_or_else(PoisonError::into_inner) = pages.drift();
        items.map(Answer::Items)
    }
}

#[pymethods]
impl Reader {
    /// Total at the start, total at the end, items that came again.
    #[getter]
    fn drift(&self) -> Option<(Option<i64>, Option<i64>, usize)> {
        let drift = *self.drift.lock().unwrap_or_else(PoisonError::into_inner);
        drift.map(|drift| (drift.total_at_start, drift.total_at_end, drift.repeated))
    }

    /// The next items that are new, on the calling thread; `None` at the end.
    fn read<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let lane = self.core.get().lane(&self.overrides)?;
        let lines = Arc::new(Lines::default());
        let next = Self::next(self.pages()?, self.drift.clone(), lane.client());
        let next = logged(next, OPERATIONS[self.operation].name, lines.clone());
        let answer = interrupt::drive(py, lane, self.operation, next, Some(&lines))?;
        make::answer(py, &answer)
    }

    /// The same in the background.
    fn submit<'py>(&self, completions: &Bound<'py, Completions>, future: Bound<'py, PyAny>) -> PyResult<u64> {
        let client = self.overrides.apply(self.core.get().client()?);
        let next = Self::next(self.pages()?, self.drift.clone(), client);
        completions.get().start(future, self.operation, next, true)
    }
}
