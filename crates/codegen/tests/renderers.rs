//! Renderers do not import each other. What they share is in modules that are not renderers.

use std::path::Path;
use std::{fs, io};

const RENDERERS: [&str; 8] =
    ["json_schema", "openapi", "protocol", "python", "reference", "rust", "sandbox", "typescript"];

/// Returns the sources of a renderer: its file, and those in the folder of the same name.
fn sources(renderer: &str) -> io::Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render");
    let mut sources = vec![fs::read_to_string(folder.join(renderer).with_extension("rs"))?];
    if let Ok(entries) = fs::read_dir(folder.join(renderer)) {
        for entry in entries {
            sources.push(fs::read_to_string(entry?.path())?);
        }
    }
    Ok(sources)
}

#[test]
fn renderers_do_not_import_each_other() -> io::Result<()> {
    for renderer in RENDERERS {
        let sources = sources(renderer)?.concat();
        for other in RENDERERS.iter().filter(|other| **other != renderer) {
            assert!(!sources.contains(&format!("render::{other}")), "`{renderer}` imports `{other}`");
            assert!(!sources.contains(&format!("use super::{other}")), "`{renderer}` imports `{other}`");
        }
    }
    Ok(())
}
