"""Checks that the tests of this package play every file of vectors."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import recallflow as rf
from vectors import FOLDER, cases, load

NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
README = (FOLDER / "README.md").read_text("utf-8")

# Files for functions that only the crate can call.
OF_THE_CRATE = re.findall(r"^\| `(\w+)\.json` \| \*crate\*: ", README, re.MULTILINE)

# Keys whose values are not lists of cases.
NO_CASES = {"about", "credentials", "defaults"}


def played() -> set[tuple[str, str]]:
    """Returns the lists that tests take as parameters, with the names of their files."""
    found: set[tuple[str, str]] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        calls = re.findall(r'parametrize\("case", cases\("(\w+)"(?:, "(\w+)")?\)\)', path.read_text("utf-8"))
        found |= {(name, part or "cases") for name, part in calls}
    return found


def test_every_file_is_played_or_the_crates_own() -> None:
    assert NAMES, "expected vectors"
    here = {name for name, _ in played()}
    assert OF_THE_CRATE, "the README names none"
    assert not here & set(OF_THE_CRATE)
    assert sorted(here | set(OF_THE_CRATE)) == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OF_THE_CRATE])
def test_no_list_is_left_out_or_empty(name: str) -> None:
    lists = {part: given for part, given in load(name).items() if part not in NO_CASES}
    assert {part for file, part in played() if file == name} == set(lists)
    for part, given in lists.items():
        names = [case["name"] for case in given]
        assert len(names) == len(set(names))
        # The README allows leaving these out, because Python has no such option.
        clocked = [case["name"] for case in given if case.get("options", {}).get("clock") is not None]
        assert [case.id for case in cases(name, part)] == [each for each in names if each not in clocked] != []


def test_there_is_no_option_for_the_clock() -> None:
    """An option for the clock would allow playing the cases that are left out."""
    assert "clock" not in inspect.signature(rf.Client).parameters
