//! What a status means for a wait. The spec lists the states that may follow each state.

use crate::generated::enums::{RecallStatus, TaskStatus};

/// What a status means for a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The state is reached.
    Done,
    /// The state may still be reached.
    NotYet,
    /// The state can no longer be reached.
    Unreachable,
}

/// Compares the status of a flow with the state to wait for. A missing or unknown status means "not yet".
pub(crate) fn flow_progress(status: Option<RecallStatus>, until: RecallStatus) -> Progress {
    match status {
        Some(status) if status == until => Progress::Done,
        Some(status) if !may_reach(status, until) => Progress::Unreachable,
        _ => Progress::NotYet,
    }
}

/// Returns whether a task will not change any more. A missing or unknown status may still change.
pub(crate) fn is_settled(status: Option<TaskStatus>) -> bool {
    status.and_then(TaskStatus::next).is_some_and(<[_]>::is_empty)
}

/// Returns whether a node of a flow will not change any more. A missing or unknown status may still change.
pub(crate) fn is_final(status: Option<RecallStatus>) -> bool {
    status.and_then(RecallStatus::next).is_some_and(<[_]>::is_empty)
}

/// Returns whether a state may follow another one, directly or not. An unknown one may follow any that is not final.
fn may_reach(from: RecallStatus, until: RecallStatus) -> bool {
    if until.next().is_none() {
        return !is_final(Some(from));
    }
    let mut seen = vec![from];
    let mut index = 0;
    while let Some(status) = seen.get(index).copied() {
        let Some(next) = status.next() else { return true };
        if next.contains(&until) {
            return true;
        }
        seen.extend(next.iter().filter(|status| !seen.contains(status)).copied().collect::<Vec<_>>());
        index += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_reached_open_or_unreachable() {
        use Progress::{Done, NotYet, Unreachable};
        use RecallStatus::{Cancelled, Completed, Failed, InProgress, Pending};
        for (status, until, expected) in [
            (Completed, Completed, Done),
            (Pending, Completed, NotYet),
            (InProgress, Completed, NotYet),
            (Cancelled, Completed, Unreachable),
            (Failed, Completed, Unreachable),
            (Completed, InProgress, Unreachable),
            (InProgress, Pending, Unreachable),
            (Pending, Cancelled, NotYet),
            (RecallStatus::Unknown(9), Completed, NotYet),
            (Pending, RecallStatus::Unknown(9), NotYet),
            (Failed, RecallStatus::Unknown(9), Unreachable),
        ] {
            assert_eq!(flow_progress(Some(status), until), expected, "{status:?} until {until:?}");
        }
        assert_eq!(flow_progress(None, Completed), NotYet);
    }

    #[test]
    fn a_task_is_settled_if_it_finished_failed_or_was_stopped() {
        use TaskStatus::{Cancelled, Finished, SubmissionFailed, Suspended};
        let settled: Vec<_> = TaskStatus::VALUES.iter().filter(|status| is_settled(Some(**status))).collect();
        assert_eq!(settled, [&Finished, &SubmissionFailed, &Cancelled, &Suspended]);
        assert!(!is_settled(None) && !is_settled(Some(TaskStatus::Unknown(9))));
    }
}
