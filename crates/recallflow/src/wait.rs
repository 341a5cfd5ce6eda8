//! Waiting until a flow reaches a state, or until group-call tasks have ended.

pub(crate) mod machine;
mod polling;
pub(crate) mod progress;
pub(crate) mod schedule;

use std::time::Duration;

use self::machine::{Goal, Wait};
use self::polling::Polling;
use crate::blocking;
use crate::client::{Client, require_runtime};
use crate::error::Error;
use crate::generated::enums::RecallStatus;
use crate::generated::requests::GroupCallQuery;
use crate::generated::responses::{GroupCallTask, RecallFlowDetail};

impl Client {
    /// Waits until a recall flow has this status, and returns the flow.
    ///
    /// The client reads the flow at once, then after 2 s, and doubles the delay up to 60 s. Temporary errors are retried
    /// until the timeout. A missing or unknown status means "not yet". `on_progress` receives the number of ended nodes,
    /// the number of nodes, and the flow after each read.
    ///
    /// ```no_run
    /// # async fn run(client: recallflow::Client) -> Result<(), recallflow::Error> {
    /// use std::time::Duration;
    /// use recallflow::RecallStatus;
    ///
    /// let hour = Duration::from_secs(3600);
    /// let report = |done, total, _: &_| println!("{done} of {total} nodes have ended");
    /// let flow = client.wait_for_recall_flow(299, RecallStatus::Completed, hour, report).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Wait`] if the time is over, or the status can no longer be reached. Any other [`Error`] that a later read would
    /// have too.
    pub async fn wait_for_recall_flow(
        &self,
        key_id: i64,
        until: RecallStatus,
        timeout: Duration,
        mut on_progress: impl FnMut(usize, usize, &RecallFlowDetail) + Send,
    ) -> Result<RecallFlowDetail, Error> {
        require_runtime()?;
        let polling = Polling::new(Goal::Flow(until), timeout);
        let client = self.with_deadline(polling.deadline);
        let report = |wait: &mut Wait, flow: &_| report_flow(wait, flow, &mut on_progress);
        polling.run(|| client.query_recall_flow_detail(key_id), report).await
    }

    /// Waits until every task of a query is finished, failed, canceled or suspended, and returns the tasks.
    ///
    /// Each read lists all pages again, so tasks that are added meanwhile count too. A list that changed while it was being
    /// read is read again later. A query that selects no task ends at once. `on_progress` receives the number of ended tasks,
    /// the number of tasks, and the tasks after each read. Delays and errors are those of
    /// [`wait_for_recall_flow`](Self::wait_for_recall_flow).
    ///
    /// # Errors
    ///
    /// [`Error::Wait`] if the time is over. Any other [`Error`] that a later read would have too.
    pub async fn wait_for_group_calls(
        &self,
        query: &GroupCallQuery,
        timeout: Duration,
        mut on_progress: impl FnMut(usize, usize, &[GroupCallTask]) + Send,
    ) -> Result<Vec<GroupCallTask>, Error> {
        require_runtime()?;
        let polling = Polling::new(Goal::Tasks, timeout);
        let client = self.with_deadline(polling.deadline);
        let read = || {
            let mut tasks = client.group_calls(query.clone()).strict(true);
            async move { tasks.to_list(None).await }
        };
        polling.run(read, |wait, tasks: &Vec<_>| report_tasks(wait, tasks, &mut on_progress)).await
    }
}

impl blocking::Client {
    /// Waits until a recall flow has this status, and returns the flow. See [`Client::wait_for_recall_flow`].
    ///
    /// # Errors
    ///
    /// The same as for the async client.
    pub fn wait_for_recall_flow(
        &self,
        key_id: i64,
        until: RecallStatus,
        timeout: Duration,
        mut on_progress: impl FnMut(usize, usize, &RecallFlowDetail),
    ) -> Result<RecallFlowDetail, Error> {
        let polling = Polling::new(Goal::Flow(until), timeout);
        let client = self.with_deadline(polling.deadline);
        let report = |wait: &mut Wait, flow: &_| report_flow(wait, flow, &mut on_progress);
        polling.run_blocking(|| client.query_recall_flow_detail(key_id), report)
    }

    /// Waits until every task of a query is finished, failed, canceled or suspended, and returns the tasks. See
    /// [`Client::wait_for_group_calls`].
    ///
    /// # Errors
    ///
    /// The same as for the async client.
    pub fn wait_for_group_calls(
        &self,
        query: &GroupCallQuery,
        timeout: Duration,
        mut on_progress: impl FnMut(usize, usize, &[GroupCallTask]),
    ) -> Result<Vec<GroupCallTask>, Error> {
        let polling = Polling::new(Goal::Tasks, timeout);
        let client = self.with_deadline(polling.deadline);
        let read = || client.group_calls(query.clone()).strict(true).to_list(None);
        polling.run_blocking(read, |wait, tasks: &Vec<_>| report_tasks(wait, tasks, &mut on_progress))
    }
}

fn report_flow(wait: &mut Wait, flow: &RecallFlowDetail, on_progress: impl FnOnce(usize, usize, &RecallFlowDetail)) {
    let (done, total) = wait.see_flow(flow.status, flow.node_list.iter().map(|node| node.node_status));
    on_progress(done, total, flow);
}

fn report_tasks(wait: &mut Wait, tasks: &[GroupCallTask], on_progress: impl FnOnce(usize, usize, &[GroupCallTask])) {
    let (done, total) = wait.see_tasks(tasks.iter().map(|task| task.status));
    on_progress(done, total, tasks);
}
