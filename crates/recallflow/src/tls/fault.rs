//! Describes TLS faults: the problem, the remedy, and whether another attempt may succeed.

use rustls::{AlertDescription as Alert, CertificateError, Error, PeerIncompatible};

/// A failed handshake, for the user who has to fix it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TlsFault {
    pub(crate) message: &'static str,
    pub(crate) remedy: &'static str,
    /// Whether every further attempt would fail likewise.
    pub(crate) is_permanent: bool,
}

const ASK_OPERATOR: &str = "ask the operator of the server for a valid certificate";

/// Describes an error of rustls.
pub(crate) fn describe(error: &Error) -> TlsFault {
    match error {
        Error::InvalidCertificate(problem) => describe_certificate(problem),
        Error::InvalidMessage(_) => permanent(
            "the server does not speak TLS on this port",
            "check the scheme and the port of `base_url`, and any proxy in between",
        ),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        )
        | Error::AlertReceived(Alert::ProtocolVersion) => permanent(
            "the server supports neither TLS 1.2 nor TLS 1.3",
            "ask the operator of the server to enable TLS 1.2 or 1.3",
        ),
        Error::PeerIncompatible(_) | Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity) => {
            permanent(
                "the server and the client have no TLS parameters in common",
                "check the TLS settings of the server, and set `client_certificate` if the server requires one",
            )
        }
        Error::AlertReceived(alert) if is_about_client_certificate(*alert) => describe_client_certificate(*alert),
        Error::AlertReceived(Alert::UnrecognisedName) => {
            permanent("the server does not know this host name", "check the host name in `base_url`")
        }
        Error::NoApplicationProtocol | Error::AlertReceived(Alert::NoApplicationProtocol) => {
            permanent("the server does not offer HTTP/1.1", "ask the operator of the server to enable HTTP/1.1")
        }
        Error::AlertReceived(_) => temporary("the server ended the handshake with an alert"),
        _ => temporary("the server sent invalid TLS data"),
    }
}

/// Describes the alert of a server that does not accept the client's certificate.
///
/// In TLS 1.3 the alert may arrive after the request was written. The server has not processed the request then, because
/// its handshake never completed.
pub(crate) fn client_certificate_refusal(error: &Error) -> Option<TlsFault> {
    match error {
        Error::AlertReceived(alert) if is_about_client_certificate(*alert) => Some(describe_client_certificate(*alert)),
        _ => None,
    }
}

fn is_about_client_certificate(alert: Alert) -> bool {
    matches!(
        alert,
        Alert::CertificateRequired
            | Alert::NoCertificate
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
    )
}

fn describe_client_certificate(alert: Alert) -> TlsFault {
    let message = match alert {
        Alert::CertificateRequired | Alert::NoCertificate => "the server requires a client certificate",
        Alert::CertificateExpired => "the server rejected the client certificate: it has expired",
        Alert::CertificateRevoked => "the server rejected the client certificate: it was revoked",
        Alert::UnknownCA => "the server rejected the client certificate: its authority is unknown",
        _ => "the server rejected the client certificate",
    };
    permanent(message, "set `client_certificate` to a certificate that the server accepts")
}

fn describe_certificate(problem: &CertificateError) -> TlsFault {
    use CertificateError as Problem;
    match problem {
        Problem::Expired | Problem::ExpiredContext { .. } => permanent(
            "the server certificate has expired, or this machine's clock is wrong",
            "correct this machine's clock, or ask the operator of the server to renew the certificate",
        ),
        Problem::NotValidYet | Problem::NotValidYetContext { .. } => permanent(
            "the server certificate is not valid yet, or this machine's clock is wrong",
            "correct this machine's clock",
        ),
        Problem::UnknownIssuer => permanent(
            "the server certificate was issued by an unknown authority",
            "set `ca_file` to the certificate of that authority, or of the server if it is self-signed",
        ),
        Problem::NotValidForName | Problem::NotValidForNameContext { .. } => permanent(
            "the server certificate is for another host name",
            "use a host name of the certificate in `base_url`",
        ),
        Problem::Revoked => permanent("the server certificate was revoked", ASK_OPERATOR),
        // Such as after an authority got a new key.
        Problem::BadSignature => permanent(
            "the server certificate was not signed by the trusted authority of that name",
            "set `ca_file` to the current certificate of that authority, or of the server if it is self-signed",
        ),
        Problem::BadEncoding => permanent("the server certificate is malformed", ASK_OPERATOR),
        Problem::InvalidPurpose | Problem::InvalidPurposeContext { .. } => {
            permanent("the server certificate is not meant for servers", ASK_OPERATOR)
        }
        // webpki's error has no variant of its own in rustls.
        Problem::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => permanent(
            "the server certificate is that of a certificate authority",
            "set `ca_file` to this certificate if you trust it",
        ),
        _ => permanent("the server certificate is invalid", ASK_OPERATOR),
    }
}

fn permanent(message: &'static str, remedy: &'static str) -> TlsFault {
    TlsFault { message, remedy, is_permanent: true }
}

fn temporary(message: &'static str) -> TlsFault {
    TlsFault { message, remedy: "retry, then check `base_url` and any proxy", is_permanent: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_description_shows_internals_of_rustls() {
        for error in [
            Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure),
            Error::InvalidCertificate(CertificateError::UnhandledCriticalExtension),
            Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
            Error::General("internal".to_owned()),
            Error::DecryptError,
            Error::AlertReceived(Alert::InternalError),
        ] {
            let TlsFault { message, remedy, .. } = describe(&error);
            assert!(message.starts_with("the server "), "{message}");
            assert!(!format!("{message} {remedy}").contains("::") && !message.contains('('), "{message}");
        }
    }

    #[test]
    fn a_fault_of_the_configuration_is_permanent_and_one_of_the_network_is_not() {
        for error in [
            Error::AlertReceived(Alert::ProtocolVersion),
            Error::AlertReceived(Alert::UnrecognisedName),
            Error::AlertReceived(Alert::CertificateRequired),
            Error::NoApplicationProtocol,
        ] {
            assert!(describe(&error).is_permanent, "{error}");
        }
        for error in [Error::DecryptError, Error::AlertReceived(Alert::InternalError)] {
            assert!(!describe(&error).is_permanent, "{error}");
        }
    }
}
