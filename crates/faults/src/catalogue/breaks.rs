//! Broken connections, missing responses and truncated bodies.

use std::time::Duration;

use recallflow_sandbox::{Ending, Fault, Pace};

use crate::row::Row;

pub(super) fn rows() -> Vec<Row> {
    let row = Row::new;
    let flood = Fault::Interim { count: None, at_once: true };
    let steady = Pace { bytes: 40, interval: Duration::from_millis(300) };
    let slow = Pace { bytes: 1, interval: Duration::from_secs(1) };
    vec![
        row("reset before the request is read", Fault::ResetBeforeRead).ambiguous("TransportError"),
        row("reset without a response", Fault::Reset).key(990_600).ambiguous("TransportError").quick(),
        row("reset without a response, once", Fault::Reset).once().query_succeeds(2).update("OutcomeUnknownError", 1),
        row("reset without a response, though applied", Fault::Reset.applied())
            .key(990_601)
            .ambiguous("TransportError")
            .quick(),
        // The first of the four requests costs no retry, because a server may close an idle connection at any time.
        row("reset without a response, on a used connection", Fault::Reset)
            .reused()
            .query("TransportError", 4)
            .update("OutcomeUnknownError", 1)
            .quick(),
        row("reset without a response, once and on a used connection", Fault::Reset)
            .once()
            .reused()
            .query_succeeds(2)
            .update("OutcomeUnknownError", 1),
        row("closed without a response", Fault::Close).key(990_602).ambiguous("TransportError"),
        row("closed without a response, though applied", Fault::Close.applied())
            .key(990_603)
            .ambiguous("TransportError"),
        row("closed without a response, on a used connection", Fault::Close)
            .reused()
            .query("TransportError", 4)
            .update("OutcomeUnknownError", 1),
        row("no response", Fault::Hold).key(990_604).times_out().quick(),
        row("no response, though applied", Fault::Hold.applied()).key(990_605).times_out(),
        row("response after 5 s", Fault::Delay(Duration::from_secs(5))).key(990_905).times_out(),
        row("head of the response, then nothing", Fault::Truncate(0).and(Fault::End(Ending::Hold)))
            .key(990_608)
            .times_out(),
        row("20 bytes of the body, then nothing", Fault::Truncate(20).and(Fault::End(Ending::Hold)))
            .key(990_609)
            .times_out(),
        row("20 bytes of the body, then a reset", Fault::Truncate(20).and(Fault::End(Ending::Reset)))
            .key(990_610)
            .ambiguous("TransportError"),
        row("head that comes byte by byte", Fault::DripHead(slow)).key(990_704).times_out(),
        row("body that comes byte by byte", Fault::DripBody(slow)).key(990_703).times_out().quick(),
        row("body that comes steadily for several seconds", Fault::DripBody(steady)),
        row("closed after the response without `Connection: close`", Fault::End(Ending::CloseUnsaid)).key(990_607),
        row("100 interim responses before the response", Fault::Interim { count: Some(100), at_once: false })
            .key(990_611),
        row("endless interim responses", Fault::Interim { count: None, at_once: false }).key(990_612).times_out(),
        row("endless interim responses, as fast as possible, over TLS", flood).key(990_613).over_tls().times_out(),
        row("bytes that are not HTTP", Fault::Raw(b"\x00\x01not HTTP\r\n\r\n".to_vec()))
            .key(990_714)
            .ambiguous("ProtocolError"),
        row("half a head, then the end", Fault::Raw(b"HTTP/1.1 200 OK\r\nContent-".to_vec()))
            .ambiguous("TransportError"),
    ]
}

pub(super) fn lengths() -> Vec<Row> {
    let row = Row::new;
    let empty = r#"{"code":0,"msg":"success","data":null}"#;
    let two = |second| {
        Fault::body(empty).with_another_header("Content-Length", "38").with_another_header("Content-Length", second)
    };
    vec![
        row("body cut off", Fault::Truncate(20)).key(990_700).ambiguous("ProtocolError").quick(),
        row("body cut off, once", Fault::Truncate(20)).once().query_succeeds(2).update("OutcomeUnknownError", 1),
        row("chunked body cut off", Fault::Chunked.and(Fault::Truncate(20))).key(990_701).ambiguous("ProtocolError"),
        row("gzip body cut off", Fault::Gzip.and(Fault::Truncate(20))).key(990_724).ambiguous("ProtocolError"),
        row("chunked body", Fault::Chunked).key(990_702),
        row("body that ends with the connection", Fault::UntilClose),
        // Such a body has no length, so only its JSON shows the truncation.
        row("body that ends with the connection, cut off", Fault::UntilClose.and(Fault::Truncate(20))).unreadable(),
        row("`Content-Length` too short", Fault::ContentLength(10)).key(990_706).unreadable(),
        row("`Content-Length` too long", Fault::ContentLength(100_000)).key(990_707).ambiguous("ProtocolError"),
        row("two `Content-Length` that differ", two("37")).ambiguous("ProtocolError"),
        row("two `Content-Length` that agree", two("38")).key(990_719).query("ProtocolError", 1),
        row("`Content-Length` beside chunks", Fault::Chunked.with_header("Content-Length", "20")).key(990_720),
    ]
}
