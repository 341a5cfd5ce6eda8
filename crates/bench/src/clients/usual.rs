//! Usual reqwest and `serde_json`, as a competent user writes it: no validation, no leniency, no retries.

use std::time::Duration;

use reqwest::Client;
use serde::Serialize;

use super::{Answer, Api, decode, sign};
use crate::Failure;
use crate::fixture::{API_KEY, QUERY_PATH, UPDATE_PATH};
use crate::plain::{Query, Update};

pub(crate) struct Usual {
    client: Client,
    base_url: String,
    update: Update,
    query: Query,
}

impl Usual {
    pub(crate) fn new(base_url: String) -> Result<Self, Failure> {
        // reqwest is built without a provider of its own; one that is installed already is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The server is on this machine, so that a proxy of the environment would not find it.
        let client = Client::builder().http1_only().no_proxy().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { client, base_url, update: Update::fixture(), query: Query::fixture() })
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

impl Api for Usual {
    async fn call(&self, answer: Answer) -> Result<(), Failure> {
        let body = match answer {
            Answer::Small => self.post(UPDATE_PATH, &self.update).await?,
            Answer::Page => self.post(QUERY_PATH, &self.query).await?,
        };
        decode(answer, &body)
    }
}
