//! The journal of a plan: what was under way and how it ended, line by line, safe on the disk before anything is sent.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// A line of a journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "step")]
enum Line {
    /// The first line: the plan that the journal belongs to.
    Plan { id: String },
    /// The update of a flow may be sent from here on.
    Begin { key: i64 },
    /// The update of a flow ended.
    End { key: i64, outcome: Outcome },
}

/// How the update of a flow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    /// The flow has the new values.
    Applied,
    /// Nothing was changed; a later run tries again.
    Failed,
    /// The flow was changed by others; nothing was sent.
    Conflict,
}

/// What is known about a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It has the new values.
    Applied,
    /// Its update may have been applied or not.
    UnderWay,
    /// Its update was not applied.
    NotApplied,
}

/// An open journal.
pub(crate) struct Journal {
    file: File,
    states: BTreeMap<i64, State>,
}

impl Journal {
    /// Opens the journal of a plan, or creates it.
    pub(crate) fn open(path: &Path, plan_id: &str) -> Result<Self, Failure> {
        let of_file = |error: io::Error| Failure::io(path.display(), &error);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(of_file(error)),
        };
        // A process that is killed may leave half a line behind, whose step did not begin.
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let states =
            parse_states(whole, plan_id).map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))?;
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(of_file)?;
        file.set_len(whole.len() as u64).map_err(of_file)?;
        let mut journal = Self { file, states };
        if whole.is_empty() {
            journal.write(&Line::Plan { id: plan_id.to_owned() }).map_err(of_file)?;
        }
        Ok(journal)
    }

    /// Returns what is known about a flow.
    pub(crate) fn state(&self, key: i64) -> State {
        self.states.get(&key).copied().unwrap_or(State::NotApplied)
    }

    /// Notes that the update of a flow may be sent from here on.
    pub(crate) fn begin(&mut self, key: i64) -> Result<(), Failure> {
        self.write(&Line::Begin { key }).map_err(|error| Failure::io("the journal", &error))
    }

    /// Notes how the update of a flow ended.
    pub(crate) fn end(&mut self, key: i64, outcome: Outcome) -> Result<(), Failure> {
        self.write(&Line::End { key, outcome }).map_err(|error| Failure::io("the journal", &error))
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()
    }
}

fn parse_states(text: &str, plan_id: &str) -> Result<BTreeMap<i64, State>, String> {
    let mut states = BTreeMap::new();
    for (index, text) in text.lines().enumerate() {
        let line = serde_json::from_str(text).map_err(|error| format!("line {}: {error}", index + 1))?;
        match line {
            Line::Plan { id } if id != plan_id => return Err("it belongs to another plan".to_owned()),
            Line::Plan { .. } => {}
            Line::Begin { key } => {
                states.insert(key, State::UnderWay);
            }
            Line::End { key, outcome } => {
                states.insert(key, if outcome == Outcome::Applied { State::Applied } else { State::NotApplied });
            }
        }
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_knows_each_flow_after_any_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path, "a").unwrap();
        for (key, outcome) in
            [(1, Some(Outcome::Applied)), (2, Some(Outcome::Failed)), (3, Some(Outcome::Conflict)), (4, None)]
        {
            journal.begin(key).unwrap();
            if let Some(outcome) = outcome {
                journal.end(key, outcome).unwrap();
            }
        }
        let states = |journal: &Journal| [1, 2, 3, 4, 5].map(|key| journal.state(key));
        let expected = [State::Applied, State::NotApplied, State::NotApplied, State::UnderWay, State::NotApplied];
        let whole = std::fs::read_to_string(&path).unwrap();
        assert_eq!(states(&Journal::open(&path, "a").unwrap()), expected);
        // Half a line is as if it had not been written.
        std::fs::write(&path, format!("{whole}{{\"step\":\"beg")).unwrap();
        assert_eq!(states(&Journal::open(&path, "a").unwrap()), expected);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
        assert!(Journal::open(&path, "b").is_err_and(|failure| failure.to_string().contains("another plan")));
    }
}
