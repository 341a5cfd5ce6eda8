//! Renders the shapes of requests and responses.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::positions::path;
use crate::model::{Api, Direction, Field, FieldKind, Notation, Type};

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let shapes = api.types.iter().filter(|item| item.direction == Direction::Response).map(shape);
    vec![
        quote! {
            use super::positions::enums;
            use super::positions::responses;
            use crate::response::shape::{Field, Kind, Notation, Shape};
        },
        quote! {
            /// The objects of responses.
            pub static RESPONSES: &[Shape] = &[#(#shapes),*];
        },
    ]
}

/// Renders the shape of a type.
pub(super) fn shape(item: &Type) -> TokenStream {
    let name = &item.name;
    let objects = match item.direction {
        Direction::Request => "requests",
        Direction::Response => "responses",
    };
    let fields = item.fields.iter().map(|field| {
        let Field { wire, within, .. } = field;
        let within = within.as_ref().map_or_else(|| quote!(None), |within| quote!(Some(#within)));
        let kind = kind(&field.kind, field.is_id(), objects);
        quote!(Field::new(#wire, #within, #kind))
    });
    let aliases = item.fields.iter().flat_map(|field| field.aliases.iter());
    let wires = item.fields.iter().map(|field| &field.wire).chain(aliases);
    let positions = item.fields.iter().enumerate();
    let positions = positions.flat_map(|(position, field)| field.aliases.iter().map(move |_| position));
    let positions = positions.map(Literal::usize_unsuffixed);
    quote! {
        Shape { name: #name, fields: &[#(#fields),*], names: &[#(#wires),*], aliases: &[#(#positions),*] }
    }
}

fn kind(kind: &FieldKind, is_id: bool, objects: &str) -> TokenStream {
    match kind {
        FieldKind::Int32 => quote!(Kind::Int32),
        FieldKind::Int64 if is_id => quote!(Kind::Id),
        FieldKind::Int64 => quote!(Kind::Int64),
        FieldKind::Float => quote!(Kind::Float),
        FieldKind::String | FieldKind::Base64 => quote!(Kind::Text(Notation::Plain)),
        FieldKind::Written(Notation::Fee) => quote!(Kind::Text(Notation::Fee)),
        FieldKind::Written(Notation::Percent) => quote!(Kind::Text(Notation::Percent)),
        FieldKind::Written(Notation::Duration) => quote!(Kind::Text(Notation::Duration)),
        FieldKind::Flag => quote!(Kind::Flag),
        FieldKind::Bool => quote!(Kind::Bool),
        FieldKind::DateTime => quote!(Kind::Time),
        FieldKind::Enum(name) => {
            let position = path("enums", name);
            quote!(Kind::Enum(#position))
        }
        FieldKind::Object(name) => {
            let position = path(objects, name);
            quote!(Kind::Object(#position))
        }
        FieldKind::List(item) => {
            let item = self::kind(item, is_id, objects);
            quote!(Kind::List(&#item))
        }
    }
}
