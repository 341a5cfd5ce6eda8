//! Reads a pending flow, doubles its interval and sends it back, and tells what to do about each kind of failure.
//!
//! Run with `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL` set: `cargo run --example edit_flow 299`.

use recallflow::{Client, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key_id = std::env::args().nth(1).ok_or("give the key of a pending flow, such as 299")?.parse()?;
    let client = Client::from_env()?;
    match double_interval(&client, key_id).await {
        Ok(minutes) => println!("flow {key_id} now recalls every {minutes} min"),
        Err(Error::InvalidRequest(error)) => {
            for violation in &error.violations {
                eprintln!("{}: {}", violation.path, violation.message);
            }
        }
        Err(Error::OutcomeUnknown(error)) => {
            eprintln!("nobody knows whether the flow was changed ({}); it is now:", error.cause);
            eprintln!("{:#?}", client.query_recall_flow_detail(key_id).await?);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn double_interval(client: &Client, key_id: i64) -> Result<i32, Error> {
    let update = client.query_recall_flow_detail(key_id).await?.to_update()?;
    let minutes = update.recall_interval.saturating_mul(2);
    client.update_recall_flow(&update.recall_interval(minutes)).await?;
    Ok(minutes)
}
