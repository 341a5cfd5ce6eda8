//! Responses: their bodies, heads and redirects.

use super::*;

#[tokio::test]
async fn a_body_may_arrive_in_any_number_of_pieces() {
    let whole = "x".repeat(LIMIT);
    let chunk = format!("{:x}\r\n{}\r\n", LIMIT / 2, "x".repeat(LIMIT / 2));
    for (response, length) in [
        (OK.to_owned(), 2),
        (format!("HTTP/1.1 200 OK\r\nContent-Length: {LIMIT}\r\n\r\n{whole}"), LIMIT),
        (format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n"), LIMIT),
        (format!("HTTP/1.1 200 OK\r\n\r\n{whole}"), LIMIT),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned(), 0),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), 0),
    ] {
        let response = send(&transport_to(serve_text(response))).await.unwrap();
        assert_eq!(response.body.len(), length);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read_to_its_end() {
    let declared = serve_text(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", LIMIT + 1));
    let huge = serve_text(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 1_u64 << 60));
    // Both bodies are endless, so only the limit can end the attempt.
    let chunked = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        while stream.write_all(b"4\r\nxxxx\r\n").await.is_ok() {}
    });
    let until_closed = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    for (address, status) in [(declared, 200), (huge, 200), (chunked, 500), (until_closed, 200)] {
        let failure = fail(&transport_to(address)).await;
        assert_eq!((failure.kind, failure.phase), (FailureKind::TooLarge { limit: LIMIT }, Phase::Body));
        assert!(failure.sent);
        assert_eq!(failure.status, Some(status));
    }
}

#[tokio::test]
async fn a_body_that_ends_early_is_truncated() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\":0}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"code\":0}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\nzz\r\n",
    ] {
        let failure = fail(&transport_to(serve_text(response))).await;
        assert_eq!((failure.kind, failure.phase), (FailureKind::Truncated, Phase::Body), "{response}");
        assert!(failure.sent);
        assert_eq!(failure.status, Some(200));
    }
}

#[tokio::test]
async fn a_reset_within_the_body_is_a_network_failure() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await.unwrap();
        // Wait until the head has arrived.
        time::sleep(Duration::from_millis(300)).await;
        stream.set_zero_linger().unwrap();
    });
    let failure = fail(&transport_to(address)).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Network, Phase::Body, true));
}

#[tokio::test]
async fn bytes_that_are_not_http_are_malformed() {
    for response in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ] {
        let failure = fail(&transport_to(serve_text(response))).await;
        assert_eq!((failure.kind, failure.phase), (FailureKind::Malformed, Phase::Response), "{response}");
        assert!(failure.sent);
        assert!(failure.message.starts_with("expected HTTP, got something else ("), "{}", failure.message);
    }
}

#[tokio::test]
async fn many_header_lines_are_read_and_too_many_are_an_error_with_the_limit() {
    let response = |lines| {
        let lines = "X-Line: x\r\n".repeat(lines);
        format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{lines}\r\n{{}}")
    };
    let read = send(&transport_to(serve_text(response(MAX_HEADERS - 1)))).await.unwrap();
    assert_eq!(read.body, "{}");
    let failure = fail(&transport_to(serve_text(response(MAX_HEADERS)))).await;
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Malformed, Phase::Response, true));
    assert!(failure.message.starts_with("the response has more than 256 header lines"), "{}", failure.message);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, requests) = serve_ok();
    for status in [301, 302, 303, 307, 308] {
        let response = format!("HTTP/1.1 {status} Go\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(send(&transport_to(serve_text(response))).await.unwrap().status, status);
    }
    assert!(requests.is_empty());
}
