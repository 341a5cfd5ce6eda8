//! Renders the responses with what reads them, and the sums of their fees.

use serde::Serialize;

use super::text::{comment, list_of_names, source, source_within};
use super::types::{Imports, answered, told};
use crate::model::{Api, Direction, Envelope, Field, FieldKind, Type};
use crate::render::template;

const TEMPLATE: &str = include_str!("responses.ts.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    imports: String,
    interfaces: Vec<Interface>,
    totals: Vec<Totals>,
    names: String,
    /// Names of the parts of an envelope.
    envelope: Vec<String>,
}

/// A response.
#[derive(Serialize)]
struct Interface {
    name: String,
    doc: String,
    members: Vec<Member>,
    /// What it does beyond holding what was read.
    methods: Vec<Method>,
    /// What stands around the members where they are read.
    open: String,
    close: &'static str,
}

/// A property, as it is declared and as it is read.
#[derive(Serialize)]
struct Member {
    declared: String,
    doc: String,
    read: String,
}

/// A method, which is hand-written.
#[derive(Serialize)]
struct Method {
    declared: &'static str,
    doc: String,
}

/// The sums of fees.
#[derive(Serialize)]
struct Totals {
    name: String,
    doc: String,
    members: Vec<Sum>,
    fees_doc: String,
    fees: String,
}

/// The sum of one kind of fee.
#[derive(Serialize)]
struct Sum {
    declared: String,
    doc: String,
}

pub(super) fn render(api: &Api) -> String {
    let responses: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Response).collect();
    let names: Vec<_> = responses.iter().map(|response| response.name.clone()).collect();
    let page = Page {
        header: crate::render::header(api),
        imports: imports(&responses).render(),
        interfaces: responses.iter().map(|response| interface(api, response)).collect(),
        totals: responses.iter().filter_map(|response| totals(response)).collect(),
        names: list_of_names("RESPONSE_NAMES", &names),
        envelope: envelope(&api.service.envelope),
    };
    template::fill(TEMPLATE, page)
}

/// The names of an envelope's parts, for what tells one from a response.
fn envelope(envelope: &Envelope) -> Vec<String> {
    let parts = [("CODE", &envelope.code), ("MESSAGE", &envelope.message), ("DATA", &envelope.data)];
    parts.map(|(name, part)| list_of_names(&format!("ENVELOPE_{name}"), &part.names)).into()
}

fn imports(responses: &[&Type]) -> Imports {
    let mut imports = Imports::default();
    imports.add_type("../reader.js", "Reader");
    if !responses.is_empty() {
        imports.add_type("../reader.js", "Extra");
    }
    imports.add_fields(responses.iter().flat_map(|response| &response.fields));
    if responses.iter().any(|response| is_updatable(response)) {
        imports.add_value("../flow.js", "updatable");
        imports.add_type("./requests.js", "UpdateRecallFlow");
    }
    if responses.iter().any(|response| response.totals.is_some()) {
        imports.add_type("../money.js", "FeeTotal");
    }
    imports
}

fn interface(api: &Api, response: &Type) -> Interface {
    let mut members: Vec<_> = response.fields.iter().map(|field| member(api, response, field)).collect();
    members.push(Member {
        declared: "readonly extra: Extra".to_owned(),
        doc: comment(
            2,
            &[
                "What the service sent beyond the documented fields, and values that do not fit their type.",
                "Its keys are names on the wire.",
            ],
        ),
        read: "extra: reader.extra()".to_owned(),
    });
    let open = if is_updatable(response) {
        format!("updatable<{}>(reader, {{", response.name)
    } else {
        "reader.row({".to_owned()
    };
    let doc = comment(0, &[&response.doc.text, &source(api, &response.doc)]);
    let methods = is_updatable(response).then(to_update).into_iter().collect();
    Interface { name: response.name.clone(), doc, members, methods, open, close: "})" }
}

/// Whether a response does more than hold what was read: it can become an update.
fn is_updatable(response: &Type) -> bool {
    response.name == "RecallFlowDetail"
}

/// The method that makes an update of a response.
fn to_update() -> Method {
    let doc = comment(
        2,
        &[
            "The flow as an update that changes nothing, with all its nodes, ready to be changed and sent.",
            "- The service does not answer a file that was sent along: such a node needs `baseFile` again before it can \
             be sent, or the source `VoiceSource.UPLOADED` with its `voiceFileId`. `validate` tells.",
            "- What this version does not know, in `extra`, is not carried over.",
            "- Without nodes in the answer, the update has no list of nodes, so that it cannot erase any.",
            "@throws {@link InvalidRequestError} if the answer lacks a field that an update must have, as an answer that \
             is only a page of nodes does, or holds a value that does not fit. Sending less than was read could erase it.",
        ],
    );
    Method { declared: "toUpdate(): UpdateRecallFlow", doc }
}

fn member(api: &Api, response: &Type, field: &Field) -> Member {
    let is_list = matches!(field.kind, FieldKind::List(_));
    let (mark, or_undefined) = if is_list { ("", "") } else { ("?", " | undefined") };
    let aliases = field.aliases.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
    let aliases = if aliases.is_empty() { aliases } else { format!("On the wire also {aliases}. ") };
    Member {
        declared: format!("readonly {}{mark}: {}{or_undefined}", field.wire, answered(&field.kind)),
        doc: comment(2, &[&told(field), &format!("{aliases}{}", source_within(api, &response.doc, &field.doc))]),
        read: format!("{}: {}", field.wire, read(&field.kind)),
    }
}

/// The call that reads a value.
fn read(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Int32 | FieldKind::Int64 | FieldKind::Float | FieldKind::Enum(_) => "reader.number()".to_owned(),
        FieldKind::Flag | FieldKind::Bool => "reader.boolean()".to_owned(),
        FieldKind::String | FieldKind::DateTime | FieldKind::Base64 | FieldKind::Fee => "reader.text()".to_owned(),
        FieldKind::Object(name) => format!("reader.object(read{name})"),
        FieldKind::List(item) => match &**item {
            FieldKind::Object(name) => format!("reader.objects(read{name})"),
            item => format!("reader.values((reader) => {})", read(item)),
        },
    }
}

/// The sums, with the names of the fees for the hand-written function that sums them.
fn totals(response: &Type) -> Option<Totals> {
    let name = response.totals.as_ref()?;
    let fees: Vec<&Field> = response.fields.iter().filter(|field| field.kind == FieldKind::Fee).collect();
    let members = fees.iter().map(|field| Sum {
        declared: format!("readonly {}: FeeTotal", field.wire),
        doc: comment(2, &[&format!("Sum of `{}` by currency.", field.wire)]),
    });
    let names: Vec<_> = fees.iter().map(|field| field.wire.clone()).collect();
    Some(Totals {
        name: name.clone(),
        doc: comment(0, &[&format!("Sums of the fees of many `{}` values.", response.name)]),
        members: members.collect(),
        fees_doc: comment(0, &[&format!("Names of the fees of a `{}`.", response.name), "@internal"]),
        fees: list_of_names("TOTALED", &names),
    })
}
