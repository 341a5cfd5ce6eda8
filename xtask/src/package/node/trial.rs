//! Tries the packages as their users do: installed in a folder outside of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::example::ReadmeExample;
use crate::node::home;
use crate::node::modules;
use crate::node::platform::Platform;
use crate::node::toolchain::Toolchain;
use crate::package::paths;
use crate::package::trial_folder::{TrialFolder, milliseconds_beyond, size_below};
use crate::process::{Outcome, read_quietly, run_quietly};
use crate::sandbox::SandboxProcess;

/// Keys that a published manifest must not have, so that an installation runs no script and adds no other package.
const NOT_IN_MANIFESTS: [&str; 6] =
    ["scripts", "dependencies", "peerDependencies", "bundleDependencies", "devDependencies", "gypfile"];

const REQUIRE: &str = "require('recallflow')";

/// A folder with only the installed packages.
pub(in crate::package) struct Trial {
    folder: PathBuf,
}

impl Trial {
    /// Installs the packages without network or cache.
    pub(in crate::package) fn install(
        node: &Toolchain,
        packages: &[PathBuf],
        trial_folder: &TrialFolder,
    ) -> Result<Self, String> {
        let folder = trial_folder.path().join("trial");
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
        run_quietly(npm.arg(trial_folder.path().join("cache")).args(packages))?;
        Ok(Self { folder })
    }

    fn modules(&self) -> PathBuf {
        modules::folder(&self.folder)
    }

    /// Checks that the packages depend only on each other, run no script when they are installed, and contain no path of
    /// this machine.
    pub(super) fn check_contents(&self, platform: &Platform) -> Outcome {
        for package in ["recallflow", &platform.package_name()] {
            let folder = self.modules().join(package);
            let file = folder.join("package.json");
            let text = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let manifest: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
            if let Some(key) = NOT_IN_MANIFESTS.iter().find(|key| manifest.get(key).is_some()) {
                return Err(format!(
                    "expected no `{key}` in the published package.json of `{package}`; remove it in staging"
                ));
            }
            // Only the packages, because npm writes the paths of the tarballs beside them.
            paths::check_contents(&folder)?;
        }
        Ok(())
    }

    /// Runs the tour and the examples of the README.
    pub(super) fn try_out(&self, node: &Toolchain, example: &ReadmeExample<'_>) -> Outcome {
        example.run(node)?;
        let sandbox = SandboxProcess::start()?;
        // In the repository, the tour would import the package from its sources.
        let tour = self.folder.join("tour.mjs");
        fs::copy(home().join("examples").join("tour.mjs"), &tour).map_err(|error| format!("the tour: {error}"))?;
        run_quietly(sandbox.configure(node.node().current_dir(&self.folder).arg(tour)))
    }

    /// Checks that a program runs from a copy of only the files that `@vercel/nft` finds, as in a standalone build of Next.js.
    pub(super) fn trace(&self, node: &Toolchain, trial_folder: &TrialFolder) -> Outcome {
        let mut trace = node.node();
        trace.current_dir(home()).arg("test/trace.mjs").arg(&self.folder).arg(trial_folder.path().join("traced"));
        run_quietly(&mut trace)
    }

    /// Returns the folder.
    pub(in crate::package) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the bytes of the installed files.
    pub(super) fn size(&self) -> u64 {
        size_below(&self.modules())
    }

    /// Returns the milliseconds that loading the package takes, beyond a start of Node.
    pub(super) fn require_time(&self, node: &Toolchain) -> Result<f64, String> {
        milliseconds_beyond(|| self.evaluate(node, "0"), || self.evaluate(node, REQUIRE))
    }

    /// Checks that without the native module, the error names the missing package and the remedy.
    pub(super) fn check_error_without_module(self, node: &Toolchain, platform: &Platform) -> Outcome {
        let package = platform.package_name();
        let folder = self.modules().join(&package);
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let code = format!("try {{ {REQUIRE} }} catch (error) {{ console.log(error.message) }}");
        let message = read_quietly(&mut self.evaluate(node, &code))?;
        let words = [platform.os, platform.cpu, platform.libc.unwrap_or(platform.os), &package, "npm install"];
        match words.iter().find(|word| !message.contains(**word)) {
            None => Ok(()),
            Some(word) => Err(format!("expected `{word}` in the error about a missing native module, got: {message}")),
        }
    }

    fn evaluate(&self, node: &Toolchain, code: &str) -> Command {
        let mut command = node.node();
        command.current_dir(&self.folder).args(["-e", code]);
        command
    }
}
