//! Operations that share a path. Fields that only one of them has distinguish their requests.

use serde_json::Value;

use crate::service::ServiceOperation;

/// Returns the operation of a request: the one whose own fields it has, or else the first.
pub(crate) fn choose<'a>(variants: &[&'a ServiceOperation], body: &Value) -> Option<&'a ServiceOperation> {
    let has_own = |operation: &&&ServiceOperation| own_field(operation, body).is_some();
    variants.iter().find(has_own).or(variants.first()).copied()
}

/// Describes the fields of different requests in an object, if it mixes them.
pub(crate) fn describe_mix(variants: &[&ServiceOperation], object: &Value) -> Option<String> {
    let named = |operation: &&ServiceOperation| {
        let path = own_field(operation, object)?;
        Some(format!("{} ({path})", operation.request_name))
    };
    let kinds: Vec<_> = variants.iter().filter_map(named).collect();
    (kinds.len() > 1).then(|| format!("mixes the fields of {}", kinds.join(" and ")))
}

/// Returns the path of the first own field of an operation's request that an object has.
fn own_field(operation: &ServiceOperation, object: &Value) -> Option<String> {
    operation.own_fields.iter().find_map(|pointer| find(object, pointer, String::new()))
}

/// Returns the path of the first value at a JSON pointer that is not null. `*` is any item of a list.
fn find(value: &Value, pointer: &str, path: String) -> Option<String> {
    let Some((name, rest)) = pointer.strip_prefix('/').map(|rest| rest.split_once('/').unwrap_or((rest, ""))) else {
        return (!value.is_null()).then_some(path);
    };
    let rest = if rest.is_empty() { String::new() } else { format!("/{rest}") };
    if name == "*" {
        let items = value.as_array()?.iter().enumerate();
        return items.into_iter().find_map(|(index, item)| find(item, &rest, format!("{path}[{index}]")));
    }
    let dot = if path.is_empty() { "" } else { "." };
    find(value.get(name)?, &rest, format!("{path}{dot}{name}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::find;

    #[test]
    fn a_pointer_finds_the_first_value_that_is_not_null() {
        let object = json!({ "nodeList": [{ "scriptId": null }, { "scriptId": 0 }], "recallIntent": [] });
        assert_eq!(find(&object, "/nodeList/*/scriptId", String::new()).as_deref(), Some("nodeList[1].scriptId"));
        assert_eq!(find(&object, "/recallIntent", String::new()).as_deref(), Some("recallIntent"));
        assert_eq!(find(&object, "/nodeList/*/source", String::new()), None);
    }
}
