//! The blocking client.

use std::thread;

use recallflow::GroupCallQuery;
use recallflow_sandbox::{Ending, Fault, Sandbox};

use super::{builder, update};

#[test]
fn the_blocking_client_makes_the_same_calls() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = builder(&sandbox).build_blocking().unwrap();
    assert_eq!(client.query_recall_flow_detail(12).unwrap().key_id, Some(12));
    client.update_recall_flow(&update()).unwrap();
    let query = GroupCallQuery::new("2024-01-01 00:00:00".parse().unwrap(), "2024-06-03 15:13:01".parse().unwrap());
    assert_eq!(client.query_group_calls(&query).unwrap().records.len(), 100);
    let mut tasks = client.group_calls(query);
    assert_eq!(tasks.by_ref().collect::<Result<Vec<_>, _>>().unwrap().len(), 574);
    assert_eq!(tasks.drift(), None);
    sandbox.script([Fault::Code(-22)]);
    assert_eq!(client.with_max_retries(0).query_recall_flow_detail(12).unwrap_err().code(), Some(-22));
}

#[test]
fn one_thread_requests_several_pages_at_the_same_time() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = builder(&sandbox).build_blocking().unwrap();
    let query = GroupCallQuery::new("2024-01-01 00:00:00".parse().unwrap(), "2024-06-03 15:13:01".parse().unwrap());
    let mut tasks = client.group_calls(query.clone()).concurrency(5).strict(true);
    let sizes: Vec<_> = tasks.pages().map(|page| page.unwrap().len()).collect();
    assert_eq!(sizes, [100, 100, 100, 100, 100, 74]);
    assert_eq!((tasks.total(), tasks.next().is_none()), (Some(574), true));
    assert_eq!(tasks.to_list(150).unwrap().len(), 150);
    // The sandbox never responds, so all five requests arrive in time only if they overlap.
    sandbox.reset();
    let mut tasks = client.with_timeout(std::time::Duration::from_secs(1)).group_calls(query).concurrency(5);
    assert!(tasks.next().unwrap().is_ok());
    sandbox.script(vec![Fault::Hold; 5]);
    assert!(tasks.nth(99).unwrap().is_err());
    assert_eq!(sandbox.requests().len(), 6);
}

#[test]
fn pages_reuse_the_connections_of_other_calls() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = builder(&sandbox).build_blocking().unwrap();
    client.query_recall_flow_detail(12).unwrap();
    let query = GroupCallQuery::new("2024-01-01 00:00:00".parse().unwrap(), "2024-06-03 15:13:01".parse().unwrap());
    assert_eq!(client.group_calls(query).count(), 574);
    assert!(sandbox.wait_for_open_connections_blocking(1, std::time::Duration::from_secs(2)));
}

#[test]
fn concurrent_calls_of_one_client_do_not_wait_for_each_other() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = builder(&sandbox).build_blocking().unwrap();
    // The sandbox never responds, so all four requests arrive in time only if the calls overlap.
    sandbox.script(vec![Fault::Hold; 4]);
    thread::scope(|scope| {
        for _ in 0..4 {
            let client = client.with_max_retries(1);
            let attempt = std::time::Duration::from_secs(3);
            scope.spawn(move || client.with_timeout(attempt).query_recall_flow_detail(12).unwrap_err());
        }
        assert!(sandbox.wait_for_requests_blocking(4, std::time::Duration::from_secs(2)));
    });
    assert!(client.query_recall_flow_detail(12).is_ok());
}

#[test]
fn few_connections_remain_after_many_concurrent_calls() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = builder(&sandbox).build_blocking().unwrap();
    sandbox.script(vec![Fault::Delay(std::time::Duration::from_millis(300)); 50]);
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| client.query_recall_flow_detail(12).unwrap());
        }
    });
    let connections =
        || (0..=4).any(|count| sandbox.wait_for_open_connections_blocking(count, std::time::Duration::ZERO));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !connections() {
        assert!(std::time::Instant::now() < end, "more than four connections remain");
        thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[tokio::test]
async fn the_blocking_client_works_and_drops_inside_a_runtime() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(&sandbox).build_blocking().unwrap();
    let query = GroupCallQuery::new("2024-01-01 00:00:00".parse().unwrap(), "2024-06-03 15:13:01".parse().unwrap());
    let there = client.clone();
    let count = tokio::task::spawn_blocking(move || there.group_calls(query).map(Result::unwrap).count()).await;
    assert_eq!(count.unwrap(), 574);
    client.query_recall_flow_detail(12).unwrap();
    drop(client);
}

#[test]
fn a_connection_that_the_server_closed_while_idle_is_not_reused() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = builder(&sandbox).build_blocking().unwrap();
    for round in 0..20 {
        sandbox.script([Fault::End(Ending::CloseUnsaid)]);
        client.update_recall_flow(&update()).unwrap_or_else(|error| panic!("round {round}: {error}"));
        // Give the FIN time to arrive; the client cannot observe it here.
        assert!(sandbox.wait_for_open_connections_blocking(0, std::time::Duration::from_secs(2)));
    }
}
