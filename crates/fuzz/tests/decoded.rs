//! The responses of the corpus as they are read, recorded in `fuzz/decoded.jsonl`. The tests of other languages read the
//! same files and compare.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use recallflow_fuzz::{TARGETS, decode};
use recallflow_tests::same;
use serde_json::{Value, json};

/// The environment variable that updates the file.
const UPDATE: &str = "UPDATE_DECODED";

#[test]
fn the_recorded_responses_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/decoded.jsonl");
    let decoded = decoded();
    if env::var_os(UPDATE).is_some() {
        fs::write(&path, &decoded).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    for (written, decoded) in written.lines().zip(decoded.lines()) {
        same("in fuzz/decoded.jsonl", &written, &decoded).unwrap_or_else(|why| panic!("{why}"));
    }
    assert_eq!(written.lines().count(), decoded.lines().count(), "set {UPDATE} to update fuzz/decoded.jsonl");
}

/// Returns a line for each file: its path in the corpus, the response type, and the response, which is null if the file
/// is not one.
fn decoded() -> String {
    let mut lines = String::new();
    for (target, name) in TARGETS.iter().filter_map(|target| Some((target, target.response?))) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target.name);
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        files.sort();
        for file in files {
            let data = fs::read(folder.join(&file)).unwrap();
            let shown =
                decode(name, &data).map_or(Value::Null, |shown| json!({ "wire": shown.wire, "extra": shown.extra }));
            let file = format!("{}/{}", target.name, file.to_str().unwrap());
            // Writing to a string does not fail.
            let _ = writeln!(lines, "{}", json!({ "file": file, "type": name, "shown": shown }));
        }
    }
    lines
}
