//! Whom to trust: the authorities that are built in, those of the system, and those of the option `ca_file`.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};

/// Certificates of authorities.
pub(crate) type Authorities = Arc<[CertificateDer<'static>]>;

/// Reads the option `ca_file`, so that a wrong one is an error of the option and not of the first call.
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

/// How to speak TLS while trusting these authorities besides the built-in ones and those of the system.
///
/// Loading the latter takes milliseconds, so that it is done once in a process.
pub(crate) fn trusting(extra: &Authorities) -> ClientConfig {
    static USUAL: OnceLock<ClientConfig> = OnceLock::new();
    if extra.is_empty() {
        return USUAL.get_or_init(|| config(usual_authorities().clone())).clone();
    }
    let mut store = usual_authorities().clone();
    store.add_parsable_certificates(extra.iter().cloned());
    config(store)
}

/// For a client that never speaks TLS, but must be given something.
pub(crate) fn trusting_nobody() -> ClientConfig {
    static NOBODY: OnceLock<ClientConfig> = OnceLock::new();
    NOBODY.get_or_init(|| config(RootCertStore::empty())).clone()
}

fn usual_authorities() -> &'static RootCertStore {
    static USUAL: OnceLock<RootCertStore> = OnceLock::new();
    USUAL.get_or_init(|| {
        let mut store: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        // A system without certificates, or with a broken one among them, is no reason to fail: the built-in ones do
        // for the service, and whatever is missing shows as an unknown authority.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        store
    })
}

fn config(authorities: RootCertStore) -> ClientConfig {
    // Given explicitly, because a library must not choose the provider of the whole process.
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for every version of TLS")
        .with_root_certificates(authorities)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// What went wrong with TLS, in words for somebody who has to repair it.
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
    fn a_wrong_ca_file_is_named_with_its_problem() {
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
    fn extra_authorities_are_added_to_the_usual_ones() {
        let usual = usual_authorities().len();
        assert!(usual >= webpki_roots::TLS_SERVER_ROOTS.len());
        assert_eq!(trusting(&Authorities::default()).alpn_protocols, [b"http/1.1"]);
    }
}
