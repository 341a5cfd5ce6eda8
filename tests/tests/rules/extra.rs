//! Unknown fields in `extra` are sent unchanged, each with a warning, and hide no violation.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use recallflow::{
    CancelRecallFlow, Extra, GroupCallQuery, RecallFlowDetailQuery, RecallFlowQuery, UpdateAgentRecallFlow,
    UpdateRecallFlow,
};
use serde_json::{Map, Value};

use crate::arbitrary;
use crate::json::{drop_nulls, drop_unknown, keep_unknown, same};
use crate::mistake::{Mistake, make};
use crate::odd::{odd, unknown_name};
use crate::oracle::{Object, Request, Type};
use crate::subject::{Subject, broken, cases, read, schema_accepts, with_type};

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_field_of_the_other_kind_of_flow_is_a_violation(
        (request, name) in prop_oneof![
            Just((Request::UpdateRecallFlow, "recallIntent")),
            Just((Request::UpdateAgentRecallFlow, "scriptId")),
        ],
        value in odd(),
    ) {
        // `scriptId` belongs to a node, so that it is only unknown in the settings.
        let update = recallflow::UpdateRecallFlow::new(1, 2, 3, recallflow::RecallType::All);
        let update = update.extra(extra(Map::from_iter([(name.to_owned(), value.clone())])));
        let is_refused = request == Request::UpdateRecallFlow && !value.is_null();
        prop_assert_eq!(!update.validate().is_empty(), is_refused);
        prop_assert_eq!(schema_accepts(Request::UpdateRecallFlow, &serde_json::to_value(&update)?), !is_refused);
    }

    #[test]
    fn unknown_fields_are_sent_unchanged_with_a_warning((request, json) in with_unknown_fields()) {
        with_type!(request, is_carried(request, &json))?;
    }

    #[test]
    fn a_documented_field_in_extra_is_a_violation(
        json in arbitrary::valid(Request::UpdateRecallFlow),
        index in any::<Index>(),
        value in odd(),
    ) {
        let (name, ..) = index.get(Request::UpdateRecallFlow.object().fields);
        let mut update = read::<UpdateRecallFlow>(&json).unwrap();
        update.extra = extra(Map::from_iter([((*name).to_owned(), value)]));
        prop_assert_eq!(broken(&update.validate()), [(format!("extra.{name}"), "type")].into());
    }

    #[test]
    fn a_documented_param_in_extra_is_a_violation(
        json in arbitrary::valid(Request::GroupCallQuery),
        name in prop::sample::select(&["strTime", "statusList"][..]),
        value in odd(),
    ) {
        let mut query = read::<GroupCallQuery>(&json).unwrap();
        query.extra = extra(Map::from_iter([("params".to_owned(), serde_json::json!({ name: value }))]));
        prop_assert_eq!(broken(&query.validate()), [(format!("extra.params.{name}"), "type")].into());
    }
}

/// A request into which unknown fields can be put.
trait Carrier: Subject {
    /// Puts the unknown fields of its wire form into `extra`.
    fn carry(&mut self, json: &Value);
}

impl Carrier for UpdateRecallFlow {
    fn carry(&mut self, json: &Value) {
        let object = Request::UpdateRecallFlow.object();
        self.extra = unknown(object, json);
        let nodes = json["nodeList"].as_array().into_iter().flatten();
        for (node, json) in self.node_list.iter_mut().flatten().zip(nodes) {
            node.extra = unknown(&crate::oracle::RECALL_NODE, json);
        }
    }
}

impl Carrier for UpdateAgentRecallFlow {
    fn carry(&mut self, json: &Value) {
        self.extra = unknown(Request::UpdateAgentRecallFlow.object(), json);
        let nodes = json["nodeList"].as_array().into_iter().flatten();
        for (node, json) in self.node_list.iter_mut().flatten().zip(nodes) {
            node.extra = unknown(&crate::oracle::AGENT_RECALL_NODE, json);
        }
    }
}

macro_rules! carrier {
    ($($type:ident),*) => {$(
        impl Carrier for $type {
            fn carry(&mut self, json: &Value) {
                self.extra = unknown_with_nested(Request::$type.object(), json);
            }
        }
    )*};
}

carrier!(RecallFlowDetailQuery, GroupCallQuery, RecallFlowQuery, CancelRecallFlow);

fn is_carried<T: Carrier>(request: Request, json: &Value) -> Result<(), TestCaseError> {
    let mut known = json.clone();
    drop_unknown(request.object(), &mut known);
    let Ok(mut typed) = read::<T>(&known) else { return Ok(()) };
    let (violations, warned) = (typed.violations(), paths(&typed));
    typed.carry(json);
    prop_assert_eq!(typed.violations(), violations.clone());
    let added: BTreeSet<String> = paths(&typed).difference(&warned).cloned().collect();
    prop_assert_eq!(added, unknown_paths(request.object(), json, ""));

    let sent = serde_json::to_value(&typed)?;
    let mut expected = json.clone();
    drop_nulls(request.object(), &mut expected);
    prop_assert!(same(&sent, &expected), "{} becomes {}", expected, sent);
    prop_assert_eq!(schema_accepts(request, &sent), violations.is_empty());
    Ok(())
}

/// Generates requests that have unknown fields in some of their objects, but none of another kind of flow.
fn with_unknown_fields() -> impl Strategy<Value = (Request, Value)> {
    let unknown = (any::<Index>(), unknown_name(), odd());
    (prop::sample::select(&Request::ALL[..]), vec(unknown, 1..4)).prop_flat_map(|(request, unknown)| {
        let request_json = prop_oneof![arbitrary::valid(request), arbitrary::mistaken(request)];
        (
            Just(request),
            request_json.prop_map(move |mut json| {
                for (place, name, value) in &unknown {
                    // In a list, this replaces an item.
                    make(&mut json, *place, Mistake::Add(name.clone(), value.clone()));
                }
                json
            }),
        )
    })
}

fn unknown(object: &Object, json: &Value) -> Extra {
    let mut json = json.clone();
    keep_unknown(object, &mut json);
    extra(json.as_object().cloned().unwrap_or_default())
}

/// Returns the unknown fields of a request and of its nested objects.
fn unknown_with_nested(object: &Object, json: &Value) -> Extra {
    let mut extra = unknown(object, json);
    for (name, kind, ..) in object.fields {
        if let Type::Nested(object) = kind
            && json[name].is_object()
        {
            extra.set(name, unknown(object, &json[name])).unwrap();
        }
    }
    extra
}

fn extra(fields: Map<String, Value>) -> Extra {
    Extra::from_json(&Value::Object(fields).to_string()).unwrap()
}

fn paths<T: Subject>(request: &T) -> BTreeSet<String> {
    request.warnings().into_iter().map(|warning| warning.path).collect()
}

/// Returns the paths of the unknown fields of a request and its objects.
fn unknown_paths(object: &Object, json: &Value, at: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (name, value) in json.as_object().into_iter().flatten() {
        let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        match object.fields.iter().find(|(known, ..)| known == name).map(|(_, kind, ..)| kind) {
            None => _ = paths.insert(path),
            Some(Type::Nested(object)) => paths.extend(unknown_paths(object, value, &path)),
            Some(Type::List(Type::Nested(object))) => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    paths.extend(unknown_paths(object, item, &format!("{path}[{index}]")));
                }
            }
            Some(_) => {}
        }
    }
    paths
}
