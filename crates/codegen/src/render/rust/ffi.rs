//! Renders what the packages of other languages read of requests and answers, as data.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::tokens::{field_ident, ident};
use crate::model::{Api, Direction, Field, FieldKind, Operation, Type};

pub(super) fn render(api: &Api) -> Vec<TokenStream> {
    let (requests, responses) = (names(api, Direction::Request), names(api, Direction::Response));
    let shapes = |names: &[&str]| -> Vec<TokenStream> {
        names.iter().map(|name| shape(api, names, api.type_named(name))).collect()
    };
    let (request_shapes, response_shapes) = (shapes(&requests), shapes(&responses));
    let enums = api.enums.iter().map(|item| &item.name);
    let calls = api.operations.iter().map(|operation| call(api, &requests, &responses, operation));
    let idents = requests.iter().map(|name| ident(name));
    let reads = requests.iter().enumerate().map(|(position, name)| {
        let (position, name) = (Literal::usize_unsuffixed(position), ident(name));
        quote!(#position => read_as::<#name>(json))
    });
    let pagings = requests.iter().map(|name| page_number(api, name));
    vec![
        quote! {
            use serde_json::Value;

            use super::requests::{#(#idents),*};
            use crate::Violation;
            use crate::ffi::request::{PageNumber, read_as};
            use crate::ffi::{CallShape, Field, Kind, PagingShape, Request, Shape};
        },
        quote! {
            /// Names of the enums.
            pub static ENUMS: &[&str] = &[#(#enums),*];
        },
        quote! {
            /// The objects of requests.
            pub static REQUESTS: &[Shape] = &[#(#request_shapes),*];
        },
        quote! {
            /// The objects of answers.
            pub static RESPONSES: &[Shape] = &[#(#response_shapes),*];
        },
        quote! {
            /// What each operation takes and answers, in the order of [`OPERATIONS`](crate::OPERATIONS).
            pub static CALLS: &[CallShape] = &[#(#calls),*];
        },
        quote! {
            /// Reads the request at this position of [`REQUESTS`].
            pub(crate) fn read_request(request: usize, json: &Value) -> Result<Box<dyn Request>, Vec<Violation>> {
                match request {
                    #(#reads,)*
                    _ => unreachable!("there is no request {request}"),
                }
            }
        },
        quote!(#(#pagings)*),
    ]
}

/// Where a request has the number of the page that it asks for, if it asks for one.
fn page_number(api: &Api, request: &str) -> TokenStream {
    let paging = api.operations.iter().find(|operation| operation.request == request).and_then(|it| it.paging.as_ref());
    let method = paging.map(|paging| {
        let page = field_ident(&paging.page);
        quote! {
            fn page_number(&mut self) -> Option<&mut i32> {
                Some(&mut self.#page)
            }
        }
    });
    let name = ident(request);
    quote!(impl PageNumber for #name { #method })
}

/// Names of the types that travel one way, whose positions stand for them.
fn names(api: &Api, direction: Direction) -> Vec<&str> {
    api.types.iter().filter(|item| item.direction == direction).map(|item| item.name.as_str()).collect()
}

fn position(names: &[&str], name: &str) -> Literal {
    let position = names.iter().position(|other| *other == name);
    Literal::usize_unsuffixed(position.expect("lowering made sure that every name is known"))
}

fn shape(api: &Api, names: &[&str], item: &Type) -> TokenStream {
    let name = &item.name;
    let fields = item.fields.iter().map(|Field { wire, within, kind, default, .. }| {
        let within = within.as_ref().map_or_else(|| quote!(None), |within| quote!(Some(#within)));
        let kind = self::kind(api, names, kind);
        let default = default.as_ref().map_or_else(
            || quote!(None),
            |literal| {
                let number = Literal::i64_unsuffixed(literal.number());
                quote!(Some(#number))
            },
        );
        quote!(Field::new(#wire, #within, #kind, #default))
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

fn kind(api: &Api, names: &[&str], kind: &FieldKind) -> TokenStream {
    match kind {
        FieldKind::Int32 => quote!(Kind::Int32),
        FieldKind::Int64 => quote!(Kind::Int64),
        FieldKind::Float => quote!(Kind::Float),
        FieldKind::String | FieldKind::Base64 | FieldKind::Fee => quote!(Kind::Text),
        FieldKind::Flag => quote!(Kind::Flag),
        FieldKind::Bool => quote!(Kind::Bool),
        FieldKind::DateTime => quote!(Kind::Time),
        FieldKind::Enum(name) => {
            let enums: Vec<&str> = api.enums.iter().map(|item| item.name.as_str()).collect();
            let position = position(&enums, name);
            quote!(Kind::Enum(#position))
        }
        FieldKind::Object(name) => {
            let position = position(names, name);
            quote!(Kind::Object(#position))
        }
        FieldKind::List(item) => {
            let item = self::kind(api, names, item);
            quote!(Kind::List(&#item))
        }
    }
}

fn call(api: &Api, requests: &[&str], responses: &[&str], operation: &Operation) -> TokenStream {
    let request = position(requests, &operation.request);
    let response = match &operation.response {
        Some(name) => {
            let position = position(responses, name);
            quote!(Some(#position))
        }
        None => quote!(None),
    };
    let field = |name: &str, wire: &str| {
        let position = api.type_named(name).fields.iter().position(|field| field.wire == wire);
        Literal::usize_unsuffixed(position.expect("lowering made sure that every field is known"))
    };
    let paging = operation.paging.as_ref().zip(operation.response.as_ref()).map_or_else(
        || quote!(None),
        |(paging, response)| {
            let [records, pages, total] =
                [&paging.records, &paging.pages, &paging.total].map(|wire| field(response, wire));
            let id = field(&paging.item, &paging.id);
            quote!(Some(PagingShape { records: #records, pages: #pages, total: #total, id: #id }))
        },
    );
    quote!(CallShape { request: #request, response: #response, paging: #paging })
}
