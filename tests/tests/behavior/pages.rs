//! Iteration over all pages of a query.

use std::pin::Pin;

use futures_core::{FusedStream as _, Stream as _};
use recallflow::{Client, ErrorKind, GroupCallQuery, GroupCallTask, Pages};
use recallflow_sandbox::{Fault, Sandbox};
use serde_json::json;

use super::sandbox_and_client;

fn query() -> GroupCallQuery {
    GroupCallQuery::new("2024-01-01 00:00:00".parse().unwrap(), "2024-06-03 15:13:01".parse().unwrap())
}

/// Returns a page with tasks of these ids.
fn page(ids: impl IntoIterator<Item = i64>, total: i64, pages: Option<i64>) -> Fault {
    let records: Vec<_> = ids.into_iter().map(|id| json!({ "taskId": id })).collect();
    Fault::body(json!({ "code": 0, "data": { "records": records, "total": total, "pages": pages } }).to_string())
}

/// Reads all tasks and returns their ids with the iterator.
async fn read_all(client: &Client) -> (Vec<i64>, Pages<GroupCallQuery>) {
    let mut tasks = client.group_calls(query());
    let mut ids = Vec::new();
    while let Some(task) = tasks.next().await {
        ids.push(task.unwrap().task_id.unwrap());
    }
    (ids, tasks)
}

async fn scripted(faults: impl IntoIterator<Item = Fault>) -> (Sandbox, Client) {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script(faults);
    (sandbox, client)
}

#[tokio::test]
async fn every_page_is_requested_with_the_same_query() {
    let (sandbox, client) = sandbox_and_client().await;
    let (mut ids, tasks) = read_all(&client).await;
    assert_eq!(ids.len(), 574);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 574);
    assert_eq!(tasks.drift(), None);
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 6);
    for (index, request) in requests.iter().enumerate() {
        let body = request.json().unwrap();
        assert_eq!(body["current"], index + 1);
        assert_eq!(body["params"]["endTime"], "2024-06-03 15:13:01");
    }
}

#[tokio::test]
async fn a_page_is_requested_only_when_its_items_are_needed() {
    let (sandbox, client) = sandbox_and_client().await;
    let mut tasks = client.group_calls(query().size(10).current(3));
    assert!(sandbox.requests().is_empty());
    for _ in 0..11 {
        tasks.next().await.unwrap().unwrap();
    }
    let pages: Vec<_> = sandbox.requests().iter().map(|request| request.json().unwrap()["current"].clone()).collect();
    assert_eq!(pages, [3, 4]);
}

#[tokio::test]
async fn a_task_that_moved_to_the_next_page_is_returned_once() {
    let (_sandbox, client) =
        scripted([page([4, 3], 4, Some(2)), page([3, 2], 5, Some(3)), page([1], 5, Some(3))]).await;
    let (ids, tasks) = read_all(&client).await;
    assert_eq!(ids, [4, 3, 2, 1]);
    let drift = tasks.drift().unwrap();
    assert_eq!((drift.total_at_start, drift.total_at_end, drift.read, drift.repeated), (Some(4), Some(5), 4, 1));
}

#[tokio::test]
async fn a_list_that_shrank_ends_with_a_drift() {
    let (_sandbox, client) = scripted([page([2, 1], 2, Some(2)), page([], 2, Some(2))]).await;
    let (ids, tasks) = read_all(&client).await;
    assert_eq!(ids, [2, 1]);
    assert_eq!(tasks.drift(), None, "an empty last page is the end");
    let (_sandbox, client) = scripted([page([], 574, None)]).await;
    let (ids, tasks) = read_all(&client).await;
    let drift = tasks.drift().expect("an empty first page is not a list of 574 items");
    assert_eq!((ids.len(), drift.total_at_end, drift.read), (0, Some(574), 0));
    let (_sandbox, client) = scripted([page([2, 1], 6, Some(3)), page([], 6, Some(3))]).await;
    let (ids, tasks) = read_all(&client).await;
    assert_eq!(ids, [2, 1]);
    let drift = tasks.drift().expect("an empty page in the middle is not the end");
    assert!(drift.to_string().ends_with(": 6 items were announced, 2 were read"), "{drift}");
}

#[tokio::test]
async fn without_a_page_count_an_empty_page_ends_the_iteration() {
    let (sandbox, client) = scripted([page([3, 2], 3, None), page([1], 3, None), page([], 3, None)]).await;
    let (ids, tasks) = read_all(&client).await;
    assert_eq!(ids, [3, 2, 1]);
    assert_eq!(tasks.drift(), None);
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn a_service_that_repeats_a_page_ends_the_iteration() {
    let (sandbox, client) = scripted(std::iter::repeat_n(page([2, 1], 99, Some(50)), 10)).await;
    let (ids, tasks) = read_all(&client).await;
    assert_eq!(ids, [2, 1]);
    assert_eq!(tasks.drift().unwrap().repeated, 4);
    assert_eq!(sandbox.requests().len(), 3);

    let keyless = Fault::body(r#"{"code":0,"data":{"records":[{"taskName":"a"},{"taskName":"b"}]}}"#);
    let (sandbox, client) = scripted(std::iter::repeat_n(keyless, 10)).await;
    let mut tasks = client.group_calls(query());
    let mut count = 0;
    while let Some(task) = tasks.next().await {
        task.unwrap();
        count += 1;
    }
    assert_eq!((count, sandbox.requests().len()), (2, 3));
    assert!(tasks.drift().is_some());
}

#[tokio::test]
async fn a_single_page_without_new_items_does_not_end_the_iteration() {
    let pages = [page([3], 3, Some(3)), page([3], 4, Some(4)), page([2], 4, Some(4)), page([1], 4, Some(4))];
    let (_sandbox, client) = scripted(pages).await;
    let (ids, tasks) = read_all(&client).await;
    assert_eq!(ids, [3, 2, 1]);
    assert_eq!(tasks.drift().unwrap().repeated, 1);
}

#[tokio::test]
async fn a_page_count_of_zero_is_ignored() {
    let (_sandbox, client) = scripted([page([3, 2], 0, Some(0)), page([1], 0, Some(0)), page([], 0, Some(0))]).await;
    let (ids, tasks) = read_all(&client).await;
    assert_eq!(ids, [3, 2, 1]);
    assert_eq!(tasks.drift(), None);
}

#[tokio::test]
async fn a_page_without_records_is_an_error() {
    for body in [r#"{"code":0}"#, r#"{"code":0,"data":null}"#, r#"{"code":0,"data":{"total":6,"pages":3}}"#] {
        let (_sandbox, client) = scripted([page([1], 6, Some(3)), Fault::body(body)]).await;
        let mut tasks = client.group_calls(query());
        assert!(tasks.next().await.unwrap().is_ok());
        let error = tasks.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }
}

#[tokio::test]
async fn after_an_error_the_same_page_is_requested_again() {
    let script = [page([3], 3, Some(2)), Fault::Code(-22), Fault::Code(-22), page([2, 1], 3, Some(2))];
    let (sandbox, client) = scripted(script).await;
    let mut tasks = client.group_calls(query());
    assert_eq!(tasks.next().await.unwrap().unwrap().task_id, Some(3));
    for _ in 0..2 {
        assert_eq!(tasks.next().await.unwrap().unwrap_err().code(), Some(-22));
    }
    assert_eq!(tasks.next().await.unwrap().unwrap().task_id, Some(2));
    let pages: Vec<_> = sandbox.requests().iter().map(|request| request.json().unwrap()["current"].clone()).collect();
    assert_eq!(pages, [1, 2, 2, 2]);
    assert_eq!(tasks.size_hint(), (1, Some(1)));
    assert_eq!(tasks.drift(), None);
}

#[tokio::test]
async fn concurrent_pages_are_read_in_order() {
    let (sandbox, client) = sandbox_and_client().await;
    let (expected, _) = read_all(&client).await;
    let mut tasks = client.group_calls(query().size(10)).concurrency(8);
    let items = tasks.to_list(None).await.unwrap();
    assert_eq!(items.iter().map(|task| task.task_id.unwrap()).collect::<Vec<_>>(), expected);
    assert_eq!((tasks.total(), tasks.drift()), (Some(574), None));
    let mut numbers: Vec<_> =
        sandbox.requests()[6..].iter().map(|request| request.json().unwrap()["current"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=58).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_is_read_in_whole_pages() {
    let (_sandbox, client) = sandbox_and_client().await;
    let mut tasks = client.group_calls(query()).concurrency(3);
    assert_eq!(tasks.total(), None);
    let mut pages = tasks.pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().len());
    }
    assert!(pages.is_terminated());
    assert_eq!(sizes, [100, 100, 100, 100, 100, 74]);
    assert_eq!(tasks.total(), Some(574));
}

#[tokio::test]
async fn a_limited_list_requests_only_the_pages_that_it_needs() {
    let (sandbox, client) = sandbox_and_client().await;
    let mut tasks = client.group_calls(query());
    assert_eq!(tasks.to_list(200).await.unwrap().len(), 200);
    assert_eq!(tasks.to_list(0).await.unwrap().len(), 0);
    assert_eq!(sandbox.requests().len(), 2);
    assert_eq!(tasks.to_list(None).await.unwrap().len(), 574);
}

#[tokio::test]
async fn a_strict_iteration_ends_with_an_error_if_the_list_changed() {
    let (_sandbox, client) =
        scripted([page([4, 3], 4, Some(2)), page([3, 2], 5, Some(3)), page([1], 5, Some(3))]).await;
    let mut tasks = client.group_calls(query()).strict(true);
    let mut ids = Vec::new();
    let error = loop {
        match tasks.next().await.unwrap() {
            Ok(task) => ids.push(task.task_id.unwrap()),
            Err(error) => break error,
        }
    };
    assert_eq!(ids, [4, 3, 2, 1]);
    assert_eq!((error.kind(), error.drift()), (ErrorKind::Incomplete, tasks.drift()));
    assert!(tasks.is_terminated() && tasks.next().await.is_none());
}

#[tokio::test]
async fn requests_of_a_dropped_iteration_are_canceled() {
    let (sandbox, client) = scripted([page([3], 3, Some(3)), Fault::Hold, Fault::Hold]).await;
    let mut tasks = client.group_calls(query()).concurrency(2);
    assert!(tasks.next().await.unwrap().is_ok());
    let held = tokio::time::timeout(std::time::Duration::from_millis(200), tasks.next()).await;
    assert!(held.is_err());
    assert_eq!(sandbox.requests().len(), 3);
    drop(tasks);
    assert!(client.query_recall_flow_detail(12).await.is_ok());
}

#[tokio::test]
async fn an_invalid_query_sends_nothing() {
    let (sandbox, client) = sandbox_and_client().await;
    let error = client.group_calls(query().size(101)).next().await.unwrap().unwrap_err();
    assert_eq!(error.violations()[0].path, "size");
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn pages_is_a_stream() {
    let (_sandbox, client) = scripted([page([1], 1, Some(1))]).await;
    let mut tasks: Pin<Box<dyn futures_core::Stream<Item = Result<GroupCallTask, recallflow::Error>> + Send>> =
        Box::pin(client.group_calls(query()));
    let first = std::future::poll_fn(|context| tasks.as_mut().poll_next(context)).await;
    assert_eq!(first.unwrap().unwrap().task_id, Some(1));
}
