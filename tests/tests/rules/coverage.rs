//! Coverage of the arbitrary requests, without which the property tests would prove little.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::arbitrary;
use crate::oracle::{Broken, Needed, Object, Request, Type, breakable, violating_paths};

#[test]
fn arbitrary_requests_break_every_rule_of_every_field() {
    for request in Request::ALL {
        let reached: Broken = samples(arbitrary::request(request), 2000)
            .flat_map(|json| violating_paths(request, &json))
            .map(|(path, rule)| (without_indexes(&path), rule))
            .collect();
        let missed: Vec<_> = breakable(request).into_iter().filter(|rule| !reached.contains(rule)).collect();
        assert!(missed.is_empty(), "{request:?}: no sample breaks {missed:?}");
        let misspelt = reached.iter().any(|(path, rule)| *rule == "type" && path.ends_with("key_id"));
        assert!(misspelt, "{request:?}: no sample has a misspelt field");
    }
}

#[test]
fn every_kind_of_rule_can_be_broken() {
    let kinds: BTreeSet<&str> = Request::ALL.into_iter().flat_map(breakable).map(|(_, rule)| rule).collect();
    let all: BTreeSet<&str> = recallflow::Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(kinds, all);
}

#[test]
fn valid_requests_have_and_lack_every_optional_field() {
    for request in Request::ALL {
        let mut seen = Seen::default();
        for json in samples(arbitrary::valid(request), 400) {
            assert_eq!(violating_paths(request, &json), Broken::new(), "{json}");
            seen.look(request.object(), &json);
        }
        let never_given: Vec<_> = seen.fields.difference(&seen.given).collect();
        let never_lacking: Vec<_> = seen.optional.difference(&seen.lacking).collect();
        assert!(never_given.is_empty() && never_lacking.is_empty(), "{request:?}: {never_given:?}, {never_lacking:?}");
    }
}

/// Returns the same samples in every run.
fn samples(strategy: impl Strategy<Value = Value>, count: usize) -> impl Iterator<Item = Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

fn without_indexes(path: &str) -> String {
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| path + "[" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// Names of fields, including those of nested objects.
#[derive(Default)]
struct Seen {
    fields: BTreeSet<&'static str>,
    optional: BTreeSet<&'static str>,
    given: BTreeSet<&'static str>,
    lacking: BTreeSet<&'static str>,
}

impl Seen {
    fn look(&mut self, object: &'static Object, json: &Value) {
        for &(name, kind, needed, _) in object.fields {
            self.fields.insert(name);
            if !matches!(needed, Needed::Yes) {
                self.optional.insert(name);
            }
            let value = &json[name];
            if value.is_null() {
                self.lacking.insert(name)
            } else {
                self.given.insert(name)
            };
            match kind {
                Type::Nested(object) => self.look(object, value),
                Type::List(Type::Nested(object)) => {
                    for item in value.as_array().into_iter().flatten() {
                        self.look(object, item);
                    }
                }
                _ => {}
            }
        }
    }
}
