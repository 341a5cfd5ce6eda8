//! The fields in the `extra` of a request: which ones may be sent, and where they belong.

use serde_json::Value;

use crate::extra::Extra;

/// Name of the member of a request that holds further fields, in every language. No field has this name on the wire.
pub const EXTRA: &str = "extra";

/// The fields that matter for `extra` of a type, by their wire paths such as `size` and `params.strTime`.
pub(crate) struct FieldNames {
    /// The fields of the type.
    pub(crate) documented: &'static [&'static str],
    /// The fields that only other requests of the same path have, each with its type.
    pub(crate) foreign: &'static [(&'static str, &'static str)],
}

/// Calls a function with each field in `extra`: its wire path and, if it must not be there, the complaint about it.
pub(super) fn inspect(extra: &Extra, names: &FieldNames, mut report: impl FnMut(&str, Option<String>)) {
    let complaint = |path: &str, value: &Value| {
        if names.documented.contains(&path) {
            return Some("is a documented field, which must be set outside of `extra`".to_owned());
        }
        let foreign = names.foreign.iter().find(|(foreign, _)| *foreign == path && !value.is_null());
        foreign.map(|(_, owner)| belongs_to(owner))
    };
    for (name, value) in extra.iter() {
        if !is_holder(name, names.documented) {
            report(name, complaint(name, value));
        } else if let Value::Object(fields) = value {
            for (inner, value) in fields {
                let path = format!("{name}.{inner}");
                report(&path, complaint(&path, value));
            }
        } else {
            report(name, Some("must be an object, because the request has fields in it".to_owned()));
        }
    }
}

/// Returns the complaint about a field of another request of the same path.
pub(super) fn belongs_to(owner: &str) -> String {
    format!("is a field of `{owner}`, which cannot be mixed with the fields of this type")
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
        let json = r#"{"size": 1, "new": 2, "no": null, "other": 1, "params": {"strTime": 1, "new": 2}, "par": 1}"#;
        let mut found = Vec::new();
        let names =
            FieldNames { documented: &["size", "params.strTime"], foreign: &[("other", "Other"), ("no", "No")] };
        inspect(&Extra::from_json(json).unwrap(), &names, |path, complaint| {
            found.push((path.to_owned(), complaint.is_some()));
        });
        let expected = [
            ("new", false),
            ("no", false),
            ("other", true),
            ("par", false),
            ("params.new", false),
            ("params.strTime", true),
            ("size", true),
        ];
        assert_eq!(found, expected.map(|(path, refused)| (path.to_owned(), refused)));
    }

    #[test]
    fn a_nested_wire_object_must_be_an_object() {
        let mut refused = false;
        let names = FieldNames { documented: &["params.strTime"], foreign: &[] };
        inspect(&Extra::from_json(r#"{"params": 5}"#).unwrap(), &names, |_, complaint| {
            refused = complaint.is_some();
        });
        assert!(refused);
    }
}
