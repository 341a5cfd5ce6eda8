//! Finds Node and npm on this machine.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::without_settings;

/// The oldest major version of Node that the package supports.
const OLDEST: u32 = 20;

/// Prints the version of Node and the path of its executable behind all shims.
const PROBE: &str = "console.log(process.versions.node, process.execPath)";

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// A Node that the package supports, and an npm.
pub(crate) struct Toolchain {
    node: PathBuf,
    npm: PathBuf,
    /// The version of Node.
    pub(crate) version: String,
}

impl Toolchain {
    /// Returns a command for Node.
    pub(crate) fn node(&self) -> Command {
        self.command(&self.node)
    }

    /// Returns a command for npm.
    pub(crate) fn npm(&self) -> Command {
        self.command(&self.npm)
    }

    /// Returns a command for a program that runs on this Node, without the Node settings of this user.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = bare_command(program);
        // Programs of npm packages look for Node on the path.
        let folder = self.node.parent().map(Path::to_owned);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(folder.into_iter().chain(env::split_paths(&path)));
        command.env("PATH", path.unwrap_or_default());
        command
    }
}

/// A Node of a supported version, perhaps without npm.
struct ProbedNode {
    program: PathBuf,
    major: u32,
    version: String,
}

impl ProbedNode {
    /// Runs a program to find out its version. Returns `None` if it is missing or not a supported Node.
    fn probe(program: &Path) -> Option<Self> {
        let output = bare_command(program).args(["-e", PROBE]).stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        let (version, program) = text.trim_end().split_once(' ')?;
        let major = version.split('.').next()?.parse().ok().filter(|&major| major >= OLDEST)?;
        Some(Self { program: program.into(), major, version: version.to_owned() })
    }

    /// Adds the npm beside this Node, or else the first one on the path.
    fn with_npm(self) -> Result<Toolchain, String> {
        let beside = self.program.parent().map(Path::to_owned);
        let path = env::var_os("PATH").unwrap_or_default();
        let mut npms = beside.into_iter().chain(env::split_paths(&path)).map(|folder| folder.join(NPM));
        let npm = npms.find(|npm| npm.is_file()).ok_or_else(|| {
            format!("could not find npm for `{}`; install it (Debian: `apt-get install npm`)", self.program.display())
        })?;
        Ok(Toolchain { node: self.program, npm, version: self.version })
    }
}

/// Finds the Node to use: the one in `NODE`, or else the first candidate.
pub(crate) fn find() -> Result<Toolchain, String> {
    let node = if let Some(named) = env::var_os("NODE") {
        ProbedNode::probe(Path::new(&named))
            .ok_or_else(|| format!("expected Node {OLDEST} or later in `NODE`, got `{}`", Path::new(&named).display()))
    } else {
        candidates().iter().find_map(|program| ProbedNode::probe(program)).ok_or_else(|| {
            format!("could not find Node {OLDEST} or later; install it, or name it: `NODE=/path/to/node cargo xtask …`")
        })
    };
    node?.with_npm()
}

/// Finds one Node of each major version, the oldest first.
pub(crate) fn find_each_version() -> Result<Vec<Toolchain>, String> {
    let mut found = BTreeMap::new();
    // The Node that everything else uses comes first of its version.
    let named = env::var_os("NODE").map(PathBuf::from);
    for node in named.into_iter().chain(candidates()).filter_map(|program| ProbedNode::probe(&program)) {
        found.entry(node.major).or_insert(node);
    }
    found.into_values().map(ProbedNode::with_npm).collect()
}

/// Lists where Node may be: on the path, also under Debian's old name, and where nvm installs it.
fn candidates() -> Vec<PathBuf> {
    let mut programs: Vec<PathBuf> = ["node", "nodejs"].map(PathBuf::from).into();
    let nvm = env::var_os("NVM_DIR").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".nvm")));
    let versions = nvm.map(|nvm| nvm.join("versions").join("node"));
    let versions = versions.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    programs.extend(versions.map(|version| version.path().join("bin").join("node")));
    programs
}

/// Returns a command without the Node settings of this user. The settings of npm's registry stay.
fn bare_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in ["NODE_OPTIONS", "NODE_PATH", "NODE_ENV", "NODE_V8_COVERAGE"] {
        command.env_remove(name);
    }
    without_settings(&mut command);
    command
}
