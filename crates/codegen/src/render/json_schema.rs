//! Renders the types as JSON Schema 2020-12.

mod patterns;
mod request;
mod response;

use super::json::{Json, Object};
use crate::model::{Api, Direction, Doc, Enum, EnumValue, Type};
use crate::output::File;

/// URI of the dialect.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Name of the definition of a time in a request. It cannot clash with types and enums, which start with a capital.
const DATE_TIME: &str = "dateTime";

/// Name of the definition of bytes in a request.
const BASE64: &str = "base64";

/// Renders the file of all definitions.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let schema = Object::new()
        .with("$comment", super::header(api))
        .with("$schema", DIALECT)
        .with("title", "Types of the voice API")
        .with(
            "description",
            format!(
                "{} Request schemas are strict and match the client's validation. Response schemas are lenient: any field \
                 may be missing or null, and other fields are allowed.",
                api.service.doc.text
            ),
        )
        .with("$defs", Definitions::new(api, "#/$defs/").all());
    vec![File { path: "docs/generated/recallflow.schema.json".into(), contents: schema.pretty() }]
}

/// Renders the schema of one request type with all definitions that it needs.
pub(super) fn self_contained(api: &Api, type_name: &str) -> Object {
    let definitions = Definitions::new(api, "#/$defs/");
    Object::new()
        .with("$schema", DIALECT)
        .and(definitions.reference(type_name))
        .with("$defs", definitions.reachable_from(type_name))
}

/// The schemas of a document whose definitions are below `prefix`.
pub(super) struct Definitions<'a> {
    api: &'a Api,
    prefix: &'static str,
}

impl<'a> Definitions<'a> {
    /// Creates the schemas of a document whose definitions are below `prefix`.
    pub(super) fn new(api: &'a Api, prefix: &'static str) -> Self {
        Self { api, prefix }
    }

    /// Returns all definitions by name.
    pub(super) fn all(&self) -> Object {
        let types = self.api.types.iter().map(|item| (item.name.clone(), self.object(item)));
        let enums = self.api.enums.iter().map(|item| (item.name.clone(), enumeration(item)));
        let shared = [(DATE_TIME.to_owned(), date_time()), (BASE64.to_owned(), base64())];
        types.chain(enums).chain(shared).collect()
    }

    /// Returns a definition and all definitions that it refers to, directly or indirectly.
    fn reachable_from(&self, name: &str) -> Object {
        let mut all = self.all();
        let mut reached = vec![name.to_owned()];
        let mut next = 0;
        while let Some(definition) = reached.get(next).and_then(|name| all.0.get(name)) {
            next += 1;
            let mut found = Vec::new();
            self.collect_references(definition, &mut found);
            found.retain(|name| !reached.contains(name));
            reached.append(&mut found);
        }
        all.0.retain(|name, _| reached.contains(name));
        all
    }

    /// Collects the names of the definitions that a schema refers to.
    fn collect_references(&self, schema: &Json, found: &mut Vec<String>) {
        match schema {
            Json::Object(object) => {
                for (key, value) in &object.0 {
                    match value {
                        Json::String(target) if key == "$ref" => {
                            found.extend(target.strip_prefix(self.prefix).map(str::to_owned));
                        }
                        _ => self.collect_references(value, found),
                    }
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.collect_references(item, found)),
            _ => {}
        }
    }

    /// Returns a reference to a definition.
    pub(super) fn reference(&self, name: &str) -> Object {
        Object::new().with("$ref", format!("{}{name}", self.prefix))
    }

    /// Returns the schema of a type.
    fn object(&self, item: &Type) -> Object {
        let body = match item.direction {
            Direction::Request => self.request(item),
            Direction::Response => self.response(item),
        };
        titled(&item.name, &item.doc).and(body).with_any("examples", self.examples(item))
    }

    /// Returns the examples of a type that is the request or response of an operation.
    fn examples(&self, item: &Type) -> Vec<Json> {
        let mut examples = Vec::new();
        for operation in &self.api.operations {
            for example in &operation.examples {
                let shown = match item.direction {
                    Direction::Request if operation.request == item.name => serde_json::from_str(&example.request).ok(),
                    Direction::Response if operation.response.as_ref() == Some(&item.name) => {
                        self.data_of(&example.response)
                    }
                    _ => None,
                };
                examples.extend(shown.filter(|shown| !examples.contains(shown)));
            }
        }
        examples
    }

    /// Returns the `data` of an example response.
    fn data_of(&self, response: &str) -> Option<Json> {
        let envelope: Object = serde_json::from_str(response).ok()?;
        let names = &self.api.service.envelope.data.names;
        names.iter().find_map(|name| envelope.0.get(name)).filter(|data| **data != Json::Null).cloned()
    }
}

/// Returns the title and description of an item.
fn titled(name: &str, doc: &Doc) -> Object {
    Object::new().with("title", name).with("description", &doc.text)
}

/// Returns the schema of an enum.
fn enumeration(item: &Enum) -> Object {
    titled(&item.name, &item.doc).and(one_of(&item.values))
}

/// Returns the schema of some values of an enum.
fn one_of(values: &[EnumValue]) -> Object {
    let alternatives: Vec<_> = values.iter().map(|value| named_number(value.number, &value.name, &value.doc)).collect();
    Object::new().with("type", "integer").with("oneOf", alternatives)
}

/// Returns the schema of one number with its name and meaning.
pub(super) fn named_number(number: i64, name: &str, doc: &str) -> Object {
    Object::new().with("const", number).with("title", name).with("description", doc)
}

/// Returns the schema of a time in a request.
fn date_time() -> Object {
    Object::new()
        .with("description", "`yyyy-MM-dd HH:mm:ss` without a time zone; a valid date of the years 0001 to 9999.")
        .with("type", "string")
        .with("minLength", patterns::DATE_TIME_LENGTH)
        .with("maxLength", patterns::DATE_TIME_LENGTH)
        .with("pattern", patterns::DATE_TIME)
}

/// Returns the schema of bytes in a request.
fn base64() -> Object {
    Object::new()
        .with("description", "Bytes in padded base64 of the standard alphabet, without line breaks.")
        .with("type", "string")
        .with("contentEncoding", "base64")
        .with("pattern", patterns::BASE64)
        .with("not", Object::new().with("type", "string").with("pattern", patterns::NOT_BASE64))
}

/// Extends a schema to accept null.
fn nullable(mut schema: Object) -> Object {
    if schema.0.contains_key("oneOf") {
        return any_of_null(schema);
    }
    let Some(kind @ Json::String(_)) = schema.0.get_mut("type") else { return any_of_null(schema) };
    *kind = Json::Array(vec![kind.clone(), Json::new("null")]);
    if let Some(Json::Array(values)) = schema.0.get_mut("enum") {
        values.push(Json::Null);
    }
    schema
}

/// Returns a schema that accepts null or what another schema accepts.
fn any_of_null(schema: Object) -> Object {
    Object::new().with("anyOf", [schema, Object::new().with("type", "null")])
}
