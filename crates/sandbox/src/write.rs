//! Translates results of the sandbox to the names and units of the caller's language.

use serde_json::{Map, Value, json};

use crate::generated::protocol::FAULTS;
use crate::json::integer;
use crate::kind::{Field, Payload, ProtocolKind};
use crate::language::Language;

/// Translates a result of this kind.
pub(crate) fn write(language: Language, kind: &ProtocolKind, value: Value) -> Value {
    match (kind, value) {
        (_, Value::Null) => Value::Null,
        (ProtocolKind::List(kind), Value::Array(items)) => {
            items.into_iter().map(|item| write(language, kind, item)).collect()
        }
        (ProtocolKind::Object(fields), Value::Object(object)) => Value::Object(write_object(language, fields, object)),
        (ProtocolKind::Fault, fault) => write_fault(language, fault),
        (ProtocolKind::Operation | ProtocolKind::Choice(_), Value::String(name)) => language.name(&name).into(),
        (ProtocolKind::Duration, Value::Number(millis)) => match (language.unit(), millis.as_f64()) {
            ((factor, _), Some(number)) if language == Language::Python => (number / factor).into(),
            _ => millis.into(),
        },
        (ProtocolKind::Time, Value::Number(seconds)) => match seconds.as_f64() {
            Some(number) if language == Language::Node => (number * 1000.0).into(),
            _ => seconds.into(),
        },
        (_, value) => value,
    }
}

fn write_object(language: Language, fields: &[Field], object: Map<String, Value>) -> Map<String, Value> {
    let named = object.into_iter().filter_map(|(name, value)| {
        let field = fields.iter().find(|field| field.name == name)?;
        // Node leaves out what is undefined.
        let is_left_out = language == Language::Node && value.is_null();
        (!is_left_out).then(|| (language.name(&name), write(language, &field.kind, value)))
    });
    named.collect()
}

/// Writes a fault in its shortest form.
fn write_fault(language: Language, fault: Value) -> Value {
    let (name, given) = match fault {
        Value::String(name) => return language.name(&name).into(),
        Value::Object(members) => match members.into_iter().next() {
            Some(member) => member,
            None => return Value::Null,
        },
        other => return other,
    };
    let number = integer(&given);
    match (name.as_str(), given) {
        ("all", Value::Array(faults)) => faults.into_iter().map(|fault| write_fault(language, fault)).collect(),
        ("status", given) if number.is_some_and(|status| (300..600).contains(&status)) => given,
        ("code", given) if number.is_some_and(|code| code <= 0) => given,
        (name, given) => {
            let variant = FAULTS.iter().find(|variant| variant.name == name);
            let written = match (variant.map(|variant| &variant.payload), given) {
                (Some(Payload::Value(kind)), given) => write(language, kind, given),
                (Some(Payload::Fields(fields)), Value::Object(object)) => {
                    Value::Object(write_object(language, fields, object))
                }
                (_, given) => given,
            };
            json!({ language.name(name): written })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::write;
    use crate::kind::ProtocolKind;
    use crate::language::Language::{Json, Node, Python};

    #[test]
    fn a_fault_has_the_names_and_units_of_the_language() {
        let recorded = json!({ "drip_body": { "bytes": 1, "interval": 200 } });
        for (language, written) in [
            (Json, recorded.clone()),
            (Python, json!({ "drip_body": { "bytes": 1, "interval": 0.2 } })),
            (Node, json!({ "dripBody": { "bytes": 1, "interval": 200 } })),
        ] {
            assert_eq!(write(language, &ProtocolKind::Fault, recorded.clone()), written);
        }
    }

    #[test]
    fn a_recorded_fault_has_its_shortest_form() {
        let recorded = json!({ "all": [{ "status": 504 }, { "code": -15 }, { "status": 200 }, "applied"] });
        assert_eq!(write(Json, &ProtocolKind::Fault, recorded), json!([504, -15, { "status": 200 }, "applied"]));
    }
}
