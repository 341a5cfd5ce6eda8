//! TLS in front of the sandbox, with a certificate that clients must trust or must refuse.
//!
//! It relays connections to the sandbox's plain port. The rest of the sandbox is the same as without TLS.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::server::{ACCEPT_PAUSE, listen};

/// The certificate of a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certificate {
    /// Valid, and issued by the sandbox's authority.
    Trusted,
    /// Issued by the sandbox's authority, but valid until 2020.
    Expired,
    /// Issued by the sandbox's authority, but for `other.example`.
    WrongHost,
    /// Issued by an authority that clients do not know.
    UnknownAuthority,
    /// Signed by its own key.
    SelfSigned,
    /// None: the server accepts the connection, but never takes part in the handshake.
    Stalled,
}

/// The names of certificates on the command line.
const NAMES: [(&str, Certificate); 6] = [
    ("trusted", Certificate::Trusted),
    ("expired", Certificate::Expired),
    ("wrong-host", Certificate::WrongHost),
    ("unknown-authority", Certificate::UnknownAuthority),
    ("self-signed", Certificate::SelfSigned),
    ("stalled", Certificate::Stalled),
];

impl FromStr for Certificate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = NAMES.iter().find(|(name, _)| *name == text);
        known.map(|(_, certificate)| *certificate).ok_or_else(|| {
            let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
            format!("expected a certificate ({}), got {text}", names.join(", "))
        })
    }
}

/// A server that terminates TLS and relays to a sandbox.
pub(crate) struct TlsRelay {
    /// Certificate of the authority, as PEM.
    pub(crate) authority: String,
    /// `None` if the handshake stalls.
    acceptor: Option<TlsAcceptor>,
    listener: std::net::TcpListener,
    /// Plain address of the sandbox.
    sandbox: SocketAddr,
}

impl TlsRelay {
    /// Takes over a listening socket. Returns a plain socket for the sandbox, and the relay.
    pub(crate) fn in_front_of(
        listener: std::net::TcpListener,
        certificate: Certificate,
    ) -> io::Result<(std::net::TcpListener, Option<Self>)> {
        let (authority, acceptor) = create_certificate(certificate)
            .map_err(|error| io::Error::other(format!("could not create a certificate: {error}")))?;
        let inside = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let sandbox = inside.local_addr()?;
        Ok((inside, Some(Self { authority, acceptor, listener, sandbox })))
    }

    /// Relays every connection whose handshake succeeds.
    pub(crate) async fn run(self) {
        // Fails only for a blocking socket, which this one is not.
        let Ok(listener) = TcpListener::from_std(self.listener) else { return };
        // Dropping this future ends the connections.
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => drop(connections.spawn(relay_connection(stream, self.acceptor.clone(), self.sandbox))),
                    Err(_) => sleep(ACCEPT_PAUSE).await,
                },
            }
        }
    }
}

/// Relays one connection. If either side resets, the other is reset too.
async fn relay_connection(stream: TcpStream, acceptor: Option<TlsAcceptor>, sandbox: SocketAddr) {
    let Some(acceptor) = acceptor else {
        let _open = stream;
        return std::future::pending().await;
    };
    // Fails if the client refuses the certificate.
    let Ok(mut outside) = acceptor.accept(stream).await else { return };
    let Ok(mut inside) = TcpStream::connect(sandbox).await else { return };
    // If this fails, responses are only slower.
    let _ = inside.set_nodelay(true);
    if copy_bidirectional(&mut outside, &mut inside).await.is_err() {
        // Fails if the connection has ended already.
        let _ = outside.get_ref().0.set_zero_linger();
    }
}

/// Returns the authority as PEM, and the acceptor with a new certificate.
fn create_certificate(certificate: Certificate) -> Result<(String, Option<TlsAcceptor>), Box<dyn Error>> {
    // One for the process, so that a client that trusts a sandbox also trusts the next one at the same address.
    static AUTHORITY: OnceLock<Result<Authority, rcgen::Error>> = OnceLock::new();
    let authority = AUTHORITY.get_or_init(|| authority("Authority of the sandbox")).as_ref().map_err(Clone::clone)?;
    let pem = authority.pem();
    let mut params = CertificateParams::new(match certificate {
        Certificate::WrongHost => vec!["other.example".to_owned()],
        _ => ["127.0.0.1", "::1", "localhost"].map(str::to_owned).into(),
    })?;
    if certificate == Certificate::Expired {
        params.not_after = date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate()?;
    let signed = match certificate {
        Certificate::Stalled => return Ok((pem, None)),
        Certificate::SelfSigned => params.self_signed(&key)?,
        Certificate::UnknownAuthority => params.signed_by(&key, &*self::authority("Unknown authority")?)?,
        Certificate::Trusted | Certificate::Expired | Certificate::WrongHost => params.signed_by(&key, authority)?,
    };
    // Passed explicitly, because a library must not set the provider of the process.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![signed.der().clone()], PrivateKeyDer::try_from(key.serialize_der())?)?;
    Ok((pem, Some(TlsAcceptor::from(Arc::new(config)))))
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Result<Authority, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

#[cfg(test)]
mod tests {
    use super::{Certificate, NAMES, create_certificate};

    #[test]
    fn all_certificates_have_a_name_and_the_same_authority() {
        let authorities = NAMES.map(|(name, certificate)| {
            assert_eq!(name.parse(), Ok(certificate));
            create_certificate(certificate).unwrap().0
        });
        assert!(authorities.iter().all(|authority| *authority == authorities[0]));
        assert!("valid".parse::<Certificate>().unwrap_err().contains("wrong-host"));
    }
}
