//! Classes of values, which requests, responses and totals share.

use serde::Serialize;

use super::text::{bracketed, docstring, entry, exports, source, tuple};
use super::types::{Imports, attribute, parameter};
use crate::model::{Api, Direction, Field};
use crate::names;
use crate::render::template;

const TEMPLATE: &str = include_str!("values.py.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page<'a> {
    header: String,
    doc: &'static str,
    imports: String,
    typing_imports: String,
    exports: String,
    classes: &'a [Class],
    totals: &'a [Totals],
    table: String,
}

/// A class of sums.
#[derive(Serialize)]
pub(super) struct Totals {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) slots: String,
    pub(super) fees: String,
    pub(super) members: Vec<Attribute>,
    pub(super) init: String,
    pub(super) store: String,
}

/// A class.
#[derive(Serialize)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) base: String,
    pub(super) doc: String,
    pub(super) slots: Vec<String>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) init: String,
    pub(super) store: String,
    pub(super) replace: String,
    pub(super) constructors: Vec<Constructor>,
}

/// An attribute as type checkers see it: read-only.
#[derive(Serialize)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) of: String,
    pub(super) doc: String,
}

/// A named way to make a value.
#[derive(Serialize)]
pub(super) struct Constructor {
    pub(super) head: String,
    pub(super) doc: String,
    pub(super) body: String,
}

/// A member of a class while the class is made.
pub(super) struct Member {
    pub(super) name: String,
    /// Type of the attribute.
    pub(super) of: String,
    /// Type of the parameter.
    pub(super) parameter: String,
    /// What it is if it is not given; `None` if it must be given.
    pub(super) default: Option<String>,
    /// What it is, in a sentence.
    pub(super) doc: String,
    /// What else there is to say.
    pub(super) origin: String,
}

impl Member {
    /// The member for a field, which `is_optional` lets be `None`.
    pub(super) fn new(field: &Field, direction: Direction, is_optional: bool, default: Option<String>) -> Self {
        let (or_none, within) = (if is_optional { " | None" } else { "" }, field.within.as_ref());
        let names = std::iter::once(&field.wire).chain(&field.aliases).map(|name| format!("`{name}`"));
        let within = within.map(|object| format!(" in `{object}`")).unwrap_or_default();
        let names = names.collect::<Vec<_>>().join(" or ");
        Self {
            name: names::python_field(&field.wire),
            of: attribute(&field.kind, direction) + or_none,
            parameter: parameter(&field.kind, direction) + or_none,
            default,
            doc: field.doc.text.clone(),
            origin: format!("On the wire {names}{within}. {}", source(&field.doc)),
        }
    }

    /// The parameter that takes the member.
    pub(super) fn declared(&self) -> String {
        let default = self.default.as_ref().map(|default| format!(" = {default}")).unwrap_or_default();
        format!("{}: {}{default}", self.name, self.parameter)
    }
}

/// A class of members.
pub(super) fn class(name: &str, base: &str, doc: String, members: &[Member]) -> Class {
    let keywords = |first: &str, of: Vec<String>| -> Vec<String> {
        let star = (!of.is_empty()).then(|| "*".to_owned());
        std::iter::once(first.to_owned()).chain(star).chain(of).collect()
    };
    // What must be given comes first.
    let (required, optional): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.default.is_none());
    let declared = required.into_iter().chain(optional).map(Member::declared).collect();
    let replaced = members.iter().map(|member| format!("{}: {} = ...", member.name, member.parameter)).collect();
    let stored: Vec<_> = members.iter().map(|member| member.name.clone()).collect();
    let attributes = members.iter().map(|member| Attribute {
        name: member.name.clone(),
        of: member.of.clone(),
        doc: docstring(12, &[&member.doc, &member.origin]),
    });
    Class {
        name: name.to_owned(),
        base: base.to_owned(),
        doc,
        slots: members.iter().map(|member| entry(12, &member.name, &member.doc)).collect(),
        attributes: attributes.collect(),
        init: bracketed(4, "def __init__(", &keywords("self", declared), ") -> None:"),
        store: bracketed(8, "self._init(", &stored, ")"),
        replace: bracketed(8, "def replace(", &keywords("self", replaced), ") -> Self:"),
        constructors: Vec::new(),
    }
}

/// A file of classes, with a table of those of the spec.
pub(super) fn file(
    api: &Api,
    doc: &'static str,
    (imports, typing_imports): (&Imports, &Imports),
    (classes, totals): (&[Class], &[Totals]),
    table: &str,
) -> String {
    let names: Vec<_> = classes.iter().map(|class| class.name.clone()).collect();
    let exported: Vec<_> = names.iter().chain(totals.iter().map(|class| &class.name)).cloned().collect();
    let page = Page {
        header: crate::render::header(api),
        doc,
        imports: imports.render(0),
        typing_imports: typing_imports.render(4),
        exports: exports(&exported),
        classes,
        totals,
        table: tuple(0, table, &names),
    };
    template::fill(TEMPLATE, page)
}
