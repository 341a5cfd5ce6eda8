//! The clients that are compared.

pub(crate) mod bare;
pub(crate) mod ours;
pub(crate) mod usual;

use std::time::{SystemTime, UNIX_EPOCH};

use md5::{Digest as _, Md5};

use crate::fixture::{API_KEY, API_SECRET, RECORDS};
use crate::{Failure, plain};

/// What a call answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// An update, answered by an envelope with nothing in it.
    Small,
    /// A query, answered by a page.
    Page,
}

/// A client of the service.
pub(crate) trait Api: Send + Sync + 'static {
    /// Makes a call, and sees to it that the answer is what was expected.
    fn call(&self, answer: Answer) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The time and the signature, as a user makes them.
fn sign() -> Result<(String, String), Failure> {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().to_string();
    let digest: [u8; 16] = Md5::digest(format!("{API_KEY}{API_SECRET}{timestamp}")).into();
    Ok((format!("{:032x}", u128::from_be_bytes(digest)), timestamp))
}

/// Decodes an answer as a user does.
fn decode(answer: Answer, body: &[u8]) -> Result<(), Failure> {
    match answer {
        Answer::Small => {
            serde_json::from_slice::<plain::Envelope<()>>(body)?.open()?;
            Ok(())
        }
        Answer::Page => {
            let page = serde_json::from_slice::<plain::Envelope<plain::Page>>(body)?.open()?;
            expect_full(page.map_or(0, |page| page.records.len()))
        }
    }
}

fn expect_full(records: usize) -> Result<(), Failure> {
    if records == RECORDS { Ok(()) } else { Err(format!("the page has {records} records").into()) }
}
