//! Faults before a request can be sent.

use recallflow_sandbox::Certificate;

use crate::row::{Row, Stage};

pub(super) fn rows() -> Vec<Row> {
    let tls = |name, certificate| Row::on(name, Stage::Tls(certificate));
    vec![
        Row::on("host that does not exist", Stage::NoHost).unsent("TransportError").quick(),
        Row::on("connection refused", Stage::Refused).unsent("TransportError").quick(),
        Row::on("connection neither accepted nor refused", Stage::BlackHole).unsent("TimeoutError").waits().quick(),
        tls("TLS with a trusted certificate", Certificate::Trusted).quick(),
        tls("TLS with an expired certificate", Certificate::Expired).unsent("TransportError").quick(),
        tls("TLS with a certificate for another host", Certificate::WrongHost).unsent("TransportError"),
        tls("TLS with a certificate of an unknown authority", Certificate::UnknownAuthority).unsent("TransportError"),
        tls("TLS with a self-signed certificate", Certificate::SelfSigned).unsent("TransportError"),
        tls("TLS handshake that stalls", Certificate::Stalled).unsent("TimeoutError").waits(),
    ]
}
