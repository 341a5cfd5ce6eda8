//! Waits whose reads and delays are those of another language.

use std::time::Duration;

use crate::error::Error;
use crate::generated::enums::{RecallStatus, TaskStatus};
use crate::wait::machine::{Goal, Wait as Machine};

/// A wait for a flow or for group-call tasks. The other language reads, measures the time and sleeps.
pub struct Wait {
    machine: Machine,
    is_for_flow: bool,
}

impl Wait {
    /// Creates a wait for a flow with this status, or for tasks if there is none.
    #[must_use]
    pub fn new(until: Option<i64>, timeout: Duration) -> Self {
        let goal = until.map_or(Goal::Tasks, |status| Goal::Flow(RecallStatus::from_number(status)));
        Self { machine: Machine::new(goal, timeout), is_for_flow: until.is_some() }
    }

    /// Takes what was read: the status of the flow and those of its nodes, or those of the tasks. Returns how many nodes or
    /// tasks have ended, and their number.
    pub fn see(&mut self, status: Option<i64>, parts: impl IntoIterator<Item = Option<i64>>) -> (usize, usize) {
        let parts = parts.into_iter();
        if self.is_for_flow {
            let nodes = parts.map(|status| status.map(RecallStatus::from_number));
            self.machine.see_flow(status.map(RecallStatus::from_number), nodes)
        } else {
            self.machine.see_tasks(parts.map(|status| status.map(TaskStatus::from_number)))
        }
    }

    /// Takes the message of a retryable error of a read.
    pub fn fail(&mut self, message: String) {
        self.machine.fail(message);
    }

    /// Returns the delay before the next read, or `None` if what was read ends the wait.
    ///
    /// # Errors
    ///
    /// [`Error::Wait`] if the state can no longer be reached, or the time is over.
    pub fn next_delay(&mut self, elapsed: Duration) -> Result<Option<Duration>, Error> {
        self.machine.next_delay(elapsed, fastrand::f64())
    }
}
