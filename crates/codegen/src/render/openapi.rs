//! Renders the operations as `OpenAPI` 3.1.

use super::json::{Json, JsonObject};
use super::markdown;
use super::schemas::Definitions;
use super::schemas::parts::{named_number, variant_schema};
use crate::model::service::{BaseUrl, Code, EnvelopePart, Header, HeaderValue, Service};
use crate::model::{Api, Example, Operation};
use crate::names;
use crate::output::File;

/// Version of the API. `OpenAPI` requires one, and the service does not publish one.
const VERSION: &str = "1.0.0";

/// Location of the schemas in the document.
const SCHEMAS: &str = "#/components/schemas/";

/// Name of the schema of the envelope. It cannot clash with types and enums, which start with a capital.
const ENVELOPE: &str = "envelope";

/// Name of the schema of the status codes.
const STATUS_CODE: &str = "statusCode";

/// Media type of a response, and of a request without a `Content-Type` header.
const JSON: &str = "application/json";

/// Renders the document.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let document = JsonObject::new()
        .set("openapi", "3.1.0")
        .set("x-generated", super::header::header(api))
        .set("info", info_object(&api.service))
        .set("servers", api.service.base_urls.iter().map(server_object).collect::<Vec<_>>())
        .set("security", [security_requirement(&api.service)])
        .set("paths", path_items(api))
        .set("components", component_object(api));
    vec![File { path: "docs/generated/openapi.json".into(), contents: document.pretty() }]
}

/// Returns the `info` object.
fn info_object(service: &Service) -> JsonObject {
    let description = format!(
        "{}\n\n## Signature\n\n{}\n\n## Status codes\n\n{}",
        service.doc.text,
        service.signing.doc.text,
        code_table(&service.codes)
    );
    JsonObject::new().set("title", "Voice API").set("version", VERSION).set("description", description)
}

/// Formats the status codes as a Markdown table.
fn code_table(codes: &[Code]) -> String {
    let rows = codes.iter().map(|code| {
        let remedy = code.remedy.clone().unwrap_or_default();
        vec![code.number.to_string(), code.doc.text.clone(), code.wordings.join(", "), remedy]
    });
    markdown::table(&["Code", "Meaning", "Wordings", "Remedy"], rows)
}

/// Returns the server of a base URL.
fn server_object(base: &BaseUrl) -> JsonObject {
    JsonObject::new().set("url", &base.url).set("description", &base.doc.text)
}

/// Returns the headers whose values differ between requests.
fn input_headers(service: &Service) -> impl Iterator<Item = &Header> {
    service.headers.iter().filter(|header| matches!(header.value, HeaderValue::Input(_)))
}

/// Returns the security requirement, which lists all of these headers.
fn security_requirement(service: &Service) -> JsonObject {
    input_headers(service).map(|header| (header.name.clone(), Json::Array(Vec::new()))).collect()
}

/// Returns these headers as security schemes.
fn security_schemes(service: &Service) -> JsonObject {
    let scheme = |header: &Header| {
        JsonObject::new()
            .set("type", "apiKey")
            .set("in", "header")
            .set("name", &header.name)
            .set("description", &header.doc.text)
    };
    input_headers(service).map(|header| (header.name.clone(), scheme(header))).collect()
}

/// Returns the operations by path.
fn path_items(api: &Api) -> JsonObject {
    api.by_path().iter().map(|variants| (format!("/{}", variants[0].path), post_item(api, variants))).collect()
}

/// Returns the path item of the operations of one path.
fn post_item(api: &Api, variants: &[&Operation]) -> JsonObject {
    let first = variants[0];
    let summaries: Vec<_> = variants.iter().map(|operation| operation.doc.text.as_str()).collect();
    let responses = JsonObject::new().set("200", success_response(api, variants)).set("default", other_response(api));
    let post = JsonObject::new()
        .set("operationId", names::camel(&first.name))
        .set("summary", summaries.join(" "))
        .set("x-recallflow-kind", first.kind)
        .set("requestBody", request_body(api, variants))
        .set("responses", responses);
    JsonObject::new().set("post", post)
}

/// Returns the request body of the operations of one path.
fn request_body(api: &Api, variants: &[&Operation]) -> JsonObject {
    let media_type = api.service.headers.iter().find_map(|header| match &header.value {
        HeaderValue::Fixed(value) if header.name.eq_ignore_ascii_case("content-type") => Some(value.as_str()),
        _ => None,
    });
    let references: Vec<_> =
        variants.iter().map(|operation| schema_definitions(api).reference(&operation.request)).collect();
    let body = media_type_object(api, variant_schema(references), &all_examples(variants), |example| &example.request);
    JsonObject::new().set("required", true).set("content", JsonObject::new().set(media_type.unwrap_or(JSON), body))
}

/// Returns the examples of all operations of one path.
fn all_examples(variants: &[&Operation]) -> Vec<Example> {
    variants.iter().flat_map(|operation| operation.examples.iter().cloned()).collect()
}

/// Returns the response of the operations of one path.
fn success_response(api: &Api, variants: &[&Operation]) -> JsonObject {
    let definitions = schema_definitions(api);
    let envelope = definitions.reference(ENVELOPE);
    let mut names: Vec<&String> = variants.iter().filter_map(|operation| operation.response.as_ref()).collect();
    names.dedup();
    let schema = match names.as_slice() {
        [_, ..] => {
            let data =
                names.iter().map(|name| definitions.reference(name)).chain([JsonObject::new().set("type", "null")]);
            let data = JsonObject::new()
                .set("description", &api.service.envelope.data.doc.text)
                .set("anyOf", data.collect::<Vec<_>>());
            let places = api.service.envelope.data.names.iter().map(|name| (name.clone(), data.clone()));
            let properties = JsonObject::new().set("properties", places.collect::<JsonObject>());
            JsonObject::new().set("allOf", [envelope, properties])
        }
        [] => envelope,
    };
    let body = media_type_object(api, schema, &all_examples(variants), |example| &example.response);
    JsonObject::new()
        .set("description", "The envelope with a status code, also if the operation fails.")
        .set("content", JsonObject::new().set(JSON, body))
}

/// Returns the response for HTTP statuses other than 200, which the documents do not describe.
fn other_response(api: &Api) -> JsonObject {
    let body = media_type_object(api, schema_definitions(api).reference(ENVELOPE), &[], |example| &example.response);
    JsonObject::new()
        .set("description", "The envelope with the status code of a failure, or a response from a proxy.")
        .set("content", JsonObject::new().set(JSON, body))
}

/// Returns a body with its schema and examples.
fn media_type_object(
    api: &Api,
    schema: JsonObject,
    examples: &[Example],
    text: impl Fn(&Example) -> &String,
) -> JsonObject {
    let shown = examples.iter().enumerate().map(|(index, example)| {
        let value = serde_json::from_str(text(example)).unwrap_or_else(|_| Json::new(text(example)));
        let summary = format!("Example from “{}”.", api.service.title_of(&example.source));
        (format!("example{}", index + 1), JsonObject::new().set("summary", summary).set("value", value))
    });
    let body = JsonObject::new().set("schema", schema);
    if examples.is_empty() { body } else { body.set("examples", shown.collect::<JsonObject>()) }
}

/// Returns the schemas and security schemes.
fn component_object(api: &Api) -> JsonObject {
    let service = &api.service;
    let schemas =
        schema_definitions(api).all().set(ENVELOPE, envelope_schema(api)).set(STATUS_CODE, status_code(&service.codes));
    JsonObject::new().set("schemas", schemas).set("securitySchemes", security_schemes(service))
}

/// Returns the schemas of the types.
fn schema_definitions(api: &Api) -> Definitions<'_> {
    Definitions::new(api, SCHEMAS)
}

/// Returns the schema of the envelope.
fn envelope_schema(api: &Api) -> JsonObject {
    let parts = &api.service.envelope;
    let text = JsonObject::new().set("type", "string");
    let code = JsonObject::new().set("anyOf", [schema_definitions(api).reference(STATUS_CODE), text]);
    let message = JsonObject::new().set("type", ["string", "null"]);
    let properties = under_all_names(&parts.code, &code)
        .merge(under_all_names(&parts.message, &message))
        .merge(under_all_names(&parts.data, &JsonObject::new()));
    let has_code = parts.code.names.iter().map(|name| JsonObject::new().set("required", [name]));
    JsonObject::new()
        .set("description", "The envelope of every response, with any HTTP status.")
        .set("type", "object")
        .set("properties", properties)
        .set("anyOf", has_code.collect::<Vec<_>>())
}

/// Returns one property for each name of a part of the envelope.
fn under_all_names(part: &EnvelopePart, schema: &JsonObject) -> JsonObject {
    let described = JsonObject::new().set("description", &part.doc.text).merge(schema.clone());
    part.names.iter().map(|name| (name.clone(), described.clone())).collect()
}

/// Returns the schema of the status codes. The service may use others.
fn status_code(codes: &[Code]) -> JsonObject {
    let known: Vec<_> = codes.iter().map(|code| named_number(code.number, &code.name, &code.doc.text)).collect();
    let other = JsonObject::new().set("title", "other").set("type", "integer");
    let alternatives: Vec<_> = known.into_iter().chain([other]).collect();
    JsonObject::new().set("description", "Status code of a response.").set("type", "integer").set("anyOf", alternatives)
}
