//! Who may ask: the address, the key, the signature and its time.

use std::net::IpAddr;

use md5::{Digest, Md5};

use crate::http::Request;

/// Code of a request whose key or signature is not accepted.
pub(crate) const AUTHENTICATION: i64 = -1;

/// Code of a request from an address that is not accepted.
pub(crate) const IP_RESTRICTED: i64 = -2;

/// Code of a request whose timestamp is too far from the service's clock.
pub(crate) const TIMESTAMP_EXPIRED: i64 = -16;

/// The MD5 of some bytes in lower-case hexadecimal digits.
pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    Md5::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// An API key and its secret.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
}

impl Credentials {
    /// The signature of this account at the time that a `Timestamp` header names.
    fn sign(&self, timestamp: &str) -> String {
        md5_hex(format!("{}{}{timestamp}", self.api_key, self.api_secret).as_bytes())
    }

    /// Whether a request has this account's key and a signature that fits its timestamp, in either case of letters.
    pub(crate) fn accept(&self, request: &Request) -> bool {
        let (Some(key), Some(sign), Some(timestamp)) =
            (request.header("api-key"), request.header("sign"), request.header("timestamp"))
        else {
            return false;
        };
        key == self.api_key && sign.eq_ignore_ascii_case(&self.sign(timestamp))
    }
}

/// Whom the sandbox lets in.
pub(crate) struct Gate {
    pub(crate) credentials: Credentials,
    /// Greatest distance in seconds between a timestamp and the clock.
    pub(crate) timestamp_window: i64,
    /// The addresses that may ask; any when empty.
    pub(crate) allowed_ips: Vec<IpAddr>,
}

impl Gate {
    /// Lets a request in, or tells the code with which it is refused.
    pub(crate) fn admit(&self, request: &Request, peer: IpAddr, now: i64) -> Result<(), i64> {
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
    use super::Credentials;

    #[test]
    fn the_documents_vector() {
        let account = Credentials { api_key: "bDqJFiq9".into(), api_secret: "7bz1lzh9".into() };
        assert_eq!(account.sign("1630468800"), "05d7a50893e22a5c4bb3216ae3396c7c");
    }
}
