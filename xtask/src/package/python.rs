//! Builds the wheel and the source distribution, and tries them.

pub(super) mod trial;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::paths;
use super::trial_folder::{TrialFolder, megabytes, only_file, remove_old};
use super::zig::{self, Zig};
use crate::artifact::{own_crates, target_directory};
use crate::process::{Outcome, cargo, read, root, run_quietly};
use crate::python::environment::PythonEnvironment;
use crate::python::interpreter;

/// The maximum bytes of the installed wheel.
const INSTALLED_SIZE_LIMIT: u64 = 9_000_000;

/// The folder of the Python package.
const LIBRARY: &str = "bindings/python";

/// The folder of the command, whose wheel has only the program.
pub(super) const COMMAND: &str = "crates/cli";

/// Builds both into `target/package/` and tries them with every Python on this machine.
///
/// Without zig, the wheel runs only on Linux systems as new as this one.
pub(crate) fn build_and_try() -> Outcome {
    let folder = target_directory()?.join("package");
    for suffix in [".whl", ".tar.gz"] {
        remove_old(&folder, suffix)?;
    }
    let environment = PythonEnvironment::with_requirements("test")?;
    let zig = Zig::find()?;
    let wheel = build_wheel(LIBRARY, &folder, &environment, zig.as_ref())?;
    // The native module is the only built file.
    check_built_files(&environment, "zipfile", &wheel, 1)?;
    let trial_folder = TrialFolder::new()?;
    let contents = unpack(&environment, &wheel, &trial_folder)?;
    paths::check_contents(&contents)?;
    if zig.is_some() {
        zig::check_glibc(&contents.join("recallflow").join("_native.abi3.so"))?;
    }
    let sdist = build_sdist(&environment, &folder)?;

    println!("{}", wheel.display());
    for interpreter in interpreter::find_each_version() {
        if interpreter.free_threaded {
            println!("  {:<6}left out: the wheel is not for free-threaded Pythons", interpreter.version());
            continue;
        }
        let installed = trial::install(&interpreter, &wheel, &trial_folder)?;
        installed.try_out(&trial_folder)?;
        installed.exit_while_threads_log(&trial_folder)?;
        let (size, import) = (installed.size()?, installed.import_time()?);
        println!("  {:<6}{:>6.2} MB installed, import {:>5.1} ms", interpreter.version(), megabytes(size), import);
        if size > INSTALLED_SIZE_LIMIT {
            return Err(format!("expected at most {INSTALLED_SIZE_LIMIT} bytes of installed files, got {size}"));
        }
    }

    println!("{}", sdist.display());
    let rebuilt = build_from_sdist(&environment, &sdist, &trial_folder)?;
    let interpreter = interpreter::find_with_environments()?;
    trial::install(&interpreter, &rebuilt, &trial_folder)?.try_out(&trial_folder)?;
    println!("  {:<6}builds from its own contents", interpreter.version());
    Ok(())
}

/// Builds the wheel of a project as it is published.
pub(super) fn build_wheel(
    project: &str,
    folder: &Path,
    environment: &PythonEnvironment,
    zig: Option<&Zig>,
) -> Result<PathBuf, String> {
    let mut maturin = maturin_command(zig.map_or(environment, |zig| &zig.environment), "build", project);
    maturin.args(["--profile", "dist", "--locked", "--quiet", "--out"]).arg(folder);
    paths::hide_folders(&mut maturin)?;
    if let Some(zig) = zig {
        zig.configure(&mut maturin);
        maturin.args(["--compatibility", zig::WHEEL_COMPATIBILITY]);
        if project == COMMAND {
            // A program is linked only if every symbol is found, also those that this machine's unwinder takes from a newer glibc.
            maturin.args(["--", "-C", "link-arg=-Wl,--allow-shlib-undefined"]);
        }
    }
    run_quietly(&mut maturin)?;
    only_file(folder, ".whl")
}

/// Builds the source distribution.
fn build_sdist(environment: &PythonEnvironment, folder: &Path) -> Result<PathBuf, String> {
    run_quietly(maturin_command(environment, "sdist", LIBRARY).arg("--out").arg(folder))?;
    let sdist = only_file(folder, ".tar.gz")?;
    check_built_files(environment, "tarfile", &sdist, 0)?;
    Ok(sdist)
}

/// Fails if an archive holds more built files than the limit, such as leftovers of tests beside the sources.
fn check_built_files(environment: &PythonEnvironment, reader: &str, archive: &Path, limit: usize) -> Outcome {
    let contents = read(environment.tool(reader).arg("--list").arg(archive))?;
    let names = contents.lines().filter_map(|line| line.split_whitespace().next());
    let built: Vec<_> = names
        .filter(|name| {
            let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
            matches!(extension, Some("so" | "pyd" | "dylib" | "pyc" | "fresh"))
        })
        .collect();
    if built.len() <= limit {
        return Ok(());
    }
    Err(format!("expected at most {limit} built files in {}, got {}", archive.display(), built.join(", ")))
}

/// Unpacks a wheel, and returns the folder of its contents.
pub(super) fn unpack(
    environment: &PythonEnvironment,
    wheel: &Path,
    trial_folder: &TrialFolder,
) -> Result<PathBuf, String> {
    let folder = trial_folder.path().join("contents");
    run_quietly(environment.tool("zipfile").arg("--extract").arg(wheel).arg(&folder))?;
    Ok(folder)
}

/// Builds a wheel from the source distribution alone, as pip does on a platform without a wheel.
///
/// Not optimized, because the published wheel has shown that this works.
fn build_from_sdist(
    environment: &PythonEnvironment,
    sdist: &Path,
    trial_folder: &TrialFolder,
) -> Result<PathBuf, String> {
    let folder = trial_folder.path().join("wheels");
    // The build is kept for the next time, except for the repository's own crates: all files of an archive have the same
    // time, so that cargo would not notice changes.
    let target = target_directory()?.join("package").join("from-sdist");
    let mut clean = cargo(["clean", "--locked", "--quiet"]);
    clean.args(own_crates()?.iter().flat_map(|name| ["--package", name])).arg("--target-dir").arg(&target);
    run_quietly(&mut clean)?;
    let mut pip = environment.tool("pip");
    pip.env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true")
        .env("MATURIN_PEP517_ARGS", "--profile dev")
        .env("TMPDIR", trial_folder.path())
        .current_dir(trial_folder.path())
        // Only the archive and the crates that cargo has fetched for the wheel are available.
        .args(["wheel", "--quiet", "--no-cache-dir", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir"]);
    run_quietly(pip.arg(&folder).arg(sdist))?;
    only_file(&folder, ".whl")
}

fn maturin_command(environment: &PythonEnvironment, subcommand: &str, project: &str) -> Command {
    let mut maturin = environment.tool("maturin");
    maturin.current_dir(root()).args([subcommand, "--manifest-path", &format!("{project}/Cargo.toml")]);
    maturin
}
