//! Renders the requests and the responses.

use serde::Serialize;

use super::text::{fill, sorted};
use super::types::{annotation, enums_of, literal};
use crate::model::{Api, Constructor, Direction, Enum, Field, FieldKind, Notation, Required, Type};
use crate::names;

/// The annotation of an argument that is encoded in base64.
const AUDIO: &str = "bytes | bytearray | memoryview | str | PathLike[str]";

/// A file of classes, as the templates see it.
#[derive(Serialize)]
struct PythonClasses {
    header: String,
    enums: Vec<String>,
    exports: Vec<String>,
    classes: Vec<PythonClass>,
    totals: Vec<PythonTotals>,
    /// The requests that write responses back.
    updates: Vec<String>,
}

#[derive(Serialize)]
struct PythonClass {
    name: String,
    base: &'static str,
    doc: String,
    fields: Vec<PythonMember>,
    constructors: Vec<NamedConstructor>,
    /// The fields that every constructor accepts by name.
    options: Vec<PythonMember>,
    /// The field that is the end of a time span.
    end_field: Option<String>,
    /// The requests that write the response back, as a type.
    updates: String,
    /// The field that is the cost of the whole object.
    cost: Option<String>,
    state: Option<PythonState>,
}

/// A field or a parameter.
#[derive(Clone, Serialize)]
pub(super) struct PythonMember {
    name: String,
    of: String,
    default: Option<String>,
    doc: String,
}

#[derive(Serialize)]
struct NamedConstructor {
    name: String,
    doc: String,
    parameters: Vec<PythonMember>,
    /// The fields that it sets, with their values.
    fields: Vec<PythonMember>,
}

/// The arguments of `replace` of all classes.
#[derive(Serialize)]
struct PythonChanges {
    header: String,
    enums: Vec<String>,
    requests: Vec<String>,
    responses: Vec<String>,
    classes: Vec<PythonClass>,
}

/// The field with the state of an object.
#[derive(Serialize)]
struct PythonState {
    name: String,
    /// The final members of its enum.
    finals: Vec<String>,
    /// The final states in words.
    words: String,
}

/// The class of the sums of a response's fees.
#[derive(Serialize)]
struct PythonTotals {
    name: String,
    of: String,
    fees: Vec<PythonFee>,
}

#[derive(Serialize)]
struct PythonFee {
    name: String,
    wire: String,
}

pub(super) fn requests(api: &Api) -> String {
    render(api, Direction::Request, include_str!("requests.py.jinja"))
}

pub(super) fn responses(api: &Api) -> String {
    render(api, Direction::Response, include_str!("responses.py.jinja"))
}

pub(super) fn changes(api: &Api) -> String {
    let fields = || api.types.iter().flat_map(|item| &item.fields);
    let held = |direction| {
        let of_direction = api.types.iter().filter(move |item| item.direction == direction);
        let is_held = |name: &str| fields().any(|field| *field.kind.item() == FieldKind::Object(name.to_owned()));
        sorted(of_direction.map(|item| item.name.clone()).filter(|name| is_held(name)))
    };
    let page = PythonChanges {
        header: crate::render::header::header(api),
        enums: enums_of(fields().map(|field| &field.kind)),
        requests: held(Direction::Request),
        responses: held(Direction::Response),
        classes: api.types.iter().map(|item| class(api, item)).collect(),
    };
    fill(include_str!("changes.py.jinja"), page)
}

fn render(api: &Api, direction: Direction, template: &str) -> String {
    let types: Vec<&Type> = api.types.iter().filter(|item| item.direction == direction).collect();
    let classes: Vec<PythonClass> = types.iter().map(|item| class(api, item)).collect();
    let totals: Vec<PythonTotals> = types.iter().filter_map(|item| totals(item)).collect();
    let options = classes.iter().filter(|class| !class.options.is_empty());
    let exports = options.map(|class| format!("{}Options", class.name));
    let exports = exports.chain(classes.iter().map(|class| class.name.clone()));
    let page = PythonClasses {
        header: crate::render::header::header(api),
        enums: enums_of(types.iter().flat_map(|item| &item.fields).map(|field| &field.kind)),
        exports: sorted(exports.chain(totals.iter().map(|totals| totals.name.clone()))),
        classes,
        totals,
        updates: sorted(types.iter().flat_map(|item| item.updates.iter().cloned())),
    };
    fill(template, page)
}

fn class(api: &Api, item: &Type) -> PythonClass {
    let is_special = |field: &Field| {
        let is_set = |constructor: &Constructor| constructor.set.iter().any(|(wire, _)| *wire == field.wire);
        item.constructors.iter().any(|constructor| is_set(constructor) || constructor.arguments.contains(&field.wire))
    };
    let options = item.fields.iter().filter(|field| !item.constructors.is_empty() && !is_special(field));
    PythonClass {
        name: item.name.clone(),
        base: base(item),
        doc: item.doc.text.clone(),
        fields: item.fields.iter().map(|field| member(field, item.direction)).collect(),
        constructors: item.constructors.iter().map(|constructor| named_constructor(item, constructor)).collect(),
        options: options.map(|field| member(field, item.direction)).collect(),
        end_field: item.span().map(|(_, end)| names::python_field(end)),
        updates: item.updates.join(" | "),
        cost: item.cost.as_deref().map(names::python_field),
        state: item.state_enum(api).map(|(field, of)| python_state(field, of)),
    }
}

fn python_state(field: &Field, of: &Enum) -> PythonState {
    let member = |name: &str| format!("{}.{}", of.name, names::screaming(name));
    PythonState {
        name: names::python_field(&field.wire),
        finals: of.final_values().map(|value| member(&value.name)).collect(),
        words: of.final_values().map(|value| value.name.replace('_', " ")).collect::<Vec<_>>().join(", "),
    }
}

/// Returns the base class. A flow can be turned into an update of itself, which is written by hand.
fn base(item: &Type) -> &'static str {
    match item.direction {
        Direction::Request => "Request",
        Direction::Response if !item.updates.is_empty() => "Updatable",
        Direction::Response => "Response",
    }
}

pub(super) fn member(field: &Field, direction: Direction) -> PythonMember {
    let is_list = matches!(field.kind, FieldKind::List(_));
    let (is_optional, empty) = match direction {
        Direction::Request => (field.required != Required::Always, "None"),
        Direction::Response if is_list => (false, "()"),
        Direction::Response => (true, "None"),
    };
    let default = field.default.as_ref().map(|value| literal(value, &field.kind));
    let is_left_out = is_optional || direction == Direction::Response;
    let within = field.within.as_ref().map(|object| format!(" On the wire it is in `{object}`."));
    PythonMember {
        name: names::python_field(&field.wire),
        of: annotation(&field.kind, direction) + if is_optional { " | None" } else { "" },
        default: default.or_else(|| is_left_out.then(|| empty.to_owned())),
        doc: field.doc.text.clone() + &within.unwrap_or_default(),
    }
}

fn named_constructor(item: &Type, constructor: &Constructor) -> NamedConstructor {
    let set = constructor.set.iter().map(|(wire, value)| {
        let field = item.field(wire);
        PythonMember { default: Some(literal(value, &field.kind)), ..member(field, item.direction) }
    });
    let given = constructor.arguments.iter().map(|wire| {
        let name = names::python_field(constructor.argument_name(wire));
        let field = item.field(wire);
        let value = if is_audio(field) { format!("encode_audio({name}, \"{wire}\")") } else { name };
        PythonMember { default: Some(value), ..member(field, item.direction) }
    });
    let parameters = constructor.arguments.iter().map(|wire| {
        let field = item.field(wire);
        let of = if is_audio(field) { AUDIO.to_owned() } else { annotation(&field.kind, item.direction) };
        let name = names::python_field(constructor.argument_name(wire));
        PythonMember { name, of, default: None, doc: String::new() }
    });
    let audio = constructor.arguments.iter().filter(|wire| is_audio(item.field(wire))).map(|wire| {
        let name = names::python_field(constructor.argument_name(wire));
        format!("\n\n`{name}` is bytes, or the path of a file. A file that cannot be read is an `InvalidRequestError`.")
    });
    NamedConstructor {
        name: names::python_field(&constructor.name),
        doc: constructor.doc.clone() + &audio.collect::<String>(),
        parameters: parameters.collect(),
        fields: set.chain(given).collect(),
    }
}

fn is_audio(field: &Field) -> bool {
    field.kind == FieldKind::Base64
}

fn totals(response: &Type) -> Option<PythonTotals> {
    let fees = response.fields.iter().filter(|field| field.kind == FieldKind::Written(Notation::Fee));
    let fees = fees.map(|field| PythonFee { name: names::python_field(&field.wire), wire: field.wire.clone() });
    Some(PythonTotals { name: response.totals.clone()?, of: response.name.clone(), fees: fees.collect() })
}
