//! TLS: certificates and handshakes.

use super::*;

#[test]
fn errors_do_not_quote_invalid_options() {
    let error = |config| Transport::new(config).err().unwrap();
    for text in ["", "hunter2", "ftp://hunter2", "http://", "user:hunter2@proxy", "http://hunter2:x y"] {
        let error = error(Config { proxy: Proxy::Url(text.to_owned()), ..config("https://h") });
        assert!(error.starts_with("`proxy` ") && !error.contains("hunter2"), "{error}");
    }
    let error = error(Config { api_key: "hunter2\n".to_owned(), ..config("https://h") });
    assert!(error.starts_with("the API key ") && !error.contains("hunter2"), "{error}");
    for text in ["http://p:1", "https://u:p@p", "socks5://p", "socks5h://p:1080"] {
        assert!(Transport::new(Config { proxy: Proxy::Url(text.to_owned()), ..config("https://h") }).is_ok(), "{text}");
    }
}

/// A server with the certificate of its authority.
struct Certified {
    authority: tempfile::NamedTempFile,
    address: SocketAddr,
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap()
}

fn pem_file(contents: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, contents).unwrap();
    file
}

fn server_config() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
}

fn private_key(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).unwrap()
}

/// Starts a TLS server that responds to one request per connection and closes it without `close_notify`.
fn serve_tls(params: &CertificateParams, response: &'static str) -> Certified {
    let authority = authority(&format!("Authority {}", fastrand::u64(..)));
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let config = server_config()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private_key(&key))
        .unwrap();
    Certified { authority: pem_file(&authority.pem()), address: serve_tls_with(config, response) }
}

fn serve_tls_with(config: ServerConfig, response: &'static str) -> SocketAddr {
    let listener = BlockingListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut read = Vec::new();
            let mut piece = [0; 4096];
            while whole_request(&read).is_none() {
                match stream.read(&mut piece) {
                    Ok(length @ 1..) => read.extend_from_slice(&piece[..length]),
                    // The client does not trust this server.
                    _ => break,
                }
            }
            assert_ne!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));
            let _ = stream.write_all(response.as_bytes());
        }
    });
    address
}

fn config_to_tls(address: SocketAddr) -> Config {
    config(&format!("https://{address}"))
}

fn trusting(authority: &Path, address: SocketAddr) -> Sender {
    let ca_file = Some(PemFile::read("ca_file", authority).unwrap());
    Sender::new(Config { ca_file, ..config_to_tls(address) })
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).unwrap()
}

#[tokio::test]
async fn an_authority_in_ca_file_is_trusted() {
    let server = serve_tls(&params("127.0.0.1"), OK);
    assert_eq!(send(&trusting(server.authority.path(), server.address)).await.unwrap().body, "{}");
}

#[tokio::test]
async fn a_response_without_a_length_needs_close_notify() {
    let server = serve_tls(&params("127.0.0.1"), "HTTP/1.1 200 OK\r\n\r\n{}");
    let failure = fail(&trusting(server.authority.path(), server.address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Truncated, Phase::Body, true));
}

#[tokio::test]
async fn an_invalid_certificate_is_described() {
    let good = serve_tls(&params("127.0.0.1"), OK);
    let other_host = serve_tls(&params("other.example"), OK);
    let mut old = params("127.0.0.1");
    old.not_after = date_time_ymd(2020, 1, 1);
    let expired = serve_tls(&old, OK);
    let mut early = params("127.0.0.1");
    early.not_before = date_time_ymd(3000, 1, 1);
    let not_yet_valid = serve_tls(&early, OK);
    for (authority, address, problem) in [
        (&other_host.authority, good.address, "was issued by an unknown authority"),
        (&other_host.authority, other_host.address, "is for another host name"),
        (&expired.authority, expired.address, "has expired, or this machine's clock is wrong"),
        (&not_yet_valid.authority, not_yet_valid.address, "is not valid yet, or this machine's clock is wrong"),
    ] {
        let failure = fail(&trusting(authority.path(), address)).await;
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Permanent, Phase::Tls, false));
        assert_eq!(failure.message, format!("the server certificate {problem}"));
        assert!(failure.remedy.is_some());
    }
}

#[tokio::test]
async fn a_server_certificate_in_ca_file_is_trusted_for_its_host_and_time() {
    let issuer = authority("Authority that nothing trusts");
    let mut own_authority = params("127.0.0.1");
    own_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let mut expired = params("127.0.0.1");
    expired.not_after = date_time_ymd(2020, 1, 1);
    for (params, is_issued, problem) in [
        (params("127.0.0.1"), true, None),
        (params("127.0.0.1"), false, None),
        (own_authority, false, None),
        (params("other.example"), true, Some("is for another host name")),
        (params("other.example"), false, Some("is for another host name")),
        (expired.clone(), true, Some("has expired, or this machine's clock is wrong")),
        (expired, false, Some("has expired, or this machine's clock is wrong")),
    ] {
        let key = KeyPair::generate().unwrap();
        let certificate = if is_issued { params.signed_by(&key, &issuer) } else { params.self_signed(&key) }.unwrap();
        let config = server_config().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate.der().clone()], private_key(&key)).unwrap();
        let address = serve_tls_with(config, OK);
        let trusted = send(&trusting(pem_file(&certificate.pem()).path(), address)).await;
        match problem {
            None => assert_eq!(trusted.unwrap().body, "{}"),
            Some(problem) => {
                assert_eq!(trusted.unwrap_err().message, format!("the server certificate {problem}"));
            }
        }
        let failure = fail(&tls_transport_to(address)).await;
        assert_eq!((failure.kind, failure.phase), (FailureKind::Permanent, Phase::Tls), "{}", failure.message);
    }
}

#[tokio::test]
async fn a_server_of_tls_1_1_is_described() {
    let address = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        // The alert `protocol_version`, as a fatal one.
        stream.write_all(&[0x15, 3, 2, 0, 2, 2, 70]).await.unwrap();
        forever().await;
    });
    let failure = fail(&tls_transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Permanent, Phase::Tls, false));
    assert_eq!(failure.message, "the server supports neither TLS 1.2 nor TLS 1.3");
}

#[tokio::test]
async fn a_client_certificate_is_sent_to_a_server_that_requires_one() {
    let issuer = authority("Authority of client and server");
    let sign = || {
        let key = KeyPair::generate().unwrap();
        (params("127.0.0.1").signed_by(&key, &issuer).unwrap(), key)
    };
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(issuer.der().clone()).unwrap();
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let (certificate, key) = sign();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(vec![certificate.der().clone()], private_key(&key))
            .unwrap();
        let address = serve_tls_with(config, OK);
        let ca_file = pem_file(&issuer.pem());
        let base = config_to_tls(address);

        let (certificate, key) = sign();
        let both = pem_file(&(certificate.pem() + &key.serialize_pem()));
        let with = Config {
            ca_file: Some(PemFile::read("ca_file", ca_file.path()).unwrap()),
            client_certificate: Some(PemFile::read("client_certificate", both.path()).unwrap()),
            ..base
        };
        assert_eq!(send(&Sender::new(with)).await.unwrap().body, "{}");

        // In TLS 1.3 the alert may come after the request was written; nothing was processed all the same.
        let failure = fail(&trusting(ca_file.path(), address)).await;
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Permanent, Phase::Tls, false));
        assert_eq!(failure.message, "the server requires a client certificate");
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("`client_certificate`")));
    }
}
