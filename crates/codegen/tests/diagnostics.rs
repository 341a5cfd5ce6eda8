//! Snapshots of the diagnostics for broken specs, one per folder in `broken`.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The broken spec whose `service.toml` is missing. Other specs without one get that of the fixture.
const WITHOUT_SERVICE: &str = "stray";

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Copies a folder recursively.
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

/// Returns the diagnostics for a broken spec, one per line.
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
fn a_missing_folder_is_reported() {
    let found = recallflow_codegen::load(Path::new("nowhere/spec")).expect_err("there is no such folder");
    assert_eq!(found.len(), 1);
    assert!(found[0].to_string().starts_with("spec:1: could not read the folder: "), "{}", found[0]);
}

#[test]
fn a_file_that_is_not_utf8_does_not_hide_other_problems() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let spec = folder.path().join("spec");
    copy(&tests().join("fixture"), &spec)?;
    fs::write(spec.join("enums.toml"), b"# One line that is text.\n# One that is not: \xff\n")?;
    fs::write(spec.join("service.toml"), b"\xff")?;
    fs::write(spec.join("types/wrong.toml"), "[Wrong]\nkind = \"none\"\ndoc = \"A kind.\"\nsource = [\"A\"]\n")?;
    let found = recallflow_codegen::load(&spec).expect_err("the spec is broken");
    let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
    for expected in ["spec/enums.toml:2: expected UTF-8", "spec/service.toml:1: expected UTF-8"] {
        assert!(shown.iter().any(|line| line == expected), "{shown:#?}");
    }
    assert!(shown.iter().any(|line| line.starts_with("spec/types/wrong.toml:2: unknown kind of type")), "{shown:#?}");
    assert!(!shown.iter().any(|line| line.contains("missing") || line.contains("document")), "{shown:#?}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_does_not_hide_other_problems() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let spec = folder.path().join("spec");
    copy(&tests().join("fixture"), &spec)?;
    std::os::unix::fs::symlink("nowhere.toml", spec.join("types/gone.toml"))?;
    fs::write(spec.join("types/wrong.toml"), "[Wrong]\n")?;
    let found = recallflow_codegen::load(&spec).expect_err("the spec is broken");
    assert!(found[0].to_string().starts_with("spec/types/gone.toml:1: could not read the file: "), "{}", found[0]);
    assert_eq!(found[1].file, "spec/types/wrong.toml");
    Ok(())
}
