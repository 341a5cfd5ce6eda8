//! Renders hosts, envelope and status codes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::tokens::{doc, ident, source};
use crate::model::{Api, Code, EnvelopePart, RetryPermit};

pub(super) fn render(api: &Api) -> Vec<TokenStream> {
    let mut items = vec![quote! {
        use crate::ErrorKind;
        use crate::judge::Code;
        use crate::retry::Class;
    }];
    items.extend(api.service.base_urls.iter().map(|base| {
        let (name, url, docs) =
            (ident(&base.name), &base.url, doc(&[&format!("Base URL: {}", base.doc.text), &source(&base.doc)]));
        quote!(#docs pub const #name: &str = #url;)
    }));
    let envelope = &api.service.envelope;
    items.push(part("ENVELOPE_CODE", &envelope.code));
    items.push(part("ENVELOPE_MESSAGE", &envelope.message));
    items.push(part("ENVELOPE_DATA", &envelope.data));
    let codes = api.service.codes.iter().filter_map(code);
    items.push(quote! {
        /// The codes that the documents list, but for success.
        pub(crate) const CODES: &[Code] = &[#(#codes),*];
    });
    items
}

fn part(name: &str, part: &EnvelopePart) -> TokenStream {
    let (name, names, count) = (ident(name), &part.names, Literal::usize_unsuffixed(part.names.len()));
    let docs = doc(&[&part.doc.text, &source(&part.doc)]);
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
        Code {
            number: #number,
            kind: ErrorKind::#kind,
            class: Class::#class,
            meaning: #meaning,
            remedy: #remedy,
        }
    })
}
