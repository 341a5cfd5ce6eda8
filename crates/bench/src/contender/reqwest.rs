//! Api reqwest and `serde_json`, as a competent user writes it: no validation, no leniency, no retries.

use std::time::Duration;

use ::reqwest::Client;
use serde::Serialize;

use super::{Response, decode, sign};
use crate::Failure;
use crate::fixture::{API_KEY, QUERY_PATH, UPDATE_PATH};
use crate::plain::{Query, Update};

pub(super) struct Api {
    client: Client,
    base_url: String,
    update: Update,
    query: Query,
}

impl Api {
    pub(super) fn new(base_url: &str) -> Result<Self, Failure> {
        // reqwest is built without a provider. Fails if one is installed already, which is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A proxy would not reach the server of this machine.
        let client = Client::builder().http1_only().no_proxy().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { client, base_url: base_url.to_owned(), update: Update::fixture(), query: Query::fixture() })
    }

    async fn post(&self, path: &str, request: &(impl Serialize + Sync)) -> Result<bytes::Bytes, Failure> {
        let (sign, timestamp) = sign()?;
        let response = self
            .client
            .post(format!("{}{path}", self.base_url))
            .header("Content-Type", "application/json;charset=UTF-8")
            .header("Api-Key", API_KEY)
            .header("Sign", sign)
            .header("Timestamp", timestamp)
            .body(serde_json::to_vec(request)?)
            .send()
            .await?;
        Ok(response.bytes().await?)
    }
}

impl super::Api for Api {
    async fn call(&self, response: Response) -> Result<(), Failure> {
        let body = match response {
            Response::Small => self.post(UPDATE_PATH, &self.update).await?,
            Response::Page => self.post(QUERY_PATH, &self.query).await?,
        };
        decode(response, &body)
    }
}
