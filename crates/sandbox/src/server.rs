//! Accepts connections and leads each through its requests.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};

use crate::auth::Gate;
use crate::clock::Clock;
use crate::envelope;
use crate::generated::protocol::{Ending, Fault, RecordedRequest};
use crate::http::{Answer, Incoming, ReadError, Request};
use crate::json::integer;
use crate::magic;
use crate::operations::{self, Refusal, State};
use crate::plan::{Plan, Source};
use crate::play::{self, Next, Reply};
use crate::recording::{Callback, Recording};
use crate::script::Script;
use crate::service::{Operation, Service};

/// How long a refused client may go on sending before the connection ends.
const REFUSED_TIME: Duration = Duration::from_secs(1);

/// How long nothing is accepted after accepting failed, which happens when the process has too many open files.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// Greatest size of an answer in which a code is looked for.
const LARGEST_ENVELOPE: usize = 1 << 20;

/// Size of a request's body from which on checking it takes long.
const LONG_BODY: usize = 256 << 10;

/// Everything that the connections share with the sandbox's handle.
pub(crate) struct Shared {
    pub(crate) gate: Gate,
    pub(crate) clock: Clock,
    pub(crate) state: Mutex<State>,
    pub(crate) script: Mutex<Script>,
    pub(crate) recording: Recording,
    pub(crate) on_request: Option<Callback>,
}

impl Shared {
    /// What the sandbox holds. A panic in one connection does not stop the others.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
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

/// Binds a socket that accepts connections from now on.
pub(crate) fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until the other end of `shutdown` is dropped; then all connections end at once.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut shutdown: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut shutdown => return,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => drop(connections.spawn(converse(stream, peer, Arc::clone(&shared)))),
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
        }
    }
}

/// Leads one connection through its requests.
async fn converse(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    // Without it answers are only slower.
    let _ = stream.set_nodelay(true);
    let (number, _open) = shared.recording.connect();
    let mut incoming = Incoming::new(stream);
    let mut next = Next::Request;
    while next != Next::End && incoming.begins().await {
        next = converse_once(&mut incoming, peer.ip(), number, next, &shared).await;
    }
}

/// Leads a connection, on which a request begins, through that request.
async fn converse_once(incoming: &mut Incoming, peer: IpAddr, number: u64, state: Next, shared: &Arc<Shared>) -> Next {
    if state == Next::Request {
        let fault = shared.script().next_before_read();
        if fault.is_some() {
            shared.record(RecordedRequest::unread(number, fault));
            play::reset(&incoming.stream);
            return Next::End;
        }
    }
    let request = match incoming.read_request().await {
        Ok(request) => request,
        Err(ReadError::Gone) => return Next::End,
        Err(ReadError::Refused(status)) => {
            refuse(incoming, status, shared).await;
            return Next::End;
        }
    };
    if state == Next::Stale {
        shared
            .record(RecordedRequest { operation: operation_name(&request), ..RecordedRequest::new(&request, number) });
        return Next::End;
    }
    let (is_long, sharing) = (request.body.len() > LONG_BODY, Arc::clone(shared));
    let exchanged = run(is_long, move || exchange(&request, peer, number, &sharing)).await;
    let Some(exchange) = exchanged else { return Next::End };
    let (is_long, sharing) = (exchange.plan.is_long(), Arc::clone(shared));
    let finished = run(is_long, move || exchange.finish(&sharing.clock)).await;
    let Some(Reaction { reply, plan, ending, recorded }) = finished else { return Next::End };
    shared.record(recorded);
    if !plan.delay.is_zero() {
        tokio::select! {
            () = sleep(plan.delay) => {}
            () = incoming.closed_by_peer() => return Next::End,
        }
    }
    play::deliver(incoming, reply, &plan.delivery, ending).await
}

/// Does work, on another thread if it is long, so that other connections go on meanwhile. None if the sandbox ended.
async fn run<T: Send + 'static>(is_long: bool, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if is_long { spawn_blocking(work).await.ok() } else { Some(work()) }
}

/// Answers what is no request that the sandbox reads.
async fn refuse(incoming: &mut Incoming, status: u16, shared: &Shared) {
    let mut answer = Answer::html(status);
    answer.set_header("Date", Some(&shared.clock.http_date()));
    answer.set_header("Connection", Some("close"));
    let plan = Plan::default();
    play::deliver(incoming, Reply::Answer(answer), &plan.delivery, Ending::CloseSaid).await;
    // Whether the client stops in time is its own concern.
    let _ = timeout(REFUSED_TIME, incoming.discard_rest()).await;
}

/// What was decided about a request.
struct Exchange {
    /// The service's own answer.
    answered: Answer,
    plan: Plan,
    ending: Ending,
    recorded: RecordedRequest,
}

/// Decides how a request is answered, and carries it out if it is to be.
fn exchange(request: &Request, peer: IpAddr, number: u64, shared: &Shared) -> Exchange {
    let operation = Service::get().route(&request.path).filter(|_| request.method == "POST");
    let now = shared.clock.unix_seconds();
    let admitted = operation.map(|operation| admit(operation, request, peer, now, shared));
    let fault = shared
        .script()
        .next(operation.map(|operation| operation.name.as_str()))
        .or_else(|| magic_fault(operation?, admitted.as_ref()?));

    let mut plan = Plan::from(fault.clone().unwrap_or(Fault::Ok));
    if let Source::Reflect(reflection) = plan.source {
        plan.source = play::reflect(reflection, request);
    }
    let (answered, applied) = match (operation, admitted) {
        (Some(operation), Some(admitted)) if plan.applies_request() => answer(operation, admitted, now, shared),
        (Some(_), _) => (Answer::json(""), false),
        (None, _) => (no_operation(request), false),
    };
    let ending = plan.delivery.ending(request.keep_alive);
    let mut recorded = RecordedRequest { operation: operation_name(request), ..RecordedRequest::new(request, number) };
    recorded.signature_valid = shared.gate.credentials.accept(request);
    recorded.response.fault = fault;
    recorded.response.applied = applied;
    Exchange { answered, plan, ending, recorded }
}

impl Exchange {
    /// Makes what is put on the wire, and records it.
    fn finish(self, clock: &Clock) -> Reaction {
        let Self { answered, plan, ending, mut recorded } = self;
        let reply = reply(answered, &plan, ending, clock);
        if let Reply::Answer(answer) = &reply {
            recorded.response.http_status = Some(answer.status);
            recorded.response.code =
                (answer.body.len() <= LARGEST_ENVELOPE).then(|| envelope::code_of(&answer.body)).flatten();
        }
        Reaction { reply, plan, ending, recorded }
    }
}

/// What follows a request.
struct Reaction {
    reply: Reply,
    plan: Plan,
    ending: Ending,
    recorded: RecordedRequest,
}

/// The operation that a request's path names.
fn operation_name(request: &Request) -> Option<String> {
    Service::get().route(&request.path).map(|operation| operation.name.clone())
}

/// Checks who asks and what is asked.
fn admit(operation: &Operation, request: &Request, peer: IpAddr, now: i64, shared: &Shared) -> Result<Value, Refusal> {
    shared.gate.admit(request, peer, now)?;
    operations::read_body(operation, request)
}

/// The fault of the magic key in a request that was admitted.
fn magic_fault(operation: &Operation, admitted: &Result<Value, Refusal>) -> Option<Fault> {
    let body = admitted.as_ref().ok()?;
    magic::fault(integer(body.get("keyId")?)?, operation.is_update)
}

/// The service's own answer, and whether the request was carried out.
fn answer(operation: &Operation, admitted: Result<Value, Refusal>, now: i64, shared: &Shared) -> (Answer, bool) {
    let performed = admitted.and_then(|body| operations::perform(operation, &body, &mut shared.state(), now));
    let applied = performed.is_ok();
    (Answer::json(performed.unwrap_or_else(|refusal| refusal.body())), applied)
}

/// The answer to a request for which there is no operation: gateways answer it, not the service.
fn no_operation(request: &Request) -> Answer {
    if Service::get().route(&request.path).is_none() {
        return Answer::html(404);
    }
    let mut answer = Answer::html(405);
    answer.set_header("Allow", Some("POST"));
    answer
}

/// What is put on the wire: what the plan says in place of the service's answer, edited.
fn reply(answered: Answer, plan: &Plan, ending: Ending, clock: &Clock) -> Reply {
    let mut answer = match &plan.source {
        Source::Service => answered,
        Source::Page(status) => Answer::html(*status),
        Source::Code(code) => Answer::json(Refusal::from(*code).body()),
        Source::Respond { status, headers, body } => {
            Answer { status: *status, headers: headers.clone(), body: body.clone() }
        }
        // What reflects a request has become an answer of its own when the request was there.
        Source::Padding | Source::Reflect(_) => Answer::json(""),
        Source::Raw(bytes) => return Reply::Raw(bytes.clone()),
        Source::Nothing => return Reply::Nothing,
    };
    if !answer.has_header("Date") {
        answer.set_header("Date", Some(&clock.http_date()));
    }
    let connection = if ending == Ending::CloseSaid { "close" } else { "keep-alive" };
    answer.set_header("Connection", Some(connection));
    for edit in &plan.edits {
        play::edit(&mut answer, edit);
    }
    Reply::Answer(answer)
}
