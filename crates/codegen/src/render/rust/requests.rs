//! Renders the request types: structs, constructors, setters, rules, warnings, and reading and writing their wire form.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::tokens::{
    bound, doc, enums_of, field_doc, field_ident, holds, ident, is_always_there, is_passed_on, is_text, literal,
    parameter_type, parameter_value, uses, value_type,
};
use crate::model::{
    Api, Condition, Constructor, Direction, Field, FieldKind, Format, Limit, Lint, Literal, Required, Rule, Type,
};
use crate::names;

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let requests: Vec<&Type> = api.types.iter().filter(|item| item.direction == Direction::Request).collect();
    let enums = enums_of(api, &requests);
    let time = uses(&requests, &FieldKind::DateTime).then(|| {
        quote!(
            use crate::datetime::LocalDateTime;
        )
    });
    let encode = uses(&requests, &FieldKind::Base64).then(|| quote!(to_base64,));
    let mut items = vec![quote! {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use super::enums::{#(#enums),*};
        use crate::request::check::{self, Checker, Rules};
        use crate::request::extra::FieldNames;
        use crate::request::read::{self, ObjectReader, ReadObject, UnknownFields};
        use crate::request::source::SourceObject;
        use crate::request::lint::{self, Lint, Linter};
        #time
        use crate::error::Error;
        use crate::extra::Extra;
        use crate::request::violation::{Violation, Warning};
        use crate::request::write::{ObjectWriter, #encode};
    }];
    for request in requests {
        items.extend([
            struct_definition(request),
            methods(api, request),
            default_impl(api, request),
            serialize_impl(api, request),
            presence_impl(api, request),
            rules_impl(request),
            lint_impl(request),
            reading_impls(request),
        ]);
    }
    items
}

fn struct_definition(request: &Type) -> TokenStream {
    let name = ident(&request.name);
    let docs = doc(&[&request.doc.text]);
    let fields = request.fields.iter().map(|field| {
        let (docs, name, of) = (field_doc(field), field_ident(&field.wire), stored_type(field));
        quote!(#docs pub #name: #of)
    });
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields,)*
            /// Fields that this version does not know. They are sent unchanged, and `warnings` lists them.
            pub extra: Extra,
        }
    }
}

/// Returns whether the fields of the struct are also those of the wire object, without nested objects.
fn is_flat(request: &Type) -> bool {
    request.fields.iter().all(|field| field.within.is_none())
}

fn stored_type(field: &Field) -> TokenStream {
    let value = value_type(&field.kind);
    if is_always_there(field) { value } else { quote!(Option<#value>) }
}

fn methods(api: &Api, request: &Type) -> TokenStream {
    let name = ident(&request.name);
    let new = new_constructor(api, request);
    let in_span = span_constructor(request);
    let constructors = request.constructors.iter().map(|constructor| named_constructor(request, constructor));
    let setters = request.fields.iter().map(setter);
    let documented = request.fields.iter().map(Field::wire_path);
    let foreign = request.foreign.iter().map(|(path, owner)| quote!((#path, #owner)));
    quote! {
        impl #name {
            /// Wire paths of the fields, and of those of other requests of the same path.
            const NAMES: FieldNames = FieldNames { documented: &[#(#documented),*], foreign: &[#(#foreign),*] };

            #new
            #in_span
            #(#constructors)*
            #(#setters)*

            /// Sets the fields that this version does not know. They are sent unchanged, and `warnings` lists them.
            #[must_use]
            pub fn extra(mut self, extra: Extra) -> Self {
                self.extra = extra;
                self
            }

            /// Returns every rule that the value breaks. The list is empty if the value may be sent.
            #[must_use]
            pub fn validate(&self) -> Vec<Violation> {
                check::violations(self)
            }

            /// Returns warnings about parts of the value that are valid but probably mistakes.
            #[must_use]
            pub fn warnings(&self) -> Vec<Warning> {
                lint::warnings(self)
            }

            /// Reads the wire form of the value strictly.
            ///
            /// # Errors
            ///
            /// [`Error::InvalidRequest`] if a field is unknown, missing or of the wrong type. The error has every violation,
            /// broken rules included. A value that only breaks rules is returned; see `validate`.
            pub fn from_json(json: &str) -> Result<Self, Error> {
                read::read_text(json.as_bytes(), UnknownFields::Refuse)
            }
        }
    }
}

/// Returns whether `new` has a parameter for the field.
fn is_parameter_of_new(field: &Field) -> bool {
    is_always_there(field) && field.default.is_none()
}

/// Returns whether some named constructor makes each kind of the object, by the values of one of its fields.
fn has_constructor_for_each_kind(api: &Api, request: &Type) -> bool {
    let is_set = |field: &Field, value: i64| {
        let is_same = |(wire, literal): &(String, Literal)| *wire == field.wire && literal.number() == value;
        request.constructors.iter().any(|constructor| constructor.set.iter().any(is_same))
    };
    request.fields.iter().any(|field| match &field.kind {
        FieldKind::Enum(name) => {
            let one_of = field.limits.iter().find_map(|limit| match limit {
                Limit::OneOf(values) => Some(values),
                _ => None,
            });
            one_of.unwrap_or(&api.enum_named(name).values).iter().all(|value| is_set(field, value.number))
        }
        FieldKind::Flag => is_set(field, 0) && is_set(field, 1),
        _ => false,
    })
}

/// Renders `new`, with the required fields as parameters. It is not public if the named constructors leave nothing to it.
fn new_constructor(api: &Api, request: &Type) -> TokenStream {
    let visibility = if has_constructor_for_each_kind(api, request) { quote!(pub(super)) } else { quote!(pub) };
    let parameters = request.fields.iter().filter(|field| is_parameter_of_new(field)).map(|field| {
        let (name, of) = (field_ident(&field.wire), parameter_type(&field.kind));
        quote!(#name: #of)
    });
    let values = request.fields.iter().map(|field| {
        let name = field_ident(&field.wire);
        match &field.default {
            Some(default) => {
                let value = literal(default, &field.kind);
                quote!(#name: #value)
            }
            None if !is_always_there(field) => quote!(#name: None),
            None if is_passed_on(&field.kind) => quote!(#name),
            None => {
                let value = parameter_value(&field.kind, &name);
                quote!(#name: #value)
            }
        }
    });
    let filled_in = request.fields.iter().filter_map(|field| {
        let default = field.default.as_ref().filter(|default| !matches!(default, Literal::Flag(_)))?;
        Some(format!(
            "`{}` is `{}`",
            field_ident(&field.wire),
            literal(default, &field.kind).to_string().replace(' ', "")
        ))
    });
    let filled_in = filled_in.collect::<Vec<_>>().join(", ");
    let filled_in = if filled_in.is_empty() { filled_in } else { format!("Defaults: {filled_in}.") };
    let docs = doc(&["Returns a value with all required fields.", &filled_in]);
    quote! {
        #docs
        #[must_use]
        #visibility fn new(#(#parameters),*) -> Self {
            Self { #(#values,)* extra: Extra::default() }
        }
    }
}

/// Renders `in_span` for a query whose time span is all that `new` takes.
fn span_constructor(request: &Type) -> Option<TokenStream> {
    let (start, end) = request.span()?;
    let parameters = request.fields.iter().filter(|field| is_parameter_of_new(field));
    parameters.map(|field| field.wire.as_str()).eq([start, end]).then(|| {
        quote! {
            /// Returns a value with this time span, and the same defaults as `new`.
            #[must_use]
            pub fn in_span(span: crate::span::Span) -> Self {
                Self::new(span.start, span.end)
            }
        }
    })
}

/// Renders `Default` for a type with a public `new` without parameters, as Rust programmers expect.
fn default_impl(api: &Api, request: &Type) -> TokenStream {
    if has_constructor_for_each_kind(api, request) || request.fields.iter().any(is_parameter_of_new) {
        return quote!();
    }
    let name = ident(&request.name);
    quote! {
        impl Default for #name {
            fn default() -> Self {
                Self::new()
            }
        }
    }
}

/// Renders a named constructor of the spec.
fn named_constructor(request: &Type, constructor: &Constructor) -> TokenStream {
    let Constructor { name, set, arguments, doc: text, .. } = constructor;
    let parameter_of = |wire: &str| field_ident(constructor.argument_name(wire));
    let bytes = arguments.iter().find(|wire| request.field(wire).kind == FieldKind::Base64);
    let encoding = bytes.map(|wire| format!("`{}` takes bytes and encodes them.", parameter_of(wire)));
    let docs = doc(&[text, encoding.as_deref().unwrap_or_default()]);
    let name = ident(name);
    let parameters = arguments.iter().map(|wire| {
        let (parameter, kind) = (parameter_of(wire), &request.field(wire).kind);
        let of = if *kind == FieldKind::Base64 { quote!(impl AsRef<[u8]>) } else { parameter_type(kind) };
        quote!(#parameter: #of)
    });
    let given = |field: &Field| {
        let parameter = parameter_of(&field.wire);
        let literal = set.iter().find(|(wire, _)| *wire == field.wire).map(|(_, value)| literal(value, &field.kind));
        literal.or_else(|| {
            let value =
                if field.kind == FieldKind::Base64 { quote!(to_base64(#parameter)) } else { quote!(#parameter) };
            arguments.contains(&field.wire).then_some(value)
        })
    };
    let starts = request.fields.iter().filter(|field| is_parameter_of_new(field)).filter_map(given);
    let setters = request.fields.iter().filter(|field| !is_parameter_of_new(field)).filter_map(|field| {
        let (setter, value) = (field_ident(&field.wire), given(field)?);
        Some(quote!(.#setter(#value)))
    });
    quote! {
        #docs
        #[must_use]
        pub fn #name(#(#parameters),*) -> Self {
            Self::new(#(#starts),*)#(#setters)*
        }
    }
}

fn setter(field: &Field) -> TokenStream {
    let (docs, name, of) = (doc(&[&field.doc.text]), field_ident(&field.wire), parameter_type(&field.kind));
    let value = parameter_value(&field.kind, &name);
    let value = if is_always_there(field) { value } else { quote!(Some(#value)) };
    quote! {
        #docs
        #[must_use]
        pub fn #name(mut self, #name: #of) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// Renders `Serialize`. Each nested wire object is a local type.
fn serialize_impl(api: &Api, request: &Type) -> TokenStream {
    let name = ident(&request.name);
    let mut locals = Locals::new(api);
    let mut nested = Vec::new();
    let mut calls = Vec::new();
    for member in members(request) {
        match member {
            WireMember::Field(field) => calls.push(write_call(field, &quote!(self))),
            WireMember::Object(object, fields) => {
                let of = locals.reserve(&names::pascal(object));
                let inner = fields.iter().map(|field| write_call(field, &quote!(self.0)));
                nested.push(quote! {
                    struct #of<'a>(&'a #name);

                    impl Serialize for #of<'_> {
                        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                            let mut object = ObjectWriter::within(serializer, &self.0.extra, #object)?;
                            #(#inner)*
                            object.end()
                        }
                    }
                });
                calls.push(quote!(object.nested(#object, &#of(self))?;));
            }
        }
    }
    quote! {
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #(#nested)*
                let mut object = ObjectWriter::new(serializer, &self.extra)?;
                #(#calls)*
                object.end()
            }
        }
    }
}

/// Renders the call that writes a field of `owner`.
fn write_call(field: &Field, owner: &TokenStream) -> TokenStream {
    let (wire, name) = (&field.wire, field_ident(&field.wire));
    match (field.kind == FieldKind::Flag, is_always_there(field)) {
        (true, true) => quote!(object.flag(#wire, Some(#owner.#name))?;),
        (true, false) => quote!(object.flag(#wire, #owner.#name)?;),
        (false, true) => quote!(object.field(#wire, Some(&#owner.#name))?;),
        (false, false) => quote!(object.field(#wire, #owner.#name.as_ref())?;),
    }
}

/// Names of the types that a generated function defines. They must not hide types of the spec, or types that the generated
/// code uses.
struct Locals(BTreeSet<String>);

impl Locals {
    fn new(api: &Api) -> Self {
        let types = api.types.iter().flat_map(|item| std::iter::once(&item.name).chain(&item.totals));
        Self(types.chain(api.enums.iter().map(|item| &item.name)).cloned().collect())
    }

    /// Reserves the wanted name, or a longer one if it is taken.
    fn reserve(&mut self, wanted: &str) -> Ident {
        let mut name = wanted.to_owned();
        while names::reserved::reserved_type(&name) || !self.0.insert(name.clone()) {
            name.push_str("Object");
        }
        ident(&name)
    }
}

/// Renders `Presence` for a type whose objects are required under conditions. Other kinds of values implement it by
/// hand.
fn presence_impl(api: &Api, request: &Type) -> TokenStream {
    let is_held = |field: &Field| {
        matches!(field.required, Required::When(_)) && field.kind == FieldKind::Object(request.name.clone())
    };
    if !api.types.iter().any(|holder| holder.fields.iter().any(is_held)) {
        return quote!();
    }
    let name = ident(&request.name);
    quote!(impl check::Presence for #name {})
}

/// A member of the wire object.
enum WireMember<'a> {
    Field(&'a Field),
    Object(&'a str, Vec<&'a Field>),
}

/// Returns the members of the wire object, in the order in which they first appear.
fn members(request: &Type) -> Vec<WireMember<'_>> {
    let mut members: Vec<WireMember<'_>> = Vec::new();
    for field in &request.fields {
        let Some(within) = &field.within else {
            members.push(WireMember::Field(field));
            continue;
        };
        let known = members.iter_mut().find_map(|member| match member {
            WireMember::Object(object, fields) if object == within => Some(fields),
            _ => None,
        });
        match known {
            Some(fields) => fields.push(field),
            None => members.push(WireMember::Object(within, vec![field])),
        }
    }
    members
}

fn rules_impl(request: &Type) -> TokenStream {
    let name = ident(&request.name);
    let fields = request.fields.iter().filter_map(|field| field_rules(request, field));
    let shared = request.rules.iter().map(|rule| object_rule(request, rule));
    let calls = fields.chain(shared);
    quote! {
        impl Rules for #name {
            fn check(&self, checker: &mut Checker<'_>) {
                #(#calls;)*
                checker.extra(&self.extra, &Self::NAMES);
            }
        }
    }
}

/// Renders the rules of one field, or `None` if its type expresses them all.
fn field_rules(request: &Type, field: &Field) -> Option<TokenStream> {
    let (path, name) = (field.wire_path(), field_ident(&field.wire));
    let mut calls = Vec::new();
    match &field.required {
        Required::When(conditions) => {
            let (holds, words) = (holds(request, conditions), Condition::in_words(conditions));
            calls.push(quote!(.required(#holds, #words)));
        }
        Required::Always if is_text(&field.kind) => calls.push(quote!(.required(true, ""))),
        Required::Always | Required::Never => {}
    }
    match &field.kind {
        FieldKind::Float => calls.push(quote!(.finite())),
        FieldKind::Base64 => calls.push(quote!(.base64())),
        FieldKind::Enum(of) => {
            let allowed = allowed_values(of, &field.limits);
            calls.push(quote!(.one_of(#allowed)));
        }
        _ => {}
    }
    calls.extend(field.limits.iter().filter_map(|limit| limit_call(limit, &field.kind)));
    let nested = nested_rules(field, &path);
    if calls.is_empty() {
        return nested;
    }
    let value = match (&field.kind, is_always_there(field)) {
        (kind, true) if is_text(kind) => quote!(Some(self.#name.as_str())),
        (FieldKind::List(_), true) => quote!(Some(self.#name.as_slice())),
        (_, true) => quote!(Some(&self.#name)),
        (kind, false) if is_text(kind) || matches!(kind, FieldKind::List(_)) => quote!(self.#name.as_deref()),
        (_, false) => quote!(self.#name.as_ref()),
    };
    let nested = nested.map(|nested| quote!(; #nested));
    Some(quote!(checker.field(#path, #value) #(#calls)* #nested))
}

fn limit_call(limit: &Limit, kind: &FieldKind) -> Option<TokenStream> {
    match limit {
        Limit::Range { min, max } => {
            let (min, max) = (bound(*min, kind), bound(*max, kind));
            Some(quote!(.range(#min, #max)))
        }
        Limit::Length { min, max } => {
            let (min, max) = (length_bound(*min), length_bound(*max));
            Some(quote!(.length(#min, #max)))
        }
        Limit::Format(Format::Digit) => Some(quote!(.digit())),
        Limit::OneOf(_) => None,
    }
}

fn length_bound(limit: Option<u64>) -> TokenStream {
    match limit.map(proc_macro2::Literal::u64_unsuffixed) {
        Some(limit) => quote!(Some(#limit)),
        None => quote!(None),
    }
}

/// Renders the values of an enum that a field allows.
fn allowed_values(of: &str, limits: &[Limit]) -> TokenStream {
    let of = ident(of);
    let narrowed = limits.iter().find_map(|limit| match limit {
        Limit::OneOf(values) => Some(values),
        _ => None,
    });
    match narrowed {
        Some(values) => {
            let values = values.iter().map(|value| super::tokens::variant(&value.name));
            quote!(&[#(#of::#values),*])
        }
        None => quote!(#of::VALUES),
    }
}

/// Renders the rules of the object in a field, or of the items of its list.
fn nested_rules(field: &Field, path: &str) -> Option<TokenStream> {
    if let Some(nested) = nested_value(field) {
        return Some(quote!(checker.nested(#path, #nested)));
    }
    let FieldKind::List(item) = &field.kind else { return None };
    let FieldKind::Enum(of) = &**item else { return None };
    let (name, allowed) = (field_ident(&field.wire), allowed_values(of, &field.limits));
    let items = if is_always_there(field) { quote!(Some(&self.#name)) } else { quote!(self.#name.as_deref()) };
    Some(quote!(checker.each_one_of(#path, #items, #allowed)))
}

/// Renders the expression for the object or list of objects in a field.
fn nested_value(field: &Field) -> Option<TokenStream> {
    let item = if let FieldKind::List(item) = &field.kind { item } else { &field.kind };
    let FieldKind::Object(_) = item else { return None };
    let name = field_ident(&field.wire);
    Some(if is_always_there(field) { quote!(Some(&self.#name)) } else { quote!(self.#name.as_ref()) })
}

fn object_rule(request: &Type, rule: &Rule) -> TokenStream {
    let Rule::AtLeastOne { when, fields, .. } = rule;
    let holds = if when.is_empty() { quote!(true) } else { holds(request, when) };
    let words = Condition::in_words(when);
    let flags = fields.iter().map(|wire| {
        let (field, name) = (request.field(wire), field_ident(wire));
        if is_always_there(field) { quote!(Some(self.#name)) } else { quote!(self.#name) }
    });
    quote!(checker.at_least_one(#holds, #words, &[#(#fields),*], &[#(#flags),*]))
}

fn lint_impl(request: &Type) -> TokenStream {
    let name = ident(&request.name);
    let own = request.lints.iter().map(|lint| lint_call(request, lint));
    let nested = request.fields.iter().filter_map(|field| {
        let (path, nested) = (field.wire_path(), nested_value(field)?);
        Some(quote!(linter.nested(#path, #nested)))
    });
    let calls = own.chain(nested);
    quote! {
        impl Lint for #name {
            fn lint(&self, linter: &mut Linter<'_>) {
                #(#calls;)*
                linter.extra(&self.extra, &Self::NAMES);
            }
        }
    }
}

fn lint_call(request: &Type, lint: &Lint) -> TokenStream {
    let path = |wire: &str| request.field(wire).wire_path();
    match lint {
        Lint::NoEffect { field, unless, doc } => {
            let (path, target, name) = (path(field), request.field(field), field_ident(field));
            let number = match (&target.kind, is_always_there(target)) {
                (FieldKind::Int64, true) => quote!(Some(self.#name)),
                (FieldKind::Int64, false) => quote!(self.#name),
                (_, true) => quote!(Some(self.#name.into())),
                (_, false) => quote!(self.#name.map(i64::from)),
            };
            let holds = holds(request, unless);
            quote!(linter.no_effect(#path, #number, #holds, #doc))
        }
        Lint::UnknownVariable { field, name, min, max, doc } => {
            let (path, target, member) = (path(field), request.field(field), field_ident(field));
            let text =
                if is_always_there(target) { quote!(Some(&self.#member)) } else { quote!(self.#member.as_deref()) };
            let (min, max) = (proc_macro2::Literal::i64_unsuffixed(*min), proc_macro2::Literal::i64_unsuffixed(*max));
            quote!(linter.unknown_variable(#path, #text, #name, (#min, #max), #doc))
        }
        Lint::Empty { field, doc } => {
            let (path, target, name) = (path(field), request.field(field), field_ident(field));
            let items = if is_always_there(target) { quote!(Some(&self.#name)) } else { quote!(self.#name.as_deref()) };
            quote!(linter.empty(#path, #items, #doc))
        }
        Lint::Reversed { start, end, doc } => {
            let time = |wire: &str| {
                let name = field_ident(wire);
                if is_always_there(request.field(wire)) { quote!(Some(self.#name)) } else { quote!(self.#name) }
            };
            let (path, start, end) = (path(end), time(start), time(end));
            quote!(linter.reversed(#path, (#start, #end), #doc))
        }
    }
}

fn reading_impls(request: &Type) -> TokenStream {
    let name = ident(&request.name);
    let object = object_ident(request);
    let body = if is_flat(request) { read_flat(request) } else { read_nested(request, &object) };
    quote! {
        impl ReadObject for #name {
            fn read_fields<O: SourceObject>(#object: &mut ObjectReader<'_, O>) -> Self {
                #body
            }
        }

        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read::deserialize(deserializer)
            }
        }
    }
}

/// Returns the name of the variable for the object that is being read. Fields become variables as well, so that a field
/// `object` needs another name here. A field ends in `_` only if Rust reserves its name.
fn object_ident(request: &Type) -> Ident {
    let usual = ident("object");
    let is_taken = !is_flat(request) && request.fields.iter().any(|field| field_ident(&field.wire) == usual);
    if is_taken { ident("object_") } else { usual }
}

fn read_flat(request: &Type) -> TokenStream {
    let fields = request.fields.iter().map(|field| {
        let (name, call) = (field_ident(&field.wire), read_call(field));
        quote!(#name: object #call)
    });
    quote!(Self { #(#fields,)* extra: object.extra(&Self::NAMES) })
}

fn read_nested(request: &Type, object: &Ident) -> TokenStream {
    let reads = members(request).into_iter().map(|member| match member {
        WireMember::Field(field) => {
            let (name, call) = (field_ident(&field.wire), read_call(field));
            quote!(let #name = #object #call;)
        }
        WireMember::Object(within, fields) => {
            let names = fields.iter().map(|field| field_ident(&field.wire));
            let calls = fields.iter().map(|field| read_call(field));
            quote!(let (#(#names,)*) = #object.flattened(#within, |#object| (#(#object #calls,)*));)
        }
    });
    let names = request.fields.iter().map(|field| field_ident(&field.wire));
    quote!(#(#reads)* let extra = #object.extra(&Self::NAMES); Self { #(#names,)* extra })
}

fn read_call(field: &Field) -> TokenStream {
    let wire = &field.wire;
    match &field.default {
        Some(default) => {
            let default = literal(default, &field.kind);
            quote!(.required_or(#wire, #default))
        }
        None if is_always_there(field) => quote!(.required(#wire)),
        None => quote!(.optional(#wire)),
    }
}
