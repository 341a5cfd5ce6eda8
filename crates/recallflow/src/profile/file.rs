//! The file of profiles.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use super::secret::Secret;
use super::{Profile, Profiles, check_entry};
use crate::builder::Environment;
use crate::error::Error;
use crate::output_file::OutputFile;

/// The environment variable with the path of the file.
const FILE_VARIABLE: &str = "RECALLFLOW_PROFILES";

/// The content of the file. It is not public, so that no other code can write a secret by `Serialize`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Entry>,
}

/// A profile in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_command: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

impl Entry {
    fn into_profile(self) -> Result<Profile, String> {
        let secret = match (self.secret, self.secret_command) {
            (Some(secret), None) => Secret::Stored(secret),
            (None, Some(command)) => Secret::Command(command),
            _ => return Err("expected either `secret` or `secret_command`".to_owned()),
        };
        Ok(Profile { key: self.key, base_url: self.base_url, timezone: self.timezone, secret })
    }
}

impl From<&Profile> for Entry {
    fn from(profile: &Profile) -> Self {
        let Profile { key, base_url, timezone, secret } = profile.clone();
        let (secret, secret_command) = match secret {
            Secret::Stored(secret) => (Some(secret), None),
            Secret::Command(command) => (None, Some(command)),
        };
        Self { key, secret, secret_command, base_url, timezone }
    }
}

impl Profiles {
    /// Returns the path of the file, which may not exist.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the user has no home folder.
    pub fn file_path() -> Result<PathBuf, Error> {
        path_in(&Environment::Process)
    }

    /// Reads the profiles of the user. Without a file there are none.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the file cannot be read, is invalid, or other users may read it.
    pub fn load() -> Result<Self, Error> {
        Self::load_in(&Environment::Process)
    }

    pub(super) fn load_in(environment: &Environment) -> Result<Self, Error> {
        Self::load_from(&path_in(environment)?)
    }

    /// Reads the profiles in a file, as [`load`](Self::load) does.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn load_from(path: &Path) -> Result<Self, Error> {
        match read_private(path) {
            Ok(Some(text)) => parse(&text),
            Ok(None) => Ok(Self::default()),
            Err(problem) => Err(problem),
        }
        .map_err(|problem| Error::config(format!("could not read the profiles in `{}`: {problem}", path.display())))
    }

    /// Writes the profiles of the user. Only the owner of the file can read it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the file cannot be written.
    pub fn save(&self) -> Result<(), Error> {
        self.save_to(&Self::file_path()?)
    }

    /// Writes the profiles to a file, as [`save`](Self::save) does.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn save_to(&self, path: &Path) -> Result<(), Error> {
        let profiles = self.iter().map(|(name, profile)| (name.to_owned(), profile.into())).collect();
        let document = Document { default: self.default.clone(), profiles };
        let failed = |cause: &dyn fmt::Display| {
            Error::config(format!("could not write the profiles to `{}`: {cause}", path.display()))
        };
        // Every value is a text or a list of texts, so a failure does not show a secret.
        let text = toml::to_string(&document).map_err(|error| failed(&error))?;
        write_private(path, text.as_bytes()).map_err(|error| failed(&error))
    }
}

fn path_in(environment: &Environment) -> Result<PathBuf, Error> {
    if let Some(path) = environment.get(FILE_VARIABLE)? {
        return Ok(path.into());
    }
    let folders = etcetera::choose_base_strategy().map_err(|_| {
        Error::config(format!("there is no home folder for profiles; set `{FILE_VARIABLE}` to the path of a file"))
    })?;
    Ok(folders.config_dir().join("recallflow").join("profiles.toml"))
}

fn parse(text: &str) -> Result<Profiles, String> {
    let document: Document = toml::from_str(text).map_err(|error: toml::de::Error| {
        // The whole text of the error shows the line, which may hold a secret. So may the message about a wrong value.
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
        let message = error.message().split([':', ',']).next().unwrap_or_default();
        format!("line {line}: {message}")
    })?;
    let mut profiles = BTreeMap::new();
    for (name, entry) in document.profiles {
        let profile = entry.into_profile().map_err(|problem| format!("profile `{name}`: {problem}"))?;
        check_entry(&name, &profile)?;
        profiles.insert(name, profile);
    }
    Ok(Profiles { default: document.default, profiles })
}

/// Reads a file that only its owner may read; `None` if it does not exist.
fn read_private(path: &Path) -> Result<Option<String>, String> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    // Of the open file, because another one may have its name by now.
    check_private(&file)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(Some(text))
}

#[cfg(unix)]
fn check_private(file: &File) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map_err(|error| error.to_string())?.permissions().mode() & 0o777;
    if mode.is_multiple_of(0o100) {
        return Ok(());
    }
    Err(format!("expected mode 600, got {mode:o}, with which other users may use the file; run `chmod 600` on it"))
}

/// The folder of the user has the permissions on Windows.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
fn check_private(_file: &File) -> Result<(), String> {
    Ok(())
}

pub(super) fn write_private(path: &Path, contents: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut file = OutputFile::create_private(path)?;
    file.write(contents)?;
    file.finish()
}
