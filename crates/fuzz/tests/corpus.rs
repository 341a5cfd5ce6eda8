//! Tests with the corpus of the fuzzer.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use recallflow_fuzz::TARGETS;

/// Returns the folder of the fuzz targets.
fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// Returns the names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(name).collect();
    names.sort();
    names
}

#[test]
fn every_file_of_the_corpus_holds() {
    let mut failures = Vec::new();
    for target in TARGETS {
        let folder = fuzz().join("corpus").join(target.name);
        let files = names(&folder);
        assert!(!files.is_empty(), "there is nothing in {}", folder.display());
        for file in files {
            let data = fs::read(folder.join(&file)).unwrap();
            if catch_unwind(|| (target.check)(&data)).is_err() {
                failures.push(format!("{}/{file}", target.name));
            }
        }
    }
    assert!(failures.is_empty(), "these fail: {failures:#?}");
}

#[test]
fn every_target_has_a_program_and_a_corpus() {
    let mut expected: Vec<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    expected.sort();
    assert_eq!(names(&fuzz().join("corpus")), expected);
    let programs = names(&fuzz().join("fuzz_targets"));
    assert_eq!(programs, expected.iter().map(|name| format!("{name}.rs")).collect::<Vec<_>>());
    for name in expected {
        let program = fs::read_to_string(fuzz().join("fuzz_targets").join(&name).with_extension("rs")).unwrap();
        assert!(program.contains(&format!("recallflow_fuzz::{name}(data)")), "{name}.rs calls something else");
    }
}
