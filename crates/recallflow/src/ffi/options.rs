//! Options as other languages set them: by name, each with the kind of value that it takes.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;

/// An option, and the function that sets it on a `T`.
#[derive(Debug)]
pub struct OptionEntry<T> {
    /// Name in `snake_case`.
    pub name: &'static str,
    /// Name in `camelCase`.
    pub camel_name: &'static str,
    /// Sets the option.
    pub setter: Setter<T>,
}

/// Sets an option to a value of its kind.
#[derive(Debug)]
pub enum Setter<T> {
    /// A text.
    Text(fn(T, String) -> T),
    /// A time span.
    Duration(fn(T, Duration) -> T),
    /// A number, and its minimum.
    Count(fn(T, u32) -> T, u64),
    /// The size of something in memory, and its minimum.
    Size(fn(T, usize) -> T, u64),
    /// A number of requests per second.
    Rate(fn(T, f64) -> T),
    /// True or false.
    Flag(fn(T, bool) -> T),
    /// Headers: names and values.
    Headers(fn(T, Vec<(String, String)>) -> T),
    /// The path of a file.
    Path(fn(T, PathBuf) -> T),
    /// The URL of a proxy; `None` disables proxies.
    Proxy(fn(T, Option<String>) -> T),
}

impl<T> Setter<T> {
    /// Returns whether the option has no default value, so that a null value leaves it unset.
    #[must_use]
    pub fn accepts_null(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Rate(_) | Self::Path(_) | Self::Proxy(_))
    }
}

/// Creates the error for an option that clients with the same connections cannot have each for themselves.
#[must_use]
pub fn not_adjustable(name: &str) -> Error {
    Error::config(format!(
        "`{name}` cannot be changed, because clients with the same connections share it; create another client"
    ))
}
