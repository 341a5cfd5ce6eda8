//! Requests as JSON.

use std::sync::LazyLock;

use jsonschema::Validator;
use recallflow::Violation;
use recallflow::ffi::{self, Form, Json, REQUESTS};
use serde_json::{Value, json};

/// Checks that JSON is a request or has violations. A request equals its own wire form after reading, and breaks a rule
/// exactly if the JSON Schema refuses it.
///
/// # Panics
///
/// If that does not hold.
pub fn request(data: &[u8]) {
    let Ok(source) = Json::parse(data, Form::Wire) else {
        assert!(serde_json::from_slice::<Value>(data).is_err(), "the reader refuses JSON");
        return;
    };
    // The parser of the schema refuses lone surrogates, deep nesting and numbers beyond 64-bit floats.
    let json = serde_json::from_slice::<Value>(data).ok();
    for (position, validator) in SCHEMAS.iter().enumerate() {
        match ffi::read_request(position, &source) {
            Ok(request) => {
                let violations = request.violations();
                check_messages(&violations);
                if let Some(json) = &json {
                    let is_valid = validator.is_valid(json);
                    assert_eq!(violations.is_empty(), is_valid, "{violations:?}, and the schema differs");
                }
                check_body(position, request.as_ref());
            }
            Err(violations) => {
                assert!(!violations.is_empty(), "expected violations, because the request cannot be read");
                check_messages(&violations);
                let is_compared = !is_changed_by_parsing(data, &violations) && !have_only_unknown_fields(&violations);
                if let Some(json) = json.as_ref().filter(|_| is_compared) {
                    assert!(!validator.is_valid(json), "{violations:?}, and the schema differs");
                }
            }
        }
    }
}

/// Returns whether the parser of the schema changes the values of a text. It keeps one of several fields with the same
/// name, and rounds whole numbers beyond 64 bits.
fn is_changed_by_parsing(data: &[u8], violations: &[Violation]) -> bool {
    violations.iter().any(|violation| violation.message.ends_with("is given more than once"))
        || data.windows(19).any(|digits| digits.iter().all(u8::is_ascii_digit))
}

/// Returns whether only unknown fields are wrong. The schema permits them, because a later version may know them.
fn have_only_unknown_fields(violations: &[Violation]) -> bool {
    violations.iter().all(|violation| violation.message.ends_with("is not a field of the request"))
}

fn check_messages(violations: &[Violation]) {
    for Violation { path, message, .. } in violations {
        assert!(!message.is_empty(), "the violation of {path} has no message");
    }
}

/// Checks that the body of a request is read as the same request.
fn check_body(position: usize, request: &dyn ffi::Request) {
    let wire = request.to_json();
    let body = request.encode().expect("a request has a wire form");
    assert_eq!(
        serde_json::from_slice::<Value>(&body).ok().as_ref(),
        Some(&wire),
        "the body differs from the wire form"
    );
    let source = Json::parse(&body, Form::Wire).expect("a request is written as JSON");
    let Ok(again) = ffi::read_request(position, &source) else { panic!("could not read the wire form {wire}") };
    assert_eq!(again.to_json(), wire);
    assert_eq!(again.violations(), request.violations());
    assert_eq!(again.warnings(), request.warnings());
}

/// The JSON Schema of each request, by its position.
static SCHEMAS: LazyLock<Vec<Validator>> = LazyLock::new(|| {
    let schema = include_str!("../../../docs/generated/recallflow.schema.json");
    let mut schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let of = REQUESTS.iter().map(|shape| {
        schema["$ref"] = json!(format!("#/$defs/{}", shape.name));
        jsonschema::draft202012::new(&schema).expect("the schema has every request")
    });
    of.collect()
});
