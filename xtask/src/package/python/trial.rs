//! Tries a wheel as its users do: installed in a new environment, in a folder outside of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use crate::examples::PYTHON;
use crate::package::trial_folder::{TrialFolder, milliseconds_beyond, size_below};
use crate::process::{Outcome, read_quietly, run_quietly};
use crate::python::environment::PythonEnvironment;
use crate::python::home;
use crate::python::interpreter::Interpreter;
use crate::sandbox::SandboxProcess;

/// An environment with only a wheel.
pub(in crate::package) struct Installed {
    environment: PythonEnvironment,
}

/// Installs the wheel in a new environment.
pub(in crate::package) fn install(
    interpreter: &Interpreter,
    wheel: &Path,
    trial_folder: &TrialFolder,
) -> Result<Installed, String> {
    let folder = trial_folder.path().join(format!("python-{}", interpreter.version()));
    let environment = PythonEnvironment::create(interpreter, &folder)?;
    environment.pip(["install", "--no-index", "--no-compile"], wheel)?;
    run_quietly(environment.tool("pip").args(["--disable-pip-version-check", "check"]))?;
    Ok(Installed { environment })
}

impl Installed {
    /// Runs the examples of the README and the tour against a new sandbox.
    pub(super) fn try_out(&self, trial_folder: &TrialFolder) -> Outcome {
        let sandbox = SandboxProcess::start()?;
        let run = |program: &Path| {
            let mut python = self.environment.python();
            read_quietly(sandbox.configure(python.current_dir(trial_folder.path()).arg("-I").arg(program)))
        };
        let examples = PYTHON.program(&home().join("README.md"))?;
        let file = trial_folder.path().join("README.py");
        fs::write(&file, &examples).map_err(|error| error.to_string())?;
        PYTHON.compare(&examples, &run(&file)?)?;
        run(&home().join("examples").join("tour.py")).map(drop)
    }

    /// Runs a program that exits while threads log. It runs often, because each time meets another stage of the exit. Only
    /// the published build shows whether the process aborts, because it is optimized across crates.
    pub(super) fn exit_while_threads_log(&self, trial_folder: &TrialFolder) -> Outcome {
        let sandbox = SandboxProcess::start()?;
        let file = trial_folder.path().join("exit.py");
        fs::write(&file, include_str!("exit.py")).map_err(|error| error.to_string())?;
        (0..40).try_for_each(|_| {
            let mut python = self.environment.python();
            read_quietly(sandbox.configure(python.arg("-I").arg(&file))).map(drop)
        })
    }

    /// Returns the path of an installed program.
    pub(in crate::package) fn program(&self, name: &str) -> PathBuf {
        self.environment.program(name)
    }

    /// Returns the bytes of the installed files.
    pub(super) fn size(&self) -> Result<u64, String> {
        let folder = self.environment.site_packages()?;
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let ours = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("recallflow"));
        Ok(ours.map(|entry| size_below(&entry.path())).sum())
    }

    /// Returns the milliseconds of the import, beyond a start of Python.
    pub(super) fn import_time(&self) -> Result<f64, String> {
        let start = |code: &str| {
            let mut python = self.environment.python();
            python.args(["-I", "-c", code]);
            python
        };
        milliseconds_beyond(|| start("pass"), || start("import recallflow"))
    }
}
