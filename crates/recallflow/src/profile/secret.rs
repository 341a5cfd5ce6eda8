//! The secret of a profile: stored, or printed by a program.

use std::process::{Command, Stdio};

use crate::error::Error;

/// A secret. It has no debug text.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Secret {
    /// The secret itself.
    Stored(String),
    /// A program with its arguments, which prints the secret.
    Command(Vec<String>),
}

impl Secret {
    /// Refuses a secret that can never be read.
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Self::Stored(secret) if secret.is_empty() => {
                Err("`secret` is empty; copy it from the account page".to_owned())
            }
            Self::Command(command) if command.first().is_none_or(String::is_empty) => {
                Err("`secret_command` is empty; write a program and its arguments".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Returns the secret. A program has the terminal of this process, because it may ask for a password.
    pub(super) fn read(&self) -> Result<String, Error> {
        match self {
            Self::Stored(secret) => Ok(secret.clone()),
            Self::Command(command) => run(command).map_err(|problem| {
                Error::config(format!("`secret_command` {problem}; run the command in a shell to see its output"))
            }),
        }
    }
}

/// Runs a program, and returns its output without the blanks at both ends. An error does not show output or arguments,
/// which may be secret.
fn run(command: &[String]) -> Result<String, String> {
    let (program, arguments) = command.split_first().ok_or("is empty")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::inherit()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("could not start `{program}`: {error}"))?;
    if !output.status.success() {
        return Err(format!("failed: `{program}` ended with {}", output.status));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| format!("failed: `{program}` did not print text"))?;
    match text.trim() {
        "" => Err(format!("failed: `{program}` printed nothing")),
        secret => Ok(secret.to_owned()),
    }
}
