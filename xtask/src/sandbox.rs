//! The sandbox as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::artifact;

/// Credentials that the sandbox shares with what is run against it.
const API_KEY: &str = "demo-key";
const API_SECRET: &str = "demo-secret";

/// A running sandbox, which ends with this value.
pub(crate) struct Sandbox {
    process: Child,
    pub(crate) url: String,
}

impl Sandbox {
    /// Builds it, starts it, and waits until it listens.
    pub(crate) fn start() -> Result<Self, String> {
        let program = artifact::program(&["--package", "recallflow-sandbox", "--bin", "recallflow-sandbox"])?;
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

    /// Tells a program where the sandbox is, in the variables of the environment that every client reads.
    pub(crate) fn configure<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("RECALLFLOW_API_KEY", API_KEY)
            .env("RECALLFLOW_API_SECRET", API_SECRET)
            .env("RECALLFLOW_BASE_URL", &self.url)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
