//! `cargo xtask test`: runs every check, as CI does.

use std::time::Instant;

use lexopt::Arg;

use crate::process::{Outcome, cargo, read_quietly, run, without_settings};
use crate::{agree, codegen, demo, docs, faults, node, package, python, supply, words};

/// A check of one language, or of all.
struct Check {
    language: &'static str,
    name: &'static str,
    run: fn() -> Outcome,
}

const fn check(language: &'static str, name: &'static str, run: fn() -> Outcome) -> Check {
    Check { language, name, run }
}

/// The checks, ordered so that the fastest fail first.
const CHECKS: &[Check] = &[
    check("rust", "format", || run(&mut cargo(["fmt", "--all", "--check"]))),
    check("rust", "generated files", codegen::check_files),
    check("all", "words", words::check_sources),
    check("all", "dependencies", supply::check_page),
    check("rust", "fuzz targets", fuzz_targets),
    check("python", "format", python::checks::check_format),
    check("node", "format", node::checks::check_format),
    check("python", "lints", python::checks::check_lints),
    check("node", "lints", node::checks::check_lints),
    check("rust", "lints", || {
        run(&mut cargo(["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "--deny", "warnings"]))
    }),
    check("python", "types", python::checks::check_types),
    check("node", "types", node::checks::check_types),
    check("rust", "tests", || run(without_settings(&mut cargo(["test", "--workspace", "--locked", "--quiet"])))),
    check("python", "tests", python::checks::run_tests),
    check("node", "tests", node::checks::run_tests),
    check("rust", "programs of the documents", || docs::run_programs("rust", &[])),
    check("python", "programs of the documents", || docs::run_programs("python", &[])),
    check("node", "programs of the documents", || docs::run_programs("node", &[])),
    check("all", "random requests", agree::judge_few),
    check("rust", "logs of every library", check_logs),
    check("rust", "features", check_features),
    check("rust", "documentation", || {
        let mut doc = cargo(["doc", "--workspace", "--no-deps", "--locked", "--quiet"]);
        run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
    }),
    check("rust", "licenses, versions and sources", supply::check_licenses),
    check("rust", "package", package::package_rust),
    check("python", "package", package::package_python),
    check("node", "package", package::package_node),
    check("all", "package of the command", package::package_command),
    check("all", "demo", demo::check_tours),
    check("all", "faults", faults::play_few),
];

/// Checks that the fuzz targets are formatted and their lock file is current, which needs no nightly compiler.
fn fuzz_targets() -> Outcome {
    const MANIFEST: [&str; 2] = ["--manifest-path", "fuzz/Cargo.toml"];
    run(cargo(["fmt", "--check"]).args(MANIFEST))?;
    read_quietly(cargo(["metadata", "--locked", "--format-version", "1"]).args(MANIFEST)).map(drop)
}

/// The optional features of the client.
const FEATURES: [&str; 3] = ["chrono", "jiff", "profiles"];

/// Checks the client with each feature alone, and tests what they add.
fn check_features() -> Outcome {
    for feature in FEATURES {
        let clippy = ["clippy", "--package", "recallflow", "--features", feature, "--locked", "--quiet"];
        run(cargo(clippy).args(["--", "--deny", "warnings"]))?;
    }
    let all = FEATURES.join(",");
    let mut test = cargo(["test", "--package", "recallflow", "--lib", "--locked", "--quiet", "--features", &all]);
    run(without_settings(test.args(["--", "datetime", "profile"])))
}

/// Checks that no library below the client logs a secret, not even at its most detailed level.
fn check_logs() -> Outcome {
    // hyper logs only in builds with this flag, which the other checks do not set.
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut test = cargo(["test", "--package", "recallflow-tests", "--locked", "--quiet"]);
    test.args(["--features", "every-log", "--test", "logs"]);
    run(without_settings(test.env("RUSTFLAGS", format!("{flags} --cfg hyper_unstable_tracing"))))
}

/// Runs every check, or those of one language. Stops at the first failure, unless told to go on.
pub(crate) fn run_command(arguments: &mut lexopt::Parser) -> Outcome {
    let mut language = None;
    let mut keep_going = false;
    while let Some(argument) = crate::next_argument(arguments)? {
        match argument {
            Arg::Long("keep-going") => keep_going = true,
            Arg::Value(name) if CHECKS.iter().any(|check| name == check.language) => language = Some(name),
            other => return Err(other.unexpected().to_string()),
        }
    }
    let mut failures = Vec::new();
    for check in CHECKS.iter().filter(|check| language.as_ref().is_none_or(|language| language == check.language)) {
        let start = Instant::now();
        let name = format!("{}: {}", check.language, check.name);
        println!("== {name}");
        match (check.run)() {
            Ok(()) => println!("== {name}: passed in {:.1} s\n", start.elapsed().as_secs_f64()),
            Err(message) if keep_going => {
                println!("{message}\n== {name}: failed\n");
                failures.push(name);
            }
            Err(message) => return Err(message),
        }
    }
    if failures.is_empty() {
        println!("every check passed");
        return Ok(());
    }
    Err(format!("failed: {}", failures.join(", ")))
}
