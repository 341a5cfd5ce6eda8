//! A process without descriptors or threads left: the refusal is a `TransportError`, and nothing was sent.
//!
//! Each test runs itself once more as a child process, in which a shell has set the limit.

use std::fs::File;
use std::process::Command;

use recallflow::blocking::Client;
use recallflow::{Error, ErrorKind};
use recallflow_sandbox::Sandbox;

use super::update;

const URL: &str = "RECALLFLOW_TEST_URL";

/// Returns a client of the parent's sandbox if this is the child. Otherwise runs this test as a child with a limit.
fn client_of_child(test: &str, limit: &str) -> Option<Client> {
    if let Ok(url) = std::env::var(URL) {
        return Some(Client::builder("key", "secret").base_url(url).max_retries(1).build_blocking().unwrap());
    }
    let sandbox = Sandbox::start_blocking().unwrap();
    let child = Command::new("sh")
        .args(["-c", &format!("ulimit {limit} && exec \"$0\" --exact exhaustion::{test} --nocapture")])
        .arg(std::env::current_exe().unwrap())
        .env(URL, sandbox.url().replace("127.0.0.1", "localhost"))
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout) + String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success() && !output.contains("panicked"), "{output}");
    assert!(sandbox.requests().is_empty());
    None
}

fn check_refusal(error: &Error, cause: &str) {
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    let message = error.to_string();
    assert!(message.contains(cause) && message.contains("`ulimit -n`"), "{message}");
}

#[test]
fn a_process_without_descriptors_sends_nothing() {
    let Some(client) = client_of_child("a_process_without_descriptors_sends_nothing", "-n 64") else { return };
    let mut files: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    while !files.is_empty() {
        match client.update_recall_flow(&update()) {
            Err(error @ Error::Transport(_)) if error.to_string().contains("Too many open files") => {
                check_refusal(&error, "Too many open files");
            }
            // Enough descriptors are free again. The keys of this client are not those of the sandbox.
            _ => break,
        }
        files.pop();
    }
    assert!(files.len() > 30);
}

#[test]
fn a_process_without_threads_sends_nothing() {
    let Some(client) = client_of_child("a_process_without_threads_sends_nothing", "-v 2000000") else { return };
    // The stack of a thread has 2 MiB. Half of that remains for everything else.
    let mut blocks: Vec<Vec<u8>> = Vec::with_capacity(100_000);
    let reserve = Vec::with_capacity(1 << 20);
    for size in [1 << 28, 1 << 24, 1 << 20, 1 << 18] {
        loop {
            let mut block = Vec::new();
            if block.try_reserve_exact(size).is_err() {
                break;
            }
            blocks.push(block);
        }
    }
    let reserve: Vec<u8> = reserve;
    drop(reserve);
    check_refusal(&client.update_recall_flow(&update()).unwrap_err(), "Resource temporarily unavailable");
    drop(blocks);
}
