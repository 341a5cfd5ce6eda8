//! The base URL of the service and the URLs of the operations below it.

use url::{Host, Url};

/// A checked base URL.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Has no user, query or fragment, and no trailing slash unless the path is empty.
    url: Url,
    is_loopback: bool,
}

impl BaseUrl {
    /// Parses and checks the option `base_url`.
    ///
    /// An error never quotes the text, because it may contain a password.
    pub(crate) fn parse(text: &str, allow_http: bool) -> Result<Self, String> {
        let mut url = Url::parse(text).map_err(|error| format!("`base_url` is not a URL ({error}); {EXAMPLE}"))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(format!("`base_url` must start with `https://`; {EXAMPLE}"));
        }
        // `password` is `Some("")` for `https://:@host`, which is rejected as well.
        if !url.username().is_empty() || url.password().is_some() {
            return Err("`base_url` contains a user name or password; remove it, because the API key and secret are \
                        separate options"
                .to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(
                "`base_url` contains a query or fragment; remove everything from the first `?` or `#`".to_owned()
            );
        }
        let is_loopback = is_loopback(&url);
        if url.scheme() == "http" && !is_loopback && !allow_http {
            return Err(
                "`base_url` starts with `http://`, but the signature does not protect the body from changes on the \
                        way; use `https://`, or set `dangerously_allow_http`"
                    .to_owned(),
            );
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url, is_loopback })
    }

    /// Returns the URL of an operation.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{}", self.url.path().trim_end_matches('/'), path.trim_start_matches('/')));
        url
    }

    /// Returns whether the host is a loopback address.
    pub(crate) fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Returns whether requests use TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Returns the URL.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the host and the port, as `CONNECT` names them.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host(), self.port())
    }

    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// Returns whether the last segments of the path are those of another path.
    pub(crate) fn ends_with(&self, path: &str) -> bool {
        self.url.path().ends_with(&format!("/{}", path.trim_start_matches('/')))
    }

    /// Returns the URL without a trailing slash, like the constants.
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }
}

/// Checks the path of an endpoint, and returns it without a slash at its beginning.
///
/// Only unreserved characters are permitted, so that the path cannot leave the base URL or contain a query. An error does
/// not quote the path, because a URL may contain a password.
pub(crate) fn parse_path(path: &str) -> Result<&str, String> {
    let relative = path.strip_prefix('/').unwrap_or(path);
    let is_permitted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '/');
    let problem = match relative.chars().find(|c| !is_permitted(*c)) {
        Some(':') => "a colon; leave out the base URL".to_owned(),
        Some(c @ ('?' | '#')) => format!("a `{c}`; send the values in the body"),
        Some(c) => format!("a {c:?}; use letters, digits, `-`, `.`, `_` and `~` between slashes"),
        None if relative.is_empty() => "no text; name an endpoint".to_owned(),
        None if relative.split('/').any(str::is_empty) => "an empty segment; use single slashes".to_owned(),
        None if relative.split('/').any(|segment| matches!(segment, "." | "..")) => {
            "a segment of dots; write the path below `base_url` in full".to_owned()
        }
        None => return Ok(relative),
    };
    Err(format!("expected a `path` such as `voice/balance`, got one with {problem}"))
}

const EXAMPLE: &str = "write it like https://api.itniotech.com";

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(base: &str, path: &str) -> String {
        BaseUrl::parse(base, false).unwrap().join(path).into()
    }

    #[test]
    fn a_path_prefix_is_kept_with_or_without_a_slash() {
        for base in ["https://api.laaffic.com/v3", "https://api.laaffic.com/v3/", "https://API.laaffic.com/v3//"] {
            assert_eq!(join(base, "/voice/queryDetail"), "https://api.laaffic.com/v3/voice/queryDetail");
            assert_eq!(join(base, "voice/queryDetail"), "https://api.laaffic.com/v3/voice/queryDetail");
        }
        for base in ["https://api.itniotech.com", "https://api.itniotech.com/"] {
            assert_eq!(join(base, "/voice/queryDetail"), "https://api.itniotech.com/voice/queryDetail");
        }
        assert_eq!(join("https://h:8443/a/b", "/c"), "https://h:8443/a/b/c");
    }

    #[test]
    fn a_path_stays_below_the_base_url() {
        for path in ["voice/balance", "/voice/balance", "v1.0/a_b-c~d", "balance"] {
            assert_eq!(parse_path(path), Ok(path.trim_start_matches('/')), "{path}");
        }
        for (path, remedy) in [
            ("", "name an endpoint"),
            ("/", "name an endpoint"),
            ("//host.example/voice", "single slashes"),
            ("voice//balance", "single slashes"),
            ("voice/", "single slashes"),
            ("../voice", "in full"),
            ("voice/./balance", "in full"),
            ("https://host.example/hunter2", "leave out the base URL"),
            ("user:hunter2@host", "leave out the base URL"),
            ("voice?key=hunter2", "in the body"),
            ("voice#hunter2", "in the body"),
            ("voice/%2e%2e/hunter2", "between slashes"),
            ("voice\\hunter2", "between slashes"),
            ("voice hunter2", "between slashes"),
            ("voice\nhunter2", "between slashes"),
            ("voicé/hunter2", "between slashes"),
        ] {
            let error = parse_path(path).unwrap_err();
            assert!(error.starts_with("expected a `path` such as") && error.contains(remedy), "{path}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_path_of_an_operation_is_recognized_by_whole_segments() {
        for (base, path, ends) in [
            ("https://h/voice/queryDetail", "voice/queryDetail", true),
            ("https://h/v3/voice/queryDetail/", "/voice/queryDetail", true),
            ("https://h/xvoice/queryDetail", "voice/queryDetail", false),
            ("https://h/voice", "voice/queryDetail", false),
        ] {
            assert_eq!(BaseUrl::parse(base, false).unwrap().ends_with(path), ends, "{base} {path}");
        }
    }

    #[test]
    fn plain_http_is_accepted_for_loopback_addresses_only() {
        for base in
            ["http://localhost:1", "http://LOCALHOST", "http://127.0.0.1:8080", "http://127.8.8.8", "http://[::1]:1"]
        {
            assert!(BaseUrl::parse(base, false).unwrap().is_loopback(), "{base}");
        }
        for base in ["http://api.itniotech.com", "http://10.0.0.1", "http://localhost.example", "http://[::2]"] {
            let error = BaseUrl::parse(base, false).unwrap_err();
            assert!(error.contains("dangerously_allow_http"), "{error}");
            assert!(!BaseUrl::parse(base, true).unwrap().is_loopback(), "{base}");
        }
    }

    #[test]
    fn is_https_ignores_the_case_of_the_scheme() {
        for (base, is_https) in [("https://127.0.0.1:1", true), ("HTTPS://h", true), ("http://127.0.0.1:1", false)] {
            assert_eq!(BaseUrl::parse(base, false).unwrap().is_https(), is_https, "{base}");
        }
    }

    #[test]
    fn an_invalid_base_url_is_rejected_without_quoting_it() {
        for base in [
            "",
            "hunter2.example",
            "localhost:8080",
            "ftp://hunter2",
            "hunter2:hunter2@host",
            "https://",
            "https://hunter2:hunter2@api.itniotech.com",
            "https://hunter2@api.itniotech.com",
            "https://api.itniotech.com/?hunter2",
            "https://api.itniotech.com/#hunter2",
            "https://hunter2 hunter2/",
        ] {
            let error = BaseUrl::parse(base, true).unwrap_err();
            assert!(error.starts_with("`base_url` ") && error.contains("; "), "{base}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
