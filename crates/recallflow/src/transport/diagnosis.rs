//! Describes errors of reqwest: their phase, cause and remedy.

use std::error::Error;
use std::io;
use std::iter::successors;

use super::body::WriteProgress;
use super::failure::{ConnectFault, FailureKind, TransportFailure, is_refused_by_system, refused_by_system};
use super::proxy::ProxyServer;
use super::resolver::Unresolved;
use crate::error::Phase;
use crate::tls::{self, TlsFault};

/// Maximum number of header lines of a response.
pub(super) const MAX_HEADERS: usize = 256;

/// The other end of a connection.
#[derive(Clone, Copy)]
pub(super) struct Peer<'a> {
    /// Whether the service is called by TLS.
    pub(super) is_https: bool,
    pub(super) proxy: Option<&'a ProxyServer>,
}

/// Describes an error of reqwest before the head of the response arrived.
pub(super) fn describe_without_response(
    error: &reqwest::Error,
    progress: WriteProgress,
    is_resolving: bool,
    peer: Peer<'_>,
) -> TransportFailure {
    if error.is_timeout() {
        return TransportFailure::timed_out_without_response(progress, is_resolving);
    }
    if error.is_connect() {
        let ConnectFault { phase, kind, message, remedy } = describe_connect(error, peer);
        return TransportFailure { remedy, ..TransportFailure::without_head(kind, phase, progress, message) };
    }
    let alert = find_cause::<rustls::Error>(error).and_then(tls::client_certificate_refusal);
    if let Some(fault) = alert.filter(|_| !progress.reused) {
        return TransportFailure::before_writing(fault.into());
    }
    let phase = match progress {
        WriteProgress { begun: false, .. } => Phase::Connect,
        WriteProgress { handed_over: false, .. } => Phase::Request,
        WriteProgress { .. } => Phase::Response,
    };
    let http = find_cause::<hyper::Error>(error);
    if let Some(http) = http.filter(|http| http.is_parse()) {
        // hyper has no public way to ask for this kind. It also limits the head to about 400 KiB.
        let message = if http.to_string() == "message head is too large" {
            format!("the response has more than {MAX_HEADERS} header lines, or more than 400 KiB of them")
        } else {
            format!("expected HTTP, got something else ({http})")
        };
        return TransportFailure::without_head(FailureKind::Malformed, Phase::Response, progress, message);
    }
    let message = match io_error(error) {
        Some(io) => format!("connection lost ({io})"),
        None if progress.begun => "the server closed the connection".to_owned(),
        None => "the server closed the connection before the request was sent".to_owned(),
    };
    TransportFailure::without_head(FailureKind::Network, phase, progress, message)
}

/// Describes an error of reqwest after the head of the response arrived.
pub(super) fn describe_within_body(error: &reqwest::Error) -> TransportFailure {
    let io = io_error(error);
    let is_truncated = find_cause::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message);
    match io.map(io::Error::kind) {
        Some(io::ErrorKind::UnexpectedEof) => TransportFailure::truncated(),
        _ if is_truncated => TransportFailure::truncated(),
        // hyper reports a malformed chunk like this.
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
            TransportFailure::in_body(FailureKind::Truncated, "the body has a malformed chunk".to_owned())
        }
        _ => {
            let problem = io.map_or_else(|| root_cause(error).to_string(), io::Error::to_string);
            TransportFailure::in_body(FailureKind::Network, format!("connection lost ({problem})"))
        }
    }
}

impl From<TlsFault> for ConnectFault {
    fn from(fault: TlsFault) -> Self {
        let TlsFault { message, remedy, is_permanent } = fault;
        let kind = if is_permanent { FailureKind::Permanent } else { FailureKind::Network };
        Self { phase: Phase::Tls, kind, message: message.to_owned(), remedy: Some(remedy) }
    }
}

fn describe_connect(error: &reqwest::Error, peer: Peer<'_>) -> ConnectFault {
    let Some(proxy) = peer.proxy else {
        // The TCP connector wraps its errors; the TLS connector does not.
        let is_bare = error_chain(error).nth(2).is_some_and(<dyn Error>::is::<io::Error>);
        let phase = if peer.is_https && is_bare { Phase::Tls } else { Phase::Connect };
        return describe_cause(phase, error);
    };
    // The errors of tunnels have no public type.
    let tunnel =
        error_chain(error).find_map(|cause| cause.to_string().strip_prefix("tunnel error: ").map(str::to_owned));
    match tunnel.as_deref() {
        Some("proxy authorization required") => proxy.refused_tunnel(Some(407)),
        Some("unsuccessful") => proxy.refused_tunnel(None),
        // The tunnel is open, so that this is the handshake with the service.
        None if find_cause::<rustls::Error>(error).is_some() && proxy.is_http() => describe_cause(Phase::Tls, error),
        _ => match find_cause::<Unresolved>(error) {
            // Some SOCKS proxies take addresses only, so the host name of the service is resolved here.
            Some(unresolved) if !unresolved.is_about(proxy.host()) => unresolved.describe(),
            _ => {
                let root = root_cause(error).to_string();
                let refusal = root.strip_prefix("SOCKS error: ").and_then(|reason| proxy.refused_by_socks(reason));
                refusal.unwrap_or_else(|| proxy.blame(describe_cause(Phase::Connect, error)))
            }
        },
    }
}

/// Describes the cause of an error before the connection was established. Errors of DNS and TLS have their own phase.
pub(super) fn describe_cause(phase: Phase, error: &(dyn Error + 'static)) -> ConnectFault {
    if let Some(unresolved) = find_cause::<Unresolved>(error) {
        return unresolved.describe();
    }
    if let Some(problem) = find_cause::<rustls::Error>(error) {
        return tls::describe(problem).into();
    }
    let root = root_cause(error).to_string();
    if let Some(io) = io_error(error).filter(|io| is_refused_by_system(io)) {
        return refused_by_system(phase, io);
    }
    let message = if phase == Phase::Tls { format!("connection closed ({root})") } else { root };
    ConnectFault { phase, kind: FailureKind::Network, message, remedy: None }
}

/// Returns an error and its sources, from the outermost to the root cause.
fn error_chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| {
        // `io::Error::source` skips the error that it wraps.
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn find_cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    error_chain(error).find_map(<dyn Error>::downcast_ref)
}

/// Returns the innermost I/O error, which names the cause.
fn io_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    error_chain(error).filter_map(<dyn Error>::downcast_ref).last()
}

fn root_cause<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    error_chain(error).last().unwrap_or(error)
}
