//! The safe edit of a flow: it never loses a change, and never reports one that was not made.

use recallflow::{Error, ErrorKind, RecallStatus};
use recallflow_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::{builder, sandbox_and_client};

const READ: &str = "query_recall_flow_detail";
const UPDATE: &str = "update_recall_flow";

/// A flow whose node has a text, and fields that this version does not know.
fn flow() -> Value {
    json!({
        "keyId": 900, "status": 0, "recallInterval": 30, "recallNum": 1, "recallType": 0, "newField": [1, 2],
        "nodeList": [{ "keyId": 1, "taskId": 2, "source": 1, "voiceFileId": "a.wav", "hangUpSms": 1, "toSeat": 0,
            "smsContent": "Hi", "successPush": 1, "successPushTime": 5, "newNodeField": "x" }]
    })
}

/// Returns the texts of the flow's SMS.
fn sms(sandbox: &Sandbox) -> Value {
    sandbox.flow(900).expect("the flow")["nodeList"][0]["smsContent"].clone()
}

/// Begins an edit of the SMS with a retry-free client, then plays faults by operation.
async fn edit(faults: &[(&str, Fault)]) -> (Sandbox, Result<&'static str, Error>) {
    let sandbox = Sandbox::start().await.expect("the sandbox starts");
    let client = builder(&sandbox).max_retries(0).build().expect("the URL of the sandbox is valid");
    sandbox.insert_flow(flow());
    let mut edit = client.edit_recall_flow(900).await.expect("it is pending");
    edit.draft.node_list.as_mut().expect("it has nodes")[0].sms_content = Some("Hello".to_owned());
    for (operation, fault) in faults {
        sandbox.script_for(operation, [fault.clone()]);
    }
    let outcome = edit.apply().await.map(|result| result.outcome.as_str());
    (sandbox, outcome)
}

#[tokio::test]
async fn an_edit_changes_what_was_asked_for_and_keeps_unknown_fields() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.insert_flow(flow());
    let mut edit = client.edit_recall_flow(900).await.expect("it is pending");
    edit.draft.recall_interval = 60;
    edit.draft.node_list.as_mut().expect("it has nodes")[0].sms_content = Some("Hello".to_owned());
    let lines: Vec<_> = edit.changes().iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["nodeList[0].smsContent: \"Hi\" -> \"Hello\"", "recallInterval: 30 -> 60"]);

    let sent_before = sandbox.requests().len();
    let planned = edit.plan().expect("it is valid");
    assert_eq!((planned.outcome.as_str(), planned.changes.len()), ("planned", 2));
    assert_eq!(sandbox.requests().len(), sent_before);

    let result = edit.apply_and_verify().await.expect("it is applied");
    assert_eq!((result.outcome.as_str(), result.changes), ("applied", planned.changes));
    let kept = sandbox.flow(900).expect("the flow");
    let [new, node] = [&kept["newField"], &kept["nodeList"][0]["newNodeField"]];
    assert_eq!((&kept["recallInterval"], new, node), (&json!(60), &json!([1, 2]), &json!("x")));
}

#[tokio::test]
async fn an_edit_without_changes_sends_nothing() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.insert_flow(flow());
    let edit = client.edit_recall_flow(900).await.expect("it is pending");
    assert_eq!(edit.apply().await.expect("it is valid").outcome.as_str(), "unchanged");
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn an_ai_agent_flow_is_edited_by_its_own_type() {
    let (sandbox, client) = sandbox_and_client().await;
    let mut edit = client.edit_agent_recall_flow(305).await.expect("it is pending");
    edit.draft.recall_interval = 77;
    assert_eq!(edit.apply().await.expect("it is applied").outcome.as_str(), "applied");
    assert_eq!(sandbox.flow(305).expect("the flow")["recallInterval"], 77);
    let wrong = client.edit_recall_flow(305).await.expect_err("it is an AI Agent flow");
    assert_eq!((wrong.kind(), wrong.call().operation.as_ref()), (ErrorKind::InvalidRequest, "edit_recall_flow"));
}

#[tokio::test]
async fn a_flow_that_is_not_pending_is_refused_at_each_read() {
    let (sandbox, client) = sandbox_and_client().await;
    let with_status = |status: i64| {
        let mut changed = flow();
        changed["status"] = status.into();
        sandbox.insert_flow(changed);
    };
    with_status(2);
    let error = client.edit_recall_flow(900).await.expect_err("it is completed");
    let Error::Conflict(conflict) = &error else { panic!("{error}") };
    assert_eq!((conflict.status, conflict.changes.len()), (Some(RecallStatus::Completed), 0));
    assert_eq!(
        error.to_string(),
        "edit_recall_flow: the flow is not pending, but has status 2 (Completed); edit a pending flow; nothing was sent"
    );
    with_status(0);
    let mut edit = client.edit_recall_flow(900).await.expect("it is pending");
    edit.draft.recall_interval = 60;
    with_status(1);
    assert_eq!(edit.apply().await.expect_err("it is in progress").kind(), ErrorKind::Conflict);
    assert_eq!(sandbox.flow(900).expect("the flow")["recallInterval"], 30);
}

#[tokio::test]
async fn a_change_by_another_client_is_not_overwritten() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.insert_flow(flow());
    let mut edit = client.edit_recall_flow(900).await.expect("it is pending");
    edit.draft.recall_interval = 60;
    let mut theirs = flow();
    theirs["recallNum"] = 3.into();
    theirs["nodeList"][0]["newNodeField"] = "y".into();
    sandbox.insert_flow(theirs);
    let error = edit.apply().await.expect_err("it was changed");
    assert_eq!(
        error.to_string(),
        "edit_recall_flow: the flow was changed after the edit began: nodeList[0].newNodeField: \"x\" -> \"y\"; recallNum: \
         1 -> 3; begin another edit of the flow; nothing was sent"
    );
    assert!(!error.is_retryable() && error.outcome_is_known());
    assert_eq!(sandbox.flow(900).expect("the flow")["recallInterval"], 30);
}

#[tokio::test]
async fn a_lost_response_is_settled_by_reading_the_flow_back() {
    let (sandbox, outcome) = edit(&[(UPDATE, Fault::Reset.applied())]).await;
    assert_eq!(outcome.expect("the flow shows the update"), "applied");
    assert_eq!((sms(&sandbox), sandbox.requests().len()), (json!("Hello"), 4));
}

#[tokio::test]
async fn an_update_that_the_flow_does_not_show_stays_unknown() {
    let (sandbox, outcome) = edit(&[(UPDATE, Fault::Reset)]).await;
    let error = outcome.expect_err("it may still be under way");
    assert!(matches!(error, Error::OutcomeUnknown(_)), "{error}");
    assert_eq!((sms(&sandbox), sandbox.requests().len()), (json!("Hi"), 4));
}

#[tokio::test]
async fn an_update_whose_flow_cannot_be_read_back_stays_unknown() {
    let lost = [(READ, Fault::Ok), (READ, Fault::Status(503)), (UPDATE, Fault::Reset.applied())];
    let (_, outcome) = edit(&lost).await;
    let error = outcome.expect_err("nothing is known");
    let Error::OutcomeUnknown(unknown) = &error else { panic!("{error}") };
    assert_eq!(unknown.cause.kind(), ErrorKind::Transport);
}

#[tokio::test]
async fn a_refused_update_and_a_failed_second_read_change_nothing() {
    let (sandbox, outcome) = edit(&[(UPDATE, Fault::Code(-22))]).await;
    assert_eq!((outcome.expect_err("it is refused").kind(), sms(&sandbox)), (ErrorKind::Parameter, json!("Hi")));
    let (sandbox, outcome) = edit(&[(READ, Fault::Status(503))]).await;
    assert_eq!((outcome.expect_err("nothing was sent").kind(), sms(&sandbox)), (ErrorKind::Unavailable, json!("Hi")));
}

#[tokio::test]
async fn a_verified_edit_must_be_visible() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.insert_flow(flow());
    let mut edit = client.edit_recall_flow(900).await.expect("it is pending");
    edit.draft.recall_interval = 60;
    // The service reports success and does nothing.
    sandbox.script_for(UPDATE, [Fault::Code(0)]);
    let error = edit.apply_and_verify().await.expect_err("the flow is unchanged");
    assert_eq!(
        error.to_string(),
        "update_recall_flow: the update may or may not have been applied: the service reported success, but the flow that \
         was read back differs: recallInterval: 60 -> 30; read the current state before you repeat the update"
    );
}

#[tokio::test]
async fn a_draft_is_checked_before_anything_is_read() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.insert_flow(flow());
    let mut edit = client.edit_recall_flow(900).await.expect("it is pending");
    edit.draft.recall_interval = 0;
    assert_eq!(edit.apply().await.expect_err("it is out of range").violations()[0].path, "recallInterval");
    edit.draft = edit.original().clone().key_id(901);
    let error = edit.apply().await.expect_err("it is another flow");
    assert!(error.to_string().contains("`keyId` must stay 900"), "{error}");
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn the_blocking_client_edits_likewise() {
    let sandbox = tokio::runtime::Runtime::new().expect("a runtime").block_on(Sandbox::start()).expect("it starts");
    let client = builder(&sandbox).build_blocking().expect("the URL of the sandbox is valid");
    sandbox.insert_flow(flow());
    let mut edit = client.edit_recall_flow(900).expect("it is pending");
    edit.draft.recall_interval = 60;
    sandbox.script_for(UPDATE, [Fault::Reset.applied()]);
    assert_eq!(edit.apply().expect("the flow shows the update").outcome.as_str(), "applied");
    assert_eq!(edit.apply().expect_err("the flow is another now").kind(), ErrorKind::Conflict);
}
