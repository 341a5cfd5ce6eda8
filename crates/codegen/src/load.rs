//! Reads the folder of a spec.

use std::path::Path;
use std::{fs, io};

use crate::diagnostic::{Diagnostic, Place, Sink};
use crate::lower::lower;
use crate::model::Api;
use crate::raw::{
    RawSpec, TomlSource, read_enums, read_operation, read_options, read_sandbox, read_service, read_types,
};

/// The role of a spec file, which follows from its path.
#[derive(Clone, Debug)]
enum Role {
    Service,
    Enums,
    Options,
    Sandbox,
    Types,
    /// An operation, with the name of the file without its extension.
    Operation(String),
}

/// A file of the spec.
#[derive(Debug)]
struct SpecFile {
    /// Path, starting with the name of the spec's folder.
    path: String,
    /// Role of the file; `None` if its path is not one of a spec file.
    role: Option<Role>,
    content: Content,
}

/// The content of a file.
#[derive(Debug)]
enum Content {
    Text(String),
    /// Not UTF-8, with the first invalid line.
    Binary(usize),
    Unreadable(io::Error),
}

/// Reads and lowers the spec in a folder.
///
/// # Errors
///
/// All problems of the spec.
pub fn load(spec_dir: &Path) -> Result<Api, Vec<Diagnostic>> {
    let folder = spec_dir.file_name().map_or_else(|| "spec".into(), |name| name.to_string_lossy().into_owned());
    let mut files = Vec::new();
    collect(spec_dir, &folder, &[], &mut files).map_err(|error| vec![unreadable(&folder, &error)])?;
    load_files(&folder, &files)
}

/// Lowers a spec from the texts of its files, each with its path in the folder, such as `types/node.toml`.
///
/// # Errors
///
/// All problems of the spec.
pub fn load_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Api, Vec<Diagnostic>> {
    const FOLDER: &str = "spec";
    let files = files.into_iter().map(|(path, text)| {
        let mut above: Vec<_> = path.split('/').collect();
        let stem = above.pop().and_then(|name| name.strip_suffix(".toml"));
        let role = stem.and_then(|stem| role(&above, stem));
        SpecFile { path: format!("{FOLDER}/{path}"), role, content: Content::Text(text.to_owned()) }
    });
    load_files(FOLDER, &files.collect::<Vec<_>>())
}

/// Collects the TOML files of a folder and its subfolders, ordered by path.
fn collect(folder: &Path, path: &str, above: &[&str], files: &mut Vec<SpecFile>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{path}/{name}");
        if entry.file_type()?.is_dir() {
            if let Err(error) = collect(&entry.path(), &path, &[above, &[name.as_str()]].concat(), files) {
                files.push(SpecFile { path, role: None, content: Content::Unreadable(error) });
            }
        } else if let Some(stem) = name.strip_suffix(".toml") {
            files.push(SpecFile { path, role: role(above, stem), content: content(&entry.path()) });
        }
    }
    Ok(())
}

/// Reads a file.
fn content(path: &Path) -> Content {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Content::Unreadable(error),
    };
    String::from_utf8(bytes).map_or_else(
        |error| {
            let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            Content::Binary(1 + String::from_utf8_lossy(sound).matches('\n').count())
        },
        Content::Text,
    )
}

/// Returns the role of a file by its parent folders and its name without the extension.
fn role(above: &[&str], stem: &str) -> Option<Role> {
    match (above, stem) {
        ([], "service") => Some(Role::Service),
        ([], "enums") => Some(Role::Enums),
        ([], "options") => Some(Role::Options),
        ([], "sandbox") => Some(Role::Sandbox),
        (["types"], _) => Some(Role::Types),
        (["operations"], _) => Some(Role::Operation(stem.to_owned())),
        _ => None,
    }
}

/// Reads and lowers the files.
fn load_files(folder: &str, files: &[SpecFile]) -> Result<Api, Vec<Diagnostic>> {
    // The last path serves to report a missing `service.toml`.
    let mut paths: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
    paths.push(format!("{folder}/service.toml"));
    let sink = Sink::new(paths);
    let spec = read(files, &sink);
    let api = lower(&spec, &sink);
    let found = sink.finish();
    match api {
        Some(mut api) if found.is_empty() => {
            api.spec_files = files.iter().map(|file| file.path.clone()).collect();
            Ok(api)
        }
        _ => Err(found),
    }
}

/// Reads each file by its role.
fn read(files: &[SpecFile], sink: &Sink) -> RawSpec {
    let mut spec = RawSpec::default();
    for (index, file) in files.iter().enumerate() {
        let Some(text) = text(file, index, sink) else { continue };
        let source = TomlSource { file: index, text, sink };
        match &file.role {
            Some(Role::Service) => spec.service = Some(read_service(&source)),
            Some(Role::Enums) => spec.enums.extend(read_enums(&source)),
            Some(Role::Options) => spec.options.extend(read_options(&source)),
            Some(Role::Sandbox) => spec.sandbox = Some(read_sandbox(&source)),
            Some(Role::Types) => spec.types.extend(read_types(&source)),
            Some(Role::Operation(name)) => spec.operations.push(read_operation(&source, name)),
            None => sink.suggest(
                Place { file: index, line: 1 },
                "unexpected file",
                "move it to `service.toml`, `enums.toml`, `options.toml`, `sandbox.toml`, `types/*.toml` or `operations/*.toml`",
            ),
        }
    }
    if !files.iter().any(|file| matches!(file.role, Some(Role::Service))) {
        sink.report(Place { file: files.len(), line: 1 }, "missing file");
    }
    spec
}

/// Returns the text of a file, or reports that it is not readable.
fn text<'a>(file: &'a SpecFile, index: usize, sink: &Sink) -> Option<&'a str> {
    let report = |line, message| sink.report(Place { file: index, line }, message);
    match &file.content {
        Content::Text(text) => return Some(text),
        Content::Binary(line) => report(*line, "expected UTF-8".to_owned()),
        Content::Unreadable(error) => report(1, format!("could not read the file: {error}")),
    }
    None
}

/// Returns the diagnostic for an unreadable folder.
fn unreadable(folder: &str, error: &io::Error) -> Diagnostic {
    Diagnostic {
        file: folder.to_owned(),
        line: 1,
        message: format!("could not read the folder: {error}"),
        suggestion: None,
    }
}
