//! Records all `tracing` and `log` records of the process.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The recorded lines: one for each span, event and log record, with all fields.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    /// Starts to record the logs of the process.
    pub(crate) fn listen() -> Self {
        let recorder = Self::default();
        tracing::subscriber::set_global_default(recorder.clone()).expect("no other subscriber is set");
        log::set_boxed_logger(Box::new(recorder.clone())).expect("no other subscriber is set");
        log::set_max_level(log::LevelFilter::Trace);
        recorder
    }

    /// Returns the lines since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, line: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// Appends fields to a line.
struct LoggedLine(String);

impl LoggedLine {
    fn new(metadata: &Metadata<'_>) -> Self {
        Self(format!("{} {} {}", metadata.target(), metadata.level(), metadata.name()))
    }
}

impl Visit for LoggedLine {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = LoggedLine::new(span.metadata());
        span.record(&mut line);
        self.add(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = LoggedLine(String::from("span"));
        values.record(&mut line);
        self.add(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = LoggedLine::new(event.metadata());
        event.record(&mut line);
        self.add(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl log::Log for Recorder {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.add(format!("{} {} {}", record.target(), record.level(), record.args()));
    }

    fn flush(&self) {}
}
