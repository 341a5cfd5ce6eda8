//! `cargo xtask demo`: the main job, on a machine with nothing but the toolchain.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::process::{Outcome, cargo, run};

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
    let sandbox = build(&["--package", "recallflow-sandbox", "--bin", "recallflow-sandbox"])?;
    let tour = build(&["--package", "recallflow", "--example", "tour"])?;
    let sandbox = Sandbox::start(&sandbox)?;
    println!("the sandbox listens at {}", sandbox.url);
    let mut tour = Command::new(tour);
    tour.env("RECALLFLOW_API_KEY", API_KEY)
        .env("RECALLFLOW_API_SECRET", API_SECRET)
        .env("RECALLFLOW_BASE_URL", &sandbox.url)
        .stdout(output());
    run(&mut tour)
}

/// Builds one program and finds it where cargo says it is, which settings of the machine can change.
fn build(target: &[&str]) -> Result<PathBuf, String> {
    let mut build = cargo(["build", "--quiet", "--locked", "--message-format=json-render-diagnostics"]);
    let output = build.args(target).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo could not be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("`cargo build {}` failed", target.join(" ")));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = |line| serde_json::from_str::<Value>(line).ok()?.get("executable")?.as_str().map(PathBuf::from);
    messages.lines().filter_map(executable).next_back().ok_or_else(|| "cargo built no program".to_owned())
}

/// The sandbox as a process of its own, which ends with this value.
struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    fn start(program: &Path) -> Result<Self, String> {
        let mut process = Command::new(program)
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
