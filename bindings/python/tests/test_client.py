"""The blocking client: options, environment, closing, and use by programs."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import signal
import threading
from typing import TYPE_CHECKING, Any, get_args, get_type_hints
from unittest import mock

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults
from scripts import output
from vectors import cases, load

if TYPE_CHECKING:
    from pathlib import Path

UPDATE = rf.UpdateRecallFlow(key_id=299, recall_interval=45, recall_num=2, recall_type=rf.RecallType.FAILED)

OPTIONS = get_type_hints(rf.ClientOptions)


def in_python(options: dict[str, Any]) -> dict[str, Any]:
    """Returns the options of a vector, which has times in milliseconds."""
    seconds = {name[:-3]: value / 1000 for name, value in options.items() if name.endswith("_ms")}
    return {**{name: value for name, value in options.items() if not name.endswith("_ms")}, **seconds}


def test_each_operation_of_the_documents(sandbox: Sandbox, client: rf.Client) -> None:
    assert client.query_recall_flow_detail(299).key_id == 299
    client.update_recall_flow(UPDATE)
    flow = sandbox.flow(299)
    assert flow is not None
    assert flow["recallInterval"] == 45
    page = client.query_group_calls(rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01"))
    assert page.total == 574
    assert all(request.signature_valid for request in sandbox.requests)


@pytest.mark.parametrize("kind", [rf.Client, rf.AsyncClient])
@pytest.mark.parametrize("case", cases("config"))
def test_options_are_taken_or_refused_like_this(case: dict[str, Any], kind: type[rf.Client | rf.AsyncClient]) -> None:
    options = in_python({**load("config")["defaults"], **case["options"]})
    if case["error"] is None:
        kind(**options)
        return
    with pytest.raises(rf.ConfigError) as caught:
        kind(**options)
    for part in case["error"].get("message_contains", []):
        assert part in str(caught.value)
    for part in case["error"].get("message_lacks", []):
        assert part not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", 1),
        ("timeout", "10"),
        ("timeout", float("nan")),
        ("timeout", -1),
        *[(name, object()) for name in OPTIONS],
        # None means the value of the environment or the system. Options of these types are not None.
        *[(name, None) for name, of in OPTIONS.items() if type(None) not in get_args(of)],
        ("connect_timeout", True),
        ("attempt_timeout", []),
        ("max_retries", -1),
        ("max_retries", 1.5),
        ("max_retries", True),
        ("max_response_bytes", "8 MiB"),
        ("user_agent", 7),
        ("user_agent", "app\r\nX-Other: 1"),
        ("validate", "no"),
        ("proxy", True),
        ("ca_file", 7),
        ("dangerously_allow_http", 1),
    ],
)
def test_an_option_of_the_wrong_kind_is_named(name: str, value: object) -> None:
    options: dict[str, Any] = {name: value}
    for kind in (rf.Client, rf.AsyncClient):
        with pytest.raises(rf.ConfigError, match=f"`{name}`"):
            kind("key", "secret", **options)


@pytest.mark.parametrize("credentials", [(None, "secret"), ("key", None), (b"key", "secret"), ("key", 5)])
def test_credentials_of_the_wrong_kind_are_refused(credentials: tuple[Any, Any]) -> None:
    with pytest.raises(rf.ConfigError, match="must be text"):
        rf.Client(*credentials)


def test_endless_is_a_time_as_well(sandbox: Sandbox) -> None:
    with sandbox.client(timeout=float("inf"), attempt_timeout=float("inf")) as client:
        client.query_recall_flow_detail(12)


def test_a_path_may_be_a_path(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(rf.ConfigError, match="ca_file"):
        sandbox.client(ca_file=tmp_path / "none.pem")


def test_the_environment_fills_in_what_is_not_given(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(rf.ConfigError, match="RECALLFLOW_API_KEY"):
        rf.Client.from_env()
    monkeypatch.setenv("RECALLFLOW_API_KEY", sandbox.api_key)
    with pytest.raises(rf.ConfigError, match="RECALLFLOW_API_SECRET"):
        rf.Client.from_env()
    monkeypatch.setenv("RECALLFLOW_API_SECRET", sandbox.api_secret)
    assert rf.ITNIO in repr(rf.Client.from_env())
    monkeypatch.setenv("RECALLFLOW_BASE_URL", sandbox.url)
    with rf.Client.from_env(max_retries=0) as client:
        assert client.query_recall_flow_detail(12).key_id == 12
    assert rf.ONBUKA in repr(rf.Client.from_env(base_url=rf.ONBUKA))
    # Arguments take precedence, and need not be in the environment.
    with pytest.raises(rf.ConfigError, match="API key"):
        rf.Client.from_env(api_key="line\nbreak")
    monkeypatch.delenv("RECALLFLOW_API_SECRET")
    assert isinstance(rf.Client.from_env(api_secret="other"), rf.Client)
    monkeypatch.setenv("RECALLFLOW_API_SECRET", "secret")
    assert isinstance(rf.AsyncClient.from_env(), rf.AsyncClient)


def test_a_client_shows_where_it_goes() -> None:
    client = rf.Client("key", "secret", base_url=rf.LAAFFIC, timeout=7.5, max_retries=4)
    assert repr(client) == f"Client(base_url='{rf.LAAFFIC}', timeout=7.5, max_retries=4)"
    assert repr(rf.Client("key", "secret")) == f"Client(base_url='{rf.ITNIO}', timeout=30.0, max_retries=2)"


@pytest.mark.parametrize("kind", [rf.Client, rf.AsyncClient])
def test_options_are_read_and_not_set(kind: type[rf.Client | rf.AsyncClient]) -> None:
    client: Any = kind("key", "secret")
    assert (client.base_url, client.timeout, client.max_retries) == (rf.ITNIO, 30.0, 2)
    other = kind("key", "secret", base_url=rf.LAAFFIC, timeout=7.5, max_retries=0)
    assert (other.base_url, other.timeout, other.max_retries) == (rf.LAAFFIC, 7.5, 0)
    # Setting an attribute that has no effect would be misleading.
    for name in ("base_url", "timeout", "max_retries"):
        with pytest.raises(AttributeError, match=name):
            setattr(client, name, 3)
    assert client.timeout == 30.0


@pytest.mark.parametrize("kind", [rf.Client, rf.AsyncClient])
@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_is_neither_pickled_nor_copied(kind: type[rf.Client], duplicate: Any) -> None:
    with pytest.raises(TypeError, match="from_env"):
        duplicate(kind("key", "secret"))


def test_a_client_that_was_closed_says_so(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        client.query_recall_flow_detail(12)
        tasks = client.group_calls(rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01"))
    client.close()
    with pytest.raises(rf.ConfigError, match="closed"):
        client.query_recall_flow_detail(12)
    with pytest.raises(rf.ConfigError, match="closed"):
        next(tasks)
    sandbox.wait_for_open_connections(0)


def test_a_call_takes_options_of_its_own(sandbox: Sandbox) -> None:
    with sandbox.client(max_retries=0) as client:
        sandbox.script(503, 503)
        assert client.query_recall_flow_detail(12, max_retries=2).key_id == 12
        sandbox.script(faults.hold())
        with pytest.raises(rf.TimeoutError) as caught:
            client.query_recall_flow_detail(12, timeout=0.05)
        assert caught.value.phase == "response"
        wrong: Any
        for wrong in (0, -1, "1", float("nan")):
            with pytest.raises(rf.ConfigError, match="`timeout`"):
                client.query_recall_flow_detail(12, timeout=wrong)
        with pytest.raises(rf.ConfigError, match="`max_retries`"):
            client.query_recall_flow_detail(12, max_retries=-1)


def test_an_update_whose_response_is_lost_is_reported_and_not_retried(sandbox: Sandbox, client: rf.Client) -> None:
    sandbox.script(faults.reset() & faults.applied())
    with pytest.raises(rf.OutcomeUnknownError) as caught:
        client.update_recall_flow(UPDATE)
    assert isinstance(caught.value.cause, rf.TransportError)
    assert len(sandbox.requests) == 1


def test_checking_can_be_switched_off(sandbox: Sandbox) -> None:
    with sandbox.client(validate=False) as client, pytest.raises(rf.ParameterError, match="recallInterval"):
        client.update_recall_flow(UPDATE.replace(recall_interval=0))


def test_several_threads_share_a_client(sandbox: Sandbox, client: rf.Client) -> None:
    flows = [12, 299, 300, 301, 302, 303, 304, 12]
    start = threading.Barrier(len(flows))
    seen: list[int | None] = []

    def call(key_id: int) -> None:
        start.wait()
        seen.append(client.query_recall_flow_detail(key_id).key_id)

    threads = [threading.Thread(target=call, args=(flow,)) for flow in flows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(filter(None, seen)) == sorted(flows)


def test_other_threads_run_while_a_call_waits(sandbox: Sandbox, client: rf.Client) -> None:
    sandbox.script(faults.hold())
    errors: list[rf.RecallFlowError] = []

    def call() -> None:
        try:
            client.query_recall_flow_detail(12, max_retries=0)
        except rf.RecallFlowError as error:
            errors.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    # This thread could not see the request if the call kept the GIL.
    sandbox.wait_for_requests(1)
    sandbox.close()
    thread.join()
    assert [type(error) for error in errors] == [rf.TransportError]


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals of POSIX")
def test_ctrl_c_ends_a_call(sandbox: Sandbox, client: rf.Client) -> None:
    sandbox.script(faults.hold())
    main = threading.get_ident()

    def interrupt() -> None:
        sandbox.wait_for_requests(1)
        signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        client.query_recall_flow_detail(12)
    thread.join()
    assert client.query_recall_flow_detail(12).key_id == 12


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_client_works_in_a_forked_child_and_in_its_parent(sandbox: Sandbox, client: rf.Client) -> None:
    client.query_recall_flow_detail(12)
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if client.query_recall_flow_detail(12).key_id == 12 else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.query_recall_flow_detail(12).key_id == 12
    assert sandbox.requests[0].connection == sandbox.requests[2].connection != sandbox.requests[1].connection


def test_a_method_can_be_replaced_in_the_tests_of_others(client: rf.Client) -> None:
    detail = rf.RecallFlowDetail(key_id=5)
    with mock.patch.object(client, "query_recall_flow_detail", return_value=detail):
        assert client.query_recall_flow_detail(5) is detail
    with pytest.raises(AttributeError):
        mock.create_autospec(rf.Client, instance=True).no_such_operation()


def test_importing_is_light() -> None:
    program = """
        import os, sys
        before = set(sys.modules)
        import recallflow
        heavy = {"asyncio", "logging", "json", "dataclasses", "inspect", "ast", "pathlib", "socket"}
        print(sorted((set(sys.modules) - before) & heavy))
        recallflow.Client("key", "secret")
        print(len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1)
        """
    # Without `site`, because it imports modules of the environment.
    assert output(program, "-S").split() == ["[]", "1"]


def test_every_public_name_is_there() -> None:
    assert sorted(rf.__all__) == sorted(dir(rf))
    assert all(getattr(rf, name) is not None for name in rf.__all__)
    assert len(set(rf.__all__)) == len(rf.__all__)
    public = [getattr(rf, name) for name in rf.__all__]
    assert {value.__module__ for value in public if isinstance(value, type)} == {"recallflow"}
    assert all(value.__doc__ for value in public)
    with pytest.raises(AttributeError, match="no attribute 'Cleint'"):
        getattr(rf, "Cleint")  # noqa: B009, type checkers know better


@pytest.mark.parametrize("kind", [rf.Client, rf.AsyncClient])
def test_from_env_runs_the_init_of_a_derived_class(
    kind: type[rf.Client | rf.AsyncClient], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLFLOW_API_KEY", sandbox.api_key)
    monkeypatch.setenv("RECALLFLOW_API_SECRET", sandbox.api_secret)
    monkeypatch.setenv("RECALLFLOW_BASE_URL", sandbox.url)
    seen: list[Any] = []

    class Ours(kind):  # type: ignore[misc,valid-type]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            seen.extend([*arguments, options])
            super().__init__(*arguments, **options)
            self.note = "ours"

    ours: Any = Ours.from_env(timeout=5)
    assert (type(ours), ours.note, ours.timeout) == (Ours, "ours", 5.0)
    # The native module reads the secret; Python code sees the name of its variable.
    assert seen == ["RECALLFLOW_API_KEY", "RECALLFLOW_API_SECRET", {"timeout": 5}]
    result = ours.query_recall_flow_detail(12)
    assert (asyncio.run(result) if asyncio.iscoroutine(result) else result).key_id == 12


def test_unknown_options_are_type_errors() -> None:
    with pytest.raises(TypeError, match="`time_out`"):
        rf.Client("key", "secret", time_out=5)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="`time_out`"):
        rf.Client.from_env(api_key="key", api_secret="secret", time_out=5)  # type: ignore[call-arg]
