//! `cargo xtask codegen --check` as a test.

use std::path::Path;

use recallflow_codegen::{generate, output};

#[test]
fn generated_files_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = generate(&root).unwrap_or_else(|error| panic!("{error}"));
    let differences = output::check(&root, &files).expect("the repository can be read");
    let shown: Vec<_> = differences.iter().map(ToString::to_string).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}
