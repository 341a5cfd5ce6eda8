//! Requests as JSON.

use std::sync::LazyLock;

use jsonschema::Validator;
use recallflow::Violation;
use recallflow::ffi::{self, REQUESTS};
use serde_json::{Value, json};

/// JSON is a request, which reads its own wire form as the same and breaks rules exactly if the JSON Schema refuses it,
/// or it is told what is wrong with it.
///
/// # Panics
///
/// If that is not so.
pub fn request(data: &[u8]) {
    let Ok(json) = ffi::parse_request(data) else { return };
    for (position, validator) in SCHEMAS.iter().enumerate() {
        match ffi::read_request(position, &json) {
            Ok(request) => {
                let violations = request.violations();
                are_told(&violations);
                assert_eq!(violations.is_empty(), validator.is_valid(&json), "{violations:?}, and the schema differs");
                is_sent_as_it_is(position, request.as_ref());
            }
            Err(violations) => {
                assert!(!violations.is_empty(), "it cannot be read, and nothing is wrong");
                are_told(&violations);
                assert!(!validator.is_valid(&json), "{violations:?}, and the schema differs");
            }
        }
    }
}

fn are_told(violations: &[Violation]) {
    for Violation { path, message, .. } in violations {
        assert!(!message.is_empty(), "nothing is said about {path}");
    }
}

/// Whether what is sent is read as the same request.
fn is_sent_as_it_is(position: usize, request: &dyn ffi::Request) {
    let wire = request.to_json();
    let body = request.encode().expect("a request has a wire form");
    assert_eq!(serde_json::from_slice::<Value>(&body).ok().as_ref(), Some(&wire), "the body is something else");
    let Ok(again) = ffi::read_request(position, &wire) else { panic!("{wire} was made of a request, and is none") };
    assert_eq!(again.to_json(), wire);
    assert_eq!(again.violations(), request.violations());
    assert_eq!(again.warnings(), request.warnings());
}

/// What the JSON Schema says about each request, by its position.
static SCHEMAS: LazyLock<Vec<Validator>> = LazyLock::new(|| {
    let schema = include_str!("../../../docs/generated/recallflow.schema.json");
    let mut schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let of = REQUESTS.iter().map(|shape| {
        schema["$ref"] = json!(format!("#/$defs/{}", shape.name));
        jsonschema::draft202012::new(&schema).expect("the schema has every request")
    });
    of.collect()
});
