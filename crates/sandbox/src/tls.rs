//! TLS in front of the sandbox, with a certificate that clients trust or one that they must not.
//!
//! Who connects is relayed to the sandbox's own plain port, so that everything behind it is as without TLS.

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

/// How the sandbox proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certificate {
    /// Whoever trusts the sandbox's authority trusts it.
    Trusted,
    /// It comes from the sandbox's authority, but was valid until 2020.
    Expired,
    /// It comes from the sandbox's authority, but is for `other.example`.
    WrongHost,
    /// It comes from an authority that nobody knows.
    UnknownAuthority,
    /// It comes from no authority at all.
    SelfSigned,
    /// None is shown: the handshake begins and never goes on.
    Stalled,
}

/// What the names on command lines mean.
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
            format!("there is no certificate `{text}`; there are {}", names.join(", "))
        })
    }
}

/// What stands before the sandbox.
pub(crate) struct Front {
    /// The authority to trust, as PEM.
    pub(crate) authority: String,
    /// None if the handshake stalls.
    acceptor: Option<TlsAcceptor>,
    listener: std::net::TcpListener,
    /// Where the sandbox is.
    behind: SocketAddr,
}

impl Front {
    /// Puts TLS before a socket, and gives the sandbox another one to listen at.
    pub(crate) fn before(
        listener: std::net::TcpListener,
        certificate: Certificate,
    ) -> io::Result<(std::net::TcpListener, Option<Self>)> {
        let (authority, acceptor) =
            make(certificate).map_err(|error| io::Error::other(format!("no certificate could be made: {error}")))?;
        let inside = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let behind = inside.local_addr()?;
        Ok((inside, Some(Self { authority, acceptor, listener, behind })))
    }

    /// Relays whoever completes the handshake to the sandbox.
    pub(crate) async fn relay(self) {
        // It fails only for a socket that blocks, which this one does not.
        let Ok(listener) = TcpListener::from_std(self.listener) else { return };
        // They end with this future.
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => drop(connections.spawn(relay_one(stream, self.acceptor.clone(), self.behind))),
                    Err(_) => sleep(ACCEPT_PAUSE).await,
                },
            }
        }
    }
}

/// Relays one connection to its end, which is a sudden one on both sides if it is on one.
async fn relay_one(stream: TcpStream, acceptor: Option<TlsAcceptor>, behind: SocketAddr) {
    let Some(acceptor) = acceptor else {
        let _stalled = stream;
        return std::future::pending().await;
    };
    // A client that does not trust the certificate ends here.
    let Ok(mut outside) = acceptor.accept(stream).await else { return };
    let Ok(mut inside) = TcpStream::connect(behind).await else { return };
    // Without it answers are only slower.
    let _ = inside.set_nodelay(true);
    if copy_bidirectional(&mut outside, &mut inside).await.is_err() {
        // A connection that is gone already needs no reset.
        let _ = outside.get_ref().0.set_zero_linger();
    }
}

/// The authority as PEM, and what shows a certificate.
fn make(certificate: Certificate) -> Result<(String, Option<TlsAcceptor>), Box<dyn Error>> {
    // One for the whole process, so that a client that trusts one sandbox trusts the next one in its place.
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
    let own = match certificate {
        Certificate::Stalled => return Ok((pem, None)),
        Certificate::SelfSigned => params.self_signed(&key)?,
        Certificate::UnknownAuthority => params.signed_by(&key, &*self::authority("Authority of nobody")?)?,
        Certificate::Trusted | Certificate::Expired | Certificate::WrongHost => params.signed_by(&key, authority)?,
    };
    // Given explicitly, because a library must not choose the provider of the whole process.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], PrivateKeyDer::try_from(key.serialize_der())?)?;
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
    use super::{Certificate, NAMES, make};

    #[test]
    fn all_certificates_are_made_and_have_one_authority() {
        let authorities = NAMES.map(|(name, certificate)| {
            assert_eq!(name.parse(), Ok(certificate));
            make(certificate).unwrap().0
        });
        assert!(authorities.iter().all(|authority| *authority == authorities[0]));
        assert!("valid".parse::<Certificate>().unwrap_err().contains("wrong-host"));
    }
}
