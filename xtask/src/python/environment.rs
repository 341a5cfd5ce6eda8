//! Virtual environments under `target/python/`, one for each checkout, interpreter and list of requirements.
//!
//! Each gets a new folder, and a file that is written at the end holds the name of the folder. So an unfinished
//! environment is never used, and two commands may create the same one at the same time.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::interpreter::{self, Interpreter};
use crate::artifact::target_directory;
use crate::process::{Outcome, read, root, run_quietly};

/// A virtual environment.
pub(crate) struct PythonEnvironment {
    folder: PathBuf,
}

impl PythonEnvironment {
    /// Returns the environment with the packages of `requirements/<name>.txt` and the package from its sources.
    pub(crate) fn with_requirements(name: &str) -> Result<Self, String> {
        let interpreter = interpreter::find_with_environments()?;
        let requirements = super::home().join("requirements").join(format!("{name}.txt"));
        let text = fs::read(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
        let mut hasher = DefaultHasher::new();
        // The root is part of the key, because checkouts may share a target folder, but not the linked sources.
        (text, &interpreter.program, root()).hash(&mut hasher);
        let key = format!("{name}-{}-{:016x}", interpreter.version(), hasher.finish());
        let home = target_directory()?.join("python");
        let finished = home.join(format!("{key}.finished"));
        if let Ok(folder) = fs::read_to_string(&finished) {
            let folder = home.join(folder);
            if folder.is_dir() {
                return Ok(Self { folder });
            }
        }
        Self::prepare(&interpreter, &requirements, &home, &key)
            .and_then(|environment| environment.finish(&home, &finished).map(|()| environment))
    }

    /// Creates a new environment with the requirements and the package from its sources.
    fn prepare(interpreter: &Interpreter, requirements: &Path, home: &Path, key: &str) -> Result<Self, String> {
        let in_home = |error: std::io::Error| format!("{}: {error}", home.display());
        fs::create_dir_all(home).map_err(in_home)?;
        let folder = tempfile::Builder::new().prefix(&format!("{key}-")).tempdir_in(home).map_err(in_home)?;
        println!("preparing {}", folder.path().display());
        let environment = Self::create(interpreter, folder.path())?;
        environment.pip(["install", "--no-deps", "--require-hashes", "--requirement"], requirements)?;
        environment.link_sources()?;
        // Until here, the folder is removed if anything fails.
        Ok(Self { folder: folder.keep() })
    }

    /// Marks the environment as usable.
    fn finish(&self, home: &Path, finished: &Path) -> Outcome {
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy();
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(home)?;
            file.write_all(name.as_bytes())?;
            // Renamed, because another command must never read half of it.
            file.persist(finished)?;
            Ok(())
        };
        write().map_err(|error: std::io::Error| format!("{}: {error}", finished.display()))
    }

    /// Creates an environment with only pip.
    pub(crate) fn create(interpreter: &Interpreter, folder: &Path) -> Result<Self, String> {
        run_quietly(super::command(&interpreter.program).args(["-I", "-m", "venv", "--clear"]).arg(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Returns a command for the Python of the environment.
    pub(crate) fn python(&self) -> Command {
        super::command(self.program("python"))
    }

    /// Returns the path of a program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let (folder, suffix) = if cfg!(windows) { ("Scripts", ".exe") } else { ("bin", "") };
        self.folder.join(folder).join(format!("{name}{suffix}"))
    }

    /// Returns a command for a tool that is a Python module.
    pub(crate) fn tool(&self, module: &str) -> Command {
        let mut command = self.python();
        // Tools look for other tools on the path; pip starts maturin, for example.
        let programs = self.program("python");
        let folder = programs.parent().expect("a program is in a folder").to_owned();
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

    /// Returns the folder of the installed packages.
    pub(crate) fn site_packages(&self) -> Result<PathBuf, String> {
        let path = read(self.python().args(["-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]))?;
        Ok(PathBuf::from(path.trim_end()))
    }

    /// Makes the environment find the package in its sources.
    fn link_sources(&self) -> Outcome {
        let link = self.site_packages()?.join("recallflow.pth");
        let sources = format!("{}\n", super::sources().display());
        fs::write(&link, sources).map_err(|error| format!("{}: {error}", link.display()))
    }
}
