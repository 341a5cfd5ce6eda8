//! Renders the types as a file of JSON Schema 2020-12.

use super::json::JsonObject;
use super::schemas::{DIALECT, Definitions};
use crate::model::Api;
use crate::output::File;

/// The file for readers and for other programs.
const PATH: &str = "docs/generated/recallflow.schema.json";

/// The file of the command, whose package cannot include files from outside of its folder.
const COMMAND_PATH: &str = "crates/cli/src/generated/recallflow.schema.json";

/// Renders the same file for the command.
#[must_use]
pub fn render_for_command(api: &Api) -> Vec<File> {
    render(api).into_iter().map(|file| File { path: COMMAND_PATH.into(), ..file }).collect()
}

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
    vec![File { path: PATH.into(), contents: schema.pretty() }]
}
