//! Reports the end of each attempt: to `tracing`, to the caller's function, and to stderr if the environment asks for it.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::error::kind::ErrorKind;
use crate::error::{Error, Phase};
use crate::retry::RetryClass;

/// The end of one attempt. The function of [`ClientBuilder::on_attempt`](crate::ClientBuilder::on_attempt) receives it.
///
/// It never holds a body or a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptEvent {
    /// Name of the operation, such as `update_recall_flow`, or the path of another endpoint, such as `/voice/balance`.
    pub operation: Cow<'static, str>,
    /// Number of the attempt within its call, from 1.
    pub attempt: u32,
    /// HTTP status code, if there was a response.
    pub http_status: Option<u16>,
    /// Status code of the service, if the response has one: 0 for a success.
    pub code: Option<i64>,
    /// Kind of the error; `None` for a success.
    pub error: Option<ErrorKind>,
    /// What the failure permits, such as `unsent`, `throttled` or `settled`; `None` for a success.
    pub retry_class: Option<&'static str>,
    /// How far the attempt came, if there was no response.
    pub phase: Option<Phase>,
    /// Duration of the attempt, including the wait for a free connection.
    pub elapsed: Duration,
    /// Delay before the next attempt; `None` if this was the last one.
    pub delay: Option<Duration>,
}

impl AttemptEvent {
    pub(crate) fn succeeded(operation: Cow<'static, str>, attempt: u32, http_status: u16, elapsed: Duration) -> Self {
        Self {
            operation,
            attempt,
            http_status: Some(http_status),
            code: Some(0),
            error: None,
            retry_class: None,
            phase: None,
            elapsed,
            delay: None,
        }
    }

    pub(crate) fn failed(
        operation: Cow<'static, str>,
        attempt: u32,
        error: &Error,
        class: RetryClass,
        elapsed: Duration,
        delay: Option<Duration>,
    ) -> Self {
        Self {
            operation,
            attempt,
            http_status: error.http_status(),
            code: error.code(),
            error: Some(error.kind()),
            retry_class: Some(class.as_str()),
            phase: error.phase(),
            elapsed,
            delay,
        }
    }
}

/// One line, such as `query_recall_flows: attempt 1 failed after 12.3 ms: ServiceError (HTTP 200, code -18, class failed);
/// next attempt in 31.0 ms`.
impl fmt::Display for AttemptEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, attempt, .. } = self;
        let elapsed = milliseconds(self.elapsed);
        match self.error {
            None => write!(f, "{operation}: attempt {attempt} succeeded after {elapsed:.1} ms")?,
            Some(error) => write!(f, "{operation}: attempt {attempt} failed after {elapsed:.1} ms: {error}")?,
        }
        let details = [
            self.http_status.map(|status| format!("HTTP {status}")),
            self.code.map(|code| format!("code {code}")),
            self.phase.map(|phase| format!("phase {}", phase.as_str())),
            self.retry_class.map(|class| format!("class {class}")),
        ];
        let details: Vec<_> = details.into_iter().flatten().collect();
        if !details.is_empty() {
            write!(f, " ({})", details.join(", "))?;
        }
        match self.delay {
            Some(delay) => write!(f, "; next attempt in {:.1} ms", milliseconds(delay)),
            None => Ok(()),
        }
    }
}

type OnAttempt = Arc<dyn Fn(&AttemptEvent) + Send + Sync>;

/// The receivers of the events of a client.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    /// The function of the caller.
    pub(crate) on_attempt: Option<OnAttempt>,
    /// Whether each attempt is written to stderr.
    pub(crate) writes_to_stderr: bool,
}

impl Observers {
    /// Reports an attempt. The event is created only if something receives it.
    pub(crate) fn report(&self, create: impl FnOnce() -> AttemptEvent) {
        let is_traced = tracing::event_enabled!(target: ATTEMPT, tracing::Level::DEBUG);
        if !is_traced && !self.writes_to_stderr && self.on_attempt.is_none() {
            return;
        }
        let event = create();
        if is_traced {
            trace(&event);
        }
        if self.writes_to_stderr {
            // A closed stderr must not fail the call.
            let _ = writeln!(io::stderr(), "recallflow: {event}");
        }
        if let Some(on_attempt) = &self.on_attempt
            && catch_unwind(AssertUnwindSafe(|| on_attempt(&event))).is_err()
        {
            tracing::error!("`on_attempt` panicked; the call goes on");
        }
    }
}

/// The target of the events in `tracing`.
const ATTEMPT: &str = "recallflow::attempt";

fn trace(event: &AttemptEvent) {
    let AttemptEvent { attempt, http_status, code, .. } = *event;
    let (elapsed_ms, delay_ms) = (milliseconds(event.elapsed), event.delay.map(milliseconds));
    match event.error {
        None => {
            tracing::debug!(target: ATTEMPT, attempt, http_status, code, elapsed_ms, "attempt succeeded");
        }
        Some(error) => tracing::debug!(
            target: ATTEMPT,
            attempt,
            error = error.as_str(),
            class = event.retry_class,
            code,
            http_status,
            phase = event.phase.map(Phase::as_str),
            elapsed_ms,
            delay_ms,
            "attempt failed"
        ),
    }
}

/// Returns milliseconds with three decimal places, because logs show the number.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Reads the value of `RECALLFLOW_LOG`: `debug` writes attempts to stderr, and `off` does not.
pub(crate) fn parse_log_level(level: Option<&str>) -> Result<bool, String> {
    match level.map(str::to_ascii_lowercase).as_deref() {
        None | Some("off") => Ok(false),
        Some("debug") => Ok(true),
        Some(other) => Err(format!("expected `{LOG_VARIABLE}` to be `debug` or `off`, got `{}`", other.escape_debug())),
    }
}

/// The environment variable that writes attempts to stderr.
pub(crate) const LOG_VARIABLE: &str = "RECALLFLOW_LOG";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_as_one_line() {
        let operation = Cow::Borrowed("query_recall_flows");
        let succeeded = AttemptEvent::succeeded(operation, 2, 200, Duration::from_micros(12_340));
        assert_eq!(succeeded.to_string(), "query_recall_flows: attempt 2 succeeded after 12.3 ms (HTTP 200, code 0)");
        let failed = AttemptEvent {
            attempt: 1,
            http_status: None,
            code: None,
            error: Some(ErrorKind::Timeout),
            retry_class: Some("unsent"),
            phase: Some(Phase::Connect),
            delay: Some(Duration::from_millis(31)),
            ..succeeded
        };
        assert_eq!(
            failed.to_string(),
            "query_recall_flows: attempt 1 failed after 12.3 ms: TimeoutError (phase connect, class unsent); \
             next attempt in 31.0 ms"
        );
    }

    #[test]
    fn the_log_level_is_debug_or_off() {
        assert_eq!(parse_log_level(None), Ok(false));
        assert_eq!(parse_log_level(Some("off")), Ok(false));
        assert_eq!(parse_log_level(Some("DEBUG")), Ok(true));
        let refused = parse_log_level(Some("loud\n")).unwrap_err();
        assert_eq!(refused, "expected `RECALLFLOW_LOG` to be `debug` or `off`, got `loud\\n`");
    }
}
