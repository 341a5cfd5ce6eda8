//! Secrets never show, whatever the service sends back.

use std::fmt::{Debug, Display};

use md5::{Digest as _, Md5};
use recallflow::Error;
use recallflow_sandbox::{Fault, Sandbox};

use super::update;

const KEY: &str = "k3y-canary-0123456789";
const SECRET: &str = "s3cret-canary-0123456789";

/// Everything that must not show: key, secret, and the signatures of the last minutes.
fn canaries() -> Vec<String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let sign = |second: u64| {
        let hash = Md5::digest(format!("{KEY}{SECRET}{second}"));
        hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
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
    let text = format!("{KEY} {SECRET} {sign} {}", sign.to_uppercase());
    vec![
        Fault::body(format!(r#"{{"code":-22,"msg":"bad request: {text}"}}"#)),
        Fault::body(format!("<html>{text}</html>")).with_status(500),
        Fault::body(format!("<html>{}{text}</html>", "x".repeat(490))),
        Fault::body(format!(r#"{{"code":"{text}"}}"#)),
        Fault::gzip().with_header("Content-Encoding", &text),
        Fault::redirect(302, &format!("https://example.com/?{SECRET}")),
    ]
}

fn shown(value: &(impl Debug + Display)) -> String {
    format!("{value} {value:?} {value:#?}")
}

#[tokio::test]
async fn no_error_shows_what_the_service_sent_back() {
    for fault in reflections() {
        let (sandbox, client) = canary_sandbox().await;
        sandbox.script([fault.clone(), fault]);
        let query = client.with_max_retries(0).query_recall_flow_detail(12).await.unwrap_err();
        assert_clean(&shown(&query));
        let updated = client.update_recall_flow(&update()).await.unwrap_err();
        assert_clean(&shown(&updated));
        if let Error::OutcomeUnknown(error) = &updated {
            assert_clean(&shown(&error.cause));
        }
    }
}

#[tokio::test]
async fn neither_clients_nor_recordings_show_them() {
    let (sandbox, client) = canary_sandbox().await;
    client.query_recall_flow_detail(12).await.unwrap();
    assert_clean(&format!("{client:?} {client:#?}"));
    assert_clean(&format!("{:?}", recallflow::Client::builder(KEY, SECRET)));
    let requests = format!("{:?}", sandbox.requests());
    // The key names the account and is recorded; the signature and the secret are not.
    assert_clean(&requests.replace(KEY, ""));
}

#[tokio::test]
async fn text_of_the_service_is_short() {
    let (sandbox, client) = canary_sandbox().await;
    sandbox.script([Fault::body(format!(r#"{{"code":-22,"msg":"{}"}}"#, "é".repeat(5000)))]);
    let Error::Api(error) = client.query_recall_flow_detail(12).await.unwrap_err() else { panic!("an answer") };
    assert_eq!(error.message.chars().count(), 512);
}
