//! The proxy of a client: the option `proxy`, or the environment.
//!
//! A client has one base URL and follows no redirects, so the environment is read and decided once, when the client is built.

use std::env::VarError;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use url::{Host, Url};

use super::failure::{ConnectFault, FailureKind};
use crate::endpoint::BaseUrl;
use crate::error::Phase;
use crate::redact::find::percent_decode;

const EXAMPLE: &str = "write it like http://proxy.example:3128";

/// The option `proxy`.
#[derive(Clone)]
pub(crate) enum Proxy {
    /// The proxy of the environment or the system; none for loopback addresses.
    Environment,
    None,
    /// The URL of a proxy, which may contain a password.
    Url(String),
}

/// How connections reach the service.
pub(super) enum Route {
    Direct,
    /// reqwest reads the settings of Windows or macOS.
    System,
    Through(ProxyServer),
}

/// A proxy server.
#[derive(Clone)]
pub(super) struct ProxyServer {
    /// May contain a password.
    url: Url,
}

/// Reads an environment variable.
type Variables<'a> = &'a dyn Fn(&str) -> Result<String, VarError>;

impl Route {
    pub(super) fn new(option: Proxy, base: &BaseUrl) -> Result<Self, String> {
        match option {
            Proxy::None => Ok(Route::Direct),
            Proxy::Environment => Route::from_variables(base, &|name| std::env::var(name)),
            Proxy::Url(text) => match ProxyServer::parse(&text) {
                Ok(proxy) => Ok(Route::Through(proxy)),
                Err(problem) => Err(format!("`proxy` {problem}; {EXAMPLE}")),
            },
        }
    }

    /// Uses the first variable that applies to the base URL, and ignores all others.
    fn from_variables(base: &BaseUrl, variables: Variables<'_>) -> Result<Self, String> {
        if base.is_loopback() {
            return Ok(Route::Direct);
        }
        if let Some((_, list)) = first_set(&["NO_PROXY", "no_proxy"], variables)?
            && list.split([',', ' ', '\t']).any(|entry| is_exempt(base.url(), entry))
        {
            return Ok(Route::Direct);
        }
        let of_scheme = match base.is_https() {
            true => ["HTTPS_PROXY", "https_proxy"],
            // In a CGI program, a client of the program can set `HTTP_PROXY` with the header `Proxy`.
            false if variables("REQUEST_METHOD").is_ok() => ["http_proxy", "http_proxy"],
            false => ["HTTP_PROXY", "http_proxy"],
        };
        let found = match first_set(&of_scheme, variables)? {
            None => first_set(&["ALL_PROXY", "all_proxy"], variables)?,
            found => found,
        };
        match found {
            None if cfg!(any(windows, target_os = "macos")) => Ok(Route::System),
            None => Ok(Route::Direct),
            Some((name, text)) => {
                let url = if text.contains("://") { text } else { format!("http://{text}") };
                match ProxyServer::parse(&url) {
                    Ok(proxy) => Ok(Route::Through(proxy)),
                    Err(problem) => Err(format!("the environment variable `{name}` {problem}; {EXAMPLE}")),
                }
            }
        }
    }

    /// Returns the proxy server, unless connections are direct or the system decides.
    pub(super) fn proxy(&self) -> Option<&ProxyServer> {
        match self {
            Route::Through(proxy) => Some(proxy),
            Route::Direct | Route::System => None,
        }
    }

    /// Returns whether a connection may need TLS for the proxy itself.
    pub(super) fn may_use_tls(&self) -> bool {
        match self {
            Route::Direct => false,
            Route::System => true,
            Route::Through(proxy) => proxy.url.scheme() == "https",
        }
    }
}

/// Returns the first variable that is neither missing nor blank, without surrounding blanks.
fn first_set(names: &[&'static str], variables: Variables<'_>) -> Result<Option<(&'static str, String)>, String> {
    for &name in names {
        match variables(name) {
            Ok(value) if !value.trim().is_empty() => return Ok(Some((name, value.trim().to_owned()))),
            Err(VarError::NotUnicode(_)) => {
                return Err(format!("the environment variable `{name}` is not valid Unicode"));
            }
            Ok(_) | Err(VarError::NotPresent) => {}
        }
    }
    Ok(None)
}

/// Returns whether an entry of `NO_PROXY` covers the host and port of a URL.
///
/// An entry is `*`, a domain (which covers its subdomains, with or without a leading dot), `*.domain` (subdomains only), an
/// IP address or a network like `10.0.0.0/8`. All but a network may end with a port.
fn is_exempt(url: &Url, entry: &str) -> bool {
    if entry == "*" {
        return true;
    }
    if let (Some(host), Ok(network)) = (ip_address(url), entry.parse::<IpNet>()) {
        return network.contains(&host);
    }
    let (name, port) = split_port(entry);
    if port.is_some_and(|port| Some(port) != url.port_or_known_default()) {
        return false;
    }
    let name = name.trim_start_matches('[').trim_end_matches(']');
    match (url.host(), ip_address(url)) {
        (_, Some(host)) => name.parse() == Ok(host),
        (Some(Host::Domain(host)), None) => covers_domain(name, host),
        _ => false,
    }
}

fn ip_address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

/// Splits a port from an entry. The colons of an IPv6 address without brackets do not separate a port.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn covers_domain(pattern: &str, host: &str) -> bool {
    let (pattern, subdomains_only) = match pattern.strip_prefix("*.") {
        Some(domain) => (domain, true),
        None => (pattern.strip_prefix('.').unwrap_or(pattern), false),
    };
    let pattern = pattern.trim_end_matches('.').to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    if pattern.is_empty() {
        return false;
    }
    match host.strip_suffix(&pattern) {
        Some("") => !subdomains_only,
        Some(rest) => rest.ends_with('.'),
        None => false,
    }
}

impl ProxyServer {
    /// Describes the refusal of a tunnel. The status is `None` if it is unknown.
    pub(super) fn refused_tunnel(&self, status: Option<u16>) -> ConnectFault {
        let name = self.name();
        let message = match status {
            Some(status) => format!("the proxy {name} refused the tunnel (HTTP {status})"),
            None => format!("the proxy {name} refused the tunnel"),
        };
        // A server that is not a proxy responds with 400, 404 or 405.
        let is_permanent = status.is_some_and(|status| status / 100 == 4 && !matches!(status, 408 | 425 | 429));
        let remedy = match status {
            Some(401 | 407) if self.basic_credentials().is_some() => {
                "correct the user name and password in the proxy's URL"
            }
            Some(401 | 407) => "add the proxy's credentials to its URL",
            Some(403) => "ask the proxy's operator to permit this host, or use another `proxy`",
            _ if is_permanent => "check that the URL in `proxy` or in the environment is that of an HTTP proxy",
            _ => "retry later, then ask the proxy's operator why it does not reach the service",
        };
        let kind = if is_permanent { FailureKind::Permanent } else { FailureKind::Network };
        ConnectFault { phase: Phase::Connect, kind, message, remedy: Some(remedy) }
    }

    /// Describes the refusal of a SOCKS proxy with a reason in the words of hyper-util; returns `None` for any other fault.
    pub(super) fn refused_by_socks(&self, reason: &str) -> Option<ConnectFault> {
        let refused_connection = format!("the connection ({reason})");
        let (refused, status) = match reason {
            "credentials not accepted" => ("the user name and password", Some(407)),
            "connection not allowed" => (&*refused_connection, Some(403)),
            "general server failure"
            | "network unreachable"
            | "host unreachable"
            | "connection refused"
            | "ttl expired"
            | "server failed to execute command" => (&*refused_connection, None),
            _ => return None,
        };
        let message = format!("the proxy {} refused {refused}", self.name());
        Some(ConnectFault { message, ..self.refused_tunnel(status) })
    }

    /// Adds to a fault that it is one of the connection to this proxy. A remedy that names `base_url` is replaced.
    pub(super) fn blame(&self, ConnectFault { phase, kind, message, remedy }: ConnectFault) -> ConnectFault {
        let message = format!("could not use the proxy {}: {message}", self.name());
        let remedy = remedy.filter(|remedy| !remedy.contains("`base_url`"));
        let remedy = remedy.or(Some("check that the proxy runs, and the URL in `proxy` or in the environment"));
        ConnectFault { phase, kind, message, remedy }
    }
}

impl ProxyServer {
    /// Parses the URL of a proxy.
    ///
    /// The error is the end of a sentence about the text. It never quotes the text, because it may contain a password.
    fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL ({error})"))?;
        if !matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") {
            return Err(
                "must start with `http://`, `https://`, `socks4://`, `socks4a://`, `socks5://` or `socks5h://`"
                    .to_owned(),
            );
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("has no host".to_owned());
        }
        // reqwest ignores a proxy that this type cannot hold.
        if url.as_str().parse::<hyper::Uri>().is_err() {
            return Err("is not a valid URI".to_owned());
        }
        Ok(Self { url })
    }

    /// Returns the proxy in the type of reqwest.
    pub(super) fn to_reqwest(&self) -> Result<reqwest::Proxy, String> {
        reqwest::Proxy::all(self.url.clone()).map_err(|_| "could not use the proxy".to_owned())
    }

    /// Returns whether this is an HTTP proxy, which opens a tunnel for `https://` URLs.
    pub(super) fn is_http(&self) -> bool {
        matches!(self.url.scheme(), "http" | "https")
    }

    pub(super) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
    }

    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(1080)
    }

    /// Returns the URL without credentials.
    pub(super) fn name(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("{}://{host}:{}", self.url.scheme(), self.port())
    }

    /// Returns the base64 text of the header `Proxy-Authorization`, if the URL has credentials.
    pub(super) fn basic_credentials(&self) -> Option<String> {
        if self.url.username().is_empty() && self.url.password().is_none() {
            return None;
        }
        let password = percent_decode(self.url.password().unwrap_or_default());
        Some(STANDARD.encode(format!("{}:{password}", percent_decode(self.url.username()))))
    }

    /// Returns the texts to redact: the password, plain and as the value of `Proxy-Authorization`.
    pub(super) fn secrets(&self) -> Vec<String> {
        let password = self.url.password().map(percent_decode);
        password.into_iter().chain(self.url.password().and_then(|_| self.basic_credentials())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(base: &str, variables: &[(&str, &str)]) -> Result<Route, String> {
        Route::from_variables(&BaseUrl::parse(base, true).unwrap(), &|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
        })
    }

    /// Returns the name of the proxy, or "direct".
    fn chosen(base: &str, variables: &[(&str, &str)]) -> String {
        match route(base, variables).unwrap() {
            Route::Through(proxy) => proxy.name(),
            Route::Direct | Route::System => "direct".to_owned(),
        }
    }

    #[test]
    fn an_environment_proxy_is_read_with_blanks_any_case_and_no_scheme() {
        for value in
            ["http://proxy:3128", " http://proxy:3128 ", "HTTP://PROXY:3128/", "proxy:3128", "http://u:p@proxy:3128"]
        {
            assert_eq!(chosen("https://h", &[("HTTPS_PROXY", value)]), "http://proxy:3128", "{value:?}");
        }
        assert_eq!(chosen("https://h", &[("https_proxy", "socks5h://[::1]")]), "socks5h://[::1]:1080");
    }

    #[test]
    fn the_first_variable_that_applies_decides() {
        let all = ("ALL_PROXY", "http://all:1");
        assert_eq!(chosen("https://h", &[all, ("HTTPS_PROXY", "http://https:1")]), "http://https:1");
        assert_eq!(chosen("https://h", &[all, ("HTTPS_PROXY", " "), ("HTTP_PROXY", "http://http:1")]), "http://all:1");
        assert_eq!(chosen("http://h", &[all, ("HTTP_PROXY", "http://http:1")]), "http://http:1");
        let cgi = ("REQUEST_METHOD", "GET");
        assert_eq!(chosen("http://h", &[cgi, ("HTTP_PROXY", "http://evil:1")]), "direct");
        assert_eq!(chosen("http://h", &[cgi, ("http_proxy", "http://http:1")]), "http://http:1");
        assert_eq!(chosen("https://h", &[]), "direct");
    }

    #[test]
    fn an_unusable_variable_is_an_error_only_if_it_applies() {
        for wrong in
            ["::hunter2", "socks://hunter2:1", "foo://hunter2", "http://hunter2 xy:3128", "http://", "hunter2:port"]
        {
            let error = route("https://h", &[("HTTPS_PROXY", wrong)]).err().unwrap();
            assert!(error.starts_with("the environment variable `HTTPS_PROXY` "), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
            assert!(route("https://h", &[("ALL_PROXY", wrong)]).err().unwrap().contains("`ALL_PROXY`"));
            for (base, variables) in [
                ("https://h", [("ALL_PROXY", wrong), ("HTTPS_PROXY", "proxy:1")]),
                ("https://h", [("HTTP_PROXY", wrong), ("HTTPS_PROXY", "proxy:1")]),
                ("https://h", [("HTTPS_PROXY", wrong), ("NO_PROXY", "h")]),
                ("https://localhost", [("HTTPS_PROXY", wrong), ("ALL_PROXY", wrong)]),
            ] {
                assert!(route(base, &variables).is_ok(), "{base} {variables:?}");
            }
        }
    }

    #[test]
    fn no_proxy_covers_domains_addresses_networks_and_ports() {
        let is_direct = |base, list| chosen(base, &[("HTTPS_PROXY", "proxy:1"), ("NO_PROXY", list)]) == "direct";
        for (base, list) in [
            ("https://api.example.com", "*"),
            ("https://api.example.com", "example.com"),
            ("https://api.example.com", "other, .Example.com"),
            ("https://api.example.com", "other *.example.com"),
            ("https://example.com", ".example.com"),
            ("https://api.example.com", "api.example.com:443"),
            ("https://api.example.com:8443", "*.example.com:8443"),
            ("https://10.1.2.3", "10.0.0.0/8"),
            ("https://10.1.2.3", "10.1.2.3"),
            ("https://10.1.2.3:8443", "10.1.2.3:8443"),
            ("https://[fd00::1]", "fd00::/8"),
            ("https://[fd00::1]", "fd00::1"),
            ("https://[fd00::1]:8443", "[fd00::1]:8443"),
        ] {
            assert!(is_direct(base, list), "{base} {list}");
        }
        for (base, list) in [
            ("https://api.example.com", "ample.com"),
            ("https://api.example.com", "*.api.example.com"),
            ("https://example.com", "*.example.com"),
            ("https://api.example.com", "api.example.com:8443"),
            ("https://api.example.com", "., *., 10.0.0.0/8"),
            ("https://11.1.2.3", "10.0.0.0/8"),
            ("https://10.1.2.3", "10.1.2.3:8443"),
            ("https://[fd00::1]", "fd00::2"),
        ] {
            assert!(!is_direct(base, list), "{base} {list}");
        }
    }

    #[test]
    fn a_proxy_is_named_without_its_credentials() {
        let proxy = ProxyServer::parse("http://user:hunter%202@proxy.example").unwrap();
        assert_eq!(proxy.name(), "http://proxy.example:80");
        assert_eq!(proxy.basic_credentials().as_deref(), Some("dXNlcjpodW50ZXIgMg=="));
        assert_eq!(proxy.secrets(), ["hunter 2", "dXNlcjpodW50ZXIgMg=="]);
    }
}
