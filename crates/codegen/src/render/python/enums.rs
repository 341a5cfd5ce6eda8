//! Renders the enums.

use serde::Serialize;

use super::text::{fill, sorted};
use crate::model::Api;
use crate::names;

#[derive(Serialize)]
struct Page {
    header: String,
    exports: Vec<String>,
    enums: Vec<Class>,
}

#[derive(Serialize)]
struct Class {
    name: String,
    doc: String,
    members: Vec<Member>,
}

#[derive(Serialize)]
struct Member {
    name: String,
    number: i64,
    doc: String,
}

pub(super) fn render(api: &Api) -> String {
    let enums = api.enums.iter().map(|item| {
        let members = item.values.iter().map(|value| Member {
            name: names::screaming(&value.name),
            number: value.number,
            doc: value.doc.clone(),
        });
        Class { name: item.name.clone(), doc: item.doc.text.clone(), members: members.collect() }
    });
    let page = Page {
        header: crate::render::header(api),
        exports: sorted(api.enums.iter().map(|item| item.name.clone())),
        enums: enums.collect(),
    };
    fill(include_str!("enums.py.jinja"), page)
}
