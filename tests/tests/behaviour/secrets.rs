//! Secrets never show, whatever the service sends back.

use std::fmt::{Debug, Display};

use recallflow::Error;
use recallflow_sandbox::Fault;

use super::canary::{KEY, SECRET, assert_clean, canary_sandbox, reflections};
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
