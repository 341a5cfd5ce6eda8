//! The objects of responses.

use std::fmt::Debug;

use bytes::Bytes;
use recallflow::ffi;
use recallflow::{Extra, GroupCallPage, GroupCallTask, RecallFlowDetail, RecallNodeDetail, UpdateRecallFlow};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Checks that a page of tasks is the same in Rust and in other languages, loses nothing, and has fees to sum.
///
/// # Panics
///
/// If that does not hold.
pub fn group_call_page(data: &[u8]) {
    if let Some(page) = response::<GroupCallPage>("GroupCallPage", data) {
        let totals = recallflow::totals(&page.records);
        let total = &totals.task_sum_pay_fee;
        let count = total.counted + total.unreadable + total.missing;
        assert_eq!(usize::try_from(count), Ok(page.records.len()), "each fee is counted once");
    }
}

/// Checks that a task is the same in Rust and in other languages, and loses nothing.
///
/// # Panics
///
/// If that does not hold.
pub fn group_call_task(data: &[u8]) {
    response::<GroupCallTask>("GroupCallTask", data);
}

/// Checks that a flow is the same in Rust and in other languages, loses nothing, and becomes an update that can be read.
///
/// # Panics
///
/// If that does not hold.
pub fn recall_flow_detail(data: &[u8]) {
    let Some(detail) = response::<RecallFlowDetail>("RecallFlowDetail", data) else { return };
    if let Ok(update) = detail.to_update() {
        let json = serde_json::to_value(&update).expect("a request has a wire form");
        let again: UpdateRecallFlow = serde_json::from_value(json).expect("an update that was made can be read");
        assert_eq!(again, update);
    }
}

/// Checks that a node of a flow is the same in Rust and in other languages, and loses nothing.
///
/// # Panics
///
/// If that does not hold.
pub fn recall_node_detail(data: &[u8]) {
    response::<RecallNodeDetail>("RecallNodeDetail", data);
}

/// Reads an object into its type, and checks that other languages get the same values and that it is written as it was
/// read.
fn response<T: Debug + PartialEq + Serialize + DeserializeOwned>(name: &str, data: &[u8]) -> Option<T> {
    let shown = decode(name, data);
    let typed: T = match serde_json::from_slice(data) {
        Ok(typed) => typed,
        Err(error) => {
            // `serde_json` refuses lone surrogates before the client can replace them.
            let is_surrogate = ["surrogate", "hex escape"].iter().any(|why| error.to_string().contains(why));
            assert!(shown.is_none() || is_surrogate, "only other languages can read it: {error}");
            return None;
        }
    };
    let shown = shown.expect("only Rust can read it");
    let Shown { wire, .. } = &shown;
    assert_eq!(&serde_json::to_value(&typed).expect("a response has a wire form"), wire);

    let text = serde_json::to_string(&typed).expect("a response has a wire form");
    if !has_both_names(&text) {
        assert_eq!(decode(name, text.as_bytes()).as_ref(), Some(&shown), "the wire form is read as other values");
        let again: T = serde_json::from_str(&text).expect("what was written can be read");
        assert_eq!(again, typed);
    }
    check_whole(name, data, wire);
    Some(typed)
}

/// Returns whether a field may be present under its usual name and an alias. Their order decides then, and `extra` does
/// not keep the order.
fn has_both_names(text: &str) -> bool {
    let has = |name: &str| text.contains(&format!("\"{name}\""));
    ffi::RESPONSES.iter().any(|shape| {
        let (fields, aliases) = shape.names.split_at(shape.fields.len());
        aliases.iter().zip(shape.aliases).any(|(alias, field)| has(alias) && has(fields[*field]))
    })
}

/// A response as other languages see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Its wire form.
    pub wire: Value,
    /// Names in its `extra`, sorted.
    pub extra: Vec<String>,
}

/// Reads a response of this type as other languages do; `None` if it cannot be read.
#[must_use]
pub fn decode(name: &str, data: &[u8]) -> Option<Shown> {
    let position = ffi::RESPONSES.iter().position(|shape| shape.name == name)?;
    let record = ffi::read_response(position, Bytes::copy_from_slice(data)).ok()?;
    let extra = record.root().extra().into_iter().flat_map(Extra::names);
    Some(Shown { wire: record.root().to_json(), extra: extra.map(str::to_owned).collect() })
}

/// Checks that no value but null is lost, although it may be under the usual name instead of an alias.
fn check_whole(name: &str, data: &[u8], wire: &Value) {
    let (Ok(Value::Object(came)), Value::Object(wire)) = (serde_json::from_slice(data), wire) else { return };
    let shape = ffi::RESPONSES.iter().find(|shape| shape.name == name).expect("there is such a response");
    let (fields, aliases) = shape.names.split_at(shape.fields.len());
    for (member, value) in &came {
        let other = aliases.iter().position(|alias| alias == member).map(|alias| fields[shape.aliases[alias]]);
        let is_kept = wire.contains_key(member) || other.is_some_and(|other| wire.contains_key(other));
        let is_documented = fields.contains(&member.as_str()) || other.is_some();
        assert!(is_kept || value.is_null() && is_documented, "`{member}` is lost");
        assert!(is_documented || wire.get(member) == Some(value), "`{member}` is changed");
    }
}
