//! Calls in the background, whose outcomes a thread of JavaScript takes in batches.
//!
//! The thread in the background knows nothing of JavaScript: it packs an outcome, puts it into a queue and, when that was
//! empty, wakes the event loop. So one waking up serves all calls that have ended meanwhile.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::bindgen_prelude::{Float64ArraySlice, Function};
use napi::{Env, JsString, Unknown};
use napi_derive::napi;
use recallflow::{Error, OPERATIONS};
use recallflow_bridge::background;
use recallflow_bridge::failure::Failure;
use recallflow_bridge::guard::guarded;
use recallflow_bridge::logs::{Known, Line, Sink, logged};
use serde_json::{Map, Value};

use crate::calls::{CallId, Calls};
use crate::failure::{shielded, thrown, wrong};
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
    Ended(CallId, Box<Result<Answer, Failure>>),
    /// Something happened during a call.
    Line(CallId, Line),
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

/// How many numbers there are before those of the events: how many numbers the events are, how many events are left, and how
/// many numbers there must be room for before the next of them can be told.
const SUMMARY: usize = 3;

/// How many numbers there are before those of an event.
const HEAD: usize = 4;

struct Queue {
    state: Mutex<State>,
    wake: Wake,
}

#[derive(Default)]
struct State {
    events: Vec<Event>,
    is_signalled: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand(&self, event: Event) {
        let mut state = self.state();
        state.events.push(event);
        let was_signalled = std::mem::replace(&mut state.is_signalled, true);
        // Who wakes up wants the lock at once.
        drop(state);
        if !was_signalled {
            self.wake.wake();
        }
    }
}

/// Takes the lines of one call.
struct Lines {
    queue: Arc<Queue>,
    call: CallId,
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
    calls: Calls,
    holder: Holder,
    /// Events that were too many to be taken at once.
    left: VecDeque<Packed>,
}

/// An event in the form in which it is told.
struct Packed {
    tag: Tag,
    call: CallId,
    pack: Pack,
}

#[napi]
impl Completions {
    /// `wake` is called when there is something to take. It is held only while calls wait.
    #[napi(constructor)]
    pub fn new(env: Env, wake: Function<'_, (), Unknown<'static>>) -> napi::Result<Self> {
        let (wake, holder) = waking(env, wake)?;
        let queue = Queue { state: Mutex::default(), wake };
        Ok(Self { queue: Arc::new(queue), calls: Calls::default(), holder, left: VecDeque::new() })
    }

    /// What has happened since the last time, or as much of it as can be told in a moment and there is room for: the texts
    /// of the events that have one, if there are any, and numbers in the room.
    ///
    /// What was taken before must have been handed out. After the numbers of a [`SUMMARY`], the events follow one
    /// after the other: for each what it is, the number of its call, how many numbers it has, whether it has a text, and
    /// these numbers. The room is JavaScript's own, and used again and again: memory of ours that it took over would make
    /// it collect its garbage all the time.
    #[napi]
    pub fn take<'e>(
        &mut self,
        env: &'e Env,
        mut room: Float64ArraySlice<'_>,
    ) -> napi::Result<Option<Vec<JsString<'e>>>> {
        shielded(None, || {
            let events = {
                let mut state = self.queue.state();
                state.is_signalled = false;
                std::mem::take(&mut state.events)
            };
            self.left.extend(events.into_iter().map(packed));
            self.calls.handed_out();
            // SAFETY: this runs on the thread of JavaScript, which does nothing else meanwhile, and no other thread is given
            // this memory.
            let room = unsafe { room.as_mut() };
            let (summary, room) = room.split_at_mut_checked(SUMMARY).ok_or_else(|| wrong("there is no room"))?;
            let end = Instant::now() + SLICE;
            let (mut at, mut texts, mut needed) = (0, Vec::new(), 0);
            while let Some(packed) = self.left.front() {
                // Whoever gave up waits no more.
                if self.calls.waits(packed.call) {
                    let Some(length) = room.get_mut(at..).and_then(|room| write(room, packed)) else {
                        needed = SUMMARY + HEAD + packed.pack.numbers.len();
                        break;
                    };
                    at += length;
                    if packed.pack.has_text() {
                        texts.push(packed.pack.make_text(env)?);
                    }
                    if !matches!(packed.tag, Tag::Line) {
                        self.calls.tell(packed.call);
                    }
                }
                self.left.pop_front();
                if self.left.is_empty() || Instant::now() > end {
                    break;
                }
            }
            self.hold(*env)?;
            summary.copy_from_slice(&[at, self.left.len(), needed].map(float));
            Ok(Some(texts).filter(|texts| !texts.is_empty()))
        })
    }

    /// Drops a call; nothing happens if it has ended.
    #[napi]
    pub fn abort(&mut self, env: Env, call: f64) -> napi::Result<()> {
        self.calls.abort(CallId::from_number(call));
        self.hold(env)
    }

    /// Panics within a call of this operation, for the tests of what becomes of it.
    #[napi]
    pub fn panic(&mut self, env: Env, operation: u32) -> napi::Result<f64> {
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
    ) -> napi::Result<f64> {
        let refused = |error: std::io::Error| {
            thrown(&Failure::Config(format!("the system refuses what calls need to run in the background: {error}")))
        };
        let id = self.calls.next();
        let queue = Arc::clone(&self.queue);
        // The call is large, and each of what wraps it would move it once more.
        let call = Box::pin(call);
        let call = async move {
            let outcome = if is_logged {
                let lines = Arc::new(Lines { queue: Arc::clone(&queue), call: id });
                guarded(logged(call, OPERATIONS[operation].name, lines)).await
            } else {
                guarded(call).await
            };
            let outcome = match outcome {
                Ok(outcome) => outcome.map_err(Failure::Error),
                Err(panic) => Err(Failure::Panicked(panic, Some(operation))),
            };
            queue.hand(Event::Ended(id, Box::new(outcome)));
        };
        self.calls.insert(id, background::start(call).map_err(refused)?);
        self.hold(env)?;
        Ok(id.number())
    }

    /// Keeps the event loop alive if calls wait, and no longer than that.
    fn hold(&mut self, env: Env) -> napi::Result<()> {
        self.holder.hold(env, !self.calls.is_empty())
    }
}

/// Packs an event.
fn packed(event: Event) -> Packed {
    let (tag, call, pack) = match event {
        Event::Ended(call, outcome) => {
            let (tag, pack) = match *outcome {
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
    if pack.fits() {
        return Packed { tag, call, pack };
    }
    let text = "the answer is too large for JavaScript: lower `maxResponseBytes`, and ask for less at once";
    let failure = Failure::Config(text.to_owned());
    Packed { tag: Tag::Failure, call, pack: Pack::of(&Value::Object(failure.describe())) }
}

/// Writes an event, if there is room for it, and tells how many numbers it is.
fn write(room: &mut [f64], Packed { tag, call, pack }: &Packed) -> Option<usize> {
    let place = room.get_mut(..HEAD + pack.numbers.len())?;
    let (head, rest) = place.split_at_mut(HEAD);
    head.copy_from_slice(&[
        f64::from(*tag as u8),
        call.number(),
        float(pack.numbers.len()),
        f64::from(u8::from(pack.has_text())),
    ]);
    rest.copy_from_slice(&pack.numbers);
    Some(place.len())
}

#[expect(clippy::cast_precision_loss, reason = "nothing has so many parts")]
fn float(count: usize) -> f64 {
    count as f64
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
