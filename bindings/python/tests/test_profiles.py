"""Clients of profiles, which are accounts in a file."""

from __future__ import annotations

import asyncio
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox

BOTH = pytest.mark.parametrize("kind", [rf.Client, rf.AsyncClient])


@pytest.fixture
def file(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of profiles: one with a secret, one with a program that prints it, and one whose program fails."""
    python = sys.executable.replace("\\", "/")
    path = tmp_path / "profiles.toml"
    path.touch(mode=0o600)
    path.write_text(
        f"""default = "stored"

[profiles.stored]
key = "{sandbox.api_key}"
secret = "{sandbox.api_secret}"
base_url = "{sandbox.url}"
timezone = "Asia/Shanghai"

[profiles.printed]
key = "{sandbox.api_key}"
secret_command = ["{python}", "-c", "print(' {sandbox.api_secret} ')"]
base_url = "{sandbox.url}"

[profiles.failing]
key = "{sandbox.api_key}"
secret_command = ["{python}", "-c", "print('canary'); exit(3)"]
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("RECALLFLOW_PROFILES", str(path))
    for name in ("RECALLFLOW_PROFILE", "RECALLFLOW_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return path


def read(client: Any) -> int | None:
    """Reads a flow with a client of either kind, and returns its key."""
    result = client.query_recall_flow_detail(12)
    detail: rf.RecallFlowDetail = asyncio.run(result) if asyncio.iscoroutine(result) else result
    return detail.key_id


@BOTH
@pytest.mark.parametrize("name", ["stored", "printed", None])
@pytest.mark.usefixtures("file")
def test_a_profile_has_the_account(name: str | None, kind: type[rf.Client | rf.AsyncClient], sandbox: Sandbox) -> None:
    client = kind.from_profile(name, max_retries=0)
    assert (client.base_url, client.max_retries) == (sandbox.url, 0)
    assert read(client) == 12
    assert sandbox.requests[-1].signature_valid


@pytest.mark.usefixtures("file")
def test_the_environment_and_options_choose(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rf.Client.from_profile(base_url=rf.ONBUKA).base_url == rf.ONBUKA
    monkeypatch.setenv("RECALLFLOW_PROFILE", "printed")
    assert rf.Client.from_profile().base_url == sandbox.url
    monkeypatch.setenv("RECALLFLOW_PROFILE", "missing")
    with pytest.raises(rf.ConfigError, match=r"from `RECALLFLOW_PROFILE`.*known: `failing`, `printed`, `stored`"):
        rf.Client.from_profile()
    assert rf.Client.from_profile("stored").base_url == sandbox.url


@pytest.mark.usefixtures("file")
def test_a_program_that_fails_shows_no_output() -> None:
    with pytest.raises(rf.ConfigError, match=r"profile `failing`: `secret_command` failed") as caught:
        rf.Client.from_profile("failing")
    assert "canary" not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_file_that_others_may_read_is_refused(file: Path) -> None:
    file.chmod(0o640)
    with pytest.raises(rf.ConfigError, match=r"got 640.*chmod 600"):
        rf.Client.from_profile("stored")


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("name", ["", 5, b"stored", {"timeout": 5}])
def test_a_name_is_text(name: Any) -> None:
    with pytest.raises(rf.ConfigError, match="`name`"):
        rf.Client.from_profile(name)


@BOTH
@pytest.mark.usefixtures("file")
def test_the_init_of_a_derived_class_runs_without_the_secret(kind: Any, sandbox: Sandbox) -> None:
    seen: list[Any] = []

    class Ours(kind):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            seen.extend([*arguments, options])
            super().__init__(*arguments, **options)

    ours = Ours.from_profile("stored", timeout=5)
    assert (type(ours), ours.timeout, ours.base_url) == (Ours, 5.0, sandbox.url)
    assert seen == ["stored", "stored", {"timeout": 5}]


@pytest.mark.usefixtures("file")
def test_tracebacks_show_no_secret(sandbox: Sandbox) -> None:
    with pytest.raises(rf.ConfigError) as caught:
        rf.Client.from_profile("stored", base_url="ftp://hunter2")
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(shown.format())
    assert sandbox.api_secret not in text
    assert sandbox.api_key not in text
