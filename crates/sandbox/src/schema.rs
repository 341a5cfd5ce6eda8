//! Checks a request by the JSON Schema of its operation, and describes each violation in a sentence with the field's
//! name.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

/// The compiled schema of an operation's requests.
pub(crate) struct RequestSchema {
    schema: Value,
    validator: Validator,
}

impl RequestSchema {
    /// Compiles a schema without external references.
    pub(crate) fn compile(schema: &Value) -> Result<Self, ValidationError<'static>> {
        Ok(Self { schema: schema.clone(), validator: jsonschema::validator_for(schema)? })
    }

    /// Returns the names of the fields of the objects in a list of the request.
    pub(crate) fn item_fields(&self, list: &str) -> Vec<&str> {
        let definition = |reference: &str| &self.schema["$defs"][reference.rsplit('/').next().unwrap_or_default()];
        let root = definition(self.schema["$ref"].as_str().unwrap_or_default());
        let Some(items) = find_reference(&root["properties"][list]) else { return Vec::new() };
        // A field that must be null belongs to another request of the same path.
        let properties = definition(items)["properties"].as_object().into_iter().flatten();
        properties.filter(|(_, schema)| schema["type"] != "null").map(|(name, _)| name.as_str()).collect()
    }

    /// Returns the violations of a request, one sentence for each field, such as `nodeList[0].smsContent is required`.
    pub(crate) fn violations(&self, request: &Value) -> Vec<String> {
        let mut findings = Vec::new();
        for error in self.validator.iter_errors(request) {
            describe(&error, &mut findings);
        }
        let mut found: Vec<SchemaFinding> = Vec::new();
        for finding in findings {
            match found.iter_mut().find(|known| known.field == finding.field) {
                Some(known) if known.rank <= finding.rank => {}
                Some(known) => *known = finding,
                None => found.push(finding),
            }
        }
        found.into_iter().map(SchemaFinding::sentence).collect()
    }
}

/// Returns the first reference in a schema.
fn find_reference(schema: &Value) -> Option<&str> {
    match schema {
        Value::Object(members) => {
            members.get("$ref").and_then(Value::as_str).or_else(|| members.values().find_map(find_reference))
        }
        Value::Array(items) => items.iter().find_map(find_reference),
        _ => None,
    }
}

/// The rank of an error. Only the error with the lowest rank is reported for a field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Missing,
    Type,
    Value,
}

/// A violation of a field.
struct SchemaFinding {
    field: String,
    rank: Rank,
    complaint: String,
}

impl SchemaFinding {
    fn new(field: String, rank: Rank, complaint: impl Into<String>) -> Self {
        Self { field, rank, complaint: complaint.into() }
    }

    fn sentence(self) -> String {
        let field = if self.field.is_empty() { "the request" } else { &self.field };
        format!("{field} {}", self.complaint)
    }
}

/// Describes an error of the validator.
fn describe(error: &ValidationError<'_>, findings: &mut Vec<SchemaFinding>) {
    let field = field_of(error);
    let instance = error.instance().as_ref();
    match error.kind() {
        ValidationErrorKind::AnyOf { context } => describe_choice(field, instance, context, findings),
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            findings.push(SchemaFinding::new(below(&field, name), Rank::Missing, "is required"));
        }
        ValidationErrorKind::Type { kind } if instance.is_null() && !allows_null(kind) => {
            findings.push(SchemaFinding::new(field, Rank::Missing, "is required"));
        }
        ValidationErrorKind::MinLength { .. } if instance.as_str() == Some("") => {
            findings.push(SchemaFinding::new(field, Rank::Missing, "is required"));
        }
        ValidationErrorKind::Type { kind } => {
            findings.push(SchemaFinding::new(field, Rank::Type, format!("must be of the type {}", type_names(kind))));
        }
        kind => findings.push(SchemaFinding::new(field, Rank::Value, complaint(kind))),
    }
}

/// Describes an error of `anyOf`, which either allows null or requires one of several fields.
fn describe_choice(
    field: String,
    instance: &Value,
    context: &[Vec<ValidationError<'static>>],
    findings: &mut Vec<SchemaFinding>,
) {
    if let Some(branch) = context.iter().find(|branch| !only_wants_null(branch))
        && context.iter().any(|branch| only_wants_null(branch))
    {
        for error in branch {
            describe(error, findings);
        }
        return;
    }
    let mut choices = Vec::new();
    for error in context.iter().flatten() {
        let mut inner = Vec::new();
        describe(error, &mut inner);
        choices.extend(inner.into_iter().map(|finding| finding.field));
    }
    choices.dedup();
    let complaint = if instance.is_object() {
        let names: Vec<_> = choices.iter().map(|choice| last_name(choice)).collect();
        format!("needs at least one of {}", names.join(", "))
    } else {
        "is not one of the documented values".to_owned()
    };
    findings.push(SchemaFinding::new(field, Rank::Value, complaint));
}

/// Returns whether a branch of `anyOf` failed because the value is not null.
fn only_wants_null(branch: &[ValidationError<'static>]) -> bool {
    matches!(branch, [error] if matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) }))
}

/// Describes what is wrong with a value of the right type.
fn complaint(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        ValidationErrorKind::MinLength { limit } => format!("must have at least {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("must have at most {limit} characters"),
        ValidationErrorKind::Constant { expected_value } => format!("must be {expected_value}"),
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            one_of(options.iter().filter(|option| !option.is_null()))
        }
        ValidationErrorKind::OneOfNotValid { context } => {
            one_of(context.iter().flatten().filter_map(|error| match error.kind() {
                ValidationErrorKind::Constant { expected_value } => Some(expected_value.as_ref()),
                _ => None,
            }))
        }
        ValidationErrorKind::Pattern { .. } | ValidationErrorKind::Not { .. } => "is not well-formed".to_owned(),
        kind => format!("breaks the rule `{}`", kind.keyword()),
    }
}

fn one_of<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let values: Vec<_> = values.map(Value::to_string).collect();
    format!("must be one of {}", values.join(", "))
}

fn allows_null(kind: &TypeKind) -> bool {
    match kind {
        TypeKind::Single(kind) => *kind == JsonType::Null,
        TypeKind::Multiple(kinds) => kinds.contains(JsonType::Null),
    }
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => {
            let names: Vec<_> =
                kinds.iter().filter(|kind| *kind != JsonType::Null).map(|kind| kind.to_string()).collect();
            names.join(" or ")
        }
    }
}

/// Returns the path of the wrong value, such as `nodeList[0].smsContent`. The path of the request is empty.
fn field_of(error: &ValidationError<'_>) -> String {
    error.instance_path().iter().fold(String::new(), |path, segment| match segment {
        LocationSegment::Property(name) => below(&path, &name),
        LocationSegment::Index(index) => format!("{path}[{index}]"),
    })
}

/// Returns the path of a field of the object at `path`.
fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Returns the last name of a path.
fn last_name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::service::ServiceModel;

    /// Returns the violations of a request of this operation.
    fn violations(operation: &str, request: &Value) -> Vec<String> {
        ServiceModel::get().operation(operation).expect("the operation exists").schema.violations(request)
    }

    /// Returns a valid update with one node, with these members.
    fn update(node: &Value) -> Value {
        let mut whole = json!({ "source": 1, "voiceFileId": "a.wav", "hangUpSms": 0, "toSeat": 0 });
        let members = whole.as_object_mut().expect("it is an object");
        members.extend(node.as_object().expect("it is an object").clone());
        json!({ "keyId": 1, "recallInterval": 1, "recallNum": 1, "recallType": 0, "nodeList": [whole] })
    }

    #[test]
    fn a_violation_names_the_field() {
        let cases = [
            (json!({ "hangUpSms": 1, "ringPush": 1 }), "nodeList[0].smsContent is required"),
            (json!({ "hangUpSms": 1, "ringPush": 1, "smsContent": "" }), "nodeList[0].smsContent is required"),
            (
                json!({ "hangUpSms": 1, "smsContent": "Hi" }),
                "nodeList[0] needs at least one of feedbackPush, successPush, failedPush, ringPush",
            ),
            (json!({ "source": null }), "nodeList[0].source is required"),
            (json!({ "source": 4 }), "nodeList[0].source must be one of 1, 2, 3"),
            (json!({ "source": "1" }), "nodeList[0].source must be of the type integer"),
            (json!({ "toSeat": 2 }), "nodeList[0].toSeat must be one of 0, 1"),
            (json!({ "ssmlGender": 3 }), "nodeList[0].ssmlGender must be one of 1, 2"),
            (json!({ "speakingRate": 5 }), "nodeList[0].speakingRate must be at most 4"),
            (json!({ "uploadName": "abc" }), "nodeList[0].uploadName must have at least 5 characters"),
            (json!({ "feedbackValue": "x" }), "nodeList[0].feedbackValue is not well-formed"),
            (json!({ "baseFile": "x" }), "nodeList[0].baseFile is not well-formed"),
            (json!({ "voiceFileId": null }), "nodeList[0].voiceFileId is required"),
        ];
        for (node, expected) in cases {
            assert_eq!(violations("update_recall_flow", &update(&node)), [expected], "{node}");
        }
    }

    #[test]
    fn a_violation_names_nested_fields_and_items() {
        let query = json!({ "current": 1, "size": 101, "params": { "endTime": "2024-02-30 00:00:00", "taskType": 3, "statusList": [2, 9] } });
        // The validator does not promise an order.
        let mut found = violations("query_group_calls", &query);
        found.sort();
        let expected = [
            "params.endTime is not well-formed",
            "params.statusList[1] must be one of 0, 1, 2, 3, 4, 5, 6",
            "params.strTime is required",
            "size must be at most 100",
        ];
        assert_eq!(found, expected);
        assert_eq!(violations("query_group_calls", &json!([])), ["the request must be of the type object"]);
        assert_eq!(violations("query_recall_flow_detail", &json!({})), ["keyId is required"]);
        assert_eq!(violations("query_recall_flow_detail", &json!({ "keyId": 1.0 })), Vec::<String>::new());
    }
}
