//! Secrets never appear in errors, logs or recordings, whatever the response contains.

use std::fmt::{Debug, Display};

use recallflow::Error;
use recallflow_sandbox::Fault;

use super::canary::{KEY, PASSWORD, SECRET, assert_clean, canary_sandbox, echoes, encoded_echoes, encodings};
use super::update;

fn shown(value: &(impl Debug + Display)) -> String {
    format!("{value} {value:?} {value:#?}")
}

/// Returns everything that an error shows, with the response that it carries.
fn shown_with_response(error: &Error) -> String {
    let body = error.response().map(|response| response.body.as_str()).unwrap_or_default();
    format!("{} {body}", shown(error))
}

#[tokio::test]
async fn no_error_shows_secrets_that_the_response_echoes() {
    for fault in echoes() {
        let (sandbox, client) = canary_sandbox().await;
        sandbox.script([fault.clone(), fault]);
        let query = client.with_max_retries(0).query_recall_flow_detail(12).await.unwrap_err();
        assert_clean(&shown_with_response(&query));
        let updated = client.update_recall_flow(&update()).await.unwrap_err();
        assert_clean(&shown_with_response(&updated));
        if let Error::OutcomeUnknown(error) = &updated {
            assert_clean(&shown_with_response(&error.cause));
        }
    }
}

#[tokio::test]
async fn no_error_shows_secrets_in_another_encoding() {
    let (sandbox, client) = canary_sandbox().await;
    let client = client.with_max_retries(0);
    for fault in encoded_echoes() {
        sandbox.script([fault.clone()]);
        let text = shown_with_response(&client.query_recall_flow_detail(12).await.unwrap_err());
        assert_clean(&text);
        assert!(text.contains("[redacted]"), "{fault:?}: {text}");
    }
}

#[tokio::test]
async fn the_excerpt_limit_never_cuts_a_secret_in_half() {
    let (sandbox, client) = canary_sandbox().await;
    let client = client.with_max_retries(0);
    for shown_bytes in [1, 8, SECRET.len() - 1] {
        sandbox.script([Fault::body(format!("{}{SECRET}", " ".repeat(16 * 1024 - shown_bytes))).with_status(403)]);
        let text = shown_with_response(&client.query_recall_flow_detail(12).await.unwrap_err());
        assert!(!text.contains("s3cret"), "{text}");
        assert!(text.contains("[redacted]"), "{text}");
    }
}

#[tokio::test]
async fn no_error_shows_a_proxy_password_that_the_proxy_echoes() {
    // The sandbox plays the proxy, which receives the whole URL.
    let (sandbox, _) = canary_sandbox().await;
    let proxy = sandbox.url().replace("://", &format!("://user:{}@", PASSWORD.replace('-', "%2d")));
    let client = recallflow::Client::builder(KEY, SECRET).base_url(sandbox.url()).proxy(proxy).max_retries(0).build();
    let client = client.unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    let recorded = &sandbox.requests()[0];
    assert_eq!(recorded.header("Proxy-Authorization"), Some("[redacted]"));
    assert_clean(&format!("{recorded:?} {}", serde_json::to_string(recorded).unwrap()).replace(KEY, ""));

    let header = "Basic dXNlcjpodW50ZXIyLUNBTkFSWQ==".to_owned();
    for text in encodings(PASSWORD).into_iter().chain([PASSWORD.to_owned(), header]) {
        sandbox.script([Fault::body(format!("<html>no entry with {text}</html>")).with_status(407)]);
        let error = shown_with_response(&client.query_recall_flow_detail(12).await.unwrap_err());
        assert_clean(&error);
        assert!(error.contains("[redacted]"), "{text}: {error}");
    }
    assert_clean(&format!("{client:?} {client:#?}"));
}

#[tokio::test]
async fn no_error_shows_the_signature_of_an_earlier_attempt() {
    let (sandbox, client) = canary_sandbox().await;
    let earlier = "05D7a50893e22a5c4bb3216ae3396c7c";
    sandbox.script([Fault::body(format!(r#"{{"code":-22,"msg":"replay of {earlier}"}}"#))]);
    let error = client.query_recall_flow_detail(12).await.unwrap_err();
    assert!(!shown(&error).contains(earlier), "{error}");
}

#[tokio::test]
async fn clients_and_recordings_show_no_secrets() {
    let (sandbox, client) = canary_sandbox().await;
    client.query_recall_flow_detail(12).await.unwrap();
    assert_clean(&format!("{client:?} {client:#?}"));
    assert_clean(&format!("{:?}", recallflow::Client::builder(KEY, SECRET)));
    let requests = format!("{:?}", sandbox.requests());
    // Recordings contain the API key, because it names the account, but neither signature nor secret.
    assert_clean(&requests.replace(KEY, ""));
}

#[tokio::test]
async fn text_of_the_service_is_limited_to_512_characters() {
    let (sandbox, client) = canary_sandbox().await;
    sandbox.script([Fault::body(format!(r#"{{"code":-22,"msg":"{}"}}"#, "é".repeat(5000)))]);
    let Error::Api(error) = client.query_recall_flow_detail(12).await.unwrap_err() else {
        panic!("expected an API error")
    };
    assert_eq!(error.message.chars().count(), 512);
}
