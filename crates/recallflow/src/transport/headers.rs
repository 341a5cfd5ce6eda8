//! The option `extra_headers`: headers of the caller, next to those that the client sets itself.

use std::fmt;
use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::generated::service::{HEADER_API_KEY, HEADER_CONTENT_TYPE, HEADER_SIGN, HEADER_TIMESTAMP};
use crate::request::wording::describe_text;

/// Headers that the client or its HTTP library sets, and those that belong to a connection.
const RESERVED: [&str; 21] = [
    HEADER_SIGN,
    HEADER_TIMESTAMP,
    HEADER_API_KEY,
    HEADER_CONTENT_TYPE,
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Far more than any gateway accepts, and less than a map of headers can hold.
const MAX_HEADERS: usize = 100;
/// The usual limit of servers for a whole head.
const MAX_VALUE_LEN: usize = 8192;
/// Shorter values, such as `true`, do not look like secrets.
const MIN_SECRET_LEN: usize = 8;

/// Headers as the caller gave them. `Debug` shows the names only.
#[derive(Clone)]
pub(crate) struct HeaderList(Vec<(String, String)>);

impl HeaderList {
    pub(crate) fn new(headers: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        Self(headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for HeaderList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Checked headers to send with each request.
#[derive(Clone, Default)]
pub(crate) struct ExtraHeaders(Option<Arc<HeaderMap>>);

impl ExtraHeaders {
    /// Adds headers, and replaces those of the same name.
    ///
    /// # Errors
    ///
    /// A message with the name of the header, but without its value.
    pub(crate) fn add(&mut self, list: &HeaderList) -> Result<(), String> {
        let mut added = HeaderMap::new();
        for (name, value) in &list.0 {
            if added.len() == MAX_HEADERS {
                return Err(format!("`extra_headers`: expected at most {MAX_HEADERS} headers, got more"));
            }
            let header = parse_name(name)?;
            if added.insert(header, parse_value(name, value)?).is_some() {
                return Err(format!("`extra_headers`: expected each header once, got `{name}` twice"));
            }
        }
        if !added.is_empty() {
            let mut headers = self.0.as_deref().cloned().unwrap_or_default();
            headers.extend(added);
            self.0 = Some(Arc::new(headers));
        }
        Ok(())
    }

    /// Copies the headers to those of a request.
    pub(super) fn copy_to(&self, headers: &mut HeaderMap) {
        for (name, value) in self.0.iter().flat_map(|extra| extra.iter()) {
            headers.insert(name, value.clone());
        }
    }

    /// Returns the values that no error may show.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let values = self.0.iter().flat_map(|extra| extra.values());
        values.filter_map(|value| value.to_str().ok()).filter(|value| value.len() >= MIN_SECRET_LEN)
    }
}

fn parse_name(name: &str) -> Result<HeaderName, String> {
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        let got = describe_text(name);
        format!("`extra_headers`: expected the name of a header such as `X-Request-Id`, got {got}")
    })?;
    if RESERVED.contains(&header.as_str()) {
        return Err(format!("`extra_headers`: the client sets `{name}` itself; remove it"));
    }
    Ok(header)
}

/// Parses a value. A line break in it would begin another header.
fn parse_value(name: &str, value: &str) -> Result<HeaderValue, String> {
    let is_printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let header = HeaderValue::from_str(value).ok();
    let header = header.filter(|_| is_printable && (1..=MAX_VALUE_LEN).contains(&value.len()) && value.trim() == value);
    let mut header = header.ok_or_else(|| {
        format!(
            "`extra_headers`: expected 1 to {MAX_VALUE_LEN} printable ASCII characters without a blank at either end \
             for `{name}`; encode other text"
        )
    })?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(headers: &[(&str, &str)]) -> Result<ExtraHeaders, String> {
        let mut extra = ExtraHeaders::default();
        extra.add(&HeaderList::new(headers.iter().copied())).map(|()| extra)
    }

    #[test]
    fn later_headers_replace_those_of_the_same_name() {
        let mut extra = add(&[("X-A", "1"), ("X-B", "2")]).unwrap();
        extra.add(&HeaderList::new([("x-a", "3")])).unwrap();
        let mut headers = HeaderMap::new();
        extra.copy_to(&mut headers);
        assert_eq!(headers.len(), 2);
        assert!(headers["x-a"] == "3" && headers["x-b"] == "2");
    }

    #[test]
    fn no_message_and_no_debug_text_shows_a_value() {
        for (name, value) in [("sign", "s3cr3t"), ("x a", "s3cr3t"), ("x", "s3cr3t\r\nSign: 0"), ("x", "s3cr3t ")] {
            let message = add(&[(name, value)]).err().unwrap();
            assert!(!message.contains("s3cr3t") && !message.contains('\n'), "{message}");
        }
        assert_eq!(format!("{:?}", HeaderList::new([("X-A", "s3cr3t")])), r#"["X-A"]"#);
        assert!(format!("{:?}", add(&[("x-a", "s3cr3t")]).unwrap().0).contains("Sensitive"));
    }

    #[test]
    fn names_that_the_client_sets_are_refused_in_any_case() {
        for name in RESERVED {
            for name in [name.to_owned(), name.to_uppercase()] {
                let message = add(&[(&name, "1")]).err().unwrap();
                assert_eq!(message, format!("`extra_headers`: the client sets `{name}` itself; remove it"));
            }
        }
    }

    #[test]
    fn the_number_of_headers_and_their_length_are_limited() {
        let many: Vec<_> = (0..=MAX_HEADERS).map(|number| (format!("x-{number}"), "1")).collect();
        let message = ExtraHeaders::default().add(&HeaderList::new(many)).unwrap_err();
        assert_eq!(message, "`extra_headers`: expected at most 100 headers, got more");
        assert!(add(&[("x", &"v".repeat(MAX_VALUE_LEN))]).is_ok());
        assert!(add(&[("x", &"v".repeat(MAX_VALUE_LEN + 1))]).is_err());
        assert!(add(&[("x", "")]).is_err());
        assert!(add(&[("x", "1"), ("X", "2")]).is_err());
    }

    #[test]
    fn only_values_that_look_like_secrets_are_redacted() {
        let extra = add(&[("x-debug", "true"), ("authorization", "Bearer 0123")]).unwrap();
        assert_eq!(extra.secrets().collect::<Vec<_>>(), ["Bearer 0123"]);
    }
}
