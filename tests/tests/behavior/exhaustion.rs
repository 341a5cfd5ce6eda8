//! A process without descriptors or threads left: the refusal is a `TransportError`, and nothing was sent.
//!
//! Each test runs itself once more as a child process, in which a shell has set the limit.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use recallflow::{Client, ClientBuilder, Error, ErrorKind};
use recallflow_sandbox::Sandbox;

use super::update;

const URL: &str = "RECALLFLOW_TEST_URL";

/// The limit of a process that can open no more than a few files.
const FEW_DESCRIPTORS: &str = "-n 64";

/// The limit of a process whose memory is soon used up. The stack of a thread has 2 MiB.
const LITTLE_MEMORY: &str = "-v 2000000";

/// Returns a builder for clients of the parent's sandbox if this is the child. Otherwise runs this test as a child with a
/// limit, and checks the number of requests that arrive.
fn builder_of_child(test: &str, limit: &str, requests: usize) -> Option<ClientBuilder> {
    if let Ok(url) = std::env::var(URL) {
        return Some(Client::builder("key", "secret").base_url(url).max_retries(1));
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
    assert_eq!(sandbox.requests().len(), requests, "{output}");
    None
}

fn check_refusal(error: &Error, cause: &str) {
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    let message = error.to_string();
    assert!(message.contains(cause) && message.contains("`ulimit -n`"), "{message}");
}

/// Opens files until the system refuses one.
fn use_up_descriptors() -> Vec<File> {
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

/// Makes calls with ever more free descriptors, until there are enough. All others are refused, and the last one reaches
/// the server, which does not know the client's key.
fn call_with_few_descriptors(call: impl Fn() -> Error) {
    let mut files = use_up_descriptors();
    while files.pop().is_some() {
        let error = call();
        if error.kind() == ErrorKind::Authentication {
            assert!(files.len() > 30);
            return;
        }
        check_refusal(&error, "Too many open files");
    }
    panic!("no call reached the server");
}

/// Takes all memory but that for small allocations. No thread starts then.
fn use_up_memory() -> Vec<Vec<u8>> {
    let mut blocks: Vec<Vec<u8>> = Vec::with_capacity(100_000);
    let reserve: Vec<u8> = Vec::with_capacity(1 << 20);
    for size in [1 << 28, 1 << 24, 1 << 20, 1 << 18] {
        loop {
            let mut block = Vec::new();
            if block.try_reserve_exact(size).is_err() {
                break;
            }
            blocks.push(block);
        }
    }
    drop(reserve);
    blocks
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_blocking_call_without_descriptors_sends_nothing() {
    let test = "a_blocking_call_without_descriptors_sends_nothing";
    let Some(builder) = builder_of_child(test, FEW_DESCRIPTORS, 1) else { return };
    let client = builder.build_blocking().unwrap();
    call_with_few_descriptors(|| client.update_recall_flow(&update()).unwrap_err());
}

#[test]
fn an_async_call_without_descriptors_sends_nothing() {
    let test = "an_async_call_without_descriptors_sends_nothing";
    let Some(builder) = builder_of_child(test, FEW_DESCRIPTORS, 1) else { return };
    let (runtime, client) = (runtime(), builder.build().unwrap());
    call_with_few_descriptors(|| runtime.block_on(client.update_recall_flow(&update())).unwrap_err());
}

#[test]
fn a_file_that_cannot_be_opened_for_lack_of_descriptors_is_no_wrong_option() {
    let test = "a_file_that_cannot_be_opened_for_lack_of_descriptors_is_no_wrong_option";
    let Some(builder) = builder_of_child(test, FEW_DESCRIPTORS, 0) else { return };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let files = use_up_descriptors();
    for builder in [builder.clone().ca_file(&file), builder.clone().client_certificate(&file)] {
        check_refusal(&builder.build().unwrap_err(), "Too many open files");
    }
    drop(files);
    assert_eq!(builder.ca_file(&file).build().unwrap_err().kind(), ErrorKind::Config);
}

#[test]
fn a_sandbox_without_descriptors_does_not_start() {
    if builder_of_child("a_sandbox_without_descriptors_does_not_start", FEW_DESCRIPTORS, 0).is_none() {
        return;
    }
    let mut files = use_up_descriptors();
    while let Err(error) = Sandbox::start_blocking() {
        assert!(error.to_string().contains("Too many open files"), "{error}");
        files.pop().expect("a sandbox needs few descriptors");
    }
    assert!(files.len() > 30);
}

#[test]
fn a_call_without_threads_sends_nothing() {
    let Some(builder) = builder_of_child("a_call_without_threads_sends_nothing", LITTLE_MEMORY, 0) else { return };
    let blocking = builder.clone().build_blocking().unwrap();
    let (runtime, client) = (runtime(), builder.build().unwrap());
    let blocks = use_up_memory();
    let errors = [blocking.update_recall_flow(&update()), runtime.block_on(client.update_recall_flow(&update()))];
    drop(blocks);
    for error in errors {
        check_refusal(&error.unwrap_err(), "Resource temporarily unavailable");
    }
}
