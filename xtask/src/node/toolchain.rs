//! Finds Node and npm on this machine.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::without_settings;

/// The oldest major version of Node that the package supports.
const OLDEST: u32 = 20;

/// Prints what makes up a [`Toolchain`]: the version of Node, and itself behind all shims.
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
    /// Node.
    pub(crate) fn node(&self) -> Command {
        self.command(&self.node)
    }

    /// Its package manager.
    pub(crate) fn npm(&self) -> Command {
        self.command(&self.npm)
    }

    /// A program that runs on this Node, as those of npm's packages do, and sees nothing of what is set for this user.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = bare(program);
        // They look for Node on the path.
        let folder = self.node.parent().map(Path::to_owned);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(folder.into_iter().chain(env::split_paths(&path)));
        command.env("PATH", path.unwrap_or_default());
        command
    }
}

/// A Node of a version that the package supports, which may come without npm.
struct Node {
    program: PathBuf,
    major: u32,
    version: String,
}

impl Node {
    /// Asks a program what it is. None if it is missing or something else.
    fn probe(program: &Path) -> Option<Self> {
        let output = bare(program).args(["-e", PROBE]).stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        let (version, program) = text.trim_end().split_once(' ')?;
        let major = version.split('.').next()?.parse().ok().filter(|&major| major >= OLDEST)?;
        Some(Self { program: program.into(), major, version: version.to_owned() })
    }

    /// With the npm that came with it, or else the first on the path.
    fn with_npm(self) -> Result<Toolchain, String> {
        let beside = self.program.parent().map(Path::to_owned);
        let path = env::var_os("PATH").unwrap_or_default();
        let mut npms = beside.into_iter().chain(env::split_paths(&path)).map(|folder| folder.join(NPM));
        let npm = npms.find(|npm| npm.is_file()).ok_or_else(|| {
            format!("`{}` has no npm; install one (Debian: `apt-get install npm`)", self.program.display())
        })?;
        Ok(Toolchain { node: self.program, npm, version: self.version })
    }
}

/// The Node to use, with its npm: the one that `NODE` names, or else the first that is found.
pub(crate) fn find() -> Result<Toolchain, String> {
    let node = if let Some(named) = env::var_os("NODE") {
        Node::probe(Path::new(&named))
            .ok_or_else(|| format!("`NODE` names `{}`, which is no Node from {OLDEST}", Path::new(&named).display()))
    } else {
        candidates().iter().find_map(|program| Node::probe(program)).ok_or_else(|| {
            format!("no Node from {OLDEST} was found; install one, or name it: `NODE=/path/to/node cargo xtask …`")
        })
    };
    node?.with_npm()
}

/// One Node of each major version, the oldest first.
pub(crate) fn find_each_version() -> Result<Vec<Toolchain>, String> {
    let mut found = BTreeMap::new();
    // The one that everything else uses comes first of its version.
    let named = env::var_os("NODE").map(PathBuf::from);
    for node in named.into_iter().chain(candidates()).filter_map(|program| Node::probe(&program)) {
        found.entry(node.major).or_insert(node);
    }
    found.into_values().map(Node::with_npm).collect()
}

/// Where Node may be: on the path, also under the name that Debian once gave it, and where nvm installs it.
fn candidates() -> Vec<PathBuf> {
    let mut programs: Vec<PathBuf> = ["node", "nodejs"].map(PathBuf::from).into();
    let nvm = env::var_os("NVM_DIR").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".nvm")));
    let versions = nvm.map(|nvm| nvm.join("versions").join("node"));
    let versions = versions.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    programs.extend(versions.map(|version| version.path().join("bin").join("node")));
    programs
}

/// A program that sees nothing of what is set for the Node of this user. Where npm takes packages from stays.
fn bare(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in ["NODE_OPTIONS", "NODE_PATH", "NODE_ENV", "NODE_V8_COVERAGE"] {
        command.env_remove(name);
    }
    without_settings(&mut command);
    command
}
