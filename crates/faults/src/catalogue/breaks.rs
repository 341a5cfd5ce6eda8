//! Broken connections, missing responses and truncated bodies.

use std::time::Duration;

use recallflow_sandbox::{Ending, Fault, Pace};

use crate::row::FaultRow;

pub(super) fn rows() -> Vec<FaultRow> {
    let row = FaultRow::new;
    let flood = Fault::Interim { count: None, at_once: true };
    let steady = Pace { bytes: 40, interval: Duration::from_millis(300) };
    let slow = Pace { bytes: 1, interval: Duration::from_secs(1) };
    vec![
        row("reset before the request is read", Fault::ResetBeforeRead).expect_ambiguous("TransportError"),
        row("reset without a response", Fault::Reset).by_key(990_600).expect_ambiguous("TransportError").in_quick_run(),
        row("reset without a response, once", Fault::Reset)
            .only_once()
            .query_succeeds(2)
            .update_fails("OutcomeUnknownError", 1),
        row("reset without a response, though applied", Fault::Reset.applied())
            .by_key(990_601)
            .expect_ambiguous("TransportError")
            .in_quick_run(),
        // The first of the four requests costs no retry, because a server may close an idle connection at any time.
        row("reset without a response, on a used connection", Fault::Reset)
            .on_reused_connection()
            .query_fails("TransportError", 4)
            .update_fails("OutcomeUnknownError", 1)
            .in_quick_run(),
        row("reset without a response, once and on a used connection", Fault::Reset)
            .only_once()
            .on_reused_connection()
            .query_succeeds(2)
            .update_fails("OutcomeUnknownError", 1),
        row("closed without a response", Fault::Close).by_key(990_602).expect_ambiguous("TransportError"),
        row("closed without a response, though applied", Fault::Close.applied())
            .by_key(990_603)
            .expect_ambiguous("TransportError"),
        row("closed without a response, on a used connection", Fault::Close)
            .on_reused_connection()
            .query_fails("TransportError", 4)
            .update_fails("OutcomeUnknownError", 1),
        row("no response", Fault::Hold).by_key(990_604).expect_timeout().in_quick_run(),
        row("no response, and the call is aborted", Fault::Hold)
            .aborted_in("Node")
            .query_fails("AbortError", 1)
            .update_fails("OutcomeUnknownError", 1),
        row("no response, though applied", Fault::Hold.applied()).by_key(990_605).expect_timeout(),
        row("response after 5 s", Fault::Delay(Duration::from_secs(5))).by_key(990_905).expect_timeout(),
        row("head of the response, then nothing", Fault::Truncate(0).and(Fault::End(Ending::Hold)))
            .by_key(990_608)
            .expect_timeout(),
        row("20 bytes of the body, then nothing", Fault::Truncate(20).and(Fault::End(Ending::Hold)))
            .by_key(990_609)
            .expect_timeout(),
        row("20 bytes of the body, then a reset", Fault::Truncate(20).and(Fault::End(Ending::Reset)))
            .by_key(990_610)
            .expect_ambiguous("TransportError"),
        row("head that comes byte by byte", Fault::DripHead(slow)).by_key(990_704).expect_timeout(),
        row("body that comes byte by byte", Fault::DripBody(slow)).by_key(990_703).expect_timeout().in_quick_run(),
        row("body that comes steadily for several seconds", Fault::DripBody(steady)),
        row("closed after the response without `Connection: close`", Fault::End(Ending::CloseUnsaid)).by_key(990_607),
        row("100 interim responses before the response", Fault::Interim { count: Some(100), at_once: false })
            .by_key(990_611),
        row("endless interim responses", Fault::Interim { count: None, at_once: false })
            .by_key(990_612)
            .expect_timeout(),
        row("endless interim responses, as fast as possible, over TLS", flood)
            .by_key(990_613)
            .over_tls()
            .expect_timeout(),
        row("bytes that are not HTTP", Fault::Raw(b"\x00\x01not HTTP\r\n\r\n".to_vec()))
            .by_key(990_714)
            .expect_ambiguous("ProtocolError"),
        row("half a head, then the end", Fault::Raw(b"HTTP/1.1 200 OK\r\nContent-".to_vec()))
            .expect_ambiguous("TransportError"),
    ]
}

pub(super) fn lengths() -> Vec<FaultRow> {
    let row = FaultRow::new;
    let empty = r#"{"code":0,"msg":"success","data":null}"#;
    let two = |second| {
        Fault::body(empty).with_another_header("Content-Length", "38").with_another_header("Content-Length", second)
    };
    vec![
        row("body cut off", Fault::Truncate(20)).by_key(990_700).expect_ambiguous("ProtocolError").in_quick_run(),
        row("body cut off, once", Fault::Truncate(20))
            .only_once()
            .query_succeeds(2)
            .update_fails("OutcomeUnknownError", 1),
        row("chunked body cut off", Fault::Chunked.and(Fault::Truncate(20)))
            .by_key(990_701)
            .expect_ambiguous("ProtocolError"),
        row("gzip body cut off", Fault::Gzip.and(Fault::Truncate(20)))
            .by_key(990_724)
            .expect_ambiguous("ProtocolError"),
        row("chunked body", Fault::Chunked).by_key(990_702),
        row("body that ends with the connection", Fault::UntilClose),
        // Such a body has no length, so only its JSON shows the truncation.
        row("body that ends with the connection, cut off", Fault::UntilClose.and(Fault::Truncate(20)))
            .expect_unreadable(),
        row("`Content-Length` too short", Fault::ContentLength(10)).by_key(990_706).expect_unreadable(),
        row("`Content-Length` too long", Fault::ContentLength(100_000))
            .by_key(990_707)
            .expect_ambiguous("ProtocolError"),
        row("two `Content-Length` that differ", two("37")).expect_ambiguous("ProtocolError"),
        row("two `Content-Length` that agree", two("38")).by_key(990_719).query_fails("ProtocolError", 1),
        row("`Content-Length` beside chunks", Fault::Chunked.with_header("Content-Length", "20")).by_key(990_720),
    ]
}
