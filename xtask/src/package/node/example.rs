//! Runs the examples of the README as an ES module and as a `CommonJS` module.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::examples::TYPESCRIPT;
use crate::node::toolchain::Toolchain;
use crate::node::{home, modules, tool};
use crate::process::{Outcome, read_quietly, run_quietly};
use crate::sandbox::SandboxProcess;

const SOURCE: &str = "README.mts";
const AS_IMPORTED: &str = "README.mjs";
const AS_REQUIRED: &str = "README.cjs";

/// The examples of the README as one program, in a folder with the installed package.
pub(super) struct ReadmeExample<'f> {
    folder: &'f Path,
    program: String,
}

impl<'f> ReadmeExample<'f> {
    /// Checks the types of the examples with the module resolution of Node and of bundlers, and writes both modules.
    pub(super) fn compile(node: &Toolchain, folder: &'f Path) -> Result<Self, String> {
        let program = TYPESCRIPT.program(&home().join("README.md"))?;
        write_file(&folder.join(SOURCE), &program)?;
        run_quietly(compiler_command(node, folder).args([
            "--noEmit",
            "--module",
            "esnext",
            "--moduleResolution",
            "bundler",
        ]))?;
        // With the source map, a stack trace has the line numbers of the README.
        run_quietly(compiler_command(node, folder).args(["--module", "node16", "--inlineSourceMap"]))?;
        let imported = folder.join(AS_IMPORTED);
        let module = fs::read_to_string(&imported).map_err(|error| format!("{}: {error}", imported.display()))?;
        write_file(&folder.join(AS_REQUIRED), &as_commonjs(&module)?)?;
        Ok(Self { folder, program })
    }

    /// Runs both modules, each against a new sandbox.
    pub(super) fn run(&self, node: &Toolchain) -> Outcome {
        for name in [AS_IMPORTED, AS_REQUIRED] {
            let sandbox = SandboxProcess::start()?;
            let mut node = node.node();
            node.current_dir(self.folder).args(["--enable-source-maps", name]);
            TYPESCRIPT.compare(&self.program, &read_quietly(sandbox.configure(&mut node))?)?;
        }
        Ok(())
    }
}

fn compiler_command(node: &Toolchain, folder: &Path) -> Command {
    let mut tsc = tool(node, "tsc");
    tsc.current_dir(folder).args(["--strict", "--exactOptionalPropertyTypes", "--pretty", "false"]);
    tsc.args(["--target", "es2022", "--types", "node", "--typeRoots"]);
    tsc.arg(modules::folder(&home()).join("@types")).arg(SOURCE);
    tsc
}

/// Replaces `import` by `require`, and wraps the module in a function, because `CommonJS` has no top-level `await`.
fn as_commonjs(module: &str) -> Result<String, String> {
    let mut text = String::from("(async () => {");
    for line in module.lines() {
        match line.strip_prefix("import ") {
            None => text.push_str(line),
            Some(import) => {
                let required = require_statement(import);
                text.push_str(&required.ok_or_else(|| format!("could not turn `import {import}` into a `require`"))?);
            }
        }
        text.push('\n');
    }
    text.push_str("})();\n");
    Ok(text)
}

/// Turns the text after `import` into a statement with `require`.
fn require_statement(import: &str) -> Option<String> {
    let (names, from) = import.split_once(" from ")?;
    let names = names.strip_prefix("* as ").map_or_else(|| names.replace(" as ", ": "), str::to_owned);
    Some(format!("const {names} = require({});", from.strip_suffix(';')?))
}

fn write_file(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::as_commonjs;

    #[test]
    fn imports_become_requires() {
        let module = "import { A, B as C } from 'x';\nimport * as d from \"node:y\";\nimport e from 'z';\nawait C;\n";
        let required = "(async () => {const { A, B: C } = require('x');\nconst d = require(\"node:y\");\n\
                        const e = require('z');\nawait C;\n})();\n";
        assert_eq!(as_commonjs(module).as_deref(), Ok(required));
        assert!(as_commonjs("import 'x';\n").is_err());
    }
}
