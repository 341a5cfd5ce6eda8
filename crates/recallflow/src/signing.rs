//! The signature of a request: MD5 over API key, API secret and timestamp.
//!
//! The service requires MD5. The signature covers neither path nor body, so plain HTTP is rejected.

use std::fmt;

use md5::{Digest as _, Md5};

use crate::error::Error;

/// API key and secret. `Debug` shows neither.
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

    /// Returns the signature: lower-case hexadecimal MD5 of key, secret and Unix time in seconds.
    pub(crate) fn sign(&self, timestamp: i64) -> String {
        let mut hash = Md5::new();
        hash.update(&self.api_key);
        hash.update(&self.api_secret);
        hash.update(timestamp.to_string());
        format!("{:032x}", u128::from_be_bytes(hash.finalize().into()))
    }

    /// Returns the values to redact after sending this signature.
    pub(crate) fn secrets<'a>(&'a self, sign: &'a str) -> [&'a str; 3] {
        [&self.api_secret, sign, &self.api_key]
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::Credentials;

    #[test]
    fn debug_shows_neither_key_nor_secret() {
        let credentials = Credentials::new("bDqJFiq9".to_owned(), "7bz1lzh9".to_owned()).unwrap();
        assert_eq!(format!("{credentials:?}"), "Credentials([redacted])");
    }
}
