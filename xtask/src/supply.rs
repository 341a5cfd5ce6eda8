//! Checks the supply chain: licenses, pinned versions, and the stated purpose of each dependency.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::artifact::target_directory;
use crate::process::{Outcome, cargo, read, root, run_quietly};

/// The version of cargo-deny that is installed below the target folder, the same on all machines.
const CARGO_DENY: &str = "0.20.2";

/// The page with the purpose of each direct dependency.
const PAGE: &str = "docs/dependencies.md";

/// Every workspace, with the lock file beside it.
const WORKSPACES: [&str; 2] = ["Cargo.toml", "fuzz/Cargo.toml"];

/// The lists of Python's tools, each with a lock file.
const REQUIREMENTS: [&str; 3] = ["bench", "test", "zig"];

/// The folders with Node's tools, each with a lock file.
const PACKAGES: [&str; 2] = ["bindings/node", "bindings/node/bench"];

/// Checks that `deny.toml` permits licenses, versions and sources of all crates.
pub(crate) fn check_licenses() -> Outcome {
    let program = cargo_deny()?;
    for workspace in WORKSPACES {
        let mut deny = Command::new(&program);
        deny.current_dir(root()).args(["--locked", "--all-features", "--config", "deny.toml"]);
        deny.args(["--manifest-path", workspace, "check", "--hide-inclusion-graph"]);
        if workspace != "Cargo.toml" {
            // The small workspace does not use every license of the large one.
            deny.args(["--allow", "license-not-encountered", "--allow", "license-exception-not-encountered"]);
        }
        run_quietly(deny.args(["licenses", "bans", "sources"]))?;
    }
    Ok(())
}

/// Returns the path of cargo-deny, and installs it first if it is missing.
fn cargo_deny() -> Result<PathBuf, String> {
    let tools = target_directory()?.join("tools");
    let home = tools.join(format!("cargo-deny-{CARGO_DENY}"));
    let program = home.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    println!("installing {}", program.display());
    let build = tools.join("build");
    let mut install = cargo(["install", "--quiet", "--locked", "--debug", "--version", CARGO_DENY, "cargo-deny"]);
    install.arg("--root").arg(&home).arg("--target-dir").arg(&build);
    // Optimizing would take longer than it saves.
    install.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_PROFILE_DEV_INCREMENTAL", "false");
    run_quietly(&mut install)?;
    // The build folder is large and not needed any more. If it cannot be removed, it only takes space.
    let _ = fs::remove_dir_all(build);
    Ok(program)
}

/// Checks that every direct dependency is pinned and has its line on the page, and that the page has no other lines.
pub(crate) fn check_page() -> Outcome {
    let page = read_text(PAGE)?;
    let mut problems = Vec::new();
    let lists = [
        ("Rust", rust_dependencies()?),
        ("Python", python_dependencies(&mut problems)?),
        ("Node", node_dependencies(&mut problems)?),
    ];
    for (section, wanted) in lists {
        let found = section_of(&page, section);
        problems.extend(wanted.difference(&found).map(|name| format!("{PAGE}: `{name}` is missing under {section}")));
        problems
            .extend(found.difference(&wanted).map(|name| format!("{PAGE}: `{name}` is not a dependency of {section}")));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// Returns the crates that the workspaces depend on, without their own.
fn rust_dependencies() -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for workspace in WORKSPACES {
        let mut metadata = cargo(["metadata", "--no-deps", "--locked", "--format-version=1", "--manifest-path"]);
        let metadata: Value =
            serde_json::from_str(&read(metadata.arg(workspace))?).map_err(|error| format!("{workspace}: {error}"))?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let dependencies = packages.flat_map(|package| package["dependencies"].as_array().into_iter().flatten());
        // Only crates from a registry have a source.
        let foreign = dependencies.filter(|dependency| dependency["source"].is_string());
        names.extend(foreign.filter_map(|dependency| dependency["name"].as_str()).map(str::to_owned));
    }
    Ok(names)
}

/// Returns Python's tools, and adds a problem for each that is not locked with its hashes.
fn python_dependencies(problems: &mut Vec<String>) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for list in REQUIREMENTS {
        let wanted = read_text(&format!("bindings/python/requirements/{list}.in"))?;
        let lock = format!("bindings/python/requirements/{list}.txt");
        let locked = read_text(&lock)?;
        for line in wanted.lines().filter(|line| !line.starts_with('#')) {
            let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(line.len());
            let name = &line[..end];
            if !locked.lines().any(|line| is_pinned(line, name)) {
                problems.push(format!("{lock}: `{name}` is not pinned"));
            }
            names.insert(name.to_owned());
        }
        let unhashed = locked.lines().zip(locked.lines().skip(1)).filter(|(line, next)| {
            line.contains("==") && !line.trim_start().starts_with('#') && !next.trim_start().starts_with("--hash=")
        });
        problems.extend(unhashed.map(|(line, _)| format!("{lock}: no hash for `{line}`")));
    }
    Ok(names)
}

/// Returns whether a line of a lock file pins the package.
fn is_pinned(line: &str, name: &str) -> bool {
    let rest = line.strip_prefix(name).unwrap_or_default();
    rest.starts_with("==") || (rest.starts_with('[') && rest.contains("]=="))
}

/// Returns Node's tools, and adds a problem for each without exact version, and each installed package without hash.
fn node_dependencies(problems: &mut Vec<String>) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for folder in PACKAGES {
        let package = read_json(&format!("{folder}/package.json"))?;
        let lock = read_json(&format!("{folder}/package-lock.json"))?;
        for kind in ["dependencies", "devDependencies"] {
            for (name, version) in package[kind].as_object().into_iter().flatten() {
                if !version.as_str().unwrap_or_default().starts_with(|c: char| c.is_ascii_digit()) {
                    problems.push(format!("{folder}/package.json: `{name}` has no exact version"));
                }
                names.insert(name.clone());
            }
        }
        let installed = lock["packages"].as_object().into_iter().flatten();
        let unhashed = installed.filter(|(path, entry)| !path.is_empty() && !entry["integrity"].is_string());
        problems.extend(unhashed.map(|(path, _)| format!("{folder}/package-lock.json: no hash for `{path}`")));
    }
    Ok(names)
}

/// Returns the names in the first column of a section's tables, if they have a purpose.
fn section_of(page: &str, section: &str) -> BTreeSet<String> {
    let heading = format!("## {section}");
    let lines = page.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with("## "));
    let cells = lines.filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    cells.filter(|(_, purpose)| purpose.len() > " |".len()).map(|(name, _)| name.to_owned()).collect()
}

fn read_text(path: &str) -> Result<String, String> {
    let path: &Path = &root().join(path);
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_json(path: &str) -> Result<Value, String> {
    serde_json::from_str(&read_text(path)?).map_err(|error| format!("{path}: {error}"))
}
