//! JSON Schema 2020-12 of the types, for all documents that contain schemas.

pub(super) mod parts;
mod patterns;
mod request;
mod response;

use self::parts::{BASE64, DATE_TIME, References, base64, date_time, enumeration, titled, variant_schema};
use super::json::{Json, JsonObject};
use crate::model::{Api, Direction, Operation, Type};
use crate::names;

/// URI of the dialect.
pub(super) const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Renders the schema of one request type with all definitions that it needs.
pub(super) fn self_contained(api: &Api, type_name: &str) -> JsonObject {
    let definitions = Definitions::new(api, "#/$defs/");
    JsonObject::new()
        .set("$schema", DIALECT)
        .merge(definitions.reference(type_name))
        .set("$defs", definitions.reachable_from(type_name))
}

/// The schemas of a document whose definitions are below `prefix`.
pub(super) struct Definitions<'a> {
    api: &'a Api,
    references: References,
}

impl<'a> Definitions<'a> {
    /// Creates the schemas of a document whose definitions are below `prefix`.
    pub(super) fn new(api: &'a Api, prefix: &'static str) -> Self {
        Self { api, references: References { prefix } }
    }

    /// Returns the schemas of paths that take several types of requests, by the name of their first operation.
    pub(super) fn variants(&self) -> JsonObject {
        let groups = self.api.by_path().into_iter().filter(|variants| variants.len() > 1);
        let schema = |variants: Vec<&Operation>| {
            let types = variants.iter().map(|operation| self.reference(&operation.request)).collect();
            let doc = format!("A request of `{}`, which takes several types.", variants[0].path);
            (names::camel(&variants[0].name), JsonObject::new().set("description", doc).merge(variant_schema(types)))
        };
        groups.map(schema).collect()
    }

    /// Returns all definitions by name.
    pub(super) fn all(&self) -> JsonObject {
        let types = self.api.types.iter().map(|item| (item.name.clone(), self.object(item)));
        let enums = self.api.enums.iter().map(|item| (item.name.clone(), enumeration(item)));
        let shared = [(DATE_TIME.to_owned(), date_time()), (BASE64.to_owned(), base64())];
        types.chain(enums).chain(shared).collect()
    }

    /// Returns a definition and all definitions that it refers to, directly or indirectly.
    fn reachable_from(&self, name: &str) -> JsonObject {
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
                            found.extend(target.strip_prefix(self.references.prefix).map(str::to_owned));
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
    pub(super) fn reference(&self, name: &str) -> JsonObject {
        self.references.reference_to(name)
    }

    /// Returns the schema of a type.
    fn object(&self, item: &Type) -> JsonObject {
        let body = match item.direction {
            Direction::Request => self.references.request(item),
            Direction::Response => self.references.response(item),
        };
        titled(&item.name, &item.doc).merge(body).set_any("examples", self.examples(item))
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
        let envelope: JsonObject = serde_json::from_str(response).ok()?;
        let names = &self.api.service.envelope.data.names;
        names.iter().find_map(|name| envelope.0.get(name)).filter(|data| **data != Json::Null).cloned()
    }
}
