//! Renders the enums.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{doc, ident, variant};
use crate::model::{Api, Enum};

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let mut items = vec![quote! {
        use serde::{Deserialize, Serialize};
        use crate::open_enum::open_enum;
    }];
    items.extend(api.enums.iter().map(render_enum));
    let enums = api.enums.iter().map(|item| ident(&item.name));
    items.push(quote! {
        /// The name of a number in each enum.
        pub(crate) static NAMES: &[fn(i64) -> Option<&'static str>] =
            &[#(|number| #enums::from_number(number).name()),*];
    });
    items
}

fn render_enum(item: &Enum) -> TokenStream {
    let name = ident(&item.name);
    let docs = doc(&[&item.doc.text]);
    let variants: Vec<_> = item.values.iter().map(|value| variant(&value.name)).collect();
    let numbers: Vec<_> = item.values.iter().map(|value| proc_macro2::Literal::i64_unsuffixed(value.number)).collect();
    let names: Vec<_> = item.values.iter().map(|value| &value.name).collect();
    let states = render_states(item);
    let variant_docs = item.values.iter().map(|value| doc(&[&format!("{}: {}", value.number, value.doc.text)]));
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, Serialize, Deserialize)]
        #[serde(from = "i64", into = "i64")]
        #[non_exhaustive]
        pub enum #name {
            #(#variant_docs #variants,)*
            /// A number that this version does not know. A request with this value is invalid.
            Unknown(i64),
        }

        impl #name {
            /// The documented values.
            pub const VALUES: &'static [Self] = &[#(Self::#variants),*];

            /// Returns the number on the wire.
            #[must_use]
            pub const fn number(self) -> i64 {
                match self {
                    #(Self::#variants => #numbers,)*
                    Self::Unknown(number) => number,
                }
            }

            /// Returns the value of a number on the wire.
            #[must_use]
            pub const fn from_number(number: i64) -> Self {
                match number {
                    #(#numbers => Self::#variants,)*
                    _ => Self::Unknown(number),
                }
            }

            /// Returns the name in `snake_case`, or `None` for an unknown number.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    #(Self::#variants => Some(#names),)*
                    Self::Unknown(_) => None,
                }
            }
        }

        open_enum!(#name);

        #states
    }
}

/// Renders the states that may follow each value, if the enum has them.
fn render_states(item: &Enum) -> Option<TokenStream> {
    let name = ident(&item.name);
    // Values with the same states share an arm.
    let mut groups: Vec<(&[String], Vec<_>)> = Vec::new();
    for value in &item.values {
        let (next, pattern) = (value.next.as_deref()?, variant(&value.name));
        match groups.iter_mut().find(|(states, _)| *states == next) {
            Some((_, patterns)) => patterns.push(pattern),
            None => groups.push((next, vec![pattern])),
        }
    }
    let arms = groups.into_iter().map(|(states, patterns)| {
        let states = states.iter().map(|state| variant(state));
        quote! { #(Self::#patterns)|* => &[#(Self::#states),*] }
    });
    Some(quote! {
        impl #name {
            /// Returns the states that may follow directly. `None` for an unknown number.
            #[must_use]
            pub const fn next(self) -> Option<&'static [Self]> {
                Some(match self {
                    #(#arms,)*
                    Self::Unknown(_) => return None,
                })
            }
        }
    })
}
