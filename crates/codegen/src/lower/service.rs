//! Lowers `service.toml`.

use super::docs;
use super::naming::{Case, Taken, check_case, check_numbers};
use crate::diagnostic::{At, Sink};
use crate::model::service::{
    BaseUrl, Code, Document, Envelope, EnvelopePart, Header, HeaderValue, RetryPermit, Service, Signing, SigningVector,
};
use crate::raw::{
    RawAbout, RawBaseUrl, RawCode, RawDocument, RawEnvelope, RawEnvelopePart, RawHeader, RawService, RawSigning,
};

/// Inputs that a header can contain.
const HEADER_INPUTS: [&str; 3] = ["sign", "timestamp", "api_key"];

/// Inputs of a signature.
const SIGNING_INPUTS: [&str; 3] = ["api_key", "api_secret", "timestamp"];

/// Hash algorithms that the client supports.
const ALGORITHMS: [&str; 1] = ["md5"];

/// Encodings of a hash that the client supports.
const ENCODINGS: [&str; 1] = ["lower_hex"];

/// Error classes of the client for codes other than 0.
const ERRORS: [&str; 6] = [
    "AuthenticationError",
    "IpRestrictedError",
    "TimestampExpiredError",
    "RateLimitedError",
    "ServiceError",
    "ParameterError",
];

/// Retry permits by their names in the spec.
const RETRIES: [(&str, RetryPermit); 4] = [
    ("never", RetryPermit::Never),
    ("query", RetryPermit::Query),
    ("throttled", RetryPermit::Throttled),
    ("clock", RetryPermit::Clock),
];

/// Lowers the service; `None` if a part of it is missing.
pub(super) fn lower_service(raw: &RawService, sink: &Sink) -> Option<Service> {
    let doc = docs::checked_about(&raw.about, sink);
    let documents = lower_documents(&raw.documents, sink);
    let base_urls = lower_base_urls(&raw.base_urls, sink);
    let headers = lower_headers(&raw.headers, sink);
    check_inputs(raw, sink);
    check_secret(&raw.headers, sink);
    let signing = raw.signing.as_ref().map(|signing| lower_signing(signing, sink));
    let envelope = raw.envelope.as_ref().map(|envelope| lower_envelope(envelope, sink));
    let codes = lower_codes(&raw.codes, sink);
    check_success(raw, sink);
    Some(Service { doc, documents, base_urls, headers, signing: signing?, envelope: envelope?, codes })
}

fn lower_documents(raw: &[RawDocument], sink: &Sink) -> Vec<Document> {
    let mut taken = Taken::default();
    let lower = |raw: &RawDocument| {
        taken.take("document", &raw.name, sink);
        if !raw.name.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            let message =
                format!("expected letters, digits and `-` for the name of a document, got `{}`", raw.name.value);
            sink.report(raw.name.at, message);
        }
        Document {
            name: raw.name.value.clone(),
            title: docs::not_empty(raw.title.as_ref(), "title", sink),
            publisher: docs::not_empty(raw.publisher.as_ref(), "publisher", sink),
            doc: docs::sentence(raw.doc.as_ref(), sink),
            mark: raw.mark.as_ref().map(|mark| docs::sentence(Some(mark), sink)),
        }
    };
    raw.iter().map(lower).collect()
}

fn lower_base_urls(raw: &[RawBaseUrl], sink: &Sink) -> Vec<BaseUrl> {
    let mut taken = Taken::default();
    let lower = |raw: &RawBaseUrl| {
        check_case("a base URL", &raw.name, Case::Screaming, sink);
        taken.take("base URL", &raw.name, sink);
        if let Some(url) = &raw.url {
            check_url(url, sink);
        }
        let url = docs::not_empty(raw.url.as_ref(), "url", sink);
        BaseUrl { name: raw.name.value.clone(), url, doc: docs::checked_about(&raw.about, sink) }
    };
    raw.iter().map(lower).collect()
}

/// Checks a base URL. It must use `https`, because the signature does not cover the body. It must not end with a slash,
/// because paths are appended with one.
fn check_url(url: &At<String>, sink: &Sink) {
    if url.value.contains(|c: char| matches!(c, '?' | '#') || c.is_whitespace()) {
        sink.report(url.at, format!("expected a base URL without query, fragment and whitespace, got `{}`", url.value));
    }
    if !url.value.starts_with("https://") || url.value.ends_with('/') {
        let rest = url.value.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
        let message =
            format!("expected a base URL that starts with `https://` and has no trailing `/`, got `{}`", url.value);
        sink.suggest(url.at, message, format!("write `https://{rest}`"));
    }
}

fn lower_headers(raw: &[RawHeader], sink: &Sink) -> Vec<Header> {
    let mut taken = Taken::default();
    let lower = |raw: &RawHeader| {
        taken.take("header", &raw.name, sink);
        if !raw.name.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            let message =
                format!("expected letters, digits and `-` for the name of a header, got `{}`", raw.name.value);
            sink.report(raw.name.at, message);
        }
        let doc = docs::checked_about(&raw.about, sink);
        let secret = raw.secret.as_ref().is_some_and(|secret| secret.value);
        Some(Header { name: raw.name.value.clone(), value: header_value(raw, sink)?, secret, doc })
    };
    raw.iter().filter_map(lower).collect()
}

/// Checks that each input has exactly one header, because the service requires all of them.
fn check_inputs(raw: &RawService, sink: &Sink) {
    for input in HEADER_INPUTS {
        let is_it = |header: &&RawHeader| header.input.as_ref().is_some_and(|given| given.value == input);
        let mut carriers = raw.headers.iter().filter(is_it);
        let Some(first) = carriers.next() else {
            sink.report(raw.at, format!("missing header with `input = \"{input}\"`"));
            continue;
        };
        for other in carriers {
            let before = sink.show(first.name.at);
            sink.report(other.name.at, format!("input `{input}` is already used by the header at {before}"));
        }
    }
}

/// Checks that the signature is secret, because anyone who has it can send requests until its timestamp expires.
fn check_secret(raw: &[RawHeader], sink: &Sink) {
    let carries_sign = |header: &&RawHeader| header.input.as_ref().is_some_and(|input| input.value == "sign");
    for header in raw.iter().filter(carries_sign) {
        if !header.secret.as_ref().is_some_and(|secret| secret.value) {
            sink.suggest(header.name.at, "the header of the signature is not secret", "set `secret = true`");
        }
    }
}

fn header_value(raw: &RawHeader, sink: &Sink) -> Option<HeaderValue> {
    match (&raw.value, &raw.input) {
        (Some(value), None) => Some(HeaderValue::Fixed(docs::not_empty(Some(value), "value", sink))),
        (None, Some(input)) => Some(HeaderValue::Input(one_of("input", input, &HEADER_INPUTS, sink))),
        _ => {
            sink.report(raw.name.at, "expected exactly one of `value` and `input`");
            None
        }
    }
}

fn lower_signing(raw: &RawSigning, sink: &Sink) -> Signing {
    let word = |what, word: &Option<At<String>>, possible: &[&str]| {
        word.as_ref().map(|word| one_of(what, word, possible, sink)).unwrap_or_default()
    };
    let inputs = raw.inputs.iter().flat_map(|inputs| &inputs.value);
    let vector = raw.vector.as_ref();
    let text = |value: Option<&At<String>>, key| docs::not_empty(value, key, sink);
    Signing {
        algorithm: word("algorithm", &raw.algorithm, &ALGORITHMS),
        inputs: inputs.map(|input| one_of("input", input, &SIGNING_INPUTS, sink)).collect(),
        encoding: word("encoding", &raw.encoding, &ENCODINGS),
        doc: docs::checked_about(&raw.about, sink),
        vector: SigningVector {
            api_key: text(vector.and_then(|vector| vector.api_key.as_ref()), "api_key"),
            api_secret: text(vector.and_then(|vector| vector.api_secret.as_ref()), "api_secret"),
            timestamp: vector.and_then(|vector| vector.timestamp.as_ref()).map_or(0, |timestamp| timestamp.value),
            sign: text(vector.and_then(|vector| vector.sign.as_ref()), "sign"),
        },
    }
}

/// Checks and lowers a name that must be one of a list.
fn one_of(what: &str, word: &At<String>, possible: &[&str], sink: &Sink) -> String {
    if !possible.contains(&word.as_str()) {
        sink.unknown(what, word, possible.iter().copied());
    }
    word.value.clone()
}

fn lower_envelope(raw: &RawEnvelope, sink: &Sink) -> Envelope {
    let mut taken = Vec::new();
    let mut part = |raw: Option<&RawEnvelopePart>| {
        let Some(raw) = raw else {
            return EnvelopePart { names: Vec::new(), doc: docs::about(&RawAbout::default(), &[]) };
        };
        for name in raw.names.iter().flat_map(|names| &names.value) {
            if taken.contains(&name.value) {
                sink.report(name.at, format!("`{}` is already used by another part of the envelope", name.value));
            }
            taken.push(name.value.clone());
        }
        let names = raw.names.as_ref().map(|names| docs::strings(names, "names", sink)).unwrap_or_default();
        EnvelopePart { names, doc: docs::checked_about(&raw.about, sink) }
    };
    Envelope { code: part(raw.code.as_ref()), message: part(raw.message.as_ref()), data: part(raw.data.as_ref()) }
}

fn lower_codes(raw: &[RawCode], sink: &Sink) -> Vec<Code> {
    let mut taken = Taken::default();
    for raw in raw {
        check_case("a code", &raw.name, Case::Snake, sink);
        taken.take("code", &raw.name, sink);
    }
    check_numbers(raw.iter().map(|raw| (&raw.name, raw.number.as_ref())), sink);
    raw.iter().map(|raw| lower_code(raw, sink)).collect()
}

/// Checks that there is a code for success. It is the only one without `error`, because numbers are unique and other
/// codes need an `error`.
fn check_success(raw: &RawService, sink: &Sink) {
    let is_success = |code: &RawCode| code.number.as_ref().is_some_and(|number| number.value == 0);
    if !raw.codes.iter().any(is_success) {
        sink.report(raw.at, "missing code 0, which means success");
    }
}

fn lower_code(raw: &RawCode, sink: &Sink) -> Code {
    let number = raw.number.as_ref().map(|number| number.value);
    check_failure_keys(raw, number == Some(0), sink);
    Code {
        name: raw.name.value.clone(),
        number: number.unwrap_or_default(),
        error: raw.error.as_ref().map(|error| one_of("error class", error, &ERRORS, sink)),
        retry: raw.retry.as_ref().map_or(RetryPermit::Never, |retry| permit(retry, sink)),
        wordings: raw.wordings.as_ref().map(|wordings| docs::strings(wordings, "wordings", sink)).unwrap_or_default(),
        remedy: raw.remedy.as_ref().map(|remedy| docs::not_empty(Some(remedy), "remedy", sink)),
        doc: docs::checked_about(&raw.about, sink),
    }
}

/// Checks that a failure has an error class, a retry permit and a remedy, and that success has none of them.
fn check_failure_keys(raw: &RawCode, success: bool, sink: &Sink) {
    for (key, given) in [("error", &raw.error), ("retry", &raw.retry), ("remedy", &raw.remedy)] {
        match given {
            Some(given) if success => sink.suggest(given.at, format!("`{key}` is only for failures"), "remove it"),
            None if !success => sink.report(raw.name.at, format!("missing key `{key}`")),
            _ => {}
        }
    }
}

fn permit(raw: &At<String>, sink: &Sink) -> RetryPermit {
    let found = RETRIES.iter().find(|(word, _)| *word == raw.value);
    if found.is_none() {
        sink.unknown("retry class", raw, RETRIES.iter().map(|(word, _)| *word));
    }
    found.map_or(RetryPermit::Never, |(_, permit)| *permit)
}
