//! Renders the methods that turn a response into a request that writes it back.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::tokens::{doc, ident};
use crate::model::Type;
use crate::names;

/// Renders one method for each request that writes a response back.
pub(super) fn update_methods(response: &Type) -> TokenStream {
    if response.updates.is_empty() {
        return quote!();
    }
    let methods: Vec<String> = response.updates.iter().map(|request| method(&response.updates[0], request)).collect();
    let definitions = response.updates.iter().zip(&methods).map(|(request, method)| {
        let others: Vec<_> = response.updates.iter().zip(&methods).filter(|(other, _)| *other != request).collect();
        definition(request, method, &others)
    });
    let name = ident(&response.name);
    quote!(impl #name { #(#definitions)* })
}

/// Returns the name of a method: `to_update` for the first request; with the words of a further request that the first
/// lacks, such as `to_agent_update`.
fn method(first: &str, request: &str) -> String {
    if first == request {
        return "to_update".to_owned();
    }
    let (first, words) = (names::snake(first), names::snake(request));
    let own: Vec<&str> = words.split('_').filter(|word| !first.split('_').any(|of_first| of_first == *word)).collect();
    match own.as_slice() {
        [] => format!("to_{words}"),
        own => format!("to_{}_update", own.join("_")),
    }
}

fn definition(request: &str, method: &str, others: &[(&String, &String)]) -> TokenStream {
    let (name, request_type) = (format_ident!("{method}"), ident(request));
    let candidates = others.iter().map(|(other, _)| {
        let other = ident(other);
        quote!(updates::foreign_fields::<#other>)
    });
    let other_kinds = others.iter().map(|(other, method)| format!("a [`{other}`] ([`{method}`](Self::{method}))"));
    let refusal = match other_kinds.collect::<Vec<_>>().join(" or ") {
        others if others.is_empty() => String::new(),
        others => format!(" A response with fields of {others} is refused as well."),
    };
    let docs = doc(&[
        &format!("Returns this response as the request [`{request}`]. Change it and send it."),
        "Fields that the service never returns, such as the bytes of an uploaded file, must be set again. `validate` \
         reports those that are required.",
        "Unknown fields, in `extra`, are copied to the `extra` of the update. `warnings` lists them.",
        "A list that the response lacks is left out, so that the update cannot erase it.",
        "# Errors",
        &format!(
            "[`Error::InvalidRequest`] if the response lacks a field that the update requires, or has a value of an \
             unexpected type. An update without them could erase data.{refusal}"
        ),
    ]);
    quote! {
        #docs
        pub fn #name(&self) -> Result<#request_type, Error> {
            updates::read_update(self, &[#(#candidates),*])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::method;

    #[test]
    fn a_further_method_is_named_by_the_words_of_its_own() {
        assert_eq!(method("UpdateThing", "UpdateThing"), "to_update");
        assert_eq!(method("UpdateRecallFlow", "UpdateAgentRecallFlow"), "to_agent_update");
        assert_eq!(method("NoticePlan", "HolidayPlan"), "to_holiday_update");
        assert_eq!(method("UpdateThing", "ThingUpdate"), "to_thing_update");
    }
}
