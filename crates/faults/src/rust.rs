//! The driver for Rust: makes the calls that the commands on standard input request.

use std::error::Error as _;
use std::fmt::Debug;
use std::io::{self, BufRead as _, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use recallflow::{Client, Error, FlowEdit, RecallFlowDetail, RecallNode, RecallStatus, RecallType, UpdateRecallFlow};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tracing_subscriber::fmt::MakeWriter;

use crate::memory::Growth;
use crate::protocol::{CHANGED_INTERVAL, CallKind, ClientOptions, DriverCall, DriverCommand, Observed};

/// Executes commands until the input ends.
pub(crate) fn run_driver() -> io::Result<()> {
    let log = CapturedLog::default();
    // Records the logs of every crate. At `TRACE`, hyper logs every piece that it reads, and logging is far slower than reading.
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)?;
    let runtime = Runtime::new()?;
    let mut client = None;
    let mut edit = None;
    for line in io::stdin().lock().lines() {
        let observed = match serde_json::from_str(&line?)? {
            DriverCommand::Open(options) => {
                client = Some(open_client(&options).map_err(io::Error::other)?);
                Observed::default()
            }
            DriverCommand::BeginEdit(call) => {
                let client = client_with_timeout(client.as_ref(), call)?;
                let mut begun = runtime.block_on(client.edit_recall_flow(call.key_id)).map_err(io::Error::other)?;
                begun.draft = begun.draft.recall_interval(changed_interval());
                edit = Some(begun);
                Observed::default()
            }
            DriverCommand::Call(call) => {
                let client = client_with_timeout(client.as_ref(), call)?;
                observe_call(&runtime, &client, edit.take(), call, &log)
            }
        };
        writeln!(io::stdout(), "{}", serde_json::to_string(&observed)?)?;
    }
    Ok(())
}

fn open_client(options: &ClientOptions) -> Result<Client, Error> {
    let builder = Client::builder(&options.api_key, &options.api_secret).base_url(&options.base_url);
    match &options.ca_file {
        Some(file) => builder.ca_file(file).build(),
        None => builder.build(),
    }
}

fn client_with_timeout(client: Option<&Client>, call: DriverCall) -> io::Result<Client> {
    let client = client.ok_or_else(|| io::Error::other("there is no client"))?;
    Ok(client.with_timeout(Duration::from_millis(call.timeout_ms)))
}

/// An edit that was begun.
type Edit = FlowEdit<UpdateRecallFlow>;

fn observe_call(
    runtime: &Runtime,
    client: &Client,
    edit: Option<Edit>,
    call: DriverCall,
    log: &CapturedLog,
) -> Observed {
    log.take();
    let growth = Growth::start();
    let started = Instant::now();
    let outcome = runtime.block_on(make_calls(client, edit, call));
    let milliseconds = started.elapsed().as_secs_f64() * 1e3;
    let mut observed = Observed { milliseconds, memory_growth: growth.peak_bytes(), ..Observed::default() };
    observed.texts = vec![log.take(), format!("{client:?} {client:#?}")];
    match outcome {
        Ok(detail) => {
            observed.texts.push(format!("{detail:?} {detail:#?}"));
            observed.value = detail.and_then(|detail| serde_json::to_value(detail).ok());
        }
        Err(error) => record_error(&error, &mut observed),
    }
    observed
}

/// Makes all calls at the same time, and returns the first failure, or the outcome of the last call.
async fn make_calls(client: &Client, edit: Option<Edit>, call: DriverCall) -> Result<Option<RecallFlowDetail>, Error> {
    if let Some(edit) = edit {
        let applied = if call.verify { edit.apply_and_verify().await } else { edit.apply().await };
        return applied.map(|_| None);
    }
    let mut calls = JoinSet::new();
    for _ in 0..call.at_once {
        let client = client.clone();
        calls.spawn(async move {
            match call.operation {
                CallKind::Query => client.query_recall_flow_detail(call.key_id).await.map(Some),
                CallKind::Wait => {
                    let (client, timeout) = (client.with_max_retries(0), client.timeout());
                    let until = RecallStatus::Pending;
                    client.wait_for_recall_flow(call.key_id, until, timeout, |_, _, _| {}).await.map(Some)
                }
                CallKind::Update | CallKind::Edit => {
                    client.update_recall_flow(&update_request(call)).await.map(|()| None)
                }
            }
        });
    }
    let outcomes = calls.join_all().await;
    outcomes.into_iter().try_fold(None, |_, outcome| outcome)
}

fn changed_interval() -> i32 {
    CHANGED_INTERVAL.try_into().unwrap_or_default()
}

/// Returns the update that every driver sends.
fn update_request(DriverCall { key_id, upload, .. }: DriverCall) -> UpdateRecallFlow {
    let node = if upload == 0 { RecallNode::uploaded("a.wav") } else { RecallNode::reupload("a.wav", vec![0; upload]) };
    UpdateRecallFlow::new(key_id, changed_interval(), 2, RecallType::Failed).node_list([node])
}

fn record_error(error: &Error, observed: &mut Observed) {
    observed.error = Some(error.kind().as_str().to_owned());
    observed.of_the_tree = true;
    observed.code = error.code();
    observed.http_status = error.http_status();
    observed.texts.push(all_texts(error));
    observed.texts.extend(error.remedy().map(str::to_owned));
    let cause = match error {
        Error::OutcomeUnknown(unknown) => Some(&unknown.cause),
        Error::Wait(wait) => wait.cause.as_ref(),
        _ => None,
    };
    if let Some(cause) = cause {
        observed.cause = Some(cause.kind().as_str().to_owned());
        observed.texts.push(all_texts(cause));
    }
    let mut source = error.source();
    while let Some(inner) = source {
        observed.texts.push(format!("{inner} {inner:?}"));
        source = inner.source();
    }
}

fn all_texts(value: &(impl Debug + std::fmt::Display)) -> String {
    format!("{value} {value:?} {value:#?}")
}

/// The logs since the last call of `take`.
#[derive(Clone, Default)]
struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    fn take(&self) -> String {
        let logged = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&logged).into_owned()
    }
}

impl Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for CapturedLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
