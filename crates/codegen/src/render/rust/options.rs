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
    let variables = api.options.iter().filter_map(|option| {
        let variable = option.environment.as_ref()?;
        let (constant, name) = (ident(&format!("{}_VARIABLE", names::screaming(&option.name))), &option.name);
        let docs = doc(&[&format!("The environment variable for `{name}`.")]);
        Some(quote!(#docs pub(crate) const #constant: &str = #variable;))
    });
    let (adjustable, others): (Vec<_>, Vec<_>) = api.options.iter().partition(|option| option.is_adjustable);
    let fields = adjustable.iter().map(|option| ident(&option.name));
    let types = adjustable.iter().map(|option| field_type(option.kind));
    let replacements = adjustable.iter().map(|option| replacement(option));
    vec![
        quote! {
            use std::path::PathBuf;
            use std::time::Duration;
            use crate::transport::headers::{ExtraHeaders, HeaderList};
            use crate::transport::proxy::Proxy;
        },
        quote!(#(#variables)*),
        with_defaults(&others, "Options", "The options of a client that its connections depend on."),
        with_defaults(
            &adjustable,
            "Settings",
            "The options that clients with the same connections can have each for themselves.",
        ),
        quote! {
            impl Settings {
                /// Replaces the options that are set.
                pub(crate) fn replace(&mut self, overrides: &Overrides) -> Result<(), String> {
                    #(#replacements)*
                    Ok(())
                }
            }
        },
        quote! {
            /// Options to replace. [`Client::with_options`](crate::Client::with_options) takes them.
            #[derive(Clone, Debug, Default)]
            #[must_use = "pass it to `with_options`"]
            pub struct Overrides { #(pub(crate) #fields: Option<#types>),* }
        },
    ]
}

/// Renders a struct of options, with their defaults and limits.
fn with_defaults(options: &[&ClientOption], name: &str, docs: &str) -> TokenStream {
    let (name, docs) = (ident(name), doc(&[docs]));
    let fields: Vec<_> = options.iter().map(|option| ident(&option.name)).collect();
    let types = options.iter().map(|option| match option.kind {
        OptionKind::Headers => quote!(ExtraHeaders),
        kind => field_type(kind),
    });
    let defaults = options.iter().map(|option| default(option.kind));
    let zeros: Vec<_> = options.iter().filter_map(|option| is_zero(option)).collect();
    let count = Literal::usize_unsuffixed(zeros.len());
    quote! {
        #docs
        #[derive(Clone)]
        pub(crate) struct #name { #(pub(crate) #fields: #types),* }

        impl Default for #name {
            fn default() -> Self {
                Self { #(#fields: #defaults),* }
            }
        }

        impl #name {
            /// Returns the options that must be greater than zero, and whether they are zero.
            pub(crate) fn zeros(&self) -> [(&'static str, bool); #count] {
                [#(#zeros),*]
            }
        }
    }
}

/// Renders the statement that replaces an option.
fn replacement(option: &ClientOption) -> TokenStream {
    let name = ident(&option.name);
    let set = match option.kind {
        OptionKind::Headers => quote!(self.#name.add(#name)?),
        OptionKind::Text | OptionKind::Path | OptionKind::Proxy => quote!(self.#name.clone_from(#name)),
        _ => quote!(self.#name = *#name),
    };
    quote!(if let Some(#name) = &overrides.#name { #set; })
}

/// Renders the methods of the builder.
pub(super) fn setters(api: &Api) -> Vec<TokenStream> {
    let methods = api.options.iter().map(|option| setter(api, option));
    let adjustable = api.options.iter().filter(|option| option.is_adjustable);
    let overrides = adjustable.map(|option| {
        let docs = option_docs(api, &RUST.paragraphs_without_default(option));
        method(option, &docs, |name, value| quote!(self.#name = Some(#value)))
    });
    vec![
        quote! {
            use std::path::PathBuf;
            use std::time::Duration;
            use crate::builder::ClientBuilder;
            use crate::generated::options::Overrides;
            use crate::transport::headers::HeaderList;
            use crate::transport::proxy::Proxy;
        },
        quote!(impl ClientBuilder { #(#methods)* }),
        quote! {
            impl Overrides {
                /// Leaves every option as it is.
                pub fn new() -> Self {
                    Self::default()
                }

                #(#overrides)*
            }
        },
    ]
}

/// Renders the tables for other languages.
pub(super) fn tables(api: &Api) -> Vec<TokenStream> {
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
    let override_entry = |option: &ClientOption| {
        let name = ident(&option.name);
        entry(option, &quote!(Overrides::#name))
    };
    let adjustable = api.options.iter().filter(|option| option.is_adjustable).map(override_entry);
    let call = api.options.iter().filter(|option| option.is_for_calls).map(override_entry);
    vec![
        quote! {
            use crate::builder::ClientBuilder;
            use crate::ffi::options::{OptionEntry, Setter};
            use crate::generated::options::Overrides;
        },
        quote! {
            /// The options of a client.
            pub static CLIENT_OPTIONS: &[OptionEntry<ClientBuilder>] = &[#(#client),*];
        },
        quote! {
            /// The options that `with_options` can change.
            pub static ADJUSTABLE_OPTIONS: &[OptionEntry<Overrides>] = &[#(#adjustable),*];
        },
        quote! {
            /// The options of a call.
            pub static CALL_OPTIONS: &[OptionEntry<Overrides>] = &[#(#call),*];
        },
    ]
}

fn entry(option: &ClientOption, set: &TokenStream) -> TokenStream {
    let (name, camel_name) = (&option.name, names::camel(&option.name));
    let kind = ident(match option.kind {
        OptionKind::Text => "Text",
        OptionKind::Headers => "Headers",
        OptionKind::Duration { .. } => "Duration",
        OptionKind::Count { .. } => "Count",
        OptionKind::Size { .. } => "Size",
        OptionKind::Rate => "Rate",
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
    let docs = option_docs(api, &RUST.paragraphs(option));
    if option.is_adjustable {
        return method(option, &docs, |name, value| {
            let argument = if option.kind == OptionKind::Headers { quote!(#name) } else { value };
            quote!(self.overrides = self.overrides.#name(#argument))
        });
    }
    let set = method(option, &docs, |name, value| match option.kind {
        OptionKind::Text | OptionKind::Rate | OptionKind::Path => quote!(self.options.#name = Some(#value)),
        _ => quote!(self.options.#name = #value),
    });
    if option.kind != OptionKind::Proxy {
        return set;
    }
    let (name, no_name) = (ident(&option.name), ident(&format!("no_{}", option.name)));
    quote! {
        #set

        /// Disables proxies, including those of the environment.
        pub fn #no_name(mut self) -> Self {
            self.options.#name = Proxy::None;
            self
        }
    }
}

/// Renders the method that sets an option, given its name and value.
fn method(
    option: &ClientOption,
    docs: &TokenStream,
    set: impl FnOnce(&Ident, TokenStream) -> TokenStream,
) -> TokenStream {
    let name = ident(&option.name);
    let (of, value) = match option.kind {
        OptionKind::Text => (quote!(impl Into<String>), quote!(#name.into())),
        OptionKind::Path => (quote!(impl Into<PathBuf>), quote!(#name.into())),
        OptionKind::Proxy => (quote!(impl Into<String>), quote!(Proxy::Url(#name.into()))),
        OptionKind::Headers => {
            let of = quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>);
            (of, quote!(HeaderList::new(#name)))
        }
        OptionKind::Rate => (quote!(f64), quote!(#name)),
        kind => (field_type(kind), quote!(#name)),
    };
    let set = set(&name, value);
    quote! {
        #docs
        pub fn #name(mut self, #name: #of) -> Self {
            #set;
            self
        }
    }
}

/// Renders the documentation of a setter.
fn option_docs(api: &Api, paragraphs: &[String]) -> TokenStream {
    let mut paragraphs = paragraphs.to_vec();
    paragraphs[0] = sentence_of(&paragraphs[0]);
    for base in &api.service.base_urls {
        let (code, link) = (format!("`{}`", base.name), format!("[`{0}`](crate::{0})", base.name));
        paragraphs[0] = paragraphs[0].replace(&code, &link);
    }
    doc(&paragraphs.iter().map(String::as_str).collect::<Vec<_>>())
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
        OptionKind::Headers => quote!(HeaderList),
        OptionKind::Duration { .. } => quote!(Duration),
        OptionKind::Count { .. } => quote!(u32),
        OptionKind::Size { .. } => quote!(usize),
        OptionKind::Rate => quote!(Option<f64>),
        OptionKind::Flag { .. } => quote!(bool),
        OptionKind::Path => quote!(Option<PathBuf>),
        OptionKind::Proxy => quote!(Proxy),
    }
}

fn default(kind: OptionKind) -> TokenStream {
    match kind {
        OptionKind::Text | OptionKind::Rate | OptionKind::Path => quote!(None),
        OptionKind::Duration { default } => {
            let seconds = Literal::u32_unsuffixed(default);
            quote!(Duration::from_secs(#seconds))
        }
        OptionKind::Count { default, .. } | OptionKind::Size { default, .. } => {
            let number = with_separators(default);
            quote!(#number)
        }
        OptionKind::Flag { default } => quote!(#default),
        OptionKind::Headers => quote!(ExtraHeaders::default()),
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
