//! Renders the responses with their readers, and the totals of their fees.

use serde::Serialize;

use super::imports::Imports;
use super::rules::rules;
use super::text::{self, literals};
use super::types::{is_optional, property, requested, responded, told, value_type};
use crate::model::service::Envelope;
use crate::model::{Api, Direction, Field, FieldKind, Notation, Type};

/// The values of the template.
#[derive(Serialize)]
struct TypeScriptResponses<'a> {
    header: String,
    imports: String,
    responses: Vec<TypeScriptResponse<'a>>,
    names: String,
    /// Names of the envelope's parts.
    envelope: [(&'static str, String); 3],
}

/// A response.
#[derive(Serialize)]
struct TypeScriptResponse<'a> {
    name: &'a str,
    doc: &'a str,
    fields: Vec<ResponseProperty<'a>>,
    drafts: Vec<Draft<'a>>,
    /// Position in the native module's table.
    position: usize,
    totals: Option<TypeScriptTotals<'a>>,
    cost: Option<&'a str>,
    state: Option<&'a str>,
    /// Numbers of the final states.
    finals: Vec<i64>,
}

/// A property, with the call that reads it.
#[derive(Serialize)]
struct ResponseProperty<'a> {
    wire: &'a str,
    of: String,
    is_list: bool,
    doc: String,
    /// Other names of the field on the wire, as a list in a sentence.
    aliases: String,
    read: String,
}

/// A request that `toUpdate` returns. Its lists can be changed in place.
#[derive(Serialize)]
struct Draft<'a> {
    name: String,
    request: &'a str,
    /// Declarations of its lists.
    lists: Vec<String>,
    /// Kinds of their items.
    #[serde(skip)]
    items: Vec<&'a FieldKind>,
    /// Whether the request is a union, which an interface cannot extend.
    is_union: bool,
}

/// The totals of fees.
#[derive(Serialize)]
struct TypeScriptTotals<'a> {
    name: &'a str,
    fees: Vec<&'a str>,
    names: String,
}

pub(super) fn render_module(api: &Api) -> String {
    let responses: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Response).collect();
    let page = TypeScriptResponses {
        header: crate::render::header::header(api),
        imports: imports(api, &responses).statements(),
        names: literals(responses.iter().map(|response| &response.name)),
        responses: responses.into_iter().enumerate().map(|(at, item)| response(api, at, item)).collect(),
        envelope: envelope(&api.service.envelope),
    };
    text::fill(include_str!("responses.ts.jinja"), page)
}

/// Returns the names of an envelope's parts, by which the package recognizes an envelope.
fn envelope(envelope: &Envelope) -> [(&'static str, String); 3] {
    let parts = [("CODE", &envelope.code), ("MESSAGE", &envelope.message), ("DATA", &envelope.data)];
    parts.map(|(name, part)| (name, literals(&part.names)))
}

fn imports(api: &Api, responses: &[&Type]) -> Imports {
    let mut imports = Imports::default();
    imports.add_type("../reader.js", "Reader");
    if !responses.is_empty() {
        imports.add_type("../reader.js", "Extra");
    }
    for field in responses.iter().flat_map(|response| &response.fields) {
        if let FieldKind::Enum(name) = field.kind.item() {
            imports.add_type("./enums.js", value_type(name));
        }
    }
    for draft in responses.iter().flat_map(|response| drafts(api, response)) {
        imports.add_value("../flow.js", "updatable");
        imports.add_type("./requests.js", draft.request);
        for item in draft.items {
            match item {
                FieldKind::Object(name) => imports.add_type("./requests.js", name),
                FieldKind::Enum(name) => imports.add_type("./enums.js", name),
                _ => {}
            }
        }
    }
    if responses.iter().any(|response| response.totals.is_some()) {
        imports.add_type("../money.js", "FeeTotal");
    }
    imports
}

fn response<'a>(api: &'a Api, position: usize, response: &'a Type) -> TypeScriptResponse<'a> {
    TypeScriptResponse {
        name: &response.name,
        doc: &response.doc.text,
        fields: response.fields.iter().map(response_property).collect(),
        drafts: drafts(api, response),
        position,
        totals: response.totals.as_deref().map(|name| totals(response, name)),
        cost: response.cost.as_deref(),
        state: response.state.as_deref(),
        finals: final_states(api, response),
    }
}

/// Returns the numbers of the final states of a response.
fn final_states(api: &Api, response: &Type) -> Vec<i64> {
    response.state_enum(api).into_iter().flat_map(|(_, of)| of.final_values()).map(|value| value.number).collect()
}

fn drafts<'a>(api: &'a Api, response: &'a Type) -> Vec<Draft<'a>> {
    let draft = |request: &'a String| {
        let request_type = api.type_named(request);
        let lists = request_type.fields.iter().filter(|field| matches!(field.kind, FieldKind::List(_)));
        let declaration =
            |field: &Field| property(field, requested(field).trim_start_matches("readonly "), is_optional(field));
        Draft {
            name: format!("{}Draft", request.strip_prefix("Update").unwrap_or(request)),
            request,
            lists: lists.clone().map(declaration).collect(),
            items: lists.map(|field| field.kind.item()).collect(),
            is_union: !rules(api, request_type).is_empty(),
        }
    };
    response.updates.iter().map(draft).collect()
}

fn response_property(field: &Field) -> ResponseProperty<'_> {
    ResponseProperty {
        wire: &field.wire,
        of: responded(field),
        is_list: matches!(field.kind, FieldKind::List(_)),
        doc: told(field),
        aliases: field.aliases.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "),
        read: read(&field.kind, field.is_id()),
    }
}

/// Renders the call that reads a value.
fn read(kind: &FieldKind, is_id: bool) -> String {
    match kind {
        FieldKind::Int64 if is_id => "reader.id()".to_owned(),
        FieldKind::Int32 | FieldKind::Int64 | FieldKind::Float | FieldKind::Enum(_) => "reader.number()".to_owned(),
        FieldKind::Flag | FieldKind::Bool => "reader.boolean()".to_owned(),
        FieldKind::String | FieldKind::DateTime | FieldKind::Base64 | FieldKind::Written(_) => {
            "reader.text()".to_owned()
        }
        FieldKind::Object(name) => format!("reader.object(read{name})"),
        FieldKind::List(item) => match &**item {
            FieldKind::Object(name) => format!("reader.objects(read{name})"),
            item => format!("reader.values((reader) => {})", read(item, is_id)),
        },
    }
}

fn totals<'a>(response: &'a Type, name: &'a str) -> TypeScriptTotals<'a> {
    let fees: Vec<&String> = response
        .fields
        .iter()
        .filter(|field| field.kind == FieldKind::Written(Notation::Fee))
        .map(|field| &field.wire)
        .collect();
    TypeScriptTotals {
        name,
        names: literals(fees.iter().copied()),
        fees: fees.into_iter().map(String::as_str).collect(),
    }
}
