//! recallflow, used as its README says.

use ::recallflow::{Client, GroupCallQuery, UpdateRecallFlow};

use super::{ExpectedResponse, expect_full};
use crate::BenchError;
use crate::fixture::{self, API_KEY, API_SECRET};

pub(super) struct RecallflowClient {
    client: Client,
    update: UpdateRecallFlow,
    query: GroupCallQuery,
}

impl RecallflowClient {
    pub(super) fn new(base_url: &str) -> Result<Self, BenchError> {
        let client = Client::builder(API_KEY, API_SECRET).base_url(base_url).build()?;
        Ok(Self { client, update: fixture::update_request(), query: fixture::page_query() })
    }
}

impl super::ContenderClient for RecallflowClient {
    async fn call(&self, response: ExpectedResponse) -> Result<(), BenchError> {
        match response {
            ExpectedResponse::Small => Ok(self.client.update_recall_flow(&self.update).await?),
            ExpectedResponse::Page => expect_full(self.client.query_group_calls(&self.query).await?.records.len()),
        }
    }
}
