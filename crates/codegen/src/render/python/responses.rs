//! Renders the responses, and the sums of their fees.

use super::text::{bracketed, docstring, literal, source, tuple};
use super::types::Imports;
use super::values::{self, Attribute, Class, Member, Totals, class};
use crate::model::{Api, Direction, Field, FieldKind, Type};
use crate::names;

pub(super) fn render(api: &Api) -> String {
    let responses: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Response).collect();
    let classes: Vec<_> = responses.iter().map(|response| response_class(response)).collect();
    let totals: Vec<_> = responses.iter().filter_map(|response| totals(response)).collect();
    let (imports, typing_imports) = imports(&responses);
    let (doc, table) = ("What the service answers.", "RESPONSES: tuple[type[Response], ...]");
    values::file(api, doc, (&imports, &typing_imports), (&classes, &totals), table)
}

/// What the module needs when it is run, and what only type checkers need.
fn imports(responses: &[&Type]) -> (Imports, Imports) {
    let (mut imports, mut typing_imports) = (Imports::default(), Imports::default());
    if !responses.is_empty() {
        imports.add("recallflow._values", "EMPTY_EXTRA");
        typing_imports.add("collections.abc", "Mapping");
        typing_imports.add("typing", "Any");
        typing_imports.add("recallflow._values", "Extra");
    }
    imports.add("recallflow._values", "Response");
    for (module, base) in responses.iter().filter_map(|response| hand_written(&response.name)) {
        imports.add(module, base);
    }
    typing_imports.add("typing_extensions", "Self");
    if responses.iter().any(|response| response.totals.is_some()) {
        imports.add("recallflow._record", "Record");
        typing_imports.add("recallflow._money", "FeeTotal");
    }
    for field in responses.iter().flat_map(|response| &response.fields) {
        typing_imports.add_kind(&field.kind);
    }
    (imports, typing_imports)
}

fn response_class(response: &Type) -> Class {
    let mut members: Vec<_> = response.fields.iter().map(member).collect();
    members.push(Member {
        name: "extra".to_owned(),
        of: "Extra".to_owned(),
        parameter: "Mapping[str, Any]".to_owned(),
        default: Some("EMPTY_EXTRA".to_owned()),
        doc: "What the service sent beyond the documented fields, and values that do not fit their type.".to_owned(),
        origin: "Its keys are names on the wire.".to_owned(),
    });
    let doc = docstring(4, &[&response.doc.text, &source(&response.doc)]);
    let base = hand_written(&response.name).map_or("Response", |(_, base)| base);
    class(&response.name, base, doc, &members)
}

/// The module and the class that a type derives from because it does more than hold fields.
fn hand_written(name: &str) -> Option<(&'static str, &'static str)> {
    (name == "RecallFlowDetail").then_some(("recallflow._flow", "Updatable"))
}

fn member(field: &Field) -> Member {
    let is_list = matches!(field.kind, FieldKind::List(_));
    let default = if is_list { "()" } else { "None" };
    Member::new(field, Direction::Response, !is_list, Some(default.to_owned()))
}

/// The class of the sums, with the names of the fees for the hand-written function that sums them.
fn totals(response: &Type) -> Option<Totals> {
    let name = response.totals.as_ref()?;
    let fees: Vec<&Field> = response.fields.iter().filter(|field| field.kind == FieldKind::Fee).collect();
    let names: Vec<_> = fees.iter().map(|field| names::python_field(&field.wire)).collect();
    let quoted: Vec<_> = names.iter().map(|name| literal(name)).collect();
    let pairs = fees.iter().zip(&quoted).map(|(field, name)| format!("({name}, {})", literal(&field.wire)));
    let members = fees.iter().zip(&names).map(|(field, name)| Attribute {
        name: name.clone(),
        of: "FeeTotal".to_owned(),
        doc: docstring(4, &[&format!("Sum of `{}` by currency.", field.wire)]),
    });
    let parameters = names.iter().map(|name| format!("{name}: FeeTotal"));
    let parameters: Vec<_> = ["self", "*"].map(str::to_owned).into_iter().chain(parameters).collect();
    Some(Totals {
        name: name.clone(),
        doc: docstring(4, &[&format!("Sums of the fees of many `{}` values.", response.name)]),
        slots: tuple(4, "__slots__", &quoted),
        fees: tuple(4, "FEES", &pairs.collect::<Vec<_>>()),
        members: members.collect(),
        init: bracketed(4, "def __init__(", &parameters, ") -> None:"),
        store: bracketed(8, "self._init(", &names, ")"),
    })
}
