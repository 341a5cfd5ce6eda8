//! Accepts connections and serves their requests.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::auth::AccessGate;
use crate::clock::Clock;
use crate::envelope;
use crate::generated::protocol::{Ending, Fault, RecordedRequest};
use crate::http::{HttpConnection, HttpRequest, ReadError, SandboxResponse};
use crate::json::integer;
use crate::magic;
use crate::operations::{self, Refusal, ServiceState};
use crate::plan::{Plan, ResponseSource};
use crate::play::{self, Next, Reply};
use crate::recording::{Callback, Recording};
use crate::script::Script;
use crate::service::{ServiceModel, ServiceOperation};
use crate::system;

/// How long a client may keep sending after its request was rejected.
const REJECTED_TIME: Duration = Duration::from_secs(1);

/// Pause after a failed `accept`, which happens if the process has too many open files.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// Maximum size of a response whose code is recorded.
const MAX_ENVELOPE: usize = 1 << 20;

/// Size of a request's body above which checking it takes long.
const LONG_BODY: usize = 256 << 10;

/// State that the connections share with the `Sandbox`.
pub(crate) struct ServerState {
    pub(crate) gate: AccessGate,
    pub(crate) clock: Clock,
    pub(crate) state: Mutex<ServiceState>,
    pub(crate) script: Mutex<Script>,
    pub(crate) recording: Recording,
    pub(crate) on_request: Option<Callback>,
}

impl ServerState {
    /// Locks the state. A panic in one connection does not stop the others.
    pub(crate) fn state(&self) -> MutexGuard<'_, ServiceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, recorded: RecordedRequest) {
        if let Some(on_request) = &self.on_request {
            on_request(&recorded);
        }
        self.recording.add(recorded);
    }
}

/// Opens a listening socket for an asynchronous runtime.
pub(crate) fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until the sender of `shutdown` is dropped. All connections end then.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<ServerState>, mut shutdown: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut shutdown => return,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => drop(connections.spawn(serve_connection(stream, peer, Arc::clone(&shared)))),
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
        }
    }
}

/// Serves the requests of one connection.
async fn serve_connection(stream: TcpStream, peer: SocketAddr, shared: Arc<ServerState>) {
    // If this fails, responses are only slower.
    let _ = stream.set_nodelay(true);
    let (number, _open) = shared.recording.connect();
    let mut connection = HttpConnection::new(stream);
    let mut next = Next::Request;
    while next != Next::End && connection.has_request().await {
        next = serve_request(&mut connection, peer.ip(), number, next, &shared).await;
    }
}

/// Serves one request.
async fn serve_request(
    connection: &mut HttpConnection,
    peer: IpAddr,
    number: u64,
    state: Next,
    shared: &Arc<ServerState>,
) -> Next {
    if state == Next::Request {
        let fault = shared.script().next_before_read();
        if fault.is_some() {
            shared.record(RecordedRequest::unread(number, fault));
            play::reset(&connection.stream);
            return Next::End;
        }
    }
    let request = match connection.read_request().await {
        Ok(request) => request,
        Err(ReadError::Closed) => return Next::End,
        Err(ReadError::Rejected(status)) => {
            reject(connection, status, shared).await;
            return Next::End;
        }
    };
    if state == Next::Stale {
        shared
            .record(RecordedRequest { operation: operation_name(&request), ..RecordedRequest::new(&request, number) });
        return Next::End;
    }
    let (is_long, sharing) = (request.body.len() > LONG_BODY, Arc::clone(shared));
    let decided = run_work(is_long, move || decide(&request, peer, number, &sharing)).await;
    let Some(mut exchange) = decided else { return Next::End };
    let (is_long, sharing) = (exchange.plan.is_long(), Arc::clone(shared));
    let replied = run_work(is_long, move || (exchange.reply(&sharing.clock), exchange)).await;
    let Some((reply, Exchange { plan, ending, recorded, .. })) = replied else { return Next::End };
    shared.record(recorded);
    if !plan.delay.is_zero() {
        tokio::select! {
            () = sleep(plan.delay) => {}
            () = connection.closed_by_peer() => return Next::End,
        }
    }
    play::deliver_reply(connection, reply, &plan.delivery, ending).await
}

/// Does work, on another thread if it is long. Returns `None` if it panicked.
async fn run_work<T: Send + 'static>(is_long: bool, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if is_long { system::run_on_thread(work).await } else { Some(work()) }
}

/// Responds to bytes that are not a supported request.
async fn reject(connection: &mut HttpConnection, status: u16, shared: &ServerState) {
    let mut response = SandboxResponse::html(status);
    response.set_header("Date", Some(&shared.clock.http_date()));
    response.set_header("Connection", Some("close"));
    let plan = Plan::default();
    play::deliver_reply(connection, Reply::Response(response), &plan.delivery, Ending::CloseSaid).await;
    // A client that still sends after this time gets a reset.
    let _ = timeout(REJECTED_TIME, connection.discard_rest()).await;
}

/// The decision about a request.
struct Exchange {
    /// Response of the service, before faults change it.
    served: SandboxResponse,
    plan: Plan,
    ending: Ending,
    recorded: RecordedRequest,
}

/// Decides how the sandbox responds to a request, and applies the request unless a fault prevents that.
fn decide(request: &HttpRequest, peer: IpAddr, number: u64, shared: &ServerState) -> Exchange {
    let operation = ServiceModel::get().route(&request.path, &request.body).filter(|_| request.method == "POST");
    let now = shared.clock.unix_seconds();
    let admitted = operation.map(|operation| admit_request(operation, request, peer, now, shared));
    let fault = shared
        .script()
        .next(operation.map(|operation| operation.name.as_str()), &request.path)
        .or_else(|| magic_fault(operation?, admitted.as_ref()?));

    let mut plan = Plan::from(fault.clone().unwrap_or(Fault::Ok));
    if let ResponseSource::Reflect(reflection) = plan.source {
        plan.source = play::reflect_headers(reflection, request);
    }
    let (served, applied) = match (operation, admitted) {
        (Some(operation), Some(admitted)) if plan.applies_request() => perform(operation, admitted, now, shared),
        (Some(_), _) => (SandboxResponse::json(""), false),
        (None, _) => (gateway_error(request), false),
    };
    let ending = plan.delivery.ending(request.keep_alive);
    let mut recorded = RecordedRequest { operation: operation_name(request), ..RecordedRequest::new(request, number) };
    recorded.signature_valid = shared.gate.credentials.accept(request);
    recorded.response.fault = fault;
    recorded.response.applied = applied;
    Exchange { served, plan, ending, recorded }
}

impl Exchange {
    /// Returns the reply, and adds it to the recorded request.
    fn reply(&mut self, clock: &Clock) -> Reply {
        let reply = reply(self.served.clone(), &self.plan, self.ending, clock);
        if let Reply::Response(response) = &reply {
            self.recorded.response.http_status = Some(response.status);
            self.recorded.response.code =
                (response.body.len() <= MAX_ENVELOPE).then(|| envelope::code_of(&response.body)).flatten();
        }
        reply
    }
}

/// Returns the operation of a request's path.
fn operation_name(request: &HttpRequest) -> Option<String> {
    ServiceModel::get().route(&request.path, &request.body).map(|operation| operation.name.clone())
}

/// Checks the client's credentials and address, and then the request.
fn admit_request(
    operation: &ServiceOperation,
    request: &HttpRequest,
    peer: IpAddr,
    now: i64,
    shared: &ServerState,
) -> Result<Value, Refusal> {
    shared.gate.admit(request, peer, now)?;
    operations::read_body(operation, request)
}

/// Returns the fault of the magic key in an admitted request.
fn magic_fault(operation: &ServiceOperation, admitted: &Result<Value, Refusal>) -> Option<Fault> {
    let body = admitted.as_ref().ok()?;
    let key = body.get("keyId").or_else(|| body.get("id"))?;
    magic::fault(integer(key)?, operation.is_update)
}

/// Performs an admitted request. Returns the response and whether the request was applied.
fn perform(
    operation: &ServiceOperation,
    admitted: Result<Value, Refusal>,
    now: i64,
    shared: &ServerState,
) -> (SandboxResponse, bool) {
    let performed = admitted.and_then(|body| operations::perform(operation, &body, &mut shared.state(), now));
    let applied = performed.is_ok();
    (SandboxResponse::json(performed.unwrap_or_else(|refusal| refusal.body())), applied)
}

/// Returns the response of a gateway to a request that is not of the API.
fn gateway_error(request: &HttpRequest) -> SandboxResponse {
    if ServiceModel::get().route(&request.path, &request.body).is_none() {
        return SandboxResponse::html(404);
    }
    let mut response = SandboxResponse::html(405);
    response.set_header("Allow", Some("POST"));
    response
}

/// Returns the reply of a plan, which may replace or edit the service's response.
fn reply(served: SandboxResponse, plan: &Plan, ending: Ending, clock: &Clock) -> Reply {
    let mut response = match &plan.source {
        ResponseSource::Service => served,
        ResponseSource::Page(status) => SandboxResponse::html(*status),
        ResponseSource::Code(code) => SandboxResponse::json(Refusal::from(*code).body()),
        ResponseSource::Respond { status, headers, body } => {
            SandboxResponse { status: *status, headers: headers.clone(), body: body.clone() }
        }
        // `play` produces padding while it sends, and `decide` has replaced reflections.
        ResponseSource::Padding | ResponseSource::Reflect(_) => SandboxResponse::json(""),
        ResponseSource::Raw(bytes) => return Reply::Raw(bytes.clone()),
        ResponseSource::Nothing => return Reply::Nothing,
    };
    if !response.has_header("Date") {
        response.set_header("Date", Some(&clock.http_date()));
    }
    let connection = if ending == Ending::CloseSaid { "close" } else { "keep-alive" };
    response.set_header("Connection", Some(connection));
    for edit in &plan.edits {
        play::apply_edit(&mut response, edit);
    }
    Reply::Response(response)
}
