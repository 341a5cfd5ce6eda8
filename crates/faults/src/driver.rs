//! A driver: a process that makes calls in one language.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Deserialize;

use crate::protocol::{Command, Observed};

/// A driver that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a driver may take to end.
const GOODBYE: Duration = Duration::from_secs(10);

/// How to start a driver.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    /// Its language.
    pub(crate) language: String,
    executable: PathBuf,
    #[serde(default)]
    arguments: Vec<String>,
    /// Variables of the environment beside those of the runner.
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

impl Program {
    /// This program itself, which drives Rust.
    pub(crate) fn rust() -> io::Result<Self> {
        Ok(Self {
            language: "Rust".to_owned(),
            executable: std::env::current_exe()?,
            arguments: vec!["drive".to_owned()],
            environment: BTreeMap::new(),
        })
    }

    /// Starts it.
    pub(crate) fn start(&self) -> io::Result<Driver> {
        let mut process = std::process::Command::new(&self.executable)
            .args(&self.arguments)
            .envs(&self.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take();
        let (send, replies) = channel();
        let output = process.stdout.take().map(BufReader::new);
        // Read beside, so that a driver that hangs does not hang the runner.
        std::thread::spawn(move || {
            let lines = output.into_iter().flat_map(io::BufRead::lines);
            lines.map_while(|line| send.send(line).ok()).for_each(drop);
        });
        let errors = process.stderr.take().map(|errors| std::thread::spawn(move || read(errors)));
        Ok(Driver { process, input, replies, errors })
    }
}

fn read(mut errors: ChildStderr) -> String {
    let mut text = Vec::new();
    // What came until it failed is what there is.
    let _ = errors.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// A running driver, which ends with this value.
pub(crate) struct Driver {
    process: Child,
    input: Option<ChildStdin>,
    replies: Receiver<io::Result<String>>,
    errors: Option<JoinHandle<String>>,
}

impl Driver {
    /// Has it obey a command.
    pub(crate) fn ask(&mut self, command: &Command) -> io::Result<Observed> {
        let input = self.input.as_mut().ok_or_else(|| io::Error::other("the driver was ended"))?;
        writeln!(input, "{}", serde_json::to_string(command)?)?;
        input.flush()?;
        let reply =
            self.replies.recv_timeout(PATIENCE).map_err(|_| io::Error::other("the driver does not answer"))??;
        serde_json::from_str(&reply).map_err(|error| io::Error::other(format!("the driver answers {reply}: {error}")))
    }

    /// Ends it, and tells what it wrote where programs complain. It ends by itself when there are no more commands,
    /// unless it hangs.
    pub(crate) fn end(mut self) -> io::Result<String> {
        drop(self.input.take());
        let status = self.wait()?;
        let errors = self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default();
        if status.success() {
            Ok(errors)
        } else {
            Err(io::Error::other(format!("the driver ended ({status}): {errors}")))
        }
    }
}

impl Driver {
    fn wait(&mut self) -> io::Result<ExitStatus> {
        // Its output ends when it does, and says nothing before.
        if !matches!(self.replies.recv_timeout(GOODBYE), Err(RecvTimeoutError::Disconnected)) {
            self.process.kill()?;
        }
        self.process.wait()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // One that has ended needs no more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
