//! Arbitrary requests as JSON: valid ones, ones with a few mistakes, and unrelated JSON.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use crate::mistake::{Mistake, make, mistake};
use crate::odd::{any_json, character, odd};
use crate::oracle::Request;

/// Generates any request. Most are nearly valid, and reach the later checks as well.
pub(crate) fn request(request: Request) -> BoxedStrategy<Value> {
    prop_oneof![
        2 => valid(request),
        12 => mistaken(request),
        2 => mixed(request),
        1 => any_json(),
    ]
    .boxed()
}

/// Generates a request that breaks no rule.
pub(crate) fn valid(request: Request) -> BoxedStrategy<Value> {
    match request {
        Request::UpdateRecallFlow => update(node()).boxed(),
        Request::UpdateAgentRecallFlow => agent_update().boxed(),
        Request::RecallFlowDetailQuery => int64().prop_map(|key_id| json!({ "keyId": key_id })).boxed(),
        Request::GroupCallQuery => query().boxed(),
        Request::RecallFlowQuery => flow_query().boxed(),
        Request::CancelRecallFlow => {
            (whole(1, 3), int64()).prop_map(|(scope, id)| json!({ "type": scope, "id": id })).boxed()
        }
    }
}

/// Generates a valid request and makes a few mistakes in it.
pub(crate) fn mistaken(request: Request) -> impl Strategy<Value = Value> + use<> {
    (valid(request), vec((any::<Index>(), mistake()), 1..4)).prop_map(|(mut json, mistakes)| {
        for (place, mistake) in mistakes {
            make(&mut json, place, mistake);
        }
        json
    })
}

/// Generates a valid request and adds a field of another request.
fn mixed(request: Request) -> impl Strategy<Value = Value> {
    (valid(request), any::<Index>(), foreign_field()).prop_map(|(mut json, place, foreign)| {
        make(&mut json, place, foreign);
        json
    })
}

/// Generates a field that some requests have and others do not.
pub(crate) fn foreign_field() -> impl Strategy<Value = Mistake> {
    const NAMES: &[&str] = &["recallIntent", "scriptId", "source", "text", "toSeat", "nodeList", "params", "taskName"];
    (select(NAMES), odd()).prop_map(|(name, value)| Mistake::Add(name.to_owned(), value))
}

/// Generates an update of an AI Agent flow.
fn agent_update() -> impl Strategy<Value = Value> {
    let node = int64().prop_map(|script| json!({ "scriptId": script }));
    let intents = prop_oneof![1 => Just(Value::Null), 4 => vec(text(0, 5), 0..3).prop_map(Value::from)];
    (update(node), prop::option::of(intents)).prop_map(|(mut update, intents)| {
        if let Some(intents) = intents {
            update["recallIntent"] = intents;
        }
        update
    })
}

/// Generates an update with some nodes.
fn update(node: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let nodes = vec(node, 0..3).prop_map(|nodes| Some(nodes.into()));
    let nodes = prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 8 => nodes];
    (int64(), whole(1, 1440), whole(1, 10), whole(0, 1), nodes).prop_map(|(key_id, interval, num, kind, nodes)| {
        let mut json = json!({ "keyId": key_id, "recallInterval": interval, "recallNum": num, "recallType": kind });
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

fn flow_query() -> impl Strategy<Value = Value> {
    let name = prop_oneof![1 => Just(Value::Null), 4 => text(0, 40)];
    (whole(1, i32::MAX), whole(1, 100), time(), time(), prop::option::of(name)).prop_map(
        |(current, size, start, end, name)| {
            let mut params = json!({ "strTime": start, "endTime": end });
            if let Some(name) = name {
                params["taskName"] = name;
            }
            json!({ "current": current, "size": size, "params": params })
        },
    )
}

/// The presence of an optional field.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Presence {
    Given,
    Null,
    Absent,
}

/// Generates a valid node with any combination of fields.
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

/// Returns whether a node with all fields would be invalid without this one.
fn is_needed(node: &Value, name: &str) -> bool {
    let is = |name: &str, number: f64| node[name].as_f64() == Some(number);
    match name {
        "source" | "hangUpSms" | "toSeat" => true,
        "voiceFileId" => is("source", 1.0),
        "uploadName" | "baseFile" => is("source", 2.0),
        "text" | "lan" => is("source", 3.0),
        // If one push is needed, all stay, so that the one with the value 1 does.
        "smsContent" | "feedbackPush" | "successPush" | "failedPush" | "ringPush" => is("hangUpSms", 1.0),
        "feedbackValue" => is("feedbackPush", 1.0),
        "successPushTime" => is("successPush", 1.0),
        "sipGroupId" | "outboundControl" | "calloutRate" | "toSeatType" => is("toSeat", 1.0),
        "toSeatKey" => is("toSeat", 1.0) && is("toSeatType", 2.0),
        _ => false,
    }
}

/// Generates a node with all fields.
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

/// Generates an integer, sometimes written as `30.0`, and often a limit of the range.
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

/// Generates text with this number of characters, often the minimum or maximum.
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
    let any_rate = (0.25..=4.0).prop_map(Value::from);
    prop_oneof![2 => any_rate, 1 => select(vec![0.25, 4.0]).prop_map(Value::from), 1 => whole(1, 4)]
}

fn sms_content() -> impl Strategy<Value = Value> {
    const PIECES: &[&str] =
        &["Hi ", "${text1}", "${text10}", "${text11}", "${text01}", "${name}", "${}", "$", "{", "}", "\u{1F600}"];
    let template = vec(select(PIECES), 1..5).prop_map(|pieces| Value::from(pieces.concat()));
    prop_oneof![2 => template, 1 => text(1, 1000)]
}

fn delay() -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(json!(0)), 2 => whole(-1, 60), 1 => whole(i32::MIN, i32::MAX)]
}

/// Generates a valid time.
pub(crate) fn time() -> impl Strategy<Value = Value> {
    const EDGES: &[&str] =
        &["0001-01-01 00:00:00", "9999-12-31 23:59:59", "2024-02-29 23:59:59", "2000-02-29 00:00:00"];
    let date = (1..=9999, 1..=12, 1..=28).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
    let time = (0..24, 0..60, 0..60).prop_map(|(hour, minute, second)| format!("{hour:02}:{minute:02}:{second:02}"));
    let any_time = (date, time).prop_map(|(date, time)| Value::from(format!("{date} {time}")));
    prop_oneof![3 => any_time, 1 => select(EDGES).prop_map(Value::from)]
}
