//! `recallflow profile`: accounts by name.

use std::io::{self, IsTerminal as _};

use recallflow::{ITNIO, LAAFFIC, ONBUKA, Profile, Profiles};

use crate::arguments::{AddProfile, Global, ProfileCommand};
use crate::document::Document;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(global: &Global, command: ProfileCommand) -> Result<(), Failure> {
    let mut profiles = Profiles::load()?;
    match command {
        ProfileCommand::List => return list(global, &profiles),
        ProfileCommand::Add(options) => {
            let name = options.name.clone();
            let profile = make_profile(options)?;
            // A mistake is found now and not at the first call.
            profile.builder()?.build()?;
            profiles.insert(name, profile)?;
        }
        ProfileCommand::Use { name } => profiles.set_default(&name)?,
        ProfileCommand::Remove { name } => profiles.remove(&name)?,
    }
    profiles.save()?;
    Ok(())
}

fn list(global: &Global, profiles: &Profiles) -> Result<(), Failure> {
    let row = |(name, profile): (&str, &Profile)| -> Vec<Document> {
        let secret = if profile.secret_command().is_some() { "command" } else { "stored" };
        let is_default = profiles.default_name() == Some(name);
        vec![
            name.into(),
            is_default.into(),
            profile.base_url.clone().unwrap_or_else(|| ITNIO.to_owned()).into(),
            profile.timezone.clone().into(),
            secret.into(),
        ]
    };
    let rows: Vec<_> = profiles.iter().map(row).collect();
    Output::new(global).print_rows(&["name", "default", "base_url", "timezone", "secret"], &rows)
}

fn make_profile(options: AddProfile) -> Result<Profile, Failure> {
    let mut profile = if options.secret_command.is_empty() {
        Profile::new(options.key, ask_secret()?)
    } else {
        Profile::with_secret_command(options.key, options.secret_command)
    };
    profile.base_url = options.base_url.map(|url| match url.to_lowercase().as_str() {
        "itnio" => ITNIO.to_owned(),
        "laaffic" => LAAFFIC.to_owned(),
        "onbuka" => ONBUKA.to_owned(),
        _ => url,
    });
    profile.timezone = options.timezone;
    Ok(profile)
}

/// Asks for the secret without showing it. Without a terminal, it is the first line of standard input.
fn ask_secret() -> Result<String, Failure> {
    let secret = if io::stdin().is_terminal() {
        rpassword::prompt_password("API secret: ").map_err(|error| Failure::io("the terminal", &error))?
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(|error| Failure::io("standard input", &error))?;
        line
    };
    let secret = secret.trim_end_matches(['\r', '\n']);
    if secret.is_empty() { Err(Failure::Usage("the secret is empty".to_owned())) } else { Ok(secret.to_owned()) }
}
