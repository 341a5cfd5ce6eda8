//! Runs other programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What a command of xtask comes to: a message if it failed.
pub(crate) type Outcome = Result<(), String>;

/// The root of the repository.
///
/// Cargo tells it when it runs this, which counts more than where it was built: checkouts may share their builds.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        Path::new(&here).parent().expect("xtask lies in the repository").to_owned()
    })
}

/// The cargo that runs this, in the root of the repository.
pub(crate) fn cargo<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// Takes out of a program's environment what somebody has set to try the client, which must not lead it astray.
pub(crate) fn without_settings(command: &mut Command) -> &mut Command {
    for name in ["RECALLFLOW_API_KEY", "RECALLFLOW_API_SECRET", "RECALLFLOW_BASE_URL"] {
        command.env_remove(name);
    }
    command
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{}` failed: {status}", command_line(command))),
        Err(error) => Err(could_not_start(command, &error)),
    }
}

/// Runs a program to its end, and shows what it wrote only if it fails.
pub(crate) fn run_quietly(command: &mut Command) -> Outcome {
    read_quietly(command).map(drop)
}

/// The same, and returns what it wrote to its standard output.
pub(crate) fn read_quietly(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| could_not_start(command, &error))?;
    if output.status.success() {
        return text(output.stdout, command);
    }
    print!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("`{}` failed: {}", command_line(command), output.status))
}

/// Runs a program to its end and returns what it wrote to its standard output.
pub(crate) fn read(command: &mut Command) -> Result<String, String> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| could_not_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("`{}` failed: {}", command_line(command), output.status));
    }
    text(output.stdout, command)
}

fn text(written: Vec<u8>, command: &Command) -> Result<String, String> {
    String::from_utf8(written).map_err(|_| format!("`{}` wrote something else than text", command_line(command)))
}

fn could_not_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` could not be started: {error}", command_line(command))
}

fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
