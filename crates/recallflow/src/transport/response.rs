//! A whole HTTP response and its headers.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::{AGE, CONTENT_ENCODING, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

/// A whole HTTP response.
#[derive(Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(super) headers: HeaderMap,
    /// Whether the response began before hyper had taken the whole request body. False if hyper took the rest of the body
    /// after the response began, because that cannot be observed.
    pub(crate) is_early: bool,
    pub(crate) body: Bytes,
    /// Time from the beginning of the attempt to the end of the body.
    pub(crate) elapsed: Duration,
}

impl HttpResponse {
    /// Takes status and headers of a response, whose body is read later.
    pub(super) fn from_head(response: &mut Response) -> Self {
        let headers = std::mem::take(response.headers_mut());
        Self {
            status: response.status().as_u16(),
            headers,
            is_early: false,
            body: Bytes::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// Creates a response that did not come over a connection.
    #[cfg(any(test, feature = "__replay"))]
    pub(crate) fn recorded(status: u16, retry_after: Option<&str>, body: Bytes) -> Self {
        let value = retry_after.and_then(|value| HeaderValue::from_str(value).ok());
        let headers = value.map(|value| (RETRY_AFTER, value)).into_iter().collect();
        Self { status, headers, is_early: false, body, elapsed: Duration::ZERO }
    }

    pub(crate) fn date(&self) -> Option<&str> {
        self.header(&DATE)
    }

    pub(crate) fn retry_after(&self) -> Option<&str> {
        self.header(&RETRY_AFTER)
    }

    pub(crate) fn content_encoding(&self) -> Option<&str> {
        self.header(&CONTENT_ENCODING)
    }

    /// Returns whether the response has an `Age` header, that is, comes from a cache.
    pub(crate) fn is_cached(&self) -> bool {
        self.headers.contains_key(AGE)
    }

    /// Returns all headers by their lower-case names. Several values of one name are joined with a comma.
    pub(crate) fn headers(&self) -> BTreeMap<String, String> {
        let mut joined = BTreeMap::<String, String>::new();
        for (name, value) in &self.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            joined
                .entry(name.as_str().to_owned())
                .and_modify(|values| {
                    values.push_str(", ");
                    values.push_str(&value);
                })
                .or_insert_with(|| value.clone().into_owned());
        }
        joined
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_same_header_are_joined() {
        let values = [("x-request-id", "7f2c"), ("set-cookie", "a=1"), ("set-cookie", "b=2")];
        let values = values.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let response = HttpResponse {
            headers: HeaderMap::from_iter(values),
            ..HttpResponse::recorded(200, Some("7"), Bytes::new())
        };
        let headers: Vec<_> = response.headers().into_iter().collect();
        let expected = [("set-cookie", "a=1, b=2"), ("x-request-id", "7f2c")];
        assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
