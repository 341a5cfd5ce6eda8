//! Connections: their reuse, their number and their runtimes.

use super::*;

fn query(max_silence: Duration) -> AttemptRequest<'static> {
    AttemptRequest { max_silence: Some(max_silence), ..attempt_ending_at(in_time()) }
}

fn update() -> AttemptRequest<'static> {
    AttemptRequest { kind: OperationKind::Update, ..attempt_ending_at(in_time()) }
}

/// Passes this much time without waiting.
async fn pass(time: Duration) {
    time::pause();
    time::advance(time).await;
    time::resume();
}

#[tokio::test]
async fn an_update_uses_only_a_connection_that_was_just_used() {
    let (address, mut requests) = serve_ok();
    let transport = transport_to(address);
    transport.send(update()).await.unwrap();
    transport.send(update()).await.unwrap();
    pass(pool::MAX_IDLE_OF_UPDATES + Duration::from_millis(100)).await;
    transport.send(update()).await.unwrap();
    assert_eq!(used_connections(&mut requests), [0, 0, 1]);
    send(&transport).await.unwrap();
    pass(pool::MAX_IDLE_OF_UPDATES + Duration::from_millis(100)).await;
    send(&transport).await.unwrap();
    assert_eq!(used_connections(&mut requests), [2, 2]);
}

#[tokio::test]
async fn an_announced_keep_alive_shortens_the_reuse_of_connections() {
    for (timeout, pause, reused) in [(2, 900, true), (2, 1100, false), (1, 0, false), (60, 1100, true)] {
        let (report, mut requests) = mpsc::unbounded_channel();
        let address = serve(move |number, mut stream| {
            let report = report.clone();
            async move {
                while let Some(request) = read_request(&mut stream).await {
                    let _ = report.send((number, request));
                    let head = format!("HTTP/1.1 200 OK\r\nKeep-Alive: timeout={timeout}, max=9\r\n");
                    stream.write_all(format!("{head}Content-Length: 2\r\n\r\n{{}}").as_bytes()).await.unwrap();
                }
            }
        });
        let transport = transport_to(address);
        // The first connection may be closed when the limit is learned.
        send(&transport).await.unwrap();
        send(&transport).await.unwrap();
        pass(Duration::from_millis(pause)).await;
        send(&transport).await.unwrap();
        let connections = used_connections(&mut requests);
        assert_eq!(connections[1] == connections[2], reused, "{timeout} {pause} {connections:?}");
    }
}

#[tokio::test]
async fn a_response_that_arrives_steadily_outlasts_the_time_without_progress() {
    let address = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n").await.unwrap();
        for _ in 0..20 {
            time::sleep(Duration::from_millis(50)).await;
            stream.write_all(b"x").await.unwrap();
        }
    });
    let response = transport_to(address).send(query(Duration::from_millis(600))).await.unwrap();
    assert_eq!(response.body.len(), 20);
}

#[tokio::test]
async fn an_attempt_ends_after_a_time_without_progress() {
    let silent = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        forever().await;
    });
    let stalls = serve(|_, mut stream| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nx").await.unwrap();
        forever().await;
    });
    for (address, phase) in [(silent, Phase::Response), (stalls, Phase::Body)] {
        let failure = transport_to(address).send(query(Duration::from_millis(200))).await.unwrap_err();
        assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, phase, true));
    }
}

#[tokio::test]
async fn attempts_beyond_max_connections_wait_in_order_and_within_their_deadline() {
    let transport = Sender::new(Config { max_connections: 1, ..config("http://127.0.0.1:9") }).transport;
    let first = transport.acquire_slot(in_time()).await.unwrap();
    let failure = transport.acquire_slot(Instant::now() + Duration::from_millis(10)).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase, failure.sent), (FailureKind::Timeout, Phase::Connect, false));
    assert_eq!(failure.message, "timed out, because all 1 connections were in use");
    assert!(failure.remedy.is_some_and(|remedy| remedy.contains("`max_connections`")));

    let second = pin!(transport.acquire_slot(in_time()));
    let third = pin!(transport.acquire_slot(in_time()));
    let mut second = until_waiting(second).await;
    let mut third = until_waiting(third).await;
    drop(first);
    let second = second.as_mut().await.unwrap();
    assert!(with_deadline(pin!(sleep_until(Instant::now())), third.as_mut()).await.is_none());
    drop(second);
    assert!(third.await.is_ok());
}

/// Polls a future once, so that it waits.
async fn until_waiting<F: Future>(mut future: Pin<&mut F>) -> Pin<&mut F> {
    assert!(with_deadline(pin!(sleep_until(Instant::now())), future.as_mut()).await.is_none());
    future
}

#[test]
fn each_runtime_has_connections_of_its_own() {
    let build = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (address, mut requests) = server.block_on(async { serve_ok() });
    let transport = transport_to(address);
    let (first, second) = (build(), build());
    for runtime in [&first, &second, &first, &second] {
        // The other runtime is alive, but not driven meanwhile.
        runtime.block_on(send(&transport)).unwrap();
    }
    assert_eq!(used_connections(&mut requests), [0, 1, 0, 1]);
}

#[test]
fn a_runtime_without_a_driver_is_refused() {
    let transport = transport_to("127.0.0.1:9".parse().unwrap());
    let bare = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let timed = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for runtime in [bare, timed] {
        let failure = runtime.block_on(async { transport.transport.open(&transport.pool).err().unwrap() });
        assert_eq!((failure.kind, failure.sent), (FailureKind::Misuse, false));
        assert!(failure.message.contains("`enable_all`"), "{}", failure.message);
    }
}
