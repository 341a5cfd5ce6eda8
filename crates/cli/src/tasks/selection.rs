//! The tasks that a command is about, and how they are read.

use std::fmt;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use recallflow::{Drift, GroupCallQuery, GroupCallTask, LocalDateTime, TaskStatus};

use crate::account::Connection;
use crate::failure::Failure;
use crate::selection::{SpanArguments, find_by_name};
use crate::zone::Shift;

/// Tasks on a page, which is the maximum of the service.
const PAGE_SIZE: i32 = 100;

#[derive(Args)]
pub(crate) struct SelectionArguments {
    #[command(flatten)]
    span: SpanArguments,
    /// Only tasks with this text in their names
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Only tasks with one of these states, separated by commas
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    status: Vec<String>,
    /// Time zone of all times, such as Europe/Berlin, in place of the service's; needs the zone in the profile
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Number of pages to read at the same time, 1 to 8
    #[arg(long, value_name = "N", default_value_t = 4)]
    concurrency: usize,
}

impl SelectionArguments {
    /// Checks the arguments. The profile has the zone of the times.
    pub(super) fn resolve(self, connection: &Connection) -> Result<Selection, Failure> {
        let zone = connection.account.timezone();
        let shift = self.zone.as_deref().map(|shown| Shift::new(shown, zone)).transpose()?;
        let span = self.span.span(self.zone.as_deref().or(zone))?;
        let (start, end) = shift.as_ref().map_or(span, |shift| shift.service_span(span));
        let mut query = GroupCallQuery::new(start, end).size(PAGE_SIZE);
        if let Some(name) = &self.name {
            query = query.search_condition(name);
        }
        if !self.status.is_empty() {
            let find = |name: &String| {
                find_by_name("state", name, TaskStatus::VALUES, |status| status.name().unwrap_or_default())
            };
            query = query.status_list(self.status.iter().map(find).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Selection {
            query,
            name: self.name.map(|name| name.to_lowercase()),
            concurrency: self.concurrency,
            zone: zone.map(str::to_owned),
            span,
            shift,
        })
    }
}

/// The tasks that a command is about.
pub(super) struct Selection {
    pub(super) query: GroupCallQuery,
    name: Option<String>,
    concurrency: usize,
    zone: Option<String>,
    /// The start and the end as they are shown.
    span: (LocalDateTime, LocalDateTime),
    shift: Option<Shift>,
}

impl Selection {
    /// Passes each task to a function until it returns false. Returns how the list changed meanwhile.
    ///
    /// A terminal shows a bar on stderr.
    pub(super) async fn read(
        &self,
        connection: &Connection,
        mut act: impl FnMut(GroupCallTask) -> Result<bool, Failure>,
    ) -> Result<Option<Drift>, Failure> {
        let mut tasks = connection.client.group_calls(self.query.clone()).concurrency(self.concurrency);
        let bar = ProgressBar::no_length().with_style(bar_style("{wide_bar} {pos} of {len} tasks"));
        while let Some(task) = tasks.next().await {
            let mut task = task?;
            self.shift(&mut task);
            if let Some(total) = tasks.total().and_then(|total| u64::try_from(total).ok()) {
                bar.set_length(total);
            }
            bar.inc(1);
            if self.selects(&task) && !act(task)? {
                break;
            }
        }
        bar.finish_and_clear();
        Ok(tasks.drift())
    }

    /// Shifts the times of a task to the zone in which they are shown.
    pub(super) fn shift(&self, task: &mut GroupCallTask) {
        if let Some(shift) = &self.shift {
            task.created_time = task.created_time.map(|time| shift.shown_time(time));
        }
    }

    /// Returns whether a task has the name. The service also finds the names of voice files and spoken text.
    pub(super) fn selects(&self, task: &GroupCallTask) -> bool {
        let Some(part) = &self.name else { return true };
        task.task_name.as_ref().is_some_and(|name| name.to_lowercase().contains(part))
    }
}

/// Says which times are meant.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = self.span;
        write!(f, "{start} to {end}, ")?;
        match (&self.shift, &self.zone) {
            (Some(shift), _) => shift.fmt(f),
            (None, Some(zone)) => write!(f, "the service's time ({zone})"),
            (None, None) => f.write_str("the service's time (the profile names no zone)"),
        }
    }
}

/// Fails if a list changed while it was read.
pub(super) fn refuse_drift(drift: Option<Drift>) -> Result<(), Failure> {
    match drift {
        Some(drift) => Err(Failure::Partly(format!("{drift}; run the command again"))),
        None => Ok(()),
    }
}

/// Returns the style of a bar. A wrong template is found by the tests.
pub(super) fn bar_style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
