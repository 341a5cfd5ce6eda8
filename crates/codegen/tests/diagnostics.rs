//! Snapshots of what is said about broken specs, one for each folder in `broken`.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Folder of a broken spec that lacks its `service.toml`. The others that have none get that of the fixture.
const WITHOUT_SERVICE: &str = "stray";

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// All that is said about a broken spec, one diagnostic a line.
fn diagnostics(case: &Path, name: &str) -> io::Result<String> {
    let folder = tempfile::tempdir()?;
    let spec = folder.path().join("spec");
    copy(case, &spec)?;
    let service = spec.join("service.toml");
    if name != WITHOUT_SERVICE && !service.exists() {
        fs::copy(tests().join("fixture/service.toml"), service)?;
    }
    let found = recallflow_codegen::load(&spec).expect_err("the spec is broken");
    Ok(found.iter().map(|diagnostic| diagnostic.to_string() + "\n").collect())
}

#[test]
fn broken_specs() -> io::Result<()> {
    for entry in fs::read_dir(tests().join("broken"))? {
        let case = entry?;
        let name = case.file_name().into_string().expect("the folders have plain names");
        let found = diagnostics(&case.path(), &name)?;
        insta::with_settings!({ snapshot_suffix => name, omit_expression => true }, {
            insta::assert_snapshot!(found);
        });
    }
    Ok(())
}

#[test]
fn a_folder_that_is_not_there() {
    let found = recallflow_codegen::load(Path::new("nowhere/spec")).expect_err("there is no such folder");
    assert_eq!(found.len(), 1);
    assert!(found[0].to_string().starts_with("spec:1: cannot be read: "), "{}", found[0]);
}
