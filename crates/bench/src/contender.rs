//! The contenders that are written in Rust, each run as a process of its own.
//!
//! Every contender, in any language, gets a base URL, the call to make and the number of calls in flight as its
//! arguments. Then it reads numbers of calls, one a line, and prints for each the seconds that these calls took and the
//! seconds of processor time.

mod hyper;
mod recallflow;
mod reqwest;

use std::ffi::OsString;
use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ::recallflow::GroupCallQuery;
use ::recallflow::ffi::Replay;
use bytes::Bytes;
use cpu_time::ProcessTime;
use md5::{Digest as _, Md5};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::fixture::{self, API_KEY, API_SECRET, RECORDS};
use crate::plain::{Envelope, Page};
use crate::{Failure, plan};

/// The arguments of a contender.
pub(crate) struct Task {
    pub(crate) base_url: String,
    pub(crate) call: String,
    pub(crate) in_flight: usize,
}

/// A response of the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Response {
    /// The response to an update: an envelope without data.
    Small,
    /// The response to a query: a page.
    Page,
}

/// A client of the service.
trait Api: Send + Sync + 'static {
    /// Makes a call, and fails unless the response is the expected one.
    fn call(&self, response: Response) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Runs the contender of this name until the input ends.
pub(crate) fn run(name: &str, task: &Task) -> Result<(), Failure> {
    match (task.call.as_str(), name) {
        ("small", _) => run_client(name, task, Response::Small),
        ("page", _) => run_client(name, task, Response::Page),
        ("decode", _) => run_decoder(name),
        ("validate", _) => run_validation(name),
        (call, _) => Err(format!("unknown call `{call}`").into()),
    }
}

/// Runs a command as often as calls are asked for. The processor time of other processes is not counted.
pub(crate) fn run_starts(command: &[OsString]) -> Result<(), Failure> {
    let (program, arguments) = command.split_first().ok_or("expected a command")?;
    repeat(|| {
        let status = Command::new(program).args(arguments).status()?;
        if status.success() { Ok(()) } else { Err(format!("{}: {status}", program.display()).into()) }
    })
}

fn run_client(name: &str, task: &Task, response: Response) -> Result<(), Failure> {
    match name {
        plan::OURS => share(|| recallflow::Api::new(&task.base_url), task.in_flight, response),
        plan::REQWEST => share(|| reqwest::Api::new(&task.base_url), task.in_flight, response),
        plan::HYPER => share(|| hyper::Api::new(&task.base_url), task.in_flight, response),
        _ => Err(unknown(name)),
    }
}

/// Reads one page from its bytes, envelope included.
fn run_decoder(name: &str) -> Result<(), Failure> {
    let page = fixture::page();
    let bytes = page.as_bytes();
    match name {
        plan::OURS => {
            let response = Replay { status: 200, body: Bytes::copy_from_slice(bytes), ..Replay::default() };
            repeat(|| Ok(response.read_as::<GroupCallQuery>()?))
        }
        plan::DERIVED => repeat(|| Ok(serde_json::from_slice::<Envelope<Page>>(bytes)?)),
        plan::DERIVED_UTF8 => repeat(|| Ok(serde_json::from_str::<Envelope<Page>>(std::str::from_utf8(bytes)?)?)),
        plan::JSON_VALUE => repeat(|| Ok(serde_json::from_slice::<serde_json::Value>(bytes)?)),
        _ => Err(unknown(name)),
    }
}

/// Checks a request against the rules.
fn run_validation(name: &str) -> Result<(), Failure> {
    let node = fixture::full_node();
    match name {
        plan::FULL_NODE => repeat(|| Ok(black_box(&node).validate())),
        plan::ASCII_NODE => {
            let node = node.text("a".repeat(1000));
            repeat(|| Ok(black_box(&node).validate()))
        }
        plan::COUNTED_NODE => {
            // A character of two bytes, so that the characters have to be counted.
            let node = node.text("ñ".repeat(1000));
            repeat(|| Ok(black_box(&node).validate()))
        }
        plan::TEN_NODES => {
            let update = fixture::update().node_list(vec![node; 10]);
            repeat(|| Ok(black_box(&update).validate()))
        }
        plan::PAGE_QUERY => {
            let query = fixture::query();
            repeat(|| Ok(black_box(&query).validate()))
        }
        _ => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Failure {
    format!("unknown contender `{name}`").into()
}

/// Shares the calls among as many tasks as may be in flight, on one thread.
fn share<A: Api>(
    new: impl FnOnce() -> Result<A, Failure>,
    in_flight: usize,
    response: Response,
) -> Result<(), Failure> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let _within = runtime.enter();
    let api = Arc::new(new()?);
    serve(|calls| {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..in_flight {
                let api = Arc::clone(&api);
                tasks.spawn(async move {
                    for _ in 0..calls / in_flight {
                        api.call(response).await?;
                    }
                    Ok::<_, Failure>(())
                });
            }
            while let Some(ended) = tasks.join_next().await {
                ended??;
            }
            Ok(())
        })
    })
}

/// Repeats a calculation. Its result counts as used.
fn repeat<T>(call: impl Fn() -> Result<T, Failure>) -> Result<(), Failure> {
    serve(|calls| {
        for _ in 0..calls {
            black_box(call()?);
        }
        Ok(())
    })
}

/// Measures batches of calls until the input ends.
fn serve(batch: impl Fn(usize) -> Result<(), Failure>) -> Result<(), Failure> {
    for line in std::io::stdin().lines() {
        let calls = line?.parse()?;
        let (wall, cpu) = (Instant::now(), ProcessTime::now());
        batch(calls)?;
        println!("{} {}", wall.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Returns the signature and its timestamp, as a user makes them.
fn sign() -> Result<(String, String), Failure> {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().to_string();
    let digest: [u8; 16] = Md5::digest(format!("{API_KEY}{API_SECRET}{timestamp}")).into();
    Ok((format!("{:032x}", u128::from_be_bytes(digest)), timestamp))
}

/// Decodes a response as a user does.
fn decode(response: Response, body: &[u8]) -> Result<(), Failure> {
    match response {
        Response::Small => {
            serde_json::from_slice::<Envelope<()>>(body)?.open()?;
            Ok(())
        }
        Response::Page => {
            let page = serde_json::from_slice::<Envelope<Page>>(body)?.open()?;
            expect_full(page.map_or(0, |page| page.records.len()))
        }
    }
}

fn expect_full(records: usize) -> Result<(), Failure> {
    if records == RECORDS { Ok(()) } else { Err(format!("expected {RECORDS} records, got {records}").into()) }
}
