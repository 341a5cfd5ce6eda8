//! `cargo xtask demo`: the main job, on a machine with nothing but the toolchain.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::process::{Outcome, cargo, root, run};

/// Credentials that the sandbox and the demo share.
const API_KEY: &str = "demo-key";
const API_SECRET: &str = "demo-secret";

/// Starts the sandbox and shows the three operations against it.
pub(crate) fn demo() -> Outcome {
    play(Stdio::inherit)
}

/// The same without its output, as a check.
pub(crate) fn run_quietly() -> Outcome {
    play(Stdio::null)
}

fn play(output: fn() -> Stdio) -> Outcome {
    println!("building the sandbox and the example");
    run(&mut cargo(["build", "--quiet", "--locked", "--package", "recallflow-sandbox"]))?;
    run(&mut cargo(["build", "--quiet", "--locked", "--package", "recallflow", "--example", "tour"]))?;
    let sandbox = Sandbox::start()?;
    println!("the sandbox listens at {}", sandbox.url);
    let mut tour = Command::new(built("examples/tour"));
    tour.env("RECALLFLOW_API_KEY", API_KEY)
        .env("RECALLFLOW_API_SECRET", API_SECRET)
        .env("RECALLFLOW_BASE_URL", &sandbox.url)
        .stdout(output());
    run(&mut tour)
}

/// A program that cargo built.
fn built(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("debug").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// The sandbox as a process of its own, which ends with this value.
struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    fn start() -> Result<Self, String> {
        let mut process = Command::new(built("recallflow-sandbox"))
            .args(["--port", "0", "--api-key", API_KEY, "--api-secret", API_SECRET])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the sandbox could not be started: {error}"))?;
        let stdout = process.stdout.take().map(BufReader::new);
        let mut lines = stdout.into_iter().flat_map(BufRead::lines).map_while(Result::ok);
        let url =
            lines.find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned));
        // The rest is read so that the sandbox never waits for somebody to read it.
        std::thread::spawn(move || lines.for_each(drop));
        let sandbox = Self { process, url: url.unwrap_or_default() };
        if sandbox.url.is_empty() {
            Err("the sandbox ended without saying where it listens".to_owned())
        } else {
            Ok(sandbox)
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
