//! The platforms of the native module, with their names in Rust and in Node.

use std::process::Command;

use crate::process::{read, root};

/// A system, processor and C library.
pub(crate) struct Platform {
    /// The name in Node's `process.platform`.
    pub(crate) os: &'static str,
    /// The name in Node's `process.arch`.
    pub(crate) cpu: &'static str,
    /// The name in npm's `libc`; on Linux only.
    pub(crate) libc: Option<&'static str>,
    /// The name that napi-rs gives the platform.
    pub(crate) name: String,
}

impl Platform {
    /// Returns the platform of a target of Rust.
    pub(crate) fn for_target(target: &str) -> Result<Self, String> {
        let os = |system: &str, os: &'static str| target.contains(system).then_some(os);
        let cpu = |processor: &str, cpu: &'static str| target.starts_with(processor).then_some(cpu);
        let found = os("-linux-", "linux").or(os("-apple-darwin", "darwin")).or(os("-windows-", "win32"));
        let (Some(os), Some(cpu)) = (found, cpu("x86_64-", "x64").or(cpu("aarch64-", "arm64"))) else {
            return Err(format!("expected a target with a package, got `{target}`"));
        };
        let abi = target.rsplit('-').next().filter(|_| os != "darwin");
        let name = [Some(os), Some(cpu), abi].into_iter().flatten().collect::<Vec<_>>().join("-");
        let libc = match abi {
            Some("gnu") if os == "linux" => Some("glibc"),
            Some("musl") => Some("musl"),
            _ => None,
        };
        Ok(Self { os, cpu, libc, name })
    }

    /// Returns the platform of this machine, for which cargo builds.
    pub(crate) fn of_this_machine() -> Result<Self, String> {
        Self::for_target(&host_target()?)
    }

    /// Returns the file name of the native module.
    pub(crate) fn module_file(&self) -> String {
        format!("recallflow.{}.node", self.name)
    }

    /// Returns the name of the native module's npm package.
    pub(crate) fn package_name(&self) -> String {
        format!("recallflow-{}", self.name)
    }
}

/// Returns the target of Rust for this machine.
pub(crate) fn host_target() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = read(Command::new(rustc).current_dir(root()).arg("-vV"))?;
    let target = about.lines().find_map(|line| line.strip_prefix("host: "));
    target.map(str::to_owned).ok_or_else(|| "expected a host from `rustc -vV`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Platform;

    #[test]
    fn targets_have_the_names_of_node() {
        for (target, name, libc) in [
            ("x86_64-unknown-linux-gnu", "linux-x64-gnu", Some("glibc")),
            ("aarch64-unknown-linux-musl", "linux-arm64-musl", Some("musl")),
            ("aarch64-apple-darwin", "darwin-arm64", None),
            ("x86_64-pc-windows-msvc", "win32-x64-msvc", None),
        ] {
            let platform = Platform::for_target(target).unwrap();
            assert_eq!((platform.name.as_str(), platform.libc), (name, libc));
        }
        for target in ["wasm32-unknown-unknown", "riscv64gc-unknown-linux-gnu", ""] {
            assert!(Platform::for_target(target).is_err(), "{target:?}");
        }
    }
}
