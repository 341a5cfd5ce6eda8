//! recallflow, used as its README says.

use ::recallflow::{Client, GroupCallQuery, UpdateRecallFlow};

use super::{ExpectedResponse, expect_full};
use crate::BenchError;
use crate::fixture::{self, API_KEY, API_SECRET, DISTANT, PAGES, RECORDS};

pub(super) struct RecallflowClient {
    client: Client,
    update: UpdateRecallFlow,
    query: GroupCallQuery,
    /// The same client for the list, and the number of pages that it requests at the same time.
    distant: Client,
    concurrency: usize,
}

impl RecallflowClient {
    pub(super) fn new(base_url: &str, concurrency: usize) -> Result<Self, BenchError> {
        let build = |url: &str| Client::builder(API_KEY, API_SECRET).base_url(url).build();
        Ok(Self {
            client: build(base_url)?,
            update: fixture::update_request(),
            query: fixture::page_query(),
            distant: build(&format!("{base_url}{DISTANT}"))?,
            concurrency,
        })
    }
}

impl super::ContenderClient for RecallflowClient {
    async fn call(&self, response: ExpectedResponse) -> Result<(), BenchError> {
        match response {
            ExpectedResponse::Small => Ok(self.client.update_recall_flow(&self.update).await?),
            ExpectedResponse::Page => expect_full(self.client.query_group_calls(&self.query).await?.records.len()),
            ExpectedResponse::List => {
                let mut tasks = self.distant.group_calls(self.query.clone()).concurrency(self.concurrency);
                let read = tasks.to_list(None).await?.len();
                if read == PAGES * RECORDS { Ok(()) } else { Err(format!("expected a whole list, got {read}").into()) }
            }
        }
    }
}
