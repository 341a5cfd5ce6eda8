//! Templates of text files.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

/// Renders a template with an environment that may have its own filters.
///
/// # Panics
///
/// If the template uses a name that `shown` does not have, which is a bug of the renderer.
pub(super) fn fill_in(environment: &Environment<'_>, template: &str, shown: impl Serialize) -> String {
    environment.render_str(template, Value::from(Serde(shown))).expect("the template has only names that it shows")
}

/// Returns an environment in which a tag on its own line leaves no blank line, and an unknown name is an error.
pub(super) fn environment() -> Environment<'static> {
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    let mut environment = Environment::new();
    environment.set_syntax(syntax.build().expect("the delimiters are the usual ones"));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}
