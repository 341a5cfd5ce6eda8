//! The program `recallflow-sandbox`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

fn sandbox() -> Command {
    Command::new(env!("CARGO_BIN_EXE_recallflow-sandbox"))
}

#[test]
fn help_lists_options_and_magic_keys() {
    let output = sandbox().arg("--help").output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert!(output.status.success() && text.contains("--allow-ip") && text.contains("990300-990599"), "{text}");
}

#[test]
fn a_wrong_argument_is_an_error() {
    for arguments in [["--shape", "round"], ["--port", "many"], ["--seed", "/no/such/file"], ["--colour", "red"]] {
        let output = sandbox().args(arguments).output().expect("it runs");
        assert!(!output.status.success() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

/// A running program, its output, and the environment variables that it printed.
struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    variables: Vec<(String, String)>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = sandbox().args(arguments).stdout(Stdio::piped()).spawn().expect("it runs");
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut running = Self { child, output, variables: Vec::new() };
        while running.variables.len() < 3 {
            let line = running.line();
            if let Some((name, value)) = line.strip_prefix("export ").and_then(|line| line.trim_end().split_once('=')) {
                running.variables.push((name.to_owned(), value.to_owned()));
            }
        }
        running
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.output.read_line(&mut line).expect("it prints lines") > 0, "it ended");
        line
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().expect("it can be stopped");
        self.child.wait().expect("it has stopped");
    }
}

#[test]
#[cfg(unix)]
fn it_prints_the_variables_and_the_requests_without_signatures() {
    let mut running = Running::start(&["--port", "0", "--shape", "page"]);
    let names: Vec<_> = running.variables.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["RECALLFLOW_BASE_URL", "RECALLFLOW_API_KEY", "RECALLFLOW_API_SECRET"]);
    assert_eq!((running.variables[1].1.as_str(), running.variables[2].1.as_str()), ("bDqJFiq9", "7bz1lzh9"));

    let address = running.variables[0].1.strip_prefix("http://").expect("the url is plain");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request =
        "POST /voice/group/call/query HTTP/1.1\r\nConnection: close\r\nApi-Key: bDqJFiq9\r\nSign: 5ec4e7\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("it can be sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("it responds");
    assert!(response.contains("\"code\":-1"), "{response}");
    assert_eq!(running.line(), "\n");
    assert_eq!(running.line(), "POST /voice/group/call/query 200 code -1\n");
}

#[test]
#[cfg(unix)]
fn a_secret_of_the_caller_is_not_printed() {
    let running = Running::start(&["--port", "0", "--api-key", "it's", "--api-secret", "chosen"]);
    assert_eq!((running.variables[1].1.as_str(), running.variables[2].1.as_str()), (r"'it'\''s'", "…"));
}

#[test]
#[cfg(unix)]
fn a_signal_right_after_the_variables_ends_it_with_the_usual_code() {
    for (signal, code) in [("INT", 0), ("TERM", 143)] {
        let mut running = Running::start(&["--port", "0"]);
        let sent =
            Command::new("kill").args(["-s", signal, &running.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        assert_eq!(running.child.wait().expect("it ends").code(), Some(code), "{signal}");
    }
}
