//! `recallflow schema`: the JSON Schema of all types, which is generated from the spec.

use std::sync::LazyLock;

use serde_json::Value;

use crate::failure::Failure;
use crate::output::print_json;

/// The schema of all types.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("generated/recallflow.schema.json")).expect("the generated schema is JSON")
});

/// Prints the schema of all types, or of one with the types that it refers to.
pub(crate) fn print_schema(name: Option<&str>) -> Result<(), Failure> {
    let Some(name) = name else { return print_json(&*SCHEMA, true) };
    let definitions = &SCHEMA["$defs"];
    let Some(definition) = definitions.get(name) else {
        let names: Vec<_> = definitions.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        return Err(Failure::Usage(format!("there is no type `{name}`; use {}", names.join(", "))));
    };
    let mut schema = definition.clone();
    let mut needed = serde_json::Map::new();
    collect_references(definition, &mut needed);
    schema["$schema"] = SCHEMA["$schema"].clone();
    if !needed.is_empty() {
        schema["$defs"] = needed.into();
    }
    print_json(&schema, true)
}

fn collect_references(schema: &Value, needed: &mut serde_json::Map<String, Value>) {
    match schema {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str).and_then(name_of_reference)
                && !needed.contains_key(name)
            {
                let definition = SCHEMA["$defs"][name].clone();
                needed.insert(name.to_owned(), definition.clone());
                collect_references(&definition, needed);
            }
            fields.values().for_each(|value| collect_references(value, needed));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, needed)),
        _ => {}
    }
}

fn name_of_reference(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/$defs/")
}

/// What the value of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// Text.
    Text,
    /// The bytes of a file, in base64.
    Bytes,
    /// Anything else, written as JSON.
    Json,
}

/// Returns what the value of a field of a type is; `None` if the type has no such field.
pub(crate) fn kind_of_field(type_name: &str, field: &str) -> Option<ValueKind> {
    let mut schema = SCHEMA["$defs"][type_name]["properties"].get(field)?;
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(name_of_reference) {
        if name == "base64" {
            return Some(ValueKind::Bytes);
        }
        schema = &SCHEMA["$defs"][name];
    }
    let is = |name: &str| match &schema["type"] {
        Value::String(only) => only == name,
        Value::Array(several) => several.iter().any(|other| other == name),
        _ => false,
    };
    if schema.to_string().contains("#/$defs/base64") {
        return Some(ValueKind::Bytes);
    }
    Some(if is("string") { ValueKind::Text } else { ValueKind::Json })
}

/// Returns the names of the fields of a type that may be set.
pub(crate) fn field_names(type_name: &str) -> Vec<&'static str> {
    let fields = SCHEMA["$defs"][type_name]["properties"].as_object();
    // A field that must be left out has the type `null`.
    let settable = fields.into_iter().flatten().filter(|(_, schema)| schema["type"] != "null");
    settable.map(|(name, _)| name.as_str()).collect()
}
