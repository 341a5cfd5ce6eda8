//! Renders base URLs, headers, envelope and status codes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::tokens::{doc, ident};
use crate::model::Api;
use crate::model::service::{Code, EnvelopePart, Header, HeaderValue, RetryPermit};

pub(super) fn render_module(api: &Api) -> Vec<TokenStream> {
    let mut items = vec![quote! {
        use crate::error::kind::ErrorKind;
        use crate::status_code::DocumentedCode;
        use crate::retry::RetryClass;
    }];
    items.extend(api.service.base_urls.iter().map(|base| {
        let (name, url, docs) = (ident(&base.name), &base.url, doc(&[&format!("Base URL: {}", base.doc.text)]));
        quote!(#docs pub const #name: &str = #url;)
    }));
    items.extend(api.service.headers.iter().map(header));
    let envelope = &api.service.envelope;
    items.push(part("ENVELOPE_CODE", &envelope.code));
    items.push(part("ENVELOPE_MESSAGE", &envelope.message));
    items.push(part("ENVELOPE_DATA", &envelope.data));
    let codes = api.service.codes.iter().filter_map(code);
    items.push(quote! {
        /// The documented status codes, except success.
        pub(crate) const CODES: &[DocumentedCode] = &[#(#codes),*];
    });
    items
}

/// Renders the name of a header, in lower case as HTTP libraries expect it, and its value if it is fixed.
fn header(header: &Header) -> TokenStream {
    let constant = format!("HEADER_{}", header.name.replace('-', "_").to_uppercase());
    let (name, lower) = (ident(&constant), header.name.to_lowercase());
    let docs = doc(&[&format!("`{}`: {}", header.name, header.doc.text)]);
    let value = match &header.value {
        HeaderValue::Fixed(value) => {
            let name = ident(&format!("{constant}_VALUE"));
            quote! {
                /// Value of the header.
                pub(crate) const #name: &str = #value;
            }
        }
        HeaderValue::Input(_) => quote!(),
    };
    quote! {
        #docs
        pub(crate) const #name: &str = #lower;
        #value
    }
}

fn part(name: &str, part: &EnvelopePart) -> TokenStream {
    let (name, names, count) = (ident(name), &part.names, Literal::usize_unsuffixed(part.names.len()));
    let docs = doc(&[&part.doc.text]);
    quote!(#docs pub(crate) const #name: [&str; #count] = [#(#names),*];)
}

fn code(code: &Code) -> Option<TokenStream> {
    let kind = ident(code.error.as_ref()?.strip_suffix("Error")?);
    let (number, meaning) = (Literal::i64_unsuffixed(code.number), code.wordings.first()?);
    let remedy = code.remedy.as_deref().unwrap_or_default();
    let class = ident(match code.retry {
        RetryPermit::Never => "Settled",
        RetryPermit::Query => "Failed",
        RetryPermit::Throttled => "Throttled",
        RetryPermit::Clock => "Clock",
    });
    Some(quote! {
        DocumentedCode {
            number: #number,
            kind: ErrorKind::#kind,
            class: RetryClass::#class,
            meaning: #meaning,
            remedy: #remedy,
        }
    })
}
