//! The tasks that a command is about, and how they are read.

use std::fmt;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use recallflow::{Drift, GroupCallQuery, GroupCallTask, TaskStatus};

use crate::account::Connection;
use crate::failure::Failure;
use crate::selection::{SpanArguments, find_by_name};

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
    /// Number of pages to read at the same time, 1 to 8
    #[arg(long, value_name = "N", default_value_t = 4)]
    concurrency: usize,
}

impl SelectionArguments {
    /// Checks the arguments. The profile has the zone of the times.
    pub(super) fn resolve(self, connection: &Connection) -> Result<Selection, Failure> {
        let zone = connection.account.timezone();
        let (start, end) = self.span.span(zone)?;
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
        })
    }
}

/// The tasks that a command is about.
pub(super) struct Selection {
    pub(super) query: GroupCallQuery,
    name: Option<String>,
    concurrency: usize,
    zone: Option<String>,
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
            let task = task?;
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

    /// Returns whether a task has the name. The service also finds the names of voice files and spoken text.
    pub(super) fn selects(&self, task: &GroupCallTask) -> bool {
        let Some(part) = &self.name else { return true };
        task.task_name.as_ref().is_some_and(|name| name.to_lowercase().contains(part))
    }
}

/// Says which times are meant.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}, the service's time", self.query.str_time, self.query.end_time)?;
        match &self.zone {
            Some(zone) => write!(f, " ({zone})"),
            None => f.write_str(" (the profile names no zone)"),
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
