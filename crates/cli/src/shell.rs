//! `recallflow completions` and `recallflow man`.

use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;

pub(crate) fn print_completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "recallflow", &mut script);
    Ok(io::stdout().lock().write_all(&script)?)
}

/// Prints the pages of the command and of all its subcommands, one after the other, for `man -l -`.
pub(crate) fn print_manual() -> Result<(), Failure> {
    let mut command = Arguments::command();
    command.build();
    let mut pages = Vec::new();
    render_pages(&command, &mut pages)?;
    Ok(io::stdout().lock().write_all(&pages)?)
}

fn render_pages(command: &clap::Command, pages: &mut Vec<u8>) -> io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(pages)?;
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .try_for_each(|command| render_pages(command, pages))
}
