//! Profiles: accounts with names, in a file of the user.

mod file;
mod secret;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use self::secret::Secret;
use crate::builder::{ClientBuilder, Environment};
use crate::client::Client;
use crate::error::Error;
use crate::generated::service::ITNIO;

/// The environment variable with the name of the profile to use.
const NAME_VARIABLE: &str = "RECALLFLOW_PROFILE";

/// Maximum length of a name and of a time zone.
const MAX_LENGTH: usize = 64;

/// An account: its key, its secret, and the address of its service.
///
/// Neither its debug text nor an error contains the key or the secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// API key.
    pub key: String,
    /// URL of the service. `None` means [`ITNIO`], also if `RECALLFLOW_BASE_URL` is set.
    pub base_url: Option<String>,
    /// Time zone of the service's times as an IANA name, such as `Asia/Shanghai`. The client does not use it.
    pub timezone: Option<String>,
    secret: Secret,
}

impl Profile {
    /// Returns a profile whose secret is stored in the file.
    pub fn new(key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::with_secret(key.into(), Secret::Stored(secret.into()))
    }

    /// Returns a profile whose secret is printed by a program, such as that of a password manager. `command` is the
    /// program with its arguments; no shell reads it.
    pub fn with_secret_command(key: impl Into<String>, command: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::with_secret(key.into(), Secret::Command(command.into_iter().map(Into::into).collect()))
    }

    fn with_secret(key: String, secret: Secret) -> Self {
        Self { key, base_url: None, timezone: None, secret }
    }

    /// Returns the program that prints the secret, with its arguments; `None` if the secret is stored.
    #[must_use]
    pub fn secret_command(&self) -> Option<&[String]> {
        if let Secret::Command(command) = &self.secret { Some(command) } else { None }
    }

    /// Returns a builder for a client of this account. It runs the program that prints the secret, and waits for it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the program fails.
    pub fn builder(&self) -> Result<ClientBuilder, Error> {
        // A URL in the environment belongs to the account there.
        let base_url = self.base_url.as_deref().unwrap_or(ITNIO);
        Ok(Client::builder(&*self.key, self.secret.read()?).base_url(base_url))
    }

    /// Checks what does not need a connection.
    fn check(&self) -> Result<(), String> {
        if self.key.is_empty() {
            return Err("`key` is empty; copy it from the account page".to_owned());
        }
        self.secret.check()?;
        match &self.timezone {
            Some(zone) if !is_zone(zone) => {
                Err("expected the IANA name of a `timezone`, such as `Asia/Shanghai` or `UTC`".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Returns whether a text looks like the name of a time zone. Only the data of the zones knows which ones exist.
fn is_zone(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    };
    text.len() <= MAX_LENGTH && text.split('/').all(is_part)
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("base_url", &self.base_url)
            .field("timezone", &self.timezone)
            .finish_non_exhaustive()
    }
}

/// The profiles of a user.
///
/// They are in the file `recallflow/profiles.toml` of the user's configuration folder, or in the file that the environment
/// variable `RECALLFLOW_PROFILES` names. Its mode is 0600, and a file that other users may read is refused. On Windows its
/// folder has such permissions, which are not checked. Comments in the file are lost when it is written.
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
///
/// ```no_run
/// # fn main() -> Result<(), recallflow::Error> {
/// use recallflow::{Profile, Profiles};
///
/// let mut profiles = Profiles::load()?;
/// profiles.insert("main", Profile::with_secret_command("bDqJFiq9", ["pass", "show", "voice/main"]))?;
/// profiles.set_default("main")?;
/// profiles.save()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles {
    default: Option<String>,
    profiles: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Returns the profiles with their names, in the order of the names.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Profile)> {
        self.profiles.iter().map(|(name, profile)| (name.as_str(), profile))
    }

    /// Returns the name of the profile that is used if no other is named.
    #[must_use]
    pub fn default_name(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Returns the profile of this name. Without a name, returns the one that `RECALLFLOW_PROFILE` names, or else the default
    /// one, or else the only one.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the names of all profiles, if there is no such profile.
    pub fn find<'n>(&self, name: impl Into<Option<&'n str>>) -> Result<(&str, &Profile), Error> {
        self.find_in(&Environment::Process, name.into())
    }

    fn find_in(&self, environment: &Environment, name: Option<&str>) -> Result<(&str, &Profile), Error> {
        let variable = if name.is_none() { environment.get(NAME_VARIABLE)? } else { None };
        let only = || self.profiles.keys().next().filter(|_| self.profiles.len() == 1);
        let chosen = name.or(variable.as_deref()).or(self.default.as_deref()).or_else(|| only().map(String::as_str));
        let Some(chosen) = chosen else {
            let missing = if self.profiles.is_empty() { "add one" } else { "name one, or set a default" };
            return Err(Error::config(format!("no profile is chosen; {missing}{}", self.known_names())));
        };
        let origin = if variable.is_some() { format!(" (from `{NAME_VARIABLE}`)") } else { String::new() };
        self.get(chosen).map_err(|problem| Error::config(format!("{problem}{origin}{}", self.known_names())))
    }

    fn get(&self, name: &str) -> Result<(&str, &Profile), String> {
        let found = self.profiles.get_key_value(name);
        found.map(|(name, profile)| (name.as_str(), profile)).ok_or_else(|| format!("there is no profile `{name}`"))
    }

    fn known_names(&self) -> String {
        let names: Vec<_> = self.profiles.keys().map(|name| format!("`{name}`")).collect();
        if names.is_empty() {
            "; the file has no profiles".to_owned()
        } else {
            format!("; known: {}", names.join(", "))
        }
    }

    /// Adds a profile, or replaces the one of this name. The first profile becomes the default.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the name or a value cannot be used. A name has 1 to 64 letters, digits, `-` and `_`.
    pub fn insert(&mut self, name: impl Into<String>, profile: Profile) -> Result<(), Error> {
        let name = name.into();
        check_entry(&name, &profile).map_err(Error::config)?;
        if self.profiles.is_empty() {
            self.default = Some(name.clone());
        }
        self.profiles.insert(name, profile);
        Ok(())
    }

    /// Removes a profile. If it is the default, the default is removed too.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile.
    pub fn remove(&mut self, name: &str) -> Result<(), Error> {
        self.get(name).map_err(|problem| Error::config(format!("{problem}{}", self.known_names())))?;
        self.profiles.remove(name);
        self.default.take_if(|default| default == name);
        Ok(())
    }

    /// Sets the profile that is used if no other is named.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile.
    pub fn set_default(&mut self, name: &str) -> Result<(), Error> {
        self.get(name).map_err(|problem| Error::config(format!("{problem}{}", self.known_names())))?;
        self.default = Some(name.to_owned());
        Ok(())
    }
}

/// Checks a profile and its name.
fn check_entry(name: &str, profile: &Profile) -> Result<(), String> {
    let is_permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.is_empty() || name.len() > MAX_LENGTH || !name.bytes().all(is_permitted) {
        return Err("expected 1 to 64 letters, digits, `-` and `_` for the name of a profile".to_owned());
    }
    profile.check().map_err(|problem| format!("profile `{name}`: {problem}"))
}

impl ClientBuilder {
    /// Creates a builder with the account of a profile of the user; see [`Profiles`]. Options that are set on it take
    /// precedence over the profile.
    ///
    /// Without a name, the profile is the one that `RECALLFLOW_PROFILE` names, or else the default one, or else the only one.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile, the file cannot be used, or the program that prints the secret fails.
    pub fn from_profile<'n>(name: impl Into<Option<&'n str>>) -> Result<Self, Error> {
        Self::from_profile_in(Environment::Process, name.into())
    }

    /// Does the same with these environment variables.
    ///
    /// # Errors
    ///
    /// The same.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    pub fn from_profile_and_environment(
        name: Option<&str>,
        variables: BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        Self::from_profile_in(Environment::Given(variables), name)
    }

    fn from_profile_in(environment: Environment, name: Option<&str>) -> Result<Self, Error> {
        let profiles = Profiles::load_in(&environment)?;
        let (name, profile) = profiles.find_in(&environment, name)?;
        let builder = profile.builder().map_err(|error| Error::config(format!("profile `{name}`: {error}")))?;
        Ok(builder.with_environment(environment))
    }
}

impl Client {
    /// Creates a client with the account of a profile of the user. See [`ClientBuilder::from_profile`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile, or a value in it is invalid.
    pub fn from_profile<'n>(name: impl Into<Option<&'n str>>) -> Result<Self, Error> {
        ClientBuilder::from_profile(name)?.build()
    }
}

impl crate::blocking::Client {
    /// Creates a client with the account of a profile of the user. See [`ClientBuilder::from_profile`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile, or a value in it is invalid.
    pub fn from_profile<'n>(name: impl Into<Option<&'n str>>) -> Result<Self, Error> {
        ClientBuilder::from_profile(name)?.build_blocking()
    }
}
