//! recallflow, used as its README says.

use ::recallflow::{Client, GroupCallQuery, UpdateRecallFlow};

use super::{Response, expect_full};
use crate::Failure;
use crate::fixture::{self, API_KEY, API_SECRET};

pub(super) struct Api {
    client: Client,
    update: UpdateRecallFlow,
    query: GroupCallQuery,
}

impl Api {
    pub(super) fn new(base_url: &str) -> Result<Self, Failure> {
        let client = Client::builder(API_KEY, API_SECRET).base_url(base_url).build()?;
        Ok(Self { client, update: fixture::update(), query: fixture::query() })
    }
}

impl super::Api for Api {
    async fn call(&self, response: Response) -> Result<(), Failure> {
        match response {
            Response::Small => Ok(self.client.update_recall_flow(&self.update).await?),
            Response::Page => expect_full(self.client.query_group_calls(&self.query).await?.records.len()),
        }
    }
}
