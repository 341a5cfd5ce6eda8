//! Requests as JSON: valid ones, ones with a few mistakes, and JSON that is no request at all.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use crate::oracle::Request;

/// Any request: mostly one that is nearly valid, so that what lies behind the first check is reached as well.
pub(crate) fn request(request: Request) -> BoxedStrategy<Value> {
    prop_oneof![
        2 => valid(request),
        12 => mistaken(request),
        1 => any_json(),
    ]
    .boxed()
}

/// A request that breaks no rule.
pub(crate) fn valid(request: Request) -> BoxedStrategy<Value> {
    match request {
        Request::UpdateRecallFlow => update().boxed(),
        Request::RecallFlowDetailQuery => int64().prop_map(|key_id| json!({ "keyId": key_id })).boxed(),
        Request::GroupCallQuery => query().boxed(),
    }
}

/// A valid request after a few mistakes.
fn mistaken(request: Request) -> impl Strategy<Value = Value> {
    (valid(request), vec((any::<Index>(), mistake()), 1..4)).prop_map(|(mut json, mistakes)| {
        for (place, mistake) in mistakes {
            make(&mut json, place, mistake);
        }
        json
    })
}

/// Any JSON, with names that requests and responses have and with others.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    any_scalar().prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(any_name(), inner, 0..8).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Any JSON object.
pub(crate) fn any_object() -> impl Strategy<Value = Value> {
    btree_map(any_name(), any_json(), 0..8).prop_map(|members| members.into_iter().collect())
}

fn any_scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => odd(),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
    ]
}

fn any_name() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "keyId",
        "nodeList",
        "records",
        "source",
        "text",
        "hangUpSms",
        "toSeat",
        "params",
        "current",
        "status",
        "pages",
        "taskType",
        "statusList",
        "taskId",
        "jobId",
        "speakingRate",
        "createdTime",
        "searchCount",
        "rate",
    ];
    prop_oneof![6 => select(KNOWN).prop_map(str::to_owned), 1 => unknown_name(), 1 => any::<String>()]
}

pub(crate) fn unknown_name() -> impl Strategy<Value = String> {
    select(&["", "KeyId", "key_id", "keyid", "a.b", "x[0]", "speakingrate", "\u{1F600}", "a\"b\\c", "__proto__"][..])
        .prop_map(str::to_owned)
}

/// Values at and around every limit, and of every JSON type.
pub(crate) fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![4 => odd_number(), 2 => odd_text(), 1 => select(vec![
        Value::Null, json!(true), json!(false), json!([]), json!({}), json!([null]), json!([1]), json!([7, "1", 1.5, 3.0]),
        json!([[]]), json!([{}]), json!({"strTime": 1}), json!({"source": 3, "hangUpSms": 1, "toSeat": 1}),
    ])]
}

fn odd_number() -> impl Strategy<Value = Value> {
    let whole = select(vec![
        i64::MIN,
        i64::from(i32::MIN) - 1,
        i64::from(i32::MIN),
        -10,
        -1,
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        9,
        10,
        11,
        99,
        100,
        101,
        1440,
        1441,
        9999,
        10_000,
        i64::from(i32::MAX),
        1 << 31,
        (1 << 32) + 1,
        (1 << 32) + 5,
        (1 << 53) + 1,
        i64::MAX,
    ]);
    let real = select(vec![
        -0.0,
        0.25,
        0.249_999_999,
        0.5,
        1.0,
        1.5,
        2.0,
        2.5,
        3.0,
        4.0,
        4.000_000_001,
        30.0,
        1e300,
        -1e300,
        5e-324,
        2_147_483_648.0,
        9_007_199_254_740_992.0,
        -9_223_372_036_854_775_808.0,
        9_223_372_036_854_775_808.0,
    ]);
    prop_oneof![
        6 => whole.prop_map(Value::from),
        3 => real.prop_map(Value::from),
        1 => select(vec![1_u64 << 63, u64::MAX]).prop_map(Value::from),
    ]
}

pub(crate) fn odd_text() -> impl Strategy<Value = Value> {
    const TEXTS: &[&str] = &[
        "",
        "0",
        "1",
        "5",
        "9",
        "10",
        "12",
        "-1",
        "1.5",
        "\u{663}",
        "null",
        "*",
        " ",
        "abcd",
        "${text1}",
        "${text11} ${",
        "UklGRg==",
        "UklGRg",
        "UklGRh==",
        "UklGRgA=",
        "UklGRgB=",
        "UklG",
        "Ukl-",
        "UklG\n",
        "====",
        "=",
        "U===",
        "Uk=G",
        "2024-06-03 15:13:01",
        "2024-02-29 23:59:59",
        "2023-02-29 00:00:00",
        "1900-02-29 00:00:00",
        "2000-02-29 00:00:00",
        "0000-01-01 00:00:00",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "2024-06-31 00:00:00",
        "2024-13-01 00:00:00",
        "2024-00-10 00:00:00",
        "2024-01-00 00:00:00",
        "2024-01-01 24:00:00",
        "2024-01-01 23:60:00",
        "2024-01-01 23:59:60",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00\n",
        " 2024-01-01 00:00:00",
        "2024-01-01",
        "2024-1-1 00:00:00",
        "+024-01-01 00:00:00",
        "\u{FF12}024-01-01 00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01 00:00:00.0",
    ];
    prop_oneof![
        2 => select(TEXTS).prop_map(Value::from),
        1 => (select(vec![1_usize, 4, 5, 6, 31, 32, 33, 999, 1000, 1001]), character())
            .prop_map(|(length, character)| Value::from(String::from(character).repeat(length))),
    ]
}

/// A character of one to four bytes, one that combines, and ones that JSON escapes.
fn character() -> impl Strategy<Value = char> {
    select(vec!['a', '7', '\u{E9}', '\u{4E2D}', '\u{1F600}', '\u{301}', '\u{FEFF}', '"', '\\', '\n', '\0', '\u{7F}'])
}

/// A mistake that somebody could make with one member of a request.
#[derive(Clone, Debug)]
enum Mistake {
    /// It is left out.
    Drop,
    /// It is something else.
    Replace(Value),
    /// It is far too much of the same.
    Exaggerate,
    /// Its name is misspelt.
    Rename(String),
    /// There is something beside it.
    Add(String, Value),
}

fn mistake() -> impl Strategy<Value = Mistake> {
    prop_oneof![
        4 => Just(Mistake::Drop),
        1 => Just(Mistake::Replace(Value::Null)),
        12 => odd().prop_map(Mistake::Replace),
        2 => Just(Mistake::Exaggerate),
        1 => unknown_name().prop_map(Mistake::Rename),
        1 => (unknown_name(), odd()).prop_map(|(name, value)| Mistake::Add(name, value)),
    ]
}

/// Makes a mistake somewhere in a request.
fn make(json: &mut Value, place: Index, mistake: Mistake) {
    let places = count(json);
    if places == 0 {
        return;
    }
    change(json, &mut place.index(places), &mut Some(mistake));
}

/// Number of members and items at all depths.
fn count(json: &Value) -> usize {
    match json {
        Value::Array(items) => items.iter().map(|item| 1 + count(item)).sum(),
        Value::Object(members) => members.values().map(|member| 1 + count(member)).sum(),
        _ => 0,
    }
}

/// Walks to a place, counting down to it, and makes the mistake there.
fn change(json: &mut Value, steps: &mut usize, mistake: &mut Option<Mistake>) {
    match json {
        Value::Array(items) => {
            for index in 0..items.len() {
                if *steps == 0 {
                    return change_item(items, index, mistake.take());
                }
                *steps -= 1;
                change(&mut items[index], steps, mistake);
                if mistake.is_none() {
                    return;
                }
            }
        }
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                if *steps == 0 {
                    return change_member(members, name, mistake.take());
                }
                *steps -= 1;
                change(&mut members[&name], steps, mistake);
                if mistake.is_none() {
                    return;
                }
            }
        }
        _ => {}
    }
}

fn change_item(items: &mut Vec<Value>, index: usize, mistake: Option<Mistake>) {
    match mistake {
        Some(Mistake::Replace(value) | Mistake::Add(_, value)) => items[index] = value,
        Some(Mistake::Exaggerate) => items[index] = exaggerated(&items[index]),
        Some(Mistake::Drop | Mistake::Rename(_)) => _ = items.remove(index),
        None => {}
    }
}

fn change_member(members: &mut Map<String, Value>, name: String, mistake: Option<Mistake>) {
    match mistake {
        Some(Mistake::Drop) => _ = members.remove(&name),
        Some(Mistake::Replace(value)) => _ = members.insert(name, value),
        Some(Mistake::Exaggerate) => members[&name] = exaggerated(&members[&name]),
        Some(Mistake::Rename(to)) => {
            let value = members.remove(&name).unwrap_or_default();
            members.insert(to, value);
        }
        Some(Mistake::Add(name, value)) => _ = members.insert(name, value),
        None => {}
    }
}

fn exaggerated(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_i64().map_or(json!(1e9), |number| number.saturating_add(10_000).into()),
        Value::String(_) => "\u{1F600}".repeat(1001).into(),
        Value::Array(items) => vec![items.clone(); 2].concat().into(),
        other => other.clone(),
    }
}

fn update() -> impl Strategy<Value = Value> {
    let flow = (int64(), whole(1, 1440), whole(1, 10), whole(0, 1));
    (flow, prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 8 => vec(node(), 0..3).prop_map(|nodes| Some(nodes.into()))])
        .prop_map(|((key_id, interval, num, kind), nodes)| {
            let mut json =
                json!({ "keyId": key_id, "recallInterval": interval, "recallNum": num, "recallType": kind });
            if let Some(nodes) = nodes {
                json["nodeList"] = nodes;
            }
            json
        })
}

fn query() -> impl Strategy<Value = Value> {
    let statuses = prop_oneof![1 => Just(Value::Null), 4 => vec(whole(0, 6), 0..4).prop_map(Value::from)];
    let optional = (prop::option::of(statuses), prop::option::of(int64()), prop::option::of(text(0, 40)));
    (whole(1, i32::MAX), whole(1, 100), time(), time(), whole(3, 3), optional).prop_map(
        |(current, size, start, end, kind, (statuses, app, search))| {
            let mut params = json!({ "strTime": start, "endTime": end, "taskType": kind });
            for (name, value) in [("statusList", statuses), ("idxAppId", app), ("searchCondition", search)] {
                if let Some(value) = value {
                    params[name] = value;
                }
            }
            json!({ "current": current, "size": size, "params": params })
        },
    )
}

/// How a field that may be left out is there.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Presence {
    Given,
    Null,
    Absent,
}

/// A node that breaks no rule, with every mix of fields.
pub(crate) fn node() -> impl Strategy<Value = Value> {
    let presence = prop_oneof![2 => Just(Presence::Given), 1 => Just(Presence::Null), 1 => Just(Presence::Absent)];
    (whole_node(), vec(presence, 27)).prop_map(|(whole_node, presences)| {
        let members = whole_node.as_object().into_iter().flatten().zip(presences);
        let node: Map<String, Value> = members
            .filter_map(|((name, value), presence)| match presence {
                _ if is_needed(&whole_node, name) => Some((name.clone(), value.clone())),
                Presence::Given => Some((name.clone(), value.clone())),
                Presence::Null => Some((name.clone(), Value::Null)),
                Presence::Absent => None,
            })
            .collect();
        Value::Object(node)
    })
}

/// Whether a node with all fields would be invalid without this one.
fn is_needed(node: &Value, name: &str) -> bool {
    let is = |name: &str, number: f64| node[name].as_f64() == Some(number);
    match name {
        "source" | "hangUpSms" | "toSeat" => true,
        "voiceFileId" => is("source", 1.0),
        "uploadName" | "baseFile" => is("source", 2.0),
        "text" | "lan" => is("source", 3.0),
        // All pushes stay when one of them is needed, so that the one that is 1 is there.
        "smsContent" | "feedbackPush" | "successPush" | "failedPush" | "ringPush" => is("hangUpSms", 1.0),
        "feedbackValue" => is("feedbackPush", 1.0),
        "successPushTime" => is("successPush", 1.0),
        "sipGroupId" | "outboundControl" | "calloutRate" | "toSeatType" => is("toSeat", 1.0),
        "toSeatKey" => is("toSeat", 1.0) && is("toSeatType", 2.0),
        _ => false,
    }
}

/// A node with all fields.
fn whole_node() -> impl Strategy<Value = Value> {
    let voice = (whole(1, 3), text(1, 40), text(0, 40), text(5, 32), base64(), text(1, 1000), text(1, 8));
    let speech = (speaking_rate(), whole(1, 2), whole(i32::MIN, i32::MAX));
    let sms = (whole(0, 1), int64(), sms_content(), text(0, 32));
    let pushes = (whole(0, 1), digit(), whole(0, 1), whole(1, 9999), whole(0, 1), whole(0, 1));
    let seat = (whole(0, 1), int64(), whole(1, 1), whole(1, 100), whole(1, 2), text(1, 4), delay());
    (voice, speech, sms, pushes, seat).prop_map(|(voice, speech, sms, pushes, seat)| {
        let mut node = json!({
            "source": voice.0, "voiceFileId": voice.1, "voiceFileName": voice.2, "uploadName": voice.3,
            "baseFile": voice.4, "text": voice.5, "lan": voice.6,
            "speakingRate": speech.0, "ssmlGender": speech.1, "accent": speech.2,
            "hangUpSms": sms.0, "idxSmsAppId": sms.1, "smsContent": sms.2, "senderId": sms.3,
            "feedbackPush": pushes.0, "feedbackValue": pushes.1, "successPush": pushes.2,
            "successPushTime": pushes.3, "failedPush": pushes.4, "ringPush": pushes.5,
            "toSeat": seat.0, "sipGroupId": seat.1, "outboundControl": seat.2, "calloutRate": seat.3,
            "toSeatType": seat.4, "toSeatKey": seat.5, "delayTransfer": seat.6,
        });
        let pushes = ["feedbackPush", "successPush", "failedPush", "ringPush"];
        if node["hangUpSms"].as_f64() == Some(1.0) && pushes.iter().all(|push| node[push].as_f64() == Some(0.0)) {
            node["failedPush"] = json!(1);
        }
        node
    })
}

/// A whole number, sometimes written as `30.0`, and often one of the ends.
fn whole(min: i32, max: i32) -> impl Strategy<Value = Value> {
    let number = prop_oneof![1 => Just(min), 1 => Just(max), 3 => min..=max];
    (number, prop::bool::weighted(0.1))
        .prop_map(|(number, as_real)| if as_real { Value::from(f64::from(number)) } else { Value::from(number) })
}

fn int64() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0_i64..100_000).prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => select(vec![i64::MIN, i64::MAX, (1 << 53) + 1]).prop_map(Value::from),
        1 => select(vec![30.0, -0.0, 9_007_199_254_740_992.0, -9_223_372_036_854_775_808.0]).prop_map(Value::from),
    ]
}

/// Text with so many characters, and often as few or as many as are allowed.
fn text(min: usize, max: usize) -> impl Strategy<Value = Value> {
    let repeated = (select(vec![min, max, min + 1, max - 1, min.midpoint(max)]), character())
        .prop_map(|(length, character)| String::from(character).repeat(length));
    let mixed = vec(character(), min.max(1)..=max.min(12)).prop_map(|characters| characters.into_iter().collect());
    prop_oneof![2 => repeated, 1 => mixed].prop_map(Value::from)
}

fn base64() -> impl Strategy<Value = Value> {
    select(&["UklGRg==", "UklGRgA=", "UklG", "+/+/", "AAAA", "////AQ=="][..]).prop_map(Value::from)
}

fn digit() -> impl Strategy<Value = Value> {
    (0_u8..=9).prop_map(|digit| Value::from(digit.to_string()))
}

fn speaking_rate() -> impl Strategy<Value = Value> {
    prop_oneof![2 => (0.25..=4.0).prop_map(Value::from), 1 => select(vec![0.25, 4.0]).prop_map(Value::from), 1 => whole(1, 4)]
}

fn sms_content() -> impl Strategy<Value = Value> {
    const PIECES: &[&str] =
        &["Hello ", "${text1}", "${text10}", "${text11}", "${name}", "${}", "$", "{", "}", "${text01}", "\u{1F600}"];
    prop_oneof![
        2 => vec(select(PIECES), 1..5).prop_map(|pieces| Value::from(pieces.concat())),
        1 => text(1, 1000),
    ]
}

fn delay() -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(json!(0)), 2 => whole(-1, 60), 1 => whole(i32::MIN, i32::MAX)]
}

pub(crate) fn time() -> impl Strategy<Value = Value> {
    let any_time =
        (1..=9999, 1..=12, 1..=28, 0..24, 0..60, 0..60).prop_map(|(year, month, day, hour, minute, second)| {
            Value::from(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"))
        });
    const EDGES: &[&str] =
        &["0001-01-01 00:00:00", "9999-12-31 23:59:59", "2024-02-29 23:59:59", "2000-02-29 00:00:00"];
    prop_oneof![3 => any_time, 1 => select(EDGES).prop_map(Value::from)]
}
