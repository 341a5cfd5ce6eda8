//! The operations and codes of the service, read from the file that codegen renders from the spec.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::json::member;
use crate::pages::Paging;
use crate::schema::RequestSchema;
use crate::variants;

/// The rendered file.
const SERVICE: &str = include_str!("generated/service.json");

/// The service. The process reads it and compiles its schemas once.
static SERVICE_MODEL: LazyLock<ServiceModel> = LazyLock::new(|| {
    let file: ServiceFile = serde_json::from_str(SERVICE).expect("codegen renders a service that can be read");
    let operations = file.operations.into_iter().map(ServiceOperation::new).collect();
    ServiceModel { codes: file.codes, response_fields: file.response_fields, operations }
});

/// The codes and operations of the service.
pub(crate) struct ServiceModel {
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
    /// Name of the type of its requests.
    pub(crate) request_name: String,
    /// JSON pointers of the fields that no other request of the same path has. `*` is any item of a list.
    pub(crate) own_fields: Vec<String>,
    /// Schema of its requests.
    pub(crate) schema: RequestSchema,
    /// Examples of the documents.
    pub(crate) examples: Vec<ServiceExample>,
    /// Paging, if its responses are pages of a list.
    pub(crate) paging: Option<Paging>,
    /// Data of a response in the documents, or else invented data; null if responses have no data.
    pub(crate) data: Value,
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
    #[serde(default)]
    own_fields: Vec<String>,
    examples: Vec<ServiceExample>,
    paging: Option<Paging>,
    #[serde(default)]
    data: Value,
}

impl ServiceOperation {
    fn new(entry: OperationEntry) -> Self {
        let schema = RequestSchema::compile(&entry.request).expect("codegen renders schemas that compile");
        let is_update = entry.kind == "update";
        let reference = entry.request["$ref"].as_str().unwrap_or_default();
        let request_name = reference.rsplit('/').next().unwrap_or_default().to_owned();
        let OperationEntry { name, path, own_fields, examples, paging, mut data, .. } = entry;
        if let Some(example) = examples.first() {
            let response: Value = serde_json::from_str(&example.response).expect("an example is JSON");
            data = member(&response, "data");
        }
        Self { name, is_update, path, request_name, own_fields, schema, examples, paging, data }
    }
}

impl ServiceModel {
    /// Returns the service of the spec.
    pub(crate) fn get() -> &'static Self {
        &SERVICE_MODEL
    }

    /// Returns the operation of a request by its path and, if several operations share it, by the body.
    pub(crate) fn route(&self, path: &str, body: &[u8]) -> Option<&ServiceOperation> {
        let variants = self.variants(path);
        match variants.as_slice() {
            [_, _, ..] => variants::choose(&variants, &serde_json::from_slice(body).unwrap_or_default()),
            _ => variants.first().copied(),
        }
    }

    /// Returns the operations whose path is the end of a request's path. The rest is the prefix of a base URL.
    fn variants(&self, path: &str) -> Vec<&ServiceOperation> {
        let ends_in =
            |operation: &&ServiceOperation| path.strip_suffix(&operation.path).is_some_and(|rest| rest.ends_with('/'));
        let longest = self.operations.iter().filter(ends_in).map(|operation| operation.path.len()).max();
        self.operations.iter().filter(ends_in).filter(|operation| Some(operation.path.len()) == longest).collect()
    }

    /// Returns the operations with the path of this one, itself included.
    pub(crate) fn variants_of(&self, operation: &ServiceOperation) -> Vec<&ServiceOperation> {
        self.operations.iter().filter(|other| other.path == operation.path).collect()
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
    use serde_json::{Value, json};

    use super::{OperationEntry, ServiceModel, ServiceOperation};
    use crate::generated::protocol::{Seed, Shape};
    use crate::operations::{ServiceState, perform};

    /// Returns the data of a response of an operation that has no behavior of its own.
    fn invented(operation: &Value, request: &Value) -> Value {
        let entry: OperationEntry = serde_json::from_value(operation.clone()).expect("it is an operation");
        let mut state = ServiceState::new(&Seed::default(), Shape::Flat, 0);
        let response = perform(&ServiceOperation::new(entry), request, &mut state, 0).expect("it is performed");
        serde_json::from_str::<Value>(&response).expect("it is JSON")["data"].take()
    }

    #[test]
    fn an_operation_without_behavior_responds_in_pages_or_with_invented_data() {
        let mut operation = json!({ "name": "query_agents", "kind": "query", "path": "voice/agents", "request": {},
            "examples": [], "data": { "items": [{ "agentId": 1, "name": "name" }], "total": 1, "pages": 1, "size": 1 } });
        assert_eq!(invented(&operation, &json!({ "size": 7 }))["size"], 7);
        operation["paging"] = json!({ "within": null, "page": "page", "records": "items", "pages": "pages", "total": "total", "id": "agentId" });
        let page = invented(&operation, &json!({ "page": 3, "size": 100 }));
        assert_eq!((&page["total"], &page["pages"], &page["size"]), (&json!(250), &json!(3), &json!(100)));
        assert_eq!(page["items"].as_array().map(Vec::len), Some(50));
        assert_eq!(page["items"][0], json!({ "agentId": 201, "name": "name" }));
    }

    #[test]
    fn a_path_is_routed_after_any_prefix() {
        let routed = |path| ServiceModel::get().route(path, b"").map(|operation| operation.name.as_str());
        for path in ["/voice/group/call/query", "/v3/voice/group/call/query", "/a/b/voice/group/call/query"] {
            assert_eq!(routed(path), Some("query_group_calls"), "{path}");
        }
        for path in ["/", "/voice/group/call", "/xvoice/group/call/query", "/voice/group/call/query/"] {
            assert_eq!(routed(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_with_several_requests_is_routed_by_their_own_fields() {
        for (body, expected) in [
            (r#"{"keyId": 1, "nodeList": [{"source": 1}]}"#, "update_recall_flow"),
            (r#"{"keyId": 1, "nodeList": [{"scriptId": 1}]}"#, "update_agent_recall_flow"),
            (r#"{"keyId": 1, "recallIntent": []}"#, "update_agent_recall_flow"),
        ] {
            let routed = ServiceModel::get().route("/voice/recallFlow/update", body.as_bytes());
            assert_eq!(routed.map(|operation| operation.name.as_str()), Some(expected), "{body}");
        }
        // Both fit a request without own fields, and no JSON fits any.
        for body in [r#"{"keyId": 1}"#, "x"] {
            assert!(ServiceModel::get().route("/voice/recallFlow/update", body.as_bytes()).is_some(), "{body}");
        }
    }

    #[test]
    fn every_example_of_the_documents_obeys_its_schema() {
        for operation in &ServiceModel::get().operations {
            for example in &operation.examples {
                let request = serde_json::from_str(&example.request).expect("an example is JSON");
                assert_eq!(operation.schema.violations(&request), Vec::<String>::new(), "{}", operation.name);
            }
        }
    }
}
