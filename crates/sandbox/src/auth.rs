//! Authenticates requests: the client's address, the API key, the signature and the timestamp.

use std::net::IpAddr;

use md5::{Digest, Md5};

use crate::http::HttpRequest;

/// Code for a wrong API key or signature.
pub(crate) const AUTHENTICATION: i64 = -1;

/// Code for a client's address that is not allowed.
pub(crate) const IP_RESTRICTED: i64 = -2;

/// Code for a timestamp that is too far from the sandbox's clock.
pub(crate) const TIMESTAMP_EXPIRED: i64 = -16;

/// Returns the MD5 digest of bytes in lowercase hexadecimal digits.
pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    Md5::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// An API key and its secret.
#[derive(Clone)]
pub(crate) struct ExpectedCredentials {
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
}

impl ExpectedCredentials {
    /// Returns the signature for a `Timestamp` header.
    fn sign(&self, timestamp: &str) -> String {
        md5_hex(format!("{}{}{timestamp}", self.api_key, self.api_secret).as_bytes())
    }

    /// Returns whether a request has this API key, and a signature that matches its timestamp. The case of letters does
    /// not matter in signatures.
    pub(crate) fn accept(&self, request: &HttpRequest) -> bool {
        let (Some(key), Some(sign), Some(timestamp)) =
            (request.header("api-key"), request.header("sign"), request.header("timestamp"))
        else {
            return false;
        };
        key == self.api_key && sign.eq_ignore_ascii_case(&self.sign(timestamp))
    }
}

/// The conditions for admitting a request.
pub(crate) struct AccessGate {
    pub(crate) credentials: ExpectedCredentials,
    /// Maximum distance in seconds between a timestamp and the clock.
    pub(crate) timestamp_window: i64,
    /// Addresses of allowed clients; all if empty.
    pub(crate) allowed_ips: Vec<IpAddr>,
}

impl AccessGate {
    /// Admits a request, or returns the code of its refusal.
    pub(crate) fn admit(&self, request: &HttpRequest, peer: IpAddr, now: i64) -> Result<(), i64> {
        if !self.allowed_ips.is_empty() && !self.allowed_ips.contains(&peer.to_canonical()) {
            return Err(IP_RESTRICTED);
        }
        if !self.credentials.accept(request) {
            return Err(AUTHENTICATION);
        }
        let timestamp = request.header("timestamp").and_then(|text| text.parse::<i64>().ok());
        match timestamp {
            Some(timestamp) if timestamp.abs_diff(now) <= self.timestamp_window.unsigned_abs() => Ok(()),
            _ => Err(TIMESTAMP_EXPIRED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ExpectedCredentials;

    #[test]
    fn a_signature_matches_the_documents_example() {
        let account = ExpectedCredentials { api_key: "bDqJFiq9".into(), api_secret: "7bz1lzh9".into() };
        assert_eq!(account.sign("1630468800"), "05d7a50893e22a5c4bb3216ae3396c7c");
    }
}
