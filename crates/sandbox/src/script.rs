//! The scripted faults of the next requests, in order.

use std::collections::{BTreeMap, VecDeque};

use crate::generated::protocol::Fault;

/// Faults for any requests, and faults for requests of one operation or path.
#[derive(Default)]
pub(crate) struct Script {
    any: VecDeque<Fault>,
    /// Paths begin with a slash.
    by_target: BTreeMap<String, VecDeque<Fault>>,
}

impl Script {
    /// Adds faults for any next requests.
    pub(crate) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.any.extend(faults);
    }

    /// Adds faults for the next requests of a target, which is an operation or a path below the base URL.
    pub(crate) fn extend_for(&mut self, target: &str, faults: impl IntoIterator<Item = Fault>) {
        let is_path = target.contains('/');
        let target = if is_path { format!("/{}", target.trim_start_matches('/')) } else { target.to_owned() };
        self.by_target.entry(target).or_default().extend(faults);
    }

    /// Takes the next fault if it happens before the request is read.
    pub(crate) fn next_before_read(&mut self) -> Option<Fault> {
        if self.any.front().is_some_and(Fault::is_before_read) { self.any.pop_front() } else { None }
    }

    /// Takes the fault for a request. Faults for its operation or path come first.
    pub(crate) fn next(&mut self, operation: Option<&str>, path: &str) -> Option<Fault> {
        let is_target = |target: &str| operation == Some(target) || target.starts_with('/') && path.ends_with(target);
        let own = self.by_target.iter_mut().find(|(target, faults)| !faults.is_empty() && is_target(target));
        own.and_then(|(_, faults)| faults.pop_front()).or_else(|| self.any.pop_front())
    }

    /// Returns how many faults were not played yet.
    pub(crate) fn len(&self) -> usize {
        self.any.len() + self.by_target.values().map(VecDeque::len).sum::<usize>()
    }
}
