//! The operations and codes of the service, read from the file that codegen renders from the spec.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::schema::RequestSchema;

/// The rendered file.
const SERVICE: &str = include_str!("generated/service.json");

/// The service. The process reads it and compiles its schemas once.
static SERVICE_MODEL: LazyLock<Service> = LazyLock::new(|| {
    let file: ServiceFile = serde_json::from_str(SERVICE).expect("codegen renders a service that can be read");
    let operations = file.operations.into_iter().map(ServiceOperation::new).collect();
    Service { codes: file.codes, response_fields: file.response_fields, operations }
});

/// The codes and operations of the service.
pub(crate) struct Service {
    codes: Vec<ServiceCode>,
    response_fields: Vec<String>,
    operations: Vec<ServiceOperation>,
}

/// An operation of the service.
pub(crate) struct ServiceOperation {
    /// Name in the spec, such as `query_group_calls`.
    pub(crate) name: String,
    /// Whether it changes a flow.
    pub(crate) is_update: bool,
    path: String,
    /// Schema of its requests.
    pub(crate) schema: RequestSchema,
    /// Examples of the documents.
    pub(crate) examples: Vec<ServiceExample>,
}

/// A request and its response in the documents.
#[derive(Deserialize)]
pub(crate) struct ServiceExample {
    /// Body of the request, verbatim.
    pub(crate) request: String,
    /// Body of the response, verbatim.
    pub(crate) response: String,
}

/// A status code of the service.
#[derive(Deserialize)]
struct ServiceCode {
    number: i64,
    wordings: Vec<String>,
}

#[derive(Deserialize)]
struct ServiceFile {
    codes: Vec<ServiceCode>,
    response_fields: Vec<String>,
    operations: Vec<OperationEntry>,
}

#[derive(Deserialize)]
struct OperationEntry {
    name: String,
    kind: String,
    path: String,
    request: Value,
    examples: Vec<ServiceExample>,
}

impl ServiceOperation {
    fn new(entry: OperationEntry) -> Self {
        let schema = RequestSchema::compile(&entry.request).expect("codegen renders schemas that compile");
        let is_update = entry.kind == "update";
        Self { name: entry.name, is_update, path: entry.path, schema, examples: entry.examples }
    }
}

impl Service {
    /// Returns the service of the spec.
    pub(crate) fn get() -> &'static Self {
        &SERVICE_MODEL
    }

    /// Returns the operation whose path is the end of a request's path. The rest is the prefix of a base URL.
    pub(crate) fn route(&self, path: &str) -> Option<&ServiceOperation> {
        let ends_in =
            |operation: &&ServiceOperation| path.strip_suffix(&operation.path).is_some_and(|rest| rest.ends_with('/'));
        self.operations.iter().filter(ends_in).max_by_key(|operation| operation.path.len())
    }

    /// Returns the names of all operations.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.operations.iter().map(|operation| operation.name.as_str()).collect()
    }

    /// Returns the operation with this name.
    pub(crate) fn operation(&self, name: &str) -> Option<&ServiceOperation> {
        self.operations.iter().find(|operation| operation.name == name)
    }

    /// Returns the wire names of all response fields.
    pub(crate) fn response_fields(&self) -> &[String] {
        &self.response_fields
    }

    /// Returns the documents' wording of a code.
    pub(crate) fn wording(&self, code: i64) -> &str {
        let known = self.codes.iter().find(|known| known.number == code);
        known.and_then(|known| known.wordings.first()).map_or("Unknown error", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Service;

    #[test]
    fn a_path_is_routed_after_any_prefix() {
        let routed = |path| Service::get().route(path).map(|operation| operation.name.as_str());
        for path in ["/voice/group/call/query", "/v3/voice/group/call/query", "/a/b/voice/group/call/query"] {
            assert_eq!(routed(path), Some("query_group_calls"), "{path}");
        }
        for path in ["/", "/voice/group/call", "/xvoice/group/call/query", "/voice/group/call/query/"] {
            assert_eq!(routed(path), None, "{path}");
        }
    }

    #[test]
    fn every_example_of_the_documents_obeys_its_schema() {
        for operation in &Service::get().operations {
            for example in &operation.examples {
                let request = serde_json::from_str(&example.request).expect("an example is JSON");
                assert_eq!(operation.schema.violations(&request), Vec::<String>::new(), "{}", operation.name);
            }
        }
    }
}
