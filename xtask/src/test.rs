//! `cargo xtask test`: every check there is, and what CI runs.

use std::time::Instant;

use crate::process::{Outcome, cargo, run};
use crate::{codegen, demo};

/// A check by its name.
type Check = (&'static str, fn() -> Outcome);

/// The checks in the order in which they fail fastest.
const CHECKS: &[Check] = &[
    ("format", || run(&mut cargo(["fmt", "--all", "--check"]))),
    ("generated files", codegen::check),
    ("lints", || {
        run(&mut cargo(["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "--deny", "warnings"]))
    }),
    ("tests", || {
        let mut test = cargo(["test", "--workspace", "--locked", "--quiet"]);
        // What somebody has set to try the client must not lead the tests astray.
        for name in ["RECALLFLOW_API_KEY", "RECALLFLOW_API_SECRET", "RECALLFLOW_BASE_URL"] {
            test.env_remove(name);
        }
        run(&mut test)
    }),
    ("documentation", || {
        let mut doc = cargo(["doc", "--workspace", "--no-deps", "--locked", "--quiet"]);
        run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
    }),
    ("package", || run(&mut cargo(["package", "--package", "recallflow", "--locked", "--allow-dirty", "--quiet"]))),
    ("demo", demo::run_quietly),
];

/// Runs every check and stops at the first that fails.
pub(crate) fn test() -> Outcome {
    for (name, check) in CHECKS {
        let start = Instant::now();
        println!("== {name}");
        check()?;
        println!("== {name}: passed in {:.1} s\n", start.elapsed().as_secs_f64());
    }
    println!("every check passed");
    Ok(())
}
