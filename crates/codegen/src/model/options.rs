//! The options of a client.

use serde::Serialize;

/// An option of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientOption {
    /// Name in `snake_case`.
    pub name: String,
    /// Kind of its value, with the default.
    pub kind: OptionKind,
    /// What a client without the option uses, in words; `None` if that is its default, or nothing.
    pub unset: Option<String>,
    /// The environment variable that is read if the option is left out.
    pub environment: Option<String>,
    /// Whether each call can have its own value.
    pub is_for_calls: bool,
    /// Whether a client with another value can share connections. So it can if each call can have its own value.
    pub is_adjustable: bool,
    /// Description.
    pub doc: String,
    /// Further paragraphs, in which `{name}` is the name of an option.
    pub details: Vec<String>,
}

/// The kind of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionKind {
    /// A text.
    Text,
    /// HTTP headers by their names.
    Headers,
    /// A time span, which is never 0.
    Duration {
        /// Default in seconds.
        default: u32,
    },
    /// A number of 32 bits.
    Count {
        /// Default.
        default: u32,
        /// Whether 0 is refused.
        positive: bool,
    },
    /// The size of something in memory.
    Size {
        /// Default.
        default: u32,
        /// Whether 0 is refused.
        positive: bool,
    },
    /// A number per second, which is never 0.
    Rate,
    /// True or false.
    Flag {
        /// Default.
        default: bool,
    },
    /// The path of a file.
    Path,
    /// The URL of a proxy, or false for none.
    Proxy,
}
