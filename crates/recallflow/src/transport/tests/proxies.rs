//! Proxies and tunnels.

use super::*;

#[tokio::test]
async fn the_option_proxy_applies_to_loopback_addresses_too() {
    let (proxy, mut requests) = serve_ok();
    let proxy = Proxy::Url(format!("http://user:pa%20ss@{proxy}"));
    send(&Sender::new(Config { proxy, ..config("http://127.0.0.1:9/v3") })).await.unwrap();
    let (_, request) = requests.recv().await.unwrap();
    assert!(request.starts_with("POST http://127.0.0.1:9/v3/voice/first HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("proxy-authorization: Basic dXNlcjpwYSBzcw==\r\n"), "{request}");
}

/// Starts a proxy that responds to each `CONNECT` with one of these statuses, and reports each request.
fn serve_refusals(statuses: Vec<u16>) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let (report, reports) = mpsc::unbounded_channel();
    let address = serve(move |number, mut stream| {
        let report = report.clone();
        let status = statuses[number.min(statuses.len() - 1)];
        async move {
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            report.send(str::from_utf8(&request[..length]).unwrap().to_owned()).unwrap();
            let _ = stream.write_all(format!("HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
        }
    });
    (address, reports)
}

fn through(proxy: String, base: &str) -> Sender {
    Sender::new(Config { proxy: Proxy::Url(proxy), ..config(base) })
}

#[tokio::test]
async fn a_refused_tunnel_names_the_proxy_and_its_status_after_one_request() {
    for (status, kind) in [
        (401, FailureKind::Permanent),
        (403, FailureKind::Permanent),
        (405, FailureKind::Permanent),
        (407, FailureKind::Permanent),
        (429, FailureKind::Network),
        (502, FailureKind::Network),
    ] {
        let (proxy, mut requests) = serve_refusals(vec![status]);
        let transport = through(format!("http://user:hunter2@{proxy}"), "https://api.itniotech.com");
        let failure = fail(&transport).await;
        assert_eq!((failure.kind, failure.phase, failure.sent), (kind, Phase::Connect, false));
        assert_eq!(failure.message, format!("the proxy http://{proxy} refused the tunnel (HTTP {status})"));
        let request = requests.recv().await.unwrap();
        assert!(request.starts_with("CONNECT api.itniotech.com:443 HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("Proxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n"), "{request}");
        assert!(!request.contains("the-"), "{request}");
        assert!(requests.is_empty(), "{status}");
    }
}

#[tokio::test]
async fn the_remedy_of_a_proxy_that_wants_credentials_depends_on_the_url() {
    let (proxy, _requests) = serve_refusals(vec![407]);
    let without = fail(&through(format!("http://{proxy}"), "https://h.example")).await;
    assert_eq!(without.remedy, Some("add the proxy's credentials to its URL"));
    let wrong = fail(&through(format!("http://user:hunter2@{proxy}"), "https://h.example")).await;
    assert_eq!(wrong.remedy, Some("correct the user name and password in the proxy's URL"));
}

#[tokio::test]
async fn a_tunnel_that_is_refused_later_is_described_by_the_next_attempt() {
    let (proxy, mut requests) = serve_refusals(vec![200, 403]);
    let transport = through(format!("http://{proxy}"), "https://h.example");
    let first = fail(&transport).await;
    assert_eq!(first.message, format!("the proxy http://{proxy} refused the tunnel"));
    let second = fail(&transport).await;
    assert_eq!(second.message, format!("the proxy http://{proxy} refused the tunnel (HTTP 403)"));
    for _ in 0..3 {
        requests.recv().await.unwrap();
    }
    assert!(requests.is_empty());
}

#[tokio::test]
async fn an_unusable_proxy_is_named_and_the_service_is_not_blamed() {
    let address = BlockingListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for scheme in ["http", "https", "socks5h"] {
        for base in ["https://h.example", "http://127.0.0.1:9"] {
            let proxy = format!("{scheme}://{address}");
            let failure = fail(&through(format!("{scheme}://user:hunter2@{address}"), base)).await;
            assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Connect, false));
            assert!(failure.message.starts_with(&format!("could not use the proxy {proxy}: ")), "{}", failure.message);
            assert!(scheme == "socks5h" || failure.message.contains("refused"), "{}", failure.message);
        }
    }
    let no_proxy = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\r\n").await.unwrap();
    });
    let failure = fail(&through(format!("http://{no_proxy}"), "https://h.example")).await;
    assert!(failure.message.ends_with(": expected an HTTP response"), "{}", failure.message);
}

#[tokio::test]
async fn wrong_credentials_are_sent_to_a_socks_proxy_once() {
    let (report, mut reports) = mpsc::unbounded_channel();
    let proxy = serve(move |number, mut stream| {
        report.send(number).unwrap();
        async move {
            let mut greeting = [0; 4];
            stream.read_exact(&mut greeting[..3]).await.unwrap();
            stream.write_all(&[5, 2]).await.unwrap();
            stream.read_u8().await.unwrap();
            let _ = stream.write_all(&[1, 1]).await;
            forever().await;
        }
    });
    let failure = fail(&through(format!("socks5h://user:hunter2@{proxy}"), "https://h.example")).await;
    assert_eq!((failure.kind, failure.sent), (FailureKind::Permanent, false), "{}", failure.message);
    assert_eq!(failure.message, format!("the proxy socks5h://{proxy} refused the user name and password"));
    assert_eq!(reports.recv().await, Some(0));
    assert!(reports.is_empty());
}

#[tokio::test]
async fn a_silent_proxy_times_out() {
    let proxy = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        pass_deadlines().await;
        forever().await;
    });
    let failure = fail(&through(format!("http://{proxy}"), "https://h.example")).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Connect, false));
    assert_eq!(failure.message, format!("could not use the proxy http://{proxy}: timed out"));
}

#[tokio::test]
async fn the_remedy_of_a_proxy_without_tls_names_the_url_of_the_proxy() {
    let proxy = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let failure = fail(&through(format!("https://{proxy}"), "https://h.example")).await;
    assert_eq!((failure.kind, failure.sent), (FailureKind::Permanent, false));
    assert!(failure.message.ends_with(": the server does not speak TLS on this port"), "{}", failure.message);
    assert_eq!(failure.remedy, Some("check that the proxy runs, and the URL in `proxy` or in the environment"));
}

#[tokio::test]
async fn a_refusal_of_a_socks_proxy_is_described_by_its_reason() {
    for (reply, reason, kind) in [
        (1, "general server failure", FailureKind::Network),
        (2, "connection not allowed", FailureKind::Permanent),
        (4, "host unreachable", FailureKind::Network),
    ] {
        let proxy = serve(move |_, mut stream| async move {
            let mut greeting = [0; 3];
            stream.read_exact(&mut greeting).await.unwrap();
            stream.write_all(&[5, 0]).await.unwrap();
            stream.read_u8().await.unwrap();
            stream.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            forever().await;
        });
        let failure = fail(&through(format!("socks5h://{proxy}"), "https://h.example")).await;
        assert_eq!((failure.kind, failure.sent), (kind, false));
        assert_eq!(failure.message, format!("the proxy socks5h://{proxy} refused the connection ({reason})"));
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("the proxy's operator")));
    }
}
