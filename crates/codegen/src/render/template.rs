//! The templates of text files, which hold loops and nothing else.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

/// Fills in a template.
///
/// # Panics
///
/// If the template does not fit what it is to show, which is a bug of the renderer.
pub(super) fn fill(template: &str, shown: impl Serialize) -> String {
    environment().render_str(template, Value::from(Serde(shown))).expect("the template fits what it shows")
}

/// Lets tags stand on lines of their own that leave no trace, and refuses names that are not there.
fn environment() -> Environment<'static> {
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    let mut environment = Environment::new();
    environment.set_syntax(syntax.build().expect("the delimiters are the usual ones"));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}
