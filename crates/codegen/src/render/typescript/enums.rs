//! Renders the enums.

use serde::Serialize;

use super::text::{comment, source};
use crate::model::{Api, Enum};
use crate::names;
use crate::render::template;

const TEMPLATE: &str = include_str!("enums.ts.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    enums: Vec<Constant>,
}

/// An enum: an object of its values, and the type of each of them under the same name.
#[derive(Serialize)]
struct Constant {
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
    let page =
        Page { header: crate::render::header(api), enums: api.enums.iter().map(|item| constant(api, item)).collect() };
    template::fill(TEMPLATE, page)
}

fn constant(api: &Api, item: &Enum) -> Constant {
    let members = item.values.iter().map(|value| Member {
        name: names::screaming(&value.name),
        number: value.number,
        doc: comment(2, &[&value.doc]),
    });
    Constant {
        name: item.name.clone(),
        doc: comment(0, &[&item.doc.text, &source(api, &item.doc)]),
        members: members.collect(),
    }
}
