//! Renders the types as a file of JSON Schema 2020-12.

use super::json::JsonObject;
use super::schemas::{DIALECT, Definitions};
use crate::model::Api;
use crate::output::File;

/// Renders the file of all definitions.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let definitions = Definitions::new(api, "#/$defs/");
    let schema = JsonObject::new()
        .set("$comment", super::header::header(api))
        .set("$schema", DIALECT)
        .set("title", "Types of the voice API")
        .set(
            "description",
            format!(
                "{} Request schemas match the client's validation of documented fields. Response schemas are lenient: any \
                 field may be missing or null. Both allow other fields, which newer versions of the service may have.",
                api.service.doc.text
            ),
        )
        .set("$defs", definitions.all().merge(definitions.variants()));
    let contents = schema.pretty();
    // The package of the command cannot include a file from outside of its folder.
    let paths = ["docs/generated/recallflow.schema.json", "crates/cli/src/generated/recallflow.schema.json"];
    paths.map(|path| File { path: path.into(), contents: contents.clone() }).into()
}
