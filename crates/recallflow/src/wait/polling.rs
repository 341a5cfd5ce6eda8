//! The loop of a wait: read, report, sleep. The async and the blocking client share it but for the sleep.

use std::future::Future;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::machine::{Goal, Wait};
use crate::client::deadline_after;
use crate::error::Error;
use crate::error::wait::LastRead;

/// The reads of one wait.
pub(super) struct Polling<T> {
    wait: Wait,
    started: Instant,
    /// When every read has to end.
    pub(super) deadline: Instant,
    /// The value of the last successful read.
    last: Option<T>,
    /// The error of the last read, if it failed.
    cause: Option<Error>,
}

impl<T: Into<LastRead>> Polling<T> {
    pub(super) fn new(goal: Goal, timeout: Duration) -> Self {
        let started = Instant::now();
        let deadline = deadline_after(started, timeout);
        Self { wait: Wait::new(goal, timeout), started, deadline, last: None, cause: None }
    }

    /// Reads until the wait ends.
    pub(super) async fn run<F: Future<Output = Result<T, Error>>>(
        mut self,
        mut read: impl FnMut() -> F,
        mut report: impl FnMut(&mut Wait, &T),
    ) -> Result<T, Error> {
        loop {
            match self.take(read().await, &mut report)? {
                ControlFlow::Break(value) => return Ok(value),
                ControlFlow::Continue(delay) => sleep(delay).await,
            }
        }
    }

    /// Reads until the wait ends, and sleeps on the calling thread.
    pub(super) fn run_blocking(
        mut self,
        mut read: impl FnMut() -> Result<T, Error>,
        mut report: impl FnMut(&mut Wait, &T),
    ) -> Result<T, Error> {
        loop {
            match self.take(read(), &mut report)? {
                ControlFlow::Break(value) => return Ok(value),
                ControlFlow::Continue(delay) => std::thread::sleep(delay),
            }
        }
    }

    /// Takes the outcome of a read. Returns the value that ends the wait, or the delay before the next read.
    fn take(
        &mut self,
        outcome: Result<T, Error>,
        report: &mut impl FnMut(&mut Wait, &T),
    ) -> Result<ControlFlow<T, Duration>, Error> {
        self.cause = match outcome {
            Ok(value) => {
                report(&mut self.wait, &value);
                self.last = Some(value);
                None
            }
            Err(error) if error.is_retryable() => {
                self.wait.fail(error.to_string());
                Some(error)
            }
            Err(error) => return Err(error),
        };
        match (self.wait.next_delay(self.started.elapsed(), fastrand::f64()), self.last.take()) {
            (Ok(None), Some(value)) => Ok(ControlFlow::Break(value)),
            (Ok(delay), last) => {
                self.last = last;
                Ok(ControlFlow::Continue(delay.unwrap_or_default()))
            }
            (Err(Error::Wait(mut error)), last) => {
                error.last = last.map(Into::into);
                error.cause = self.cause.take();
                Err(Error::Wait(error))
            }
            (Err(error), _) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::wait::WaitReason;
    use crate::generated::enums::RecallStatus::{self, Cancelled, Completed, InProgress, Pending};
    use crate::generated::responses::RecallFlowDetail;
    use crate::pages::drift::Drift;

    const TIMEOUT: Duration = Duration::from_secs(100);

    fn temporary_failure() -> Error {
        let drift = Drift { total_at_start: None, total_at_end: None, read: 0, repeated: 0 };
        Error::incomplete("query_group_calls", drift)
    }

    fn flow(status: RecallStatus) -> RecallFlowDetail {
        RecallFlowDetail { status: Some(status), ..RecallFlowDetail::default() }
    }

    /// Waits for completion while reads have these outcomes, the last one again and again. Returns the outcome, the number of
    /// reads, and the time that passed.
    async fn wait(
        outcomes: Vec<Result<RecallFlowDetail, Error>>,
    ) -> (Result<RecallFlowDetail, Error>, usize, Duration) {
        let polling = Polling::new(Goal::Flow(Completed), TIMEOUT);
        let (started, mut reads) = (Instant::now(), 0);
        let read = || {
            reads += 1;
            let outcome = outcomes[(reads - 1).min(outcomes.len() - 1)].clone();
            async move { outcome }
        };
        let report = |wait: &mut Wait, flow: &RecallFlowDetail| {
            wait.see_flow(flow.status, []);
        };
        let outcome = polling.run(read, report).await;
        (outcome, reads, started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn the_flow_is_read_again_until_it_has_the_status() {
        let (outcome, reads, time) =
            wait(vec![Ok(flow(Pending)), Ok(flow(InProgress)), Err(temporary_failure()), Ok(flow(Completed))]).await;
        assert_eq!((outcome.unwrap().status, reads), (Some(Completed), 4));
        assert!((11.2..=14.1).contains(&time.as_secs_f64()), "{time:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_ends_with_the_last_flow_when_the_time_is_over() {
        let (outcome, reads, time) = wait(vec![Ok(flow(Pending)), Ok(flow(InProgress))]).await;
        let Err(Error::Wait(error)) = outcome else { panic!("expected a wait error") };
        assert_eq!(error.reason, WaitReason::Timeout);
        assert!(matches!(error.last, Some(LastRead::Flow(flow)) if flow.status == Some(InProgress)));
        assert!((98.9..=100.0).contains(&time.as_secs_f64()), "{time:?}");
        assert!((7..=8).contains(&reads), "{reads}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_state_that_cannot_be_reached_ends_the_wait() {
        let (outcome, reads, _) = wait(vec![Ok(flow(Pending)), Ok(flow(Cancelled))]).await;
        let Err(Error::Wait(error)) = outcome else { panic!("expected a wait error") };
        assert_eq!((error.reason, reads), (WaitReason::Unreachable, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn temporary_errors_are_retried_and_the_last_is_the_cause() {
        let (outcome, ..) = wait(vec![Ok(flow(Pending)), Err(temporary_failure())]).await;
        let error = outcome.unwrap_err();
        let source = std::error::Error::source(&error).expect("the last read failed");
        assert!(matches!(source.downcast_ref(), Some(Error::Incomplete(_))), "{error}");
        assert!(error.is_retryable());
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_that_stays_ends_the_wait_at_once() {
        let (outcome, reads, _) = wait(vec![Ok(flow(Pending)), Err(Error::config("wrong"))]).await;
        assert!(matches!(outcome, Err(Error::Config(_))));
        assert_eq!(reads, 2);
    }

    #[test]
    fn the_blocking_loop_makes_the_same_decisions() {
        let mut reads = 0;
        let read = || {
            reads += 1;
            if reads == 1 { Err(temporary_failure()) } else { Ok(flow(Completed)) }
        };
        let report = |wait: &mut Wait, flow: &RecallFlowDetail| {
            wait.see_flow(flow.status, []);
        };
        let polling = Polling::new(Goal::Flow(Completed), Duration::from_millis(20));
        assert_eq!(polling.run_blocking(read, report).unwrap().status, Some(Completed));
        assert_eq!(reads, 2);
    }
}
