//! The oracle: the request rules, written a second time by hand from the documents.
//!
//! The client and the JSON Schema are both rendered from `spec/`, so an error in the spec is an error in both. The oracle
//! shares no code with them. It is slow and simple, and its tables follow the documents.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::json::drop_unknown;

/// Broken rules by path.
pub(crate) type Broken = BTreeSet<(String, &'static str)>;

/// The request types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Edits a flow.
    UpdateRecallFlow,
    /// Edits an AI Agent flow.
    UpdateAgentRecallFlow,
    /// Queries a flow.
    RecallFlowDetailQuery,
    /// Queries tasks.
    GroupCallQuery,
    /// Queries flows.
    RecallFlowQuery,
    /// Cancels a flow or a part of it.
    CancelRecallFlow,
}

impl Request {
    /// All request types.
    pub(crate) const ALL: [Self; 6] = [
        Self::UpdateRecallFlow,
        Self::UpdateAgentRecallFlow,
        Self::RecallFlowDetailQuery,
        Self::GroupCallQuery,
        Self::RecallFlowQuery,
        Self::CancelRecallFlow,
    ];

    /// Returns the table of its fields.
    pub(crate) fn object(self) -> &'static Object {
        match self {
            Self::UpdateRecallFlow => &UPDATE_RECALL_FLOW,
            Self::UpdateAgentRecallFlow => &UPDATE_AGENT_RECALL_FLOW,
            Self::RecallFlowDetailQuery => &RECALL_FLOW_DETAIL_QUERY,
            Self::GroupCallQuery => &GROUP_CALL_QUERY,
            Self::RecallFlowQuery => &RECALL_FLOW_QUERY,
            Self::CancelRecallFlow => &CANCEL_RECALL_FLOW,
        }
    }
}

/// A JSON object of a request.
pub(crate) struct Object {
    pub(crate) fields: &'static [Field],
    /// The same object of the other kind of flow, whose further fields must not be sent.
    other_kind: Option<&'static Object>,
    /// If the first field is 1, at least one of the others must be 1.
    at_least_one: Option<(&'static str, &'static [&'static str])>,
}

/// A node of an AI Agent flow.
pub(crate) static AGENT_RECALL_NODE: Object =
    Object { fields: &[("scriptId", Int64, Yes, Free)], other_kind: Some(&RECALL_NODE), at_least_one: None };

impl Object {
    /// Returns whether a field is documented.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, ..)| *known == name)
    }

    /// Returns whether only the same object of the other kind of flow has a field.
    pub(crate) fn is_foreign(&self, name: &str) -> bool {
        !self.has(name) && self.other_kind.is_some_and(|other| other.has(name))
    }
}

/// A row of the table: wire name, type, when it is required, limit.
pub(crate) type Field = (&'static str, Type, Needed, Limit);

/// The type of a field.
#[derive(Clone, Copy)]
pub(crate) enum Type {
    /// A 32-bit integer.
    Int32,
    /// A 64-bit integer.
    Int64,
    /// Any number.
    Double,
    /// 0 or 1.
    Flag,
    /// One of several integers.
    Number(&'static [i64]),
    /// Text.
    Text,
    /// Padded base64.
    Base64,
    /// A time `yyyy-MM-dd HH:mm:ss`.
    Time,
    /// A list of such values.
    List(&'static Type),
    /// A nested object.
    Nested(&'static Object),
}

/// When a field is required.
#[derive(Clone, Copy)]
pub(crate) enum Needed {
    /// Always.
    Yes,
    /// Never.
    No,
    /// If all of these fields of the same object have these numbers.
    When(&'static [(&'static str, i64)]),
}

/// The limit of a value.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    /// Nothing.
    Free,
    /// An inclusive range of numbers.
    Range(f64, f64),
    /// A range of characters.
    Length(usize, usize),
    /// One digit.
    Digit,
}

use Limit::{Digit, Free, Length, Range};
use Needed::{No, When, Yes};
use Type::{Base64, Double, Flag, Int32, Int64, List, Nested, Number, Text, Time};

static UPDATE_RECALL_FLOW: Object = Object {
    fields: &[
        ("keyId", Int64, Yes, Free),
        ("recallInterval", Int32, Yes, Range(1.0, 1440.0)),
        ("recallNum", Int32, Yes, Range(1.0, 10.0)),
        ("recallType", Number(&[0, 1]), Yes, Free),
        ("nodeList", List(&Nested(&RECALL_NODE)), No, Free),
    ],
    other_kind: Some(&UPDATE_AGENT_RECALL_FLOW),
    at_least_one: None,
};

static UPDATE_AGENT_RECALL_FLOW: Object = Object {
    fields: &[
        ("keyId", Int64, Yes, Free),
        ("recallInterval", Int32, Yes, Range(1.0, 1440.0)),
        ("recallNum", Int32, Yes, Range(1.0, 10.0)),
        ("recallType", Number(&[0, 1]), Yes, Free),
        ("recallIntent", List(&Text), No, Free),
        ("nodeList", List(&Nested(&AGENT_RECALL_NODE)), No, Free),
    ],
    other_kind: Some(&UPDATE_RECALL_FLOW),
    at_least_one: None,
};

/// One node of `nodeList`.
pub(crate) static RECALL_NODE: Object = Object {
    fields: &[
        ("source", Number(&[1, 2, 3]), Yes, Free),
        ("voiceFileId", Text, When(&[("source", 1)]), Free),
        ("voiceFileName", Text, No, Free),
        ("uploadName", Text, When(&[("source", 2)]), Length(5, 32)),
        ("baseFile", Base64, When(&[("source", 2)]), Free),
        ("text", Text, When(&[("source", 3)]), Length(0, 1000)),
        ("lan", Text, When(&[("source", 3)]), Free),
        ("speakingRate", Double, No, Range(0.25, 4.0)),
        ("ssmlGender", Number(&[1, 2]), No, Free),
        ("accent", Int32, No, Free),
        ("hangUpSms", Flag, Yes, Free),
        ("idxSmsAppId", Int64, No, Free),
        ("smsContent", Text, When(&[("hangUpSms", 1)]), Length(0, 1000)),
        ("senderId", Text, No, Length(0, 32)),
        ("feedbackPush", Flag, No, Free),
        ("feedbackValue", Text, When(&[("feedbackPush", 1)]), Digit),
        ("successPush", Flag, No, Free),
        ("successPushTime", Int32, When(&[("successPush", 1)]), Range(1.0, 9999.0)),
        ("failedPush", Flag, No, Free),
        ("ringPush", Flag, No, Free),
        ("toSeat", Flag, Yes, Free),
        ("sipGroupId", Int64, When(&[("toSeat", 1)]), Free),
        ("outboundControl", Number(&[1]), When(&[("toSeat", 1)]), Free),
        ("calloutRate", Int32, When(&[("toSeat", 1)]), Range(1.0, 100.0)),
        ("toSeatType", Number(&[1, 2]), When(&[("toSeat", 1)]), Free),
        ("toSeatKey", Text, When(&[("toSeat", 1), ("toSeatType", 2)]), Free),
        ("delayTransfer", Int32, No, Free),
    ],
    other_kind: Some(&AGENT_RECALL_NODE),
    at_least_one: Some(("hangUpSms", &["feedbackPush", "successPush", "failedPush", "ringPush"])),
};

static RECALL_FLOW_DETAIL_QUERY: Object =
    Object { fields: &[("keyId", Int64, Yes, Free)], other_kind: None, at_least_one: None };

static GROUP_CALL_QUERY: Object = Object {
    fields: &[
        ("current", Int32, Yes, Range(1.0, f64::INFINITY)),
        ("size", Int32, Yes, Range(1.0, 100.0)),
        ("params", Nested(&PARAMS), Yes, Free),
    ],
    other_kind: None,
    at_least_one: None,
};

static PARAMS: Object = Object {
    fields: &[
        ("strTime", Time, Yes, Free),
        ("endTime", Time, Yes, Free),
        ("taskType", Number(&[3]), Yes, Free),
        ("statusList", List(&Number(&[0, 1, 2, 3, 4, 5, 6])), No, Free),
        ("idxAppId", Int64, No, Free),
        ("searchCondition", Text, No, Free),
    ],
    other_kind: None,
    at_least_one: None,
};

static RECALL_FLOW_QUERY: Object = Object {
    fields: &[
        ("current", Int32, Yes, Range(1.0, f64::INFINITY)),
        ("size", Int32, Yes, Range(1.0, 100.0)),
        ("params", Nested(&FLOW_PARAMS), Yes, Free),
    ],
    other_kind: None,
    at_least_one: None,
};

static FLOW_PARAMS: Object = Object {
    fields: &[("strTime", Time, Yes, Free), ("endTime", Time, Yes, Free), ("taskName", Text, No, Free)],
    other_kind: None,
    at_least_one: None,
};

static CANCEL_RECALL_FLOW: Object = Object {
    fields: &[("type", Number(&[1, 2, 3]), Yes, Free), ("id", Int64, Yes, Free)],
    other_kind: None,
    at_least_one: None,
};

/// Returns whether a request may be sent in this wire form, in which unknown fields come from `extra`.
pub(crate) fn may_be_sent(request: Request, json: &Value) -> bool {
    let mut known = json.clone();
    drop_unknown(request.object(), &mut known);
    violating_paths(request, &known).is_empty() && !has_foreign(request.object(), json)
}

/// Returns whether a request or an object in it has a field of the other kind of flow.
pub(crate) fn has_foreign(object: &Object, json: &Value) -> bool {
    let own = json.as_object().into_iter().flatten();
    own.into_iter().any(|(name, value)| object.is_foreign(name) && !value.is_null())
        || object.fields.iter().any(|(name, kind, ..)| match kind {
            Nested(object) => has_foreign(object, &json[*name]),
            List(Nested(object)) => json[*name].as_array().into_iter().flatten().any(|item| has_foreign(object, item)),
            _ => false,
        })
}

/// Returns the broken rules, at most one per path: type before required before limit. Reading refuses unknown fields.
pub(crate) fn violating_paths(request: Request, json: &Value) -> Broken {
    let mut broken = Broken::new();
    check_object(request.object(), json, "", &mut broken);
    broken
}

/// Returns every rule that a request can break, apart from unknown fields, with `[]` for the index of a list.
pub(crate) fn breakable(request: Request) -> Broken {
    let mut broken = Broken::from([(String::new(), "type")]);
    list_object(request.object(), "", &mut broken);
    broken
}

fn check_object(object: &Object, json: &Value, path: &str, broken: &mut Broken) {
    let Some(members) = json.as_object() else {
        broken.insert((path.to_owned(), "type"));
        return;
    };
    for name in members.keys() {
        if !object.has(name) {
            broken.insert((join(path, name), "type"));
        }
    }
    for field in object.fields {
        check_field(field, members, &join(path, field.0), broken);
    }
    if let Some((flag, pushes)) = object.at_least_one
        && is(members, flag, 1)
        && !pushes.iter().any(|push| is(members, push, 1))
    {
        broken.insert((path.to_owned(), "at_least_one"));
    }
}

fn check_field(&(name, kind, needed, limit): &Field, members: &Map<String, Value>, path: &str, broken: &mut Broken) {
    let value = members.get(name).filter(|value| !value.is_null());
    match (value, kind) {
        // If a nested object is missing, each of its required fields is reported.
        (None, Nested(object)) => check_object(object, &Value::Object(Map::new()), path, broken),
        (None, _) if is_needed(needed, members) => _ = broken.insert((path.to_owned(), "required")),
        (None, _) => {}
        (Some(value), _) => {
            let before = broken.len();
            check_type(kind, value, path, broken);
            let rule = match value.as_str() {
                _ if broken.len() > before => None,
                Some("") if is_needed(needed, members) => Some("required"),
                _ => broken_limit(limit, value),
            };
            broken.extend(rule.map(|rule| (path.to_owned(), rule)));
        }
    }
}

fn check_type(kind: Type, value: &Value, path: &str, broken: &mut Broken) {
    let rule = match kind {
        Nested(object) => return check_object(object, value, path, broken),
        List(item) => match value.as_array() {
            Some(items) => {
                return items
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| check_type(*item, value, &format!("{path}[{index}]"), broken));
            }
            None => Some("type"),
        },
        Int32 => whole(value).is_none_or(|number| i32::try_from(number).is_err()).then_some("type"),
        Int64 => whole(value).is_none().then_some("type"),
        Double => value.as_f64().is_none_or(|number| !number.is_finite()).then_some("type"),
        Flag => broken_number(value, &[0, 1]),
        Number(allowed) => broken_number(value, allowed),
        Text => value.as_str().is_none().then_some("type"),
        Base64 => broken_text(value, is_base64),
        Time => broken_text(value, is_time),
    };
    if let Some(rule) = rule {
        broken.insert((path.to_owned(), rule));
    }
}

fn broken_number(value: &Value, allowed: &[i64]) -> Option<&'static str> {
    match whole(value) {
        None => Some("type"),
        Some(number) => (!allowed.contains(&number)).then_some("one_of"),
    }
}

fn broken_text(value: &Value, has_form: fn(&str) -> bool) -> Option<&'static str> {
    match value.as_str() {
        None => Some("type"),
        Some(text) => (!has_form(text)).then_some("format"),
    }
}

fn broken_limit(limit: Limit, value: &Value) -> Option<&'static str> {
    let (fits, rule) = match limit {
        Free => return None,
        Range(min, max) => ((min..=max).contains(&value.as_f64()?), "range"),
        Length(min, max) => ((min..=max).contains(&value.as_str()?.chars().count()), "length"),
        Digit => (value.as_str()?.len() == 1 && value.as_str()?.chars().all(|c| c.is_ascii_digit()), "format"),
    };
    (!fits).then_some(rule)
}

fn is_needed(needed: Needed, members: &Map<String, Value>) -> bool {
    match needed {
        Yes => true,
        No => false,
        When(conditions) => conditions.iter().all(|(name, number)| is(members, name, *number)),
    }
}

/// Returns whether a field has this number. A missing field, or one of another type, does not.
fn is(members: &Map<String, Value>, name: &str, number: i64) -> bool {
    members.get(name).and_then(whole) == Some(number)
}

/// Reads an integer: a JSON number without a fraction that fits 64 bits. `30.0` is 30.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the conversion to 128 bits saturates far outside of the kept range"
)]
fn whole(value: &Value) -> Option<i64> {
    let number = match value.as_i64() {
        Some(number) => number.into(),
        None => value.as_f64().filter(|number| number.fract() == 0.0)? as i128,
    };
    i64::try_from(number).ok()
}

fn is_base64(text: &str) -> bool {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let Some(values) = digits.chars().map(|c| ALPHABET.find(c)).collect::<Option<Vec<_>>>() else { return false };
    // Unused bits of the last digit must be zero, or two texts would decode to the same bytes.
    let stray_bits = match padding {
        0 => 0,
        1 => 0b11,
        2 => 0b1111,
        _ => return false,
    };
    text.len().is_multiple_of(4) && values.last().is_none_or(|last| last & stray_bits == 0)
}

pub(crate) fn is_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if shape != "0000-00-00 00:00:00" {
        return false;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap),
        _ => 0,
    };
    year >= 1 && (1..=days).contains(&day) && number(11, 13) < 24 && number(14, 16) < 60 && number(17, 19) < 60
}

fn list_object(object: &Object, path: &str, broken: &mut Broken) {
    if object.at_least_one.is_some() {
        broken.insert((path.to_owned(), "at_least_one"));
    }
    for &(name, kind, needed, limit) in object.fields {
        let path = join(path, name);
        list_type(kind, &path, broken);
        let needed = !matches!(needed, No) && !matches!(kind, Nested(_));
        let rules = [
            needed.then_some("required"),
            match limit {
                Free => None,
                Range(..) => Some("range"),
                Length(..) => Some("length"),
                Digit => Some("format"),
            },
        ];
        broken.extend(rules.into_iter().flatten().map(|rule| (path.clone(), rule)));
    }
}

fn list_type(kind: Type, path: &str, broken: &mut Broken) {
    broken.insert((path.to_owned(), "type"));
    match kind {
        Int32 | Int64 | Double | Text => {}
        Flag | Number(_) => _ = broken.insert((path.to_owned(), "one_of")),
        Base64 | Time => _ = broken.insert((path.to_owned(), "format")),
        List(item) => list_type(*item, &format!("{path}[]"), broken),
        Nested(object) => list_object(object, path, broken),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
