//! Renders the table of operations and the methods of the clients.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::positions::path;
use super::tokens::{doc, field_ident, ident, is_always_there, parameter_type};
use crate::model::{Api, FieldKind, Operation, OperationKind, Paging};
use crate::names;

pub(super) fn render(api: &Api) -> Vec<TokenStream> {
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
        use crate::blocking;
        use crate::client::Client;
        use crate::error::Error;
        use crate::operation::{Operation, OperationInfo, OperationKind, Page, Paged};
        use crate::pages::Pages;
        use crate::response::content::Content;
    }];
    items.push(table(api));
    items.extend(api.operations.iter().map(implementation));
    items.extend(api.operations.iter().filter_map(|operation| paging(api, operation)));
    items.push(client(api, Flavour::Async));
    items.push(client(api, Flavour::Blocking));
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
/// numbers of a page say nothing about its object.
fn content(api: &Api, operation: &Operation) -> TokenStream {
    let Some(response) = &operation.response else { return quote!(Content::None) };
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
            const INDEX: usize = #index;
        }
    }
}

fn response_type(operation: &Operation) -> TokenStream {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavour {
    Async,
    Blocking,
}

fn client(api: &Api, flavour: Flavour) -> TokenStream {
    let client = match flavour {
        Flavour::Async => quote!(Client),
        Flavour::Blocking => quote!(blocking::Client),
    };
    let methods = api.operations.iter().map(|operation| {
        let (call, pages) = (method(api, operation, flavour), pages_method(operation, flavour));
        quote!(#call #pages)
    });
    quote! {
        impl #client { #(#methods)* }
    }
}

fn method(api: &Api, operation: &Operation, flavour: Flavour) -> TokenStream {
    let name = ident(&operation.name);
    let errors = "Any [`Error`]. `execute` documents when it is [`Error::Config`].";
    let kind = match operation.kind {
        OperationKind::Query => "",
        OperationKind::Update => {
            "The client retries an update only if the service provably did not process it. [`Error::OutcomeUnknown`] \
             means that the update may or may not have been applied."
        }
    };
    let docs = doc(&[&operation.doc.text, kind, &format!("Sends `POST {}`.", operation.path), "# Errors", errors]);
    let (parameter, request) = parameter(api, operation);
    let response = response_type(operation);
    let (asynchronous, wait) = match flavour {
        Flavour::Async => (quote!(async), quote!(.await)),
        Flavour::Blocking => (quote!(), quote!()),
    };
    quote! {
        #docs
        pub #asynchronous fn #name(&self, #parameter) -> Result<#response, Error> {
            self.execute(#request)#wait
        }
    }
}

/// Renders the parameter of a method and the request that it builds from it.
fn parameter(api: &Api, operation: &Operation) -> (TokenStream, TokenStream) {
    let request = ident(&operation.request);
    let Some(wire) = operation.single_argument() else { return (quote!(request: &#request), quote!(request)) };
    let field = api.type_named(&operation.request).field(wire);
    let (name, kind) = (field_ident(operation.argument_name(wire)), parameter_type(&field.kind));
    let build = if is_always_there(field) && field.default.is_none() {
        quote!(&#request::new(#name))
    } else {
        let setter = field_ident(wire);
        quote!(&#request::new().#setter(#name))
    };
    (quote!(#name: #kind), build)
}

fn pages_method(operation: &Operation, flavour: Flavour) -> TokenStream {
    let Some(paging) = &operation.paging else { return quote!() };
    let (name, request) = (ident(&paging.name), ident(&operation.request));
    let start =
        format!("The first page is the one in `{}`. Later pages are read on demand.", names::snake(&paging.page));
    let docs = doc(&[&paging.doc, &start, &format!("Sends `POST {}` for each page.", operation.path)]);
    match flavour {
        Flavour::Async => quote! {
            #docs
            #[must_use]
            pub fn #name(&self, query: #request) -> Pages<#request> {
                Pages::new(self.clone(), query)
            }
        },
        Flavour::Blocking => quote! {
            #docs
            #[must_use]
            pub fn #name(&self, query: #request) -> blocking::Pages<#request> {
                self.pages(query)
            }
        },
    }
}
