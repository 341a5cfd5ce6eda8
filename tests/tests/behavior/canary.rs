//! Known secrets, and responses that echo them.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::{Digest as _, Md5};
use recallflow_sandbox::{Fault, Sandbox};

pub(crate) const KEY: &str = "K3y-Canary-0123456789";
pub(crate) const SECRET: &str = "s3cret-CANARY-0123456789";
/// The password of a proxy.
pub(crate) const PASSWORD: &str = "hunter2-CANARY";

/// Returns the signatures of the last minute.
fn signatures() -> Vec<String> {
    let now = seconds(SystemTime::now());
    (now - 60..=now + 1).map(signature).collect()
}

fn signature(second: u64) -> String {
    let hash = Md5::digest(format!("{KEY}{SECRET}{second}"));
    format!("{:032x}", u128::from_be_bytes(hash.into()))
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The fixed time of the client's clock, so that a scripted response can quote the signature.
static NOW: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);

/// Returns the signature of every request.
fn sign() -> String {
    signature(seconds(*NOW))
}

/// Returns every encoding of every secret: the key, the secret, the password and the signatures of the last minute.
fn canaries() -> Vec<String> {
    let known = [KEY, SECRET, PASSWORD].map(str::to_owned);
    let written = known.iter().flat_map(|secret| encodings(secret)).chain(basic());
    signatures().into_iter().chain(known.clone()).chain(written).map(|canary| canary.to_lowercase()).collect()
}

/// Returns a text in the escapes of URLs, HTML and JSON, as hexadecimal digits, and in base64.
pub(crate) fn encodings(text: &str) -> Vec<String> {
    let each = |write: fn(u8) -> String| text.bytes().map(write).collect::<String>();
    vec![
        text.to_uppercase(),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("&#{byte};")),
        each(|byte| format!("&#x{byte:x};")),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("{byte:02x}")),
        each(|byte| format!("{byte:02x} ")),
        text.replace('-', "-\n"),
        STANDARD.encode(text),
        URL_SAFE_NO_PAD.encode(text),
    ]
}

/// Returns two values of `Proxy-Authorization` that contain the password.
fn basic() -> [String; 2] {
    [STANDARD.encode(format!("user:{PASSWORD}")), STANDARD.encode(format!("{KEY}:{SECRET}"))]
}

/// Panics if a text contains a secret.
pub(crate) fn assert_clean(text: &str) {
    let lower = text.to_lowercase();
    for canary in canaries() {
        assert!(!lower.contains(&canary), "{canary} shows in {text}");
    }
}

pub(crate) async fn canary_sandbox() -> (Sandbox, recallflow::Client) {
    let sandbox = Sandbox::builder().api_key(KEY).api_secret(SECRET).start().await.unwrap();
    let client = recallflow::Client::builder(KEY, SECRET).base_url(sandbox.url()).clock(|| *NOW).build().unwrap();
    (sandbox, client)
}

/// Returns responses that echo the secrets of the request.
pub(crate) fn echoes() -> Vec<Fault> {
    let sign = sign();
    let text = format!("{KEY} {} {SECRET} {sign} {}", KEY.to_lowercase(), sign.to_uppercase());
    vec![
        Fault::body(format!(r#"{{"code":-22,"msg":"bad request: {text}"}}"#)),
        Fault::body(format!("<html>{text}</html>")).with_status(500),
        Fault::body(format!("<html>{}{text}</html>", "x".repeat(490))),
        Fault::body(format!(r#"{{"code":"{text}"}}"#)),
        Fault::Gzip.with_header("Content-Encoding", &text),
        Fault::redirect(302, &format!("https://example.com/?{SECRET}")),
    ]
}

/// Returns responses that echo the secrets in other encodings, in a message and on a web page.
pub(crate) fn encoded_echoes() -> Vec<Fault> {
    let sign = sign();
    let headers = format!("POST /voice HTTP/1.1\r\nApi-Key: {KEY}\r\nSign: {sign}\r\nX: {SECRET}\r\n");
    let texts = [KEY, SECRET, &sign, &headers].map(encodings).concat();
    let responses = |text: &String| {
        let message = serde_json::json!({ "code": -22, "msg": format!("bad request: {text}") });
        [Fault::body(message.to_string()), Fault::body(format!("<html>{text}</html>")).with_status(403)]
    };
    texts.iter().flat_map(responses).collect()
}
