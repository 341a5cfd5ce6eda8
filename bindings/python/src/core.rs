//! The native object behind `Client` and `AsyncClient`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::PyVisit;
use pyo3::gc::PyTraverseError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use recallflow::ffi::{CALLS, CallInfo, CallRuntime, Edit, Prepared, Runtimes, describe_operation, prepare_json};
use recallflow::{Client, ClientBuilder, Error, Overrides};
use recallflow_bridge::fork::Owned;
use recallflow_bridge::logs::logged;
use serde_json::json;

use crate::classes::Classes;
use crate::completions::Completions;
use crate::errors::{catch_panics, config_exception, core_exception};
use crate::from_python::{Accepted, PyValue};
use crate::log::{LogLines, Receiver};
use crate::options::PythonOptions;
use crate::outcome::{Outcome, Returned};
use crate::{from_python, interrupt, json_text, options, to_python};

/// The native object behind a client. It holds the secret, which no attribute shows.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Core {
    base_url: String,
    timeout: f64,
    max_retries: u32,
    own: PythonOptions,
    /// The options of each `with_options` that led to this client.
    overrides: Vec<Overrides>,
    /// `None` after `close`. The locks here are taken only by threads that hold the interpreter's lock, and never while they
    /// release it. So they are unlocked in a child that such a thread forked.
    root: Mutex<Option<Arc<Root>>>,
}

/// The part that a client shares with those that `with_options` made of it.
struct Root {
    builder: ClientBuilder,
    /// The clients belong to this process, or to the one it was forked from.
    clients: Mutex<Owned<Clients>>,
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

impl Root {
    /// Calls a function with the clients of this process, which are created after a fork.
    fn with_clients<T>(&self, act: impl FnOnce(&Clients) -> T) -> PyResult<T> {
        let clients = &mut *lock(&self.clients);
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
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Core {
    fn from_builder(builder: ClientBuilder, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let own = PythonOptions::read(options)?;
        let builder = options::set_client_options(builder, options)?;
        let client = builder.clone().build().map_err(core_exception)?;
        // Fixed, because the environment may have changed when a forked child builds the client again.
        let builder = builder.base_url(client.base_url());
        let clients = Mutex::new(Owned::new(Clients::new(client.clone())));
        Ok(Self::new_with(&client, Vec::new(), own, Arc::new(Root { builder, clients })))
    }

    fn new_with(client: &Client, overrides: Vec<Overrides>, own: PythonOptions, root: Arc<Root>) -> Self {
        Self {
            base_url: client.base_url().to_owned(),
            timeout: client.timeout().as_secs_f64(),
            max_retries: client.max_retries(),
            overrides,
            own,
            root: Mutex::new(Some(root)),
        }
    }

    /// Returns the function that receives the end of each attempt.
    pub(crate) fn on_attempt(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.own.on_attempt.as_ref().map(|on_attempt| on_attempt.clone_ref(py))
    }

    /// Reads a request of an operation, with the zone of this client.
    pub(crate) fn read_request<T>(
        &self,
        py: Python<'_>,
        operation: usize,
        request: &Bound<'_, PyAny>,
        read: impl FnOnce(&PyValue<'_, '_>) -> Result<T, Error>,
    ) -> PyResult<T> {
        let class = &Classes::registered(py)?.requests[CALLS[operation].request];
        let zone = self.own.timezone.as_ref();
        from_python::read_request(request, class, Accepted::Instances, zone, read)?.map_err(core_exception)
    }

    /// Returns the receiver for the log records of a call in the background. It has the context of the calling task if the
    /// call is logged or the client has a function for attempts.
    pub(crate) fn receiver<'py>(
        &self,
        py: Python<'py>,
        context: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Receiver>> {
        let on_attempt = self.on_attempt(py);
        let context = match context {
            None if on_attempt.is_some() => Some(py.import("contextvars")?.call_method0("copy_context")?),
            context => context,
        };
        Ok(context.map(|context| Receiver { context: Some(context.unbind()), on_attempt }))
    }

    fn open_root(&self) -> PyResult<Arc<Root>> {
        let root = lock(&self.root).clone();
        root.ok_or_else(|| config_exception("the client is closed: create another one"))
    }

    /// Returns a client with the options of this one and of a call.
    fn adjusted(&self, mut client: Client, overrides: &Overrides) -> PyResult<Client> {
        for overrides in self.overrides.iter().chain([overrides]) {
            client = client.adjusted(overrides).map_err(core_exception)?;
        }
        Ok(client)
    }

    /// Returns the client for calls in the background with these options.
    pub(crate) fn client(&self, overrides: &Overrides) -> PyResult<Client> {
        let client = self.open_root()?.with_clients(|clients| clients.client.clone())?;
        self.adjusted(client, overrides)
    }

    /// Returns a runtime for one call on the calling thread. Waits for it without the interpreter's lock.
    pub(crate) fn borrow_runtime(
        &self,
        py: Python<'_>,
        overrides: &Overrides,
        call: &CallInfo,
    ) -> PyResult<CallRuntime> {
        let (client, runtimes) =
            self.open_root()?.with_clients(|clients| (clients.client.clone(), clients.runtimes.clone()))?;
        let client = self.adjusted(client, overrides)?;
        match runtimes.try_borrow(&client) {
            Ok(Some(runtime)) => Ok(runtime),
            Ok(None) => interrupt::wait_for_runtime(py, runtimes.queue(client), call),
            Err(error) => Err(core_exception(Error::refused_by_system(&error, Some(call)))),
        }
    }
}

/// A request that was checked and encoded, and is sent once.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Call {
    info: CallInfo,
    request: Mutex<Option<Prepared>>,
}

impl From<Prepared> for Call {
    fn from(prepared: Prepared) -> Self {
        Self { info: prepared.call().clone(), request: Mutex::new(Some(prepared)) }
    }
}

impl Call {
    fn take(&self) -> PyResult<Prepared> {
        let request = lock(&self.request).take();
        request.ok_or_else(|| config_exception("the request was sent already"))
    }
}

/// Sends a request, and keeps the HTTP response if `raw` is set.
async fn send(client: Client, prepared: Prepared, raw: bool) -> Result<Returned, Error> {
    let (data, exchange) = client.exchange(prepared).await?;
    Ok(match exchange {
        Some(exchange) if raw => Returned::Raw(exchange.into_raw(&client, data)),
        _ => Returned::Response(data),
    })
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
        from_python::read_request(draft, class, Accepted::Instances, None, |draft| {
            Edit::new(Some(operation), original, draft)
        })
    };
    from_python::read_request(original, class, Accepted::Instances, None, read)??.map_err(core_exception)
}

/// Converts the changes of an edit to dictionaries.
fn describe_changes<'py>(py: Python<'py>, edit: &Edit) -> PyResult<Bound<'py, PyAny>> {
    to_python::json_to_python(py, &json!(edit.changes()))
}

/// Returns the changes of an edit as dictionaries, without checking the draft.
#[pyfunction]
pub(crate) fn edit_changes<'py>(
    py: Python<'py>,
    operation: usize,
    original: &Bound<'py, PyAny>,
    draft: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    catch_panics(None, || describe_changes(py, &read_edit(py, operation, original, draft)?))
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

    /// Creates a client with the account of a profile of the user. Other threads run while a program prints its secret.
    #[staticmethod]
    fn from_profile(py: Python<'_>, name: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let name = options::optional_text("name", name)?;
        let builder = py.detach(|| ClientBuilder::from_profile(name.as_deref())).map_err(core_exception)?;
        Self::from_builder(builder, options)
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
        let root = lock(&self.root).clone()?;
        let clients = lock(&root.clients);
        clients.get()?.client.clock_offset()
    }

    /// Returns a client with other options over the same connections.
    fn with_options(&self, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let own = PythonOptions::read(options)?.or(options.py(), &self.own);
        let added = options::read_overrides(options)?;
        let client = self.client(&added)?;
        let overrides = self.overrides.iter().cloned().chain([added]).collect();
        Ok(Self::new_with(&client, overrides, own, self.open_root()?))
    }

    /// Drops the connections, unless another client shares them. Pending calls continue.
    fn close(&self) {
        let root = lock(&self.root).take();
        drop(root);
    }

    /// Checks and encodes the request of an operation.
    fn prepare(&self, py: Python<'_>, operation: usize, request: &Bound<'_, PyAny>) -> PyResult<Call> {
        catch_panics(Some(&describe_operation(operation)), || {
            let client = self.client(&Overrides::new())?;
            self.read_request(py, operation, request, |source| client.prepare(operation, source)).map(Call::from)
        })
    }

    /// Checks the arguments of a call of any other endpoint.
    #[staticmethod]
    fn prepare_path(path: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, kind: &Bound<'_, PyAny>) -> PyResult<Call> {
        catch_panics(None, || {
            let (path, kind) = (options::read_text("path", path)?, options::read_text("kind", kind)?);
            prepare_json(&path, &kind, json_text::to_json_text(body)?).map(Call::from).map_err(core_exception)
        })
    }

    /// Checks the draft of an edit. Returns the changes as dictionaries, and the call that applies them.
    fn prepare_edit<'py>(
        &self,
        py: Python<'py>,
        operation: usize,
        original: &Bound<'py, PyAny>,
        draft: &Bound<'py, PyAny>,
        verify: bool,
    ) -> PyResult<(Bound<'py, PyAny>, Call)> {
        catch_panics(None, || {
            let client = self.client(&Overrides::new())?;
            let edit = read_edit(py, operation, original, draft)?;
            let changes = describe_changes(py, &edit)?;
            Ok((changes, edit.prepare(&client, verify).map_err(core_exception)?.into()))
        })
    }

    /// Makes a call on the calling thread. Returns the response, or an outcome with the HTTP response if `raw` is set.
    #[pyo3(signature = (call, overrides, is_logged, raw = false))]
    fn call<'py>(
        &self,
        py: Python<'py>,
        call: &Bound<'py, Call>,
        overrides: &Bound<'py, PyTuple>,
        is_logged: bool,
        raw: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let call = call.get();
        let info = &call.info;
        catch_panics(Some(info), || {
            let runtime = self.borrow_runtime(py, &options::read_call_options(overrides)?, info)?;
            let sent = send(runtime.client(), call.take()?, raw);
            let returned = if is_logged || self.own.on_attempt.is_some() {
                let lines = Arc::new(LogLines::new(self.on_attempt(py)));
                interrupt::drive_call(py, runtime, info, logged(sent, info.name.clone(), lines.clone()), Some(&lines))?
            } else {
                interrupt::drive_call(py, runtime, info, sent, None)?
            };
            match returned {
                Returned::Response(data) => to_python::response_data(py, &data),
                returned => Ok(Bound::new(py, Outcome(Ok(returned)))?.into_any()),
            }
        })
    }

    /// Starts a call in the background, and passes the outcome to the future.
    #[pyo3(signature = (completions, future, call, overrides, context, raw = false))]
    fn submit<'py>(
        &self,
        completions: &Bound<'py, Completions>,
        future: Bound<'py, PyAny>,
        call: &Bound<'py, Call>,
        overrides: &Bound<'py, PyTuple>,
        context: Option<Bound<'py, PyAny>>,
        raw: bool,
    ) -> PyResult<u64> {
        let call = call.get();
        catch_panics(Some(&call.info), || {
            let client = self.client(&options::read_call_options(overrides)?)?;
            let receiver = self.receiver(completions.py(), context)?;
            completions.get().start_call(future, call.info.clone(), send(client, call.take()?, raw), receiver)
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
                let runtime = self.borrow_runtime(py, &Overrides::new(), &info)?;
                interrupt::drive_call::<Returned>(py, runtime, &info, call, None).map(|_| None)
            }
        }
    }

    /// Shows the objects of the caller to the garbage collector, because they may reference the client.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        [&self.own.on_attempt, &self.own.timezone].into_iter().flatten().try_for_each(|object| visit.call(object))
    }

    fn __repr__(&self) -> String {
        format!("<Core of {}>", self.base_url)
    }
}
