//! Golden pages: the commands of each page, also of the pages for operators, run against a sandbox of their own.
//! `TRYCMD=overwrite` rewrites them.

use std::path::Path;

use recallflow_sandbox::Sandbox;
use trycmd::TestCases;

#[test]
fn commands_print_what_the_pages_show() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = std::fs::read_dir(crate_folder.join("tests/pages")).unwrap().map(|entry| entry.unwrap().path());
    let documents = ["command.md", "command.zh.md", "skill.md"].map(|name| crate_folder.join("../../docs").join(name));
    let pages: Vec<_> = own.chain(documents).collect();
    assert!(pages.len() > 2);
    for page in pages {
        run_page(&page);
    }
}

/// Runs the commands of a page in an empty folder, against a sandbox of their own.
fn run_page(page: &Path) {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("page.md");
    std::fs::copy(page, &copy).expect("a copy");
    // The library runs the commands of `page.md` in `page.in`.
    let inputs = folder.path().join("page.in");
    std::fs::create_dir(&inputs).expect("a folder");
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), inputs.join(file.file_name())).expect("a copy");
    }
    let profiles = folder.path().join("profiles.toml");
    let cases = TestCases::new();
    cases
        .case(&copy)
        .env("RECALLFLOW_API_KEY", sandbox.api_key())
        .env("RECALLFLOW_API_SECRET", sandbox.api_secret())
        .env("RECALLFLOW_BASE_URL", sandbox.url())
        .env("RECALLFLOW_PROFILES", profiles.to_str().expect("a path in Unicode"))
        .env("COLUMNS", "100");
    cases.insert_var("[URL]", sandbox.url().clone()).expect("a name");
    let outcome = std::panic::catch_unwind(|| cases.run());
    if std::env::var_os("TRYCMD").is_some_and(|mode| mode == "overwrite") {
        std::fs::copy(&copy, page).expect("a copy");
    }
    outcome.unwrap_or_else(|_| panic!("{} shows something else", page.display()));
}
