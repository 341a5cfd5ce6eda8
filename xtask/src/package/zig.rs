//! Links native modules for older Linux systems than this one, with zig as a Python package.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::artifact::target_directory;
use crate::node::platform;
use crate::process::{Outcome, read};
use crate::python::environment::PythonEnvironment;

/// The oldest glibc on which the native modules run, which the READMEs name.
const GLIBC: (u32, u32) = (2, 17);

/// The name of that glibc in the file names of wheels.
pub(super) const WHEEL_COMPATIBILITY: &str = "manylinux2014";

/// A linker and C compiler for that glibc.
pub(super) struct Zig {
    /// The environment with zig and maturin.
    pub(super) environment: PythonEnvironment,
    target: String,
    compiler: PathBuf,
    unwinder: String,
}

impl Zig {
    /// Prepares zig. Returns `None` on systems without glibc, and where zig cannot be installed.
    pub(super) fn find() -> Result<Option<Self>, String> {
        let target = platform::host_target()?;
        if !target.ends_with("-linux-gnu") {
            return Ok(None);
        }
        let environment = match PythonEnvironment::with_requirements("zig") {
            Ok(environment) => environment,
            Err(error) => {
                println!("could not install zig; the packages need the glibc of this machine: {error}");
                return Ok(None);
            }
        };
        // Both must use the unwinder of the system, because glibc unwinds Rust frames when Python ends a thread.
        // zig would link its own one instead.
        let unwinder = read(Command::new("cc").arg("-print-file-name=libgcc_s.so.1"))?.trim_end().to_owned();
        let compiler = write_compiler(&environment, &target)?;
        Ok(Some(Self { environment, target, compiler, unwinder }))
    }

    /// Makes a build with cargo or maturin use it.
    pub(super) fn configure(&self, build: &mut Command) {
        let Self { target, compiler, unwinder, .. } = self;
        // In contrast to the setting `linker`, flags do not apply to build scripts.
        let flags = json!([format!("-Clinker={}", compiler.display()), format!("-Clink-arg={unwinder}")]);
        build.args(["--target", target, "--config", &format!("target.{target}.rustflags={flags}")]);
        build.env(format!("CC_{}", target.replace('-', "_")), compiler);
    }
}

/// Writes a program that compiles and links with zig. maturin translates the options of rustc.
fn write_compiler(environment: &PythonEnvironment, target: &str) -> Result<PathBuf, String> {
    let (processor, (major, minor)) = (target.split('-').next().unwrap_or_default(), GLIBC);
    let file = target_directory()?.join("package").join("zig-cc");
    let script = format!(
        "#!/bin/sh\nexport CARGO_ZIGBUILD_ZIG_COMMAND='{python}' CARGO_ZIGBUILD_ZIG_COMMAND_ARGS='-m ziglang'\n\
         exec '{maturin}' zig cc -- -g -fno-sanitize=all -target {processor}-linux-gnu.{major}.{minor} \"$@\"\n",
        python = environment.program("python").display(),
        maturin = environment.program("maturin").display(),
    );
    let write = || {
        fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        // Cargo builds again if the program is newer than the last build.
        if fs::read_to_string(&file).is_ok_and(|written| written == script) {
            return Ok(());
        }
        fs::write(&file, &script)?;
        make_executable(&file)
    };
    write().map_err(|error: io::Error| format!("{}: {error}", file.display()))?;
    Ok(file)
}

fn make_executable(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Fails if a native module needs a newer glibc than the READMEs name.
pub(super) fn check_glibc(module: &Path) -> Outcome {
    let bytes = fs::read(module).map_err(|error| format!("{}: {error}", module.display()))?;
    match newest_glibc(&bytes) {
        Some((major, minor)) if (major, minor) > GLIBC => Err(format!(
            "expected a native module for glibc {}.{}, got one for {major}.{minor}: {}",
            GLIBC.0,
            GLIBC.1,
            module.display()
        )),
        _ => Ok(()),
    }
}

/// Returns the newest version of glibc that the symbols of a module have.
fn newest_glibc(module: &[u8]) -> Option<(u32, u32)> {
    const PREFIX: &[u8] = b"GLIBC_";
    let versions = module.windows(PREFIX.len()).enumerate().filter(|(_, window)| *window == PREFIX);
    let versions = versions.filter_map(|(start, _)| {
        let rest = &module[start + PREFIX.len()..];
        let end = rest.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.')?;
        let mut numbers = std::str::from_utf8(&rest[..end]).ok()?.split('.').map_while(|number| number.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    });
    versions.max()
}

#[cfg(test)]
mod tests {
    use super::newest_glibc;

    #[test]
    fn the_newest_version_of_glibc_is_found() {
        assert_eq!(newest_glibc(b"\0GLIBC_2.9\0GLIBC_2.17\0GLIBC_2.2.5\0GLIBC_PRIVATE\0"), Some((2, 17)));
        assert_eq!(newest_glibc(b"no symbols"), None);
    }
}
