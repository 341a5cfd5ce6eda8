//! Secrets never show, whatever the service sends back.

use std::fmt::{Debug, Display};

use recallflow::Error;
use recallflow_sandbox::Fault;

use super::canary::{KEY, PASSWORD, SECRET, assert_clean, canary_sandbox, reflections, spellings, spelt_reflections};
use super::update;

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
async fn no_error_shows_it_in_another_spelling() {
    let (sandbox, client) = canary_sandbox().await;
    let client = client.with_max_retries(0);
    for fault in spelt_reflections() {
        sandbox.script([fault.clone()]);
        let text = shown(&client.query_recall_flow_detail(12).await.unwrap_err());
        assert_clean(&text);
        assert!(text.contains("[redacted]"), "{fault:?}: {text}");
    }
}

#[tokio::test]
async fn what_comes_before_a_secret_does_not_push_half_of_it_into_view() {
    let (sandbox, client) = canary_sandbox().await;
    let client = client.with_max_retries(0);
    for shown_bytes in [1, 8, SECRET.len() - 1] {
        sandbox.script([Fault::body(format!("{}{SECRET}", " ".repeat(16 * 1024 - shown_bytes))).with_status(403)]);
        let text = shown(&client.query_recall_flow_detail(12).await.unwrap_err());
        assert!(!text.contains("s3cret"), "{text}");
        assert!(text.contains("[redacted]"), "{text}");
    }
}

#[tokio::test]
async fn no_error_shows_the_password_of_a_proxy_that_quotes_it() {
    // It takes the place of the proxy, which is asked for the whole URL.
    let (sandbox, _) = canary_sandbox().await;
    let proxy = sandbox.url().replace("://", &format!("://user:{}@", PASSWORD.replace('-', "%2d")));
    let client = recallflow::Client::builder(KEY, SECRET).base_url(sandbox.url()).proxy(proxy).max_retries(0).build();
    let client = client.unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    let recorded = &sandbox.requests()[0];
    assert_eq!(recorded.header("Proxy-Authorization"), Some("[redacted]"));
    assert_clean(&format!("{recorded:?} {}", serde_json::to_string(recorded).unwrap()).replace(KEY, ""));

    let header = "Basic dXNlcjpodW50ZXIyLUNBTkFSWQ==".to_owned();
    for text in spellings(PASSWORD).into_iter().chain([PASSWORD.to_owned(), header]) {
        sandbox.script([Fault::body(format!("<html>no entry with {text}</html>")).with_status(407)]);
        let error = shown(&client.query_recall_flow_detail(12).await.unwrap_err());
        assert_clean(&error);
        assert!(error.contains("[redacted]"), "{text}: {error}");
    }
    assert_clean(&format!("{client:?} {client:#?}"));
}

#[tokio::test]
async fn the_signature_of_an_earlier_attempt_does_not_show_either() {
    let (sandbox, client) = canary_sandbox().await;
    let earlier = "05D7a50893e22a5c4bb3216ae3396c7c";
    sandbox.script([Fault::body(format!(r#"{{"code":-22,"msg":"replay of {earlier}"}}"#))]);
    let error = client.query_recall_flow_detail(12).await.unwrap_err();
    assert!(!shown(&error).contains(earlier), "{error}");
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
