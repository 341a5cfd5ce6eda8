//! Assembles the packages as they are published.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::artifact::{self, DIST};
use crate::node::platform::Platform;
use crate::node::toolchain::Toolchain;
use crate::node::{compile_typescript, home};
use crate::package::paths;
use crate::package::trial_folder::TrialFolder;
use crate::package::zig::{self, Zig};
use crate::process::{Outcome, run_quietly};

const MANIFEST: &str = "package.json";
const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// The folder whose manifest shows tools that do not know `exports` the sandbox.
const SANDBOX: &str = "sandbox";

/// The folder of a package as it is published.
pub(in crate::package) struct Staged {
    name: String,
    version: String,
    folder: PathBuf,
}

impl Staged {
    pub(in crate::package) fn new(name: &str, version: &str, trial_folder: &TrialFolder) -> Result<Self, String> {
        let folder = trial_folder.path().join("staged").join(name);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let staged = Self { name: name.to_owned(), version: version.to_owned(), folder };
        LICENSES.iter().try_for_each(|license| staged.copy(&home().join(license), license))?;
        Ok(staged)
    }

    pub(in crate::package) fn copy(&self, source: &Path, name: impl AsRef<Path>) -> Outcome {
        fs::copy(source, self.folder.join(name)).map_err(|error| format!("{}: {error}", source.display()))?;
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> Outcome {
        let file = self.folder.join(name);
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Writes the manifest.
    pub(in crate::package) fn write_manifest(&self, manifest: &Value) -> Outcome {
        self.write(MANIFEST, &format!("{manifest:#}\n"))
    }

    /// Packs the package into a folder, and returns the tarball.
    pub(in crate::package) fn pack(&self, node: &Toolchain, into: &Path) -> Result<PathBuf, String> {
        fs::create_dir_all(into).map_err(|error| format!("{}: {error}", into.display()))?;
        let mut npm = node.npm();
        npm.current_dir(&self.folder).args(["pack", "--ignore-scripts", "--pack-destination"]).arg(into);
        run_quietly(&mut npm)?;
        Ok(into.join(format!("{}-{}.tgz", self.name, self.version)))
    }
}

/// Assembles the package with the code.
pub(super) fn assemble_package(node: &Toolchain, trial_folder: &TrialFolder) -> Result<Staged, String> {
    let manifest = read_manifest()?;
    let (name, version) = (manifest_text(&manifest, "name")?, manifest_text(&manifest, "version")?);
    let staged = Staged::new(name, version, trial_folder)?;
    for name in ["README.md", MANIFEST] {
        staged.copy(&home().join(name), name)?;
    }
    let sandbox = staged.folder.join(SANDBOX);
    fs::create_dir_all(&sandbox).map_err(|error| format!("{}: {error}", sandbox.display()))?;
    let pointer = Path::new(SANDBOX).join(MANIFEST);
    staged.copy(&home().join(&pointer), &pointer)?;
    compile_typescript(node, &staged.folder.join("dist"))?;
    // npm edits the manifest without reordering it; the order of the conditions in `exports` matters.
    let npm = |arguments: Vec<String>| run_quietly(node.npm().current_dir(&staged.folder).arg("pkg").args(arguments));
    // Only needed to work on the package.
    npm(["delete", "devDependencies", "napi", "private"].map(str::to_owned).into())?;
    let mut set = vec!["set".to_owned()];
    for platform in list_platforms(&manifest)? {
        set.push(format!("optionalDependencies.{}={version}", platform.package_name()));
    }
    npm(set)?;
    Ok(staged)
}

/// Builds the native module for this machine and assembles its package.
pub(super) fn platform_package(trial_folder: &TrialFolder) -> Result<Staged, String> {
    let platform = Platform::of_this_machine()?;
    let manifest = read_manifest()?;
    if !list_platforms(&manifest)?.iter().any(|listed| listed.name == platform.name) {
        return Err(format!("expected `{}` among `napi.targets` in {MANIFEST}", platform.name));
    }
    let version = manifest_text(&manifest, "version")?;
    let module = native_module()?;
    let staged = Staged::new(&platform.package_name(), version, trial_folder)?;
    staged.copy(&module, platform.module_file())?;
    staged.write(
        "README.md",
        &format!("# {}\n\nThe native module of `recallflow` for `{}`.\n", platform.package_name(), platform.name),
    )?;
    let mut description = json!({
        "name": platform.package_name(),
        "version": version,
        "description": format!("The native module of recallflow for {}.", platform.name),
        "license": manifest["license"],
        "engines": manifest["engines"],
        "os": [platform.os],
        "cpu": [platform.cpu],
        "main": platform.module_file(),
        "files": [platform.module_file(), LICENSES[0], LICENSES[1]],
    });
    if let Some(libc) = platform.libc {
        description["libc"] = json!([libc]);
    }
    staged.write_manifest(&description)?;
    Ok(staged)
}

/// Builds the native module as it is published.
fn native_module() -> Result<PathBuf, String> {
    let mut build = artifact::build_command("rustc");
    paths::hide_folders(&mut build)?;
    let zig = Zig::find()?;
    if let Some(zig) = &zig {
        zig.configure(&mut build);
    }
    let mut arguments = vec!["--package", "recallflow-node", "--lib", "--profile", DIST];
    if cfg!(target_os = "linux") {
        // The profile strips debug information, but not the symbol names of a library.
        arguments.extend(["--", "-C", "link-arg=-Wl,--strip-all"]);
    }
    let module = artifact::build_library_with(build, &arguments)?;
    if zig.is_some() {
        zig::check_glibc(&module)?;
    }
    Ok(module)
}

/// Reads the manifest of the sources, whose version must be that of the workspace.
fn read_manifest() -> Result<Map<String, Value>, String> {
    let file = home().join(MANIFEST);
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let manifest: Map<String, Value> =
        serde_json::from_slice(&fs::read(&file).map_err(|error| at(&error))?).map_err(|error| at(&error))?;
    let (version, crate_version) = (manifest_text(&manifest, "version")?, artifact::crate_version("recallflow-node")?);
    if version != crate_version {
        return Err(at(&format!("expected version {crate_version}, that of the workspace, got {version}")));
    }
    Ok(manifest)
}

fn manifest_text<'m>(manifest: &'m Map<String, Value>, key: &str) -> Result<&'m str, String> {
    manifest.get(key).and_then(Value::as_str).ok_or_else(|| format!("expected `{key}` in {MANIFEST}"))
}

/// Returns all platforms for which packages are published.
pub(in crate::package) fn list_all_platforms() -> Result<Vec<Platform>, String> {
    list_platforms(&read_manifest()?)
}

/// Returns the platforms that have a package.
fn list_platforms(manifest: &Map<String, Value>) -> Result<Vec<Platform>, String> {
    let targets = manifest.get("napi").and_then(|napi| napi["targets"].as_array());
    let targets = targets.ok_or_else(|| format!("expected `napi.targets` in {MANIFEST}"))?;
    targets.iter().map(|target| Platform::for_target(target.as_str().unwrap_or_default())).collect()
}
