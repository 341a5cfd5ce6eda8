//! Renders the enums.

use serde::Serialize;

use super::text::{docstring, exports, source, tuple};
use crate::model::{Api, Enum};
use crate::names;
use crate::render::template;

const TEMPLATE: &str = include_str!("enums.py.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    exports: String,
    enums: Vec<Class>,
    table: String,
}

/// An enum.
#[derive(Serialize)]
struct Class {
    name: String,
    doc: String,
    members: Vec<Member>,
}

/// A value of an enum.
#[derive(Serialize)]
struct Member {
    name: String,
    number: i64,
    doc: String,
}

pub(super) fn render(api: &Api) -> String {
    let names: Vec<_> = api.enums.iter().map(|item| item.name.clone()).collect();
    let page = Page {
        header: crate::render::header(api),
        exports: exports(&names),
        enums: api.enums.iter().map(class).collect(),
        table: tuple(0, "ENUMS: tuple[type[Number], ...]", &names),
    };
    template::fill(TEMPLATE, page)
}

fn class(item: &Enum) -> Class {
    let members = item.values.iter().map(|value| Member {
        name: names::screaming(&value.name),
        number: value.number,
        doc: docstring(4, &[&value.doc]),
    });
    Class {
        name: item.name.clone(),
        doc: docstring(4, &[&item.doc.text, &source(&item.doc)]),
        members: members.collect(),
    }
}
