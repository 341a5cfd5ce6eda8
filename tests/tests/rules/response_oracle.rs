//! What a response becomes when it is read and written again, told by hand from the documents.
//!
//! Nothing is lost but
//! - `null` in a documented field, which means the same as a missing one,
//! - how a documented number is written: a numeric string becomes the number, a truth value becomes 1 or 0, and a whole
//!   `speakingRate` a number with a fraction,
//! - the other name of a documented field, which becomes the documented one,
//! - a missing list of records, which becomes an empty one.
//!
//! Whatever does not fit stays as it is, under its name and in `extra`. A list that holds more than records is in
//! `extra` as a whole, so that each item keeps its place, and its records can be read all the same.
//!
//! An object that has a field under both of its names is left out here: no document shows one, and which of the two
//! counts hangs on their order.

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
    /// True or false.
    Truth,
    /// Text.
    Text,
    /// A time.
    Time,
    /// A list of texts.
    Texts,
    /// A list of objects.
    Records(&'static Record),
}

use Holds::{Double, Flag, Int32, Int64, Records, Text, Texts, Time, Truth};

pub(crate) const RECALL_FLOW_DETAIL: Record = Record {
    fields: &[
        ("keyId", Int64),
        ("recallInterval", Int32),
        ("recallNum", Int32),
        ("recallType", Int64),
        ("recallIntent", Texts),
        ("status", Int64),
        ("nodeList", Records(&RECALL_NODE_DETAIL)),
        ("total", Int64),
        ("size", Int64),
        ("current", Int64),
        ("searchCount", Truth),
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
        ("scriptId", Int64),
    ],
    aliases: &[],
};

pub(crate) const GROUP_CALL_PAGE: Record = Record {
    fields: &[
        ("records", Records(&GROUP_CALL_TASK)),
        ("total", Int64),
        ("size", Int64),
        ("current", Int64),
        ("searchCount", Truth),
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

/// A record after reading.
pub(crate) struct Rewritten {
    /// The JSON that it is written as.
    pub(crate) json: Map<String, Value>,
    /// The names in its `extra`.
    pub(crate) extra: BTreeSet<String>,
}

/// Returns the record after reading and writing it.
pub(crate) fn rewritten(record: &Record, members: &Map<String, Value>) -> Rewritten {
    let lists = record.fields.iter().filter(|(_, holds)| matches!(holds, Records(_)));
    let mut json: Map<_, _> = lists.map(|(name, _)| ((*name).to_owned(), json!([]))).collect();
    let mut extra = BTreeSet::new();
    for (name, value) in members {
        let documented = record.aliases.iter().find(|(alias, _)| alias == name).map_or(name.as_str(), |(_, name)| name);
        let field = record.fields.iter().find(|(known, _)| *known == documented);
        match field.map_or(Fitted::Odd, |(_, holds)| fitted(*holds, value)) {
            Fitted::Fits(value) => _ = json.insert(documented.to_owned(), value),
            Fitted::Null => {}
            Fitted::Partly { fits, whole } => {
                json.insert(documented.to_owned(), fits);
                json.insert(name.clone(), whole);
                extra.insert(name.clone());
            }
            Fitted::Odd => {
                json.insert(name.clone(), value.clone());
                extra.insert(name.clone());
            }
        }
    }
    Rewritten { json, extra }
}

enum Fitted {
    /// The value is as documented, and written so.
    Fits(Value),
    /// The value counts as missing.
    Null,
    /// A list of which some items are valid.
    Partly { fits: Value, whole: Value },
    /// The value is of another type.
    Odd,
}

fn fitted(holds: Holds, value: &Value) -> Fitted {
    let fitted = match holds {
        _ if value.is_null() => return Fitted::Null,
        Records(record) => return records(record, value),
        Texts => return texts(value),
        Int64 => whole(value).map(Value::from),
        Int32 => whole(value).filter(|number| i32::try_from(*number).is_ok()).map(Value::from),
        Double => double(value).map(Value::from),
        Flag => truth(value).map(i64::from).map(Value::from),
        Truth => truth(value).map(Value::from),
        Text => value.as_str().map(Value::from),
        Time => value.as_str().filter(|text| is_time(text)).map(Value::from),
    };
    fitted.map_or(Fitted::Odd, Fitted::Fits)
}

/// Parses a boolean, which may be written as 0 or 1.
fn truth(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| match whole(value)? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    })
}

fn texts(value: &Value) -> Fitted {
    let Some(items) = value.as_array() else { return Fitted::Odd };
    let fits: Vec<Value> = items.iter().filter(|item| item.is_string()).cloned().collect();
    match (fits.len(), items.len()) {
        // An empty list of texts is left out.
        (_, 0) => Fitted::Null,
        (valid, all) if valid == all => Fitted::Fits(fits.into()),
        _ => Fitted::Partly { fits: fits.into(), whole: value.clone() },
    }
}

fn records(record: &Record, value: &Value) -> Fitted {
    let Some(items) = value.as_array() else { return Fitted::Odd };
    let read = |item: &Value| item.as_object().map(|members| Value::from(rewritten(record, members).json));
    let fits: Vec<Value> = items.iter().filter_map(read).collect();
    if fits.len() == items.len() {
        return Fitted::Fits(fits.into());
    }
    let whole = items.iter().map(|item| read(item).unwrap_or_else(|| item.clone())).collect();
    Fitted::Partly { fits: fits.into(), whole }
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

/// Returns whether a text consists of an optional minus, digits and these other characters.
fn is_numeric(text: &str, others: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || others.contains(c))
}
