//! TLS configuration: the trusted certificates and the certificate of the client.

mod fault;
mod pem_files;

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::transport::failure::is_refused_by_system;

pub(crate) use self::fault::{TlsFault, client_certificate_refusal, describe};
pub(crate) use self::pem_files::{PemFile, unusable_file};

/// The options of a client for TLS.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsOptions {
    /// Certificates of the option `ca_file`.
    pub(crate) authorities: Arc<[CertificateDer<'static>]>,
    /// Certificate and key of the option `client_certificate`.
    pub(crate) client_certificate: Option<Arc<CertifiedKey>>,
}

/// Returns a configuration that trusts the built-in roots, the system's roots and the extra certificates.
///
/// Loading the system's roots takes milliseconds, so they are loaded once per process.
///
/// # Errors
///
/// An error of the system if it refuses a descriptor or memory. Nothing is kept then.
pub(crate) fn client_config(options: &TlsOptions) -> io::Result<ClientConfig> {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    let TlsOptions { authorities, client_certificate } = options;
    let default_roots = default_roots()?;
    if authorities.is_empty() && client_certificate.is_none() {
        return Ok(SHARED.get_or_init(|| config_with_roots(default_roots.clone())).clone());
    }
    let mut roots = default_roots.clone();
    roots.add_parsable_certificates(authorities.iter().cloned());
    let mut config = config_with_roots(roots.clone());
    if !authorities.is_empty() {
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
            .build()
            .expect("the built-in roots are trusted");
        let verifier = PinningVerifier { webpki, pinned: authorities.clone() };
        config.dangerous().set_certificate_verifier(Arc::new(verifier));
    }
    if let Some(key) = client_certificate {
        config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(key.clone()));
    }
    Ok(config)
}

/// Parses the certificate of the client, its chain and its private key.
pub(crate) fn client_certificate(file: &PemFile) -> Result<Arc<CertifiedKey>, String> {
    file.client_certificate(&provider())
}

/// Returns a configuration without roots, for a client that never uses TLS: reqwest requires one.
pub(crate) fn unused_config() -> ClientConfig {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    SHARED.get_or_init(|| config_with_roots(RootCertStore::empty())).clone()
}

fn default_roots() -> io::Result<&'static RootCertStore> {
    static SHARED: OnceLock<RootCertStore> = OnceLock::new();
    if let Some(roots) = SHARED.get() {
        return Ok(roots);
    }
    let native = rustls_native_certs::load_native_certs();
    // Other errors are ignored: the built-in roots suffice for the service, and a missing root shows as an unknown authority.
    for error in native.errors {
        if let rustls_native_certs::ErrorKind::Io { inner, .. } = error.kind
            && is_refused_by_system(&inner)
        {
            return Err(inner);
        }
    }
    let mut store: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    store.add_parsable_certificates(native.certs);
    Ok(SHARED.get_or_init(|| store))
}

/// Returns the provider of cryptography. It is passed explicitly, because a library must not install one for the whole
/// process.
fn provider() -> Arc<CryptoProvider> {
    static SHARED: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    SHARED.get_or_init(|| Arc::new(ring::default_provider())).clone()
}

fn config_with_roots(roots: RootCertStore) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for every version of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// Trusts a server certificate that is in `ca_file` itself, like curl and Python do, and any other by its chain.
///
/// webpki accepts only authorities as trust anchors, and never an authority's own certificate as a server's.
#[derive(Debug)]
struct PinningVerifier {
    webpki: Arc<WebPkiServerVerifier>,
    pinned: Arc<[CertificateDer<'static>]>,
}

impl ServerCertVerifier for PinningVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let by_chain = self.webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match by_chain {
            // webpki checks the validity period before the chain, so the certificate is neither expired nor too new.
            Err(Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::BadSignature | CertificateError::Other(_),
            )) if self.pinned.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            by_chain => by_chain,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_roots_are_always_trusted() {
        let roots = default_roots().unwrap().len();
        assert!(roots >= webpki_roots::TLS_SERVER_ROOTS.len());
        assert_eq!(client_config(&TlsOptions::default()).unwrap().alpn_protocols, [b"http/1.1"]);
    }
}
