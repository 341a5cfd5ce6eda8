//! The wheel and the source distribution.

mod trial;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::paths;
use super::scratch::{Scratch, megabytes, only_file, remove_old};
use crate::artifact::{own_crates, target_directory};
use crate::process::{Outcome, cargo, read, root, run_quietly};
use crate::python::environment::Environment;
use crate::python::interpreter;

/// The wheel may take no more than this once it is installed.
const INSTALLED_SIZE_LIMIT: u64 = 8_000_000;

/// Builds both into `target/package/` and tries them with every Python there is.
///
/// With zig the wheel runs on Linux systems as old as manylinux2014; without, on those as new as this one.
pub(crate) fn python(with_zig: bool) -> Outcome {
    let folder = target_directory()?.join("package");
    for suffix in [".whl", ".tar.gz"] {
        remove_old(&folder, suffix)?;
    }
    let environment = Environment::with_requirements("test")?;
    let wheel = build_wheel(&folder, with_zig)?;
    // The native module.
    holds_at_most(&environment, "zipfile", &wheel, 1)?;
    let scratch = Scratch::new()?;
    names_no_folder_of_this_machine(&environment, &wheel, &scratch)?;
    let sdist = build_sdist(&environment, &folder)?;

    println!("{}", wheel.display());
    for interpreter in interpreter::find_each_version() {
        if interpreter.free_threaded {
            println!("  {:<6}left out: the wheel is not for free-threaded Pythons", interpreter.version());
            continue;
        }
        let installed = trial::install(&interpreter, &wheel, &scratch)?;
        installed.try_out(&scratch)?;
        let (size, import) = (installed.size()?, installed.import_time()?);
        println!("  {:<6}{:>6.2} MB installed, import {:>5.1} ms", interpreter.version(), megabytes(size), import);
        if size > INSTALLED_SIZE_LIMIT {
            return Err(format!("the wheel takes {size} bytes once it is installed, more than {INSTALLED_SIZE_LIMIT}"));
        }
    }

    println!("{}", sdist.display());
    let rebuilt = build_from_sdist(&environment, &sdist, &scratch)?;
    let interpreter = interpreter::find_with_environments()?;
    trial::install(&interpreter, &rebuilt, &scratch)?.try_out(&scratch)?;
    println!("  {:<6}builds from its own contents", interpreter.version());
    Ok(())
}

/// Builds the wheel as it is shipped.
fn build_wheel(folder: &Path, with_zig: bool) -> Result<PathBuf, String> {
    let environment = Environment::with_requirements(if with_zig { "zig" } else { "test" })?;
    let mut maturin = maturin(&environment, "build");
    maturin.args(["--profile", "dist", "--locked", "--quiet", "--out"]).arg(folder);
    paths::hide(&mut maturin)?;
    if with_zig {
        maturin.args(["--zig", "--compatibility", "manylinux2014"]);
    }
    run_quietly(&mut maturin)?;
    only_file(folder, ".whl")
}

/// Packs the sources.
fn build_sdist(environment: &Environment, folder: &Path) -> Result<PathBuf, String> {
    run_quietly(maturin(environment, "sdist").arg("--out").arg(folder))?;
    let sdist = only_file(folder, ".tar.gz")?;
    holds_at_most(environment, "tarfile", &sdist, 0)?;
    Ok(sdist)
}

/// Looks that nothing came along that was built, but for so many files: what tests left beside the sources, say.
fn holds_at_most(environment: &Environment, reader: &str, archive: &Path, limit: usize) -> Outcome {
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
    Err(format!("{} holds more that was built than it should: {}", archive.display(), built.join(", ")))
}

/// Looks that nothing in the wheel tells where it was built.
fn names_no_folder_of_this_machine(environment: &Environment, wheel: &Path, scratch: &Scratch) -> Outcome {
    let folder = scratch.path().join("contents");
    run_quietly(environment.tool("zipfile").arg("--extract").arg(wheel).arg(&folder))?;
    paths::refuse(&folder)
}

/// Builds a wheel as pip does where there is none, from nothing but the source distribution.
///
/// Without optimization: whether that works, the wheel has shown.
fn build_from_sdist(environment: &Environment, sdist: &Path, scratch: &Scratch) -> Result<PathBuf, String> {
    let folder = scratch.path().join("wheels");
    // What cargo builds is kept for the next time, but for the repository's own crates: the files of an archive are always
    // of the same time, so cargo would not see that they are others.
    let target = target_directory()?.join("package").join("from-sdist");
    let mut clean = cargo(["clean", "--locked", "--quiet"]);
    clean.args(own_crates()?.iter().flat_map(|name| ["--package", name])).arg("--target-dir").arg(&target);
    run_quietly(&mut clean)?;
    let mut pip = environment.tool("pip");
    pip.env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true")
        .env("MATURIN_PEP517_ARGS", "--profile dev")
        .env("TMPDIR", scratch.path())
        .current_dir(scratch.path())
        // Nothing but what is in the archive and what cargo has fetched for the wheel.
        .args(["wheel", "--quiet", "--no-cache-dir", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir"]);
    run_quietly(pip.arg(&folder).arg(sdist))?;
    only_file(&folder, ".whl")
}

fn maturin(environment: &Environment, subcommand: &str) -> Command {
    let mut maturin = environment.tool("maturin");
    maturin.current_dir(root()).args([subcommand, "--manifest-path", "bindings/python/Cargo.toml"]);
    maturin
}
