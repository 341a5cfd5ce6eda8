//! Renders the enums.

use serde::Serialize;

use super::text;
use crate::model::{Api, Enum};
use crate::names;

/// What the template shows.
#[derive(Serialize)]
struct TypeScriptEnums<'a> {
    header: String,
    enums: Vec<TypeScriptEnum<'a>>,
}

/// An enum: an object of its values, and the type of its values under the same name.
#[derive(Serialize)]
struct TypeScriptEnum<'a> {
    name: &'a str,
    doc: &'a str,
    values: Vec<Value<'a>>,
}

/// A value of an enum.
#[derive(Serialize)]
struct Value<'a> {
    name: String,
    number: i64,
    doc: &'a str,
}

pub(super) fn render_module(api: &Api) -> String {
    let enums = api.enums.iter().map(constant).collect();
    text::fill(include_str!("enums.ts.jinja"), TypeScriptEnums { header: crate::render::header::header(api), enums })
}

fn constant(item: &Enum) -> TypeScriptEnum<'_> {
    let values = item.values.iter().map(|value| Value {
        name: names::screaming(&value.name),
        number: value.number,
        doc: &value.doc.text,
    });
    TypeScriptEnum { name: &item.name, doc: &item.doc.text, values: values.collect() }
}
