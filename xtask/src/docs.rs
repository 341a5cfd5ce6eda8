//! `cargo xtask docs`: runs the programs of the pages in `docs/`, each against a new sandbox, and compares their output with
//! the comments; see `examples.rs`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use lexopt::Arg;
use tempfile::NamedTempFile;

use crate::artifact;
use crate::examples::{ExampleLanguage, PYTHON, RUST, TYPESCRIPT};
use crate::process::{Outcome, read_quietly, root, run_quietly};
use crate::sandbox::SandboxProcess;
use crate::{node, python};

const LANGUAGES: [&str; 3] = ["rust", "python", "node"];

/// Runs the programs of one language or of all, and of the named pages or of all.
pub(crate) fn run_command(arguments: &mut lexopt::Parser) -> Outcome {
    let mut names = Vec::new();
    while let Some(argument) = crate::next_argument(arguments)? {
        match argument {
            Arg::Value(name) => names.push(name.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().to_string()),
        }
    }
    let (languages, pages): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| LANGUAGES.contains(&&**name));
    let selected = LANGUAGES.iter().filter(|name| languages.is_empty() || languages.iter().any(|given| given == *name));
    selected.into_iter().try_for_each(|language| run_programs(language, &pages))
}

/// Runs the programs of a language in the named pages, or in all pages.
pub(crate) fn run_programs(language: &str, pages: &[String]) -> Outcome {
    match language {
        "rust" => run_each(&RUST, pages, &build_rust_program),
        "python" => {
            let environment = python::checks::prepare_environment()?;
            run_each(&PYTHON, pages, &|folder, program| {
                let file = write_program(folder, "program.py", program)?;
                let mut python = environment.python();
                python.arg(file);
                Ok(python)
            })
        }
        _ => {
            let node = node::checks::with_tools()?;
            node::build_package(&node)?;
            run_each(&TYPESCRIPT, pages, &|folder, program| {
                let file = write_program(folder, "program.mts", program)?;
                let mut tsc = node::tool(&node, "tsc");
                tsc.args([
                    "--ignoreConfig",
                    "--strict",
                    "--exactOptionalPropertyTypes",
                    "--pretty",
                    "false",
                    "--inlineSourceMap",
                ]);
                tsc.args(["--target", "es2022", "--lib", "es2023,esnext.disposable", "--module", "node16"]);
                run_quietly(tsc.args(["--types", "node"]).arg(&file))?;
                let mut node = node.node();
                node.arg("--enable-source-maps").arg(file.with_extension("mjs"));
                Ok(node)
            })
        }
    }
}

/// Returns the command that runs a program, whose files are in a folder.
type Prepare<'p> = &'p dyn Fn(&Path, &str) -> Result<Command, String>;

fn run_each(language: &ExampleLanguage, names: &[String], prepare: Prepare<'_>) -> Outcome {
    let docs = root().join("docs");
    let entries = fs::read_dir(&docs).map_err(|error| format!("{}: {error}", docs.display()))?;
    let mut pages: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    pages.sort();
    for page in pages {
        let name = page.file_stem().unwrap_or_default().to_string_lossy();
        if page.extension().is_none_or(|extension| extension != "md")
            || !names.is_empty() && !names.iter().any(|given| *given == name)
        {
            continue;
        }
        if let Some(program) = language.program_if_any(&page)? {
            run_program(language, &program, prepare).map_err(|error| format!("{}: {error}", page.display()))?;
            println!("ran the {} of {}", language.name(), page.display());
        }
    }
    Ok(())
}

fn run_program(language: &ExampleLanguage, program: &str, prepare: Prepare<'_>) -> Outcome {
    // Within the Node package, because only there Node and TypeScript find the package by its name.
    let folder = tempfile::Builder::new().prefix(".docs-").tempdir_in(node::home());
    let folder = folder.map_err(|error| format!("could not create a folder: {error}"))?;
    let mut command = prepare(folder.path(), program)?;
    let sandbox = SandboxProcess::start()?;
    // A temporary file is readable by its owner only, as a file of profiles must be.
    let mut profiles = NamedTempFile::new().map_err(|error| format!("could not create a file: {error}"))?;
    let written = profiles.write_all(sandbox.profiles().as_bytes());
    written.map_err(|error| format!("{}: {error}", profiles.path().display()))?;
    command.current_dir(folder.path()).env("RECALLFLOW_PROFILES", profiles.path());
    language.compare(program, &read_quietly(sandbox.configure(&mut command))?)
}

fn build_rust_program(folder: &Path, program: &str) -> Result<Command, String> {
    let file = write_program(folder, "program.rs", program)?;
    let example = ["--package", "recallflow-tests", "--features", "docs", "--example", "docs"];
    let mut build = artifact::build_command("build");
    build.env("RECALLFLOW_DOCS_PROGRAM", &file);
    artifact::build_program_with(build, &example).map(Command::new)
}

fn write_program(folder: &Path, name: &str, program: &str) -> Result<PathBuf, String> {
    let file = folder.join(name);
    fs::write(&file, program).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}
