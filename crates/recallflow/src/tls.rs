//! TLS configuration: the trusted certificate authorities (CAs) and the descriptions of TLS errors.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};

/// CA certificates of the option `ca_file`.
pub(crate) type Authorities = Arc<[CertificateDer<'static>]>;

/// Reads `ca_file`. It is read when the client is built, so that a wrong file is a `ConfigError` and not a failed call.
pub(crate) fn read_authorities(path: &Path) -> Result<Authorities, String> {
    let wrong = |problem: String| format!("could not use `ca_file` {}: {problem}", path.display());
    let certificates: Vec<_> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| match error {
            pem::Error::Io(error) => wrong(error.to_string()),
            error => wrong(format!("it is not a PEM file ({error})")),
        })?;
    if certificates.is_empty() {
        return Err(wrong("it contains no certificate, which starts with -----BEGIN CERTIFICATE-----".to_owned()));
    }
    let mut store = RootCertStore::empty();
    for (index, certificate) in certificates.iter().enumerate() {
        store
            .add(certificate.clone())
            .map_err(|error| wrong(format!("certificate {} is invalid ({error})", index + 1)))?;
    }
    Ok(certificates.into())
}

/// Returns a configuration that trusts the built-in roots, the system's roots and the extra certificates.
///
/// Loading the system's roots takes milliseconds, so they are loaded once per process.
pub(crate) fn client_config(extra: &Authorities) -> ClientConfig {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    if extra.is_empty() {
        return SHARED.get_or_init(|| config_with_roots(default_roots().clone())).clone();
    }
    let mut store = default_roots().clone();
    store.add_parsable_certificates(extra.iter().cloned());
    config_with_roots(store)
}

/// Returns a configuration without roots, for a client that never uses TLS: reqwest requires one.
pub(crate) fn unused_config() -> ClientConfig {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    SHARED.get_or_init(|| config_with_roots(RootCertStore::empty())).clone()
}

fn default_roots() -> &'static RootCertStore {
    static SHARED: OnceLock<RootCertStore> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut store: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        // Errors are ignored: the built-in roots suffice for the service, and a missing root shows as an unknown authority.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        store
    })
}

fn config_with_roots(roots: RootCertStore) -> ClientConfig {
    // Passed explicitly, because a library must not install a provider for the whole process.
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for every version of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// Describes a TLS error for the user who has to fix it.
pub(crate) fn describe(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(problem) => describe_certificate(problem),
        Error::InvalidMessage(_) => "the server does not speak TLS on this port".to_owned(),
        Error::AlertReceived(alert) => format!("the server rejected the handshake ({alert:?})"),
        error => error.to_string(),
    }
}

fn describe_certificate(problem: &CertificateError) -> String {
    use CertificateError as Problem;
    let short = match problem {
        Problem::Expired | Problem::ExpiredContext { .. } => "has expired, or this machine's clock is wrong",
        Problem::NotValidYet | Problem::NotValidYetContext { .. } => {
            "is not valid yet, or this machine's clock is wrong"
        }
        Problem::UnknownIssuer => "was issued by an unknown authority",
        Problem::NotValidForName | Problem::NotValidForNameContext { .. } => "is for another host name",
        Problem::Revoked => "was revoked",
        problem => return format!("the server certificate is invalid: {problem}"),
    };
    format!("the server certificate {short}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(contents: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, contents).unwrap();
        let refusal = read_authorities(file.path()).unwrap_err();
        assert!(refusal.contains(file.path().to_str().unwrap()), "{refusal}");
        refusal
    }

    #[test]
    fn an_error_names_the_ca_file_and_the_problem() {
        assert!(
            read_authorities(Path::new("/no/such/file"))
                .unwrap_err()
                .starts_with("could not use `ca_file` /no/such/file: ")
        );
        assert!(refusal("").contains("contains no certificate"));
        assert!(refusal("not PEM").contains("contains no certificate"));
        assert!(refusal("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").contains("certificate 1"));
        assert!(refusal("-----BEGIN CERTIFICATE-----\nAAAA\n").contains("not a PEM file"));
    }

    #[test]
    fn the_built_in_roots_are_always_trusted() {
        let roots = default_roots().len();
        assert!(roots >= webpki_roots::TLS_SERVER_ROOTS.len());
        assert_eq!(client_config(&Authorities::default()).alpn_protocols, [b"http/1.1"]);
    }
}
