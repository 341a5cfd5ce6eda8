//! Faults before a request can be sent.

use recallflow_sandbox::Certificate;

use crate::row::{FaultRow, Stage};

pub(super) fn rows() -> Vec<FaultRow> {
    let tls = |name, certificate| FaultRow::on_stage(name, Stage::Tls(certificate));
    vec![
        FaultRow::on_stage("host that does not exist", Stage::NoHost).expect_unsent("TransportError").in_quick_run(),
        FaultRow::on_stage("connection refused", Stage::Refused).expect_unsent("TransportError").in_quick_run(),
        FaultRow::on_stage("connection neither accepted nor refused", Stage::BlackHole)
            .expect_unsent("TimeoutError")
            .with_short_deadline()
            .in_quick_run(),
        tls("TLS with a trusted certificate", Certificate::Trusted).in_quick_run(),
        tls("TLS with an expired certificate", Certificate::Expired).expect_unsent("TransportError").in_quick_run(),
        tls("TLS with a certificate for another host", Certificate::WrongHost).expect_unsent("TransportError"),
        tls("TLS with a certificate of an unknown authority", Certificate::UnknownAuthority)
            .expect_unsent("TransportError"),
        tls("TLS with a self-signed certificate", Certificate::SelfSigned).expect_unsent("TransportError"),
        tls("TLS handshake that stalls", Certificate::Stalled).expect_unsent("TimeoutError").with_short_deadline(),
    ]
}
