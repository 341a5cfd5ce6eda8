//! Why an attempt brought no usable response, and how far it came.

use std::error::Error;
use std::io;
use std::iter::successors;

use super::MAX_HEADERS;
use super::body::WriteProgress;
use super::proxy::ProxyServer;
use super::resolver::{Resolver, Unresolved};
use super::tunnel;
use crate::error::Phase;
use crate::tls::{self, TlsFault};

/// A failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TransportFailure {
    pub(crate) kind: FailureKind,
    pub(crate) phase: Phase,
    /// Whether bytes of the request may have been written. Never false if some were.
    pub(crate) sent: bool,
    /// Whether the connection had carried a request before.
    pub(crate) reused: bool,
    /// HTTP status, if the head of the response arrived.
    pub(crate) status: Option<u16>,
    /// The cause. Contains no password, header or part of a body.
    pub(crate) message: String,
    /// What to try next, if the cause has a remedy of its own.
    pub(crate) remedy: Option<&'static str>,
}

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The network failed.
    Network,
    /// The same failure would follow at every attempt, such as one to verify a certificate.
    Permanent,
    /// The local system refused a thread, a descriptor or memory.
    System,
    /// The caller's runtime is unsuitable.
    Misuse,
    /// The deadline of the attempt, or of its connection, passed.
    Timeout,
    /// The body of the response is incomplete.
    Truncated,
    /// The response is not valid HTTP.
    Malformed,
    /// The body of the response exceeds a limit.
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

const TIMED_OUT: &str = "timed out";

/// The reason why there is no connection.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) phase: Phase,
    pub(super) kind: FailureKind,
    pub(super) message: String,
    pub(super) remedy: Option<&'static str>,
}

/// The other end of a connection.
#[derive(Clone, Copy)]
pub(super) struct Peer<'a> {
    /// Whether the service is called by TLS.
    pub(super) is_https: bool,
    pub(super) proxy: Option<&'a ProxyServer>,
}

impl TransportFailure {
    /// Creates the failure of an attempt that could not start.
    pub(super) fn unsent(message: String) -> Self {
        Self::without_head(FailureKind::Network, Phase::Connect, WriteProgress::default(), message)
    }

    /// Creates the failure of a runtime that cannot carry out calls.
    pub(super) fn misconfigured(message: &str) -> Self {
        Self::without_head(FailureKind::Misuse, Phase::Connect, WriteProgress::default(), message.to_owned())
    }

    /// Creates the failure of an attempt for which the local system refused a resource.
    pub(crate) fn refused_by_system(error: &io::Error) -> Self {
        Self::before_writing(refused_by_system(Phase::Connect, error))
    }

    /// Creates the failure of a call whose time passed before one of this many connections became free.
    pub(super) fn no_free_connection(max_connections: usize) -> Self {
        Self::before_writing(Fault {
            phase: Phase::Connect,
            kind: FailureKind::Timeout,
            message: format!("timed out, because all {max_connections} connections were in use"),
            remedy: Some("raise `max_connections` or `timeout`, or make fewer calls at the same time"),
        })
    }

    /// Creates the failure of an attempt that has no connection.
    pub(super) fn before_writing(fault: Fault) -> Self {
        let Fault { phase, kind, message, remedy } = fault;
        Self { remedy, ..Self::without_head(kind, phase, WriteProgress::default(), message) }
    }

    pub(super) fn too_late() -> Self {
        let message = "no time was left to send the request".to_owned();
        Self::without_head(FailureKind::Timeout, Phase::Connect, WriteProgress::default(), message)
    }

    pub(super) fn timed_out_without_response(progress: WriteProgress, resolver: &Resolver) -> Self {
        let phase = phase_of_timeout(progress, resolver);
        Self::without_head(FailureKind::Timeout, phase, progress, TIMED_OUT.to_owned())
    }

    /// Describes an error of reqwest before the head of the response arrived.
    pub(super) fn without_response(
        error: &reqwest::Error,
        progress: WriteProgress,
        resolver: &Resolver,
        peer: Peer<'_>,
    ) -> Self {
        if error.is_timeout() {
            return Self::timed_out_without_response(progress, resolver);
        }
        if error.is_connect() {
            let Fault { phase, kind, message, remedy } = describe_connect(error, peer);
            return Self { remedy, ..Self::without_head(kind, phase, progress, message) };
        }
        let alert = find_cause::<rustls::Error>(error).and_then(tls::client_certificate_refusal);
        if let Some(fault) = alert.filter(|_| !progress.reused) {
            return Self::before_writing(fault.into());
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
            return Self::without_head(FailureKind::Malformed, Phase::Response, progress, message);
        }
        let message = match io_error(error) {
            Some(io) => format!("connection lost ({io})"),
            None if progress.begun => "the server closed the connection".to_owned(),
            None => "the server closed the connection before the request was sent".to_owned(),
        };
        Self::without_head(FailureKind::Network, phase, progress, message)
    }

    pub(super) fn timed_out_within_body() -> Self {
        Self::in_body(FailureKind::Timeout, TIMED_OUT.to_owned())
    }

    /// Describes an error of reqwest after the head of the response arrived.
    pub(super) fn within_body(error: &reqwest::Error) -> Self {
        let io = io_error(error);
        let is_truncated = find_cause::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message);
        match io.map(io::Error::kind) {
            Some(io::ErrorKind::UnexpectedEof) => Self::truncated(),
            _ if is_truncated => Self::truncated(),
            // hyper reports a malformed chunk like this.
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
                Self::in_body(FailureKind::Truncated, "the body has a malformed chunk".to_owned())
            }
            _ => {
                let problem = io.map_or_else(|| root_cause(error).to_string(), io::Error::to_string);
                Self::in_body(FailureKind::Network, format!("connection lost ({problem})"))
            }
        }
    }

    /// Creates the failure of an update whose response came before the whole request was sent: the service cannot have
    /// applied what it had not read.
    pub(crate) fn too_early(status: u16) -> Self {
        let message = "the response came before the whole request was sent".to_owned();
        Self::in_body(FailureKind::Malformed, message).with_status(status)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("the body exceeds {limit} bytes");
        Self::in_body(FailureKind::TooLarge { limit }, message)
    }

    /// Creates the failure of a response with more JSON values than its memory limit allows.
    pub(crate) fn too_many_values(max_values: usize, status: u16) -> Self {
        let message = format!("the body holds more than {max_values} JSON values");
        Self::in_body(FailureKind::TooLarge { limit: max_values }, message).with_status(status)
    }

    /// Returns the same failure with the HTTP status of the response.
    pub(super) fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    fn truncated() -> Self {
        Self::in_body(FailureKind::Truncated, "the connection closed before the whole body arrived".to_owned())
    }

    fn without_head(kind: FailureKind, phase: Phase, progress: WriteProgress, message: String) -> Self {
        Self { kind, phase, sent: progress.begun, reused: progress.reused, status: None, message, remedy: None }
    }

    /// Creates a failure after the head arrived. Such a connection was not stale, hence not `reused`.
    fn in_body(kind: FailureKind, message: String) -> Self {
        Self { kind, phase: Phase::Body, sent: true, reused: false, status: None, message, remedy: None }
    }
}

fn phase_of_timeout(progress: WriteProgress, resolver: &Resolver) -> Phase {
    match progress {
        WriteProgress { begun: false, .. } if resolver.is_waiting() => Phase::Resolve,
        WriteProgress { begun: false, .. } => Phase::Connect,
        WriteProgress { handed_over: false, .. } => Phase::Request,
        WriteProgress { .. } => Phase::Response,
    }
}

impl From<TlsFault> for Fault {
    fn from(fault: TlsFault) -> Self {
        let TlsFault { message, remedy, is_permanent } = fault;
        let kind = if is_permanent { FailureKind::Permanent } else { FailureKind::Network };
        Self { phase: Phase::Tls, kind, message: message.to_owned(), remedy: Some(remedy) }
    }
}

fn describe_connect(error: &reqwest::Error, peer: Peer<'_>) -> Fault {
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
        Some("proxy authorization required") => tunnel::refused(proxy, Some(407)),
        Some("unsuccessful") => tunnel::refused(proxy, None),
        // The tunnel is open, so that this is the handshake with the service.
        None if find_cause::<rustls::Error>(error).is_some() && proxy.is_http() => describe_cause(Phase::Tls, error),
        _ => match find_cause::<Unresolved>(error) {
            // Some SOCKS proxies take addresses only, so the host name of the service is resolved here.
            Some(unresolved) if !unresolved.is_about(proxy.host()) => unresolved.describe(),
            _ if root_cause(error).to_string() == "SOCKS error: credentials not accepted" => {
                tunnel::wrong_credentials(proxy)
            }
            _ => of_proxy(proxy, describe_cause(Phase::Connect, error)),
        },
    }
}

/// Describes the cause of an error before the connection was established. Errors of DNS and TLS have their own phase.
pub(super) fn describe_cause(phase: Phase, error: &(dyn Error + 'static)) -> Fault {
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
    Fault { phase, kind: FailureKind::Network, message, remedy: None }
}

/// Describes a fault of the connection to a proxy.
pub(super) fn of_proxy(proxy: &ProxyServer, Fault { phase, kind, message, remedy }: Fault) -> Fault {
    let message = format!("could not use the proxy {}: {message}", proxy.name());
    let remedy = remedy.or(Some("check that the proxy runs, and the URL in `proxy` or in the environment"));
    Fault { phase, kind, message, remedy }
}

/// Returns whether the local system refused a thread, a descriptor or memory.
pub(crate) fn is_refused_by_system(error: &io::Error) -> bool {
    // The numbers of EAGAIN, ENOMEM, ENFILE, EMFILE and ENOBUFS on Linux and macOS; those of Windows are WSAEMFILE,
    // WSAENOBUFS, ERROR_NOT_ENOUGH_MEMORY and ERROR_TOO_MANY_OPEN_FILES.
    let numbers: &[i32] = if cfg!(windows) {
        &[10024, 10055, 8, 4]
    } else if cfg!(target_os = "linux") {
        &[11, 12, 23, 24, 105]
    } else {
        &[35, 12, 23, 24, 55]
    };
    error.raw_os_error().is_some_and(|number| numbers.contains(&number)) || error.kind() == io::ErrorKind::OutOfMemory
}

/// Describes a refusal by the local system.
pub(super) fn refused_by_system(phase: Phase, error: &io::Error) -> Fault {
    Fault {
        phase,
        kind: FailureKind::System,
        message: format!("the system refused a resource: {error}"),
        remedy: Some(
            "close files or threads, raise the limits of the process (`ulimit -n`, `ulimit -u`), or lower `max_connections`",
        ),
    }
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
