//! Tests of writing and checking generated files in temporary folders.

use std::fs;
use std::path::Path;

use recallflow_codegen::output::{Change, Difference, File, MARKER, check, write};

fn file(path: &str, contents: &str) -> File {
    File { path: path.into(), contents: contents.into() }
}

/// Writes a file that the test did not generate.
fn put(root: &Path, path: &str, contents: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("the path is below the root")).expect("the folder can be made");
    fs::write(path, contents).expect("the file can be written");
}

#[test]
fn written_files_are_up_to_date() {
    let root = tempfile::tempdir().unwrap();
    let files = [file("a/generated/one.rs", "one"), file("b/two.md", "two")];
    let written = |path: &str| Change::Written { path: path.into() };
    assert_eq!(write(root.path(), &files).unwrap(), [written("a/generated/one.rs"), written("b/two.md")]);
    assert_eq!(fs::read_to_string(root.path().join("a/generated/one.rs")).unwrap(), "one");
    assert_eq!(check(root.path(), &files).unwrap(), []);
    assert_eq!(write(root.path(), &files).unwrap(), []);
}

#[test]
fn differences_name_the_command_that_removes_them() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "a/generated/changed.rs", "one\ntwo\nthree\n");
    put(root.path(), "a/generated/deep/orphan.rs", &format!("// {MARKER}\n"));
    let files = [file("a/generated/changed.rs", "one\n2\nthree\n"), file("a/generated/missing.rs", "new\n")];
    let shown: Vec<_> = check(root.path(), &files).unwrap().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    a/generated/changed.rs is out of date; run `cargo xtask codegen`
    --- a/a/generated/changed.rs
    +++ b/a/generated/changed.rs
    @@ -1,3 +1,3 @@
     one
    -two
    +2
     three

    a/generated/deep/orphan.rs is no longer generated; run `cargo xtask codegen`
    a/generated/missing.rs is missing; run `cargo xtask codegen`
    ");
}

#[test]
fn only_generated_files_are_orphans() {
    let root = tempfile::tempdir().unwrap();
    let marked = format!("// {MARKER}\n");
    put(root.path(), "a/generated/orphan.rs", &marked);
    for untouched in ["a/generated/by_hand.rs", "a/other.rs", "target/generated/x.rs", ".git/generated/x.rs"] {
        let contents = if untouched.contains("by_hand") { "// by hand\n" } else { &marked };
        put(root.path(), untouched, contents);
    }
    let path = String::from("a/generated/orphan.rs");
    assert_eq!(check(root.path(), &[]).unwrap(), [Difference::Orphaned { path: path.clone() }]);
    assert_eq!(write(root.path(), &[]).unwrap(), [Change::Removed { path }]);
    assert_eq!(check(root.path(), &[]).unwrap(), []);
    assert!(root.path().join("a/generated/by_hand.rs").exists());
}
