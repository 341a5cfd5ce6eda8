//! Renders the options of clients and calls, their setters, and the tables by which other languages set them.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::tokens::{doc, ident};
use crate::model::Api;
use crate::model::options::{ClientOption, OptionKind};
use crate::names;
use crate::render::option_text::RUST;

/// Renders the options as data, with their defaults and limits.
pub(super) fn data(api: &Api) -> Vec<TokenStream> {
    let options = &api.options;
    let variables = options.iter().filter_map(|option| {
        let variable = option.environment.as_ref()?;
        let (constant, name) = (ident(&format!("{}_VARIABLE", names::screaming(&option.name))), &option.name);
        let docs = doc(&[&format!("The environment variable for `{name}`.")]);
        Some(quote!(#docs pub(crate) const #constant: &str = #variable;))
    });
    let fields: Vec<_> = options.iter().map(|option| ident(&option.name)).collect();
    let types = options.iter().map(|option| field_type(option.kind));
    let defaults = options.iter().map(|option| default(option.kind));
    let zeros: Vec<_> = options.iter().filter_map(is_zero).collect();
    let count = Literal::usize_unsuffixed(zeros.len());
    vec![
        quote! {
            use std::path::PathBuf;
            use std::time::Duration;
            use crate::transport::proxy::Proxy;
        },
        quote!(#(#variables)*),
        quote! {
            /// The options of a client that have a default.
            #[derive(Clone)]
            pub(crate) struct Options { #(pub(crate) #fields: #types),* }

            impl Default for Options {
                fn default() -> Self {
                    Self { #(#fields: #defaults),* }
                }
            }

            impl Options {
                /// Returns the options that must be greater than zero, and whether they are zero.
                pub(crate) fn zeros(&self) -> [(&'static str, bool); #count] {
                    [#(#zeros),*]
                }
            }
        },
    ]
}

/// Renders the methods of the builder.
pub(super) fn setters(api: &Api) -> Vec<TokenStream> {
    let methods = api.options.iter().map(|option| setter(api, option));
    vec![
        quote! {
            use std::path::PathBuf;
            use std::time::Duration;
            use crate::builder::ClientBuilder;
            use crate::transport::proxy::Proxy;
        },
        quote!(impl ClientBuilder { #(#methods)* }),
    ]
}

/// Renders the tables for other languages.
pub(super) fn tables(api: &Api) -> Vec<TokenStream> {
    let for_calls: Vec<_> = api.options.iter().filter(|option| option.is_for_calls).collect();
    let fields: Vec<_> = for_calls.iter().map(|option| ident(&option.name)).collect();
    let types = for_calls.iter().map(|option| field_type(option.kind));
    let withs = for_calls.iter().map(|option| ident(&format!("with_{}", option.name)));
    let client = api.options.iter().map(|option| {
        let (name, no_name) = (ident(&option.name), ident(&format!("no_{}", option.name)));
        let set = match option.kind {
            OptionKind::Proxy => quote!(|builder, value| match value {
                Some(url) => builder.#name(url),
                None => builder.#no_name(),
            }),
            _ => quote!(ClientBuilder::#name),
        };
        entry(option, &set)
    });
    let call = for_calls.iter().map(|option| {
        let name = ident(&option.name);
        entry(option, &quote!(|options, value| CallOptions { #name: Some(value), ..options }))
    });
    vec![
        quote! {
            use std::time::Duration;
            use crate::builder::ClientBuilder;
            use crate::client::Client;
            use crate::ffi::options::{OptionEntry, Setter};
        },
        quote! {
            /// The options of one call. The client's hold for those that are left out.
            #[derive(Clone, Debug, Default)]
            pub struct CallOptions { #(#fields: Option<#types>),* }

            impl CallOptions {
                /// Returns a client with these options.
                #[must_use]
                pub fn apply(&self, mut client: Client) -> Client {
                    #(if let Some(value) = self.#fields {
                        client = client.#withs(value);
                    })*
                    client
                }
            }
        },
        quote! {
            /// The options of a client.
            pub static CLIENT_OPTIONS: &[OptionEntry<ClientBuilder>] = &[#(#client),*];
        },
        quote! {
            /// The options of a call.
            pub static CALL_OPTIONS: &[OptionEntry<CallOptions>] = &[#(#call),*];
        },
    ]
}

fn entry(option: &ClientOption, set: &TokenStream) -> TokenStream {
    let (name, camel_name) = (&option.name, names::camel(&option.name));
    let kind = ident(match option.kind {
        OptionKind::Text => "Text",
        OptionKind::Duration { .. } => "Duration",
        OptionKind::Count { .. } => "Count",
        OptionKind::Size { .. } => "Size",
        OptionKind::Flag { .. } => "Flag",
        OptionKind::Path => "Path",
        OptionKind::Proxy => "Proxy",
    });
    let least = match option.kind {
        OptionKind::Count { positive, .. } | OptionKind::Size { positive, .. } => {
            let least = Literal::u64_unsuffixed(positive.into());
            quote!(, #least)
        }
        _ => quote!(),
    };
    quote!(OptionEntry { name: #name, camel_name: #camel_name, setter: Setter::#kind(#set #least) })
}

fn setter(api: &Api, option: &ClientOption) -> TokenStream {
    let name = ident(&option.name);
    let mut paragraphs = RUST.paragraphs(option);
    paragraphs[0] = sentence_of(&paragraphs[0]);
    for base in &api.service.base_urls {
        let (code, link) = (format!("`{}`", base.name), format!("[`{0}`](crate::{0})", base.name));
        paragraphs[0] = paragraphs[0].replace(&code, &link);
    }
    let docs = doc(&paragraphs.iter().map(String::as_str).collect::<Vec<_>>());
    let method = |of: TokenStream, value: TokenStream| {
        quote! {
            #docs
            pub fn #name(mut self, #name: #of) -> Self {
                self.options.#name = #value;
                self
            }
        }
    };
    match option.kind {
        OptionKind::Text => method(quote!(impl Into<String>), quote!(Some(#name.into()))),
        OptionKind::Path => method(quote!(impl Into<PathBuf>), quote!(Some(#name.into()))),
        OptionKind::Proxy => {
            let set = method(quote!(impl Into<String>), quote!(Proxy::Url(#name.into())));
            let no_name = ident(&format!("no_{}", option.name));
            quote! {
                #set

                /// Disables proxies, including those of the environment.
                pub fn #no_name(mut self) -> Self {
                    self.options.#name = Proxy::None;
                    self
                }
            }
        }
        kind => method(field_type(kind), quote!(#name)),
    }
}

/// Turns the description of an option into the one of its setter.
fn sentence_of(description: &str) -> String {
    let is_word = description.chars().nth(1).is_some_and(char::is_lowercase);
    let (first, rest) = description.split_at(description.chars().next().map_or(0, char::len_utf8));
    let first = if is_word { first.to_lowercase() } else { first.to_owned() };
    let article = if description.starts_with("Whether ") { "" } else { "the " };
    format!("Sets {article}{first}{rest}")
}

fn field_type(kind: OptionKind) -> TokenStream {
    match kind {
        OptionKind::Text => quote!(Option<String>),
        OptionKind::Duration { .. } => quote!(Duration),
        OptionKind::Count { .. } => quote!(u32),
        OptionKind::Size { .. } => quote!(usize),
        OptionKind::Flag { .. } => quote!(bool),
        OptionKind::Path => quote!(Option<PathBuf>),
        OptionKind::Proxy => quote!(Proxy),
    }
}

fn default(kind: OptionKind) -> TokenStream {
    match kind {
        OptionKind::Text | OptionKind::Path => quote!(None),
        OptionKind::Duration { default } => {
            let seconds = Literal::u32_unsuffixed(default);
            quote!(Duration::from_secs(#seconds))
        }
        OptionKind::Count { default, .. } | OptionKind::Size { default, .. } => {
            let number = with_separators(default);
            quote!(#number)
        }
        OptionKind::Flag { default } => quote!(#default),
        OptionKind::Proxy => quote!(Proxy::Environment),
    }
}

/// Renders a number in groups of three digits, as clippy wants it.
fn with_separators(number: u32) -> TokenStream {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join("_").parse().expect("a number is a token")
}

/// Renders the name of an option that must be greater than zero, and whether it is zero.
fn is_zero(option: &ClientOption) -> Option<TokenStream> {
    let (name, field): (&str, Ident) = (&option.name, ident(&option.name));
    match option.kind {
        OptionKind::Duration { .. } => Some(quote!((#name, self.#field.is_zero()))),
        OptionKind::Count { positive: true, .. } | OptionKind::Size { positive: true, .. } => {
            Some(quote!((#name, self.#field == 0)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators() {
        assert_eq!(with_separators(8_388_608).to_string(), "8_388_608");
        assert_eq!(with_separators(100).to_string(), "100");
        assert_eq!(with_separators(0).to_string(), "0");
    }

    #[test]
    fn descriptions_become_those_of_setters() {
        assert_eq!(sentence_of("Maximum size."), "Sets the maximum size.");
        assert_eq!(sentence_of("PEM file."), "Sets the PEM file.");
        assert_eq!(sentence_of("Whether it is on."), "Sets whether it is on.");
    }
}
