//! Violations and warnings: the problems that a check of a request reports.

use std::fmt;

use serde::Serialize;

/// A rule that a request breaks, with the field and a message.
///
/// The message is the same in every language of this library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The field in wire names with list indexes, such as `nodeList[0].smsContent`. A rule about several fields has the
    /// path of their object, which is empty for the request itself.
    pub path: String,
    /// The kind of rule.
    pub rule: Rule,
    /// One English sentence without a full stop that names the field, the rule and the value.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The field is missing or, being text, empty.
    Required,
    /// The number is too small or too large.
    Range,
    /// The text is too short or too long, in Unicode scalar values.
    Length,
    /// The number is not one of the documented ones.
    OneOf,
    /// The text does not have the documented form.
    Format,
    /// None of several flags is set.
    AtLeastOne,
    /// The value has the wrong type, or the field does not exist.
    Type,
}

impl Rule {
    /// Every kind, in the order of the documentation.
    pub const ALL: &'static [Rule] =
        &[Rule::Required, Rule::Range, Rule::Length, Rule::OneOf, Rule::Format, Rule::AtLeastOne, Rule::Type];

    /// Returns the name that every language uses, such as `at_least_one`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Rule::Required => "required",
            Rule::Range => "range",
            Rule::Length => "length",
            Rule::OneOf => "one_of",
            Rule::Format => "format",
            Rule::AtLeastOne => "at_least_one",
            Rule::Type => "type",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A valid part of a request that is probably a mistake. The request is sent nevertheless.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// The field in wire names with list indexes, as in [`Violation::path`].
    pub path: String,
    /// One English sentence about the field.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::Warning;

    #[test]
    fn a_warning_begins_with_its_path() {
        let warning = Warning { path: "nodeList[0].smsContent".to_owned(), message: "It has `${name}`.".to_owned() };
        assert_eq!(warning.to_string(), "`nodeList[0].smsContent`: It has `${name}`.");
    }
}
