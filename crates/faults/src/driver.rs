//! A driver: a process that makes the calls in one language.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Deserialize;

use crate::protocol::{DriverCommand, Observed};

/// A driver without a reply for this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Maximum time for a driver to exit.
const GOODBYE: Duration = Duration::from_secs(10);

/// The command that starts a driver.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DriverProgram {
    /// The language of the driver.
    pub(crate) language: String,
    executable: PathBuf,
    #[serde(default)]
    arguments: Vec<String>,
    /// Additional environment variables.
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

impl DriverProgram {
    /// Returns this program, because it contains the driver for Rust.
    pub(crate) fn this_program() -> io::Result<Self> {
        Ok(Self {
            language: "Rust".to_owned(),
            executable: std::env::current_exe()?,
            arguments: vec!["drive".to_owned()],
            environment: BTreeMap::new(),
        })
    }

    /// Starts the driver with these additional environment variables. It is not the process of `root`, whose threads the
    /// system does not limit, if `is_ordinary`.
    pub(crate) fn start(&self, environment: &[(&str, String)], is_ordinary: bool) -> io::Result<Driver> {
        let mut process = command(self.executable.as_os_str(), is_ordinary)
            .args(&self.arguments)
            .envs(&self.environment)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take();
        let (send, replies) = channel();
        let output = process.stdout.take().map(BufReader::new);
        // Read on a thread, because a hanging driver must not block the runner.
        std::thread::spawn(move || {
            let lines = output.into_iter().flat_map(io::BufRead::lines);
            lines.map_while(|line| send.send(line).ok()).for_each(drop);
        });
        let errors = process.stderr.take().map(|errors| std::thread::spawn(move || read_errors(errors)));
        Ok(Driver { process, is_ordinary, input, replies, errors })
    }
}

/// Returns a command, which another user runs if `is_ordinary` and this is `root`.
fn command(program: &OsStr, is_ordinary: bool) -> Command {
    if !(is_ordinary && is_root()) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]).arg(program);
    command
}

/// Returns whether this process belongs to `root`.
fn is_root() -> bool {
    #[cfg(target_os = "linux")]
    return std::fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0);
    #[cfg(not(target_os = "linux"))]
    false
}

fn read_errors(mut errors: ChildStderr) -> String {
    let mut text = Vec::new();
    // On an error, return what was read so far.
    let _ = errors.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// A running driver. Dropping this value ends it.
pub(crate) struct Driver {
    process: Child,
    /// Whether the process is not that of `root`.
    is_ordinary: bool,
    input: Option<ChildStdin>,
    replies: Receiver<io::Result<String>>,
    errors: Option<JoinHandle<String>>,
}

impl Driver {
    /// Sends a command and returns the reply.
    pub(crate) fn send_command(&mut self, command: &DriverCommand) -> io::Result<Observed> {
        let input = self.input.as_mut().ok_or_else(|| io::Error::other("the driver has exited"))?;
        writeln!(input, "{}", serde_json::to_string(command)?)?;
        input.flush()?;
        let reply =
            self.replies.recv_timeout(PATIENCE).map_err(|_| io::Error::other("the driver does not reply"))??;
        serde_json::from_str(&reply)
            .map_err(|error| io::Error::other(format!("could not parse the reply of the driver, {reply}: {error}")))
    }

    /// Sets a limit of the driver's process, which is an option of a tool of Linux. Returns the previous limit.
    pub(crate) fn set_limit(&self, resource: &str, limit: &str) -> io::Result<String> {
        let prlimit = |arguments: &[&str]| {
            let process = self.process.id().to_string();
            let mut prlimit = command(OsStr::new("prlimit"), self.is_ordinary);
            let output = prlimit.args(["--pid", &process]).args(arguments).output()?;
            if output.status.success() {
                return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
            }
            Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
        };
        let previous = prlimit(&[resource, "--output", "SOFT", "--noheadings"])?;
        prlimit(&[&format!("{resource}={limit}:")])?;
        Ok(previous)
    }

    /// Closes the input of the driver, waits for its exit, and returns its standard error output.
    pub(crate) fn end(mut self) -> io::Result<String> {
        drop(self.input.take());
        let status = self.wait_for_exit()?;
        let errors = self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default();
        if status.success() {
            Ok(errors)
        } else {
            Err(io::Error::other(format!("the driver exited ({status}): {errors}")))
        }
    }
}

impl Driver {
    fn wait_for_exit(&mut self) -> io::Result<ExitStatus> {
        // The output ends when the driver exits.
        if !matches!(self.replies.recv_timeout(GOODBYE), Err(RecvTimeoutError::Disconnected)) {
            self.process.kill()?;
        }
        self.process.wait()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // This fails only if the driver has exited.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
