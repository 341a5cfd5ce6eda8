//! How far an attempt comes: its phases and its deadline.

use super::*;

#[tokio::test]
async fn a_response_is_early_if_it_comes_before_the_whole_request() {
    // More than the socket buffers hold.
    const LARGE: usize = 32 << 20;
    for (length, is_early) in [(LARGE, true), (10, false)] {
        let transport = transport_to(serve(|_, mut stream| async move {
            stream.read_u8().await.unwrap();
            stream.write_all(OK.as_bytes()).await.unwrap();
            std::future::pending::<()>().await;
        }));
        let body = Bytes::from(vec![b' '; length]);
        let response = transport.send(AttemptRequest { body, ..attempt_ending_at(in_time()) }).await.unwrap();
        assert_eq!(response.is_early, is_early, "{length}");
    }
}

#[tokio::test]
async fn a_request_has_the_expected_headers_and_the_response_is_read() {
    let (report, mut reports) = mpsc::unbounded_channel();
    let address = serve(move |_, mut stream| {
        let report = report.clone();
        async move {
            report.send(read_request(&mut stream).await.unwrap()).unwrap();
            let response = "HTTP/1.1 503 Oh\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nAge: 1\r\nRetry-After: 7\r\n\
                          Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x0b\x08";
            stream.write_all(response.as_bytes()).await.unwrap();
            forever().await;
        }
    });

    let response = send(&transport_to(address)).await.unwrap();
    assert_eq!(response.status, 503);
    assert_eq!(response.date(), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
    assert!(response.is_cached());
    assert_eq!(response.retry_after(), Some("7"));
    assert_eq!(response.content_encoding(), Some("gzip"));
    assert_eq!(response.body, "\x1f\x0b\x08");

    let request = reports.recv().await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    assert_eq!(lines.next(), Some("POST /v3/voice/first HTTP/1.1"));
    let mut headers: Vec<_> = lines.collect();
    headers.sort_unstable();
    let host = format!("host: {address}");
    assert_eq!(
        headers,
        [
            "accept-encoding: identity",
            "accept: application/json",
            "api-key: the-key",
            "content-length: 11",
            "content-type: application/json;charset=UTF-8",
            &host,
            "sign: the-sign",
            "timestamp: 1630468800",
            concat!("user-agent: recallflow/", env!("CARGO_PKG_VERSION")),
        ]
    );
    assert_eq!(body, "{\"keyId\":1}");
}

#[tokio::test]
async fn a_refused_connection_sends_nothing() {
    let address = BlockingListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = fail(&transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Connect, false));
    assert!(failure.message.contains("refused"), "{}", failure.message);
}

#[tokio::test]
async fn an_unknown_host_sends_nothing() {
    let transport = Sender::new(Config { proxy: Proxy::None, ..config("https://host.invalid") });
    let failure = fail(&transport).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Resolve, false));
    assert!(failure.message.starts_with("could not resolve host.invalid: "), "{}", failure.message);
}

#[tokio::test]
async fn a_deadline_in_the_past_sends_nothing() {
    let (address, mut requests) = serve_ok();
    let transport = transport_to(address);
    let failure = transport.send(attempt_ending_at(Instant::now())).await.unwrap_err();
    assert_eq!((failure.kind, failure.sent), (FailureKind::Timeout, false));
    send(&transport).await.unwrap();
    requests.recv().await.unwrap();
    assert!(requests.is_empty());
}

/// Returns a listener whose queue is full, so that connecting to it takes forever.
#[cfg(target_os = "linux")]
fn black_hole() -> (tokio::net::TcpListener, Vec<std::net::TcpStream>) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        queued.push(stream);
    }
    (listener, queued)
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn connecting_times_out() {
    let (listener, _queued) = black_hole();
    let address = listener.local_addr().unwrap();
    let by_deadline = fail(&transport_to(address)).await;
    let config = Config { connect_timeout: Duration::from_secs(1), ..config(&format!("http://{address}")) };
    let by_connect_timeout = fail(&Sender::new(config)).await;
    for failure in [by_deadline, by_connect_timeout] {
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Connect, false));
        assert_eq!(failure.message, "timed out");
    }
}

#[tokio::test]
async fn a_server_without_tls_receives_no_request() {
    let address = serve(|_, mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        forever().await;
    });
    let failure = fail(&tls_transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Permanent, Phase::Tls, false));
    assert_eq!(failure.message, "the server does not speak TLS on this port");
}

#[tokio::test]
async fn a_broken_handshake_sends_nothing() {
    let address = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        stream.set_zero_linger().unwrap();
    });
    let failure = fail(&tls_transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Tls, false));
    assert!(failure.message.starts_with("connection closed ("), "{}", failure.message);
}

#[tokio::test]
async fn the_handshake_times_out() {
    let address = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        pass_deadlines().await;
        forever().await;
    });
    let failure = fail(&tls_transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Connect, false));
}

#[tokio::test]
async fn waiting_for_the_response_times_out() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        pass_deadlines().await;
        forever().await;
    });
    let failure = fail(&transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Response, true));
}

#[tokio::test]
async fn sending_the_request_times_out() {
    let address = serve(|_, mut stream| async move {
        stream.read_u8().await.unwrap();
        pass_deadlines().await;
        forever().await;
    });
    // More than the socket buffers hold.
    let body = Bytes::from(vec![b' '; 64 << 20]);
    let failure =
        transport_to(address).send(AttemptRequest { body, ..attempt_ending_at(in_time()) }).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Request, true));
}

#[tokio::test]
async fn a_response_that_drips_ends_by_the_deadline() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            time::sleep(Duration::from_millis(10)).await;
        }
    });
    let ends_at = Instant::now() + Duration::from_secs(1);
    let failure = transport_to(address).send(attempt_ending_at(ends_at)).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Body, true));
    assert_eq!(failure.status, Some(200));
    assert!(Instant::now() >= ends_at);
}

#[tokio::test]
async fn a_connection_that_closes_after_the_request_counts_as_sent() {
    let closes = serve_text("");
    let resets = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.set_zero_linger().unwrap();
    });
    let half_a_head = serve_text("HTTP/1.1 200 OK\r\nContent-");
    for address in [closes, resets, half_a_head] {
        let failure = fail(&transport_to(address)).await;
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Response, true));
        assert!(!failure.reused);
        assert_eq!(failure.status, None);
    }
}

#[tokio::test]
async fn a_stale_connection_counts_as_reused() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(OK.as_bytes()).await.unwrap();
        read_request(&mut stream).await.unwrap();
    });
    let transport = transport_to(address);
    send(&transport).await.unwrap();
    let failure = fail(&transport).await;
    assert_eq!((failure.kind, failure.phase), (FailureKind::Network, Phase::Response));
    assert!(failure.sent && failure.reused, "{failure:?}");
    send(&transport).await.unwrap();
}

#[tokio::test]
async fn connections_are_reused_unless_idle_for_long() {
    let (address, mut requests) = serve_ok();
    let transport = transport_to(address);
    send(&transport).await.unwrap();
    send(&transport).await.unwrap();
    time::pause();
    time::advance(pool::MAX_IDLE + Duration::from_secs(1)).await;
    time::resume();
    send(&transport).await.unwrap();
    assert_eq!(used_connections(&mut requests), [0, 0, 1]);
}

#[tokio::test]
async fn the_transport_stays_usable_after_a_call_is_dropped() {
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let address = serve(move |number, mut stream| {
        let arrived = arrived.clone();
        async move {
            read_request(&mut stream).await.unwrap();
            arrived.send(()).unwrap();
            if number == 0 {
                forever().await;
            }
            stream.write_all(OK.as_bytes()).await.unwrap();
        }
    });
    let transport = transport_to(address);
    tokio::select! {
        response = send(&transport) => panic!("{response:?}"),
        _ = arrivals.recv() => {}
    }
    send(&transport).await.unwrap();
}
