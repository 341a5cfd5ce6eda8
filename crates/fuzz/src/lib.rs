//! Properties of any input, with a function for each kind of input.
//!
//! The programs in `fuzz/` call these functions with the inputs of a fuzzer. The tests of this crate call them with every
//! file of `fuzz/corpus`, which keeps the inputs that were worth keeping, so that a stable compiler checks them too. Each
//! function panics if its property does not hold.

mod envelope;
mod fee;
mod headers;
mod request;
mod response;
mod spec;
mod time;

pub use envelope::envelope;
pub use fee::fee;
pub use headers::{date, retry_after};
pub use request::request;
pub use response::{Shown, decode, group_call_page, group_call_task, recall_flow_detail, recall_node_detail};
pub use spec::spec;
pub use time::time;

/// A kind of input.
#[derive(Debug)]
pub struct Target {
    /// Name of the program in `fuzz/fuzz_targets`, and of the folder in `fuzz/corpus`.
    pub name: &'static str,
    /// Panics if the property does not hold for these bytes.
    pub check: fn(&[u8]),
    /// Name of the response type that the input is read as, if it is a response.
    pub response: Option<&'static str>,
}

/// Every kind of input.
pub const TARGETS: &[Target] = &[
    Target { name: "envelope", check: envelope, response: None },
    Target { name: "group_call_page", check: group_call_page, response: Some("GroupCallPage") },
    Target { name: "group_call_task", check: group_call_task, response: Some("GroupCallTask") },
    Target { name: "recall_flow_detail", check: recall_flow_detail, response: Some("RecallFlowDetail") },
    Target { name: "recall_node_detail", check: recall_node_detail, response: Some("RecallNodeDetail") },
    Target { name: "request", check: request, response: None },
    Target { name: "fee", check: fee, response: None },
    Target { name: "time", check: time, response: None },
    Target { name: "retry_after", check: retry_after, response: None },
    Target { name: "date", check: date, response: None },
    Target { name: "spec", check: spec, response: None },
];
