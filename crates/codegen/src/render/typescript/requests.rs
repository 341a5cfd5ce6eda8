//! Renders the requests.

use serde::Serialize;

use super::constructors::{ConstructorFunction, constructor, is_audio};
use super::imports::Imports;
use super::rules::{RuleUnion, rules};
use super::text::{self, literals};
use super::types::{asked, is_optional, literal, property, requested};
use crate::model::{Api, Direction, Field, Literal, Type};

/// What the template shows.
#[derive(Serialize)]
struct TypeScriptRequests<'a> {
    header: String,
    imports: String,
    requests: Vec<TypeScriptRequest<'a>>,
    names: String,
}

/// A request with all that it is made of.
#[derive(Serialize)]
struct TypeScriptRequest<'a> {
    name: &'a str,
    doc: &'a str,
    fields: Vec<RequestProperty<'a>>,
    rules: Vec<RuleUnion<'a>>,
    constructors: Vec<ConstructorFunction<'a>>,
}

/// A property.
#[derive(Serialize)]
struct RequestProperty<'a> {
    declaration: String,
    doc: String,
    /// Name of the wire object that holds it.
    within: Option<&'a str>,
    default: Option<String>,
}

pub(super) fn render_module(api: &Api) -> String {
    let types: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Request).collect();
    let page = TypeScriptRequests {
        header: crate::render::header::header(api),
        imports: imports(&types).statements(),
        requests: types.iter().map(|item| request(api, item)).collect(),
        names: literals(types.iter().map(|item| &item.name)),
    };
    text::fill(include_str!("requests.ts.jinja"), page)
}

fn imports(requests: &[&Type]) -> Imports {
    let mut imports = Imports::default();
    imports.add_type("../reader.js", "Extra");
    imports.add_enums(requests.iter().flat_map(|request| &request.fields));
    for (request, constructor) in requests.iter().flat_map(|of| of.constructors.iter().map(move |it| (of, it))) {
        for (_, value) in &constructor.set {
            if let Literal::Enum { enum_name, .. } = value {
                imports.add_value("./enums.js", enum_name);
            }
        }
        if constructor.arguments.iter().any(|wire| is_audio(request.field(wire))) {
            imports.add_type("../audio.js", "Audio");
            imports.add_value("../audio.js", "encodeAudio");
        }
    }
    imports
}

fn request<'a>(api: &Api, request: &'a Type) -> TypeScriptRequest<'a> {
    let rules = rules(api, request);
    TypeScriptRequest {
        name: &request.name,
        doc: &request.doc.text,
        fields: request.fields.iter().map(described).collect(),
        constructors: request.constructors.iter().map(|of| constructor(request, of, &rules)).collect(),
        rules,
    }
}

fn described(field: &Field) -> RequestProperty<'_> {
    RequestProperty {
        declaration: property(field, &requested(field), is_optional(field)),
        doc: asked(field),
        within: field.within.as_deref(),
        default: field.default.as_ref().map(literal),
    }
}
