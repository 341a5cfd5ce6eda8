//! The completion queue of one JavaScript thread.
//!
//! Calls run on the background thread, which never touches JavaScript. It pushes an event to the queue and, if no wake-up is
//! pending, wakes the event loop. So one wake-up serves all calls that have ended meanwhile.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::bindgen_prelude::{Float64ArraySlice, Function};
use napi::{Env, JsString, Unknown};
use napi_derive::napi;
#[cfg(feature = "test-hooks")]
use recallflow::ffi::describe_operation;
use recallflow::ffi::{CallInfo, Cancel};
use recallflow::{Error, OperationKind};
use recallflow_bridge::background;
use recallflow_bridge::failure::Failure;
use recallflow_bridge::guard::guarded;
use recallflow_bridge::logs::{Known, Line, Sink, logged};
use serde_json::{Map, Value};

use crate::calls::{AbortedUpdate, CallId, Calls};
use crate::errors::{catch_panics, config_exception, core_exception};
use crate::pack::Pack;
use crate::received::{Received, ReceivedResponse};
use crate::wake::{Holder, Wake, create_wake};

/// Maximum time for which one `take` occupies the event loop.
const TIME_SLICE: Duration = Duration::from_millis(1);

/// Numbers before the events of a batch: the length of the events, the number of events left, and the length of buffer
/// that the next event needs if it does not fit.
#[napi]
pub const SUMMARY_LENGTH: u32 = 3;

/// Numbers before the contents of an event: its kind, the number of its call, the length of its contents, and 1 if it has
/// a text.
#[napi]
pub const HEAD_LENGTH: u32 = 4;

/// The kinds of events.
#[napi]
#[derive(Clone, Copy)]
pub enum EventKind {
    /// The call succeeded, and its operation has no response.
    Nothing,
    /// The call succeeded with a response.
    Response,
    /// The call read the items of a page.
    Items,
    /// The call found the end of the pages.
    End,
    /// The call failed.
    Failure,
    /// The call, which goes on, wrote a log line.
    LogLine,
}

/// The result of a call that succeeded.
pub(crate) enum Output {
    /// The response, if the operation has one, and the HTTP response.
    Call(Option<Pack>, Option<Box<Received>>),
    Items(Pack),
    End,
}

/// An event as the background thread reports it.
enum Event {
    Ended(CallId, Box<Result<Output, Failure>>),
    LogLine(CallId, Line),
}

/// An event as JavaScript reads it.
struct Packed {
    kind: EventKind,
    call: CallId,
    pack: Pack,
    received: Option<Box<Received>>,
}

struct EventQueue {
    state: Mutex<QueueState>,
    wake: Wake,
}

#[derive(Default)]
struct QueueState {
    events: Vec<Event>,
    is_signaled: bool,
}

impl EventQueue {
    fn lock_state(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push_event(&self, event: Event) {
        let mut state = self.lock_state();
        state.events.push(event);
        let was_signaled = std::mem::replace(&mut state.is_signaled, true);
        // The event loop takes the lock as soon as it wakes up.
        drop(state);
        if !was_signaled {
            self.wake.wake_event_loop();
        }
    }
}

/// Pushes the log lines of one call.
struct LogSink {
    queue: Arc<EventQueue>,
    call: CallId,
}

impl Sink for LogSink {
    fn take(&self, line: Line) {
        self.queue.push_event(Event::LogLine(self.call, line));
    }
}

/// The pending calls of one JavaScript thread and their events. Only that thread uses it.
#[napi]
pub struct Completions {
    queue: Arc<EventQueue>,
    calls: Calls,
    holder: Holder,
    /// Events that no batch had room or time for.
    backlog: VecDeque<Packed>,
    /// The HTTP responses that JavaScript asked for.
    responses: HashMap<CallId, ReceivedResponse>,
}

#[napi]
impl Completions {
    /// Creates a queue. It calls `wake` when there are events, and holds `wake` only while calls are pending.
    #[napi(constructor)]
    pub fn new(env: Env, wake: Function<'_, (), Unknown<'static>>) -> napi::Result<Self> {
        let (wake, holder) = create_wake(env, wake)?;
        let queue = EventQueue { state: Mutex::default(), wake };
        Ok(Self {
            queue: Arc::new(queue),
            calls: Calls::default(),
            holder,
            backlog: VecDeque::new(),
            responses: HashMap::new(),
        })
    }

    /// Writes the next events to `buffer`, until it is full or [`TIME_SLICE`] has passed, and returns their texts.
    ///
    /// The caller must have dispatched the previous batch. A batch is a summary of [`SUMMARY_LENGTH`] numbers and then the
    /// events, each with a head of [`HEAD_LENGTH`] numbers. The buffer belongs to JavaScript and is reused: buffers that
    /// native code allocates would make JavaScript collect garbage all the time.
    #[napi]
    pub fn take<'e>(
        &mut self,
        env: &'e Env,
        mut buffer: Float64ArraySlice<'_>,
    ) -> napi::Result<Option<Vec<JsString<'e>>>> {
        catch_panics(None, || {
            let events = {
                let mut state = self.queue.lock_state();
                state.is_signaled = false;
                std::mem::take(&mut state.events)
            };
            self.backlog.extend(events.into_iter().map(pack_event));
            self.calls.release_taken();
            // SAFETY: this runs on the JavaScript thread, which does nothing else meanwhile, and no other thread has access
            // to the buffer.
            let buffer = unsafe { buffer.as_mut() };
            let (summary, buffer) = buffer
                .split_at_mut_checked(SUMMARY_LENGTH as usize)
                .ok_or_else(|| config_exception("the buffer is too short"))?;
            let end = Instant::now() + TIME_SLICE;
            let (mut at, mut texts, mut needed) = (0, Vec::new(), 0);
            while let Some(packed) = self.backlog.front_mut() {
                // Events of aborted calls are dropped.
                if self.calls.is_pending(packed.call) {
                    let Some(length) = buffer.get_mut(at..).and_then(|rest| write_event(rest, packed)) else {
                        needed = (SUMMARY_LENGTH + HEAD_LENGTH) as usize + packed.pack.numbers.len();
                        break;
                    };
                    at += length;
                    if packed.pack.has_text() {
                        texts.push(packed.pack.text_for_javascript(env)?);
                    }
                    if !matches!(packed.kind, EventKind::LogLine) && self.calls.complete(packed.call) {
                        let response = packed.received.take().map(|received| (packed.call, (*received).into()));
                        self.responses.extend(response);
                    }
                }
                self.backlog.pop_front();
                if self.backlog.is_empty() || Instant::now() > end {
                    break;
                }
            }
            self.hold_event_loop(*env)?;
            summary.copy_from_slice(&[at, self.backlog.len(), needed].map(as_float));
            Ok(Some(texts).filter(|texts| !texts.is_empty()))
        })
    }

    /// Keeps the HTTP response of a call when it ends. Returns false if it has ended.
    #[napi]
    pub fn keep_response(&mut self, call: f64) -> bool {
        self.calls.keep_response(CallId::from_number(call))
    }

    /// Takes the HTTP response of a call whose outcome was taken.
    #[napi]
    pub fn take_response(&mut self, call: f64) -> Option<ReceivedResponse> {
        self.responses.remove(&CallId::from_number(call))
    }

    /// Aborts a call; does nothing if it has ended. Describes it if it is an update that may have been applied.
    #[napi]
    pub fn abort(&mut self, env: Env, call: f64) -> napi::Result<Option<AbortedUpdate>> {
        let aborted = self.calls.abort(CallId::from_number(call));
        self.hold_event_loop(env)?;
        Ok(aborted)
    }
}

/// Hooks for the package's own tests.
#[cfg(feature = "test-hooks")]
#[napi]
impl Completions {
    /// Starts a call of an operation that panics.
    #[napi]
    pub fn panic(&mut self, env: Env, operation: u32) -> napi::Result<f64> {
        let call = async { panic!("this panic was asked for") };
        self.start(env, describe_operation(operation as usize), call, None, false)
    }
}

impl Completions {
    /// Starts a call, and returns its number.
    pub(crate) fn start(
        &mut self,
        env: Env,
        info: CallInfo,
        call: impl Future<Output = Result<Output, Error>> + Send + 'static,
        cancel: Option<Cancel>,
        is_logged: bool,
    ) -> napi::Result<f64> {
        let is_update = info.kind == OperationKind::Update;
        let update = cancel.filter(|_| is_update).map(|cancel| (info.name.clone(), cancel));
        let refused_call = info.clone();
        let id = self.calls.next_id();
        let queue = Arc::clone(&self.queue);
        // The future is large, and every wrapper would move it once more.
        let call = Box::pin(call);
        let call = async move {
            let outcome = if is_logged {
                let sink = Arc::new(LogSink { queue: Arc::clone(&queue), call: id });
                guarded(logged(call, info.name.clone(), sink)).await
            } else {
                guarded(call).await
            };
            let outcome = match outcome {
                Ok(outcome) => outcome.map_err(Failure::Error),
                Err(panic) => Err(Failure::Panicked(panic, Some(info))),
            };
            queue.push_event(Event::Ended(id, Box::new(outcome)));
        };
        let refused = |error| core_exception(Error::refused_by_system(&error, Some(&refused_call)));
        self.calls.insert(id, background::start(call).map_err(refused)?, update);
        self.hold_event_loop(env)?;
        Ok(id.number())
    }

    /// Keeps the event loop alive exactly while calls are pending.
    fn hold_event_loop(&mut self, env: Env) -> napi::Result<()> {
        self.holder.set_holding(env, !self.calls.is_empty())
    }
}

fn pack_event(event: Event) -> Packed {
    let packed = |kind, call, pack| Packed { kind, call, pack, received: None };
    let event = match event {
        Event::Ended(call, outcome) => match *outcome {
            Ok(Output::Call(data, received)) => {
                let kind = if data.is_some() { EventKind::Response } else { EventKind::Nothing };
                Packed { received, ..packed(kind, call, data.unwrap_or_default()) }
            }
            Ok(Output::Items(pack)) => packed(EventKind::Items, call, pack),
            Ok(Output::End) => packed(EventKind::End, call, Pack::default()),
            Err(failure) => packed(EventKind::Failure, call, pack_failure(&failure)),
        },
        Event::LogLine(call, line) => packed(EventKind::LogLine, call, Pack::of_json(&log_record(line))),
    };
    if event.pack.fits_javascript() {
        return event;
    }
    let text = "the response is too large for a JavaScript string: lower `maxResponseBytes`, or request a smaller page";
    packed(EventKind::Failure, event.call, pack_failure(&Failure::Config(text.to_owned())))
}

fn pack_failure(failure: &Failure) -> Pack {
    Pack::of_json(&failure.describe())
}

/// Writes an event if the buffer has room for it, and returns its length.
fn write_event(buffer: &mut [f64], Packed { kind, call, pack, .. }: &Packed) -> Option<usize> {
    let event = buffer.get_mut(..HEAD_LENGTH as usize + pack.numbers.len())?;
    let (head, contents) = event.split_at_mut(HEAD_LENGTH as usize);
    head.copy_from_slice(&[
        f64::from(*kind as i32),
        call.number(),
        as_float(pack.numbers.len()),
        f64::from(u8::from(pack.has_text())),
    ]);
    contents.copy_from_slice(&pack.numbers);
    Some(event.len())
}

#[expect(clippy::cast_precision_loss, reason = "lengths stay far below 2^53")]
fn as_float(length: usize) -> f64 {
    length as f64
}

/// Returns a log line as an object of level, message and fields.
fn log_record(line: Line) -> Value {
    let fields = line.fields.into_iter().map(|(name, known)| {
        let value = match known {
            Known::Number(number) => number.into(),
            Known::Decimal(number) => number.into(),
            Known::Text(text) => text.into(),
        };
        (name.to_owned(), value)
    });
    let level = line.level.as_str().to_ascii_lowercase();
    Value::Object(Map::from_iter([
        ("level".to_owned(), level.into()),
        ("message".to_owned(), line.message.into()),
        ("fields".to_owned(), Value::Object(fields.collect())),
    ]))
}
