//! The documentation of options, for the renderers of all languages.

use crate::model::options::{ClientOption, OptionKind};
use crate::names;

/// How a language writes options.
pub(super) struct Style {
    /// Converts the name of an option.
    pub(super) name: fn(&str) -> String,
    /// Writes a default in seconds.
    duration: fn(u32) -> String,
    /// The unit of durations, after a description.
    unit: &'static str,
    /// How a proxy is disabled, after a description.
    no_proxy: &'static str,
    /// The two values of a flag.
    flags: [&'static str; 2],
}

/// Options in Rust.
pub(super) const RUST: Style = Style {
    name: str::to_owned,
    duration: |seconds| format!("{seconds} s"),
    unit: "",
    no_proxy: "; `no_proxy` disables proxies",
    flags: ["false", "true"],
};

/// Options in Python.
pub(super) const PYTHON: Style = Style {
    name: str::to_owned,
    duration: |seconds| seconds.to_string(),
    unit: ", in seconds",
    no_proxy: ", or False for none",
    flags: ["False", "True"],
};

/// Options in TypeScript.
pub(super) const TYPESCRIPT: Style = Style {
    name: names::camel,
    duration: |seconds| (u64::from(seconds) * 1000).to_string(),
    unit: ", in milliseconds",
    no_proxy: ", or `false` for none",
    flags: ["false", "true"],
};

impl Style {
    /// Returns the description without its full stop, with the unit.
    pub(super) fn summary(&self, option: &ClientOption) -> String {
        let addition = match option.kind {
            OptionKind::Duration { .. } => self.unit,
            OptionKind::Proxy => self.no_proxy,
            _ => "",
        };
        format!("{}{addition}", option.doc.trim_end_matches('.'))
    }

    /// Returns the default in words or as a value; `None` if there is none.
    pub(super) fn default(&self, option: &ClientOption) -> Option<String> {
        match option.kind {
            OptionKind::Duration { default } => Some((self.duration)(default)),
            OptionKind::Count { default, .. } => Some(default.to_string()),
            OptionKind::Size { default, .. } => Some(size(default)),
            OptionKind::Flag { default } => Some(format!("`{}`", self.flags[usize::from(default)])),
            OptionKind::Text | OptionKind::Headers | OptionKind::Rate | OptionKind::Path | OptionKind::Proxy => {
                fallback(option)
            }
        }
    }

    /// Returns the description with the default, and then the other paragraphs.
    pub(super) fn paragraphs(&self, option: &ClientOption) -> Vec<String> {
        let default = self.default(option).map(|default| format!(" Default: {default}.")).unwrap_or_default();
        let first = format!("{}.{default}", self.summary(option));
        let details = option.details.iter().map(|paragraph| self.with_names(paragraph));
        std::iter::once(first).chain(details).collect()
    }

    /// Does the same without the default.
    pub(super) fn paragraphs_without_default(&self, option: &ClientOption) -> Vec<String> {
        let mut paragraphs = self.paragraphs(option);
        paragraphs[0] = format!("{}.", self.summary(option));
        paragraphs
    }

    /// Replaces each `{name}` in a text.
    fn with_names(&self, text: &str) -> String {
        let mut parts = text.split('{');
        let mut named = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            match part.split_once('}') {
                Some((name, rest)) => named.extend([&(self.name)(name), rest]),
                None => named.extend(["{", part]),
            }
        }
        named
    }
}

/// Writes a size, as MiB if it is whole.
fn size(bytes: u32) -> String {
    const MEBI: u32 = 1 << 20;
    if bytes > 0 && bytes.is_multiple_of(MEBI) { format!("{} MiB", bytes / MEBI) } else { bytes.to_string() }
}

/// Returns what a client without the option uses.
fn fallback(option: &ClientOption) -> Option<String> {
    match (&option.environment, &option.unset) {
        (Some(variable), Some(unset)) => Some(format!("the environment variable `{variable}`, or else {unset}")),
        (Some(variable), None) => Some(format!("the environment variable `{variable}`")),
        (None, unset) => unset.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(kind: OptionKind) -> ClientOption {
        ClientOption {
            name: "most_things".into(),
            kind,
            unset: None,
            environment: None,
            is_for_calls: false,
            is_adjustable: false,
            doc: "Maximum number of things.".into(),
            details: vec!["See `{other_option}` and {.".into()],
        }
    }

    #[test]
    fn each_language_has_its_units_and_names() {
        let duration = option(OptionKind::Duration { default: 30 });
        let first = |style: &Style| style.paragraphs(&duration)[0].clone();
        assert_eq!(first(&RUST), "Maximum number of things. Default: 30 s.");
        assert_eq!(first(&PYTHON), "Maximum number of things, in seconds. Default: 30.");
        assert_eq!(first(&TYPESCRIPT), "Maximum number of things, in milliseconds. Default: 30000.");
        assert_eq!(TYPESCRIPT.paragraphs(&duration)[1], "See `otherOption` and {.");
    }

    #[test]
    fn sizes_and_fallbacks_are_written_in_words() {
        let size = |default| RUST.default(&option(OptionKind::Size { default, positive: false })).unwrap();
        assert_eq!([size(8 << 20), size(100), size(0)], ["8 MiB", "100", "0"]);
        let text = ClientOption { environment: Some("A".into()), unset: Some("b".into()), ..option(OptionKind::Text) };
        assert_eq!(PYTHON.default(&text).unwrap(), "the environment variable `A`, or else b");
        assert_eq!(PYTHON.default(&option(OptionKind::Path)), None);
    }
}
