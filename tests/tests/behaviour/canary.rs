//! A key and a secret that are known, and whatever would show them.

use md5::{Digest as _, Md5};
use recallflow_sandbox::{Fault, Sandbox};

pub(crate) const KEY: &str = "K3y-Canary-0123456789";
pub(crate) const SECRET: &str = "s3cret-CANARY-0123456789";

/// Everything that must not show: key, secret, and the signatures of the last minutes.
fn canaries() -> Vec<String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let sign = |second: u64| {
        let hash = Md5::digest(format!("{KEY}{SECRET}{second}"));
        format!("{:032x}", u128::from_be_bytes(hash.into()))
    };
    (now - 60..=now + 1).map(sign).chain([KEY.to_owned(), SECRET.to_owned()]).collect()
}

/// Fails if a text shows a secret.
pub(crate) fn assert_clean(text: &str) {
    let lower = text.to_lowercase();
    for canary in canaries() {
        assert!(!lower.contains(&canary.to_lowercase()), "{canary} shows in {text}");
    }
}

pub(crate) async fn canary_sandbox() -> (Sandbox, recallflow::Client) {
    let sandbox = Sandbox::builder().api_key(KEY).api_secret(SECRET).start().await.unwrap();
    let client = recallflow::Client::builder(KEY, SECRET).base_url(sandbox.url()).build().unwrap();
    (sandbox, client)
}

/// Answers that hold what the request held.
pub(crate) fn reflections() -> Vec<Fault> {
    let sign = canaries()[60].clone();
    let text = format!("{KEY} {} {SECRET} {sign} {}", KEY.to_lowercase(), sign.to_uppercase());
    vec![
        Fault::body(format!(r#"{{"code":-22,"msg":"bad request: {text}"}}"#)),
        Fault::body(format!("<html>{text}</html>")).with_status(500),
        Fault::body(format!("<html>{}{text}</html>", "x".repeat(490))),
        Fault::body(format!(r#"{{"code":"{text}"}}"#)),
        Fault::gzip().with_header("Content-Encoding", &text),
        Fault::redirect(302, &format!("https://example.com/?{SECRET}")),
    ]
}
