//! Marks the docs of items that only marked documents describe.

use std::collections::BTreeMap;

use super::source_checks::document_of;
use crate::model::service::Service;
use crate::model::{Api, Doc};

/// Appends the mark of their documents to the docs of all items. The mark of a type or an enum is not repeated in its
/// fields or values.
pub(super) fn mark(api: &mut Api) {
    let marks = Marks::new(&api.service);
    for operation in &mut api.operations {
        let mark = marks.append(&mut operation.doc, None);
        if let (Some(paging), Some(mark)) = (&mut operation.paging, mark) {
            paging.doc = format!("{} {mark}", paging.doc);
        }
    }
    for item in &mut api.types {
        let mark = marks.append(&mut item.doc, None);
        for field in &mut item.fields {
            marks.append(&mut field.doc, mark);
        }
    }
    for item in &mut api.enums {
        let mark = marks.append(&mut item.doc, None);
        for value in &mut item.values {
            marks.append(&mut value.doc, mark);
        }
    }
    let Service { base_urls, headers, signing, envelope, codes, .. } = &mut api.service;
    let parts = [&mut envelope.code, &mut envelope.message, &mut envelope.data];
    let docs = base_urls.iter_mut().map(|base| &mut base.doc).chain(headers.iter_mut().map(|header| &mut header.doc));
    let docs = docs.chain(codes.iter_mut().map(|code| &mut code.doc)).chain(parts.map(|part| &mut part.doc));
    for doc in docs.chain([&mut signing.doc]) {
        marks.append(doc, None);
    }
}

/// Marks by the names of their documents.
struct Marks(BTreeMap<String, String>);

impl Marks {
    fn new(service: &Service) -> Self {
        let documents = service.documents.iter();
        Self(documents.filter_map(|document| Some((document.name.clone(), document.mark.clone()?))).collect())
    }

    /// Appends the mark of a doc's sources, unless its parent already has it. Returns the mark.
    fn append(&self, doc: &mut Doc, parent: Option<&str>) -> Option<&str> {
        let marks = doc.source.iter().map(|source| self.0.get(document_of(source)).map(String::as_str));
        let mark = marks.collect::<Option<Vec<_>>>()?.first().copied()?;
        if parent != Some(mark) {
            doc.text = format!("{} {mark}", doc.text);
        }
        Some(mark)
    }
}
