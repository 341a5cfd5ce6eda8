"""Decodes the responses of the fuzzing corpus, and compares each with the result that Rust recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import recallflow as rf

FUZZ = Path(__file__).parents[3] / "fuzz"

# Not by `splitlines`, because texts contain other characters that end lines in Python.
LINES = (FUZZ / "decoded.jsonl").read_text("utf-8").strip().split("\n")
DECODED: list[dict[str, Any]] = [json.loads(line) for line in LINES]


def text(value: object) -> str:
    """Returns a value as text, because 1, 1.0 and True are equal."""
    return json.dumps(value, sort_keys=True)


def test_no_file_is_left_out() -> None:
    folders = {line["file"].split("/")[0] for line in DECODED}
    assert len(folders) > 1
    files = {f"{folder}/{path.name}" for folder in folders for path in (FUZZ / "corpus" / folder).iterdir()}
    assert files == {line["file"] for line in DECODED}


@pytest.mark.parametrize("line", [pytest.param(line, id=line["file"]) for line in DECODED])
def test_python_shows_what_rust_reads(line: dict[str, Any]) -> None:
    kind: type[rf.Response] = getattr(rf, line["type"])
    body, shown = (FUZZ / "corpus" / line["file"]).read_bytes(), line["shown"]
    if shown is None:
        with pytest.raises(rf.InvalidRequestError):
            kind.from_wire(body)
        return
    response = kind.from_wire(body)
    assert text(response.to_wire()) == text(shown["wire"])
    assert sorted(response.extra) == sorted(shown["extra"])
    assert kind.from_wire(response.to_wire()) == response
    assert kind.from_dict(response.to_dict()) == response
