//! Random requests with the judgment that Python and Node must repeat.

use std::cell::RefCell;
use std::fs;

use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde::Serialize;
use serde_json::Value;

use crate::agreement::agree;
use crate::arbitrary;
use crate::oracle::Request;
use crate::subject::{Subject, cases, read, reported, with_type};

/// One request, a line of the file.
#[derive(Serialize)]
struct Line {
    r#type: String,
    /// The request as JSON text, because languages differ in the numbers that they can hold.
    request: String,
    violations: Vec<Expected>,
    /// The JSON text that the client sends, if the request can be read.
    body: Option<String>,
}

/// A violation in the words of the client.
#[derive(Serialize)]
struct Expected {
    path: String,
    rule: &'static str,
    message: String,
}

/// Draws the same requests in every run, unless `PROPTEST_RNG_SEED` is set. `PROPTEST_CASES` sets their number for each type.
#[test]
#[ignore = "`cargo xtask agree` runs it, and gives the file to Python and Node"]
fn random_requests_are_judged_alike_and_written_to_a_file() {
    let file = std::env::var_os("RANDOM_REQUESTS_FILE").expect("set `RANDOM_REQUESTS_FILE` to the path of the file");
    let lines = RefCell::new(Vec::new());
    for request in Request::ALL {
        let config = Config { rng_seed: RngSeed::Fixed(14), ..cases(1000) };
        let config = if std::env::var_os("PROPTEST_RNG_SEED").is_some() { cases(1000) } else { config };
        let judged = TestRunner::new(config).run(&arbitrary::request(request), |json| {
            agree(request, &json)?;
            let line = serde_json::to_string(&describe(request, &json))?;
            lines.borrow_mut().push(line + "\n");
            Ok(())
        });
        judged.unwrap_or_else(|error| panic!("{request:?}: {error}"));
    }
    fs::write(file, lines.into_inner().concat()).unwrap();
}

fn describe(request: Request, json: &Value) -> Line {
    let violations = reported(request, json).into_iter().map(|violation| Expected {
        path: violation.path,
        rule: violation.rule.as_str(),
        message: violation.message,
    });
    Line {
        r#type: format!("{request:?}"),
        request: json.to_string(),
        violations: violations.collect(),
        body: with_type!(request, body(json)),
    }
}

fn body<T: Subject>(json: &Value) -> Option<String> {
    read::<T>(json).ok().map(|request| serde_json::to_string(&request).unwrap())
}
