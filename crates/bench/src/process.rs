//! The processes of a run: the server, and one for each contender, because none may run in a heap that another has filled.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::BenchError;
use crate::options::BenchOptions;
use crate::plan::{Contender, ContenderProgram, Measurement};
use crate::rounds::{BatchReply, Cost, Entrant};

/// The server, and the arguments with which contenders reach it.
pub(crate) struct Machine<'o> {
    options: &'o BenchOptions,
    /// The core of the contenders, if processes are pinned.
    core: Option<usize>,
    base_url: String,
    _server: Process,
}

impl<'o> Machine<'o> {
    /// Starts the server, and waits until it listens.
    pub(crate) fn start(options: &'o BenchOptions) -> Result<Self, BenchError> {
        let (core, server_core) = if options.pin { two_cores()? } else { (None, None) };
        let mut command = pinned_command(std::env::current_exe()?, server_core);
        let mut server = Process::start(command.arg("serve"))?;
        let address = server.read_line()?;
        Ok(Self { options, core, base_url: format!("http://{address}"), _server: server })
    }

    /// Starts a contender.
    pub(crate) fn start_contender(
        &self,
        measurement: &Measurement,
        contender: &Contender,
    ) -> Result<Entrant<'static>, BenchError> {
        let this = std::env::current_exe()?;
        let interpreter =
            || self.options.interpreter.as_deref().ok_or("expected `--run PROGRAM`, which runs the scripts");
        let task = [&self.base_url, measurement.call, &measurement.in_flight.to_string()];
        let mut process = match contender.program {
            ContenderProgram::Rust => {
                Process::start(self.contender_command(&this).args(["contend", contender.name]).args(task))?
            }
            ContenderProgram::Script([script, further @ ..]) => {
                Process::start(self.contender_command(interpreter()?).arg(script).args(task).args(further))?
            }
            ContenderProgram::Script([]) => return Err("a contender without a script".into()),
            ContenderProgram::Start(code) => {
                let arguments = self.options.language.evaluation_arguments(code);
                Process::start(self.contender_command(&this).arg("start").arg(interpreter()?).args(arguments))?
            }
        };
        let name = contender.name;
        Ok(Entrant {
            name,
            batch: Box::new(move |calls| process.run_batch(calls).map_err(|error| format!("{name}: {error}").into())),
        })
    }

    fn contender_command(&self, program: &Path) -> Command {
        pinned_command(program, self.core)
    }
}

/// Returns a command that is pinned to the core, and does not use a proxy to reach the server of this machine.
fn pinned_command(program: impl AsRef<OsStr>, core: Option<usize>) -> Command {
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
fn two_cores() -> Result<(Option<usize>, Option<usize>), BenchError> {
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
    fn start(command: &mut Command) -> Result<Self, BenchError> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("could not start {}: {error}", command.get_program().display()))?;
        let input = child.stdin.take().ok_or("the process has no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("the process has no output")?).lines();
        Ok(Self { child, input, output })
    }

    fn read_line(&mut self) -> Result<String, BenchError> {
        self.output.next().ok_or("the process ended early")?.map_err(BenchError::from)
    }

    /// Makes a number of calls.
    fn run_batch(&mut self, calls: usize) -> Result<BatchReply, BenchError> {
        // A process that has ended does not read, but its last line may say why.
        let _ = writeln!(self.input, "{calls}");
        let line = self.read_line()?;
        if let Some(reason) = line.strip_prefix("left out: ") {
            return Ok(BatchReply::LeftOut(reason.to_owned()));
        }
        let numbers: Vec<f64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        match numbers[..] {
            [wall, cpu] => Ok(BatchReply::Cost(Cost { wall, cpu, turn: None, memory: self.peak_memory() })),
            [wall, cpu, turn] => Ok(BatchReply::Cost(Cost { wall, cpu, turn: Some(turn), memory: self.peak_memory() })),
            _ => Err(format!("expected two or three numbers, got `{line}`").into()),
        }
    }

    /// Returns the largest memory that the process has had, in kibibytes; Linux only.
    fn peak_memory(&self) -> Option<f64> {
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
