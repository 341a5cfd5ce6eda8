//! Reads the options of a client and of a call, which come as a JSON object.

use std::collections::BTreeMap;
use std::time::Duration;

use recallflow::{Client, ClientBuilder, ffi};
use serde_json::{Map, Value};

use crate::failure::{raise, wrong};
use crate::request::shown;

/// The options under their names. What is undefined in JavaScript is not among them.
pub(crate) type Options = Map<String, Value>;

/// The names of a client's options, those of the package included.
const OF_CLIENT: [&str; 13] = [
    "apiKey",
    "apiSecret",
    "baseUrl",
    "timeout",
    "connectTimeout",
    "attemptTimeout",
    "maxRetries",
    "maxResponseBytes",
    "validate",
    "dangerouslyAllowHttp",
    "proxy",
    "caFile",
    "logger",
];

/// The names of a call's options, those of the package included.
const OF_CALL: [&str; 3] = ["timeout", "maxRetries", "signal"];

/// Reads the JSON text of options.
pub(crate) fn parse(text: &str) -> napi::Result<Options> {
    match serde_json::from_str(text) {
        Ok(Value::Object(options)) => Ok(options),
        Ok(other) => Err(wrong(format!("the options must be an object, but are {}", shown(&other)))),
        Err(error) => Err(wrong(format!("the options cannot be read: {error}"))),
    }
}

/// A client's builder. `environment` has the variables that stand in for options.
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
    apply(builder.environment(environment), options)
}

/// A client's builder with key and secret of the environment.
pub(crate) fn builder_from(options: Options, environment: BTreeMap<String, String>) -> napi::Result<ClientBuilder> {
    refuse_unknown(&options)?;
    if let Some(name) = ["apiKey", "apiSecret"].into_iter().find(|name| options.contains_key(*name)) {
        return Err(wrong(format!("`{name}` is taken from the environment here: give it to `new Client`")));
    }
    apply(ClientBuilder::from_environment(environment).map_err(raise)?, options)
}

/// Refuses names that no option of a client has, before anything else: a misspelt key would be told to be missing.
fn refuse_unknown(options: &Options) -> napi::Result<()> {
    let unknown_name = options.keys().find(|name| !OF_CLIENT.contains(&name.as_str()));
    unknown_name.map_or(Ok(()), |name| Err(unknown(name, "a client", &OF_CLIENT)))
}

fn apply(mut builder: ClientBuilder, options: Options) -> napi::Result<ClientBuilder> {
    for (name, value) in options {
        let name = name.as_str();
        builder = match name {
            "baseUrl" => builder.base_url(text(name, &value)?),
            "timeout" => builder.timeout(milliseconds(name, &value)?),
            "connectTimeout" => builder.connect_timeout(milliseconds(name, &value)?),
            "attemptTimeout" => builder.attempt_timeout(milliseconds(name, &value)?),
            "maxRetries" => builder.max_retries(whole(name, &value, 0)?),
            "maxResponseBytes" => builder.max_response_bytes(whole(name, &value, 1)?),
            "validate" => builder.validate(truth(name, &value)?),
            "dangerouslyAllowHttp" => builder.dangerously_allow_http(truth(name, &value)?),
            "proxy" if value == Value::Bool(false) => builder.no_proxy(),
            "proxy" => builder.proxy(text(name, &value)?),
            "caFile" => builder.ca_file(text(name, &value)?),
            _ => return Err(unknown(name, "a client", &OF_CLIENT)),
        };
    }
    Ok(builder)
}

/// The client with the options of one call.
pub(crate) fn overridden(mut client: Client, options: Option<&str>) -> napi::Result<Client> {
    for (name, value) in options.map(parse).transpose()?.unwrap_or_default() {
        client = match name.as_str() {
            "timeout" => client.with_timeout(milliseconds(&name, &value)?),
            "maxRetries" => client.with_max_retries(whole(&name, &value, 0)?),
            _ => return Err(unknown(&name, "a call", &OF_CALL)),
        };
    }
    Ok(client)
}

/// The error for a name that no option has, with the one that was probably meant.
fn unknown(name: &str, whose: &str, known: &[&str]) -> napi::Error {
    let meant = ffi::nearest(name, known).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    wrong(format!("`{name}` is no option of {whose}{meant}"))
}

fn milliseconds(name: &str, value: &Value) -> napi::Result<Duration> {
    // Infinity has no JSON, but a meaning.
    let endless = || value.is_object().then(|| shown(value)).filter(|shown| shown == "Infinity").map(|_| f64::INFINITY);
    let Some(number) = value.as_f64().or_else(endless) else {
        return Err(wrong(format!("`{name}` must be a number of milliseconds, but is {}", shown(value))));
    };
    if number > 0.0 {
        // More than a century is as good as endless.
        let longest = 4e12;
        return Ok(Duration::from_secs_f64(number.min(longest) / 1000.0).max(Duration::from_nanos(1)));
    }
    Err(wrong(format!(
        "`{name}` must be more than 0 milliseconds, but is {number}: give a time in which a call can succeed"
    )))
}

fn whole<T: TryFrom<u64>>(name: &str, value: &Value, least: u64) -> napi::Result<T> {
    let number = value.as_u64().filter(|number| *number >= least).and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| wrong(format!("`{name}` must be a whole number from {least}, but is {}", shown(value))))
}

/// A message shows no value: some hold passwords, which may be all digits, and somebody may have given one in place of
/// another.
fn text(name: &str, value: &Value) -> napi::Result<String> {
    let kind = if value.is_number() { "a number".to_owned() } else { shown(value) };
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| wrong(format!("`{name}` must be a string, but is {kind}")))
}

fn truth(name: &str, value: &Value) -> napi::Result<bool> {
    value.as_bool().ok_or_else(|| wrong(format!("`{name}` must be true or false, but is {}", shown(value))))
}
