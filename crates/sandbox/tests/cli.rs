//! The sandbox on the command line.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

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
fn a_wrong_argument_is_told() {
    for arguments in [["--shape", "round"], ["--port", "many"], ["--seed", "/no/such/file"], ["--colour", "red"]] {
        let output = sandbox().args(arguments).output().expect("it runs");
        assert!(!output.status.success() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn it_tells_its_address_and_its_requests_without_signatures() {
    let mut child = sandbox().args(["--port", "0", "--shape", "page"]).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut line = || {
        let mut line = String::new();
        output.read_line(&mut line).expect("it prints lines");
        line
    };
    let first = line();
    let address = first.trim_end().rsplit("http://").next().expect("the first line has the address");
    let intro = [line(), line(), line()].concat();
    assert!(intro.contains("bDqJFiq9") && intro.contains("7bz1lzh9"), "{intro}");

    let mut stream = TcpStream::connect(address).expect("it listens");
    let request =
        "POST /voice/group/call/query HTTP/1.1\r\nConnection: close\r\nApi-Key: bDqJFiq9\r\nSign: 5ec4e7\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("it can be sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.contains("\"code\":-1"), "{answer}");
    let logged = line();
    assert_eq!(logged, "POST /voice/group/call/query 200 code -1\n");
    child.kill().expect("it can be stopped");
    child.wait().expect("it has stopped");
}
