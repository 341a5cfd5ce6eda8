//! Renders the response types and how their fields are read.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{doc, enums_of, field_doc, field_ident, ident, uses, value_type};
use crate::model::{Api, Direction, Field, FieldKind, Type};

pub(super) fn render(api: &Api) -> Vec<TokenStream> {
    let responses: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Response).collect();
    let enums = enums_of(api, &responses);
    let time = uses(&responses, &FieldKind::DateTime).then(|| quote!(LocalDateTime,));
    let total = responses.iter().any(|response| response.totals.is_some()).then(|| quote!(FeeTotal,));
    let mut items = vec![quote! {
        use serde::de::MapAccess;
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use super::enums::{#(#enums),*};
        use crate::response::decode::{self, FieldValue, Record};
        use crate::response::write::RecordWriter;
        use crate::{Extra, #total #time};
    }];
    for response in responses {
        items.extend([structure(response), writing(response), reading(response), totals(response)]);
    }
    items
}

fn structure(response: &Type) -> TokenStream {
    let name = ident(&response.name);
    let docs = doc(&[&response.doc.text]);
    let fields = response.fields.iter().map(|field| {
        let (docs, name, value) = (field_doc(field), field_ident(&field.wire), value_type(&field.kind));
        match field.kind {
            FieldKind::List(_) => quote!(#docs pub #name: #value),
            _ => quote!(#docs pub #name: Option<#value>),
        }
    });
    quote! {
        #docs
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields,)*
            /// What the service sent beyond the documented fields, and values that do not fit their type.
            pub extra: Extra,
        }
    }
}

fn writing(response: &Type) -> TokenStream {
    let name = ident(&response.name);
    let calls = response.fields.iter().map(|field| {
        let (wire, name) = (&field.wire, field_ident(&field.wire));
        match field.kind {
            FieldKind::List(_) => quote!(record.list(#wire, &self.#name)?;),
            FieldKind::Flag => quote!(record.flag(#wire, self.#name)?;),
            _ => quote!(record.value(#wire, self.#name.as_ref())?;),
        }
    });
    quote! {
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut record = RecordWriter::new(serializer, &self.extra)?;
                #(#calls)*
                record.end()
            }
        }
    }
}

fn reading(response: &Type) -> TokenStream {
    let name = ident(&response.name);
    let wires = response.fields.iter().map(|field| &field.wire);
    let aliases = response.fields.iter().flat_map(|field| field.aliases.iter());
    let names = wires.chain(aliases);
    let arms = response.fields.iter().enumerate().flat_map(|(position, field)| arms(response, position, field));
    quote! {
        impl Record for #name {
            const FIELDS: &'static [&'static str] = &[#(#names),*];

            fn read<'de, A: MapAccess<'de>>(&mut self, field: usize, value: FieldValue<'_, A>) -> Result<(), A::Error> {
                match field {
                    #(#arms,)*
                    _ => value.other(&mut self.extra),
                }
            }

            fn extra(&mut self) -> &mut Extra {
                &mut self.extra
            }
        }

        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                decode::deserialize(deserializer)
            }
        }
    }
}

/// How a field is read under its own name, and under others.
fn arms(response: &Type, position: usize, field: &Field) -> Vec<TokenStream> {
    let (name, usual) = (field_ident(&field.wire), &field.wire);
    let (own, other) = match &field.kind {
        FieldKind::List(item) if matches!(**item, FieldKind::Object(_)) => {
            (quote!(records), Some(quote!(alias_records)))
        }
        FieldKind::List(_) => (quote!(values), None),
        FieldKind::Object(_) => (quote!(record), None),
        _ => (quote!(value), Some(quote!(alias))),
    };
    let own_position = proc_macro2::Literal::usize_unsuffixed(position);
    // The aliases follow the names of all fields, in the order of their fields.
    let before = response.fields[..position].iter().map(|field| field.aliases.len()).sum::<usize>();
    let first = response.fields.len() + before;
    let aliases: Vec<_> = (first..first + field.aliases.len()).map(proc_macro2::Literal::usize_unsuffixed).collect();
    let own_call = quote!(value.#own(&mut self.#name, &mut self.extra));
    let mut arms = vec![quote!(#own_position => #own_call)];
    // Lowering refuses aliases of what has no other call.
    if let Some(other) = other.filter(|_| !aliases.is_empty()) {
        arms.push(quote!(#(#aliases)|* => value.#other(#usual, &mut self.#name, &mut self.extra)));
    }
    arms
}

fn totals(response: &Type) -> TokenStream {
    let Some(totals) = &response.totals else { return quote!() };
    let fees: Vec<&Field> = response.fields.iter().filter(|field| field.kind == FieldKind::Fee).collect();
    let (name, of) = (ident(totals), ident(&response.name));
    let docs = doc(&[&format!("Sums of the fees of many [`{}`] values.", response.name)]);
    let fields = fees.iter().map(|field| {
        let (docs, name) = (doc(&[&format!("Sum of `{}` by currency.", field.wire)]), field_ident(&field.wire));
        quote!(#docs pub #name: FeeTotal)
    });
    let adds = fees.iter().map(|field| {
        let (wire, name) = (&field.wire, field_ident(&field.wire));
        quote!(self.#name.add(record.#name.as_deref(), record.extra.has(#wire));)
    });
    quote! {
        #docs
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct #name { #(#fields,)* }

        impl #name {
            /// Adds the fees of one record.
            pub fn add(&mut self, record: &#of) {
                #(#adds)*
            }
        }
    }
}
