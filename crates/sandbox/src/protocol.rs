//! The command protocol, by which programs in other languages use a sandbox.
//!
//! `spec/sandbox.toml` describes the commands. A command is JSON text, and so is its reply: `{"result": …}`, or
//! `{"error": {"kind", "message", "code"}}`. Nothing here panics, and nothing blocks longer than the caller asks for.

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::builder::Builder;
use crate::check::{self, WrongValue};
use crate::generated::protocol::{
    COMMANDS, Command, Fault, RECORDED_REQUEST, SEED_TASK, SandboxOptions, Seed, WAITS, Wait,
};
use crate::kind::{ProtocolKind, Variant};
use crate::language::Language;
use crate::sandbox::Sandbox;
use crate::system;
use crate::write;

/// Why a command failed.
#[derive(Debug)]
enum CommandFailure {
    /// A value is wrong.
    Wrong(WrongValue),
    /// The sandbox is not running.
    Closed,
    /// The sandbox belongs to the process that this one was forked from.
    Forked,
    /// The time of a wait is over.
    Late(String),
    /// The system refused a thread, a descriptor or memory.
    Refused(io::Error),
    /// Another error of the system, such as for a port in use.
    System(io::Error),
}

impl From<WrongValue> for CommandFailure {
    fn from(wrong: WrongValue) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<io::Error> for CommandFailure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::from(error.to_string()),
            _ if system::is_refusal(&error) => Self::Refused(error),
            _ => Self::System(error),
        }
    }
}

impl From<String> for CommandFailure {
    fn from(message: String) -> Self {
        Self::Wrong(WrongValue { message, is_range: false })
    }
}

impl CommandFailure {
    /// Returns the error of a reply.
    fn to_json(&self) -> Value {
        let (kind, message) = match self {
            Self::Wrong(wrong) if wrong.is_range => ("range", wrong.message.clone()),
            Self::Wrong(wrong) => ("value", wrong.message.clone()),
            Self::Closed => ("closed", "the sandbox is closed".to_owned()),
            Self::Forked => (
                "closed",
                "the sandbox runs in the process that this one was forked from; start another sandbox here, or send \
                 requests to its url"
                    .to_owned(),
            ),
            Self::Late(message) => ("timeout", message.clone()),
            Self::Refused(error) => ("refused", error.to_string()),
            Self::System(error) => ("system", error.to_string()),
        };
        let code = match self {
            Self::System(error) => match error.kind() {
                io::ErrorKind::AddrInUse => Some("EADDRINUSE"),
                io::ErrorKind::AddrNotAvailable => Some("EADDRNOTAVAIL"),
                io::ErrorKind::PermissionDenied => Some("EACCES"),
                io::ErrorKind::NotFound => Some("ENOENT"),
                _ => None,
            },
            _ => None,
        };
        json!({ "kind": kind, "message": message, "code": code })
    }
}

/// A sandbox that commands start, use and close. In a process that was forked from the one that created it, every
/// command but `check` and `close` fails, because the thread of the sandbox is not there.
pub struct Session {
    language: Language,
    /// Checked before the lock is taken: a thread that held the lock during a fork never releases it in the child.
    process: u32,
    sandbox: RwLock<Option<Arc<Sandbox>>>,
}

impl Session {
    /// Creates a session without a running sandbox. Errors have the names and units of the language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, process: std::process::id(), sandbox: RwLock::default() }
    }

    /// Executes a command and returns its reply.
    #[must_use]
    pub fn command(&self, command: &str) -> String {
        reply(self.parse(COMMANDS, command).and_then(|command| self.execute(command)))
    }

    /// Begins a command that waits, or returns the reply with its error.
    pub fn wait(&self, command: &str) -> Result<Waiting, String> {
        let parsed = self.parse(WAITS, command).and_then(|wait| self.sandbox().map(|_| wait));
        let (wait, timeout) = match parsed {
            Ok(wait @ (Wait::WaitForRequests { timeout, .. } | Wait::WaitForOpenConnections { timeout, .. })) => {
                (wait, timeout.unwrap_or(Duration::MAX))
            }
            Err(failure) => return Err(reply(Err(failure))),
        };
        Ok(Waiting { language: self.language, wait, started: Instant::now(), timeout })
    }

    /// Returns the reply of a command other than `wait` for a sandbox that was closed meanwhile.
    #[must_use]
    pub fn closed() -> String {
        reply(Err(CommandFailure::Closed))
    }

    /// Returns the reply of a command for which the system refused a thread or a descriptor.
    #[must_use]
    pub fn refused(error: io::Error) -> String {
        reply(Err(CommandFailure::Refused(error)))
    }

    fn parse<T: DeserializeOwned>(&self, variants: &[Variant], command: &str) -> Result<T, CommandFailure> {
        let given = serde_json::from_str(command).map_err(|error| format!("could not parse the command: {error}"))?;
        let checked = check::command(self.language, variants, &given)?;
        serde_json::from_value(checked)
            .map_err(|error| CommandFailure::from(format!("could not read the command: {error}")))
    }

    fn execute(&self, command: Command) -> Result<Value, CommandFailure> {
        let language = self.language;
        Ok(match command {
            Command::Start(options) => self.start(options)?,
            Command::Close => {
                self.close();
                Value::Null
            }
            Command::Check { fault } => {
                write::write(language, &ProtocolKind::Fault, to_json_value(&combine_fault(language, fault, "fault")?))
            }
            Command::Script { faults, operation } => {
                let sandbox = self.sandbox()?;
                let faults = fault_sequence(language, faults)?;
                match operation {
                    Some(operation) => {
                        if let Some(index) = faults.iter().position(Fault::is_before_read) {
                            let name = language.name("reset_before_read");
                            return Err(CommandFailure::from(format!(
                                "`faults[{index}]`: `{name}` is played before the operation is known; use `reset`, or script it \
                                 for any operation"
                            )));
                        }
                        sandbox.script_for(&operation, faults);
                    }
                    None => sandbox.script(faults),
                }
                Value::Null
            }
            Command::FaultsLeft => self.sandbox()?.faults_left().into(),
            Command::Requests => {
                const KIND: ProtocolKind = ProtocolKind::List(&ProtocolKind::Object(RECORDED_REQUEST));
                write::write(language, &KIND, to_json_value(&self.sandbox()?.requests()))
            }
            Command::Connections => self.sandbox()?.connections().into(),
            Command::OpenConnections => self.sandbox()?.open_connections().into(),
            Command::Flow { key_id } => self.sandbox()?.flow(key_id).unwrap_or_default(),
            Command::InsertFlow { flow } => self.sandbox()?.insert_flow(flow).into(),
            Command::Tasks => {
                const KIND: ProtocolKind = ProtocolKind::List(&ProtocolKind::Object(SEED_TASK));
                write::write(language, &KIND, to_json_value(&self.sandbox()?.tasks()))
            }
            Command::InsertTask(task) => {
                self.sandbox()?.insert_task(task);
                Value::Null
            }
            Command::SetShape { shape } => {
                self.sandbox()?.set_shape(shape);
                Value::Null
            }
            Command::SetClockOffset { seconds } => {
                self.sandbox()?.set_clock_offset(seconds);
                Value::Null
            }
            Command::Advance { time } => {
                self.sandbox()?.advance(time);
                Value::Null
            }
            Command::Reset => {
                self.sandbox()?.reset();
                Value::Null
            }
        })
    }

    fn start(&self, options: SandboxOptions) -> Result<Value, CommandFailure> {
        if self.is_forked() {
            return Err(CommandFailure::Forked);
        }
        let sandbox = builder_with(self.language, options)?.start_blocking()?;
        let result = json!({ "url": sandbox.url(), "api_key": sandbox.api_key(), "api_secret": sandbox.api_secret() });
        *self.sandbox.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(sandbox));
        Ok(result)
    }

    /// Stops the sandbox and waits for its end. A thread that uses the sandbox at the time ends it a moment later.
    fn close(&self) {
        if !self.is_forked() {
            let sandbox = self.sandbox.write().unwrap_or_else(PoisonError::into_inner).take();
            drop(sandbox);
        }
    }

    fn sandbox(&self) -> Result<Arc<Sandbox>, CommandFailure> {
        if self.is_forked() {
            return Err(CommandFailure::Forked);
        }
        self.sandbox.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(CommandFailure::Closed)
    }

    fn is_forked(&self) -> bool {
        self.process != std::process::id()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.is_forked() {
            // Dropping the sandbox would wait for a thread that is not there, and close sockets that the parent
            // watches.
            std::mem::forget(self.sandbox.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("process", &self.process).finish_non_exhaustive()
    }
}

/// A command that waits. It does not keep the sandbox running.
#[derive(Debug)]
pub struct Waiting {
    language: Language,
    wait: Wait,
    started: Instant,
    timeout: Duration,
}

impl Waiting {
    /// Waits to the end and returns the reply. The future keeps the sandbox running: drop it before `close`.
    pub async fn finish(self, session: &Session) -> String {
        match session.sandbox() {
            Ok(sandbox) => {
                let reached = tokio::time::timeout(self.timeout, self.reach(&sandbox)).await;
                if reached.is_ok() { reply(Ok(Value::Null)) } else { self.late(&sandbox) }
            }
            Err(failure) => reply(Err(failure)),
        }
    }

    /// Waits for at most `slice` and returns the reply, or `None` if the wait is not over. `close` from another thread
    /// takes effect after the slice.
    #[must_use]
    pub fn finish_within(&self, session: &Session, slice: Duration) -> Option<String> {
        let sandbox = match session.sandbox() {
            Ok(sandbox) => sandbox,
            Err(failure) => return Some(reply(Err(failure))),
        };
        let left = self.timeout.saturating_sub(self.started.elapsed());
        // Within the runtime, because a timer starts when it is created.
        let reached = sandbox.block_on(async { tokio::time::timeout(left.min(slice), self.reach(&sandbox)).await });
        match reached {
            Ok(()) => Some(reply(Ok(Value::Null))),
            Err(_) if left <= slice => Some(self.late(&sandbox)),
            Err(_) => None,
        }
    }

    async fn reach(&self, sandbox: &Sandbox) {
        match self.wait {
            Wait::WaitForRequests { count, .. } => sandbox.wait_for_requests(count as usize).await,
            Wait::WaitForOpenConnections { at_most, .. } => sandbox.wait_for_open_connections(at_most as usize).await,
        }
    }

    fn late(&self, sandbox: &Sandbox) -> String {
        let (factor, unit) = self.language.unit();
        let time = self.timeout.as_secs_f64() * 1000.0 / factor;
        reply(Err(CommandFailure::Late(match self.wait {
            Wait::WaitForRequests { count, .. } => {
                format!("expected {count} requests within {time} {unit}, got {}", sandbox.request_count())
            }
            Wait::WaitForOpenConnections { at_most, .. } => {
                let open = sandbox.open_connections();
                format!("expected at most {at_most} open connections within {time} {unit}, got {open}")
            }
        })))
    }
}

/// Returns the settings for these options.
fn builder_with(language: Language, options: SandboxOptions) -> Result<Builder, CommandFailure> {
    let SandboxOptions { api_key, api_secret, host, port, seed, seed_file: file, .. } = options;
    let mut builder = Sandbox::builder();
    if let Some(key) = api_key {
        builder = builder.api_key(key);
    }
    if let Some(secret) = api_secret {
        builder = builder.api_secret(secret);
    }
    if let Some(host) = host {
        builder = builder.host(host);
    }
    if let Some(port) = port {
        builder = builder.port(port);
    }
    builder = match (seed, file) {
        (Some(_), Some(_)) => {
            let file = language.name("seed_file");
            return Err(CommandFailure::from(format!("`seed` and `{file}` exclude each other; leave out one of them")));
        }
        (Some(seed), None) => builder.seed(seed),
        (None, Some(file)) => builder.seed(Seed::from_file(file.as_ref())?),
        (None, None) => builder,
    };
    if let Some(shape) = options.shape {
        builder = builder.shape(shape);
    }
    if let Some(window) = options.timestamp_window {
        builder = builder.timestamp_window(window);
    }
    if let Some(ips) = options.allowed_ips {
        builder = builder.allowed_ips(ips);
    }
    if let Some(count) = options.max_recorded_requests {
        builder = builder.max_recorded_requests(count as usize);
    }
    Ok(builder)
}

/// Returns the faults of consecutive requests. A single list whose faults cannot be combined is the sequence of them.
fn fault_sequence(language: Language, mut faults: Vec<Fault>) -> Result<Vec<Fault>, CommandFailure> {
    if let [Fault::All(parts)] = faults.as_mut_slice()
        && !Fault::can_be_together(parts)
    {
        faults = std::mem::take(parts);
    }
    let combine = |(index, fault)| combine_fault(language, fault, &format!("faults[{index}]"));
    faults.into_iter().enumerate().map(combine).collect()
}

/// Returns the fault of one request, or an error if only one of its parts would be played.
fn combine_fault(language: Language, fault: Fault, name: &str) -> Result<Fault, CommandFailure> {
    let fault = Fault::together([fault]);
    match &fault {
        Fault::All(parts) if !Fault::can_be_together(parts) => {
            let parts = language.literal(&write::write(language, &ProtocolKind::Fault, to_json_value(&fault)));
            Err(CommandFailure::from(format!(
                "`{name}`: expected faults that one request can have, got {parts}, which exclude each other"
            )))
        }
        _ => Ok(fault),
    }
}

fn to_json_value<T: Serialize + ?Sized>(value: &T) -> Value {
    // Serializing does not fail, because the types of the protocol have text keys.
    serde_json::to_value(value).unwrap_or_default()
}

fn reply(result: Result<Value, CommandFailure>) -> String {
    match result {
        Ok(result) => json!({ "result": result }),
        Err(failure) => json!({ "error": failure.to_json() }),
    }
    .to_string()
}
