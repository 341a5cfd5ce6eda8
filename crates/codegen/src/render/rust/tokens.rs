//! Rust tokens for several renderers.

use proc_macro2::{Ident, Literal as Token, Span, TokenStream};
use quote::quote;

use crate::model::{Api, Condition, Enum, Field, FieldKind, Literal, Required, Type};
use crate::names;
use crate::render::comments;

/// Returns an identifier. `r#` before a reserved name escapes it.
pub(super) fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// Returns the Rust name of a field.
pub(super) fn field_ident(wire: &str) -> Ident {
    ident(&names::rust_field(wire))
}

/// Returns the Rust name of an enum's value.
pub(super) fn variant(name: &str) -> Ident {
    ident(&names::rust_variant(name))
}

/// Renders a doc comment of several paragraphs.
pub(super) fn doc(paragraphs: &[&str]) -> TokenStream {
    let mut lines = Vec::new();
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(comments::rust_lines(paragraph));
    }
    quote! { #(#[doc = #lines])* }
}

/// Renders the doc comment of a field.
pub(super) fn field_doc(field: &Field) -> TokenStream {
    let within = field.within.as_ref().map(|object| format!(" in `{object}`")).unwrap_or_default();
    let names = std::iter::once(&field.wire).chain(&field.aliases).map(|name| format!("`{name}`"));
    let names = names.collect::<Vec<_>>().join(" or ");
    doc(&[&field.doc.text, &format!("On the wire: {names}{within}.")])
}

/// Returns the type of a value, without `Option`.
pub(super) fn value_type(kind: &FieldKind) -> TokenStream {
    match kind {
        FieldKind::Int32 => quote!(i32),
        FieldKind::Int64 => quote!(i64),
        FieldKind::Float => quote!(f64),
        FieldKind::Flag | FieldKind::Bool => quote!(bool),
        FieldKind::DateTime => quote!(LocalDateTime),
        FieldKind::String | FieldKind::Base64 | FieldKind::Written(_) => quote!(String),
        FieldKind::Enum(name) | FieldKind::Object(name) => {
            let name = ident(name);
            quote!(#name)
        }
        FieldKind::List(item) => {
            let item = value_type(item);
            quote!(Vec<#item>)
        }
    }
}

/// Returns whether a request holds the field without `Option`.
pub(super) fn is_always_there(field: &Field) -> bool {
    field.required == Required::Always
}

/// Returns whether the value is text on the wire.
pub(super) fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::String | FieldKind::Base64 | FieldKind::Written(_))
}

/// Returns the type of a parameter for a field's value.
pub(super) fn parameter_type(kind: &FieldKind) -> TokenStream {
    match kind {
        kind if is_text(kind) => quote!(impl Into<String>),
        FieldKind::List(item) if is_text(item) => quote!(impl IntoIterator<Item: Into<String>>),
        FieldKind::List(item) => {
            let item = value_type(item);
            quote!(impl Into<Vec<#item>>)
        }
        other => value_type(other),
    }
}

/// Converts such a parameter to the field's value.
pub(super) fn parameter_value(kind: &FieldKind, parameter: &Ident) -> TokenStream {
    match kind {
        FieldKind::List(item) if is_text(item) => quote!(#parameter.into_iter().map(Into::into).collect()),
        kind if is_passed_on(kind) => quote!(#parameter),
        _ => quote!(#parameter.into()),
    }
}

/// Returns whether such a parameter needs no conversion.
pub(super) fn is_passed_on(kind: &FieldKind) -> bool {
    !is_text(kind) && !matches!(kind, FieldKind::List(_))
}

/// Renders a literal as the value of a field of this kind.
pub(super) fn literal(literal: &Literal, kind: &FieldKind) -> TokenStream {
    match literal {
        Literal::Flag(flag) => quote!(#flag),
        Literal::Int(number) => number_token(*number, kind),
        Literal::Enum { enum_name, name, .. } => {
            let (enum_name, value) = (ident(enum_name), variant(name));
            quote!(#enum_name::#value)
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the literals of a spec are small")]
fn number_token(number: i64, kind: &FieldKind) -> TokenStream {
    let token =
        if *kind == FieldKind::Float { Token::f64_unsuffixed(number as f64) } else { Token::i64_unsuffixed(number) };
    quote!(#token)
}

/// Renders a limit of a number as `Option`.
pub(super) fn bound(limit: Option<f64>, kind: &FieldKind) -> TokenStream {
    match limit {
        None => quote!(None),
        Some(limit) if *kind == FieldKind::Float => {
            let token = Token::f64_unsuffixed(limit);
            quote!(Some(#token))
        }
        Some(limit) => {
            #[expect(clippy::cast_possible_truncation, reason = "lowering allows only whole limits for integers")]
            let token = Token::i64_unsuffixed(limit as i64);
            quote!(Some(#token))
        }
    }
}

/// Renders an expression over `self` for whether all conditions hold.
pub(super) fn holds(owner: &Type, conditions: &[Condition]) -> TokenStream {
    let parts = conditions.iter().map(|condition| {
        let field = owner.field(&condition.field);
        let name = field_ident(&field.wire);
        match (&condition.equals, is_always_there(field)) {
            (Literal::Flag(true), true) => quote!(self.#name),
            (Literal::Flag(false), true) => quote!(!self.#name),
            (value, true) => {
                let value = literal(value, &field.kind);
                quote!(self.#name == #value)
            }
            (value, false) => {
                let value = literal(value, &field.kind);
                quote!(self.#name == Some(#value))
            }
        }
    });
    quote!(#(#parts)&&*)
}

/// Returns the names of the enums in the fields of some types, in the spec's order.
pub(super) fn enums_of<'a>(api: &'a Api, types: &[&Type]) -> Vec<Ident> {
    let is_used = |item: &&'a Enum| {
        let is_it = |field: &Field| field.kind.item() == &FieldKind::Enum(item.name.clone());
        types.iter().any(|of| of.fields.iter().any(is_it))
    };
    api.enums.iter().filter(is_used).map(|item| ident(&item.name)).collect()
}

/// Returns whether any field holds a value of this kind, or a list of them.
pub(super) fn uses(types: &[&Type], kind: &FieldKind) -> bool {
    types.iter().any(|of| of.fields.iter().any(|field| field.kind.item() == kind))
}
