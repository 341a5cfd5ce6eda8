//! Builds the packages of the command `recallflow`, and tries them: a wheel with the program, and two npm packages, one that
//! starts the program and one for each platform with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::node::staging::Staged;
use super::node::trial::Trial;
use super::python::{self, trial};
use super::trial_folder::{TrialFolder, megabytes, remove_old, size_below};
use super::zig::{self, Zig};
use super::{node, paths};
use crate::artifact::{self, target_directory};
use crate::node::modules;
use crate::node::platform::Platform;
use crate::node::toolchain::{self, Toolchain};
use crate::process::{Outcome, read_quietly, root};
use crate::python::environment::PythonEnvironment;
use crate::python::interpreter;
use crate::sandbox::SandboxProcess;

/// The maximum bytes of the installed program.
const INSTALLED_SIZE_LIMIT: u64 = 14_000_000;

/// The npm package that starts the program.
const NAME: &str = "recallflow-cli";

/// The file that starts the program.
const LAUNCHER: &str = "recallflow.js";

/// Builds the packages into `target/package/command/` and tries them.
pub(super) fn build_and_try() -> Outcome {
    let folder = target_directory()?.join("package").join("command");
    for suffix in [".whl", ".tgz"] {
        remove_old(&folder, suffix)?;
    }
    let trial_folder = TrialFolder::new()?;
    let environment = PythonEnvironment::with_requirements("test")?;
    let zig = Zig::find()?;
    let wheel = python::build_wheel(python::COMMAND, &folder, &environment, zig.as_ref())?;
    let contents = python::unpack(&environment, &wheel, &trial_folder)?;
    paths::check_contents(&contents)?;
    let program = find_program(&contents)?;
    if zig.is_some() {
        zig::check_glibc(&program)?;
    }
    println!("{}", wheel.display());
    let installed = trial::install(&interpreter::find_with_environments()?, &wheel, &trial_folder)?;
    try_out(|| Command::new(installed.program("recallflow")))?;
    let size = size_below(&program);
    println!("  {:.2} MB installed", megabytes(size));
    if size > INSTALLED_SIZE_LIMIT {
        return Err(format!("expected at most {INSTALLED_SIZE_LIMIT} bytes of the installed program, got {size}"));
    }

    let node = toolchain::find()?;
    let packages = [
        launcher_package(&trial_folder)?.pack(&node, &folder)?,
        platform_package(&program, &trial_folder)?.pack(&node, &folder)?,
    ];
    for package in &packages {
        println!("{}, {:.2} MB", package.display(), megabytes(size_below(package)));
    }
    let trial = Trial::install(&node, &packages, &trial_folder)?;
    let launcher = modules::program(trial.folder(), "recallflow");
    try_out(|| start_with(&node, &launcher))
}

/// Returns the program in the contents of a wheel.
fn find_program(contents: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(contents).into_iter().flatten().flatten().map(|entry| entry.path());
    let data = entries.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "data"));
    let scripts = data.ok_or("expected a folder `*.data` in the wheel")?.join("scripts");
    Ok(scripts.join(format!("recallflow{}", std::env::consts::EXE_SUFFIX)))
}

/// Runs the command as its users do, with what it prints and its exit codes.
fn try_out(command: impl Fn() -> Command) -> Outcome {
    let version = read_quietly(command().arg("--version"))?;
    let expected = format!("recallflow {}", artifact::crate_version(NAME)?);
    if version.trim_end() != expected {
        return Err(format!("expected `{expected}`, got `{version}`"));
    }
    let sandbox = SandboxProcess::start()?;
    let totals = read_quietly(sandbox.configure(command().args(["tasks", "totals", "--month", "2024-05"])))?;
    if !totals.contains("\"currency\":\"USD\"") {
        return Err(format!("expected totals in USD, got {totals}"));
    }
    let mut wrong = command();
    let output = wrong.arg("no-such-command").output().map_err(|error| error.to_string())?;
    if output.status.code() == Some(2) { Ok(()) } else { Err(format!("expected exit code 2, got {}", output.status)) }
}

fn start_with(node: &Toolchain, launcher: &Path) -> Command {
    let mut command = node.node();
    command.arg(launcher);
    command
}

/// Assembles the package that starts the program.
fn launcher_package(trial_folder: &TrialFolder) -> Result<Staged, String> {
    let version = artifact::crate_version(NAME)?;
    let staged = Staged::new(NAME, &version, trial_folder)?;
    let home = root().join("crates").join("cli");
    staged.copy(&home.join("README.md"), "README.md")?;
    staged.copy(&home.join("npm").join(LAUNCHER), LAUNCHER)?;
    let platforms = node::staging::list_all_platforms()?;
    let optional = platforms.iter().map(|platform| (package_name(platform), json!(version)));
    staged.write_manifest(&json!({
        "name": NAME,
        "version": version,
        "description": "The command recallflow: flows, group-call tasks and accounts of the voice API.",
        "license": "MIT OR Apache-2.0",
        "engines": { "node": ">=20" },
        "bin": { "recallflow": LAUNCHER },
        "files": [LAUNCHER],
        "optionalDependencies": optional.collect::<serde_json::Map<_, _>>(),
    }))?;
    Ok(staged)
}

/// Assembles the package of this machine's platform.
fn platform_package(program: &Path, trial_folder: &TrialFolder) -> Result<Staged, String> {
    let version = artifact::crate_version(NAME)?;
    let platform = Platform::of_this_machine()?;
    let name = package_name(&platform);
    let staged = Staged::new(&name, &version, trial_folder)?;
    let file = format!("recallflow{}", std::env::consts::EXE_SUFFIX);
    make_executable(program)?;
    staged.copy(program, &file)?;
    let mut manifest = json!({
        "name": name,
        "version": version,
        "description": format!("The program of {NAME} for {}.", platform.name),
        "license": "MIT OR Apache-2.0",
        "os": [platform.os],
        "cpu": [platform.cpu],
        "files": [file],
    });
    if let Some(libc) = platform.libc {
        manifest["libc"] = json!([libc]);
    }
    staged.write_manifest(&manifest)?;
    Ok(staged)
}

fn package_name(platform: &Platform) -> String {
    format!("{NAME}-{}", platform.name)
}

/// Makes a file that was unpacked from a wheel executable again.
fn make_executable(file: &Path) -> Outcome {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let made = fs::set_permissions(file, fs::Permissions::from_mode(0o755));
        made.map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}
