//! Differences between two wire forms.

use std::fmt;

use serde_json::Value;

/// A field that two states of a flow have differently.
///
/// It displays as a line such as `nodeList[0].smsContent: "Hi" -> "Hello"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Path of the field by its names on the wire: `nodeList[0].smsContent`.
    pub path: String,
    /// The value before, as JSON text. `None` if there was none.
    pub before: Option<String>,
    /// The value after, as JSON text. `None` if there is none.
    pub after: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.path, Shown(self.before.as_deref()), Shown(self.after.as_deref()))
    }
}

/// Characters of a value that are shown. A voice file has millions.
const SHOWN: usize = 120;

/// A value as a line shows it.
struct Shown<'a>(Option<&'a str>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(json) = self.0 else { return f.write_str("nothing") };
        match json.char_indices().nth(SHOWN) {
            None => f.write_str(json),
            Some((end, _)) => write!(f, "{}… ({} characters)", &json[..end], json.chars().count()),
        }
    }
}

/// Returns the fields that differ, in the order of their paths. Fields that are null and fields that are absent are equal.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    collect(String::new(), Some(before), Some(after), &mut changes);
    changes
}

fn collect(path: String, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<Change>) {
    let before = before.filter(|value| !value.is_null());
    let after = after.filter(|value| !value.is_null());
    match (before, after) {
        (None, None) => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let added = after.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(added) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(path, before.get(name), after.get(name), changes);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if has_objects(before) || has_objects(after) => {
            for index in 0..before.len().max(after.len()) {
                collect(format!("{path}[{index}]"), before.get(index), after.get(index), changes);
            }
        }
        (Some(before), Some(after)) if before == after => {}
        (before, after) => {
            let [before, after] = [before, after].map(|value| value.map(Value::to_string));
            changes.push(Change { path, before, after });
        }
    }
}

fn has_objects(items: &[Value]) -> bool {
    items.iter().any(Value::is_object)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn changes_have_paths_and_both_values() {
        let before = json!({ "a": 1, "b": null, "list": [{ "x": "Hi" }, { "x": 2 }], "gone": [1] });
        let after = json!({ "a": 1, "list": [{ "x": "Hello", "y": true }], "plain": [1, 2] });
        let lines: Vec<_> = differences(&before, &after).iter().map(Change::to_string).collect();
        assert_eq!(
            lines,
            [
                "gone: [1] -> nothing",
                "list[0].x: \"Hi\" -> \"Hello\"",
                "list[0].y: nothing -> true",
                "list[1]: {\"x\":2} -> nothing",
                "plain: nothing -> [1,2]"
            ]
        );
    }

    #[test]
    fn a_long_value_is_shortened_between_characters() {
        let change = differences(&json!({ "text": "" }), &json!({ "text": "ä".repeat(500) })).remove(0);
        assert_eq!(change.to_string(), format!("text: \"\" -> \"{}… (502 characters)", "ä".repeat(119)));
    }

    /// Sets the value at a path, or removes it.
    fn put(target: &mut Value, path: &str, value: Option<Value>) {
        let pointer = format!("/{}", path.replace("].", "/").replace(['.', '['], "/").replace(']', ""));
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match (target.pointer_mut(parent).unwrap(), value) {
            (Value::Object(object), Some(value)) => drop(object.insert(name.to_owned(), value)),
            (Value::Object(object), None) => drop(object.remove(name)),
            (Value::Array(items), Some(value)) if name.parse() == Ok(items.len()) => items.push(value),
            (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
            // Items are only removed at the end of a list.
            (Value::Array(items), None) => items.truncate(items.len() - 1),
            (other, _) => panic!("{other} has no members"),
        }
    }

    fn leaf() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i8>().prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
            any::<bool>().prop_map(Value::from)
        ]
    }

    fn object() -> impl Strategy<Value = Value> {
        leaf().prop_recursive(3, 24, 3, |inner| {
            let object = prop::collection::btree_map("[a-d]", inner.clone(), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()));
            let list = prop::collection::vec(object.clone(), 0..3).prop_map(Value::from);
            prop_oneof![object, list, inner]
        })
    }

    proptest! {
        #[test]
        fn the_changes_turn_one_state_into_the_other(a in object(), b in object()) {
            let (before, after) = (json!({ "root": a }), json!({ "root": b }));
            let mut patched = before.clone();
            let changes = differences(&before, &after);
            // Later items of a list are removed first.
            let (removed, kept): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.after.is_none());
            for change in kept.into_iter().chain(removed.into_iter().rev()) {
                put(&mut patched, &change.path, change.after.as_deref().map(|json| serde_json::from_str(json).unwrap()));
            }
            prop_assert_eq!(&patched, &after);
            prop_assert!(differences(&after, &after).is_empty());
            prop_assert_eq!(changes.is_empty(), before == after);
        }
    }
}
