//! The native object behind `Client`.

use std::collections::BTreeMap;
use std::time::Duration;

use napi::Env;
use napi_derive::napi;
use recallflow::ffi::{self, Form, Json, Pages, Request};
use recallflow::{Client, ClientBuilder};

use crate::completions::{Completions, Output};
use crate::failure::{raise, shielded, wrong};
use crate::options::{self, overridden};
use crate::pack::Pack;
use crate::pages::PageReader;

/// A client of the core. It holds the secret, and no method returns it.
#[napi]
pub struct Core {
    client: Option<Client>,
    base_url: String,
    timeout: f64,
    max_retries: u32,
}

impl Core {
    fn build(builder: ClientBuilder) -> napi::Result<Self> {
        let client = builder.build().map_err(raise)?;
        Ok(Self {
            base_url: client.base_url().to_owned(),
            timeout: milliseconds(client.timeout()),
            max_retries: client.max_retries(),
            client: Some(client),
        })
    }

    fn client(&self, options: Option<&str>) -> napi::Result<Client> {
        let client = self.client.clone().ok_or_else(|| wrong("the client was closed; create another one"))?;
        overridden(client, options)
    }
}

/// Returns milliseconds as the caller gave them. `as_secs_f64` would return a slightly different number for some.
#[expect(clippy::cast_precision_loss, reason = "no timeout is so long that nanoseconds are lost")]
fn milliseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e6
}

#[napi]
impl Core {
    /// Creates a client from options in JSON, and the environment variables for the options that are absent.
    #[napi(constructor)]
    pub fn new(options: String, environment: BTreeMap<String, String>) -> napi::Result<Self> {
        shielded(None, || Self::build(options::builder(options::parse(&options)?, environment)?))
    }

    /// Creates a client with key and secret from the environment.
    #[napi(factory)]
    pub fn from_environment(options: String, environment: BTreeMap<String, String>) -> napi::Result<Self> {
        shielded(None, || Self::build(options::builder_from(options::parse(&options)?, environment)?))
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
        shielded(Some(operation), || {
            let client = self.client(options.as_deref())?;
            let prepared = client.prepare(operation, &*read_request(operation, &request)?).map_err(raise)?;
            let cancel = prepared.cancel();
            let call = async move {
                let record = client.call(prepared).await?;
                Ok(record.map_or(Output::Nothing, |record| Output::Response(Pack::of_record(&record))))
            };
            completions.start(env, operation, call, Some(cancel), is_logged)
        })
    }

    /// Checks a query and returns a reader of its pages. Nothing is sent yet.
    #[napi]
    pub fn pages(&self, operation: u32, request: String, options: Option<String>) -> napi::Result<PageReader> {
        let operation = operation as usize;
        shielded(Some(operation), || {
            let client = self.client(options.as_deref())?;
            let pages = Pages::new(&client, operation, read_request(operation, &request)?).map_err(raise)?;
            Ok(PageReader::new(client, operation, pages))
        })
    }
}

/// Parses the request of an operation strictly.
fn read_request(operation: usize, request: &str) -> napi::Result<Box<dyn Request>> {
    let source = Json::parse(request.as_bytes(), Form::Request).map_err(raise)?;
    ffi::read_for(operation, &source).map_err(raise)
}
