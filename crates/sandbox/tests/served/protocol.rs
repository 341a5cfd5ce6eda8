//! The command protocol, as programs in other languages use it.

use std::io::Write;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::client::{Account, Connection, DETAIL, Request, TASKS, UPDATE, ask, update};
use recallflow_sandbox::{Language, Session};
use serde_json::{Value, json};

/// A session with a running sandbox.
struct Running {
    session: Session,
    account: Account,
}

impl Running {
    fn start(language: Language, options: &Value) -> Self {
        let session = Session::new(language);
        let started = result(&session.command(&json!({ "start": options }).to_string()));
        let text = |name: &str| started[name].as_str().expect("the result has texts").to_owned();
        let address = text("url").strip_prefix("http://").expect("the url is plain").parse().expect("it has a port");
        Self { session, account: Account { address, api_key: text("api_key"), api_secret: text("api_secret") } }
    }

    fn run(&self, command: &Value) -> Value {
        result(&self.session.command(&command.to_string()))
    }

    fn fail(&self, command: &Value) -> (String, String) {
        error(&self.session.command(&command.to_string()))
    }
}

fn parsed(reply: &str) -> Value {
    serde_json::from_str(reply).expect("a reply is JSON")
}

fn result(reply: &str) -> Value {
    let mut reply = parsed(reply);
    assert!(reply["error"].is_null(), "{reply}");
    reply["result"].take()
}

/// Returns the kind and message of an error.
fn error(reply: &str) -> (String, String) {
    let reply = parsed(reply);
    let text = |name: &str| reply["error"][name].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
    (text("kind"), text("message"))
}

#[test]
fn options_set_up_the_sandbox() {
    let options = json!({
        "api_key": "key", "api_secret": null, "host": "127.0.0.1", "port": 0, "shape": "page", "timestamp_window": 10.5,
        "allowed_ips": ["127.0.0.2"], "seed": { "flows": [{ "keyId": 7, "status": 0 }], "tasks": [{ "record": {} }] },
    });
    let sandbox = Running::start(Language::Python, &options);
    assert_eq!((sandbox.account.api_key.as_str(), sandbox.account.api_secret.as_str()), ("key", "7bz1lzh9"));
    assert_eq!(ask(&sandbox.account, DETAIL, &json!({ "keyId": 7 })).code(), -2);
    assert_eq!(sandbox.run(&json!({ "flow": { "key_id": 7 } })), json!({ "keyId": 7, "status": 0 }));
    assert_eq!(sandbox.run(&json!({ "flow": { "key_id": 12 } })), Value::Null);
    assert_eq!(sandbox.run(&json!("tasks")).as_array().map(Vec::len), Some(1));
}

#[test]
fn a_wrong_option_has_its_name_in_the_language() {
    for (language, options, message) in [
        (Language::Python, json!({ "prot": 1 }), "unknown name `prot`; did you mean `port`?"),
        (Language::Node, json!({ "api_key": "k" }), "unknown name `api_key`; did you mean `apiKey`?"),
        (Language::Python, json!({ "port": 70_000 }), "`port`: expected a whole number from 0 to 65535, got 70000"),
        (
            Language::Node,
            json!({ "host": "localhost" }),
            "`host`: expected an IP address such as '127.0.0.1', got 'localhost'",
        ),
        (
            Language::Node,
            json!({ "allowedIps": ["x"] }),
            "`allowedIps[0]`: expected an IP address such as '127.0.0.1', got 'x'",
        ),
        (
            Language::Python,
            json!({ "shape": "round" }),
            "`shape`: expected one of flat, page, flat-with-paging, got 'round'",
        ),
        (
            Language::Python,
            json!({ "timestamp_window": -1 }),
            "`timestamp_window`: expected a number of seconds from 0, got -1",
        ),
        (Language::Python, json!({ "seed": { "flow": [] } }), "`seed`: unknown name `flow`; did you mean `flows`?"),
        (
            Language::Python,
            json!({ "seed": { "flows": [{}] } }),
            "`seed.flows[0]`: expected a flow with a whole number as `keyId`, got {}",
        ),
        (
            Language::Python,
            json!({ "seed": { "flows": [{ "keyId": 7 }, { "keyId": 7 }] } }),
            "`seed.flows[1]`: expected a `keyId` of its own, got 7 again",
        ),
        (Language::Python, json!({ "api_key": { "base64": "eA==" } }), "`api_key`: expected text, got bytes"),
        (
            Language::Node,
            json!({ "seed": {}, "seedFile": "x" }),
            "`seed` and `seedFile` exclude each other; leave out one of them",
        ),
        (Language::Node, json!([]), "expected an object, got []"),
    ] {
        let session = Session::new(language);
        assert_eq!(error(&session.command(&json!({ "start": options }).to_string())).1, message);
    }
    let first = Running::start(Language::Node, &json!({}));
    let reply = parsed(
        &Session::new(Language::Node)
            .command(&json!({ "start": { "port": first.account.address.port() } }).to_string()),
    );
    assert_eq!((&reply["error"]["kind"], &reply["error"]["code"]), (&json!("system"), &json!("EADDRINUSE")));
}

#[test]
fn recordings_have_the_names_and_units_of_the_language() {
    let sandbox = Running::start(Language::Node, &json!({}));
    sandbox.run(&json!({ "script": { "faults": ["ok", [504, "applied", { "dripHead": { "interval": 0 } }]] } }));
    sandbox.run(&json!({ "script": { "faults": [-15], "operation": "updateRecallFlow" } }));
    assert_eq!(sandbox.run(&json!("faults_left")), 3);
    ask(&sandbox.account, DETAIL, &json!({ "keyId": 12 }));
    ask(&sandbox.account, UPDATE, &update(299));
    ask(&sandbox.account, UPDATE, &update(299));

    let requests = sandbox.run(&json!("requests"));
    let first = &requests[0];
    assert_eq!(first["operation"], "queryRecallFlowDetail");
    assert_eq!((&first["method"], &first["path"]), (&json!("POST"), &json!(DETAIL)));
    assert_eq!(first["headers"][2], json!(["Sign", "[redacted]"]));
    assert_eq!((&first["signatureValid"], &first["connection"]), (&json!(true), &json!(1)));
    assert_eq!((&first["body"], &first["bodyBytes"]), (&json!(r#"{"keyId":12}"#), &json!(12)));
    let time = first["time"].as_f64().map(|millis| Duration::from_secs_f64(millis / 1000.0));
    let age = SystemTime::now().duration_since(UNIX_EPOCH + time.expect("it has a time"));
    assert!(age.expect("it is over") < Duration::from_secs(60));
    assert_eq!(first["response"], json!({ "httpStatus": 200, "code": 0, "fault": "ok", "applied": true }));
    assert_eq!(requests[1]["response"], json!({ "httpStatus": 200, "code": -15, "fault": -15, "applied": false }));
    let fault = json!([504, "applied", { "dripHead": { "bytes": 1, "interval": 0 } }]);
    assert_eq!(requests[2]["response"], json!({ "httpStatus": 504, "fault": fault, "applied": true }));
}

#[test]
fn a_wait_ends_when_its_condition_holds_or_its_time_is_over() {
    let sandbox = Running::start(Language::Python, &json!({}));
    let wait = |command: &Value| {
        let waiting = sandbox.session.wait(&command.to_string()).expect("the command is right");
        loop {
            if let Some(reply) = waiting.finish_within(&sandbox.session, Duration::from_millis(10)) {
                return reply;
            }
        }
    };
    let (kind, message) = error(&wait(&json!({ "wait_for_requests": { "count": 1, "timeout": 0.02 } })));
    assert_eq!((kind.as_str(), message.as_str()), ("timeout", "expected 1 requests within 0.02 seconds, got 0"));
    ask(&sandbox.account, DETAIL, &json!({ "keyId": 12 }));
    assert_eq!(result(&wait(&json!({ "wait_for_requests": { "count": 1 } }))), Value::Null);
    assert_eq!(result(&wait(&json!({ "wait_for_open_connections": { "at_most": 0, "timeout": 10 } }))), Value::Null);
    let wrong = sandbox.session.wait(&json!({ "wait_for_requests": { "count": -1 } }).to_string());
    assert_eq!(
        error(&wrong.expect_err("the count is wrong")).1,
        "`count`: expected a whole number from 0 to 4294967295, got -1"
    );
}

#[test]
fn only_the_newest_requests_are_kept() {
    let sandbox = Running::start(Language::Python, &json!({ "max_recorded_requests": 2 }));
    for key in [1, 2, 12] {
        ask(&sandbox.account, DETAIL, &json!({ "keyId": key }));
    }
    let requests = sandbox.run(&json!("requests"));
    let bodies: Vec<_> = requests.as_array().expect("it is a list").iter().map(|request| &request["body"]).collect();
    assert_eq!(bodies, [r#"{"keyId":2}"#, r#"{"keyId":12}"#]);
    assert!(sandbox.session.wait(r#"{"wait_for_requests":{"count":3}}"#).is_ok_and(|waiting| {
        waiting.finish_within(&sandbox.session, Duration::ZERO).is_some_and(|reply| result(&reply).is_null())
    }));
}

#[test]
fn a_wrong_command_changes_nothing() {
    let sandbox = Running::start(Language::Python, &json!({}));
    let tasks = sandbox.run(&json!("tasks"));
    for (command, part) in [
        (
            json!({ "script": { "faults": [503], "operation": "query_group_call" } }),
            "did you mean 'query_group_calls'?",
        ),
        (
            json!({ "script": { "faults": ["ok", "rest"] } }),
            "`faults[1]`: there is no fault `rest`; did you mean `reset`?",
        ),
        (json!({ "script": { "faults": 503 } }), "`faults`: expected a list, got 503"),
        (
            json!({ "script": { "faults": [503, [504, "reset"]] } }),
            "`faults[1]`: expected faults that one request can have, got [504,\"reset\"], which exclude each other",
        ),
        (json!({ "script": { "faults": [503, ["reset_before_read", { "delay": 1 }]] } }), "which exclude each other"),
        (json!({ "check": { "fault": [503, -15] } }), "`fault`: expected faults that one request can have"),
        (
            json!({ "script": { "faults": ["reset_before_read"], "operation": "update_recall_flow" } }),
            "`faults[0]`: `reset_before_read` is played before the operation is known",
        ),
        (json!({ "insert_flow": { "flow": { "status": 0 } } }), "a whole number as `keyId`"),
        (json!({ "insert_task": { "recrod": {} } }), "unknown name `recrod`; did you mean `record`?"),
        (json!({ "insert_task": { "record": { "tasKID": 1 } } }), "unknown field `tasKID`; did you mean `taskId`?"),
        (json!({ "insert_task": { "record": {}, "filedAt": "now" } }), "expected a time such as"),
        (json!({ "set_shape": { "shape": "round" } }), "expected one of flat, page"),
        (json!({ "insert_flow": { "flow": { "keyId": 1, "progress": { "startsAfter": 1 } } } }), "`flow.progress`"),
        (json!({ "advance": { "time": -1 } }), "`time`"),
        (json!("restart"), "there is no command `restart`"),
        (json!({ "reset": { "now": true } }), "expected nothing"),
    ] {
        let (_, message) = sandbox.fail(&command);
        assert!(message.contains(part), "{command}: {message}");
    }
    assert_eq!(sandbox.run(&json!("faults_left")), 0);
    assert_eq!(sandbox.run(&json!("tasks")), tasks);
}

#[test]
fn a_task_is_found_without_a_type_and_a_time() {
    let sandbox = Running::start(Language::Python, &json!({ "seed": {} }));
    sandbox.run(&json!({ "insert_task": { "record": { "taskId": 5, "taskType": null, "createdTime": null } } }));
    sandbox.run(&json!({ "insert_task": { "record": { "taskId": 6 } } }));
    sandbox.run(&json!({ "insert_task": { "record": { "numCnt": i64::MAX },
        "progress": { "startsAfter": -5, "lasts": u32::MAX } } }));
    let query = json!({ "current": 1, "size": 9, "params": { "strTime": "2000-01-01 00:00:00",
        "endTime": "2100-01-01 00:00:00", "taskType": 3 } });
    assert_eq!(ask(&sandbox.account, TASKS, &query).json()["data"]["total"], 3);
}

#[test]
fn a_closed_sandbox_is_an_error() {
    let sandbox = Running::start(Language::Python, &json!({}));
    sandbox.run(&json!("close"));
    sandbox.run(&json!("close"));
    for command in [json!("requests"), json!({ "script": { "faults": [] } })] {
        assert_eq!(sandbox.fail(&command), ("closed".to_owned(), "the sandbox is closed".to_owned()));
    }
}

#[test]
fn long_work_does_not_delay_other_connections() {
    let sandbox = Running::start(Language::Python, &json!({}));
    sandbox.run(&json!({ "script": { "faults": [{ "gzip_bomb": 4_000_000_000_u64 }] } }));
    let mut bomb = Connection::open(&sandbox.account);
    let request = Request::new(&sandbox.account, DETAIL, &json!({ "keyId": 12 }));
    bomb.0.write_all(&request.bytes()).expect("it can be sent");
    let started = Instant::now();
    while sandbox.run(&json!("faults_left")) != 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "the fault was not taken");
        std::thread::yield_now();
    }
    assert_eq!(ask(&sandbox.account, DETAIL, &json!({ "keyId": 12 })).code(), 0);
    // A request is recorded when its response is ready, which that of the bomb is not yet.
    let requests = sandbox.run(&json!("requests"));
    let connections: Vec<_> = requests.as_array().into_iter().flatten().map(|request| &request["connection"]).collect();
    assert_eq!(connections, [2]);
    // Nor does the end of the sandbox wait for it.
    sandbox.run(&json!("close"));
    assert_eq!(bomb.read_to_end().unwrap_or_default(), b"");
}
