//! The signature: MD5 over key, secret and time, as the service demands it.
//!
//! MD5 is the service's choice. It covers neither path nor body, which is why plain HTTP is refused.

use std::fmt::{self, Write as _};

use md5::{Digest as _, Md5};

use crate::Error;

/// API key and secret. Neither is ever shown.
#[derive(Clone)]
pub(crate) struct Credentials {
    api_key: String,
    api_secret: String,
}

impl Credentials {
    pub(crate) fn new(api_key: String, api_secret: String) -> Result<Self, Error> {
        for (name, value) in [("API key", &api_key), ("API secret", &api_secret)] {
            if value.is_empty() {
                return Err(Error::config(format!("the {name} is empty; copy it from the account page")));
            }
            if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Error::config(format!(
                    "the {name} contains a space, a line break or a character that is not ASCII; \
                     copy it again from the account page"
                )));
            }
        }
        Ok(Self { api_key, api_secret })
    }

    pub(crate) fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Signs a request: lower-case hexadecimal MD5 of key + secret + Unix time in seconds.
    pub(crate) fn sign(&self, timestamp: i64) -> String {
        let mut digits = Timestamp::default();
        // Writing into the buffer cannot fail: no 64-bit number is longer.
        let _ = write!(digits, "{timestamp}");
        let mut hash = Md5::new();
        hash.update(&self.api_key);
        hash.update(&self.api_secret);
        hash.update(digits.as_bytes());
        hex(&hash.finalize())
    }

    /// What must not be shown, given the signature that was sent.
    pub(crate) fn secrets<'a>(&'a self, sign: &'a str) -> [&'a str; 3] {
        [&self.api_secret, sign, &self.api_key]
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials([redacted])")
    }
}

/// A number in decimal without a heap allocation.
#[derive(Default)]
struct Timestamp {
    digits: [u8; 20],
    length: usize,
}

impl Timestamp {
    fn as_bytes(&self) -> &[u8] {
        &self.digits[..self.length]
    }
}

impl fmt::Write for Timestamp {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.digits.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Credentials;

    #[test]
    fn neither_key_nor_secret_is_shown() {
        let credentials = Credentials::new("bDqJFiq9".to_owned(), "7bz1lzh9".to_owned()).unwrap();
        assert_eq!(format!("{credentials:?}"), "Credentials([redacted])");
    }
}
