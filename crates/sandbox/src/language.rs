//! The words of the caller's language: names, units and literals of values that cross the command protocol.

use serde_json::Value;

/// Characters of a wrong value that an error shows.
const SHOWN: usize = 60;

/// The language of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JSON itself: names in `snake_case`, times in milliseconds.
    Json,
    /// Names in `snake_case`, times in seconds.
    Python,
    /// Names in `camelCase`, times in milliseconds.
    Node,
}

impl Language {
    /// Returns a name of the protocol as the language writes it.
    pub(crate) fn name(self, name: &str) -> String {
        if self != Self::Node {
            return name.to_owned();
        }
        let mut words = name.split('_');
        let mut camel = words.next().unwrap_or_default().to_owned();
        for word in words {
            camel.extend(word.chars().next().map(|first| first.to_ascii_uppercase()));
            camel.extend(word.chars().skip(1));
        }
        camel
    }

    /// Returns how many milliseconds the language's unit of time has, and its name.
    pub(crate) fn unit(self) -> (f64, &'static str) {
        if self == Self::Python { (1000.0, "seconds") } else { (1.0, "milliseconds") }
    }

    /// Returns the language's word for a list.
    pub(crate) fn list(self) -> &'static str {
        if self == Self::Node { "an array" } else { "a list" }
    }

    /// Returns the language's word for an object.
    pub(crate) fn object(self) -> &'static str {
        if self == Self::Python { "a dict" } else { "an object" }
    }

    /// Returns where the language's fault builders are documented.
    pub(crate) fn faults(self) -> &'static str {
        match self {
            Self::Json => "see `spec/sandbox.toml` for all of them",
            Self::Python => "see `recallflow.sandbox.faults` for all of them",
            Self::Node => "see `faults` of `recallflow/sandbox` for all of them",
        }
    }

    /// Returns a value as the language writes it, shortened.
    pub(crate) fn literal(self, value: &Value) -> String {
        let text = match (self, value) {
            (Self::Python, Value::Null) => "None".to_owned(),
            (Self::Python, Value::Bool(true)) => "True".to_owned(),
            (Self::Python, Value::Bool(false)) => "False".to_owned(),
            (Self::Python | Self::Node, Value::String(text)) => format!("'{text}'"),
            (_, Value::Object(bytes)) if bytes.len() == 1 && bytes.contains_key("base64") => "bytes".to_owned(),
            (_, value) => value.to_string(),
        };
        match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

/// Returns the known name that a misspelt one probably means.
pub(crate) fn suggestion<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let wrong = plain(wrong);
    let distance = |name: &&str| strsim::damerau_levenshtein(&wrong, &plain(name));
    let is_near = |name: &&str| distance(name) <= wrong.len() / 3 || wrong.len() > 3 && plain(name).starts_with(&wrong);
    known.into_iter().filter(is_near).min_by_key(distance)
}
