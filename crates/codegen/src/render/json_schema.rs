//! Renders the types as a file of JSON Schema 2020-12.

use super::json::Object;
use super::schemas::{DIALECT, Definitions};
use crate::model::Api;
use crate::output::File;

/// Renders the file of all definitions.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let schema = Object::new()
        .set("$comment", super::header::header(api))
        .set("$schema", DIALECT)
        .set("title", "Types of the voice API")
        .set(
            "description",
            format!(
                "{} Request schemas are strict and match the client's validation. Response schemas are lenient: any field \
                 may be missing or null, and other fields are allowed.",
                api.service.doc.text
            ),
        )
        .set("$defs", Definitions::new(api, "#/$defs/").all());
    vec![File { path: "docs/generated/recallflow.schema.json".into(), contents: schema.pretty() }]
}
