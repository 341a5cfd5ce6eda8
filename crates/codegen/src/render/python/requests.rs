//! Renders the requests.

use super::text::{bracketed, docstring, source};
use super::types::{Imports, literal};
use super::values::{self, Class, Member, class};
use crate::model::{Api, Constructor, Direction, Field, FieldKind, Literal, Required, Type};
use crate::names;

/// What a parameter takes whose bytes are encoded.
const FILE: &str = "bytes | bytearray | memoryview | str | PathLike[str]";

pub(super) fn render(api: &Api) -> String {
    let requests: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Request).collect();
    let classes: Vec<_> = requests.iter().map(|request| request_class(request)).collect();
    let (imports, typing_imports) = imports(&requests);
    let table = "REQUESTS: tuple[type[Request], ...]";
    values::file(api, "What is sent.", (&imports, &typing_imports), (&classes, &[]), table)
}

/// What the module needs when it is run, and what only type checkers need.
fn imports(requests: &[&Type]) -> (Imports, Imports) {
    let (mut imports, mut typing_imports) = (Imports::default(), Imports::default());
    imports.add("recallflow._values", "Request");
    typing_imports.add("typing_extensions", "Self");
    for field in requests.iter().flat_map(|request| &request.fields) {
        typing_imports.add_kind(&field.kind);
    }
    let constructors =
        || requests.iter().flat_map(|of| of.constructors.iter().map(move |constructor| (of, constructor)));
    if constructors().any(|(of, constructor)| constructor.arguments.iter().any(|wire| is_file(of.field(wire)))) {
        imports.add("recallflow._audio", "encode_audio");
        typing_imports.add("os", "PathLike");
    }
    let defaults = requests.iter().flat_map(|of| of.fields.iter().filter_map(|field| field.default.as_ref()));
    let set = constructors().flat_map(|(_, constructor)| constructor.set.iter().map(|(_, value)| value));
    // One statement imports all enums if any of them is needed when the module is run.
    if defaults.chain(set).any(|value| matches!(value, Literal::Enum { .. })) {
        for name in typing_imports.take("recallflow.generated.enums") {
            imports.add("recallflow.generated.enums", name);
        }
    }
    (imports, typing_imports)
}

/// Whether a constructor takes the field as bytes or a file.
fn is_file(field: &Field) -> bool {
    field.kind == FieldKind::Base64
}

fn request_class(request: &Type) -> Class {
    let members: Vec<_> = request.fields.iter().map(member).collect();
    let doc = docstring(4, &[&request.doc.text, &source(&request.doc)]);
    let constructors = request.constructors.iter().map(|constructor| named_constructor(request, constructor));
    Class { constructors: constructors.collect(), ..class(&request.name, "Request", doc, &members) }
}

fn member(field: &Field) -> Member {
    let is_optional = field.required != Required::Always;
    let default = field.default.as_ref().map(|value| literal(value, &field.kind));
    let default = default.or_else(|| is_optional.then(|| "None".to_owned()));
    Member::new(field, Direction::Request, is_optional, default)
}

/// A method that makes a value for one purpose. It takes its arguments by position, and all that it does not set by name.
fn named_constructor(request: &Type, constructor: &Constructor) -> values::Constructor {
    let is_argument = |field: &Field| constructor.arguments.contains(&field.wire);
    let set_to = |field: &Field| {
        let value = constructor.set.iter().find(|(wire, _)| *wire == field.wire).map(|(_, value)| value)?;
        Some(literal(value, &field.kind))
    };
    let mut parameters = vec!["cls".to_owned()];
    parameters.extend(constructor.arguments.iter().map(|wire| argument(request, constructor, wire)));
    let others: Vec<_> = request.fields.iter().filter(|field| !is_argument(field) && set_to(field).is_none()).collect();
    if !others.is_empty() {
        parameters.push("*".to_owned());
    }
    parameters.extend(others.into_iter().map(|field| member(field).declared()));
    let given = request.fields.iter().map(|field| {
        let name = names::python_field(&field.wire);
        let value = set_to(field).unwrap_or_else(|| {
            let given = names::python_field(constructor.argument_name(&field.wire));
            if is_argument(field) && is_file(field) {
                format!("encode_audio({given}, {})", super::text::literal(&field.wire))
            } else {
                given
            }
        });
        format!("{name}={value}")
    });
    let files = constructor.arguments.iter().filter(|wire| is_file(request.field(wire))).map(|wire| {
        let name = names::python_field(constructor.argument_name(wire));
        format!(
            "`{name}` is given as bytes or as the path of a file, which is read, and encoded here. An \
             `InvalidRequestError` is raised if the file cannot be read."
        )
    });
    let name = names::python_field(&constructor.name);
    values::Constructor {
        head: bracketed(4, &format!("def {name}("), &parameters, ") -> Self:"),
        doc: docstring(8, &[&constructor.doc, &files.collect::<Vec<_>>().join(" ")]),
        body: bracketed(8, "return cls(", &given.collect::<Vec<_>>(), ")"),
    }
}

/// A parameter that a constructor takes by position. It must be given, whatever the field's default.
fn argument(request: &Type, constructor: &Constructor, wire: &str) -> String {
    let field = request.field(wire);
    let name = names::python_field(constructor.argument_name(wire));
    let of = if is_file(field) { FILE.to_owned() } else { super::types::parameter(&field.kind, Direction::Request) };
    format!("{name}: {of}")
}
