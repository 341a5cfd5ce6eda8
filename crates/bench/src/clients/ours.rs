//! recallflow as its users have it.

use recallflow::{Client, GroupCallQuery, UpdateRecallFlow};

use super::{Answer, Api, expect_full};
use crate::Failure;
use crate::fixture::{self, API_KEY, API_SECRET};

pub(crate) struct Ours {
    client: Client,
    update: UpdateRecallFlow,
    query: GroupCallQuery,
}

impl Ours {
    pub(crate) fn new(base_url: &str) -> Result<Self, Failure> {
        let client = Client::builder(API_KEY, API_SECRET).base_url(base_url).build()?;
        Ok(Self { client, update: fixture::update(), query: fixture::query() })
    }
}

impl Api for Ours {
    async fn call(&self, answer: Answer) -> Result<(), Failure> {
        match answer {
            Answer::Small => Ok(self.client.update_recall_flow(&self.update).await?),
            Answer::Page => expect_full(self.client.query_group_calls(&self.query).await?.records.len()),
        }
    }
}
