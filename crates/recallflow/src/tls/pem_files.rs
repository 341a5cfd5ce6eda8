//! Reads the PEM files of the options `ca_file` and `client_certificate`.
//!
//! They are read when the client is built, so that a wrong file is a `ConfigError` and not a failed call.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// Some editors begin a file with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The contents of a PEM file, with the option that names the file.
pub(crate) struct PemFile {
    option: &'static str,
    path: PathBuf,
    contents: Vec<u8>,
}

impl PemFile {
    /// Reads the file.
    pub(crate) fn read(option: &'static str, path: &Path) -> io::Result<Self> {
        let contents = std::fs::read(path)?;
        let contents = contents.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec).unwrap_or(contents);
        Ok(Self { option, path: path.to_owned(), contents })
    }

    /// Parses the certificates to trust.
    pub(crate) fn authorities(&self) -> Result<Arc<[CertificateDer<'static>]>, String> {
        let certificates = self.certificates()?;
        let mut store = RootCertStore::empty();
        for (index, certificate) in certificates.iter().enumerate() {
            store
                .add(certificate.clone())
                .map_err(|error| self.unusable(&format!("certificate {} is invalid ({error})", index + 1)))?;
        }
        Ok(certificates.into())
    }

    /// Parses the certificate of the client, its chain and its private key.
    pub(super) fn client_certificate(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, String> {
        let certificates = self.certificates()?;
        // The error of the PEM parser is left out, because it could quote the key.
        let key = PrivateKeyDer::from_pem_slice(&self.contents).map_err(|_| {
            self.unusable(
                "it contains no unencrypted private key; append the key, which starts with -----BEGIN PRIVATE KEY-----",
            )
        })?;
        CertifiedKey::from_der(certificates, key, provider)
            .map(Arc::new)
            .map_err(|_| self.unusable("the private key is invalid, or does not belong to the first certificate"))
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&self.contents)
            .collect::<Result<_, _>>()
            .map_err(|error| self.unusable(&format!("it is not a PEM file ({error})")))?;
        if certificates.is_empty() {
            return Err(self.unusable("it contains no certificate, which starts with -----BEGIN CERTIFICATE-----"));
        }
        Ok(certificates)
    }

    fn unusable(&self, problem: &str) -> String {
        unusable_file(self.option, &self.path, &problem)
    }
}

/// Returns the message about a file that cannot be used.
pub(crate) fn unusable_file(option: &str, path: &Path, problem: &dyn Display) -> String {
    format!("could not use `{option}` {}: {problem}", path.display())
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey as Generated, KeyPair, generate_simple_self_signed};
    use rustls::crypto::ring;

    use super::*;

    fn read_key(path: &Path) -> Result<Arc<CertifiedKey>, String> {
        PemFile::read("client_certificate", path).unwrap().client_certificate(&ring::default_provider())
    }

    fn file_with(contents: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, contents).unwrap();
        file
    }

    fn certificate_and_key() -> (String, String) {
        let Generated { cert, signing_key } = generate_simple_self_signed(["host.example".to_owned()]).unwrap();
        (cert.pem(), signing_key.serialize_pem())
    }

    fn ca_file(contents: &str) -> (tempfile::NamedTempFile, PemFile) {
        let file = file_with(contents);
        let read = PemFile::read("ca_file", file.path()).unwrap();
        (file, read)
    }

    fn refusal(contents: &str) -> String {
        let (file, read) = ca_file(contents);
        let refusal = read.authorities().unwrap_err();
        assert!(refusal.contains(file.path().to_str().unwrap()), "{refusal}");
        refusal
    }

    #[test]
    fn an_error_names_the_ca_file_and_the_problem() {
        assert!(refusal("").contains("contains no certificate"));
        assert!(refusal("not PEM").contains("contains no certificate"));
        assert!(refusal("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").contains("certificate 1"));
        assert!(refusal("-----BEGIN CERTIFICATE-----\nAAAA\n").contains("not a PEM file"));
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        let (certificate, key) = certificate_and_key();
        let (_, ca_file) = ca_file(&format!("\u{feff}{certificate}"));
        assert_eq!(ca_file.authorities().unwrap().len(), 1);
        let both = file_with(&format!("\u{feff}{certificate}{key}"));
        assert_eq!(read_key(both.path()).unwrap().cert.len(), 1);
    }

    #[test]
    fn a_client_certificate_needs_its_own_key() {
        let (certificate, key) = certificate_and_key();
        for reversed in [false, true] {
            let parts = if reversed { [&key, &certificate] } else { [&certificate, &key] };
            let file = file_with(&parts.map(String::as_str).concat());
            assert!(read_key(file.path()).is_ok());
        }
        let other_key = KeyPair::generate().unwrap().serialize_pem();
        for (contents, problem) in [
            (certificate.clone(), "contains no unencrypted private key"),
            (key, "contains no certificate"),
            (certificate + &other_key, "does not belong to the first certificate"),
        ] {
            let file = file_with(&contents);
            let refusal = read_key(file.path()).unwrap_err();
            assert!(refusal.starts_with("could not use `client_certificate` "), "{refusal}");
            assert!(refusal.contains(problem), "{refusal}");
        }
    }
}
