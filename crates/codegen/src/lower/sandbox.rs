//! Lowers the command protocol of the sandbox.

use super::docs;
use super::naming::{Case, Taken, check_case};
use crate::diagnostic::{At, Sink};
use crate::model::sandbox::{
    Access, DefaultValue, Message, Payload, Protocol, ProtocolField, ProtocolKind, ProtocolObject, TextEnum, TextValue,
};
use crate::raw::{
    RawDefault, RawLiteral, RawMessage, RawProtocol, RawProtocolField, RawProtocolObject, RawTextEnum, RawTextValue,
};

/// Names of the built-in kinds.
const KINDS: [(&str, ProtocolKind); 19] = [
    ("bool", ProtocolKind::Bool),
    ("text", ProtocolKind::Text),
    ("integer", ProtocolKind::Integer),
    ("count", ProtocolKind::Count),
    ("size", ProtocolKind::Size),
    ("http_status", ProtocolKind::HttpStatus),
    ("port", ProtocolKind::Port),
    ("duration", ProtocolKind::Duration),
    ("unix_time", ProtocolKind::UnixTime),
    ("civil_time", ProtocolKind::CivilTime),
    ("bytes", ProtocolKind::Bytes),
    ("body", ProtocolKind::Body),
    ("headers", ProtocolKind::Headers),
    ("path", ProtocolKind::Path),
    ("ip", ProtocolKind::Ip),
    ("operation", ProtocolKind::Operation),
    ("fault", ProtocolKind::Fault),
    ("flow", ProtocolKind::Flow),
    ("task", ProtocolKind::Task),
];

/// Lowers the protocol. Returns `None` if something is invalid.
pub(super) fn lower_sandbox(raw: &RawProtocol, sink: &Sink) -> Option<Protocol> {
    check_types(raw, sink);
    let lowering = Lowering { raw, sink };
    let messages = |raw: &[RawMessage]| lower_all(raw, |message| lowering.message(message));
    let enums = lower_all(&raw.enums, |item| lowering.text_enum(item));
    let objects = lower_all(&raw.objects, |object| lowering.object(object));
    let [faults, commands, waits] = [&raw.faults, &raw.commands, &raw.waits].map(|raw| messages(raw));
    Some(Protocol { enums: enums?, objects: objects?, faults: faults?, commands: commands?, waits: waits? })
}

/// Checks the names of the enums and objects.
fn check_types(raw: &RawProtocol, sink: &Sink) {
    let mut taken = Taken::default();
    let enums = raw.enums.iter().filter_map(|item| Some(("enum", item.name.as_ref()?)));
    let objects = raw.objects.iter().filter_map(|object| Some(("object", object.name.as_ref()?)));
    for (what, name) in enums.chain(objects) {
        check_case("a type", name, Case::Pascal, sink);
        taken.take(what, name, sink);
    }
}

/// Lowers every item, so that all problems are reported. Returns `None` if one of them is invalid.
fn lower_all<R, T>(raw: &[R], lower: impl Fn(&R) -> Option<T>) -> Option<Vec<T>> {
    let items: Vec<_> = raw.iter().map(lower).collect();
    items.into_iter().collect()
}

/// The protocol that is being lowered.
#[derive(Clone, Copy, Debug)]
struct Lowering<'a> {
    raw: &'a RawProtocol,
    sink: &'a Sink,
}

impl Lowering<'_> {
    fn text_enum(self, raw: &RawTextEnum) -> Option<TextEnum> {
        let doc = docs::sentence(raw.doc.as_ref(), self.sink);
        let value = |value: &RawTextValue| {
            let doc = docs::sentence(value.doc.as_ref(), self.sink);
            Some(TextValue { name: text_of(value.name.as_ref())?, doc })
        };
        let values = lower_all(&raw.values, value);
        Some(TextEnum { name: text_of(raw.name.as_ref())?, doc, values: values? })
    }

    fn object(self, raw: &RawProtocolObject) -> Option<ProtocolObject> {
        let doc = docs::sentence(raw.doc.as_ref(), self.sink);
        let fields = lower_all(&raw.fields, |field| self.field(field));
        let access = match raw.direction.as_ref() {
            None => Some(Access::Input),
            Some(direction) if direction.value == "input" => Some(Access::Input),
            Some(direction) if direction.value == "output" => Some(Access::Output),
            Some(direction) => {
                self.sink.unknown("direction", direction, ["input", "output"]);
                None
            }
        };
        Some(ProtocolObject { name: text_of(raw.name.as_ref())?, doc, access: access?, fields: fields? })
    }

    fn message(self, raw: &RawMessage) -> Option<Message> {
        let doc = docs::sentence(raw.doc.as_ref(), self.sink);
        let items = lower_all(&raw.items, |field| self.field(field));
        let fields = lower_all(&raw.fields, |field| self.field(field));
        let payload = match &raw.object {
            Some(name) => self.find_object(name).then(|| Payload::Object(name.value.clone())),
            None if raw.fields.is_empty() => items.map(Payload::Items),
            None => fields.map(Payload::Fields),
        };
        let forms = [!raw.items.is_empty(), !raw.fields.is_empty(), raw.object.is_some()];
        if let (Some(name), true) = (&raw.name, forms.into_iter().filter(|form| *form).count() > 1) {
            self.sink.report(name.at, "expected only one of `items`, `fields` and `object`");
        }
        Some(Message { name: text_of(raw.name.as_ref())?, doc, payload: payload? })
    }

    fn field(self, raw: &RawProtocolField) -> Option<ProtocolField> {
        let doc = docs::sentence(raw.doc.as_ref(), self.sink);
        let kind = raw.kind.as_ref().and_then(|kind| self.find_kind(kind));
        Some(ProtocolField {
            name: text_of(raw.name.as_ref())?,
            kind: kind?,
            is_list: raw.list.as_ref().is_some_and(|list| list.value),
            is_optional: raw.optional.as_ref().is_some_and(|optional| optional.value),
            default: raw.default.as_ref().map(|default| lower_default(&default.value)),
            doc,
        })
    }

    /// Resolves the kind of a field, or reports that it is unknown.
    fn find_kind(self, raw: &At<String>) -> Option<ProtocolKind> {
        if let Some((_, kind)) = KINDS.iter().find(|(word, _)| *word == raw.value) {
            return Some(kind.clone());
        }
        if self.enum_names().any(|name| *name == raw.value) {
            return Some(ProtocolKind::Enum(raw.value.clone()));
        }
        if self.object_names().any(|name| *name == raw.value) {
            return Some(ProtocolKind::Object(raw.value.clone()));
        }
        let words = KINDS.iter().map(|(word, _)| *word);
        let types = self.enum_names().chain(self.object_names()).map(String::as_str);
        self.sink.unknown("type", raw, words.chain(types));
        None
    }

    /// Returns whether there is an object of this name, or reports that it is unknown.
    fn find_object(self, raw: &At<String>) -> bool {
        let is_known = self.object_names().any(|name| *name == raw.value);
        if !is_known {
            self.sink.unknown("object", raw, self.object_names().map(String::as_str));
        }
        is_known
    }

    fn enum_names(&self) -> impl Iterator<Item = &String> {
        self.raw.enums.iter().filter_map(|item| Some(&item.name.as_ref()?.value))
    }

    fn object_names(&self) -> impl Iterator<Item = &String> {
        self.raw.objects.iter().filter_map(|object| Some(&object.name.as_ref()?.value))
    }
}

fn lower_default(raw: &RawDefault) -> DefaultValue {
    match raw {
        RawDefault::Literal(RawLiteral::Bool(value)) => DefaultValue::Bool(*value),
        RawDefault::Literal(RawLiteral::Int(value)) => DefaultValue::Int(*value),
        RawDefault::Literal(RawLiteral::Name(value)) => DefaultValue::Text(value.clone()),
        RawDefault::EmptyList => DefaultValue::EmptyList,
    }
}

/// Returns the text of a key. Reading has reported a missing one.
fn text_of(raw: Option<&At<String>>) -> Option<String> {
    raw.map(|raw| raw.value.clone())
}
