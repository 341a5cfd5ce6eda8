//! Profiles: the accounts that a user has named in a file.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use crate::builder::ClientBuilder;
use crate::client::Client;
use crate::error::Error;
use crate::generated::service::ITNIO;

/// The environment variable with the path of the file, in place of the one in the user's configuration folder.
const FILE_VARIABLE: &str = "RECALLFLOW_PROFILES";

/// The environment variable with the name of the profile to use.
const NAME_VARIABLE: &str = "RECALLFLOW_PROFILE";

/// An account: its key, its secret, and where its service is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Profile {
    /// API key.
    pub key: String,
    /// API secret. Either this or `secret_command` is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// A program with its arguments that prints the API secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secret_command: Vec<String>,
    /// URL of the service. `None` means [`ITNIO`](crate::ITNIO).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Time zone of the service's times, such as `Asia/Shanghai`. The client itself does not use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// Shows neither the key nor the secret.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = if self.secret_command.is_empty() { "stored" } else { "printed by a command" };
        f.debug_struct("Profile")
            .field("secret", &secret)
            .field("base_url", &self.base_url)
            .field("timezone", &self.timezone)
            .finish_non_exhaustive()
    }
}

impl Profile {
    /// Returns a profile with a secret.
    pub fn new(key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { secret: Some(secret.into()), ..Self::with_secret_command(key, Vec::new()) }
    }

    /// Returns a profile whose secret is printed by a program, such as that of a password manager.
    pub fn with_secret_command(key: impl Into<String>, command: Vec<String>) -> Self {
        Self { key: key.into(), secret: None, secret_command: command, base_url: None, timezone: None }
    }

    /// Returns a builder for a client with this account. It runs the command of the secret, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the profile has no secret, or its command fails.
    pub fn builder(&self) -> Result<ClientBuilder, Error> {
        // Another account's URL in the environment does not count.
        let base_url = self.base_url.as_deref().unwrap_or(ITNIO);
        Ok(Client::builder(&*self.key, self.read_secret()?).base_url(base_url))
    }

    fn read_secret(&self) -> Result<String, Error> {
        match (&self.secret, self.secret_command.split_first()) {
            (Some(secret), None) => Ok(secret.clone()),
            (None, Some((program, arguments))) => run_secret_command(program, arguments),
            _ => Err(Error::config("a profile needs either `secret` or `secret_command`")),
        }
    }
}

/// Runs a program that prints a secret, and returns its output without the line end. The output is never part of an error.
fn run_secret_command(program: &str, arguments: &[String]) -> Result<String, Error> {
    let failed = |why: String| Error::config(format!("`secret_command` of the profile failed: {why}"));
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::inherit()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| failed(format!("`{program}`: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("`{program}`: {}", output.status)));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| failed(format!("`{program}` did not print text")))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() { Err(failed(format!("`{program}` printed nothing"))) } else { Ok(secret.to_owned()) }
}

/// The profiles in a file.
///
/// The file is `recallflow/profiles.toml` in the user's configuration folder, or that of the environment variable
/// `RECALLFLOW_PROFILES`. Only its owner may read it; on Windows, the folder of the user has such permissions.
///
/// ```toml
/// default = "main"
///
/// [profiles.main]
/// key = "bDqJFiq9"
/// secret_command = ["pass", "show", "voice/main"]     # or `secret`
/// base_url = "https://api.laaffic.com/v3"
/// timezone = "Asia/Shanghai"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Profiles {
    /// Name of the profile that is used if no other is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The profiles by their names.
    #[serde(default)]
    pub profiles: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Returns the path of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the user has no home folder.
    pub fn default_path() -> Result<PathBuf, Error> {
        if let Some(path) = std::env::var_os(FILE_VARIABLE).filter(|path| !path.is_empty()) {
            return Ok(path.into());
        }
        let folders = etcetera::choose_base_strategy()
            .map_err(|_| Error::config(format!("there is no home folder for profiles; set `{FILE_VARIABLE}`")))?;
        Ok(folders.config_dir().join("recallflow").join("profiles.toml"))
    }

    /// Reads the profiles of the user. Without a file there are none.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the file cannot be read, is invalid, or may be read by other users.
    pub fn load() -> Result<Self, Error> {
        Self::load_from(&Self::default_path()?)
    }

    /// Reads the profiles in a file, as [`load`](Self::load) does.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn load_from(path: &Path) -> Result<Self, Error> {
        let unusable = |why: &dyn fmt::Display| Error::config(format!("the profiles in {}: {why}", path.display()));
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unusable(&error)),
        };
        check_private(path).map_err(|why| unusable(&why))?;
        // The text of the error would show the line, and with it perhaps a secret.
        toml::from_str(&text).map_err(|error: toml::de::Error| {
            let offset = error.span().map_or(0, |span| span.start);
            let line = text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
            unusable(&format_args!("line {line}: {}", error.message()))
        })
    }

    /// Writes the profiles of the user, so that only their owner can read them.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the file cannot be written.
    pub fn save(&self) -> Result<(), Error> {
        self.save_to(&Self::default_path()?)
    }

    /// Writes the profiles to a file, as [`save`](Self::save) does.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn save_to(&self, path: &Path) -> Result<(), Error> {
        let failed = |why: &dyn fmt::Display| {
            Error::config(format!("the profiles cannot be written to {}: {why}", path.display()))
        };
        let text = toml::to_string(self).map_err(|error| failed(&error))?;
        write_private(path, text.as_bytes()).map_err(|error| failed(&error))
    }

    /// Returns the profile of this name, or the default one with its name.
    ///
    /// Without a name, the environment variable `RECALLFLOW_PROFILE` names it, then `default`, and then it is the only one.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the names of all profiles, if there is no such profile.
    pub fn find(&self, name: Option<&str>) -> Result<(&str, &Profile), Error> {
        let variable = std::env::var(NAME_VARIABLE).ok().filter(|name| !name.is_empty());
        let only = || if self.profiles.len() == 1 { self.profiles.keys().next().map(String::as_str) } else { None };
        let name = name.or(variable.as_deref()).or(self.default.as_deref()).or_else(only);
        if let Some(found) = name.and_then(|name| self.profiles.get_key_value(name)) {
            return Ok((found.0, found.1));
        }
        let names: Vec<_> = self.profiles.keys().map(|name| format!("`{name}`")).collect();
        let known = if names.is_empty() { "there are none".to_owned() } else { format!("known: {}", names.join(", ")) };
        Err(Error::config(match name {
            Some(name) => format!("there is no profile `{name}`; {known}"),
            None => format!("no profile is named; {known}"),
        }))
    }
}

impl ClientBuilder {
    /// Returns a builder with the account of a profile, or of the default one. See [`Profiles::find`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile, the file cannot be used, or the command of the secret fails.
    pub fn from_profile(name: Option<&str>) -> Result<Self, Error> {
        Profiles::load()?.find(name)?.1.builder()
    }
}

impl Client {
    /// Creates a client with the account of a profile of the user. See [`Profiles`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile, or a value in it is invalid.
    pub fn from_profile(name: &str) -> Result<Self, Error> {
        ClientBuilder::from_profile(Some(name))?.build()
    }
}

impl crate::blocking::Client {
    /// Creates a client with the account of a profile of the user. See [`Profiles`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile, or a value in it is invalid.
    pub fn from_profile(name: &str) -> Result<Self, Error> {
        ClientBuilder::from_profile(Some(name))?.build_blocking()
    }
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(|error| error.to_string())?.permissions().mode();
    let of_others = mode & 0o077;
    if of_others == 0 {
        return Ok(());
    }
    Err(format!("other users may read the file (mode {:03o}); run `chmod 600` on it", mode & 0o777))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
fn check_private(_path: &Path) -> Result<(), String> {
    Ok(())
}

/// Writes a file by way of a temporary one, so that it is complete or as it was, and private from the start.
fn write_private(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // The file behind a symbolic link is replaced, and not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&temporary).and_then(|mut file| {
        file.write_all(contents)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&temporary, &path)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Profiles {
        let mut profiles = Profiles { default: Some("main".to_owned()), ..Profiles::default() };
        let mut main = Profile::new("key", "the secret");
        main.base_url = Some("https://api.laaffic.com/v3".to_owned());
        profiles.profiles.insert("main".to_owned(), main);
        let echo = ["echo", "printed secret"].map(str::to_owned).to_vec();
        profiles.profiles.insert("other".to_owned(), Profile::with_secret_command("key 2", echo));
        profiles
    }

    #[test]
    fn profiles_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new folder").join("profiles.toml");
        assert_eq!(Profiles::load_from(&path).unwrap(), Profiles::default());
        sample().save_to(&path).unwrap();
        assert_eq!(Profiles::load_from(&path).unwrap(), sample());
        Profiles::default().save_to(&path).unwrap();
        assert_eq!(Profiles::load_from(&path).unwrap(), Profiles::default());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "temporary files are removed");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        sample().save_to(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let message = Profiles::load_from(&path).unwrap_err().to_string();
        assert!(message.contains("mode 640") && message.contains("chmod 600"), "{message}");
    }

    #[test]
    fn an_invalid_file_is_an_error_without_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        write_private(&path, b"[profiles.main]\nkey = \"k\"\nsecret = \"canary\"\nsecrets = \"canary\"\n").unwrap();
        let message = Profiles::load_from(&path).unwrap_err().to_string();
        assert!(message.contains("line 4") && message.contains("secrets"), "{message}");
        assert!(!message.contains("canary"), "{message}");
        assert!(!format!("{:?}", sample()).contains("the secret"));
    }

    #[test]
    fn a_profile_is_found_by_its_name_or_by_default() {
        let profiles = sample();
        assert_eq!(profiles.find(Some("other")).unwrap().0, "other");
        assert_eq!(profiles.find(None).unwrap().0, "main");
        let message = profiles.find(Some("third")).unwrap_err().to_string();
        assert!(message.contains("`third`") && message.contains("`main`, `other`"), "{message}");
        assert!(Profiles::default().find(None).unwrap_err().to_string().contains("there are none"));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_prints_the_secret() {
        let run = |command: &[&str]| {
            Profile::with_secret_command("key", command.iter().map(|&word| word.to_owned()).collect()).read_secret()
        };
        assert_eq!(run(&["echo", "printed secret"]).unwrap(), "printed secret");
        assert!(run(&["false"]).unwrap_err().to_string().contains("exit status: 1"));
        assert!(run(&["true"]).unwrap_err().to_string().contains("printed nothing"));
        assert!(run(&["recallflow-no-such-program"]).is_err());
        assert!(run(&[]).unwrap_err().to_string().contains("`secret_command`"));
    }
}
