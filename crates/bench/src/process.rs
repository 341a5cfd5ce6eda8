//! The processes of a run: the server, and one for each contender, so that none runs in a heap that another has filled.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Failure;
use crate::options::Options;
use crate::plan::{Contender, Measurement, Program};
use crate::rounds::{Cost, Entrant, Reply};

/// The server, and the arguments with which contenders reach it.
pub(crate) struct Machine<'o> {
    options: &'o Options,
    /// The core of the contenders, if processes are pinned.
    core: Option<usize>,
    base_url: String,
    _server: Process,
}

impl<'o> Machine<'o> {
    /// Starts the server, and waits until it listens.
    pub(crate) fn start(options: &'o Options) -> Result<Self, Failure> {
        let (core, server_core) = if options.pin { two_cores()? } else { (None, None) };
        let mut command = command(std::env::current_exe()?, server_core);
        let mut server = Process::start(command.arg("serve"))?;
        let address = server.read()?;
        Ok(Self { options, core, base_url: format!("http://{address}"), _server: server })
    }

    /// Starts a contender.
    pub(crate) fn contender(
        &self,
        measurement: &Measurement,
        contender: &Contender,
    ) -> Result<Entrant<'static>, Failure> {
        let this = std::env::current_exe()?;
        let interpreter =
            || self.options.interpreter.as_deref().ok_or("expected `--run PROGRAM`, which runs the scripts");
        let task = [&self.base_url, measurement.call, &measurement.in_flight.to_string()];
        let mut process = match contender.program {
            Program::Rust => Process::start(self.command(&this).args(["contend", contender.name]).args(task))?,
            Program::Script([script, further @ ..]) => {
                Process::start(self.command(interpreter()?).arg(script).args(task).args(further))?
            }
            Program::Script([]) => return Err("a contender without a script".into()),
            Program::Start(code) => {
                let arguments = self.options.language.evaluate(code);
                Process::start(self.command(&this).arg("start").arg(interpreter()?).args(arguments))?
            }
        };
        let name = contender.name;
        Ok(Entrant {
            name,
            batch: Box::new(move |calls| process.batch(calls).map_err(|error| format!("{name}: {error}").into())),
        })
    }

    fn command(&self, program: &Path) -> Command {
        command(program, self.core)
    }
}

/// Returns a command that is pinned to the core, and does not use a proxy to reach the server of this machine.
fn command(program: impl AsRef<OsStr>, core: Option<usize>) -> Command {
    let mut command = if let Some(core) = core {
        let mut taskset = Command::new("taskset");
        taskset.args(["--cpu-list", &core.to_string()]).arg(program);
        taskset
    } else {
        Command::new(program)
    };
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().to_ascii_lowercase().ends_with("_proxy") {
            command.env_remove(name);
        }
    }
    command
}

/// Returns the first two cores that this process may use.
fn two_cores() -> Result<(Option<usize>, Option<usize>), Failure> {
    const REMEDY: &str = "run without `--pin`";
    let status = fs::read_to_string("/proc/self/status")
        .map_err(|error| format!("could not read the cores of this process: {error}; {REMEDY}"))?;
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let mut cores = allowed.trim().split(',').flat_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        first.parse().unwrap_or(1)..=last.parse().unwrap_or(0)
    });
    match (cores.next(), cores.next()) {
        (first @ Some(_), second @ Some(_)) => Ok((first, second)),
        _ => Err(format!("expected two cores, got {}; {REMEDY}", allowed.trim()).into()),
    }
}

/// A process that replies to lines with lines. It is killed when this value is dropped.
struct Process {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("could not start {}: {error}", command.get_program().display()))?;
        let input = child.stdin.take().ok_or("the process has no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("the process has no output")?).lines();
        Ok(Self { child, input, output })
    }

    fn read(&mut self) -> Result<String, Failure> {
        self.output.next().ok_or("the process ended early")?.map_err(Failure::from)
    }

    /// Makes a number of calls.
    fn batch(&mut self, calls: usize) -> Result<Reply, Failure> {
        // A process that has ended does not read, but its last line may say why.
        let _ = writeln!(self.input, "{calls}");
        let line = self.read()?;
        if let Some(reason) = line.strip_prefix("left out: ") {
            return Ok(Reply::LeftOut(reason.to_owned()));
        }
        let numbers: Vec<f64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        match numbers[..] {
            [wall, cpu] => Ok(Reply::Cost(Cost { wall, cpu, turn: None, memory: self.memory() })),
            [wall, cpu, turn] => Ok(Reply::Cost(Cost { wall, cpu, turn: Some(turn), memory: self.memory() })),
            _ => Err(format!("expected two or three numbers, got `{line}`").into()),
        }
    }

    /// Returns the largest memory that the process has had, in kibibytes; Linux only.
    fn memory(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails if the process has ended; nothing is left to stop then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
