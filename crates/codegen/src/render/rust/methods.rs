//! Renders the methods of the clients, one for each operation and one for all pages of a list.

use proc_macro2::TokenStream;
use quote::quote;

use super::operations::response_type;
use super::tokens::{doc, field_ident, ident, is_always_there, parameter_type};
use crate::model::{Api, Operation, OperationKind};
use crate::names;

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let mut requests: Vec<_> = api.operations.iter().map(|operation| operation.request.as_str()).collect();
    let mut responses: Vec<_> = api.operations.iter().filter_map(|operation| operation.response.as_deref()).collect();
    for names in [&mut requests, &mut responses] {
        names.sort_unstable();
        names.dedup();
    }
    let requests = requests.into_iter().map(ident);
    let responses = responses.into_iter().map(ident);
    let imports = quote! {
        use super::requests::{#(#requests),*};
        use super::responses::{#(#responses),*};
        use crate::blocking;
        use crate::client::Client;
        use crate::error::Error;
        use crate::pages::Pages;
    };
    vec![imports, client(api, Flavour::Async), client(api, Flavour::Blocking)]
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
