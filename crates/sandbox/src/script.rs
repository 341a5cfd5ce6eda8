//! The scripted faults of the next requests, in order.

use std::collections::{HashMap, VecDeque};

use crate::generated::protocol::Fault;

/// Faults for requests of any operation, and faults for requests of one operation.
#[derive(Default)]
pub(crate) struct Script {
    any: VecDeque<Fault>,
    by_operation: HashMap<String, VecDeque<Fault>>,
}

impl Script {
    /// Adds faults for the next requests of any operation.
    pub(crate) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.any.extend(faults);
    }

    /// Adds faults for the next requests of an operation.
    pub(crate) fn extend_for(&mut self, operation: &str, faults: impl IntoIterator<Item = Fault>) {
        self.by_operation.entry(operation.to_owned()).or_default().extend(faults);
    }

    /// Takes the next fault if it happens before the request is read.
    pub(crate) fn next_before_read(&mut self) -> Option<Fault> {
        if self.any.front().is_some_and(Fault::is_before_read) { self.any.pop_front() } else { None }
    }

    /// Takes the fault for a request. Faults for its operation come first.
    pub(crate) fn next(&mut self, operation: Option<&str>) -> Option<Fault> {
        let own = operation.and_then(|operation| self.by_operation.get_mut(operation));
        own.and_then(VecDeque::pop_front).or_else(|| self.any.pop_front())
    }

    /// Returns how many faults were not played yet.
    pub(crate) fn len(&self) -> usize {
        self.any.len() + self.by_operation.values().map(VecDeque::len).sum::<usize>()
    }
}
