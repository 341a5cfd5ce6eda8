//! Runs the sandbox as a separate process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::artifact;

/// The credentials of the sandbox and of the programs that call it.
const API_KEY: &str = "demo-key";
const API_SECRET: &str = "demo-secret";

/// A running sandbox. It is killed when this value is dropped.
pub(crate) struct SandboxProcess {
    process: Child,
    pub(crate) url: String,
}

impl SandboxProcess {
    /// Builds and starts the sandbox, and waits until it listens.
    pub(crate) fn start() -> Result<Self, String> {
        let program = artifact::build_program(&["--package", "recallflow-sandbox", "--bin", "recallflow-sandbox"])?;
        let mut process = Command::new(program)
            .args(["--port", "0", "--api-key", API_KEY, "--api-secret", API_SECRET])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("could not start the sandbox: {error}"))?;
        let stdout = process.stdout.take().map(BufReader::new);
        let mut lines = stdout.into_iter().flat_map(BufRead::lines).map_while(Result::ok);
        let url =
            lines.find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned));
        // The rest is read as well, because the sandbox would block on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let sandbox = Self { process, url: url.unwrap_or_default() };
        if sandbox.url.is_empty() {
            Err("expected a URL from the sandbox, but it ended without printing one".to_owned())
        } else {
            Ok(sandbox)
        }
    }

    /// Sets the environment variables from which every client reads base URL and credentials.
    pub(crate) fn configure<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("RECALLFLOW_API_KEY", API_KEY)
            .env("RECALLFLOW_API_SECRET", API_SECRET)
            .env("RECALLFLOW_BASE_URL", &self.url)
    }

    /// Returns a file of profiles, in which the sandbox is `main`.
    pub(crate) fn profiles(&self) -> String {
        format!("[profiles.main]\nkey = \"{API_KEY}\"\nsecret = \"{API_SECRET}\"\nbase_url = \"{}\"\n", self.url)
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        // Fails if the sandbox has ended; nothing is left to stop then.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
