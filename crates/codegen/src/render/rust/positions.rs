//! Renders the positions of operations, types and enums in their tables as named constants.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::tokens::{doc, ident};
use crate::model::{Api, Direction};
use crate::names::screaming;

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let types = |direction| {
        let types = api.types.iter().filter(move |item| item.direction == direction);
        types.map(|item| item.name.as_str()).collect::<Vec<_>>()
    };
    let operations: Vec<_> = api.operations.iter().map(|item| item.name.as_str()).collect();
    let enums: Vec<_> = api.enums.iter().map(|item| item.name.as_str()).collect();
    vec![
        table("operations", "Positions in [`OPERATIONS`](crate::OPERATIONS).", &operations),
        table("requests", "Positions in `ffi::REQUESTS`.", &types(Direction::Request)),
        table("responses", "Positions in `ffi::RESPONSES`.", &types(Direction::Response)),
        table("enums", "Positions in `ffi::ENUMS`.", &enums),
    ]
}

/// Returns the path of a constant, such as `responses::GROUP_CALL_PAGE`.
pub(super) fn path(table: &str, name: &str) -> TokenStream {
    let (table, name) = (ident(table), ident(&screaming(name)));
    quote!(#table::#name)
}

fn table(table: &str, text: &str, names: &[&str]) -> TokenStream {
    let constants = names.iter().enumerate().map(|(position, name)| {
        let docs = doc(&[&format!("Position of `{name}`.")]);
        let (constant, position) = (ident(&screaming(name)), Literal::usize_unsuffixed(position));
        quote!(#docs pub const #constant: usize = #position;)
    });
    let (table, docs) = (ident(table), doc(&[text]));
    quote! {
        #docs
        pub mod #table { #(#constants)* }
    }
}
