//! Warnings about valid requests that are probably mistakes.

use super::extra::{self, FieldNames};
use super::path::Path;
use super::read::nearest;
use super::violation::Warning;
use crate::datetime::LocalDateTime;
use crate::extra::Extra;

/// A request, or a part of one, for which there may be warnings.
pub(crate) trait Lint {
    /// Reports every warning about the object.
    fn lint(&self, linter: &mut Linter<'_>);
}

impl<T: Lint> Lint for Vec<T> {
    fn lint(&self, linter: &mut Linter<'_>) {
        for (index, item) in self.iter().enumerate() {
            item.lint(&mut Linter { at: Path::Item(&linter.at, index), found: linter.found });
        }
    }
}

/// Returns every warning about `object`.
pub(crate) fn warnings(object: &impl Lint) -> Vec<Warning> {
    let mut found = Vec::new();
    object.lint(&mut Linter { at: Path::Root, found: &mut found });
    found
}

/// Collects the warnings about one object.
pub(crate) struct Linter<'a> {
    at: Path<'a>,
    found: &'a mut Vec<Warning>,
}

impl Linter<'_> {
    /// Warns about a number other than 0 if the service ignores it, because it is not `effective`.
    pub(crate) fn no_effect(&mut self, name: &'static str, number: Option<i64>, effective: bool, doc: &'static str) {
        if !effective && number.is_some_and(|number| number != 0) {
            self.report(name, doc.to_owned());
        }
    }

    /// Warns about variables of a template that the service does not replace.
    pub(crate) fn unknown_variable(
        &mut self,
        field: &'static str,
        template: Option<&str>,
        name: &'static str,
        (min, max): (i64, i64),
        doc: &'static str,
    ) {
        let unknown: Vec<&str> =
            template.into_iter().flat_map(variables).filter(|variable| !is_known(variable, name, min, max)).collect();
        if !unknown.is_empty() {
            let listed = unknown.iter().map(|variable| format!("`${{{variable}}}`")).collect::<Vec<_>>().join(", ");
            self.report(field, format!("{doc} It has {listed}."));
        }
    }

    /// Warns about a list that is present and empty.
    pub(crate) fn empty<T>(&mut self, field: &'static str, list: Option<&[T]>, doc: &'static str) {
        if list.is_some_and(<[T]>::is_empty) {
            self.report(field, doc.to_owned());
        }
    }

    /// Warns about a time span that ends before it starts.
    pub(crate) fn reversed(
        &mut self,
        field: &'static str,
        (start, end): (Option<LocalDateTime>, Option<LocalDateTime>),
        doc: &'static str,
    ) {
        if start.zip(end).is_some_and(|(start, end)| end < start) {
            self.report(field, doc.to_owned());
        }
    }

    /// Warns about each field in `extra` that may be there.
    pub(crate) fn extra(&mut self, extra: &Extra, names: &FieldNames) {
        extra::inspect(extra, names, |path, complaint| {
            if complaint.is_none() {
                let (holder, name) = path.rsplit_once('.').map_or(("", path), |(holder, name)| (holder, name));
                let siblings = names.documented.iter().filter_map(|path| match path.rsplit_once('.') {
                    Some((other, name)) => (other == holder).then_some(name),
                    None => holder.is_empty().then_some(*path),
                });
                let hint = match nearest(name, &siblings.collect::<Vec<_>>()) {
                    Some(nearest) => format!(" It resembles `{nearest}`."),
                    None => String::new(),
                };
                self.report(path, format!("This version does not know the field, and sends it unchanged.{hint}"));
            }
        });
    }

    /// Lints an object, or the objects in a list.
    pub(crate) fn nested(&mut self, name: &'static str, nested: Option<&impl Lint>) {
        if let Some(nested) = nested {
            nested.lint(&mut Linter { at: Path::Field(&self.at, name), found: self.found });
        }
    }

    fn report(&mut self, name: &str, message: String) {
        self.found.push(Warning { path: Path::Field(&self.at, name).to_string(), message });
    }
}

/// Returns the names between `${` and `}`, each once, in the order of the template.
fn variables(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        if !names.contains(&name) {
            names.push(name);
        }
        rest = after;
    }
    names
}

fn is_known(variable: &str, name: &str, min: i64, max: i64) -> bool {
    (min..=max).any(|number| variable.strip_prefix(name).is_some_and(|rest| rest == number.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_the_names_in_braces() {
        assert_eq!(variables("Hi ${text1}, ${name} and ${text1} ${open"), ["text1", "name"]);
        assert!(variables("no $ {text1}").is_empty());
    }

    #[test]
    fn only_exact_names_are_known() {
        for known in ["text1", "text10"] {
            assert!(is_known(known, "text", 1, 10), "{known}");
        }
        for unknown in ["text0", "text11", "text01", "Text1", "text", "text1 "] {
            assert!(!is_known(unknown, "text", 1, 10), "{unknown}");
        }
    }
}
