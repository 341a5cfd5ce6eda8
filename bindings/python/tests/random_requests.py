"""Judges random requests, one JSON object a line, and reports the first that Rust judges otherwise.

`cargo xtask agree` writes the file and runs this program.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import recallflow as rf
from recallflow.generated.requests import REQUESTS

CLASSES: dict[str, type[rf.Request]] = {kind.__name__: kind for kind in REQUESTS}


def judge(kind: type[rf.Request], form: Any) -> tuple[list[dict[str, str]], Any]:
    """Returns the violations of a request and, if it can be read, its wire form."""
    try:
        request = kind.from_wire(form)
    except rf.InvalidRequestError as error:
        found, wire = error.violations, None
    else:
        found, wire = request.validate(), request.to_wire()
    return [{"path": each.path, "rule": each.rule, "message": each.message} for each in found], wire


def check(line: dict[str, Any]) -> None:
    kind, text, body = CLASSES[line["type"]], line["request"], line["body"]
    forms = [text, text.encode()]
    value = json.loads(text)
    # `from_wire` would take a JSON string for JSON text.
    if not isinstance(value, str):
        forms.append(value)
    for form in forms:
        violations, wire = judge(kind, form)
        assert violations == line["violations"], f"{kind.__name__} {form!r}\n  {violations}\n  {line['violations']}"
        # Compared as text, because dicts ignore the order, and 1, 1.0 and True are equal.
        sent = None if body is None else json.dumps(json.loads(body))
        assert (None if wire is None else json.dumps(wire)) == sent, f"{kind.__name__} {form!r}\n  {wire}\n  {body}"


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        count = 0
        for line in file:
            check(json.loads(line))
            count += 1
    assert count, "expected requests, got an empty file"
    print(f"Python judges {count} requests as Rust does")


if __name__ == "__main__":
    main()
