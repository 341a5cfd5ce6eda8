//! Parses the options of a client and of a call, which arrive as a JSON object.

use std::collections::BTreeMap;
use std::time::Duration;

use napi_derive::napi;
use recallflow::ffi::{
    self, ADJUSTABLE_OPTIONS, CALL_OPTIONS, CLIENT_OPTIONS, MISFIT, OptionEntry, PagingOptions, Setter, not_adjustable,
};
use recallflow::{Client, ClientBuilder, Overrides};
use serde_json::{Map, Value};

use crate::errors::{config_exception, core_exception};
use crate::wire_form::describe_json;

/// Options by name. Undefined options are absent.
pub(crate) type Options = Map<String, Value>;

/// The options of a client that the core does not know by name: the credentials, and those that only the package's
/// TypeScript uses.
const OTHER_CLIENT_OPTIONS: [&str; 4] = ["apiKey", "apiSecret", "logger", "onAttempt"];

/// The option of a call that only the package's TypeScript uses.
const OTHER_CALL_OPTIONS: [&str; 1] = ["signal"];

/// The same for an iteration over pages, and its own options.
const OTHER_PAGING_OPTIONS: [&str; 3] = ["concurrency", "strict", "signal"];

fn camel_names<T>(options: &[OptionEntry<T>], others: &[&'static str]) -> Vec<&'static str> {
    options.iter().map(|option| option.camel_name).chain(others.iter().copied()).collect()
}

/// Returns the names of the options of clients and of calls.
#[napi]
pub fn option_names() -> Vec<&'static str> {
    [camel_names(CLIENT_OPTIONS, &OTHER_CLIENT_OPTIONS), camel_names(CALL_OPTIONS, &OTHER_CALL_OPTIONS)].concat()
}

/// Parses the JSON text of options.
pub(crate) fn parse_options(text: &str) -> napi::Result<Options> {
    match serde_json::from_str(text) {
        Ok(Value::Object(options)) => Ok(options),
        Ok(other) => Err(config_exception(format!("expected an object of options, got {}", describe_json(&other)))),
        Err(error) => Err(config_exception(format!("could not parse the options: {error}"))),
    }
}

/// Returns a builder. `environment` holds the variables for options that are absent.
pub(crate) fn client_builder(
    mut options: Options,
    environment: BTreeMap<String, String>,
) -> napi::Result<ClientBuilder> {
    refuse_unknown(&options)?;
    let mut credential = |name| match options.remove(name) {
        Some(value) => read_text(name, &value).map(Some),
        None => Ok(None),
    };
    let (key, secret) = (credential("apiKey")?, credential("apiSecret")?);
    let builder = match (key, secret) {
        (Some(key), Some(secret)) => Client::builder(key, secret),
        (None, _) => return Err(config_exception("`apiKey` is missing: give it, or use `Client.fromEnv()`")),
        (_, None) => return Err(config_exception("`apiSecret` is missing: give it, or use `Client.fromEnv()`")),
    };
    apply_options(builder.environment(environment), &options)
}

/// Returns a builder with key and secret from the environment.
pub(crate) fn builder_from_environment(
    options: Options,
    environment: BTreeMap<String, String>,
) -> napi::Result<ClientBuilder> {
    refuse_credentials(&options, "the environment")?;
    apply_options(ClientBuilder::from_environment(environment).map_err(core_exception)?, &options)
}

/// Returns a builder with the account of a profile.
pub(crate) fn builder_from_profile(
    name: Option<&str>,
    options: &Options,
    environment: BTreeMap<String, String>,
) -> napi::Result<ClientBuilder> {
    refuse_credentials(options, "the profile")?;
    apply_options(ClientBuilder::from_profile_and_environment(name, environment).map_err(core_exception)?, options)
}

/// Refuses unknown options, and a key or secret that would be ignored.
fn refuse_credentials(options: &Options, origin: &str) -> napi::Result<()> {
    refuse_unknown(options)?;
    match ["apiKey", "apiSecret"].into_iter().find(|name| options.contains_key(*name)) {
        Some(name) => Err(config_exception(format!("`{name}` is taken from {origin} here: give it to `new Client`"))),
        None => Ok(()),
    }
}

/// Refuses unknown options before anything else, because a misspelt `apiKey` would be reported as missing.
fn refuse_unknown(options: &Options) -> napi::Result<()> {
    let known = camel_names(CLIENT_OPTIONS, &OTHER_CLIENT_OPTIONS);
    let unknown_name = options.keys().find(|name| !known.contains(&name.as_str()));
    unknown_name.map_or(Ok(()), |name| Err(unknown_option(name, "client", &known)))
}

/// Sets the options that the core knows by name.
fn apply_options(mut builder: ClientBuilder, options: &Options) -> napi::Result<ClientBuilder> {
    for (name, value) in options {
        if let Some(option) = CLIENT_OPTIONS.iter().find(|option| option.camel_name == name) {
            builder = set_option(builder, option, value)?;
        }
    }
    Ok(builder)
}

/// Parses the options of `withOptions`.
pub(crate) fn overrides(options: &Options) -> napi::Result<Overrides> {
    refuse_unknown(options)?;
    let mut overrides = Overrides::new();
    for (name, value) in options {
        let Some(option) = ADJUSTABLE_OPTIONS.iter().find(|option| option.camel_name == name) else {
            return Err(core_exception(not_adjustable(name)));
        };
        overrides = set_option(overrides, option, value)?;
    }
    Ok(overrides)
}

/// Parses the options of one call.
pub(crate) fn call_options(options: Option<&str>) -> napi::Result<Overrides> {
    read_call_options(options.map(parse_options).transpose()?.unwrap_or_default(), &OTHER_CALL_OPTIONS)
}

/// Parses the options of an iteration over pages, and of each of its calls. A wait also sets the time of all pages.
pub(crate) fn paging_options(options: Option<&str>) -> napi::Result<(Overrides, PagingOptions, Option<Duration>)> {
    let mut options = options.map(parse_options).transpose()?.unwrap_or_default();
    let mut paging = PagingOptions::default();
    if let Some(value) = options.remove("concurrency") {
        paging.concurrency = read_integer("concurrency", &value, 0)?;
    }
    if let Some(value) = options.remove("strict") {
        paging.strict = read_boolean("strict", &value)?;
    }
    let total_time = options.remove("totalTime").map(|time| read_milliseconds("totalTime", &time)).transpose()?;
    Ok((read_call_options(options, &OTHER_PAGING_OPTIONS)?, paging, total_time))
}

fn read_call_options(options: Options, others: &[&'static str]) -> napi::Result<Overrides> {
    let mut overrides = Overrides::new();
    for (name, value) in options {
        let Some(option) = CALL_OPTIONS.iter().find(|option| option.camel_name == name) else {
            return Err(unknown_option(&name, "call", &camel_names(CALL_OPTIONS, others)));
        };
        overrides = set_option(overrides, option, &value)?;
    }
    Ok(overrides)
}

/// Sets one option.
fn set_option<T>(target: T, option: &OptionEntry<T>, value: &Value) -> napi::Result<T> {
    let name = option.camel_name;
    Ok(match option.setter {
        Setter::Text(set) => set(target, read_text(name, value)?),
        Setter::Duration(set) => set(target, read_milliseconds(name, value)?),
        Setter::Count(set, least) => set(target, read_integer(name, value, least)?),
        Setter::Size(set, least) => set(target, read_integer(name, value, least)?),
        Setter::Rate(set) => set(target, read_rate(name, value)?),
        Setter::Flag(set) => set(target, read_boolean(name, value)?),
        Setter::Headers(set) => set(target, read_headers(name, value)?),
        Setter::Path(set) => set(target, read_text(name, value)?.into()),
        Setter::Proxy(set) => {
            set(target, if *value == Value::Bool(false) { None } else { Some(read_text(name, value)?) })
        }
    })
}

/// Returns the error for an unknown option, with the name that was probably meant.
fn unknown_option(name: &str, owner: &str, known: &[&str]) -> napi::Error {
    let meant = ffi::nearest(name, known).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    config_exception(format!("unknown {owner} option `{name}`{meant}"))
}

pub(crate) fn read_milliseconds(name: &str, value: &Value) -> napi::Result<Duration> {
    // JSON has no infinity, but it is a valid timeout.
    let infinite =
        || value.is_object().then(|| describe_json(value)).filter(|shown| shown == "Infinity").map(|_| f64::INFINITY);
    let Some(number) = value.as_f64().or_else(infinite) else {
        return Err(config_exception(format!(
            "expected a number of milliseconds for `{name}`, got {}",
            describe_json(value)
        )));
    };
    if number > 0.0 {
        // More than a century is as good as infinite.
        let longest = 4e12;
        return Ok(Duration::from_secs_f64(number.min(longest) / 1000.0).max(Duration::from_nanos(1)));
    }
    Err(config_exception(format!(
        "expected more than 0 milliseconds for `{name}`, got {number}: give a time in which a call can succeed"
    )))
}

/// Returns a number per second. The client checks its range.
fn read_rate(name: &str, value: &Value) -> napi::Result<f64> {
    value
        .as_f64()
        .ok_or_else(|| config_exception(format!("expected a number for `{name}`, got {}", describe_json(value))))
}

pub(crate) fn read_integer<T: TryFrom<u64>>(name: &str, value: &Value, least: u64) -> napi::Result<T> {
    let number = value.as_u64().filter(|number| *number >= least).and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| {
        config_exception(format!("expected an integer of at least {least} for `{name}`, got {}", describe_json(value)))
    })
}

/// Returns a text. The message does not show the value, because it may be a password or the wrong secret.
pub(crate) fn read_text(name: &str, value: &Value) -> napi::Result<String> {
    let kind = if value.is_number() { "a number".to_owned() } else { describe_json(value) };
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| config_exception(format!("expected a string for `{name}`, got {kind}")))
}

/// Returns the names and values of an object. Messages do not show the values, which may be secret.
fn read_headers(name: &str, value: &Value) -> napi::Result<Vec<(String, String)>> {
    let headers = value.as_object().filter(|headers| !headers.contains_key(MISFIT)).ok_or_else(|| {
        let got = describe_json(value);
        config_exception(format!("expected an object of strings by name for `{name}`, got {got}"))
    })?;
    let header =
        |(header, value): (&String, &Value)| Ok((header.clone(), read_text(&format!("{name}.{header}"), value)?));
    headers.iter().map(header).collect()
}

fn read_boolean(name: &str, value: &Value) -> napi::Result<bool> {
    value
        .as_bool()
        .ok_or_else(|| config_exception(format!("expected a boolean for `{name}`, got {}", describe_json(value))))
}
