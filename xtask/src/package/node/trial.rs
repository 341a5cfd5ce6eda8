//! Tries the packages as their users do: installed in a folder that knows nothing of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::example::Example;
use crate::node::home;
use crate::node::modules;
use crate::node::platform::Platform;
use crate::node::toolchain::Toolchain;
use crate::package::scratch::{Scratch, size_below};
use crate::package::{paths, timing};
use crate::process::{Outcome, read_quietly, run_quietly};
use crate::sandbox::Sandbox;

/// What each package may have beside the text of its manifest: an installation runs nothing and brings nothing else.
const NOT_IN_MANIFESTS: [&str; 6] =
    ["scripts", "dependencies", "peerDependencies", "bundleDependencies", "devDependencies", "gypfile"];

const REQUIRE: &str = "require('recallflow')";

/// A folder with the packages installed in it, and nothing else.
pub(super) struct Trial {
    folder: PathBuf,
}

impl Trial {
    /// Installs the packages, without any network or cache.
    pub(super) fn install(node: &Toolchain, packages: &[PathBuf], scratch: &Scratch) -> Result<Self, String> {
        let folder = scratch.path().join("trial");
        let written =
            fs::create_dir(&folder).and_then(|()| fs::write(folder.join("package.json"), "{\"private\":true}"));
        written.map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut npm = node.npm();
        npm.current_dir(&folder).args([
            "install",
            "--offline",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--cache",
        ]);
        run_quietly(npm.arg(scratch.path().join("cache")).args(packages))?;
        Ok(Self { folder })
    }

    fn modules(&self) -> PathBuf {
        modules::folder(&self.folder)
    }

    /// Looks that the packages depend on nothing but each other, run nothing when they are installed, and do not tell
    /// where they were built.
    pub(super) fn holds_what_it_should(&self, platform: &Platform) -> Outcome {
        for package in ["recallflow", &platform.package()] {
            let folder = self.modules().join(package);
            let file = folder.join("package.json");
            let text = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let manifest: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
            if let Some(key) = NOT_IN_MANIFESTS.iter().find(|key| manifest.get(key).is_some()) {
                return Err(format!("`{package}` should be published without `{key}` in its package.json"));
            }
            // Not all of what is installed: npm notes there where the tarballs were.
            paths::refuse(&folder)?;
        }
        Ok(())
    }

    /// Runs the tour and the examples of the README.
    pub(super) fn try_out(&self, node: &Toolchain, example: &Example<'_>) -> Outcome {
        example.run(node)?;
        let sandbox = Sandbox::start()?;
        // Where it lies in the repository it would find the package in its sources.
        let tour = self.folder.join("tour.mjs");
        fs::copy(home().join("examples").join("tour.mjs"), &tour).map_err(|error| format!("the tour: {error}"))?;
        run_quietly(sandbox.configure(node.node().current_dir(&self.folder).arg(tour)))
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many bytes the installed files take.
    pub(super) fn size(&self) -> u64 {
        size_below(&self.modules())
    }

    /// How many milliseconds the package takes to load, beyond what Node needs to start.
    pub(super) fn require_time(&self, node: &Toolchain) -> Result<f64, String> {
        timing::beyond(|| self.evaluate(node, "0"), || self.evaluate(node, REQUIRE))
    }

    /// Looks that without the native module the package says what is missing, and what to do.
    pub(super) fn tells_what_is_missing(self, node: &Toolchain, platform: &Platform) -> Outcome {
        let package = platform.package();
        let folder = self.modules().join(&package);
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let code = format!("try {{ {REQUIRE} }} catch (error) {{ console.log(error.message) }}");
        let message = read_quietly(&mut self.evaluate(node, &code))?;
        let words = [platform.os, platform.cpu, platform.libc.unwrap_or(platform.os), &package, "npm install"];
        match words.iter().find(|word| !message.contains(**word)) {
            None => Ok(()),
            Some(word) => {
                Err(format!("without its native module, the package should speak of `{word}`, but says: {message}"))
            }
        }
    }

    fn evaluate(&self, node: &Toolchain, code: &str) -> Command {
        let mut command = node.node();
        command.current_dir(&self.folder).args(["-e", code]);
        command
    }
}
