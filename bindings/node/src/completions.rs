//! Calls in the background, whose outcomes a thread of JavaScript takes in batches.
//!
//! The thread in the background knows nothing of JavaScript: it packs an outcome, puts it into a queue and, when that was
//! empty, wakes the event loop. So one waking up serves all calls that have ended meanwhile.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::bindgen_prelude::{Float64Array, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, JsString, Unknown};
use napi_derive::napi;
use recallflow::{Error, OPERATIONS};
use recallflow_bridge::background;
use recallflow_bridge::failure::Failure;
use recallflow_bridge::guard::guarded;
use recallflow_bridge::logs::{Known, Line, Sink, logged};
use serde_json::{Map, Value};
use tokio::task::AbortHandle;

use crate::failure::{shielded, thrown};
use crate::pack::Pack;
use crate::wake::{Holder, Wake, waking};

/// How long the event loop may be held up by taking events.
const SLICE: Duration = Duration::from_millis(1);

/// What a call answers.
pub(crate) enum Answer {
    /// Nothing, as the operation has no response.
    Nothing,
    /// A response.
    Response(Pack),
    /// The items of a page.
    Items(Pack),
    /// There are no more pages.
    End,
}

/// What there is to take.
enum Event {
    /// A call ended.
    Ended(u32, Result<Answer, Failure>),
    /// Something happened during a call.
    Line(u32, Line),
}

/// What an event is, as the package knows it.
#[derive(Clone, Copy)]
enum Tag {
    Nothing,
    Response,
    Items,
    End,
    Failure,
    Line,
}

struct Queue(Mutex<State>);

struct State {
    events: Vec<Event>,
    is_signalled: bool,
    /// None when nobody takes anything any more. What Node made must not be dropped on another thread, which might do so
    /// while the thread of JavaScript ends.
    wake: Option<Wake>,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand(&self, event: Event) {
        let mut state = self.state();
        let State { events, is_signalled, wake: Some(wake) } = &mut *state else {
            return;
        };
        events.push(event);
        if !std::mem::replace(is_signalled, true) {
            // An event loop that ends has nobody to wake.
            wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// Takes the lines of one call.
struct Lines {
    queue: Arc<Queue>,
    call: u32,
}

impl Sink for Lines {
    fn take(&self, line: Line) {
        self.queue.hand(Event::Line(self.call, line));
    }
}

/// The calls of one thread of JavaScript. Only that one ever touches it.
#[napi]
pub struct Completions {
    queue: Arc<Queue>,
    waiting: HashMap<u32, AbortHandle>,
    last: u32,
    holder: Holder,
    /// Events that were too many to be taken at once.
    left: VecDeque<Event>,
}

/// A batch of events, one after the other: for each what it is, the number of its call, how many numbers it has, whether it has
/// a text, and these numbers.
#[napi(object, object_from_js = false)]
pub struct Batch<'a> {
    /// The numbers.
    pub numbers: Float64Array,
    /// The texts of the events that have one.
    pub texts: Vec<JsString<'a>>,
    /// Whether there is more to take.
    pub has_more: bool,
}

#[napi]
impl Completions {
    /// `wake` is called when there is something to take. It is held only while calls wait.
    #[napi(constructor)]
    pub fn new(env: Env, wake: Function<'_, (), Unknown<'static>>) -> napi::Result<Self> {
        let (wake, holder) = waking(env, wake)?;
        let state = State { events: Vec::new(), is_signalled: false, wake: Some(wake) };
        Ok(Self {
            queue: Arc::new(Queue(Mutex::new(state))),
            waiting: HashMap::new(),
            last: 0,
            holder,
            left: VecDeque::new(),
        })
    }

    /// What has happened since the last time, or as much of it as can be told in a moment.
    #[napi]
    pub fn take<'e>(&mut self, env: &'e Env) -> napi::Result<Batch<'e>> {
        shielded(None, || {
            {
                let mut state = self.queue.state();
                state.is_signalled = false;
                self.left.extend(state.events.drain(..));
            }
            let end = Instant::now() + SLICE;
            let mut batch = Batch { numbers: Float64Array::new(Vec::new()), texts: Vec::new(), has_more: false };
            let mut numbers = Vec::new();
            while let Some(event) = self.left.pop_front() {
                let (tag, call, pack) = match event {
                    Event::Ended(call, outcome) => {
                        // Whoever gave up waits no more.
                        if self.waiting.remove(&call).is_none() {
                            continue;
                        }
                        let (tag, pack) = match outcome {
                            Ok(Answer::Nothing) => (Tag::Nothing, Pack::default()),
                            Ok(Answer::Response(pack)) => (Tag::Response, pack),
                            Ok(Answer::Items(pack)) => (Tag::Items, pack),
                            Ok(Answer::End) => (Tag::End, Pack::default()),
                            Err(failure) => (Tag::Failure, Pack::of(&Value::Object(failure.describe()))),
                        };
                        (tag, call, pack)
                    }
                    Event::Line(call, line) => (Tag::Line, call, Pack::of(&described(line))),
                };
                #[expect(clippy::cast_precision_loss, reason = "nothing has so many parts")]
                numbers.extend([
                    f64::from(tag as u8),
                    f64::from(call),
                    pack.numbers.len() as f64,
                    f64::from(u8::from(pack.has_text())),
                ]);
                numbers.extend_from_slice(&pack.numbers);
                if pack.has_text() {
                    batch.texts.push(pack.make_text(env)?);
                }
                if Instant::now() > end {
                    break;
                }
            }
            batch.has_more = !self.left.is_empty();
            self.hold(*env)?;
            batch.numbers = Float64Array::new(numbers);
            Ok(batch)
        })
    }

    /// Drops a call; nothing happens if it has ended.
    #[napi]
    pub fn abort(&mut self, env: Env, call: u32) -> napi::Result<()> {
        if let Some(call) = self.waiting.remove(&call) {
            call.abort();
        }
        self.hold(env)
    }

    /// Panics within a call of this operation, for the tests of what becomes of it.
    #[napi]
    pub fn panic(&mut self, env: Env, operation: u32) -> napi::Result<u32> {
        self.start(env, operation as usize, async { panic!("this panic was asked for") }, false)
    }
}

impl Completions {
    /// Starts a call of the operation at this position, and tells its number.
    pub(crate) fn start(
        &mut self,
        env: Env,
        operation: usize,
        call: impl Future<Output = Result<Answer, Error>> + Send + 'static,
        is_logged: bool,
    ) -> napi::Result<u32> {
        let refused = |error: std::io::Error| {
            thrown(&Failure::Config(format!("the system refuses what calls need to run in the background: {error}")))
        };
        let runtime = background::runtime().map_err(refused)?;
        let number = self.next();
        let queue = Arc::clone(&self.queue);
        // The call is large, and each of what wraps it would move it once more.
        let call = Box::pin(call);
        let call = async move {
            let outcome = if is_logged {
                let lines = Arc::new(Lines { queue: Arc::clone(&queue), call: number });
                guarded(logged(call, OPERATIONS[operation].name, lines)).await
            } else {
                guarded(call).await
            };
            let outcome = match outcome {
                Ok(outcome) => outcome.map_err(Failure::Error),
                Err(panic) => Err(Failure::Panicked(panic, Some(operation))),
            };
            queue.hand(Event::Ended(number, outcome));
        };
        self.waiting.insert(number, runtime.spawn(call).abort_handle());
        self.hold(env)?;
        Ok(number)
    }

    /// A number that no call that waits has.
    fn next(&mut self) -> u32 {
        loop {
            self.last = self.last.wrapping_add(1);
            if !self.waiting.contains_key(&self.last) {
                return self.last;
            }
        }
    }

    /// Keeps the event loop alive if calls wait, and no longer than that.
    fn hold(&mut self, env: Env) -> napi::Result<()> {
        self.holder.hold(env, !self.waiting.is_empty())
    }
}

impl Drop for Completions {
    fn drop(&mut self) {
        self.waiting.values().for_each(AbortHandle::abort);
        let wake = self.queue.state().wake.take();
        drop(wake);
    }
}

fn described(line: Line) -> Value {
    let fields = line.fields.into_iter().map(|(name, known)| {
        let value = match known {
            Known::Number(number) => number.into(),
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
