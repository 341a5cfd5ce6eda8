//! The templates of Python files, with filters for what depends on the length of a line.

use serde::Serialize;

use crate::render::{comments, template};

/// Fills in a template.
///
/// # Panics
///
/// If the template uses names that `shown` does not have, which is a bug of the renderer.
pub(super) fn fill(text: &str, shown: impl Serialize) -> String {
    let mut environment = template::environment();
    environment.add_filter("docstring", comments::python_docstring);
    environment.add_filter("wrap", comments::python_paragraph);
    template::fill_in(&environment, text, shown)
}

/// Returns names in the order in which linters want them.
pub(super) fn sorted(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup();
    names
}
