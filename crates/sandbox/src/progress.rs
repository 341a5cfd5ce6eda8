//! How flows and tasks make progress: by the clock if they have a schedule, and else only by the time that tests let pass.

use crate::generated::protocol::Progress;

/// Seconds until a pending flow or a waiting task begins, if it has no schedule.
const STARTS_AFTER: i64 = 60;

/// Seconds that its calls take.
const LASTS: u32 = 600;

/// A time of the sandbox.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moment {
    /// Unix time of the clock, with the time that tests let pass.
    pub(crate) now: i64,
    /// Seconds that tests let pass.
    pub(crate) advanced: i64,
}

/// When a flow or a task makes progress.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    /// When it was added.
    added: Moment,
    /// What it was given.
    progress: Option<Progress>,
}

/// How far a flow or a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It has not begun.
    Waiting,
    /// It makes its calls. They take `lasts` seconds, of which `elapsed` have passed.
    Calling {
        /// From 0, and less than `lasts`.
        elapsed: i64,
        lasts: i64,
    },
    /// All calls were made.
    Finished,
}

impl Schedule {
    /// Creates the schedule of a flow or task that is added now.
    pub(crate) fn new(progress: Option<Progress>, added: Moment) -> Self {
        Self { added, progress }
    }

    /// Returns the Unix time of the first call, if it depends on the clock.
    pub(crate) fn begin(&self) -> Option<i64> {
        self.progress.map(|progress| self.added.now.saturating_add(progress.starts_after))
    }

    /// Returns the stage at this time. `has_begun` is whether it was added in the middle of its calls.
    pub(crate) fn stage_at(&self, moment: Moment, has_begun: bool) -> Stage {
        let (elapsed, lasts) = match (self.begin(), self.progress) {
            (Some(begin), Some(progress)) => (moment.now.saturating_sub(begin), progress.lasts),
            _ => (moment.advanced - self.added.advanced - if has_begun { 0 } else { STARTS_AFTER }, LASTS),
        };
        let lasts = i64::from(lasts.max(1));
        match elapsed {
            ..0 => Stage::Waiting,
            _ if elapsed < lasts => Stage::Calling { elapsed, lasts },
            _ => Stage::Finished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, Schedule, Stage};
    use crate::generated::protocol::Progress;

    fn after(now: i64, advanced: i64) -> Moment {
        Moment { now: 1000 + now + advanced, advanced }
    }

    #[test]
    fn a_schedule_follows_the_clock() {
        let schedule = Schedule::new(Some(Progress { starts_after: 10, lasts: 100 }), after(0, 0));
        assert_eq!(schedule.stage_at(after(9, 0), false), Stage::Waiting);
        assert_eq!(schedule.stage_at(after(10, 0), false), Stage::Calling { elapsed: 0, lasts: 100 });
        assert_eq!(schedule.stage_at(after(9, 100), false), Stage::Calling { elapsed: 99, lasts: 100 });
        assert_eq!(schedule.stage_at(after(110, 0), false), Stage::Finished);
    }

    #[test]
    fn without_a_schedule_only_the_time_that_tests_let_pass_counts() {
        let schedule = Schedule::new(None, after(0, 5));
        assert_eq!(schedule.stage_at(after(1_000_000, 5), false), Stage::Waiting);
        assert_eq!(schedule.stage_at(after(0, 64), false), Stage::Waiting);
        assert_eq!(schedule.stage_at(after(0, 65), false), Stage::Calling { elapsed: 0, lasts: 600 });
        assert_eq!(schedule.stage_at(after(0, 35), true), Stage::Calling { elapsed: 30, lasts: 600 });
        assert_eq!(schedule.stage_at(after(0, 665), false), Stage::Finished);
    }
}
