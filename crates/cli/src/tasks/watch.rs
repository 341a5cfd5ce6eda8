//! `recallflow tasks watch`.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar};
use recallflow::{GroupCallTask, TaskStatus, ToRow as _};

use super::columns::{self, SHORT};
use super::selection::{Selection, bar_style};
use super::totals::name_of_status;
use crate::account::Connection;
use crate::failure::Failure;
use crate::output::{Format, Output, print_text};

pub(super) async fn run(
    connection: &Connection,
    output: Output,
    selection: &Selection,
    timeout: Duration,
    exit_status: bool,
) -> Result<(), Failure> {
    let mut progress = Progress::new();
    let report = |_, _, tasks: &[GroupCallTask]| {
        for task in tasks.iter().filter(|task| selection.selects(task)) {
            progress.show(task);
        }
    };
    let tasks = connection.client.wait_for_group_calls(&selection.query, timeout, report).await;
    progress.finish();
    let mut tasks = tasks?;
    tasks.retain(|task| selection.selects(task));
    for task in &mut tasks {
        selection.shift(task);
    }
    let shown = columns::find_all(&SHORT)?;
    let rows: Vec<_> = tasks.iter().map(|task| columns::cells(&task.to_row(), &shown)).collect();
    super::print_rows(output, &SHORT, rows)?;
    if output.format == Format::Table {
        print_text(&format!("\n{} tasks, {selection}", tasks.len()))?;
    }
    let failed = tasks.iter().filter(|task| task.status != Some(TaskStatus::Finished)).count();
    if exit_status && failed > 0 {
        return Err(Failure::Local(format!("{failed} of {} tasks ended without being finished", tasks.len())));
    }
    Ok(())
}

/// Shows the progress of tasks on stderr: a bar for each on a terminal, and a line for each change elsewhere.
struct Progress {
    bars: Option<MultiProgress>,
    tasks: BTreeMap<Option<i64>, Shown>,
}

/// What is shown of a task.
struct Shown {
    text: String,
    bar: Option<ProgressBar>,
}

impl Progress {
    fn new() -> Self {
        Self { bars: io::stderr().is_terminal().then(MultiProgress::new), tasks: BTreeMap::new() }
    }

    fn show(&mut self, task: &GroupCallTask) {
        let number = |number: Option<i64>| u64::try_from(number.unwrap_or_default()).unwrap_or_default();
        let (made, all) = (number(task.call_num), number(task.num_cnt));
        let name = task.task_name.as_deref().unwrap_or("-");
        let state = task.status.map_or_else(|| "unknown".to_owned(), name_of_status);
        let text = format!("{name}: {state}, {made} of {all} calls");
        let shown = self.tasks.entry(task.task_id).or_insert_with(|| {
            let style = bar_style("{bar:20} {percent:>3}% {msg}");
            let bar = self.bars.as_ref().map(|bars| bars.add(ProgressBar::new(all).with_style(style)));
            Shown { text: String::new(), bar }
        });
        if shown.text == text {
            return;
        }
        match &shown.bar {
            Some(bar) => {
                bar.set_length(all);
                bar.set_position(made);
                bar.set_message(text.clone());
            }
            None => eprintln!("{text}"),
        }
        shown.text = text;
    }

    /// Leaves the bars on the terminal.
    fn finish(&self) {
        for bar in self.tasks.values().filter_map(|shown| shown.bar.as_ref()) {
            bar.abandon();
        }
    }
}
