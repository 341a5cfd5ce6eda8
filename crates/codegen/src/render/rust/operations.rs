//! Renders the table of operations, and the traits that connect them with their requests and responses.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::positions::path;
use super::tokens::{field_ident, ident};
use crate::model::{Api, FieldKind, Operation, OperationKind, Paging};

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let mut requests: Vec<_> = api.operations.iter().map(|operation| operation.request.as_str()).collect();
    let paged = api.operations.iter().filter_map(|operation| operation.paging.as_ref());
    let returned = api.operations.iter().filter_map(|operation| operation.response.as_deref());
    let mut responses: Vec<_> = returned.chain(paged.map(|paging| paging.item.as_str())).collect();
    for names in [&mut requests, &mut responses] {
        names.sort_unstable();
        names.dedup();
    }
    let requests = requests.into_iter().map(ident);
    let responses = responses.into_iter().map(ident);
    let mut items = vec![quote! {
        use super::positions::operations;
        use super::requests::{#(#requests),*};
        use super::responses::{#(#responses),*};
        use crate::operation::{Operation, OperationInfo, OperationKind, Page, Paged};
        use crate::response::content::Content;
    }];
    items.push(table(api));
    items.extend(api.operations.iter().map(implementation));
    items.extend(api.operations.iter().filter_map(|operation| paging(api, operation)));
    items
}

fn table(api: &Api) -> TokenStream {
    let rows = api.operations.iter().map(|operation| {
        let Operation { name, kind, path, .. } = operation;
        let content = content(api, operation);
        let kind = match kind {
            OperationKind::Query => quote!(Query),
            OperationKind::Update => quote!(Update),
        };
        quote!(OperationInfo { name: #name, kind: OperationKind::#kind, path: #path, content: #content })
    });
    quote! {
        /// All operations that this version knows.
        pub const OPERATIONS: &[OperationInfo] = &[#(#rows),*];
    }
}

/// Renders the content that a successful response must have. Fields that only an example shows do not count, because the
/// numbers of a page say nothing about its object. An update needs none, because its success is certain without it.
fn content(api: &Api, operation: &Operation) -> TokenStream {
    let response = operation.response.as_ref().filter(|_| operation.kind == OperationKind::Query);
    let Some(response) = response else { return quote!(Content::None) };
    let fields = &api.type_named(response).fields;
    let Some(Paging { records, total, .. }) = &operation.paging else {
        let documented = fields.iter().enumerate().filter(|(_, field)| !field.example_only);
        let positions = documented.map(|(position, _)| Literal::usize_unsuffixed(position));
        return quote!(Content::AnyOf(&[#(#positions),*]));
    };
    let [records, total] = [records, total].map(|wire| {
        let position = fields.iter().position(|field| field.wire == *wire);
        Literal::usize_unsuffixed(position.expect("lowering checked the fields of a page"))
    });
    quote!(Content::Items { records: #records, total: #total })
}

fn implementation(operation: &Operation) -> TokenStream {
    let (index, request) = (path("operations", &operation.name), ident(&operation.request));
    let response = response_type(operation);
    quote! {
        impl Operation for #request {
            type Response = #response;
            const INFO: &'static OperationInfo = &OPERATIONS[#index];
        }
    }
}

pub(super) fn response_type(operation: &Operation) -> TokenStream {
    match &operation.response {
        Some(response) => {
            let response = ident(response);
            quote!(#response)
        }
        None => quote!(()),
    }
}

fn paging(api: &Api, operation: &Operation) -> Option<TokenStream> {
    let Paging { page, records, item, pages, total, id, .. } = operation.paging.as_ref()?;
    let response = operation.response.as_deref()?;
    let [pages, total] = [pages, total].map(|wire| wide(api, response, &quote!(response), wire));
    let id = wide(api, item, &quote!(item), id);
    let (request, response_type, item) = (ident(&operation.request), response_type(operation), ident(item));
    let [page, records] = [page, records].map(|wire| field_ident(wire));
    Some(quote! {
        impl Paged for #request {
            type Item = #item;

            fn page(&self) -> i32 {
                self.#page
            }

            fn set_page(&mut self, page: i32) {
                self.#page = page;
            }

            fn open(response: #response_type) -> Page<#item> {
                Page { items: response.#records, pages: #pages, total: #total }
            }

            fn id(item: &#item) -> Option<i64> {
                #id
            }
        }
    })
}

/// Renders an optional integer field of `value`, widened to `i64`.
fn wide(api: &Api, of: &str, value: &TokenStream, wire: &str) -> TokenStream {
    let name = field_ident(wire);
    match api.type_named(of).field(wire).kind {
        FieldKind::Int32 => quote!(#value.#name.map(i64::from)),
        _ => quote!(#value.#name),
    }
}
