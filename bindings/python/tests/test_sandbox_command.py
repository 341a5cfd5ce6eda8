"""The command `python -m recallflow.sandbox`."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

import recallflow as rf
from support import PATIENCE, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPORT = "$env:" if sys.platform == "win32" else "export "
COMMAND = [sys.executable, "-m", "recallflow.sandbox"]
no_console = pytest.mark.skipif(sys.platform == "win32", reason="a console event reaches every process of the console")


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[dict[str, str], subprocess.Popen[str]]]:
    """Starts a sandbox, and returns it with the shell variables that it prints."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        variables: dict[str, str] = {}
        while len(variables) < 3:
            line = process.stdout.readline()
            assert line, "the sandbox ended"
            if line.startswith(EXPORT):
                name, value = line.removeprefix(EXPORT).split("=", 1)
                variables[name.strip()] = value.strip().strip("'")
        yield variables, process
    finally:
        process.kill()
        process.communicate()


def client(variables: dict[str, str]) -> rf.Client:
    return rf.Client(
        variables["RECALLFLOW_API_KEY"],
        variables["RECALLFLOW_API_SECRET"],
        base_url=variables["RECALLFLOW_BASE_URL"],
    )


@no_console
def test_the_command_serves_until_ctrl_c() -> None:
    with serving() as (variables, process):
        assert list(variables) == ["RECALLFLOW_BASE_URL", "RECALLFLOW_API_KEY", "RECALLFLOW_API_SECRET"]
        with client(variables) as own:
            assert own.query_recall_flow_detail(299).key_id == 299
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
        assert output.endswith("POST /voice/recallFlow/queryDetail 200 code 0\n")
        assert errors == ""
        assert process.returncode == 0


@no_console
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_signal_right_after_the_variables_ends_the_command(number: signal.Signals, code: int) -> None:
    for _ in range(5):
        with serving() as (_, process):
            process.send_signal(number)
            _, errors = process.communicate(timeout=PATIENCE)
            assert (process.returncode, errors) == (code, "")


def test_from_env_takes_the_printed_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as (variables, _):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with rf.Client.from_env() as own:
            assert own.query_recall_flow_detail(12).key_id == 12


def test_a_secret_of_the_caller_is_not_printed() -> None:
    with serving("--api-key", "ours", "--api-secret", "chosen") as (variables, _):
        assert (variables["RECALLFLOW_API_KEY"], variables["RECALLFLOW_API_SECRET"]) == ("ours", "…")
        with client({**variables, "RECALLFLOW_API_SECRET": "chosen"}) as own:
            assert own.query_recall_flow_detail(12).key_id == 12


def test_a_port_in_use_is_reported_in_one_line() -> None:
    with serving() as (variables, _):
        port = str(urlsplit(variables["RECALLFLOW_BASE_URL"]).port)
        ended = subprocess.run(
            [*COMMAND, "--port", port],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert "in use" in ended.stderr
