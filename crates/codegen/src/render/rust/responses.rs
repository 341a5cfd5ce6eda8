//! Renders the response types: structs, reading from a table, writing as JSON, and sums of fees.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::positions::path;
use super::tokens::{doc, enums_of, field_doc, field_ident, ident, uses, value_type};
use super::updates::update_methods;
use crate::model::{Api, Direction, Field, FieldKind, Notation, Type};

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let responses: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Response).collect();
    let enums = enums_of(api, &responses);
    let time = uses(&responses, &FieldKind::DateTime).then(|| {
        quote!(
            use crate::datetime::LocalDateTime;
        )
    });
    let total = responses.iter().any(|response| response.totals.is_some()).then(|| {
        quote!(
            use crate::fee::FeeTotal;
        )
    });
    let cost = responses.iter().any(|response| response.cost.is_some()).then(|| {
        quote!(
            use crate::fee::Fee;
        )
    });
    let mut updates: Vec<_> = responses.iter().flat_map(|response| &response.updates).map(|name| ident(name)).collect();
    updates.sort();
    updates.dedup();
    let update = (!updates.is_empty()).then(|| {
        quote! {
            use super::requests::{#(#updates),*};
            use crate::error::Error;
            use crate::updates;
        }
    });
    let mut items = vec![quote! {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use super::enums::{#(#enums),*};
        use super::positions::responses;
        use super::shapes::RESPONSES;
        #time
        #cost
        #total
        #update
        use crate::extra::Extra;
        use crate::response::record::{self, FromRow, Row};
        use crate::response::shape::Shape;
        use crate::response::write::RecordWriter;
    }];
    for response in responses {
        items.extend([
            struct_definition(response),
            writing_impl(response),
            reading_impls(response),
            update_methods(response),
            cost_and_state(api, response),
            fee_totals(response),
        ]);
    }
    items
}

fn struct_definition(response: &Type) -> TokenStream {
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
            /// Fields that this version does not know, and values of unexpected types.
            pub extra: Extra,
        }
    }
}

fn writing_impl(response: &Type) -> TokenStream {
    let name = ident(&response.name);
    let calls = response.fields.iter().map(|field| {
        let (wire, name) = (&field.wire, field_ident(&field.wire));
        match field.kind {
            FieldKind::List(ref item) if matches!(**item, FieldKind::Object(_)) => {
                quote!(record.list(#wire, &self.#name)?;)
            }
            FieldKind::List(_) => quote!(record.values(#wire, &self.#name)?;),
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

fn reading_impls(response: &Type) -> TokenStream {
    let name = ident(&response.name);
    let shape = path("responses", &response.name);
    let fields = response.fields.iter().enumerate().map(|(position, field)| {
        let (name, position) = (field_ident(&field.wire), Literal::usize_unsuffixed(position));
        match field.kind {
            FieldKind::List(_) => quote!(#name: row.list(#position)),
            _ => quote!(#name: row.get(#position)),
        }
    });
    quote! {
        impl FromRow for #name {
            const SHAPE: &'static Shape = &RESPONSES[#shape];

            fn from_row(row: Row<'_>) -> Self {
                Self {
                    #(#fields,)*
                    extra: row.extra().cloned().unwrap_or_default(),
                }
            }
        }

        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                record::deserialize(deserializer)
            }
        }
    }
}

/// Renders the methods that read the cost and the state of a response, if the spec names their fields.
fn cost_and_state(api: &Api, response: &Type) -> TokenStream {
    let name = ident(&response.name);
    let cost = response.cost.as_ref().map(|wire| {
        let (docs, field) = (
            doc(&[&format!(
                "Returns the cost, `{wire}`, with its currency. `None` if it is missing or cannot be parsed."
            )]),
            field_ident(wire),
        );
        quote! {
            #docs
            #[must_use]
            pub fn cost(&self) -> Option<Fee> {
                self.#field.as_deref().and_then(Fee::parse)
            }
        }
    });
    let state = response.state_enum(api).map(|(field, of)| {
        let finals: Vec<_> = of.final_values().map(|value| value.name.replace('_', " ")).collect();
        let text = format!("Returns whether the state is final ({}); false for an unknown state.", finals.join(", "));
        let (docs, field, of) = (doc(&[&text]), field_ident(&field.wire), ident(&of.name));
        quote! {
            #docs
            #[must_use]
            pub fn is_settled(&self) -> bool {
                self.#field.and_then(#of::next).is_some_and(<[_]>::is_empty)
            }
        }
    });
    if cost.is_none() && state.is_none() {
        return quote!();
    }
    quote! {
        impl #name {
            #cost
            #state
        }
    }
}

/// Renders the struct that sums the fees of many responses, if the spec asks for one.
fn fee_totals(response: &Type) -> TokenStream {
    let Some(totals) = &response.totals else { return quote!() };
    let fees: Vec<&Field> =
        response.fields.iter().filter(|field| field.kind == FieldKind::Written(Notation::Fee)).collect();
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
