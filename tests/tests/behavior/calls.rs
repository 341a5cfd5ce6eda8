//! The operations as the vendor's documents describe them.

use recallflow::{
    GroupCallQuery, OPERATIONS, OutboundControl, RecallNode, RecallStatus, RecallType, SeatTransfer, TaskStatus,
    UpdateRecallFlow, VoiceSource,
};
use recallflow_sandbox::{EnvelopeStyle, Fault, Shape};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{builder, sandbox_and_client, update};

#[tokio::test]
async fn a_request_has_the_documented_headers_and_no_others() {
    let (sandbox, client) = sandbox_and_client().await;
    client.query_recall_flow_detail(12).await.unwrap();
    let request = &sandbox.requests()[0];
    assert!(request.signature_valid);
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, "/voice/recallFlow/queryDetail");
    assert_eq!(request.body, r#"{"keyId":12}"#);
    for (name, value) in [
        ("Content-Type", "application/json;charset=UTF-8"),
        ("Api-Key", sandbox.api_key()),
        ("Content-Length", "12"),
        ("Accept-Encoding", "identity"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
    assert!(request.header("Timestamp").unwrap().parse::<i64>().is_ok());
    assert!(request.header("User-Agent").unwrap().starts_with("recallflow/"));
    for name in ["Cookie", "Referer", "Transfer-Encoding"] {
        assert_eq!(request.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn an_update_is_visible_to_the_next_query() {
    let (_sandbox, client) = sandbox_and_client().await;
    let node = RecallNode::text_to_speech("Hello ${text1}", "EN")
        .speaking_rate(1.5)
        .hang_up_sms(true)
        .sms_content("Call us back")
        .success_push(true)
        .success_push_time(5)
        .to_seat(true)
        .sip_group_id(1_000_038)
        .outbound_control(OutboundControl::Proportional)
        .callout_rate(100)
        .to_seat_type(SeatTransfer::Keypress)
        .to_seat_key("1")
        .delay_transfer(3);
    let sent = UpdateRecallFlow::new(299, 1440, 10, RecallType::All).node_list([node, RecallNode::uploaded("b.wav")]);
    client.update_recall_flow(&sent).await.unwrap();

    let read = client.query_recall_flow_detail(299).await.unwrap();
    assert_eq!(read.status, Some(RecallStatus::Pending));
    assert_eq!(read.node_list[0].source, Some(VoiceSource::TextToSpeech));
    assert_eq!(read.to_update().unwrap(), sent);
}

#[tokio::test]
async fn to_update_changes_only_the_field_that_was_set() {
    let (_sandbox, client) = sandbox_and_client().await;
    let before = client.query_recall_flow_detail(299).await.unwrap();
    client.update_recall_flow(&before.to_update().unwrap().recall_num(7)).await.unwrap();
    let mut after = client.query_recall_flow_detail(299).await.unwrap();
    assert_eq!(after.recall_num, Some(7));
    after.recall_num = before.recall_num;
    assert_eq!(after.to_update().unwrap(), before.to_update().unwrap());
}

#[tokio::test]
async fn every_published_shape_of_a_flow_is_read() {
    let (sandbox, client) = sandbox_and_client().await;
    for shape in [Shape::Flat, Shape::Page, Shape::FlatWithPaging] {
        sandbox.set_shape(shape);
        let detail = client.query_recall_flow_detail(12).await.unwrap();
        let node = &detail.node_list[0];
        assert_eq!((node.key_id, node.task_id), (Some(1427), Some(5_009_612)), "{shape:?}");
        assert_eq!(detail.total.is_some(), shape != Shape::Flat, "{shape:?}");
        assert!(detail.extra.is_empty(), "{shape:?}: {:?}", detail.extra);
        // The shape of a page lacks the flow's own settings, so writing it back would lose them.
        assert_eq!(detail.to_update().is_ok(), shape != Shape::Page, "{shape:?}");
    }
}

#[tokio::test]
async fn every_form_of_the_envelope_is_read() {
    let (sandbox, client) = sandbox_and_client().await;
    for code in ["code", "status"] {
        for message in ["msg", "reason"] {
            for code_as_text in [false, true] {
                let style = || EnvelopeStyle {
                    code: code.to_owned(),
                    message: message.to_owned(),
                    code_as_text,
                    ..EnvelopeStyle::default()
                };
                sandbox.script([Fault::Ok.in_envelope(style()), Fault::Code(-22).in_envelope(style())]);
                assert_eq!(client.query_recall_flow_detail(299).await.unwrap().key_id, Some(299), "{:?}", style());
                let error = client.query_recall_flow_detail(299).await.unwrap_err();
                assert_eq!(error.code(), Some(-22), "{:?}", style());
                let recallflow::Error::Api(error) = error else { panic!("{error}") };
                assert!(!error.message.is_empty(), "{:?}", style());
            }
        }
    }
}

#[tokio::test]
async fn the_path_prefix_of_the_base_url_is_kept() {
    let (sandbox, _) = sandbox_and_client().await;
    for base in ["/v3", "/v3/", "/a/b"] {
        let client = builder(&sandbox).base_url(format!("{}{base}", sandbox.url())).build().unwrap();
        client.query_recall_flow_detail(12).await.unwrap();
        let path = sandbox.requests().pop().unwrap().path;
        assert_eq!(path, format!("{}/voice/recallFlow/queryDetail", base.trim_end_matches('/')));
    }
}

#[tokio::test]
async fn the_service_filters_the_list() {
    let (_sandbox, client) = sandbox_and_client().await;
    let all = GroupCallQuery::new("2024-01-01 00:00:00".parse().unwrap(), "2024-06-03 15:13:01".parse().unwrap());
    let finished = client.query_group_calls(&all.clone().status_list([TaskStatus::Finished])).await.unwrap();
    assert!(!finished.records.is_empty());
    assert!(finished.records.iter().all(|task| task.status == Some(TaskStatus::Finished)));
    let nothing = client.query_group_calls(&all.search_condition("no task is called so")).await.unwrap();
    assert!(nothing.records.is_empty());
    assert_eq!(nothing.total, Some(0));
}

#[tokio::test]
async fn clones_share_keep_alive_connections() {
    let (sandbox, client) = sandbox_and_client().await;
    for client in [&client, &client.clone(), &client.with_max_retries(0)] {
        client.update_recall_flow(&update()).await.unwrap();
    }
    assert_eq!(sandbox.connections(), 1);
}

#[tokio::test]
async fn the_client_stays_usable_after_a_call_is_canceled() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([Fault::Hold]);
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.query_recall_flow_detail(12).await }
    });
    sandbox.wait_for_requests(1).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    client.query_recall_flow_detail(12).await.unwrap();
}

#[tokio::test]
async fn the_sandbox_routes_every_operation() {
    let (sandbox, _) = sandbox_and_client().await;
    for operation in OPERATIONS {
        let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
        let request = format!(
            "POST /{} HTTP/1.1\r\nHost: sandbox\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}",
            operation.path
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        // The sandbox checks the path before the signature, so this error shows that the path is known.
        assert!(response.contains(r#""code":-1"#), "{}: {response}", operation.name);
        // A request without fields could be of each operation of its path.
        let recorded = sandbox.requests().pop().unwrap().operation;
        let routed = OPERATIONS.iter().find(|other| Some(other.name) == recorded.as_deref()).unwrap();
        assert_eq!(routed.path, operation.path);
    }
}
