//! The rules: one function for each kind, called by the generated list of what holds where.

use std::fmt::Display;

use super::path::Path;
use super::violation::{Rule, Violation};
use super::wording::{bounds, clause, describe_text, missing, not_one_of};
use crate::datetime::LocalDateTime;
use crate::open_enum::Number;

/// An object that obeys rules.
pub(crate) trait Rules {
    /// Reports every rule that the object breaks.
    fn check(&self, checker: &mut Checker<'_>);
}

impl<T: Rules> Rules for Vec<T> {
    fn check(&self, checker: &mut Checker<'_>) {
        for (index, item) in self.iter().enumerate() {
            item.check(&mut Checker { at: Path::Item(&checker.at, index), found: checker.found });
        }
    }
}

/// Every rule that `object` breaks.
pub(crate) fn violations(object: &impl Rules) -> Vec<Violation> {
    let mut found = Vec::new();
    object.check(&mut Checker { at: Path::Root, found: &mut found });
    found
}

/// Collects what is broken in one object.
pub(crate) struct Checker<'a> {
    at: Path<'a>,
    found: &'a mut Vec<Violation>,
}

impl Checker<'_> {
    /// The rules of one field; a field reports the first one that it breaks.
    #[inline]
    pub(crate) fn field<'c, T: ?Sized>(&'c mut self, name: &'static str, value: Option<&'c T>) -> FieldCheck<'c, T> {
        FieldCheck { at: Path::Field(&self.at, name), value, found: self.found, broken: false }
    }

    /// Checks an object, or the objects in a list.
    pub(crate) fn nested(&mut self, name: &'static str, nested: Option<&impl Rules>) {
        if let Some(nested) = nested {
            nested.check(&mut Checker { at: Path::Field(&self.at, name), found: self.found });
        }
    }

    /// The rules of the enum values in a list.
    pub(crate) fn numbers<T: Number>(&mut self, name: &'static str, items: Option<&[T]>, allowed: &[T]) {
        let list = Path::Field(&self.at, name);
        for (index, item) in items.into_iter().flatten().enumerate() {
            let at = Path::Item(&list, index);
            FieldCheck { at, value: Some(item), found: self.found, broken: false }.one_of(allowed);
        }
    }

    /// At least one of several flags is set, whenever `holds`.
    pub(crate) fn at_least_one(
        &mut self,
        holds: bool,
        when: &'static str,
        names: &[&'static str],
        flags: &[Option<bool>],
    ) {
        if holds && !flags.contains(&Some(true)) {
            let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let owner = match self.at {
                Path::Root => String::new(),
                at => format!("`{at}`: "),
            };
            self.found.push(Violation {
                path: self.at.to_string(),
                rule: Rule::AtLeastOne,
                message: format!("{owner}at least one of {names} must be 1{}", clause(when)),
            });
        }
    }
}

/// The rules of one field.
pub(crate) struct FieldCheck<'c, T: ?Sized> {
    at: Path<'c>,
    value: Option<&'c T>,
    found: &'c mut Vec<Violation>,
    broken: bool,
}

impl<T: ?Sized> FieldCheck<'_, T> {
    /// Applies a limit to a value that is there and has broken nothing yet.
    #[inline]
    fn limit(mut self, rule: Rule, broken: impl FnOnce(&T) -> Option<String>) -> Self {
        if !self.broken
            && let Some(value) = self.value
            && let Some(complaint) = broken(value)
        {
            self.report(rule, &complaint);
        }
        self
    }

    #[cold]
    fn report(&mut self, rule: Rule, complaint: &str) {
        self.broken = true;
        let message = format!("`{}` {complaint}", self.at);
        self.found.push(Violation { path: self.at.to_string(), rule, message });
    }
}

impl<T: Presence + ?Sized> FieldCheck<'_, T> {
    /// The field must be there, and not empty, whenever `holds`; `when` says so in words, and is empty for always.
    #[inline]
    pub(crate) fn required(mut self, holds: bool, when: &'static str) -> Self {
        if holds && !self.broken {
            match self.value {
                None => self.report(Rule::Required, &missing(when)),
                Some(value) if value.is_empty() => {
                    self.report(Rule::Required, &format!("must not be empty{}", clause(when)));
                }
                Some(_) => {}
            }
        }
        self
    }
}

impl FieldCheck<'_, str> {
    /// The text has so many characters.
    #[inline]
    pub(crate) fn length(self, min: Option<usize>, max: Option<usize>) -> Self {
        self.limit(Rule::Length, |text| {
            // A text has no more characters than bytes, so most need no counting.
            if min.is_none() && max.is_some_and(|max| text.len() <= max) {
                return None;
            }
            let count = text.chars().count();
            let fits = min.is_none_or(|min| count >= min) && max.is_none_or(|max| count <= max);
            (!fits).then(|| format!("must have {} characters, but has {count}", bounds(min, max)))
        })
    }

    /// The text is one digit.
    #[inline]
    pub(crate) fn digit(self) -> Self {
        self.limit(Rule::Format, |text| {
            let fits = matches!(text.as_bytes(), [b'0'..=b'9']);
            (!fits).then(|| format!("must be one digit, 0 to 9, but is {}", describe_text(text)))
        })
    }

    /// The text is padded base64.
    #[inline]
    pub(crate) fn base64(self) -> Self {
        self.limit(Rule::Format, |text| {
            let fits = super::write::is_base64(text);
            (!fits).then(|| "must be base64 with padding, of the alphabet with `+` and `/`".to_owned())
        })
    }
}

impl<T: Copy + PartialOrd + Display> FieldCheck<'_, T> {
    /// The number lies between two others, which it may equal.
    #[inline]
    pub(crate) fn range(self, min: Option<T>, max: Option<T>) -> Self {
        self.limit(Rule::Range, |&number| {
            // Written so that NaN, which compares with nothing, does not fit.
            let fits = min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max);
            (!fits).then(|| format!("must be {}, but is {number}", bounds(min, max)))
        })
    }
}

impl FieldCheck<'_, f64> {
    /// The number can be written in JSON.
    #[inline]
    pub(crate) fn finite(self) -> Self {
        self.limit(Rule::Type, |number| (!number.is_finite()).then(|| format!("must be a number, but is {number}")))
    }
}

impl<T: Number> FieldCheck<'_, T> {
    /// The number is one of the documented ones.
    #[inline]
    pub(crate) fn one_of(self, allowed: &[T]) -> Self {
        self.limit(Rule::OneOf, |value| {
            let fits = allowed.iter().any(|allowed| allowed.number() == value.number());
            (!fits).then(|| not_one_of(&numbers(allowed), value.number()))
        })
    }
}

/// What may be there and yet hold nothing.
pub(crate) trait Presence {
    /// Whether it holds nothing.
    fn is_empty(&self) -> bool {
        false
    }
}

impl Presence for str {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl Presence for i32 {}
impl Presence for i64 {}
impl Presence for f64 {}
impl Presence for bool {}
impl Presence for LocalDateTime {}
impl<T> Presence for [T] {}
impl<T: Number> Presence for T {}

fn numbers<T: Number>(values: &[T]) -> Vec<i64> {
    values.iter().map(|value| value.number()).collect()
}
