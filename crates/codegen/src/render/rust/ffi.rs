//! Renders the tables of requests and operations for the packages of other languages.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::positions::path;
use super::shapes::shape;
use super::tokens::{field_ident, ident};
use crate::model::{Api, Direction, Operation};

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let requests: Vec<_> = api.types.iter().filter(|item| item.direction == Direction::Request).collect();
    let shapes = requests.iter().map(|item| shape(item));
    let enums = api.enums.iter().map(|item| &item.name);
    let calls = api.operations.iter().map(|operation| call_shape(api, operation));
    let idents = requests.iter().map(|item| ident(&item.name));
    let reads = requests.iter().map(|item| {
        let (position, name) = (path("requests", &item.name), ident(&item.name));
        quote!(#position => read_as::<#name>(source))
    });
    let pagings = requests.iter().map(|item| page_number(api, &item.name));
    let updates = api.types.iter().filter(|item| !item.updates.is_empty()).map(|item| {
        let response = path("responses", &item.name);
        let candidates = item.updates.iter().map(|name| {
            let (position, of) = (path("requests", name), ident(name));
            quote!(candidate::<#of>(#position, source, shape))
        });
        quote!(#response => vec![#(#candidates),*])
    });
    let update_table = api.types.iter().filter(|item| !item.updates.is_empty()).map(|item| {
        let response = path("responses", &item.name);
        let requests = item.updates.iter().map(|name| path("requests", name));
        quote!((#response, &[#(#requests),*]))
    });
    vec![
        quote! {
            use super::positions::enums;
            use super::positions::requests;
            use super::positions::responses;
            use super::requests::{#(#idents),*};
            use crate::request::violation::Violation;
            use crate::ffi::request::{CallShape, PageNumber, PagingShape, Request, UpdateCandidate, candidate, read_as};
            use crate::request::source::Source;
            use crate::response::shape::{Field, Kind, Notation, Shape};
        },
        quote! {
            /// Names of the enums.
            pub static ENUMS: &[&str] = &[#(#enums),*];
        },
        quote! {
            /// The objects of requests.
            pub static REQUESTS: &[Shape] = &[#(#shapes),*];
        },
        quote! {
            /// The request and the response of each operation, in the order of [`OPERATIONS`](crate::OPERATIONS).
            pub static CALLS: &[CallShape] = &[#(#calls),*];
        },
        quote! {
            /// Responses, and the requests that write them back.
            pub static UPDATES: &[(usize, &[usize])] = &[#(#update_table),*];
        },
        quote! {
            /// Reads the request at this position of [`REQUESTS`] strictly.
            ///
            /// # Errors
            ///
            /// Everything that is wrong with a request that cannot be read, broken rules included.
            pub fn read_request(request: usize, source: &impl Source) -> Result<Box<dyn Request>, Vec<Violation>> {
                match request {
                    #(#reads,)*
                    _ => unreachable!("there is no request {request}"),
                }
            }
        },
        quote! {
            /// Reads the response at this position of [`RESPONSES`](super::shapes::RESPONSES) as each request that writes
            /// it back.
            pub(crate) fn read_updates(response: usize, source: &impl Source, shape: &'static Shape) -> Vec<UpdateCandidate> {
                match response {
                    #(#updates,)*
                    _ => Vec::new(),
                }
            }
        },
        quote!(#(#pagings)*),
    ]
}

/// Renders the access to the page number of a request, if the request has pages.
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

/// Renders the types and paging fields of an operation.
fn call_shape(api: &Api, operation: &Operation) -> TokenStream {
    let request = path("requests", &operation.request);
    let response = match &operation.response {
        Some(name) => {
            let position = path("responses", name);
            quote!(Some(#position))
        }
        None => quote!(None),
    };
    let field = |name: &str, wire: &str| {
        let position = api.type_named(name).fields.iter().position(|field| field.wire == wire);
        Literal::usize_unsuffixed(position.expect("lowering checks that every field exists"))
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
