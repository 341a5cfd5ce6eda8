//! Virtual environments under `target/python/`, made once for each interpreter and list of requirements.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::interpreter::{self, Interpreter};
use crate::artifact::target_directory;
use crate::process::{Outcome, read, run_quietly};

/// A virtual environment.
pub(crate) struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// The environment with what `requirements/<name>.txt` lists and the package from its sources.
    pub(crate) fn with_requirements(name: &str) -> Result<Self, String> {
        let interpreter = interpreter::find_with_environments()?;
        let requirements = super::home().join("requirements").join(format!("{name}.txt"));
        let text = fs::read(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
        let mut hasher = DefaultHasher::new();
        (text, &interpreter.program).hash(&mut hasher);
        let key = format!("{name}-{}-{:016x}", interpreter.version(), hasher.finish());
        let folder = target_directory()?.join("python").join(key);
        // Written last, so that an environment that was not finished is made anew.
        let finished = folder.join("finished");
        let environment = Self { folder: folder.clone() };
        if !finished.is_file() {
            println!("preparing {}", folder.display());
            let environment = Self::create(&interpreter, &folder)?;
            environment.pip(["install", "--no-deps", "--require-hashes", "--requirement"], &requirements)?;
            fs::write(&finished, "").map_err(|error| format!("{}: {error}", finished.display()))?;
        }
        environment.link_sources()?;
        Ok(environment)
    }

    /// A new environment with nothing in it but pip.
    pub(crate) fn create(interpreter: &Interpreter, folder: &Path) -> Result<Self, String> {
        run_quietly(super::command(&interpreter.program).args(["-I", "-m", "venv", "--clear"]).arg(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Its Python.
    pub(crate) fn python(&self) -> Command {
        super::command(self.program("python"))
    }

    /// One of its programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let (folder, suffix) = if cfg!(windows) { ("Scripts", ".exe") } else { ("bin", "") };
        self.folder.join(folder).join(format!("{name}{suffix}"))
    }

    /// A tool that is a Python module.
    pub(crate) fn tool(&self, module: &str) -> Command {
        let mut command = self.python();
        // Tools start others, such as the maturin that pip calls, which are looked up on the path.
        let programs = self.program("python");
        let folder = programs.parent().expect("a program lies in a folder").to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&path)));
        command.env("PATH", path.unwrap_or_default()).args(["-I", "-m", module]);
        command
    }

    /// Runs pip on a file.
    pub(crate) fn pip<const N: usize>(&self, arguments: [&str; N], file: &Path) -> Outcome {
        let mut pip = self.tool("pip");
        run_quietly(pip.args(["--quiet", "--disable-pip-version-check", "--no-input"]).args(arguments).arg(file))
    }

    /// The folder of what is installed.
    pub(crate) fn site_packages(&self) -> Result<PathBuf, String> {
        let path = read(self.python().args(["-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]))?;
        Ok(PathBuf::from(path.trim_end()))
    }

    /// Lets the environment find the package in its sources.
    fn link_sources(&self) -> Outcome {
        let link = self.site_packages()?.join("recallflow.pth");
        let sources = format!("{}\n", super::sources().display());
        fs::write(&link, sources).map_err(|error| format!("{}: {error}", link.display()))
    }
}
