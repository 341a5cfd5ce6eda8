//! The platforms that there is a native module for, as Rust and as Node name them.

use std::process::Command;

use crate::process::{read, root};

/// A system, processor and C library.
pub(crate) struct Platform {
    /// As Node's `process.platform` names it.
    pub(crate) os: &'static str,
    /// As Node's `process.arch` names it.
    pub(crate) cpu: &'static str,
    /// As npm names it; on Linux only.
    pub(crate) libc: Option<&'static str>,
    /// What napi-rs calls all of it.
    pub(crate) name: String,
}

impl Platform {
    /// The one of a target of Rust.
    pub(crate) fn of(target: &str) -> Result<Self, String> {
        let os = |system: &str, os: &'static str| target.contains(system).then_some(os);
        let cpu = |processor: &str, cpu: &'static str| target.starts_with(processor).then_some(cpu);
        let found = os("-linux-", "linux").or(os("-apple-darwin", "darwin")).or(os("-windows-", "win32"));
        let (Some(os), Some(cpu)) = (found, cpu("x86_64-", "x64").or(cpu("aarch64-", "arm64"))) else {
            return Err(format!("there is no package for the target `{target}`"));
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

    /// That of this machine, for which cargo builds.
    pub(crate) fn of_this_machine() -> Result<Self, String> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let about = read(Command::new(rustc).current_dir(root()).arg("-vV"))?;
        let target = about.lines().find_map(|line| line.strip_prefix("host: "));
        Self::of(target.ok_or("rustc does not tell what it builds for")?)
    }

    /// The file of the native module.
    pub(crate) fn module(&self) -> String {
        format!("recallflow.{}.node", self.name)
    }

    /// The npm package of the native module.
    pub(crate) fn package(&self) -> String {
        format!("recallflow-{}", self.name)
    }
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
            let platform = Platform::of(target).unwrap();
            assert_eq!((platform.name.as_str(), platform.libc), (name, libc));
        }
        for target in ["wasm32-unknown-unknown", "riscv64gc-unknown-linux-gnu", ""] {
            assert!(Platform::of(target).is_err(), "{target:?}");
        }
    }
}
