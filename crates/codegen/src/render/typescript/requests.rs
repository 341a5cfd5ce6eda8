//! Renders the requests.

use serde::Serialize;

use super::constructors::{self, Constructor};
use super::rules::{Rules, rules};
use super::text::{comment, list_of_names, source, source_within, union, wrapped_intersection};
use super::types::{Imports, asked, is_optional, literal, property, requested};
use crate::model::{Api, Direction, Field, Literal, Type};
use crate::render::template;

const TEMPLATE: &str = include_str!("requests.ts.jinja");

/// What keeps the name of a union that is made of several.
pub(super) const WRAPPER: &str = "Alternatives";

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    imports: String,
    /// Name of the helper that some requests need.
    wrapper: Option<&'static str>,
    requests: Vec<Request>,
    names: String,
}

/// A request with all that it is made of.
#[derive(Serialize)]
struct Request {
    name: String,
    doc: String,
    interfaces: Vec<Interface>,
    aliases: Vec<Alias>,
    constructors: Vec<Constructor>,
}

/// An interface.
#[derive(Serialize)]
struct Interface {
    head: String,
    doc: String,
    properties: Vec<Property>,
}

/// A property, with a comment where it is declared first.
#[derive(Serialize)]
struct Property {
    declared: String,
    doc: Option<String>,
}

/// A name for another type.
#[derive(Serialize)]
pub(super) struct Alias {
    pub(super) declared: String,
    pub(super) doc: String,
}

pub(super) fn render(api: &Api) -> String {
    let types: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Request).collect();
    let requests: Vec<_> = types.iter().map(|item| request(api, item)).collect();
    let is_wrapped = requests.iter().flat_map(|request| &request.aliases).any(|alias| alias.declared.contains(WRAPPER));
    let names: Vec<_> = types.iter().map(|item| item.name.clone()).collect();
    let page = Page {
        header: crate::render::header(api),
        imports: imports(&types).render(),
        wrapper: is_wrapped.then_some(WRAPPER),
        requests,
        names: list_of_names("REQUEST_NAMES", &names),
    };
    template::fill(TEMPLATE, page)
}

fn imports(requests: &[&Type]) -> Imports {
    let mut imports = Imports::default();
    imports.add_fields(requests.iter().flat_map(|request| &request.fields));
    for (request, constructor) in requests.iter().flat_map(|of| of.constructors.iter().map(move |it| (of, it))) {
        for (_, value) in &constructor.set {
            if let Literal::Enum { enum_name, .. } = value {
                imports.add_value("./enums.js", enum_name);
            }
        }
        if constructor.arguments.iter().any(|wire| constructors::is_audio(request.field(wire))) {
            imports.add_type("../audio.js", "Audio");
            imports.add_value("../audio.js", "encodeAudio");
        }
    }
    imports
}

fn request(api: &Api, request: &Type) -> Request {
    let rules = rules(api, request);
    let doc = comment(0, &[&request.doc.text, &source(api, &request.doc)]);
    let properties = request.fields.iter().map(|field| documented_property(api, request, field)).collect();
    let fields = if rules.whole.is_empty() {
        Interface { head: format!("export interface {}", request.name), doc: doc.clone(), properties }
    } else {
        let doc = comment(0, &[&format!("The fields of a {{@link {}}}, without the rules.", request.name)]);
        Interface { head: format!("interface {}", fields_name(request, &rules)), doc, properties }
    };
    let variants = rules.variants.iter().map(|variant| Interface {
        head: format!("interface {}", variant.name),
        doc: comment(0, &[&variant.doc]),
        properties: variant.properties.iter().map(|of| Property { declared: of.clone(), doc: None }).collect(),
    });
    let unions = rules
        .unions
        .iter()
        .map(|of| Alias { declared: union(&format!("type {}", of.name), &of.members), doc: comment(0, &[&of.doc]) });
    let whole = (!rules.whole.is_empty()).then(|| Alias {
        declared: wrapped_intersection(&format!("export type {}", request.name), WRAPPER, &whole(request, &rules)),
        doc: doc.clone(),
    });
    let further = request.constructors.iter().map(|of| constructors::further(request, of, &rules));
    Request {
        name: request.name.clone(),
        interfaces: std::iter::once(fields).chain(variants).collect(),
        aliases: unions.chain(whole).chain(further).collect(),
        constructors: request.constructors.iter().map(|of| constructors::render(request, of, &rules)).collect(),
        doc,
    }
}

/// Name of the interface of all fields.
pub(super) fn fields_name(request: &Type, rules: &Rules) -> String {
    if rules.whole.is_empty() { request.name.clone() } else { format!("{}Fields", request.name) }
}

/// What a request with rules is made of.
fn whole(request: &Type, rules: &Rules) -> Vec<String> {
    std::iter::once(fields_name(request, rules)).chain(rules.whole.iter().map(|rule| rule.name.clone())).collect()
}

fn documented_property(api: &Api, request: &Type, field: &Field) -> Property {
    let within = field.within.as_ref().map(|object| format!("On the wire in `{object}`. ")).unwrap_or_default();
    let default = field.default.as_ref().map(|value| format!("@defaultValue `{}`", literal(value)));
    let origin = format!("{within}{}", source_within(api, &request.doc, &field.doc));
    Property {
        declared: property(&field.wire, &requested(field), is_optional(field)),
        doc: Some(comment(2, &[&asked(field), &origin, &default.unwrap_or_default()])),
    }
}
