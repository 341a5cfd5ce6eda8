//! Questions before something is changed.

use std::io::{self, IsTerminal as _};

use dialoguer::Confirm;

use crate::failure::Failure;

/// Asks on the terminal, with "no" as the default. Without a terminal, only `--yes` is an answer.
pub(crate) fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Failure::Usage(format!("{question} There is no terminal to ask on; use `--yes`")));
    }
    let answer = Confirm::new().with_prompt(question).default(false).interact_opt();
    match answer {
        Ok(Some(true)) => Ok(()),
        Ok(_) => Err(Failure::Declined),
        Err(dialoguer::Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => Err(Failure::Interrupted),
        Err(dialoguer::Error::IO(error)) => Err(Failure::io("the terminal", &error)),
    }
}
