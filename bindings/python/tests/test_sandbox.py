"""The Python sandbox, called by `http.client` with requests that the test signs."""

from __future__ import annotations

import copy
import datetime
import hashlib
import http.client
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import recallflow as rf
from recallflow.sandbox import Fault, Sandbox, Seed, faults

pytest_plugins = ["pytester"]

DETAIL = "/voice/recallFlow/queryDetail"
UPDATE = "/voice/recallFlow/update"
TASKS = "/voice/group/call/query"

CHANGE = {"keyId": 299, "recallInterval": 30, "recallNum": 3, "recallType": 0}


def connect(sandbox: Sandbox) -> http.client.HTTPConnection:
    url = urlsplit(sandbox.url)
    assert url.hostname is not None
    return http.client.HTTPConnection(url.hostname, url.port, timeout=10)


def headers(sandbox: Sandbox) -> dict[str, str]:
    timestamp = str(int(time.time()))
    signed = f"{sandbox.api_key}{sandbox.api_secret}{timestamp}".encode()
    return {
        "Content-Type": "application/json;charset=UTF-8",
        "Sign": hashlib.md5(signed, usedforsecurity=False).hexdigest(),
        "Timestamp": timestamp,
        "Api-Key": sandbox.api_key,
    }


def post(sandbox: Sandbox, path: str, body: object) -> tuple[http.client.HTTPResponse, bytes]:
    connection = connect(sandbox)
    try:
        connection.request("POST", path, json.dumps(body), headers(sandbox))
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def ask(sandbox: Sandbox, path: str = DETAIL, body: object = None) -> dict[str, Any]:
    _, content = post(sandbox, path, {"keyId": 12} if body is None else body)
    envelope: dict[str, Any] = json.loads(content)
    return envelope


def status(sandbox: Sandbox) -> int:
    return post(sandbox, DETAIL, {"keyId": 12})[0].status


def test_a_sandbox_behaves_as_the_service_does(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    assert ask(sandbox, UPDATE, CHANGE)["code"] == 0
    assert ask(sandbox, DETAIL, {"keyId": 299})["data"]["recallNum"] == 3
    assert ask(sandbox, UPDATE, {**CHANGE, "recallNum": 99})["code"] == -22
    flow = sandbox.flow(299)
    assert flow is not None
    assert flow["recallNum"] == 3
    assert sandbox.flow(1) is None
    sandbox.reset()
    flow = sandbox.flow(299)
    assert flow is not None
    assert flow["recallNum"] == 1


def test_a_script_takes_faults_of_every_form(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    sandbox.script(503, -15, "ok", {"respond": {"status": 418, "body": "tea"}}, [504, "applied"], faults.status(502))
    assert sandbox.faults_left == 6
    assert [status(sandbox) for _ in range(7)] == [503, 200, 200, 418, 504, 502, 200]
    assert [request.response.code for request in sandbox.requests] == [None, -15, 0, None, None, None, 0]
    assert sandbox.faults_left == 0


def test_a_list_of_faults_that_exclude_each_other_is_a_sequence(recallflow_sandbox: Sandbox) -> None:
    with recallflow_sandbox.client() as client:
        recallflow_sandbox.script([503, ["reset", "applied"], "ok"])
        assert recallflow_sandbox.faults_left == 3
        assert client.query_recall_flow_detail(299).key_id == 299
        assert [request.response.http_status for request in recallflow_sandbox.requests] == [503, None, 200]
        recallflow_sandbox.script([504, "applied"])
        assert recallflow_sandbox.faults_left == 1


def test_a_fault_for_an_operation_waits_for_its_request(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    sandbox.script_for("update_recall_flow", faults.code(-15))
    assert ask(sandbox)["code"] == 0
    assert ask(sandbox, UPDATE, CHANGE)["code"] == -15
    sandbox.script_for("voice/balance", faults.respond({"code": 0, "data": [1]}))
    with sandbox.client() as client:
        assert client.call("voice/balance", {}) == [1]
    with pytest.raises(ValueError, match=r"`operation`: expected one of .*query_group_calls, .*, got 'update'"):
        sandbox.script_for("update", 503)
    with pytest.raises(ValueError, match=r"got 'query_group_call'; did you mean 'query_group_calls'\?"):
        sandbox.script_for("query_group_call", 503)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("rest", r"there is no fault `rest`; did you mean `reset`\?"),
        ("quake", "there is no fault `quake`; see `recallflow.sandbox.faults`"),
        ({"truncate": "x"}, r"truncate`: expected a whole number from 0, got 'x'"),
        ({"truncate": True}, "expected a whole number from 0, got True"),
        ({"delay": -1}, r"delay`: expected a number of seconds from 0, got -1"),
        ({"respond": {"status": 200, "boby": ""}}, r"respond`: unknown name `boby`; did you mean `body`\?"),
        ({"end": "stall"}, r"expected one of keep_alive, .*, got 'stall'; did you mean 'stale'\?"),
        (1.5, "expected an HTTP status from 300 to 599 or a code from 0 down, got 1.5"),
        (200, "expected an HTTP status from 300 to 599 .* got 200; a success is `ok`"),
        (299, "expected an HTTP status from 300 to 599"),
        (600, "expected an HTTP status from 300 to 599"),
        (True, r"expected a fault \(.*\), got True"),
        (None, r"expected a fault \(.*\), got None"),
        (object(), "expected a value that JSON has, got <object"),
        (float("nan"), "expected JSON with finite numbers, got .*nan"),
        ({"delay": float("inf")}, "expected JSON with finite numbers, got .*inf"),
        ([504, "reset"], 'got \\[504,"reset"\\], which exclude each other'),
        (b"reset", r"expected a fault \(.*\), got bytes"),
    ],
)
def test_a_wrong_fault_is_refused_and_nothing_is_scripted(
    recallflow_sandbox: Sandbox, wrong: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        recallflow_sandbox.script(503, wrong)
    assert recallflow_sandbox.faults_left == 0
    with pytest.raises(ValueError, match=message):
        Fault(wrong)


@pytest.mark.parametrize(
    ("fault", "written"),
    [
        (faults.ok(), "ok"),
        (faults.status(503), {"status": 503}),
        (faults.code(-15), {"code": -15}),
        (faults.code(-15) & faults.http_status(429), [-15, {"http_status": 429}]),
        (faults.respond("x"), {"respond": {"status": 200, "headers": [], "body": "x"}}),
        (
            faults.respond({"code": 0}, status=201, headers={"A": "b"}),
            {"respond": {"status": 201, "headers": [["A", "b"]], "body": '{"code": 0}'}},
        ),
        (
            faults.respond(b"\xff", headers=[("A", "b"), ("A", "c")]),
            {"respond": {"status": 200, "headers": [["A", "b"], ["A", "c"]], "body": {"base64": "/w=="}}},
        ),
        (faults.status(307) & faults.header("Location", "/x"), [307, {"header": ["Location", "/x"]}]),
        (faults.oversized(), {"oversized": {"bytes": None}}),
        (faults.oversized(100), {"oversized": {"bytes": 100}}),
        (faults.raw(b"\x00\xff"), {"raw": {"base64": "AP8="}}),
        (faults.raw("SSH"), {"raw": "SSH"}),
        (faults.reset(), "reset"),
        (faults.reset_before_read(), "reset_before_read"),
        (faults.close(), "close"),
        (faults.hold(), "hold"),
        (faults.applied(), "applied"),
        (faults.delay(0.2), {"delay": 0.2}),
        (faults.body([]), {"body": "[]"}),
        (faults.http_status(500), {"http_status": 500}),
        (faults.header("A", "b"), {"header": ["A", "b"]}),
        (faults.header("Date", None), {"header": ["Date", None]}),
        (
            faults.envelope("status", data="missing"),
            {"envelope": {"code": "status", "message": "msg", "code_as_text": False, "data": "missing"}},
        ),
        (faults.gzip(), "gzip"),
        (faults.gzip_bomb(9), {"gzip_bomb": 9}),
        (faults.add_header("A", "b"), {"add_header": ["A", "b"]}),
        (faults.many_headers(5, bytes=3), {"many_headers": {"count": 5, "bytes": 3}}),
        (faults.reflect("message"), {"reflect": "message"}),
        (faults.interim(3), {"interim": {"count": 3}}),
        (faults.interim(), {"interim": {"count": None}}),
        (faults.interim(3, at_once=True), {"interim": {"count": 3, "at_once": True}}),
        (faults.truncate(20), {"truncate": 20}),
        (faults.content_length(9), {"content_length": 9}),
        (faults.chunked(), "chunked"),
        (faults.until_close(), "until_close"),
        (faults.drip_body(interval=1), {"drip_body": {"interval": 1}}),
        (faults.drip_head(5, interval=0.5), {"drip_head": {"bytes": 5, "interval": 0.5}}),
        (faults.end("hold"), {"end": "hold"}),
    ],
)
def test_a_fault_is_a_value(fault: Fault, written: Any) -> None:
    assert fault == Fault(written)
    assert eval(repr(fault)) == fault
    assert pickle.loads(pickle.dumps(fault)) == copy.deepcopy(fault) == fault
    assert len({fault, Fault(written)}) == 1
    assert fault != Fault(599)
    assert fault != written


def test_ampersand_combines_faults() -> None:
    both = faults.status(504) & faults.applied()
    assert both == Fault([504, "applied"]) == 504 & faults.applied() == Fault(504) & "applied"
    assert (both & faults.chunked()) == faults.status(504) & (faults.applied() & faults.chunked())
    with pytest.raises(AttributeError, match="immutable"):
        both._json = ""
    with pytest.raises(ValueError, match="expected a number of seconds"):
        faults.delay(-1)


def test_faults_are_played(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    sandbox.script(faults.respond(b"\xff\x00", status=201, headers={"X-A": "b"}))
    response, content = post(sandbox, DETAIL, {"keyId": 12})
    assert (response.status, content, response.getheader("X-A")) == (201, b"\xff\x00", "b")

    sandbox.script(faults.reset(), faults.close(), faults.truncate(5), faults.raw(b"\x00"))
    for expected in (ConnectionResetError, http.client.RemoteDisconnected, http.client.IncompleteRead):
        with pytest.raises(expected):
            ask(sandbox)
    with pytest.raises(http.client.BadStatusLine):
        ask(sandbox)

    sandbox.script(faults.envelope(code="status", message="reason", code_as_text=True))
    assert ask(sandbox)["status"] == "0"
    sandbox.script(faults.reset() & faults.applied())
    with pytest.raises(ConnectionResetError):
        ask(sandbox, UPDATE, CHANGE)
    last = sandbox.requests[-1].response
    assert (last.fault, last.applied, last.http_status) == (faults.reset() & faults.applied(), True, None)


def test_requests_are_recorded(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    before = time.time()
    ask(sandbox)
    post(sandbox, "/v3/nothing?x=1", {})
    first, second = sandbox.requests
    assert (first.operation, first.method, first.path) == ("query_recall_flow_detail", "POST", DETAIL)
    assert first.header("sIGN") == "[redacted]"
    assert first.header("none") is None
    assert (first.signature_valid, first.body, first.json()) == (True, '{"keyId": 12}', {"keyId": 12})
    assert (first.body_bytes, first.connection, second.connection) == (13, 1, 2)
    assert before - 1 <= first.time <= time.time() + 1
    assert (first.response.http_status, first.response.code, first.response.fault) == (200, 0, None)
    assert first.response.applied
    assert (second.operation, second.path, second.response.http_status) == (None, "/v3/nothing", 404)
    assert sandbox.requests == sandbox.requests
    assert hash(first) == hash(pickle.loads(pickle.dumps(first)))
    assert sandbox.connections == 2
    sandbox.wait_for_open_connections(0)
    assert sandbox.open_connections == 0
    sandbox.reset()
    assert sandbox.requests == []


def test_a_test_can_wait_for_requests(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    with pytest.raises(TimeoutError, match=r"expected 1 requests within 0\.01 seconds, got 0"):
        sandbox.wait_for_requests(1, timeout=0.01)
    sandbox.script("hold")
    connection = connect(sandbox)
    asking = threading.Thread(target=connection.request, args=("POST", DETAIL, '{"keyId": 12}', headers(sandbox)))
    asking.start()
    # The wait releases the GIL, which the other thread needs to send its request.
    (request,) = sandbox.wait_for_requests(1)
    assert request.response.fault == faults.hold()
    assert sandbox.open_connections == 1
    with pytest.raises(TimeoutError, match="expected at most 0 open connections within 0 seconds, got 1"):
        sandbox.wait_for_open_connections(0, timeout=0)
    asking.join()
    connection.close()
    sandbox.wait_for_open_connections(0)
    with pytest.raises(ValueError, match="expected JSON with finite numbers"):
        sandbox.wait_for_requests(2, timeout=float("nan"))
    sandbox.wait_for_requests(1, timeout=float("inf"))


def test_flows_and_tasks_can_be_inserted(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    sandbox.insert_flow({"keyId": 5, "status": 0, "nodeList": []})
    assert ask(sandbox, UPDATE, {**CHANGE, "keyId": 5})["code"] == 0
    with pytest.raises(ValueError, match="whole number as `keyId`"):
        sandbox.insert_flow({"status": 0})
    text: Any = "x"
    with pytest.raises(ValueError, match=r"`flow`: expected a flow .*, got 'x'"):
        sandbox.insert_flow(text)
    with pytest.raises(ValueError, match="`record`: expected a dict with the service's names, got 'x'"):
        sandbox.insert_task(text)
    with pytest.raises(
        ValueError, match=r"`record\.createdTime`: expected a time such as .*, got '2031-02-30 00:00:00'"
    ):
        sandbox.insert_task({"createdTime": "2031-02-30 00:00:00"})

    def query(**params: Any) -> list[Any]:
        span = {"strTime": "2030-01-01 00:00:00", "endTime": "2099-01-01 00:00:00", "taskType": 3}
        envelope = ask(sandbox, TASKS, {"current": 1, "size": 10, "params": {**span, **params}})
        records: list[Any] = envelope["data"]["records"]
        return records

    assert query() == []
    sandbox.insert_task({"taskId": 1, "taskType": 3, "status": 2}, filed_at="2031-01-01 00:00:00", app_id=7)
    assert [task["taskId"] for task in query()] == [1]
    assert query(idxAppId=8) == []
    assert sandbox.tasks[-1]["record"] == {"taskId": 1, "taskType": 3, "status": 2}
    assert (sandbox.tasks[-1]["appId"], sandbox.tasks[-1]["progress"]) == (7, None)
    sandbox.insert_task({"taskId": 2, "taskType": 3}, filed_at="2031-01-01 00:00:00", starts_after=-10, lasts=5)
    assert {task["taskId"]: task["status"] for task in query()} == {1: 2, 2: 2}
    with pytest.raises(ValueError, match="both `starts_after` and `lasts`"):
        sandbox.insert_task({}, lasts=5)
    wrong: Any = "x"
    with pytest.raises(ValueError, match="`appId`: expected a whole number, got 'x'"):
        sandbox.insert_task({}, app_id=wrong)


def test_a_task_needs_only_the_fields_of_a_response(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    query = rf.GroupCallQuery(str_time="2031-01-01 00:00:00", end_time="2031-01-31 00:00:00")
    with sandbox.client() as client:
        sandbox.insert_task({"taskId": 5, "createdTime": "2031-01-02 00:00:00"})
        sandbox.insert_task(rf.GroupCallTask(task_id=6, created_time=datetime.datetime(2031, 1, 3)))
        # A task of a type that the query does not ask for.
        sandbox.insert_task({"taskId": 7, "createdTime": "2031-01-04 00:00:00", "taskType": 1})
        assert {task.task_id for task in client.group_calls(query)} == {5, 6}


@pytest.mark.parametrize("record", [{"task_name": "x"}, {"taskId": 5, "created_time": "2031-01-02 00:00:00"}])
def test_a_task_with_the_names_of_python_is_refused(recallflow_sandbox: Sandbox, record: dict[str, Any]) -> None:
    before = recallflow_sandbox.tasks
    with pytest.raises(
        ValueError, match=r"unknown field `(task_name|created_time)`; did you mean `(taskName|createdTime)`\?"
    ):
        recallflow_sandbox.insert_task(record)
    assert recallflow_sandbox.tasks == before


def test_clock_and_shape_can_be_set(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    sandbox.set_clock_offset(3600)
    assert ask(sandbox)["code"] == -16
    sandbox.set_clock_offset(0)
    assert "nodeList" in ask(sandbox)["data"]
    sandbox.set_shape("page")
    assert "records" in ask(sandbox)["data"]
    wrong: Any = "round"
    with pytest.raises(ValueError, match="expected one of flat, page, flat-with-paging, got 'round'"):
        sandbox.set_shape(wrong)


def test_flows_and_tasks_make_progress_as_time_passes(recallflow_sandbox: Sandbox) -> None:
    sandbox, client = recallflow_sandbox, recallflow_sandbox.client()
    sandbox.advance(59.5)
    assert client.query_recall_flow_detail(300).status == rf.RecallStatus.PENDING
    sandbox.advance(0.5)
    assert client.query_recall_flow_detail(300).status == rf.RecallStatus.IN_PROGRESS
    sandbox.advance(600)
    detail = client.query_recall_flow_detail(300)
    assert {detail.status, *(node.node_status for node in detail.node_list)} == {rf.RecallStatus.COMPLETED}
    assert {task["record"]["status"] for task in sandbox.tasks if task["progress"] is None} == {2, 3, 4, 5}
    sandbox.insert_flow({"keyId": 9, "status": 0, "progress": {"startsAfter": 0, "lasts": 1000}})
    assert client.query_recall_flow_detail(9).status == rf.RecallStatus.IN_PROGRESS
    with pytest.raises(ValueError, match="`time`"):
        sandbox.advance(-1)


def test_a_seed_can_be_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text(json.dumps({"flows": [{"keyId": 7, "recallNum": 1}]}), encoding="utf-8")
    for seed in (file, str(file)):
        with Sandbox(seed_file=seed) as sandbox:
            assert ask(sandbox, DETAIL, {"keyId": 7})["code"] == 0
    with pytest.raises(FileNotFoundError, match=r"could not read the seed file .*none\.json"):
        Sandbox(seed_file=str(tmp_path / "none.json"))
    with pytest.raises(OSError, match="^could not read the seed file" if sys.platform != "win32" else "could not read"):
        Sandbox(seed_file=str(tmp_path))
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"could not read the seed file .*seed\.json: could not parse JSON"):
        Sandbox(seed_file=str(file))


def test_options_set_up_the_sandbox() -> None:
    seed: Seed = {"flows": [{"keyId": 7, "status": 0, "recallNum": 1}], "tasks": [{"record": {"taskId": 1}}]}
    with Sandbox(api_key="key", api_secret="secret", seed=seed, shape="page") as sandbox:
        assert (sandbox.api_key, sandbox.api_secret) == ("key", "secret")
        assert "records" in ask(sandbox, DETAIL, {"keyId": 7})["data"]
        assert ask(sandbox, DETAIL, {"keyId": 12})["code"] == -22
        assert "secret" not in repr(sandbox)
    with Sandbox(allowed_ips=["127.0.0.2"]) as sandbox:
        assert ask(sandbox)["code"] == -2
    with Sandbox(timestamp_window=1) as sandbox:
        sandbox.set_clock_offset(5)
        assert ask(sandbox)["code"] == -16


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"port": 70000}, "`port`: expected a whole number from 0 to 65535, got 70000"),
        ({"prot": 1}, r"unknown name `prot`; did you mean `port`\?"),
        ({"host": "localhost"}, "`host`: expected an IP address such as '127.0.0.1', got 'localhost'"),
        ({"shape": "round"}, "`shape`: expected one of flat, page, flat-with-paging, got 'round'"),
        ({"seed": {"flow": []}}, r"`seed`: unknown name `flow`; did you mean `flows`\?"),
        ({"seed": {"flows": [{}]}}, r"`seed.flows\[0\]`: expected a flow with a whole number as `keyId`"),
        ({"seed": {"flows": [{"keyId": 7}] * 2}}, r"`seed.flows\[1\]`: expected a `keyId` of its own, got 7 again"),
        ({"seed": {"tasks": [{"record": {"taskType": "3"}}]}}, r"record.taskType`: expected a whole number, got '3'"),
        ({"api_secret": b"x"}, "`api_secret`: expected text, got bytes"),
        ({"timestamp_window": float("inf")}, "expected JSON with finite numbers"),
        ({"timestamp_window": -1}, "`timestamp_window`: expected a number of seconds from 0, got -1"),
        ({"allowed_ips": "127.0.0.1"}, "`allowed_ips`: expected a list, got '127.0.0.1'"),
    ],
)
def test_an_error_names_the_wrong_option(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Sandbox(**options)


def test_a_port_in_use_is_an_error_of_the_system() -> None:
    with Sandbox() as first:
        port = urlsplit(first.url).port
        assert port is not None
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=port)
    # Closing it frees the port.
    with Sandbox(port=port) as second:
        assert urlsplit(second.url).port == port


def test_a_closed_sandbox_raises() -> None:
    sandbox = Sandbox()
    url = sandbox.url
    sandbox.close()
    sandbox.close()
    assert sandbox.url == url
    for use in (lambda: sandbox.requests, lambda: sandbox.script(503), sandbox.reset, lambda: sandbox.flow(12)):
        with pytest.raises(RuntimeError, match="is closed"):
            use()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 0))


def test_closing_ends_a_wait(recallflow_sandbox: Sandbox) -> None:
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            recallflow_sandbox.wait_for_requests(1, timeout=60)
        except RuntimeError as error:
            ended.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    recallflow_sandbox.close()
    waiting.join(timeout=10)
    assert not waiting.is_alive()
    assert "is closed" in str(ended[0])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_neither_hangs_nor_disturbs(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    child = os.fork()
    if child == 0:
        problem = 1
        try:
            for use in (lambda: sandbox.requests, lambda: sandbox.wait_for_requests(1), sandbox.reset):
                with pytest.raises(RuntimeError, match="forked"):
                    use()
            # Its server runs in the parent, and serves the child's requests.
            assert ask(sandbox)["code"] == 0
            with Sandbox() as other:
                assert ask(other)["code"] == 0
            sandbox.close()
            del sandbox._native  # the last reference to the native object
            problem = 0
        finally:
            os._exit(problem)
    assert exit_code(child) == 0
    assert ask(sandbox)["code"] == 0
    assert len(sandbox.requests) == 2


def exit_code(child: int) -> int:
    """Returns the exit code of a child, and kills a child that hangs."""
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        ended, state = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(state)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError("the child hangs")


def run(program: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a console event reaches every process of the console")
def test_ctrl_c_ends_a_wait() -> None:
    program = """
import signal, time
from recallflow.sandbox import Sandbox
signal.signal(signal.SIGINT, signal.default_int_handler)
with Sandbox() as sandbox:
    try:
        print("waits", flush=True)
        sandbox.wait_for_requests(1, timeout=60)
    except KeyboardInterrupt:
        print(time.time(), flush=True)
"""
    with run(program) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        sent = time.time()
        process.send_signal(signal.SIGINT)
        interrupted = float(process.stdout.readline())
        assert process.wait(timeout=20) == 0
    # Far more than promised, for busy machines, and far less than the wait.
    assert interrupted - sent < 10


def test_a_process_ends_with_a_running_sandbox() -> None:
    with run("from recallflow.sandbox import Sandbox; sandbox = Sandbox()") as process:
        assert process.wait(timeout=20) == 0


def test_each_test_has_a_new_sandbox(pytester: pytest.Pytester, pytestconfig: pytest.Config) -> None:
    # If the package is installed, pytest has found the plugin.
    is_installed = pytestconfig.pluginmanager.has_plugin("recallflow")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", [1, 2])
        def test_it(recallflow_sandbox, number):
            assert (recallflow_sandbox.faults_left, recallflow_sandbox.connections) == (0, 0)
            assert recallflow_sandbox.flow(299)["recallNum"] == 1
            recallflow_sandbox.script(503)
            recallflow_sandbox.insert_flow({"keyId": 299, "recallNum": 9})
        """
    )
    arguments = [] if is_installed else ["-p", "recallflow._pytest"]
    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=2)


def test_the_plugin_does_not_import_the_sandbox() -> None:
    program = "import sys, recallflow._pytest; sys.exit('recallflow.sandbox' in sys.modules)"
    with run(program) as process:
        assert process.wait(timeout=20) == 0


def test_a_client_of_the_sandbox_calls_it(recallflow_sandbox: Sandbox) -> None:
    sandbox = recallflow_sandbox
    with sandbox.client(max_retries=0) as client:
        detail = client.query_recall_flow_detail(299)
        assert detail.recall_num == 1
        sandbox.script(faults.code(-22))
        with pytest.raises(rf.ParameterError):
            client.query_recall_flow_detail(299)
        sandbox.insert_flow(detail.replace(key_id=7))
    flow = sandbox.flow(7)
    assert flow is not None
    assert flow["recallNum"] == 1
    with sandbox.client(base_url=sandbox.url + "/v3", max_retries=1) as client:
        sandbox.script(503)
        client.query_recall_flow_detail(7)
    assert [request.path.startswith("/v3") for request in sandbox.requests] == [False, False, True, True]


def test_an_asynchronous_client_of_the_sandbox_calls_it(recallflow_sandbox: Sandbox) -> None:
    import asyncio

    async def detail() -> int | None:
        async with recallflow_sandbox.async_client() as client:
            return (await client.query_recall_flow_detail(299)).recall_num

    assert asyncio.run(detail()) == 1
