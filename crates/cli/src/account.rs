//! The account that a command uses.

use recallflow::{Client, ClientBuilder, Profile, Profiles};

use crate::arguments::Global;
use crate::document::document;
use crate::failure::Failure;
use crate::output::Output;

/// The environment variable with the API key.
const KEY_VARIABLE: &str = "RECALLFLOW_API_KEY";

/// Where the key, the secret and the URL come from.
pub(crate) enum Account {
    /// Environment variables.
    Environment,
    /// A profile, with its name.
    Profile(String, Box<Profile>),
}

impl Account {
    /// Returns the account that `--profile` names; then that of the environment; then the default profile.
    pub(crate) fn find(global: &Global) -> Result<Self, Failure> {
        let has_key = std::env::var_os(KEY_VARIABLE).is_some_and(|key| !key.is_empty());
        if global.profile.is_none() && has_key {
            return Ok(Self::Environment);
        }
        let profiles = Profiles::load()?;
        if profiles.iter().len() == 0 && global.profile.is_none() {
            return Err(Failure::Usage(format!(
                "there is no account; run `recallflow profile add NAME --key KEY`, or set `{KEY_VARIABLE}` and \
                 `RECALLFLOW_API_SECRET`. `recallflow sandbox` needs no account"
            )));
        }
        let (name, profile) = profiles.find(global.profile.as_deref())?;
        Ok(Self::Profile(name.to_owned(), Box::new(profile.clone())))
    }

    fn builder(&self) -> Result<ClientBuilder, Failure> {
        Ok(match self {
            Self::Environment => ClientBuilder::from_env()?,
            Self::Profile(_, profile) => profile.builder()?,
        })
    }

    /// Returns the time zone of the service's times, if the profile names it.
    pub(crate) fn timezone(&self) -> Option<&str> {
        match self {
            Self::Environment => None,
            Self::Profile(_, profile) => profile.timezone.as_deref(),
        }
    }

    /// Returns where the account comes from, in words.
    fn origin(&self) -> String {
        match self {
            Self::Environment => "environment".to_owned(),
            Self::Profile(name, _) => format!("profile {name}"),
        }
    }
}

/// A client with its account.
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) account: Account,
}

impl Connection {
    pub(crate) fn open(global: &Global) -> Result<Self, Failure> {
        let account = Account::find(global)?;
        let client = account.builder()?.user_agent("recallflow-cli").build()?;
        Ok(Self { client, account })
    }

    /// Returns the service and the account, for questions before a change.
    pub(crate) fn describe(&self) -> String {
        format!("{} ({})", self.client.base_url(), self.account.origin())
    }
}

/// Prints which account and service are used. Nothing is sent.
pub(crate) fn print_account(global: &Global) -> Result<(), Failure> {
    let connection = Connection::open(global)?;
    Output::new(global).print_object(&document! {
        "account": connection.account.origin(),
        "base_url": connection.client.base_url(),
        "timezone": connection.account.timezone(),
    })
}
