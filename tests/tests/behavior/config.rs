//! Client options, valid and invalid.

use std::path::Path;
use std::time::Duration;

use recallflow::{Client, ClientBuilder, Error, ErrorKind, UpdateRecallFlow};

use super::{builder, sandbox_and_client};

fn refusal(builder: ClientBuilder) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string();
    assert!(!text.contains("hunter2"), "{text}");
    text
}

#[test]
fn an_invalid_option_is_named_with_a_remedy() {
    let fresh = || Client::builder("key", "hunter2");
    for (builder, expected) in [
        (Client::builder("", "hunter2"), "API key"),
        (Client::builder("key", ""), "API secret"),
        (Client::builder("key", "hunter2\n"), "API secret"),
        (Client::builder("k y", "hunter2"), "API key"),
        (fresh().base_url("api.itniotech.com"), "`base_url`"),
        (fresh().base_url("http://api.itniotech.com"), "dangerously_allow_http"),
        (fresh().base_url("https://hunter2@api.itniotech.com"), "`base_url`"),
        (fresh().timeout(Duration::ZERO), "`timeout`"),
        (fresh().connect_timeout(Duration::ZERO), "`connect_timeout`"),
        (fresh().attempt_timeout(Duration::ZERO), "`attempt_timeout`"),
        (fresh().max_response_bytes(0), "`max_response_bytes`"),
        (fresh().user_agent("app\r\nSign: hunter2"), "`user_agent`"),
        (fresh().proxy("ftp://hunter2"), "`proxy`"),
        (fresh().ca_file(Path::new("no/such/file.pem")), "`ca_file`"),
    ] {
        let text = refusal(builder);
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn the_user_agent_is_appended_to_the_name_of_the_library() {
    let (sandbox, _) = sandbox_and_client().await;
    let client = builder(&sandbox).user_agent("my-app/1.2 (billing)").build().unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    let request = &sandbox.requests()[0];
    let expected = concat!("recallflow/", env!("CARGO_PKG_VERSION"), " my-app/1.2 (billing)");
    assert_eq!(request.header("User-Agent"), Some(expected));
}

#[test]
fn the_default_base_url_is_itnio() {
    // The environment of the tests does not set `RECALLFLOW_BASE_URL`.
    assert!(format!("{:?}", Client::builder("key", "secret").build().unwrap()).contains(recallflow::ITNIO));
}

#[tokio::test]
async fn the_maximum_duration_is_a_valid_timeout() {
    let (sandbox, _) = sandbox_and_client().await;
    let client = builder(&sandbox).timeout(Duration::MAX).attempt_timeout(Duration::MAX).build().unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    let none = client.with_timeout(Duration::ZERO).query_recall_flow_detail(12).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);
}

#[test]
fn a_call_without_a_runtime_is_an_error() {
    let client = Client::builder("key", "secret").build().unwrap();
    let mut call = std::pin::pin!(client.query_recall_flow_detail(12));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(outcome) = call.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(outcome.unwrap_err().to_string().contains("Tokio"));
}

#[test]
fn clients_calls_and_errors_are_send() {
    fn goes<T: Send>(_: &T) {}
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Client>();
    is_shared::<recallflow::blocking::Client>();
    is_shared::<Error>();
    let client = Client::builder("key", "secret").build().unwrap();
    goes(&client.query_recall_flow_detail(12));
    let time = "2024-01-01 00:00:00".parse().unwrap();
    goes(&client.group_calls(recallflow::GroupCallQuery::new(time, time)));
}

#[tokio::test]
async fn plain_http_needs_an_option() {
    let built = Client::builder("key", "secret").base_url("http://192.0.2.1").dangerously_allow_http(true).build();
    assert!(built.is_ok());
}

#[tokio::test]
async fn without_validation_the_service_rejects_an_invalid_request() {
    let (sandbox, client) = sandbox_and_client().await;
    let wrong = UpdateRecallFlow::new(299, 0, 1, recallflow::RecallType::All);
    let refused = client.update_recall_flow(&wrong).await.unwrap_err();
    assert!(matches!(refused, Error::InvalidRequest(_)));
    assert_eq!(refused.call().operation, "update_recall_flow");
    assert!(sandbox.requests().is_empty());
    let unchecked = builder(&sandbox).validate(false).build().unwrap();
    let error = unchecked.update_recall_flow(&wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parameter);
    assert!(error.to_string().contains("recallInterval"), "{error}");
}

#[tokio::test]
async fn max_response_bytes_limits_a_response() {
    let (sandbox, _) = sandbox_and_client().await;
    let client = builder(&sandbox).max_response_bytes(64).build().unwrap();
    let error = client.query_recall_flow_detail(12).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().contains("64"), "{error}");
}
