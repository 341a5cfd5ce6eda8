//! Checks the rules of requests. Each kind of rule is one function; the generated code calls it for each field.

use std::fmt::Display;

use super::extra::{self, FieldNames};
use super::path::Path;
use super::violation::{Rule, Violation};
use super::wording::{bounds, clause, describe_text, missing, not_one_of};
use crate::datetime::LocalDateTime;
use crate::extra::Extra;

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

/// Returns every rule that `object` breaks.
pub(crate) fn violations(object: &impl Rules) -> Vec<Violation> {
    let mut found = Vec::new();
    object.check(&mut Checker { at: Path::Root, found: &mut found });
    found
}

/// Collects the violations of one object.
pub(crate) struct Checker<'a> {
    at: Path<'a>,
    found: &'a mut Vec<Violation>,
}

impl Checker<'_> {
    /// Begins the rules of one field. Only the first rule that a field breaks is reported.
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

    /// Checks that each enum value in a list is allowed.
    pub(crate) fn each_one_of<T: Copy + Into<i64>>(&mut self, name: &'static str, items: Option<&[T]>, allowed: &[T]) {
        let list = Path::Field(&self.at, name);
        for (index, item) in items.into_iter().flatten().enumerate() {
            let at = Path::Item(&list, index);
            FieldCheck { at, value: Some(item), found: self.found, broken: false }.one_of(allowed);
        }
    }

    /// Refuses documented fields in `extra`.
    pub(crate) fn extra(&mut self, extra: &Extra, names: &FieldNames) {
        let at = Path::Field(&self.at, extra::EXTRA);
        extra::inspect(extra, names, |path, complaint| {
            if let Some(complaint) = complaint {
                let path = Path::Field(&at, path).to_string();
                let message = format!("`{path}` {complaint}");
                self.found.push(Violation { path, rule: Rule::Type, message });
            }
        });
    }

    /// Requires that at least one of several flags is set, if `holds`. `when` is that condition in words.
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

/// The rules of one field, applied one after another.
pub(crate) struct FieldCheck<'c, T: ?Sized> {
    at: Path<'c>,
    value: Option<&'c T>,
    found: &'c mut Vec<Violation>,
    broken: bool,
}

impl<T: ?Sized> FieldCheck<'_, T> {
    /// Applies a limit if the field is present and has broken no rule yet.
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
    /// Requires that the field is present and not empty, if `holds`. `when` is that condition in words, empty for always.
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
    /// Limits the number of characters of a text.
    #[inline]
    pub(crate) fn length(self, min: Option<usize>, max: Option<usize>) -> Self {
        self.limit(Rule::Length, |text| {
            // A text has at most as many characters as bytes, so that counting is seldom necessary.
            if min.is_none() && max.is_some_and(|max| text.len() <= max) {
                return None;
            }
            let count = text.chars().count();
            let fits = min.is_none_or(|min| count >= min) && max.is_none_or(|max| count <= max);
            (!fits).then(|| format!("must have {} characters, but has {count}", bounds(min, max)))
        })
    }

    /// Requires that the text is one digit.
    #[inline]
    pub(crate) fn digit(self) -> Self {
        self.limit(Rule::Format, |text| {
            let fits = matches!(text.as_bytes(), [b'0'..=b'9']);
            (!fits).then(|| format!("must be one digit, 0 to 9, but is {}", describe_text(text)))
        })
    }

    /// Requires that the text is padded base64.
    #[inline]
    pub(crate) fn base64(self) -> Self {
        self.limit(Rule::Format, |text| {
            let fits = super::write::is_base64(text);
            (!fits).then(|| "must be base64 with padding, of the alphabet with `+` and `/`".to_owned())
        })
    }
}

impl<T: Copy + PartialOrd + Display> FieldCheck<'_, T> {
    /// Limits a number; both limits are allowed values.
    #[inline]
    pub(crate) fn range(self, min: Option<T>, max: Option<T>) -> Self {
        self.limit(Rule::Range, |&number| {
            // NaN compares as false with every limit, so that it is reported.
            let fits = min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max);
            (!fits).then(|| format!("must be {}, but is {number}", bounds(min, max)))
        })
    }
}

impl FieldCheck<'_, f64> {
    /// Requires that the number is finite, because JSON has no NaN and no infinity.
    #[inline]
    pub(crate) fn finite(self) -> Self {
        self.limit(Rule::Type, |number| (!number.is_finite()).then(|| format!("must be a number, but is {number}")))
    }
}

impl<T: Copy + Into<i64>> FieldCheck<'_, T> {
    /// Requires that the number is one of the documented ones.
    #[inline]
    pub(crate) fn one_of(self, allowed: &[T]) -> Self {
        self.limit(Rule::OneOf, |value| {
            let number = (*value).into();
            let allowed = || allowed.iter().map(|allowed| (*allowed).into());
            let fits = allowed().any(|allowed| allowed == number);
            (!fits).then(|| not_one_of(&allowed().collect::<Vec<i64>>(), number))
        })
    }
}

/// A value of a field that may be required under a condition.
pub(crate) trait Presence {
    /// Returns whether the value is present but empty.
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
