//! Every JSON object can be read as a response, and no value is lost.

use std::collections::BTreeSet;
use std::fmt::Debug;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use recallflow::{Extra, GroupCallPage, GroupCallTask, RecallFlowDetail, RecallNodeDetail};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::arbitrary::time;
use crate::json::same;
use crate::odd::{any_json, any_object, odd, unknown_name};
use crate::response_oracle::{
    GROUP_CALL_PAGE, GROUP_CALL_TASK, Holds, RECALL_FLOW_DETAIL, RECALL_NODE_DETAIL, Record, Rewritten, rewritten,
};
use crate::subject::cases;

/// The common interface of the response types.
trait Response: Debug + PartialEq + Serialize + DeserializeOwned {
    const RECORD: &'static Record;

    fn extra(&self) -> &Extra;
}

macro_rules! response {
    ($($type:ident: $record:ident),*) => {$(
        impl Response for $type {
            const RECORD: &'static Record = &$record;

            fn extra(&self) -> &Extra {
                &self.extra
            }
        }
    )*};
}

response!(
    RecallFlowDetail: RECALL_FLOW_DETAIL,
    RecallNodeDetail: RECALL_NODE_DETAIL,
    GroupCallPage: GROUP_CALL_PAGE,
    GroupCallTask: GROUP_CALL_TASK
);

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn a_flow_loses_nothing(json in response(&RECALL_FLOW_DETAIL)) {
        loses_nothing::<RecallFlowDetail>(&json)?;
    }

    #[test]
    fn a_page_loses_nothing(json in response(&GROUP_CALL_PAGE)) {
        loses_nothing::<GroupCallPage>(&json)?;
    }

    #[test]
    fn a_task_loses_nothing(json in response(&GROUP_CALL_TASK)) {
        loses_nothing::<GroupCallTask>(&json)?;
    }

    #[test]
    fn a_node_loses_nothing(json in response(&RECALL_NODE_DETAIL)) {
        loses_nothing::<RecallNodeDetail>(&json)?;
    }

    #[test]
    fn any_object_is_a_response(json in any_object()) {
        is_read::<RecallFlowDetail>(&json)?;
        is_read::<RecallNodeDetail>(&json)?;
        is_read::<GroupCallPage>(&json)?;
        is_read::<GroupCallTask>(&json)?;
    }

    #[test]
    fn other_json_is_an_error(json in any_json().prop_filter("no object", |json| !json.is_object())) {
        prop_assert!(serde_json::from_value::<RecallFlowDetail>(json.clone()).is_err());
        prop_assert!(serde_json::from_str::<GroupCallPage>(&json.to_string()).is_err());
        prop_assert!(serde_json::from_str::<GroupCallTask>(&json.to_string()).is_err());
    }

    #[test]
    fn damaged_json_never_panics(
        json in response(&RECALL_FLOW_DETAIL),
        place in any::<Index>(),
        damage in vec(select(&b"\"\\{}[]:,0-eEu\n\0\xff\xc3tn"[..]), 0..4),
        cut in any::<bool>(),
    ) {
        let mut bytes = json.to_string().into_bytes();
        let place = place.index(bytes.len());
        bytes.splice(place..=place, damage);
        if cut {
            bytes.truncate(place);
        }
        survives(&bytes);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..64)) {
        survives(&bytes);
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close) in [("[", "]"), ("{\"nodeList\":[", "]}"), ("{\"x\":", "}"), ("{\"records\":", "}")] {
        let inner = if open.ends_with(':') { "1" } else { "" };
        let deep = format!("{}{inner}{}", open.repeat(50_000), close.repeat(50_000));
        survives(deep.as_bytes());
        survives(open.repeat(50_000).as_bytes());
    }
}

#[test]
fn duplicate_keys_are_accepted() {
    let task: GroupCallTask = serde_json::from_str(r#"{"taskId": 1, "taskId": 2, "new": 1, "new": 2}"#).unwrap();
    assert_eq!((task.task_id, task.extra.get("new")), (Some(2), Some(2)));
}

#[test]
fn valid_records_survive_beside_invalid_ones() {
    let flow: RecallFlowDetail = serde_json::from_value(json!({ "nodeList": [null, { "keyId": 7 }, 5] })).unwrap();
    assert_eq!(flow.node_list.iter().map(|node| node.key_id).collect::<Vec<_>>(), [Some(7)]);
    assert_eq!(flow.extra.json("nodeList").as_deref(), Some(r#"[null,{"keyId":7},5]"#));
    assert_eq!(flow.to_update().unwrap_err().violations().iter().filter(|v| v.path.ends_with(']')).count(), 2);
}

#[test]
fn arbitrary_responses_have_every_field_valid_null_and_invalid() {
    for record in [&RECALL_FLOW_DETAIL, &RECALL_NODE_DETAIL, &GROUP_CALL_PAGE, &GROUP_CALL_TASK] {
        let (mut fitting, mut null, mut odd) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut runner, strategy) = (TestRunner::deterministic(), response(record));
        for _ in 0..250 {
            let json = strategy.new_tree(&mut runner).unwrap().current();
            let Rewritten { extra, .. } = rewritten(record, json.as_object().unwrap());
            for (name, value) in json.as_object().unwrap() {
                let seen = match value {
                    Value::Null => &mut null,
                    _ if extra.contains(name) => &mut odd,
                    _ => &mut fitting,
                };
                seen.insert(name.clone());
            }
        }
        let aliases = record.aliases.iter().map(|(alias, _)| alias);
        for name in record.fields.iter().map(|(name, _)| name).chain(aliases) {
            assert!([&fitting, &null, &odd].into_iter().all(|seen| seen.contains(*name)), "{name}");
        }
    }
}

fn loses_nothing<T: Response>(json: &Value) -> Result<(), TestCaseError> {
    let expected = rewritten(T::RECORD, json.as_object().unwrap());
    let response = is_read::<T>(json)?;
    let names: BTreeSet<String> = response.extra().names().map(str::to_owned).collect();
    prop_assert_eq!(names, expected.extra, "in `extra` of {}", json);

    let written = serde_json::to_value(&response)?;
    prop_assert!(same(&written, &expected.json.into()), "{} becomes {}", json, written);
    prop_assert_eq!(&written, &serde_json::from_str::<Value>(&serde_json::to_string(&response)?)?);
    prop_assert_eq!(is_read::<T>(&written)?, response);
    Ok(())
}

/// Reads a response from a value and from text, which must succeed for every JSON object.
fn is_read<T: Response>(json: &Value) -> Result<T, TestCaseError> {
    let response: T = serde_json::from_value(json.clone())?;
    prop_assert_eq!(&serde_json::from_str::<T>(&json.to_string())?, &response);
    Ok(response)
}

fn survives(bytes: &[u8]) {
    let results = [
        serde_json::from_slice::<RecallFlowDetail>(bytes).map(|response| serde_json::to_string(&response)),
        serde_json::from_slice::<GroupCallPage>(bytes).map(|response| serde_json::to_string(&response)),
        serde_json::from_slice::<GroupCallTask>(bytes).map(|response| serde_json::to_string(&response)),
    ];
    for written in results.into_iter().flatten() {
        assert!(written.is_ok(), "what was read cannot be written: {written:?}");
    }
}

/// Generates a response with many fields: most are as documented, some are unknown.
pub(crate) fn response(record: &'static Record) -> BoxedStrategy<Value> {
    let fields: Vec<_> = record
        .fields
        .iter()
        .map(|&(name, holds)| (name_of(record, name), prop::option::weighted(0.6, member(holds))))
        .collect();
    (fields, btree_map(unknown_name(), any_json(), 0..2))
        .prop_map(|(fields, unknown)| {
            let members = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            members.chain(unknown).collect::<Map<_, _>>().into()
        })
        .boxed()
}

/// Generates the name of a field, or its alias.
fn name_of(record: &'static Record, name: &'static str) -> impl Strategy<Value = &'static str> {
    let names = record.aliases.iter().filter(move |(_, of)| *of == name).map(|(alias, _)| *alias);
    select(names.chain([name]).collect::<Vec<_>>())
}

fn member(holds: Holds) -> BoxedStrategy<Value> {
    prop_oneof![8 => documented(holds), 3 => odd(), 1 => Just(Value::Null), 1 => numeric_text(), 1 => any_json()]
        .boxed()
}

fn documented(holds: Holds) -> BoxedStrategy<Value> {
    match holds {
        Holds::Int64 => prop_oneof![0..10_i64, any::<i64>()].prop_map(Value::from).boxed(),
        Holds::Int32 => prop_oneof![0..10_i32, any::<i32>()].prop_map(Value::from).boxed(),
        Holds::Double => prop_oneof![0.25..=4.0, any::<f64>()].prop_map(Value::from).boxed(),
        Holds::Flag | Holds::Truth => select(vec![json!(0), json!(1), json!(true), json!(false)]).boxed(),
        Holds::Text => any::<String>().prop_map(Value::from).boxed(),
        Holds::Time => time().boxed(),
        Holds::Texts => {
            let item = prop_oneof![9 => any::<String>().prop_map(Value::from), 1 => odd()];
            vec(item, 0..3).prop_map(Value::from).boxed()
        }
        Holds::Records(record) => {
            let item = prop_oneof![9 => response(record), 1 => odd()];
            vec(item, 0..3).prop_map(Value::from).boxed()
        }
    }
}

fn numeric_text() -> impl Strategy<Value = Value> {
    const TEXTS: &[&str] = &[
        "0",
        "1",
        "-16",
        "007",
        "-0",
        "1.5",
        ".5",
        "5.",
        "-.25",
        "-",
        ".",
        "1.2.3",
        "1-",
        "+1",
        " 1",
        "1e3",
        "0x1",
        "inf",
        "NaN",
        "\u{663}",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
    ];
    prop_oneof![
        6 => select(TEXTS).prop_map(Value::from),
        1 => any::<i64>().prop_map(|number| Value::from(number.to_string())),
        1 => any::<f64>().prop_map(|number| Value::from(number.to_string())),
        1 => Just(Value::from("9".repeat(400))),
    ]
}
