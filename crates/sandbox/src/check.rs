//! Checks values of callers in other languages, and translates them to the protocol's own JSON.
//!
//! An error has the names, units and literals of the caller's language, because the caller never sees the JSON.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::clock;
use crate::generated::protocol::{FAULTS, PROGRESS};
use crate::json::integer;
use crate::kind::{Field, FieldPresence, Payload, ProtocolKind, Variant};
use crate::language::{Language, suggestion};
use crate::service::ServiceModel;

/// Longest time in milliseconds: the range of JavaScript's `Date`.
const LONGEST: f64 = 8.64e15;

/// Fields of a flow that queries and updates read.
const FLOW_TYPES: &[(&str, ProtocolKind)] = &[
    ("status", WHOLE_NUMBER),
    ("taskId", WHOLE_NUMBER),
    ("createTime", ProtocolKind::CivilTime),
    ("nodeList", ProtocolKind::List(&ProtocolKind::Node)),
    ("progress", ProtocolKind::Object(PROGRESS)),
];

/// Fields of a task that queries compare. With another type, no query would find the task.
const TASK_TYPES: &[(&str, ProtocolKind)] = &[
    ("taskId", WHOLE_NUMBER),
    ("taskType", WHOLE_NUMBER),
    ("status", WHOLE_NUMBER),
    ("createdTime", ProtocolKind::CivilTime),
];

const WHOLE_NUMBER: ProtocolKind = ProtocolKind::Integer(i64::MIN, i64::MAX);

/// A wrong value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrongValue {
    pub(crate) message: String,
    /// Whether a number is outside of its range.
    pub(crate) is_range: bool,
}

/// Where a value is, such as `faults[0].delay`.
#[derive(Clone, Debug)]
struct ValuePath(String);

impl ValuePath {
    fn field(&self, name: &str) -> Self {
        Self(if self.0.is_empty() { name.to_owned() } else { format!("{}.{name}", self.0) })
    }

    fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    fn wrong(&self, message: &str) -> WrongValue {
        let message = if self.0.is_empty() { message.to_owned() } else { format!("`{}`: {message}", self.0) };
        WrongValue { message, is_range: false }
    }
}

/// Checks a command and returns it in the protocol's own JSON.
pub(crate) fn command(language: Language, variants: &[Variant], command: &Value) -> Result<Value, WrongValue> {
    let name = command.as_str().or_else(|| command.as_object()?.keys().next().map(String::as_str)).unwrap_or_default();
    let Some(variant) = variants.iter().find(|variant| variant.name == name) else {
        return Err(ValuePath(String::new()).wrong(&format!("there is no command `{name}`")));
    };
    read_payload(language, variant, command.get(name), &ValuePath(String::new()))
}

/// Checks a value that stands alone, such as a seed file.
pub(crate) fn value(language: Language, kind: &ProtocolKind, value: &Value, name: &str) -> Result<Value, WrongValue> {
    read_value(language, kind, value, &ValuePath(name.to_owned()))
}

/// Returns a variant with its payload in the protocol's own JSON.
fn read_payload(
    language: Language,
    variant: &Variant,
    given: Option<&Value>,
    at: &ValuePath,
) -> Result<Value, WrongValue> {
    let missing = match variant.payload {
        Payload::Fields(_) => json!({}),
        _ => Value::Null,
    };
    let given = given.unwrap_or(&missing);
    let payload = match variant.payload {
        Payload::Nothing if given.is_null() => return Ok(variant.name.into()),
        Payload::Nothing => return Err(at.wrong(&format!("expected nothing, got {}", language.literal(given)))),
        Payload::Value(kind) => read_value(language, kind, given, at)?,
        Payload::Fields(fields) => read_object(language, fields, given, at)?,
        Payload::Items(fields) => {
            let names: Vec<_> = fields.iter().map(|field| field.name).collect();
            let Some(items) = given.as_array().filter(|items| items.len() == fields.len()) else {
                let (list, got) = (language.list(), language.literal(given));
                return Err(at.wrong(&format!("expected {list} of {}, got {got}", names.join(" and "))));
            };
            let read = |(index, field): (usize, &Field)| read_field(language, field, &items[index], &at.item(index));
            fields.iter().enumerate().map(read).collect::<Result<_, _>>()?
        }
    };
    Ok(json!({ variant.name: payload }))
}

fn read_object(language: Language, fields: &[Field], value: &Value, at: &ValuePath) -> Result<Value, WrongValue> {
    let Some(object) = value.as_object() else {
        return Err(at.wrong(&format!("expected {}, got {}", language.object(), language.literal(value))));
    };
    let names: Vec<_> = fields.iter().map(|field| language.name(field.name)).collect();
    if let Some(unknown) = object.keys().find(|key| !names.contains(key)) {
        let meant = match suggestion(unknown, names.iter().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("expected one of {}", names.join(", ")),
        };
        return Err(at.wrong(&format!("unknown name `{unknown}`; {meant}")));
    }
    let mut read = Map::new();
    for (field, name) in fields.iter().zip(&names) {
        let value = match (object.get(name), &field.presence) {
            (Some(value), _) => read_field(language, field, value, &at.field(name))?,
            (None, FieldPresence::Optional) => Value::Null,
            (None, FieldPresence::Default(default)) => serde_json::from_str(default).unwrap_or_default(),
            (None, FieldPresence::Required) => return Err(at.wrong(&format!("`{name}` is missing"))),
        };
        read.insert(field.name.to_owned(), value);
    }
    Ok(Value::Object(read))
}

fn read_field(language: Language, field: &Field, value: &Value, at: &ValuePath) -> Result<Value, WrongValue> {
    if value.is_null() && matches!(field.presence, FieldPresence::Optional) {
        return Ok(Value::Null);
    }
    read_value(language, &field.kind, value, at)
}

fn read_value(language: Language, kind: &ProtocolKind, value: &Value, at: &ValuePath) -> Result<Value, WrongValue> {
    let wrong = |expected: &str| at.wrong(&format!("expected {expected}, got {}", language.literal(value)));
    let kept = |is_right: bool, expected: &str| if is_right { Ok(value.clone()) } else { Err(wrong(expected)) };
    let one_of = |names: &[String]| {
        let meant = suggestion(value.as_str().unwrap_or_default(), names.iter().map(String::as_str));
        let meant = meant.map(|name| format!("; did you mean '{name}'?")).unwrap_or_default();
        at.wrong(&format!("expected one of {}, got {}{meant}", names.join(", "), language.literal(value)))
    };
    match kind {
        ProtocolKind::Bool => {
            kept(value.is_boolean(), if language == Language::Python { "True or False" } else { "true or false" })
        }
        ProtocolKind::Text => kept(value.is_string(), "text"),
        ProtocolKind::CivilTime => {
            kept(value.as_str().is_some_and(clock::is_civil), "a time such as '2024-01-31 23:59:59'")
        }
        ProtocolKind::Time => kept(value.is_number(), "a Unix time"),
        ProtocolKind::Ip => {
            let is_ip = value.as_str().is_some_and(|text| text.parse::<IpAddr>().is_ok());
            kept(is_ip, "an IP address such as '127.0.0.1'")
        }
        ProtocolKind::Integer(least, most) => {
            let expected = match (*least, *most) {
                (i64::MIN, _) => "a whole number".to_owned(),
                (least, i64::MAX) => format!("a whole number from {least}"),
                (least, most) => format!("a whole number from {least} to {most}"),
            };
            match integer(value) {
                Some(number) if (*least..=*most).contains(&number) => Ok(number.into()),
                _ => Err(WrongValue { is_range: value.is_number(), ..wrong(&expected) }),
            }
        }
        ProtocolKind::Duration => {
            let (factor, unit) = language.unit();
            match value.as_f64().map(|number| (number * factor).round()) {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range fits")]
                Some(millis) if (0.0..=LONGEST).contains(&millis) => Ok((millis as u64).into()),
                _ => Err(WrongValue { is_range: value.is_number(), ..wrong(&format!("a number of {unit} from 0")) }),
            }
        }
        ProtocolKind::Bytes => match value.as_object().and_then(|object| object.get("base64")?.as_str()) {
            Some(base64) => kept(STANDARD.decode(base64).is_ok(), "bytes in base64"),
            None => kept(value.is_string(), "text or bytes"),
        },
        ProtocolKind::Headers => {
            let is_pair =
                |pair: &Value| pair.as_array().is_some_and(|pair| pair.len() == 2 && pair.iter().all(Value::is_string));
            let is_right = value.as_array().is_some_and(|pairs| pairs.iter().all(is_pair));
            kept(is_right, "pairs of a header's name and value")
        }
        ProtocolKind::Operation => {
            if value.as_str().is_some_and(|target| target.contains('/')) {
                return Ok(value.clone());
            }
            let names = ServiceModel::get().names();
            let found = names.iter().find(|name| value.as_str() == Some(language.name(name).as_str()));
            let shown = || names.iter().map(|name| language.name(name)).collect::<Vec<_>>();
            found.map(|name| (*name).into()).ok_or_else(|| one_of(&shown()))
        }
        ProtocolKind::Choice(names) => {
            let shown: Vec<_> = names.iter().map(|name| language.name(name)).collect();
            let found = shown.iter().position(|name| value.as_str() == Some(name));
            found.map(|index| names[index].into()).ok_or_else(|| one_of(&shown))
        }
        ProtocolKind::Fault => fault(language, value, at),
        ProtocolKind::Flow => {
            let key = value.as_object().and_then(|flow| flow.get("keyId"));
            if key.and_then(integer).is_none() {
                return Err(at.wrong(&format!(
                    "expected a flow with a whole number as `keyId`, got {}",
                    language.literal(value)
                )));
            }
            check_names(value, at)?;
            check_types(language, FLOW_TYPES, value, at)?;
            Ok(value.clone())
        }
        ProtocolKind::Task => {
            if !value.is_object() {
                return Err(wrong(&format!("{} with the service's names", language.object())));
            }
            check_names(value, at)?;
            check_types(language, TASK_TYPES, value, at)?;
            Ok(value.clone())
        }
        ProtocolKind::Node => {
            if value.is_object() {
                Ok(value.clone())
            } else {
                Err(wrong(language.object()))
            }
        }
        ProtocolKind::Object(fields) => read_object(language, fields, value, at),
        ProtocolKind::List(kind) => {
            let Some(items) = value.as_array() else { return Err(wrong(language.list())) };
            let items = items.iter().enumerate();
            items.map(|(index, item)| read_value(language, kind, item, &at.item(index))).collect()
        }
    }
}

/// Reads a fault in any form: a number, a name, an object with one member, or a list.
fn fault(language: Language, value: &Value, at: &ValuePath) -> Result<Value, WrongValue> {
    let unknown = |name: &str| {
        let names: Vec<_> = FAULTS.iter().map(|variant| language.name(variant.name)).collect();
        let meant = match suggestion(name, names.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => language.faults().to_owned(),
        };
        at.wrong(&format!("there is no fault `{name}`; {meant}"))
    };
    let find =
        |name: &str| FAULTS.iter().find(|variant| language.name(variant.name) == name).ok_or_else(|| unknown(name));
    match value {
        Value::Number(_) => match integer(value) {
            Some(status @ 300..600) => Ok(json!({ "status": status })),
            Some(code @ ..=0) => Ok(json!({ "code": code })),
            _ => Err(at.wrong(&format!(
                "expected an HTTP status from 300 to 599 or a code from 0 down, got {}; a success is `ok`",
                language.literal(value)
            ))),
        },
        Value::String(name) => read_payload(language, find(name)?, None, &at.field(name)),
        Value::Array(faults) => {
            let read = |(index, item)| fault(language, item, &at.item(index));
            Ok(json!({ "all": faults.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()? }))
        }
        Value::Object(members) if members.len() == 1 && !members.contains_key("base64") => {
            let Some((name, given)) = members.iter().next() else { return Ok(Value::Null) };
            match find(name) {
                Err(_) if name == "all" && given.is_array() => fault(language, given, at),
                variant => read_payload(language, variant?, Some(given), &at.field(name)),
            }
        }
        _ => Err(at.wrong(&format!(
            "expected a fault (an HTTP status, a code, a name, {} with one member, or {} of faults), got {}",
            language.object(),
            language.list(),
            language.literal(value)
        ))),
    }
}

/// Refuses names in the service's JSON that are probably misspelt. Other unknown names pass, because the service may
/// add fields.
fn check_names(value: &Value, at: &ValuePath) -> Result<(), WrongValue> {
    let known = ServiceModel::get().response_fields();
    for (name, inner) in value.as_object().into_iter().flatten() {
        if !known.iter().any(|known| known == name)
            && let Some(meant) = misspelt(name, known)
        {
            return Err(at.wrong(&format!("unknown field `{name}`; did you mean `{meant}`?")));
        }
        check_names(inner, &at.field(name))?;
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check_names(item, &at.item(index))?;
    }
    Ok(())
}

/// Checks the fields that the sandbox reads. Null and other fields pass, so that a response can be as odd as a test
/// wants.
fn check_types(
    language: Language,
    types: &[(&str, ProtocolKind)],
    value: &Value,
    at: &ValuePath,
) -> Result<(), WrongValue> {
    let given = types.iter().filter_map(|(name, kind)| Some((name, kind, value.get(name)?)));
    for (name, kind, value) in given.filter(|(_, _, value)| !value.is_null()) {
        read_value(language, kind, value, &at.field(name))?;
    }
    Ok(())
}

/// Returns the known name that differs from this one in case, in `_`, or by one letter.
fn misspelt<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let wrong = plain(name);
    let is_same = |known: &&String| plain(known) == wrong;
    let is_near = |known: &&String| {
        wrong.len() > 4 && strsim::damerau_levenshtein(&plain(known), &wrong) == 1 && !ends_in_digit(&wrong)
    };
    known.iter().find(is_same).or_else(|| known.iter().find(is_near)).map(String::as_str)
}

/// Returns whether a name is numbered, as `text2` is, which is not a misspelt `text1`.
fn ends_in_digit(name: &str) -> bool {
    name.ends_with(|last: char| last.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{WrongValue, value};
    use crate::kind::ProtocolKind;
    use crate::language::Language::{self, Json, Node, Python};

    fn fault(language: Language, given: &Value) -> Result<Value, WrongValue> {
        value(language, &ProtocolKind::Fault, given, "fault")
    }

    #[test]
    fn a_fault_has_the_names_and_units_of_the_language() {
        let canonical = json!({ "drip_body": { "bytes": 1, "interval": 200 } });
        for (language, given) in [
            (Json, json!({ "drip_body": { "interval": 200 } })),
            (Python, json!({ "drip_body": { "bytes": 1, "interval": 0.2 } })),
            (Node, json!({ "dripBody": { "bytes": 1, "interval": 200 } })),
        ] {
            assert_eq!(fault(language, &given), Ok(canonical.clone()));
        }
    }

    #[test]
    fn a_wrong_fault_is_described_in_the_words_of_the_language() {
        for (language, given, message) in [
            (Python, json!("rest"), "`fault`: there is no fault `rest`; did you mean `reset`?"),
            (
                Node,
                json!("reset_before_read"),
                "`fault`: there is no fault `reset_before_read`; did you mean `resetBeforeRead`?",
            ),
            (
                Python,
                json!("quake"),
                "`fault`: there is no fault `quake`; see `recallflow.sandbox.faults` for all of them",
            ),
            (Node, json!({ "delay": "100" }), "`fault.delay`: expected a number of milliseconds from 0, got '100'"),
            (Python, json!({ "delay": -1 }), "`fault.delay`: expected a number of seconds from 0, got -1"),
            (Python, json!({ "truncate": true }), "`fault.truncate`: expected a whole number from 0, got True"),
            (
                Python,
                json!(["reset", 1.5]),
                "`fault[1]`: expected an HTTP status from 300 to 599 or a code from 0 down, got 1.5; a success is `ok`",
            ),
            (Node, json!({ "respond": { "boby": "" } }), "`fault.respond`: unknown name `boby`; did you mean `body`?"),
            (Python, json!({ "header": ["A"] }), "`fault.header`: expected a list of name and value, got [\"A\"]"),
            (
                Python,
                json!({ "end": "stall" }),
                "`fault.end`: expected one of keep_alive, close_said, close_unsaid, reset, stale, hold, got 'stall'; did you mean 'stale'?",
            ),
            (Python, json!({ "raw": { "base64": "?" } }), "`fault.raw`: expected bytes in base64, got bytes"),
            (Node, json!({ "dripBody": { "bytes": 1 } }), "`fault.dripBody`: `interval` is missing"),
        ] {
            assert_eq!(fault(language, &given).expect_err("the fault is wrong").message, message);
        }
        let text = fault(Python, &json!(null)).expect_err("the fault is wrong").message;
        assert!(text.ends_with("a dict with one member, or a list of faults), got None"), "{text}");
    }

    #[test]
    fn misspelt_fields_of_the_service_are_refused_and_new_ones_pass() {
        for (record, meant) in [
            (json!({ "tasKID": 1 }), "taskId"),
            (json!({ "task_name": "x" }), "taskName"),
            (json!({ "createdTmie": "x" }), "createdTime"),
            (json!({ "created_time": "x" }), "createdTime"),
        ] {
            let text = value(Json, &ProtocolKind::Task, &record, "record").expect_err("the name is misspelt").message;
            assert!(text.ends_with(&format!("did you mean `{meant}`?")), "{text}");
        }
        assert!(value(Json, &ProtocolKind::Task, &json!({ "taskId": 1, "brandNew": 2 }), "record").is_ok());
        let flow = json!({ "keyId": 1, "nodeList": [{ "smsContnet": "" }] });
        let text = value(Json, &ProtocolKind::Flow, &flow, "flow").expect_err("the name is misspelt").message;
        assert_eq!(text, "`flow.nodeList[0]`: unknown field `smsContnet`; did you mean `smsContent`?");
    }

    #[test]
    fn a_field_that_the_sandbox_reads_must_have_its_type() {
        for (kind, given, message) in [
            (ProtocolKind::Task, json!({ "taskType": "3" }), "`x.taskType`: expected a whole number, got \"3\""),
            (ProtocolKind::Task, json!({ "taskId": 1.5 }), "`x.taskId`: expected a whole number, got 1.5"),
            (
                ProtocolKind::Task,
                json!({ "createdTime": "2024-02-30 00:00:00" }),
                "`x.createdTime`: expected a time such as '2024-01-31 23:59:59', got \"2024-02-30 00:00:00\"",
            ),
            (
                ProtocolKind::Flow,
                json!({ "keyId": 1, "status": "0" }),
                "`x.status`: expected a whole number, got \"0\"",
            ),
            (ProtocolKind::Flow, json!({ "keyId": 1, "nodeList": 5 }), "`x.nodeList`: expected a list, got 5"),
            (ProtocolKind::Flow, json!({ "keyId": 1, "nodeList": [5] }), "`x.nodeList[0]`: expected an object, got 5"),
        ] {
            assert_eq!(value(Json, &kind, &given, "x").expect_err("the type is wrong").message, message);
        }
        let odd = json!({ "taskId": null, "createdTime": null, "numCnt": "many" });
        assert_eq!(value(Json, &ProtocolKind::Task, &odd, "x"), Ok(odd));
    }
}
