//! Reads the PEM files of the options `ca_file` and `client_certificate`.
//!
//! They are read when the client is built, so that a wrong file is a `ConfigError` and not a failed call.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// Some editors begin a file with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the certificates of `ca_file`.
pub(crate) fn read_authorities(path: &Path) -> Result<Arc<[CertificateDer<'static>]>, String> {
    let file = PemFile::open("ca_file", path)?;
    let certificates = file.certificates()?;
    let mut store = RootCertStore::empty();
    for (index, certificate) in certificates.iter().enumerate() {
        store
            .add(certificate.clone())
            .map_err(|error| file.unusable(&format!("certificate {} is invalid ({error})", index + 1)))?;
    }
    Ok(certificates.into())
}

/// Reads the certificate, its chain and its private key from `client_certificate`.
pub(super) fn read_client_certificate(path: &Path, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, String> {
    let file = PemFile::open("client_certificate", path)?;
    let certificates = file.certificates()?;
    // The error of the PEM parser is left out, because it could quote the key.
    let key = PrivateKeyDer::from_pem_slice(&file.contents).map_err(|_| {
        file.unusable(
            "it contains no unencrypted private key; append the key, which starts with -----BEGIN PRIVATE KEY-----",
        )
    })?;
    CertifiedKey::from_der(certificates, key, provider)
        .map(Arc::new)
        .map_err(|_| file.unusable("the private key is invalid, or does not belong to the first certificate"))
}

struct PemFile<'a> {
    option: &'static str,
    path: &'a Path,
    contents: Vec<u8>,
}

impl<'a> PemFile<'a> {
    fn open(option: &'static str, path: &'a Path) -> Result<Self, String> {
        let mut file = Self { option, path, contents: Vec::new() };
        let contents = std::fs::read(path).map_err(|error| file.unusable(&error.to_string()))?;
        file.contents = contents.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec).unwrap_or(contents);
        Ok(file)
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
        format!("could not use `{}` {}: {problem}", self.option, self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey as Generated, KeyPair, generate_simple_self_signed};

    use rustls::crypto::ring;

    use super::*;

    fn read_key(path: &Path) -> Result<Arc<CertifiedKey>, String> {
        read_client_certificate(path, &ring::default_provider())
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

    fn refusal(contents: &str) -> String {
        let file = file_with(contents);
        let refusal = read_authorities(file.path()).unwrap_err();
        assert!(refusal.contains(file.path().to_str().unwrap()), "{refusal}");
        refusal
    }

    #[test]
    fn an_error_names_the_ca_file_and_the_problem() {
        let missing = read_authorities(Path::new("/no/such/file")).unwrap_err();
        assert!(missing.starts_with("could not use `ca_file` /no/such/file: "), "{missing}");
        assert!(refusal("").contains("contains no certificate"));
        assert!(refusal("not PEM").contains("contains no certificate"));
        assert!(refusal("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").contains("certificate 1"));
        assert!(refusal("-----BEGIN CERTIFICATE-----\nAAAA\n").contains("not a PEM file"));
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        let (certificate, key) = certificate_and_key();
        let ca_file = file_with(&format!("\u{feff}{certificate}"));
        assert_eq!(read_authorities(ca_file.path()).unwrap().len(), 1);
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
