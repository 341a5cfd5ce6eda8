//! Searches texts for secrets.

use std::collections::BTreeSet;

use md5::{Digest as _, Md5};
use recallflow_sandbox::RecordedRequest;

use crate::stage::{API_KEY, API_SECRET};

/// The API key, the secret, and every signature that was sent.
#[derive(Clone)]
pub(crate) struct Secrets(BTreeSet<String>);

impl Secrets {
    /// Returns the secrets of these requests.
    pub(crate) fn of_requests(requests: &[RecordedRequest]) -> Self {
        let timestamps = requests.iter().filter_map(|request| request.header("timestamp"));
        let signatures = timestamps.map(|timestamp| {
            let hash = Md5::digest(format!("{API_KEY}{API_SECRET}{timestamp}"));
            format!("{:032x}", u128::from_be_bytes(hash.into()))
        });
        Self(signatures.chain([API_KEY, API_SECRET].map(str::to_lowercase)).collect())
    }

    /// Adds other secrets.
    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns a description of each text that contains a secret.
    pub(crate) fn shown_in<'a>(&self, texts: impl IntoIterator<Item = &'a String>) -> Vec<String> {
        let mut shown = Vec::new();
        for text in texts {
            let lower = text.to_lowercase();
            let found = self.0.iter().filter(|secret| lower.contains(secret.as_str()));
            shown.extend(found.map(|secret| format!("{secret} shows in {}", first_characters(text))));
        }
        shown
    }
}

fn first_characters(text: &str) -> String {
    text.chars().take(2000).collect()
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use crate::stage::{API_KEY, API_SECRET};

    #[test]
    fn secrets_are_found_in_any_case() {
        let secrets = Secrets::of_requests(&[]);
        for text in [API_KEY.to_uppercase(), format!("a {API_SECRET}!")] {
            assert_eq!(secrets.shown_in([&text]).len(), 1, "{text}");
        }
        assert!(secrets.shown_in([&"nothing".to_owned()]).is_empty());
    }
}
