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
use ::recallflow::replay::Replay;
use bytes::Bytes;
use cpu_time::ProcessTime;
use md5::{Digest as _, Md5};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::fixture::{self, API_KEY, API_SECRET, RECORDS};
use crate::plain::{PlainEnvelope, PlainPage};
use crate::{BenchError, plan};

/// The arguments of a contender.
pub(crate) struct CallTask {
    pub(crate) base_url: String,
    pub(crate) call: String,
    pub(crate) in_flight: usize,
}

/// A response of the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExpectedResponse {
    /// The response to an update: an envelope without data.
    Small,
    /// The response to a query: a page.
    Page,
    /// The responses to the queries of all pages of a list.
    List,
}

/// A client of the service.
trait ContenderClient: Send + Sync + 'static {
    /// Makes a call, and fails unless the response is the expected one.
    fn call(&self, response: ExpectedResponse) -> impl Future<Output = Result<(), BenchError>> + Send;
}

/// Runs the contender of this name until the input ends.
pub(crate) fn run_contender(name: &str, task: &CallTask) -> Result<(), BenchError> {
    match (task.call.as_str(), name) {
        ("small", _) => run_client(name, task, ExpectedResponse::Small),
        ("page", _) => run_client(name, task, ExpectedResponse::Page),
        ("pages", _) => run_client(name, task, ExpectedResponse::List),
        ("decode", _) => run_decoder(name),
        ("validate", _) => run_validation(name),
        (call, _) => Err(format!("unknown call `{call}`").into()),
    }
}

/// Runs a command as often as calls are asked for. The processor time of other processes is not counted.
pub(crate) fn run_starts(command: &[OsString]) -> Result<(), BenchError> {
    let (program, arguments) = command.split_first().ok_or("expected a command")?;
    repeat_calculation(|| {
        let status = Command::new(program).args(arguments).status()?;
        if status.success() { Ok(()) } else { Err(format!("{}: {status}", program.display()).into()) }
    })
}

fn run_client(name: &str, task: &CallTask, response: ExpectedResponse) -> Result<(), BenchError> {
    match name {
        plan::OURS => share_calls(|| recallflow::RecallflowClient::new(&task.base_url, 4), task.in_flight, response),
        plan::ONE_PAGE_AT_A_TIME => {
            share_calls(|| recallflow::RecallflowClient::new(&task.base_url, 1), task.in_flight, response)
        }
        plan::REQWEST => share_calls(|| reqwest::ReqwestClient::new(&task.base_url), task.in_flight, response),
        plan::HYPER => share_calls(|| hyper::HyperClient::new(&task.base_url), task.in_flight, response),
        _ => Err(unknown_contender(name)),
    }
}

/// Reads one page from its bytes, envelope included.
fn run_decoder(name: &str) -> Result<(), BenchError> {
    let page = fixture::page_response();
    let bytes = page.as_bytes();
    match name {
        plan::OURS => {
            let response = Replay { status: 200, body: Bytes::copy_from_slice(bytes), ..Replay::default() };
            repeat_calculation(|| Ok(response.read_as::<GroupCallQuery>()?))
        }
        plan::DERIVED => repeat_calculation(|| Ok(serde_json::from_slice::<PlainEnvelope<PlainPage>>(bytes)?)),
        plan::DERIVED_UTF8 => {
            repeat_calculation(|| Ok(serde_json::from_str::<PlainEnvelope<PlainPage>>(std::str::from_utf8(bytes)?)?))
        }
        plan::JSON_VALUE => repeat_calculation(|| Ok(serde_json::from_slice::<serde_json::Value>(bytes)?)),
        _ => Err(unknown_contender(name)),
    }
}

/// Checks a request against the rules.
fn run_validation(name: &str) -> Result<(), BenchError> {
    let node = fixture::full_node();
    match name {
        plan::FULL_NODE => repeat_calculation(|| Ok(black_box(&node).validate())),
        plan::ASCII_NODE => {
            let node = node.text("a".repeat(1000));
            repeat_calculation(|| Ok(black_box(&node).validate()))
        }
        plan::COUNTED_NODE => {
            // A character of two bytes, because such characters have to be counted.
            let node = node.text("ñ".repeat(1000));
            repeat_calculation(|| Ok(black_box(&node).validate()))
        }
        plan::TEN_NODES => {
            let update = fixture::update_request().node_list(vec![node; 10]);
            repeat_calculation(|| Ok(black_box(&update).validate()))
        }
        plan::PAGE_QUERY => {
            let query = fixture::page_query();
            repeat_calculation(|| Ok(black_box(&query).validate()))
        }
        _ => Err(unknown_contender(name)),
    }
}

fn unknown_contender(name: &str) -> BenchError {
    format!("unknown contender `{name}`").into()
}

/// Shares the calls among as many tasks as may be in flight, on one thread.
fn share_calls<A: ContenderClient>(
    new: impl FnOnce() -> Result<A, BenchError>,
    in_flight: usize,
    response: ExpectedResponse,
) -> Result<(), BenchError> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let _within = runtime.enter();
    let api = Arc::new(new()?);
    measure_batches(|calls| {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..in_flight {
                let api = Arc::clone(&api);
                tasks.spawn(async move {
                    for _ in 0..calls / in_flight {
                        api.call(response).await?;
                    }
                    Ok::<_, BenchError>(())
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
fn repeat_calculation<T>(call: impl Fn() -> Result<T, BenchError>) -> Result<(), BenchError> {
    measure_batches(|calls| {
        for _ in 0..calls {
            black_box(call()?);
        }
        Ok(())
    })
}

/// Measures batches of calls until the input ends.
fn measure_batches(batch: impl Fn(usize) -> Result<(), BenchError>) -> Result<(), BenchError> {
    for line in std::io::stdin().lines() {
        let calls = line?.parse()?;
        let (wall, cpu) = (Instant::now(), ProcessTime::now());
        batch(calls)?;
        println!("{} {}", wall.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Returns the signature and its timestamp, as a user makes them.
fn sign_request() -> Result<(String, String), BenchError> {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().to_string();
    let digest: [u8; 16] = Md5::digest(format!("{API_KEY}{API_SECRET}{timestamp}")).into();
    Ok((format!("{:032x}", u128::from_be_bytes(digest)), timestamp))
}

/// Decodes a response as a user does.
fn decode_response(response: ExpectedResponse, body: &[u8]) -> Result<(), BenchError> {
    match response {
        ExpectedResponse::Small => {
            serde_json::from_slice::<PlainEnvelope<()>>(body)?.open()?;
            Ok(())
        }
        ExpectedResponse::Page => {
            decode_page(body)?;
            Ok(())
        }
        ExpectedResponse::List => Err("a list has several responses".into()),
    }
}

/// Decodes a page, and returns the number of pages.
fn decode_page(body: &[u8]) -> Result<i64, BenchError> {
    let page = serde_json::from_slice::<PlainEnvelope<PlainPage>>(body)?.open()?.ok_or("expected a page")?;
    expect_full(page.records.len())?;
    Ok(page.pages)
}

fn expect_full(records: usize) -> Result<(), BenchError> {
    if records == RECORDS { Ok(()) } else { Err(format!("expected {RECORDS} records, got {records}").into()) }
}
