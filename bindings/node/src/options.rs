//! Parses the options of a client and of a call, which arrive as a JSON object.

use std::collections::BTreeMap;
use std::time::Duration;

use napi_derive::napi;
use recallflow::{Client, ClientBuilder, ffi};
use serde_json::{Map, Value};

use crate::failure::{raise, wrong};
use crate::wire::describe;

/// Options by name. Undefined options are absent.
pub(crate) type Options = Map<String, Value>;

/// Sets one option of a client to a JSON value.
type Apply = fn(ClientBuilder, &str, &Value) -> napi::Result<ClientBuilder>;

/// The options of a client that the builder takes by name.
const CLIENT_OPTIONS: [(&str, Apply); 12] = [
    ("baseUrl", |builder, name, value| Ok(builder.base_url(text(name, value)?))),
    ("timeout", |builder, name, value| Ok(builder.timeout(milliseconds(name, value)?))),
    ("connectTimeout", |builder, name, value| Ok(builder.connect_timeout(milliseconds(name, value)?))),
    ("attemptTimeout", |builder, name, value| Ok(builder.attempt_timeout(milliseconds(name, value)?))),
    ("maxRetries", |builder, name, value| Ok(builder.max_retries(whole(name, value, 0)?))),
    ("maxConnections", |builder, name, value| Ok(builder.max_connections(whole(name, value, 1)?))),
    ("maxResponseBytes", |builder, name, value| Ok(builder.max_response_bytes(whole(name, value, 1)?))),
    ("validate", |builder, name, value| Ok(builder.validate(boolean(name, value)?))),
    ("dangerouslyAllowHttp", |builder, name, value| Ok(builder.dangerously_allow_http(boolean(name, value)?))),
    ("proxy", |builder, name, value| match value {
        Value::Bool(false) => Ok(builder.no_proxy()),
        value => Ok(builder.proxy(text(name, value)?)),
    }),
    ("caFile", |builder, name, value| Ok(builder.ca_file(text(name, value)?))),
    ("clientCertificate", |builder, name, value| Ok(builder.client_certificate(text(name, value)?))),
];

/// The other options of a client: the credentials, and the option that only the package's TypeScript uses.
const OTHER_CLIENT_OPTIONS: [&str; 3] = ["apiKey", "apiSecret", "logger"];

/// Sets one option of a call to a JSON value.
type ApplyToCall = fn(Client, &str, &Value) -> napi::Result<Client>;

/// The options of a call, except `signal`, which only the package's TypeScript uses.
const CALL_OPTIONS: [(&str, ApplyToCall); 2] = [
    ("timeout", |client, name, value| Ok(client.with_timeout(milliseconds(name, value)?))),
    ("maxRetries", |client, name, value| Ok(client.with_max_retries(whole(name, value, 0)?))),
];

fn client_options() -> Vec<&'static str> {
    CLIENT_OPTIONS.iter().map(|(name, _)| *name).chain(OTHER_CLIENT_OPTIONS).collect()
}

fn call_options() -> Vec<&'static str> {
    CALL_OPTIONS.iter().map(|(name, _)| *name).chain(["signal"]).collect()
}

/// Returns the names of the options of clients and of calls.
#[napi]
pub fn option_names() -> Vec<&'static str> {
    [client_options(), call_options()].concat()
}

/// Parses the JSON text of options.
pub(crate) fn parse(text: &str) -> napi::Result<Options> {
    match serde_json::from_str(text) {
        Ok(Value::Object(options)) => Ok(options),
        Ok(other) => Err(wrong(format!("expected an object of options, got {}", describe(&other)))),
        Err(error) => Err(wrong(format!("could not parse the options: {error}"))),
    }
}

/// Returns a builder. `environment` holds the variables for options that are absent.
pub(crate) fn builder(mut options: Options, environment: BTreeMap<String, String>) -> napi::Result<ClientBuilder> {
    refuse_unknown(&options)?;
    let mut credential = |name| match options.remove(name) {
        Some(value) => text(name, &value).map(Some),
        None => Ok(None),
    };
    let (key, secret) = (credential("apiKey")?, credential("apiSecret")?);
    let builder = match (key, secret) {
        (Some(key), Some(secret)) => Client::builder(key, secret),
        (None, _) => return Err(wrong("`apiKey` is missing: give it, or use `Client.fromEnv()`")),
        (_, None) => return Err(wrong("`apiSecret` is missing: give it, or use `Client.fromEnv()`")),
    };
    apply(builder.environment(environment), &options)
}

/// Returns a builder with key and secret from the environment.
pub(crate) fn builder_from(options: Options, environment: BTreeMap<String, String>) -> napi::Result<ClientBuilder> {
    refuse_unknown(&options)?;
    if let Some(name) = ["apiKey", "apiSecret"].into_iter().find(|name| options.contains_key(*name)) {
        return Err(wrong(format!("`{name}` is taken from the environment here: give it to `new Client`")));
    }
    apply(ClientBuilder::from_environment(environment).map_err(raise)?, &options)
}

/// Refuses unknown options before anything else, because a misspelt `apiKey` would be reported as missing.
fn refuse_unknown(options: &Options) -> napi::Result<()> {
    let known = client_options();
    let unknown_name = options.keys().find(|name| !known.contains(&name.as_str()));
    unknown_name.map_or(Ok(()), |name| Err(unknown(name, "client", &known)))
}

/// Sets the options that the builder takes by name.
fn apply(mut builder: ClientBuilder, options: &Options) -> napi::Result<ClientBuilder> {
    for (name, value) in options {
        if let Some((_, apply)) = CLIENT_OPTIONS.iter().find(|(known, _)| known == name) {
            builder = apply(builder, name, value)?;
        }
    }
    Ok(builder)
}

/// Returns the client with the options of one call.
pub(crate) fn overridden(mut client: Client, options: Option<&str>) -> napi::Result<Client> {
    for (name, value) in options.map(parse).transpose()?.unwrap_or_default() {
        let Some((_, apply)) = CALL_OPTIONS.iter().find(|(known, _)| *known == name) else {
            return Err(unknown(&name, "call", &call_options()));
        };
        client = apply(client, &name, &value)?;
    }
    Ok(client)
}

/// Returns the error for an unknown option, with the name that was probably meant.
fn unknown(name: &str, owner: &str, known: &[&str]) -> napi::Error {
    let meant = ffi::nearest(name, known).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    wrong(format!("unknown {owner} option `{name}`{meant}"))
}

fn milliseconds(name: &str, value: &Value) -> napi::Result<Duration> {
    // JSON has no infinity, but it is a valid timeout.
    let infinite =
        || value.is_object().then(|| describe(value)).filter(|shown| shown == "Infinity").map(|_| f64::INFINITY);
    let Some(number) = value.as_f64().or_else(infinite) else {
        return Err(wrong(format!("expected a number of milliseconds for `{name}`, got {}", describe(value))));
    };
    if number > 0.0 {
        // More than a century is as good as infinite.
        let longest = 4e12;
        return Ok(Duration::from_secs_f64(number.min(longest) / 1000.0).max(Duration::from_nanos(1)));
    }
    Err(wrong(format!(
        "expected more than 0 milliseconds for `{name}`, got {number}: give a time in which a call can succeed"
    )))
}

fn whole<T: TryFrom<u64>>(name: &str, value: &Value, least: u64) -> napi::Result<T> {
    let number = value.as_u64().filter(|number| *number >= least).and_then(|number| T::try_from(number).ok());
    number
        .ok_or_else(|| wrong(format!("expected an integer of at least {least} for `{name}`, got {}", describe(value))))
}

/// Returns a text. The message does not show the value, because it may be a password or the wrong secret.
fn text(name: &str, value: &Value) -> napi::Result<String> {
    let kind = if value.is_number() { "a number".to_owned() } else { describe(value) };
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| wrong(format!("expected a string for `{name}`, got {kind}")))
}

fn boolean(name: &str, value: &Value) -> napi::Result<bool> {
    value.as_bool().ok_or_else(|| wrong(format!("expected a boolean for `{name}`, got {}", describe(value))))
}
