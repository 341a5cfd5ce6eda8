//! Golden pages: the commands of each page run against a sandbox of their own. `TRYCMD=overwrite` rewrites them.

use std::path::Path;

use recallflow_sandbox::Sandbox;
use trycmd::TestCases;

#[test]
fn commands_print_what_the_pages_show() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut count = 0;
    for entry in std::fs::read_dir(pages).unwrap() {
        run_page(&entry.unwrap().path());
        count += 1;
    }
    assert!(count > 0);
}

fn run_page(page: &Path) {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let folder = tempfile::tempdir().expect("a folder");
    let profiles = folder.path().join("profiles.toml");
    let cases = TestCases::new();
    cases
        .case(page)
        .env("RECALLFLOW_API_KEY", sandbox.api_key())
        .env("RECALLFLOW_API_SECRET", sandbox.api_secret())
        .env("RECALLFLOW_BASE_URL", sandbox.url())
        .env("RECALLFLOW_PROFILES", profiles.to_str().expect("a path in Unicode"))
        .env("COLUMNS", "100");
    cases.insert_var("[URL]", sandbox.url().clone()).expect("a name");
    cases.run();
}
