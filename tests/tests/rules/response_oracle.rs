//! What a response becomes when it is read and written again, told by hand from the documents.
//!
//! Nothing is lost but
//! - `null` in a documented field, which is the same as a missing one,
//! - how a documented number is written: a numeric string becomes the number, a truth value becomes 1 or 0, and a whole
//!   `speakingRate` a number with a fraction,
//! - the other name of a documented field, which becomes the documented one,
//! - a missing list of records, which becomes an empty one.
//!
//! Whatever does not fit stays as it is, under its name and in `extra`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::oracle::is_time;

/// A JSON object of a response.
pub(crate) struct Record {
    pub(crate) fields: &'static [(&'static str, Holds)],
    /// Other names of documented fields.
    pub(crate) aliases: &'static [(&'static str, &'static str)],
}

/// What a field of a response holds.
#[derive(Clone, Copy)]
pub(crate) enum Holds {
    /// A whole number of 64 bits, with or without a name.
    Int64,
    /// A whole number of 32 bits.
    Int32,
    /// Any number.
    Double,
    /// 0 or 1.
    Flag,
    /// Text.
    Text,
    /// A time.
    Time,
    /// A list of objects.
    Records(&'static Record),
}

use Holds::{Double, Flag, Int32, Int64, Records, Text, Time};

pub(crate) const RECALL_FLOW_DETAIL: Record = Record {
    fields: &[
        ("keyId", Int64),
        ("recallInterval", Int32),
        ("recallNum", Int32),
        ("recallType", Int64),
        ("status", Int64),
        ("nodeList", Records(&RECALL_NODE_DETAIL)),
        ("total", Int64),
        ("size", Int64),
        ("current", Int64),
        ("searchCount", Flag),
        ("pages", Int64),
    ],
    aliases: &[("records", "nodeList")],
};

pub(crate) const RECALL_NODE_DETAIL: Record = Record {
    fields: &[
        ("keyId", Int64),
        ("taskId", Int64),
        ("nodeStatus", Int64),
        ("source", Int64),
        ("voiceFileId", Text),
        ("voiceFileName", Text),
        ("uploadName", Text),
        ("text", Text),
        ("lan", Text),
        ("speakingRate", Double),
        ("ssmlGender", Int64),
        ("accent", Int32),
        ("hangUpSms", Flag),
        ("idxSmsAppId", Int64),
        ("smsContent", Text),
        ("senderId", Text),
        ("feedbackPush", Flag),
        ("feedbackValue", Text),
        ("successPush", Flag),
        ("successPushTime", Int32),
        ("failedPush", Flag),
        ("ringPush", Flag),
        ("toSeat", Flag),
        ("sipGroupId", Int64),
        ("outboundControl", Int64),
        ("calloutRate", Int32),
        ("toSeatType", Int64),
        ("toSeatKey", Text),
        ("delayTransfer", Int32),
    ],
    aliases: &[],
};

pub(crate) const GROUP_CALL_PAGE: Record = Record {
    fields: &[
        ("records", Records(&GROUP_CALL_TASK)),
        ("total", Int64),
        ("size", Int64),
        ("current", Int64),
        ("searchCount", Flag),
        ("pages", Int64),
    ],
    aliases: &[],
};

pub(crate) const GROUP_CALL_TASK: Record = Record {
    fields: &[
        ("taskId", Int64),
        ("taskName", Text),
        ("status", Int64),
        ("rate", Text),
        ("numCnt", Int64),
        ("callNum", Int64),
        ("success", Int64),
        ("fail", Int64),
        ("createdTime", Time),
        ("scriptId", Int64),
        ("taskType", Int64),
        ("answeredNum", Int64),
        ("asr", Text),
        ("agentTotalFeetime", Int64),
        ("agentFee", Text),
        ("chargeLen", Int64),
        ("acd", Text),
        ("groupCallPayFee", Text),
        ("smsPayFee", Text),
        ("taskSumPayFee", Text),
        ("sendSmsNum", Int64),
    ],
    aliases: &[("jobId", "taskId")],
};

/// The JSON that a record becomes, and the names that are in its `extra`.
pub(crate) fn rewritten(record: &Record, members: &Map<String, Value>) -> (Map<String, Value>, BTreeSet<String>) {
    let (mut written, mut extra) = (Map::new(), BTreeSet::new());
    for (name, holds) in record.fields {
        if let Records(_) = holds {
            written.insert((*name).to_owned(), json!([]));
        }
    }
    for (name, value) in members {
        let documented = record.aliases.iter().find(|(alias, _)| alias == name).map_or(name.as_str(), |(_, name)| name);
        let field = record.fields.iter().find(|(known, _)| *known == documented);
        match field.map(|(_, holds)| fitted(*holds, value)) {
            Some(Fitted::Fits(fitted)) => _ = written.insert(documented.to_owned(), fitted),
            Some(Fitted::Null) => {}
            Some(Fitted::Odd) | None => {
                extra.insert(name.clone());
                written.insert(name.clone(), value.clone());
            }
        }
    }
    (written, extra)
}

enum Fitted {
    Fits(Value),
    Null,
    Odd,
}

fn fitted(holds: Holds, value: &Value) -> Fitted {
    let fitted = match holds {
        _ if value.is_null() => return Fitted::Null,
        Int64 => whole(value).map(Value::from),
        Int32 => whole(value).filter(|number| i32::try_from(*number).is_ok()).map(Value::from),
        Double => double(value).map(Value::from),
        Flag => value
            .as_bool()
            .map(i64::from)
            .or_else(|| whole(value))
            .filter(|flag| matches!(flag, 0 | 1))
            .map(Value::from),
        Text => value.as_str().map(Value::from),
        Time => value.as_str().filter(|text| is_time(text)).map(Value::from),
        Records(record) => records(record, value),
    };
    fitted.map_or(Fitted::Odd, Fitted::Fits)
}

/// A list fits if all its items are objects.
fn records(record: &Record, value: &Value) -> Option<Value> {
    let items = value.as_array()?.iter();
    items.map(|item| item.as_object().map(|members| Value::from(rewritten(record, members).0))).collect()
}

fn whole(value: &Value) -> Option<i64> {
    match value.as_str() {
        Some(text) => is_numeric(text, "").then(|| text.parse().ok())?,
        None => value.as_i64(),
    }
}

fn double(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some(text) => is_numeric(text, ".").then(|| text.parse().ok())?.filter(|number: &f64| number.is_finite()),
        None => value.as_f64().filter(|_| !value.is_u64() || value.is_i64()),
    }
}

/// Whether a text is digits after an optional minus, with some of these characters among them.
fn is_numeric(text: &str, others: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || others.contains(c))
}
