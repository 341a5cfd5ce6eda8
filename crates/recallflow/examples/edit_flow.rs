//! Reads a pending flow, doubles its interval, writes it back, and shows how to handle each kind of error.
//!
//! Run with `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL` set: `cargo run --example edit_flow 299`.

use std::process::ExitCode;

use recallflow::{Client, Error, ErrorKind, RecallFlowDetail};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(key_id) = std::env::args().nth(1).and_then(|key| key.parse().ok()) else {
        eprintln!("expected the key of a pending flow, such as 299");
        return ExitCode::FAILURE;
    };
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match double_interval(&client, key_id).await {
        Ok(minutes) => {
            println!("flow {key_id} now recalls every {minutes} min");
            ExitCode::SUCCESS
        }
        Err(error) => {
            report(&client, key_id, &error).await;
            ExitCode::FAILURE
        }
    }
}

/// Prints an error and its consequence.
async fn report(client: &Client, key_id: i64, error: &Error) {
    match error {
        Error::InvalidRequest(invalid) => {
            eprintln!("nothing was sent:");
            invalid.violations.iter().for_each(|violation| eprintln!("- {violation}"));
        }
        Error::OutcomeUnknown(_) => {
            eprintln!("{error}");
            match client.query_recall_flow_detail(key_id).await {
                Ok(RecallFlowDetail { recall_interval: Some(minutes), .. }) => {
                    eprintln!("the flow recalls every {minutes} min now");
                }
                Ok(now) => eprintln!("the response has no interval: {now:?}"),
                Err(error) => eprintln!("could not read the flow: {error}"),
            }
        }
        error if error.kind() == ErrorKind::RateLimited => eprintln!("{error}; retry after {:?}", error.retry_after()),
        error => eprintln!("{error}"),
    }
}

async fn double_interval(client: &Client, key_id: i64) -> Result<i32, Error> {
    let update = client.query_recall_flow_detail(key_id).await?.to_update()?;
    let minutes = update.recall_interval.saturating_mul(2);
    client.update_recall_flow(&update.recall_interval(minutes)).await?;
    Ok(minutes)
}
