//! The native object behind `Client`.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use napi::Env;
use napi_derive::napi;
use recallflow::ffi::{Edit, Form, Json, MISFIT, Pages, Prepared, ResponseData, describe_operation, prepare_json};
use recallflow::{Change, Client, ClientBuilder, Error};
use serde_json::{Value, json};

use crate::completions::{Completions, Output};
use crate::errors::{catch_panics, config_exception, core_exception};
use crate::options;
use crate::pack::{Pack, Parcel};
use crate::pages::PageReader;
use crate::received::Received;
use crate::wire_form::find_misfit;

/// A client of the core. It holds the secret, and no method returns it.
#[napi]
pub struct Core {
    client: Option<Client>,
    base_url: String,
    timeout: f64,
    max_retries: u32,
}

impl Core {
    fn from_builder(builder: ClientBuilder) -> napi::Result<Self> {
        builder.build().map(Self::from_client).map_err(core_exception)
    }

    fn from_client(client: Client) -> Self {
        Self {
            base_url: client.base_url().to_owned(),
            timeout: in_milliseconds(client.timeout()),
            max_retries: client.max_retries(),
            client: Some(client),
        }
    }

    fn open_client(&self) -> napi::Result<Client> {
        self.client.clone().ok_or_else(|| config_exception("the client was closed; create another one"))
    }

    fn client_for_call(&self, options: Option<&str>) -> napi::Result<Client> {
        let client = self.open_client()?;
        client.adjusted(&options::call_options(options)?).map_err(core_exception)
    }
}

/// Returns milliseconds as the caller gave them. `as_secs_f64` would return a slightly different number for some.
#[expect(clippy::cast_precision_loss, reason = "no timeout is so long that nanoseconds are lost")]
fn in_milliseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e6
}

#[napi]
impl Core {
    /// Creates a client from options in JSON, and the environment variables for the options that are absent.
    #[napi(constructor)]
    pub fn new(options: String, environment: BTreeMap<String, String>) -> napi::Result<Self> {
        catch_panics(None, || {
            Self::from_builder(options::client_builder(options::parse_options(&options)?, environment)?)
        })
    }

    /// Creates a client with key and secret from the environment.
    #[napi(factory)]
    pub fn from_environment(options: String, environment: BTreeMap<String, String>) -> napi::Result<Self> {
        catch_panics(None, || {
            Self::from_builder(options::builder_from_environment(options::parse_options(&options)?, environment)?)
        })
    }

    /// Creates a client with the account of a profile, or of the default one.
    #[napi(factory)]
    pub fn from_profile(
        name: Option<String>,
        options: String,
        environment: BTreeMap<String, String>,
    ) -> napi::Result<Self> {
        catch_panics(None, || {
            let options = options::parse_options(&options)?;
            Self::from_builder(options::builder_from_profile(name.as_deref(), &options, environment)?)
        })
    }

    /// The base URL of the service.
    #[napi(getter)]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Timeout of a whole call in milliseconds.
    #[napi(getter)]
    pub fn timeout(&self) -> f64 {
        self.timeout
    }

    /// Number of extra attempts.
    #[napi(getter)]
    pub fn max_retries(&self) -> u32 {
        self.max_retries
    }

    /// Milliseconds by which the service's clock is ahead. Null before the first response, and after `close`.
    #[napi(getter)]
    pub fn clock_offset(&self) -> Option<i64> {
        self.client.as_ref()?.clock_offset().map(|seconds| seconds.saturating_mul(1000))
    }

    /// Returns a client with other options, in JSON, over the same connections.
    #[napi]
    pub fn with_options(&self, options: String) -> napi::Result<Core> {
        catch_panics(None, || {
            let overrides = options::overrides(&options::parse_options(&options)?)?;
            self.open_client()?.adjusted(&overrides).map(Self::from_client).map_err(core_exception)
        })
    }

    /// Closes the client. Pending calls go on.
    #[napi]
    pub fn close(&mut self) {
        self.client = None;
    }

    /// Starts a call, and returns its number.
    #[napi]
    pub fn call(
        &self,
        env: Env,
        completions: &mut Completions,
        operation: u32,
        request: String,
        options: Option<String>,
        is_logged: bool,
    ) -> napi::Result<f64> {
        let operation = operation as usize;
        catch_panics(Some(&describe_operation(operation)), || {
            let client = self.client_for_call(options.as_deref())?;
            let source = Json::parse(request.as_bytes(), Form::Request).map_err(core_exception)?;
            let prepared = client.prepare(operation, &source).map_err(core_exception)?;
            // It may hold a file.
            drop(request);
            start_call(env, completions, client, prepared, is_logged)
        })
    }

    /// Starts a call of any other endpoint, and returns its number. `target` holds its path and kind.
    #[napi]
    pub fn call_path(
        &self,
        env: Env,
        completions: &mut Completions,
        target: String,
        body: String,
        options: Option<String>,
        is_logged: bool,
    ) -> napi::Result<f64> {
        catch_panics(None, || {
            let client = self.client_for_call(options.as_deref())?;
            let target = options::parse_options(&target)?;
            let text = |name| options::read_text(name, target.get(name).unwrap_or(&Value::Null));
            let body = checked_body(body)?;
            let prepared = prepare_json(&text("path")?, &text("kind")?, body).map_err(core_exception)?;
            start_call(env, completions, client, prepared, is_logged)
        })
    }

    /// Checks the draft of an edit.
    #[napi]
    pub fn prepare_edit(&self, original: String, draft: String, verify: bool) -> napi::Result<PreparedEdit> {
        catch_panics(None, || {
            let edit = read_edit(&original, &draft)?;
            let changes = edit.changes().to_vec();
            Ok(PreparedEdit {
                changes,
                update: Some(edit.prepare(&self.open_client()?, verify).map_err(core_exception)?),
            })
        })
    }

    /// Starts to send the update of an edit, and returns the number of the call.
    #[napi]
    pub fn apply_edit(
        &self,
        env: Env,
        completions: &mut Completions,
        edit: &mut PreparedEdit,
        options: Option<String>,
        is_logged: bool,
    ) -> napi::Result<f64> {
        catch_panics(None, || {
            let client = self.client_for_call(options.as_deref())?;
            let update = edit.update.take().ok_or_else(|| config_exception("the edit was applied already"))?;
            start_call(env, completions, client, update, is_logged)
        })
    }

    /// Checks a query and returns a reader of its pages. Nothing is sent yet.
    #[napi]
    pub fn pages(&self, operation: u32, query: String, options: Option<String>) -> napi::Result<PageReader> {
        let operation = operation as usize;
        let call = describe_operation(operation);
        catch_panics(Some(&call), || {
            let (overrides, paging, total_time) = options::paging_options(options.as_deref())?;
            let client = self.open_client()?.adjusted(&overrides).map_err(core_exception)?;
            let source = Json::parse(query.as_bytes(), Form::Request).map_err(core_exception)?;
            let pages = Pages::new(&client, operation, &source, paging).map_err(core_exception)?;
            let pages = match total_time {
                Some(time) => pages.within(time),
                None => pages,
            };
            Ok(PageReader::new(client, call.clone(), pages))
        })
    }
}

/// An edit whose draft was checked, and which is sent once.
#[napi]
pub struct PreparedEdit {
    changes: Vec<Change>,
    update: Option<Prepared>,
}

#[napi]
impl PreparedEdit {
    /// Returns the differences between what was read and the draft.
    #[napi]
    pub fn changes<'env>(&self, env: &'env Env) -> napi::Result<Parcel<'env>> {
        catch_panics(None, || pack_changes(env, &self.changes))
    }
}

/// Compares what was read with the draft of an edit, without checking the draft.
#[napi]
pub fn edit_changes(env: &Env, original: String, draft: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || pack_changes(env, read_edit(&original, &draft)?.changes()))
}

fn pack_changes<'env>(env: &'env Env, changes: &[Change]) -> napi::Result<Parcel<'env>> {
    Pack::of_json(&json!(changes)).into_parcel(env)
}

/// Reads what was read and the draft of an edit.
fn read_edit(original: &str, draft: &str) -> napi::Result<Edit> {
    let original = Json::parse(original.as_bytes(), Form::Request).map_err(core_exception)?;
    let draft = Json::parse(draft.as_bytes(), Form::Request).map_err(core_exception)?;
    Edit::new(None, &original, &draft).map_err(core_exception)
}

/// Sends a request in the background.
fn start_call(
    env: Env,
    completions: &mut Completions,
    client: Client,
    prepared: Prepared,
    is_logged: bool,
) -> napi::Result<f64> {
    let (info, cancel) = (prepared.call().clone(), prepared.cancel());
    let call = async move {
        let (data, exchange) = client.exchange(prepared).await?;
        let data = match data {
            ResponseData::Nothing => None,
            ResponseData::Object(record) => Some(Pack::of_record(&record)),
            ResponseData::Json(json) => Some(Pack::of_text(&String::from_utf8_lossy(&json))),
        };
        Ok(Output::Call(data, exchange.map(|exchange| Box::new(Received { client, exchange }))))
    };
    completions.start(env, info, call, Some(cancel), is_logged)
}

/// Refuses a body with a placeholder, which replaces a value without a JSON form.
fn checked_body(body: String) -> napi::Result<Bytes> {
    let placeholder = Value::from(MISFIT).to_string();
    if body.contains(&placeholder)
        && let Ok(json) = serde_json::from_str(&body)
        && let Some((path, got)) = find_misfit(&json, "")
    {
        return Err(core_exception(Error::unwritable(&path, &got)));
    }
    Ok(body.into())
}
