//! Runs other programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The result of a command of xtask, with a message if it failed.
pub(crate) type Outcome = Result<(), String>;

/// Returns the root of the repository.
///
/// The variable that cargo sets at run time comes first, because two checkouts may share one build.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        Path::new(&here).parent().expect("xtask is in the repository").to_owned()
    })
}

/// Returns a command for the cargo that runs this program, in the root of the repository.
pub(crate) fn cargo<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// Removes the settings of the client from a program's environment, so that they cannot change a result.
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

/// Runs a program to its end, and shows its output only if it fails.
pub(crate) fn run_quietly(command: &mut Command) -> Outcome {
    read_quietly(command).map(drop)
}

/// Runs a program to its end and returns its standard output. Shows all output if the program fails.
pub(crate) fn read_quietly(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| could_not_start(command, &error))?;
    if output.status.success() {
        return text(output.stdout, command);
    }
    print!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("`{}` failed: {}", command_line(command), output.status))
}

/// Runs a program to its end and returns its standard output.
pub(crate) fn read(command: &mut Command) -> Result<String, String> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| could_not_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("`{}` failed: {}", command_line(command), output.status));
    }
    text(output.stdout, command)
}

fn text(written: Vec<u8>, command: &Command) -> Result<String, String> {
    String::from_utf8(written)
        .map_err(|_| format!("expected text from `{}`, got bytes that are not UTF-8", command_line(command)))
}

fn could_not_start(command: &Command, error: &std::io::Error) -> String {
    format!("could not start `{}`: {error}", command_line(command))
}

fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
