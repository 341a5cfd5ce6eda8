//! Finds Python on this machine.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The oldest minor version of Python 3 that the package supports.
const OLDEST: u32 = 10;

/// Prints the fields of an [`Interpreter`]: implementation, version, whether it can create environments, whether it is
/// free-threaded, and the path of its executable behind all shims.
const PROBE: &str = "\
import importlib.util, platform, sys, sysconfig
modules = all(map(importlib.util.find_spec, ('venv', 'ensurepip')))
free_threaded = bool(sysconfig.get_config_var('Py_GIL_DISABLED'))
print(platform.python_implementation(), *sys.version_info[:2], int(modules), int(free_threaded), sys.executable)";

/// A `CPython` that the package supports, unless it is free-threaded.
#[derive(Clone)]
pub(crate) struct Interpreter {
    pub(crate) program: PathBuf,
    /// The second number of its version.
    pub(crate) minor: u32,
    /// Whether it can create environments, for which Debian has a separate package.
    makes_environments: bool,
    /// Whether it runs without the global interpreter lock, and therefore without the stable ABI that wheels are built for.
    pub(crate) free_threaded: bool,
}

impl Interpreter {
    /// Returns the version as people write it.
    pub(crate) fn version(&self) -> String {
        format!("3.{}{}", self.minor, if self.free_threaded { "t" } else { "" })
    }

    /// Runs a program to learn its version. Returns `None` if it is missing or not a supported `CPython`.
    fn probe(program: &Path) -> Option<Self> {
        let output = super::command(program).args(["-I", "-c", PROBE]).stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        let mut words = text.trim_end().splitn(6, ' ');
        if words.next()? != "CPython" || words.next()? != "3" {
            return None;
        }
        let minor = words.next()?.parse().ok().filter(|&minor| minor >= OLDEST)?;
        let makes_environments = words.next()? == "1";
        let free_threaded = words.next()? == "1";
        Some(Self { program: words.next()?.into(), minor, makes_environments, free_threaded })
    }

    /// Runs a program likewise. Returns `None` also for a free-threaded Python.
    fn probe_supported(program: &Path) -> Option<Self> {
        Self::probe(program).filter(|interpreter| !interpreter.free_threaded)
    }
}

/// Finds the Python to use: the one in `PYTHON`, or else the first candidate.
pub(crate) fn find() -> Result<Interpreter, String> {
    if let Some(named) = std::env::var_os("PYTHON") {
        let found = Interpreter::probe_supported(Path::new(&named));
        return found.ok_or_else(|| {
            let named = named.to_string_lossy();
            format!("expected CPython 3.{OLDEST} or later in `PYTHON`, not free-threaded, got `{named}`")
        });
    }
    candidates().iter().find_map(|program| Interpreter::probe_supported(program)).ok_or_else(|| {
        format!(
            "could not find Python 3.{OLDEST} or later; install it, or name it: `PYTHON=/path/to/python cargo xtask …`"
        )
    })
}

/// Finds the Python to use that can create environments.
pub(crate) fn find_with_environments() -> Result<Interpreter, String> {
    let first = find()?;
    if first.makes_environments {
        return Ok(first);
    }
    let others = if std::env::var_os("PYTHON").is_some() { Vec::new() } else { candidates() };
    let mut others = others.iter().filter_map(|program| Interpreter::probe_supported(program));
    others.find(|other| other.makes_environments).ok_or_else(|| {
        format!(
            "`{}` cannot create environments; install its modules `venv` and `ensurepip` (Debian: `apt-get install \
             python3-venv`), or name another Python: `PYTHON=/path/to/python cargo xtask …`",
            first.program.display()
        )
    })
}

/// Finds one Python of each version that can create environments, the oldest first. Free-threaded ones are included, so
/// that a message can say that they are left out.
pub(crate) fn find_each_version() -> Vec<Interpreter> {
    let mut found = BTreeMap::new();
    // The Python that everything else uses comes first of its version.
    let named = std::env::var_os("PYTHON").map(PathBuf::from);
    for interpreter in named.into_iter().chain(candidates()).filter_map(|program| Interpreter::probe(&program)) {
        if interpreter.makes_environments {
            found.entry((interpreter.minor, interpreter.free_threaded)).or_insert(interpreter);
        }
    }
    found.into_values().collect()
}

/// Lists where Python may be: the default, then by version, then the versions of pyenv.
fn candidates() -> Vec<PathBuf> {
    let mut programs: Vec<PathBuf> = ["python3", "python"].map(PathBuf::from).into();
    programs.extend((OLDEST..=OLDEST + 9).rev().map(|minor| PathBuf::from(format!("python3.{minor}"))));
    // Debian's Python, if another one comes first on the path.
    programs.push("/usr/bin/python3".into());
    programs.extend(pyenv().into_iter().rev());
    programs
}

/// Lists the versions that pyenv has installed.
fn pyenv() -> Vec<PathBuf> {
    let home = |name: &str| std::env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from);
    let Some(root) = home("PYENV_ROOT").or_else(|| Some(home("HOME")?.join(".pyenv"))) else { return Vec::new() };
    let versions = std::fs::read_dir(root.join("versions")).into_iter().flatten().flatten();
    let mut programs: Vec<_> = versions.map(|version| version.path().join("bin").join("python3")).collect();
    programs.sort();
    programs
}
