//! Collects the `tracing` events of the client during one call, for the logger of another language.
//!
//! No subscriber is installed for the process. A call that is to be logged sets its own subscriber while it is polled.
//! Events are therefore collected only for such calls, never from other libraries, and only on the threads that poll them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber, dispatcher};

pub use tracing::Level;

/// A log record of a call.
#[derive(Clone, Debug)]
pub struct Line {
    /// The level.
    pub level: Level,
    /// The message.
    pub message: String,
    /// The fields.
    pub fields: Vec<(&'static str, Known)>,
}

/// The value of a field.
#[derive(Clone, Debug)]
pub enum Known {
    /// A number.
    Number(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// Anything else.
    Text(String),
}

/// A receiver of log records. It is called on the thread that polls the call.
pub trait Sink: Send + Sync {
    /// Receives one record.
    fn take(&self, line: Line);
}

/// Awaits a future and passes the log records of the client to the sink, also those of dropping the future.
pub async fn logged<F: Future>(future: F, operation: Cow<'static, str>, sink: Arc<dyn Sink>) -> F::Output {
    let mut future = pin!(Some(future));
    let mut scope = Scope { future: future.as_mut(), operation, sink };
    std::future::poll_fn(move |context| {
        scope.enter(|future| future.as_pin_mut().map_or(Poll::Pending, |future| future.poll(context)))
    })
    .await
}

/// A future whose log records go to the sink.
struct Scope<'a, F> {
    future: Pin<&'a mut Option<F>>,
    operation: Cow<'static, str>,
    sink: Arc<dyn Sink>,
}

impl<F> Scope<'_, F> {
    fn enter<T>(&mut self, act: impl FnOnce(Pin<&mut Option<F>>) -> T) -> T {
        static DISPATCHES: OnceLock<[Dispatch; 2]> = OnceLock::new();
        // While only one dispatch exists, `tracing` asks the current thread's subscriber whether a new event is of interest,
        // and remembers the reply. A call that is not logged would then silence the event for all later calls.
        let [dispatch, _] = DISPATCHES.get_or_init(|| [Dispatch::new(Collector), Dispatch::new(Collector)]);
        let _outer = Outer(CALL.replace(Some((self.operation.clone(), Arc::clone(&self.sink)))));
        dispatcher::with_default(dispatch, || act(self.future.as_mut()))
    }
}

impl<F> Drop for Scope<'_, F> {
    fn drop(&mut self) {
        self.enter(|mut future| future.set(None));
    }
}

/// Name of a call, and the receiver of its log records.
type LoggedCall = (Cow<'static, str>, Arc<dyn Sink>);

/// Restores the previous call when it is dropped, also after a panic.
struct Outer(Option<LoggedCall>);

impl Drop for Outer {
    fn drop(&mut self) {
        CALL.set(self.0.take());
    }
}

thread_local! {
    /// The call that is being polled on this thread.
    static CALL: RefCell<Option<LoggedCall>> = const { RefCell::new(None) };
}

/// A subscriber for the events of the client only.
struct Collector;

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().split("::").next() == Some("recallflow")
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let call = CALL.with_borrow(Clone::clone);
        if let Some((operation, sink)) = call {
            let mut seen = Seen::default();
            event.record(&mut seen);
            let Seen { message, mut fields } = seen;
            fields.push(("operation", Known::Text(operation.into_owned())));
            sink.take(Line { level: *event.metadata().level(), message, fields });
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields of an event.
#[derive(Default)]
struct Seen {
    message: String,
    fields: Vec<(&'static str, Known)>,
}

impl Visit for Seen {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.fields.push((field.name(), Known::Decimal(value)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.push((field.name(), Known::Number(value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record_i64(field, i64::try_from(value).unwrap_or(i64::MAX));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        if field.name() == "message" {
            self.message = value;
        } else {
            self.fields.push((field.name(), Known::Text(value)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};
    use std::task::{Context, Waker};

    use super::*;

    #[derive(Default)]
    struct Lines(Mutex<Vec<String>>);

    impl Sink for Lines {
        fn take(&self, line: Line) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.message);
        }
    }

    struct LogsWhenDropped;

    impl Drop for LogsWhenDropped {
        fn drop(&mut self) {
            tracing::warn!(target: "recallflow", "dropped");
        }
    }

    #[test]
    fn a_dropped_call_is_logged() {
        let lines = Arc::new(Lines::default());
        let call = async {
            let _held = LogsWhenDropped;
            tracing::warn!(target: "recallflow", "polled");
            std::future::pending::<()>().await;
        };
        let mut call = Box::pin(logged(call, "an_operation".into(), Arc::clone(&lines) as Arc<dyn Sink>));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(call);
        assert_eq!(*lines.0.lock().unwrap(), ["polled", "dropped"]);
    }
}
