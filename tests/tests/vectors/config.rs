//! `config.json`: valid and invalid options of a client.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use recallflow::blocking::Client;
use recallflow::ffi::{CLIENT_OPTIONS, OptionEntry, Setter};
use recallflow::{ClientBuilder, ErrorKind};
use recallflow_tests::{Case, check_all, contains, lacks, load, same};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct File {
    defaults: Options,
    cases: Vec<Case<Choice>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    options: Options,
    error: Option<Expected>,
}

/// Options by name; times end with `_ms`.
type Options = Map<String, Value>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    message_contains: Vec<String>,
    #[serde(default)]
    message_lacks: Vec<String>,
}

/// Returns a builder with these options.
fn builder(mut options: Options) -> ClientBuilder {
    let mut credential = |name| take::<String>(&mut options, name).unwrap_or_default();
    let (key, secret) = (credential("api_key"), credential("api_secret"));
    let mut builder = Client::builder(key, secret);
    for option in CLIENT_OPTIONS {
        builder = set(builder, option, &mut options);
    }
    assert!(options.is_empty(), "unknown options {options:?}");
    builder
}

/// Removes an option.
fn take<T: DeserializeOwned>(options: &mut Options, name: &str) -> Option<T> {
    options.remove(name).map(|value| serde_json::from_value(value).expect("the value has the type of the option"))
}

/// Sets an option if it is present.
fn set(builder: ClientBuilder, option: &OptionEntry<ClientBuilder>, options: &mut Options) -> ClientBuilder {
    fn set_to<T>(
        builder: ClientBuilder,
        set: fn(ClientBuilder, T) -> ClientBuilder,
        value: Option<T>,
    ) -> ClientBuilder {
        match value {
            Some(value) => set(builder, value),
            None => builder,
        }
    }
    let name = option.name;
    match option.setter {
        Setter::Text(set) => set_to(builder, set, take(options, name)),
        Setter::Duration(set) => set_to(builder, set, take(options, &format!("{name}_ms")).map(Duration::from_millis)),
        Setter::Count(set, _) => set_to(builder, set, take(options, name)),
        Setter::Size(set, _) => set_to(builder, set, take(options, name)),
        Setter::Rate(set) => set_to(builder, set, take(options, name)),
        Setter::Flag(set) => set_to(builder, set, take(options, name)),
        Setter::Headers(set) => {
            let headers: Option<BTreeMap<String, String>> = take(options, name);
            set_to(builder, set, headers.map(|headers| headers.into_iter().collect()))
        }
        Setter::Path(set) => set_to(builder, set, take(options, name)),
        Setter::Proxy(set) => set_to(builder, set, take(options, name).map(Some)),
    }
}

/// Returns the number of invalid cases.
pub(crate) fn refused() -> usize {
    load::<File>("config").cases.iter().filter(|case| case.content.error.is_some()).count()
}

/// Returns the names of the options in all cases, without the unit.
pub(crate) fn options() -> BTreeSet<String> {
    let file: File = load("config");
    let cases = file.cases.iter().flat_map(|case| case.content.options.keys());
    cases.map(|name| name.trim_end_matches("_ms").to_owned()).collect()
}

#[test]
fn options_have_the_expected_errors() {
    let file: File = load("config");
    check_all(&file.cases, |case| {
        let outcome = builder(file.defaults.clone().into_iter().chain(case.options.clone()).collect()).build_blocking();
        match (&case.error, outcome) {
            (None, Ok(_)) => Ok(()),
            (None, Err(error)) => Err(format!("it was refused: {error}")),
            (Some(_), Ok(_)) => Err("it was not refused".to_owned()),
            (Some(expected), Err(error)) => {
                same("kind", &ErrorKind::Config, &error.kind())?;
                contains("message", &error.to_string(), &expected.message_contains)?;
                lacks("message", &error.to_string(), &expected.message_lacks)
            }
        }
    });
}
