//! The raw spec: the content of each file as a typed tree with locations.
//!
//! Nothing is resolved here. Reading reports missing and invalid values and leaves them out of the tree, so that lowering
//! can continue with the rest.

mod options;
mod read;
mod sandbox;
mod table;

pub(crate) use options::{RawOption, read_options};
pub(crate) use read::{read_enums, read_operation, read_service, read_types};
pub(crate) use sandbox::{
    RawDefault, RawMessage, RawProtocol, RawProtocolField, RawProtocolObject, RawTextEnum, RawTextValue, read_sandbox,
};
pub(crate) use table::TomlSource;

use crate::diagnostic::{At, Place};

/// The whole spec.
#[derive(Debug, Default)]
pub(crate) struct RawSpec {
    pub(crate) service: Option<RawService>,
    pub(crate) enums: Vec<RawEnum>,
    pub(crate) types: Vec<RawType>,
    pub(crate) operations: Vec<RawOperation>,
    pub(crate) options: Vec<RawOption>,
    pub(crate) sandbox: Option<RawProtocol>,
}

/// The doc and the sources of an item.
#[derive(Debug, Default)]
pub(crate) struct RawAbout {
    pub(crate) doc: Option<At<String>>,
    /// `None` if the item inherits its sources.
    pub(crate) source: Option<At<Vec<At<String>>>>,
}

/// `service.toml`.
#[derive(Debug)]
pub(crate) struct RawService {
    /// Start of the file.
    pub(crate) at: Place,
    pub(crate) about: RawAbout,
    pub(crate) documents: Vec<RawDocument>,
    pub(crate) base_urls: Vec<RawBaseUrl>,
    pub(crate) headers: Vec<RawHeader>,
    pub(crate) signing: Option<RawSigning>,
    pub(crate) envelope: Option<RawEnvelope>,
    pub(crate) codes: Vec<RawCode>,
}

/// `[documents.name]`.
#[derive(Debug)]
pub(crate) struct RawDocument {
    pub(crate) name: At<String>,
    pub(crate) title: Option<At<String>>,
    pub(crate) publisher: Option<At<String>>,
    pub(crate) doc: Option<At<String>>,
    pub(crate) mark: Option<At<String>>,
}

/// `[base_urls.NAME]`.
#[derive(Debug)]
pub(crate) struct RawBaseUrl {
    pub(crate) name: At<String>,
    pub(crate) url: Option<At<String>>,
    pub(crate) about: RawAbout,
}

/// `[headers.Name]`.
#[derive(Debug)]
pub(crate) struct RawHeader {
    pub(crate) name: At<String>,
    pub(crate) value: Option<At<String>>,
    pub(crate) input: Option<At<String>>,
    pub(crate) secret: Option<At<bool>>,
    pub(crate) about: RawAbout,
}

/// `[signing]`.
#[derive(Debug)]
pub(crate) struct RawSigning {
    pub(crate) algorithm: Option<At<String>>,
    pub(crate) inputs: Option<At<Vec<At<String>>>>,
    pub(crate) encoding: Option<At<String>>,
    pub(crate) about: RawAbout,
    pub(crate) vector: Option<RawVector>,
}

/// `[signing.vector]`.
#[derive(Debug)]
pub(crate) struct RawVector {
    pub(crate) api_key: Option<At<String>>,
    pub(crate) api_secret: Option<At<String>>,
    pub(crate) timestamp: Option<At<i64>>,
    pub(crate) sign: Option<At<String>>,
}

/// `[envelope]`.
#[derive(Debug)]
pub(crate) struct RawEnvelope {
    pub(crate) code: Option<RawEnvelopePart>,
    pub(crate) message: Option<RawEnvelopePart>,
    pub(crate) data: Option<RawEnvelopePart>,
}

/// `[envelope.code]` and the like.
#[derive(Debug)]
pub(crate) struct RawEnvelopePart {
    pub(crate) names: Option<At<Vec<At<String>>>>,
    pub(crate) about: RawAbout,
}

/// `[codes.name]`.
#[derive(Debug)]
pub(crate) struct RawCode {
    pub(crate) name: At<String>,
    pub(crate) number: Option<At<i64>>,
    pub(crate) error: Option<At<String>>,
    pub(crate) retry: Option<At<String>>,
    pub(crate) wordings: Option<At<Vec<At<String>>>>,
    pub(crate) remedy: Option<At<String>>,
    pub(crate) about: RawAbout,
}

/// `[Name]` of `enums.toml`.
#[derive(Debug)]
pub(crate) struct RawEnum {
    pub(crate) name: At<String>,
    pub(crate) about: RawAbout,
    pub(crate) values: Vec<RawEnumValue>,
}

/// `[Name.values.name]`.
#[derive(Debug)]
pub(crate) struct RawEnumValue {
    pub(crate) name: At<String>,
    pub(crate) number: Option<At<i64>>,
    pub(crate) about: RawAbout,
    pub(crate) next: Option<Vec<At<String>>>,
}

/// `[Name]` of a file in `types/`, or the request or the response of an operation.
#[derive(Debug)]
pub(crate) struct RawType {
    pub(crate) name: Option<At<String>>,
    /// `request` or `response`.
    pub(crate) kind: Option<At<String>>,
    pub(crate) about: RawAbout,
    pub(crate) include: Option<RawInclude>,
    pub(crate) fields: Vec<RawField>,
    pub(crate) rules: Vec<At<RawRule>>,
    pub(crate) warnings: Vec<At<RawWarning>>,
    pub(crate) constructors: Vec<RawConstructor>,
    pub(crate) totals: Option<At<String>>,
    pub(crate) cost: Option<At<String>>,
    pub(crate) state: Option<At<String>>,
    pub(crate) updates: Option<At<Vec<At<String>>>>,
}

/// `include = { from = "…", except = […], after = "…" }`.
#[derive(Debug)]
pub(crate) struct RawInclude {
    pub(crate) from: Option<At<String>>,
    pub(crate) except: Option<At<Vec<At<String>>>>,
    pub(crate) after: Option<At<String>>,
    pub(crate) at: Place,
}

/// `[….fields.wireName]`.
#[derive(Debug)]
pub(crate) struct RawField {
    pub(crate) wire: At<String>,
    pub(crate) kind: Option<At<String>>,
    pub(crate) within: Option<At<String>>,
    pub(crate) aliases: Option<At<Vec<At<String>>>>,
    pub(crate) required: Option<At<bool>>,
    pub(crate) required_when: Option<At<RawConditions>>,
    pub(crate) default: Option<At<RawLiteral>>,
    pub(crate) range: Option<At<RawBounds<f64>>>,
    pub(crate) length: Option<At<RawBounds<i64>>>,
    pub(crate) one_of: Option<At<Vec<At<String>>>>,
    pub(crate) format: Option<At<String>>,
    pub(crate) example_only: Option<At<bool>>,
    pub(crate) about: RawAbout,
}

/// `{ field = literal, … }`.
pub(crate) type RawConditions = Vec<(At<String>, At<RawLiteral>)>;

/// `true`, `3` or the name of an enum value.
#[derive(Clone, Debug)]
pub(crate) enum RawLiteral {
    Bool(bool),
    Int(i64),
    Name(String),
}

/// `{ min = 1, max = 100 }`.
#[derive(Debug)]
pub(crate) struct RawBounds<T> {
    pub(crate) min: Option<At<T>>,
    pub(crate) max: Option<At<T>>,
}

/// `[[….rules]]`, by its `kind`.
#[derive(Debug)]
pub(crate) enum RawRule {
    AtLeastOne { when: Option<At<RawConditions>>, fields: Option<At<Vec<At<String>>>>, doc: Option<At<String>> },
}

/// `[[….warnings]]`, by its `kind`.
#[derive(Debug)]
pub(crate) enum RawWarning {
    NoEffect {
        field: Option<At<String>>,
        unless: Option<At<RawConditions>>,
        doc: Option<At<String>>,
    },
    UnknownVariable {
        field: Option<At<String>>,
        name: Option<At<String>>,
        range: Option<At<RawBounds<f64>>>,
        doc: Option<At<String>>,
    },
    Empty {
        field: Option<At<String>>,
        doc: Option<At<String>>,
    },
    Reversed {
        start: Option<At<String>>,
        end: Option<At<String>>,
        doc: Option<At<String>>,
    },
}

/// `[….constructors.name]`.
#[derive(Debug)]
pub(crate) struct RawConstructor {
    pub(crate) name: At<String>,
    pub(crate) set: Option<At<RawConditions>>,
    pub(crate) arguments: Option<At<Vec<At<String>>>>,
    pub(crate) names: RawNames,
    pub(crate) doc: Option<At<String>>,
}

/// `{ field = "name", … }`.
pub(crate) type RawNames = Vec<(At<String>, At<String>)>;

/// A file in `operations/`.
#[derive(Debug)]
pub(crate) struct RawOperation {
    /// Name of the file without its extension.
    pub(crate) file_name: String,
    pub(crate) name: Option<At<String>>,
    pub(crate) kind: Option<At<String>>,
    pub(crate) path: Option<At<String>>,
    pub(crate) variant_of: Option<At<String>>,
    pub(crate) about: RawAbout,
    pub(crate) request: Option<RawBody>,
    pub(crate) response: Option<RawBody>,
    pub(crate) arguments: Option<At<Vec<At<String>>>>,
    pub(crate) names: RawNames,
    pub(crate) paging: Option<RawPaging>,
    pub(crate) examples: Vec<RawExample>,
    pub(crate) types: Vec<RawType>,
    pub(crate) enums: Vec<RawEnum>,
}

/// `[request]` or `[response]`.
#[derive(Debug)]
pub(crate) enum RawBody {
    /// `type = "…"`: a type that is defined elsewhere.
    Named(At<String>),
    /// A type that is defined here.
    Defined(Box<RawType>),
}

/// `[paging]`.
#[derive(Debug)]
pub(crate) struct RawPaging {
    pub(crate) at: Place,
    pub(crate) name: Option<At<String>>,
    pub(crate) doc: Option<At<String>>,
    pub(crate) page: Option<At<String>>,
    pub(crate) records: Option<At<String>>,
    pub(crate) pages: Option<At<String>>,
    pub(crate) total: Option<At<String>>,
    pub(crate) id: Option<At<String>>,
}

/// `[[examples]]`.
#[derive(Debug)]
pub(crate) struct RawExample {
    pub(crate) source: Option<At<String>>,
    pub(crate) request: Option<At<String>>,
    pub(crate) response: Option<At<String>>,
}
