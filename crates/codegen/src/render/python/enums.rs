//! Renders the enums.

use serde::Serialize;

use super::text::{fill, sorted};
use crate::model::Api;
use crate::names;

#[derive(Serialize)]
struct PythonEnums {
    header: String,
    exports: Vec<String>,
    enums: Vec<PythonEnum>,
}

#[derive(Serialize)]
struct PythonEnum {
    name: String,
    doc: String,
    members: Vec<PythonEnumMember>,
}

#[derive(Serialize)]
struct PythonEnumMember {
    name: String,
    number: i64,
    doc: String,
}

pub(super) fn render_module(api: &Api) -> String {
    let enums = api.enums.iter().map(|item| {
        let members = item.values.iter().map(|value| PythonEnumMember {
            name: names::screaming(&value.name),
            number: value.number,
            doc: value.doc.text.clone(),
        });
        PythonEnum { name: item.name.clone(), doc: item.doc.text.clone(), members: members.collect() }
    });
    let page = PythonEnums {
        header: crate::render::header::header(api),
        exports: sorted(api.enums.iter().map(|item| item.name.clone())),
        enums: enums.collect(),
    };
    fill(include_str!("enums.py.jinja"), page)
}
