//! One wait as a pure machine: it takes the result of each read, and decides whether and when to read again.

use std::time::Duration;

use super::progress::{Progress, flow_progress, is_final, is_settled};
use super::schedule::Schedule;
use crate::error::Error;
use crate::error::wait::WaitReason;
use crate::generated::enums::{RecallStatus, TaskStatus};

/// A wait: what it waits for, and what the reads have shown so far. The caller reads, measures the time and sleeps.
#[derive(Debug)]
pub(crate) struct Wait {
    goal: Goal,
    timeout: Duration,
    schedule: Schedule,
    progress: Progress,
    /// What the last successful read showed, for the message.
    shown: Option<String>,
    /// The error of the last read, if it failed.
    failure: Option<String>,
}

/// The state to wait for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// The flow has this status.
    Flow(RecallStatus),
    /// Each task is finished, failed, canceled or suspended.
    Tasks,
}

impl Wait {
    pub(crate) fn new(goal: Goal, timeout: Duration) -> Self {
        let schedule = Schedule::new(timeout);
        Self { goal, timeout, schedule, progress: Progress::NotYet, shown: None, failure: None }
    }

    /// Takes a flow that was read: its status, and those of its nodes. Returns how many nodes have ended, and their number.
    pub(crate) fn see_flow(
        &mut self,
        status: Option<RecallStatus>,
        nodes: impl IntoIterator<Item = Option<RecallStatus>>,
    ) -> (usize, usize) {
        if let Goal::Flow(until) = self.goal {
            self.progress = flow_progress(status, until);
        }
        self.shown = Some(match status {
            Some(status) => format!("the flow has status {}", describe(status)),
            None => "the flow has no status".to_owned(),
        });
        self.failure = None;
        count(nodes.into_iter().map(is_final))
    }

    /// Takes tasks that were read: the status of each. Returns how many tasks have ended, and their number.
    pub(crate) fn see_tasks(&mut self, tasks: impl IntoIterator<Item = Option<TaskStatus>>) -> (usize, usize) {
        let (done, total) = count(tasks.into_iter().map(is_settled));
        self.progress = if done == total { Progress::Done } else { Progress::NotYet };
        self.shown = Some(format!("{done} of {total} tasks have ended"));
        self.failure = None;
        (done, total)
    }

    /// Takes the error of a read that a later one may not have.
    pub(crate) fn fail(&mut self, failure: String) {
        // The state that an earlier read showed decides nothing any more.
        self.progress = Progress::NotYet;
        self.failure = Some(failure);
    }

    /// Returns the delay before the next read, or `None` if the value that was read ends the wait. `jitter` is a random number
    /// from 0 to 1.
    ///
    /// # Errors
    ///
    /// [`Error::Wait`] if the state can no longer be reached, or the time is over.
    pub(crate) fn next_delay(&mut self, elapsed: Duration, jitter: f64) -> Result<Option<Duration>, Error> {
        match self.progress {
            Progress::Done => Ok(None),
            Progress::Unreachable => Err(self.end(WaitReason::Unreachable)),
            Progress::NotYet => match self.schedule.next_delay(elapsed, jitter) {
                Some(delay) => Ok(Some(delay)),
                None => Err(self.end(WaitReason::Timeout)),
            },
        }
    }

    /// Returns the error that ends the wait.
    fn end(&self, reason: WaitReason) -> Error {
        let seconds = self.timeout.as_secs_f64();
        let mut message = match (&self.shown, reason, self.goal) {
            (Some(shown), WaitReason::Unreachable, Goal::Flow(until)) => {
                format!("{shown} and can no longer get status {}", describe(until))
            }
            (Some(shown), _, Goal::Flow(until)) => {
                format!("expected status {} within {seconds} s, but {shown}", describe(until))
            }
            (Some(shown), _, Goal::Tasks) => format!("expected all tasks to end within {seconds} s, but {shown}"),
            (None, ..) => format!("no read succeeded within {seconds} s"),
        };
        if let Some(failure) = &self.failure {
            message += if self.shown.is_some() { "; the last read failed: " } else { ": " };
            message += failure;
        }
        let operation = match self.goal {
            Goal::Flow(_) => "wait_for_recall_flow",
            Goal::Tasks => "wait_for_group_calls",
        };
        Error::wait(operation, reason, message)
    }
}

/// Returns a status as a message shows it.
fn describe(status: RecallStatus) -> String {
    match status {
        RecallStatus::Unknown(number) => number.to_string(),
        known => format!("{} ({known:?})", known.number()),
    }
}

/// Returns how many parts have ended, and their number.
fn count(ended: impl Iterator<Item = bool>) -> (usize, usize) {
    ended.fold((0, 0), |(done, total), has_ended| (done + usize::from(has_ended), total + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    fn flow_wait() -> Wait {
        Wait::new(Goal::Flow(RecallStatus::Completed), TIMEOUT)
    }

    fn message(wait: &mut Wait, elapsed: Duration) -> (String, bool) {
        let error = wait.next_delay(elapsed, 0.0).expect_err("the wait ends");
        (error.to_string(), error.is_retryable())
    }

    #[test]
    fn a_flow_is_returned_once_it_has_the_status() {
        let mut wait = flow_wait();
        let nodes = [Some(RecallStatus::Completed), Some(RecallStatus::InProgress), None];
        assert_eq!(wait.see_flow(Some(RecallStatus::InProgress), nodes), (1, 3));
        assert_eq!(wait.next_delay(Duration::ZERO, 0.0).unwrap(), Some(Duration::from_secs(2)));
        assert_eq!(wait.see_flow(Some(RecallStatus::Completed), []), (0, 0));
        assert_eq!(wait.next_delay(TIMEOUT, 0.0).unwrap(), None);
    }

    #[test]
    fn a_state_that_cannot_be_reached_ends_the_wait_at_once() {
        let mut wait = flow_wait();
        wait.see_flow(Some(RecallStatus::Cancelled), []);
        let expected =
            "wait_for_recall_flow: the flow has status 3 (Cancelled) and can no longer get status 2 (Completed)";
        assert_eq!(message(&mut wait, Duration::ZERO), (expected.to_owned(), false));
    }

    #[test]
    fn the_message_names_what_the_last_reads_showed() {
        let remedy = "; wait again with a longer timeout";
        let mut wait = flow_wait();
        wait.fail("no response".to_owned());
        let expected = format!("wait_for_recall_flow: no read succeeded within 30 s: no response{remedy}");
        assert_eq!(message(&mut wait, TIMEOUT), (expected, true));
        wait.see_flow(None, []);
        let expected = "wait_for_recall_flow: expected status 2 (Completed) within 30 s, but the flow has no status";
        assert_eq!(message(&mut wait, TIMEOUT).0, format!("{expected}{remedy}"));

        let mut wait = Wait::new(Goal::Tasks, Duration::from_millis(500));
        wait.see_tasks([Some(TaskStatus::Finished), None]);
        wait.fail("no response".to_owned());
        let expected = "wait_for_group_calls: expected all tasks to end within 0.5 s, but 1 of 2 tasks have ended; the last \
                        read failed: no response";
        assert_eq!(message(&mut wait, TIMEOUT).0, format!("{expected}{remedy}"));
    }

    #[test]
    fn tasks_are_returned_once_each_has_ended() {
        let mut wait = Wait::new(Goal::Tasks, TIMEOUT);
        assert_eq!(wait.see_tasks([Some(TaskStatus::Calling), Some(TaskStatus::Suspended)]), (1, 2));
        assert!(wait.next_delay(Duration::ZERO, 0.0).unwrap().is_some());
        assert_eq!(wait.see_tasks([]), (0, 0));
        assert_eq!(wait.next_delay(Duration::ZERO, 0.0).unwrap(), None);
    }
}
