//! Plain reqwest and `serde_json`, as a competent user writes it: no validation, no leniency, no retries.

use std::time::Duration;

use ::reqwest::Client;
use serde::Serialize;

use super::{ExpectedResponse, decode_page, decode_response, sign_request};
use crate::BenchError;
use crate::fixture::{API_KEY, DISTANT, QUERY_PATH, UPDATE_PATH};
use crate::plain::{PlainQuery, PlainUpdate};

pub(super) struct ReqwestClient {
    client: Client,
    base_url: String,
    update: PlainUpdate,
    query: PlainQuery,
}

impl ReqwestClient {
    pub(super) fn new(base_url: &str) -> Result<Self, BenchError> {
        // reqwest is built without a provider. Fails if one is installed already, which is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A proxy would not reach the server of this machine.
        let client = Client::builder().http1_only().no_proxy().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { client, base_url: base_url.to_owned(), update: PlainUpdate::fixture(), query: PlainQuery::fixture() })
    }

    /// Reads all pages of the list, as users usually do.
    async fn read_list(&self) -> Result<(), BenchError> {
        let mut query = self.query.clone();
        let (mut number, mut pages) = (0, 1);
        while i64::from(number) < pages {
            number += 1;
            query.set_page(number);
            pages = decode_page(&self.post(&format!("{DISTANT}{QUERY_PATH}"), &query).await?)?;
        }
        Ok(())
    }

    async fn post(&self, path: &str, request: &(impl Serialize + Sync)) -> Result<bytes::Bytes, BenchError> {
        let (sign, timestamp) = sign_request()?;
        let response = self
            .client
            .post(format!("{}{path}", self.base_url))
            .header("Content-Type", "application/json;charset=UTF-8")
            .header("ReqwestClient-Key", API_KEY)
            .header("Sign", sign)
            .header("Timestamp", timestamp)
            .body(serde_json::to_vec(request)?)
            .send()
            .await?;
        Ok(response.bytes().await?)
    }
}

impl super::ContenderClient for ReqwestClient {
    async fn call(&self, response: ExpectedResponse) -> Result<(), BenchError> {
        let body = match response {
            ExpectedResponse::List => return self.read_list().await,
            ExpectedResponse::Small => self.post(UPDATE_PATH, &self.update).await?,
            ExpectedResponse::Page => self.post(QUERY_PATH, &self.query).await?,
        };
        decode_response(response, &body)
    }
}
