//! The service as a whole: documents, base URLs, headers, signature, envelope and status codes.

use serde::Serialize;

use super::Doc;

/// The properties that all operations share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Service {
    /// Description of the service.
    pub doc: Doc,
    /// The vendor's documents.
    pub documents: Vec<Document>,
    /// Base URLs by brand.
    pub base_urls: Vec<BaseUrl>,
    /// Headers of every request.
    pub headers: Vec<Header>,
    /// How a request is signed.
    pub signing: Signing,
    /// Names of the parts of the envelope.
    pub envelope: Envelope,
    /// Status codes.
    pub codes: Vec<Code>,
}

/// A document of the vendor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// Name in `source`.
    pub name: String,
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: String,
    /// Description.
    pub doc: String,
    /// Sentence for the docs of items that only marked documents describe.
    pub mark: Option<String>,
}

/// The base URL of a brand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BaseUrl {
    /// Name of the constant, such as `ITNIO`.
    pub name: String,
    /// The URL without a trailing slash.
    pub url: String,
    /// Description.
    pub doc: Doc,
}

/// A header of every request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Header {
    /// Name on the wire.
    pub name: String,
    /// Value.
    pub value: HeaderValue,
    /// Whether the value is redacted in logs and errors.
    pub secret: bool,
    /// Description.
    pub doc: Doc,
}

/// The value of a header.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderValue {
    /// A fixed text.
    Fixed(String),
    /// An input of the call: `sign`, `timestamp` or `api_key`.
    Input(String),
}

/// How a request is signed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Signing {
    /// Name of the hash algorithm.
    pub algorithm: String,
    /// Names of the inputs, concatenated in this order.
    pub inputs: Vec<String>,
    /// Encoding of the hash.
    pub encoding: String,
    /// Description.
    pub doc: Doc,
    /// The published test vector.
    pub vector: SigningVector,
}

/// A published example of a signature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SigningVector {
    /// API key.
    pub api_key: String,
    /// API secret.
    pub api_secret: String,
    /// Unix time in seconds.
    pub timestamp: i64,
    /// The signature.
    pub sign: String,
}

/// The envelope of every response.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Envelope {
    /// The status code.
    pub code: EnvelopePart,
    /// The message, such as the reason for a failure.
    pub message: EnvelopePart,
    /// The data of the response.
    pub data: EnvelopePart,
}

/// A part of the envelope.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnvelopePart {
    /// Names on the wire, the preferred one first.
    pub names: Vec<String>,
    /// Description.
    pub doc: Doc,
}

/// A status code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Code {
    /// Name in `snake_case`.
    pub name: String,
    /// Number on the wire.
    pub number: i64,
    /// Error class; `None` for success.
    pub error: Option<String>,
    /// Retries that a failure with this code permits.
    pub retry: RetryPermit,
    /// Texts of the code in the documents.
    pub wordings: Vec<String>,
    /// Remedy for the caller.
    pub remedy: Option<String>,
    /// Meaning.
    pub doc: Doc,
}

/// The retries that a failure permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryPermit {
    /// No retry.
    Never,
    /// A retry of a query.
    Query,
    /// A retry of any operation after a longer delay, because the service rejected it before processing.
    Throttled,
    /// A retry of any operation with a corrected clock, because the service rejected it before processing.
    Clock,
}

impl Service {
    /// Returns the title of a document by its name.
    ///
    /// # Panics
    ///
    /// If there is none. Lowering rejects unknown names, so this is a bug of lowering.
    #[must_use]
    pub fn title_of(&self, document: &str) -> &str {
        let found = self.documents.iter().find(|known| known.name == document);
        &found.unwrap_or_else(|| panic!("no document {document}")).title
    }
}
