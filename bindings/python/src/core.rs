//! The native object behind `Client` and `AsyncClient`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use recallflow::ffi::{
    CALLS, CallInfo, CallOptions, CallRuntime, Edit, Prepared, Runtimes, describe_operation, prepare_json,
};
use recallflow::{Client, ClientBuilder, Error};
use recallflow_bridge::failure;
use recallflow_bridge::fork::Owned;
use recallflow_bridge::logs::logged;

use crate::classes::Classes;
use crate::completions::Completions;
use crate::errors::{catch_panics, config_exception, core_exception};
use crate::from_python::{Accepted, PyValue};
use crate::log::LogLines;
use crate::outcome::Returned;
use crate::{from_python, interrupt, json_text, options, to_python};

/// The native object behind a client. It holds the secret, which no attribute shows.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Core {
    builder: ClientBuilder,
    base_url: String,
    timeout: f64,
    max_retries: u32,
    /// Locked only by threads that hold the interpreter's lock, and never while they release it. So it is unlocked in a
    /// child that such a thread forked.
    state: Mutex<State>,
}

enum State {
    /// The clients belong to this process, or to the one it was forked from.
    Open(Owned<Clients>),
    Closed,
}

/// Clients and their connections, which belong to the runtimes on which they were made.
struct Clients {
    client: Client,
    /// Runs calls on their calling threads.
    runtimes: Runtimes,
}

impl Clients {
    fn new(client: Client) -> Self {
        Self { runtimes: Runtimes::new(&client), client }
    }
}

impl Core {
    fn from_builder(builder: ClientBuilder, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let builder = options::set_client_options(builder, options)?;
        let client = builder.clone().build().map_err(core_exception)?;
        let base_url = client.base_url().to_owned();
        let (timeout, max_retries) = (client.timeout().as_secs_f64(), client.max_retries());
        Ok(Self {
            // Fixed, because the environment may have changed when a forked child builds the client again.
            builder: builder.base_url(&base_url),
            base_url,
            timeout,
            max_retries,
            state: Mutex::new(State::Open(Owned::new(Clients::new(client)))),
        })
    }

    fn lock_state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a function with the clients of this process, which are created after a fork.
    fn with_clients<T>(&self, act: impl FnOnce(&Clients) -> T) -> PyResult<T> {
        let State::Open(clients) = &mut *self.lock_state() else {
            return Err(config_exception("the client is closed: create another one"));
        };
        if clients.get().is_none() {
            let client = self.builder.clone().build().map_err(core_exception)?;
            // Assigning drops the parent's clients without closing their connections, which the parent still uses.
            *clients = Owned::new(Clients::new(client));
        }
        match clients.get() {
            Some(clients) => Ok(act(clients)),
            None => Err(config_exception("the client belongs to another process")),
        }
    }

    /// Returns the client for calls in the background.
    pub(crate) fn client(&self) -> PyResult<Client> {
        self.with_clients(|clients| clients.client.clone())
    }

    /// Returns a runtime for one call on the calling thread. Waits for it without the interpreter's lock.
    pub(crate) fn borrow_runtime(
        &self,
        py: Python<'_>,
        overrides: &CallOptions,
        call: &CallInfo,
    ) -> PyResult<CallRuntime> {
        let (client, runtimes) =
            self.with_clients(|clients| (overrides.apply(clients.client.clone()), clients.runtimes.clone()))?;
        match runtimes.try_borrow(&client) {
            Ok(Some(runtime)) => Ok(runtime),
            Ok(None) => interrupt::wait_for_runtime(py, runtimes.queue(client), call),
            Err(error) => Err(core_exception(Error::refused_by_system(&error, Some(call)))),
        }
    }
}

impl Core {
    /// Reads, checks and encodes a request of an operation.
    fn prepare_request(&self, py: Python<'_>, operation: usize, request: &Bound<'_, PyAny>) -> PyResult<Prepared> {
        let client = self.client()?;
        read_operation_request(py, operation, request, |source| client.prepare(operation, source))
    }

    /// Sends a request on the calling thread.
    fn send_blocking<'py>(
        &self,
        py: Python<'py>,
        overrides: &CallOptions,
        prepared: Prepared,
        is_logged: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let info = prepared.call().clone();
        let runtime = self.borrow_runtime(py, overrides, &info)?;
        let client = runtime.client();
        let call = client.send_prepared(prepared);
        let data = if is_logged {
            let lines = Arc::new(LogLines::default());
            interrupt::drive_call(py, runtime, &info, logged(call, info.name.clone(), lines.clone()), Some(&lines))?
        } else {
            interrupt::drive_call(py, runtime, &info, call, None)?
        };
        to_python::response_data(py, &data)
    }

    /// Sends a request in the background, and passes the outcome to the future.
    fn send_in_background<'py>(
        &self,
        completions: &Bound<'py, Completions>,
        future: Bound<'py, PyAny>,
        overrides: &CallOptions,
        prepared: Prepared,
        context: Option<Bound<'py, PyAny>>,
    ) -> PyResult<u64> {
        let client = overrides.apply(self.client()?);
        let info = prepared.call().clone();
        let call = async move { client.send_prepared(prepared).await.map(Returned::Response) };
        completions.get().start_call(future, info, call, context)
    }
}

/// Reads what was read and the draft of an edit.
fn read_edit(
    py: Python<'_>,
    operation: usize,
    original: &Bound<'_, PyAny>,
    draft: &Bound<'_, PyAny>,
) -> PyResult<Edit> {
    let class = &Classes::registered(py)?.requests[CALLS[operation].request];
    let read = |original: &PyValue<'_, '_>| {
        from_python::read_request(draft, class, Accepted::Instances, |draft| Edit::new(operation, original, draft))
    };
    from_python::read_request(original, class, Accepted::Instances, read)??.map_err(core_exception)
}

/// Checks the arguments of a call of any other endpoint.
fn prepare_path(path: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, kind: &Bound<'_, PyAny>) -> PyResult<Prepared> {
    let (path, kind) = (options::read_text("path", path)?, options::read_text("kind", kind)?);
    prepare_json(&path, &kind, json_text::to_json_text(body)?).map_err(core_exception)
}

#[pymethods]
impl Core {
    #[new]
    fn new(api_key: &Bound<'_, PyAny>, api_secret: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        Self::from_builder(options::builder_with_key(api_key, api_secret)?, options)
    }

    #[staticmethod]
    fn from_env(
        api_key: &Bound<'_, PyAny>,
        api_secret: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let (api_key, api_secret) =
            (options::optional_text("api_key", api_key)?, options::optional_text("api_secret", api_secret)?);
        Self::from_builder(ClientBuilder::from_env_unless(api_key, api_secret).map_err(core_exception)?, options)
    }

    #[getter]
    fn base_url(&self) -> &str {
        &self.base_url
    }

    #[getter]
    fn timeout(&self) -> f64 {
        self.timeout
    }

    #[getter]
    fn max_retries(&self) -> u32 {
        self.max_retries
    }

    /// Seconds; None before the first response of this process, and after `close`.
    #[getter]
    fn clock_offset(&self) -> Option<i64> {
        let State::Open(clients) = &*self.lock_state() else { return None };
        clients.get()?.client.clock_offset()
    }

    /// Drops the connections. Pending calls continue.
    fn close(&self) {
        let state = std::mem::replace(&mut *self.lock_state(), State::Closed);
        drop(state);
    }

    /// Calls an operation on the calling thread.
    fn call<'py>(
        &self,
        py: Python<'py>,
        operation: usize,
        request: &Bound<'py, PyAny>,
        overrides: &Bound<'py, PyTuple>,
        logged: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        catch_panics(Some(&describe_operation(operation)), || {
            let overrides = options::read_call_options(overrides)?;
            self.send_blocking(py, &overrides, self.prepare_request(py, operation, request)?, logged)
        })
    }

    /// Calls any other endpoint on the calling thread.
    fn call_path<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        kind: &Bound<'py, PyAny>,
        overrides: &Bound<'py, PyTuple>,
        logged: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        catch_panics(None, || {
            let overrides = options::read_call_options(overrides)?;
            self.send_blocking(py, &overrides, prepare_path(path, body, kind)?, logged)
        })
    }

    /// Starts a call of an operation in the background.
    fn submit<'py>(
        &self,
        completions: &Bound<'py, Completions>,
        future: Bound<'py, PyAny>,
        operation: usize,
        request: &Bound<'py, PyAny>,
        overrides: &Bound<'py, PyTuple>,
        context: Option<Bound<'py, PyAny>>,
    ) -> PyResult<u64> {
        catch_panics(Some(&describe_operation(operation)), || {
            let overrides = options::read_call_options(overrides)?;
            self.send_in_background(
                completions,
                future,
                &overrides,
                self.prepare_request(request.py(), operation, request)?,
                context,
            )
        })
    }

    /// Starts a call of any other endpoint in the background.
    #[expect(clippy::too_many_arguments, reason = "the package's own modules are the only callers")]
    fn submit_path<'py>(
        &self,
        completions: &Bound<'py, Completions>,
        future: Bound<'py, PyAny>,
        path: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        kind: &Bound<'py, PyAny>,
        overrides: &Bound<'py, PyTuple>,
        context: Option<Bound<'py, PyAny>>,
    ) -> PyResult<u64> {
        catch_panics(None, || {
            let overrides = options::read_call_options(overrides)?;
            self.send_in_background(completions, future, &overrides, prepare_path(path, body, kind)?, context)
        })
    }

    /// Returns the changes of an edit as dictionaries. Checks the draft if `is_checked` is set.
    fn edit_changes<'py>(
        &self,
        py: Python<'py>,
        operation: usize,
        original: &Bound<'py, PyAny>,
        draft: &Bound<'py, PyAny>,
        is_checked: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        catch_panics(None, || {
            let client = self.client()?;
            let edit = read_edit(py, operation, original, draft)?;
            if is_checked {
                edit.prepare(&client, false).map_err(core_exception)?;
            }
            to_python::json_to_python(py, &failure::changes(&edit.changes()))
        })
    }

    /// Applies an edit on the calling thread.
    #[expect(clippy::too_many_arguments, reason = "the package's own modules are the only callers")]
    fn apply_edit<'py>(
        &self,
        py: Python<'py>,
        operation: usize,
        original: &Bound<'py, PyAny>,
        draft: &Bound<'py, PyAny>,
        verify: bool,
        overrides: &Bound<'py, PyTuple>,
        logged: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        catch_panics(Some(&describe_operation(operation)), || {
            let (client, overrides) = (self.client()?, options::read_call_options(overrides)?);
            let prepared =
                read_edit(py, operation, original, draft)?.prepare(&client, verify).map_err(core_exception)?;
            self.send_blocking(py, &overrides, prepared, logged)
        })
    }

    /// Starts to apply an edit in the background.
    #[expect(clippy::too_many_arguments, reason = "the package's own modules are the only callers")]
    fn submit_edit<'py>(
        &self,
        completions: &Bound<'py, Completions>,
        future: Bound<'py, PyAny>,
        operation: usize,
        original: &Bound<'py, PyAny>,
        draft: &Bound<'py, PyAny>,
        verify: bool,
        overrides: &Bound<'py, PyTuple>,
        context: Option<Bound<'py, PyAny>>,
    ) -> PyResult<u64> {
        catch_panics(Some(&describe_operation(operation)), || {
            let (client, overrides) = (self.client()?, options::read_call_options(overrides)?);
            let prepared = read_edit(draft.py(), operation, original, draft)?;
            let prepared = prepared.prepare(&client, verify).map_err(core_exception)?;
            self.send_in_background(completions, future, &overrides, prepared, context)
        })
    }

    /// Starts a call that panics.
    #[cfg(feature = "test-hooks")]
    #[pyo3(signature = (operation, completions = None, future = None))]
    fn panic<'py>(
        &self,
        py: Python<'py>,
        operation: usize,
        completions: Option<&Bound<'py, Completions>>,
        future: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<u64>> {
        let (call, info) = (async { panic!("this panic was asked for") }, describe_operation(operation));
        match completions.zip(future) {
            Some((completions, future)) => completions.get().start_call(future, info, call, None).map(Some),
            None => {
                let runtime = self.borrow_runtime(py, &CallOptions::default(), &info)?;
                interrupt::drive_call::<Returned>(py, runtime, &info, call, None).map(|_| None)
            }
        }
    }

    fn __repr__(&self) -> String {
        format!("<Core of {}>", self.base_url)
    }
}

/// Reads the request of an operation strictly, by a function that takes its source.
pub(crate) fn read_operation_request<T>(
    py: Python<'_>,
    operation: usize,
    request: &Bound<'_, PyAny>,
    read: impl FnOnce(&PyValue<'_, '_>) -> Result<T, Error>,
) -> PyResult<T> {
    let class = &Classes::registered(py)?.requests[CALLS[operation].request];
    from_python::read_request(request, class, Accepted::Instances, read)?.map_err(core_exception)
}
