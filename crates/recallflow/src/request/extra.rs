//! The fields in the `extra` of a request: which ones may be sent, and where they belong.

use serde_json::Value;

use crate::extra::Extra;

/// Name of the member of a request that holds further fields, in every language. No field has this name on the wire.
pub const EXTRA: &str = "extra";

/// Calls a function with each field in `extra`: its wire path and, if it must not be there, the complaint about it.
///
/// `documented` are the wire paths of the request's own fields, such as `size` and `params.strTime`.
pub(super) fn inspect(extra: &Extra, documented: &[&str], mut report: impl FnMut(&str, Option<&'static str>)) {
    const DOCUMENTED: &str = "is a documented field, which must be set outside of `extra`";
    for (name, value) in extra.iter() {
        let is_field = |path: &str| documented.contains(&path).then_some(DOCUMENTED);
        if !is_holder(name, documented) {
            report(name, is_field(name));
        } else if let Value::Object(fields) = value {
            for inner in fields.keys() {
                let path = format!("{name}.{inner}");
                report(&path, is_field(&path));
            }
        } else {
            report(name, Some("must be an object, because the request has fields in it"));
        }
    }
}

/// Returns whether documented fields are in a nested wire object of this name.
fn is_holder(name: &str, documented: &[&str]) -> bool {
    documented.iter().any(|path| path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_fields_are_refused_and_unknown_ones_are_not() {
        let json = r#"{"size": 1, "new": 2, "params": {"strTime": 1, "new": 2}, "par": 1}"#;
        let mut found = Vec::new();
        inspect(&Extra::from_json(json).unwrap(), &["size", "params.strTime"], |path, complaint| {
            found.push((path.to_owned(), complaint.is_some()));
        });
        let expected =
            [("new", false), ("par", false), ("params.new", false), ("params.strTime", true), ("size", true)];
        assert_eq!(found, expected.map(|(path, refused)| (path.to_owned(), refused)));
    }

    #[test]
    fn a_nested_wire_object_must_be_an_object() {
        let mut refused = false;
        inspect(&Extra::from_json(r#"{"params": 5}"#).unwrap(), &["params.strTime"], |_, complaint| {
            refused = complaint.is_some();
        });
        assert!(refused);
    }
}
