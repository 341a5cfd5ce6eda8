//! Tries a wheel as its users do: installed in a new environment, in a folder that knows nothing of the repository.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::readme;
use crate::process::{Outcome, read_quietly, run_quietly};
use crate::python::environment::Environment;
use crate::python::home;
use crate::python::interpreter::Interpreter;
use crate::sandbox::Sandbox;

/// How often the import is timed; the fastest counts.
const TIMINGS: usize = 7;

/// An empty folder outside of the repository, which goes with this value.
pub(super) struct Scratch(TempDir);

impl Scratch {
    pub(super) fn new() -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("recallflow-package-").tempdir();
        folder.map(Self).map_err(|error| format!("a folder for trials could not be made: {error}"))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// An environment with a wheel and nothing else.
pub(super) struct Installed {
    environment: Environment,
}

/// Installs the wheel in a new environment.
pub(super) fn install(interpreter: &Interpreter, wheel: &Path, scratch: &Scratch) -> Result<Installed, String> {
    let folder = scratch.path().join(format!("python-{}", interpreter.version()));
    let environment = Environment::create(interpreter, &folder)?;
    environment.pip(["install", "--no-index", "--no-compile"], wheel)?;
    run_quietly(environment.tool("pip").args(["--disable-pip-version-check", "check"]))?;
    Ok(Installed { environment })
}

impl Installed {
    /// Runs the examples of the README and the tour against a sandbox of their own, which has seen no other call.
    pub(super) fn try_out(&self, scratch: &Scratch) -> Outcome {
        let sandbox = Sandbox::start()?;
        let run = |program: &Path| {
            let mut python = self.environment.python();
            read_quietly(sandbox.tell(python.current_dir(scratch.path()).arg("-I").arg(program)))
        };
        let examples = readme::program(&home().join("README.md"))?;
        let file = scratch.path().join("README.py");
        fs::write(&file, &examples).map_err(|error| error.to_string())?;
        readme::compare(&examples, &run(&file)?)?;
        run(&home().join("examples").join("tour.py")).map(drop)
    }

    /// How many bytes the installed files take.
    pub(super) fn size(&self) -> Result<u64, String> {
        let folder = self.environment.site_packages()?;
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let ours = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("recallflow"));
        Ok(ours.map(|entry| size_below(&entry.path())).sum())
    }

    /// How many milliseconds the import takes, beyond what Python needs to start.
    pub(super) fn import_time(&self) -> Result<f64, String> {
        let fastest = |code: &str| -> Result<Duration, String> {
            let mut fastest = Duration::MAX;
            for _ in 0..TIMINGS {
                let start = Instant::now();
                run_quietly(self.environment.python().args(["-I", "-c", code]))?;
                fastest = fastest.min(start.elapsed());
            }
            Ok(fastest)
        };
        let bare = fastest("pass")?;
        Ok((fastest("import recallflow")?.as_secs_f64() - bare.as_secs_f64()) * 1e3)
    }
}

/// Bytes of a file, or of all files below a folder but the compiled ones, which Python makes by itself.
fn size_below(path: &Path) -> u64 {
    if path.file_name().is_some_and(|name| name == "__pycache__") {
        return 0;
    }
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| size_below(&entry.path())).sum(),
        Err(_) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
    }
}
