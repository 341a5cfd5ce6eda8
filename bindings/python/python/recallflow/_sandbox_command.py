"""The sandbox on the command line: `python -m recallflow.sandbox`."""

from __future__ import annotations

import argparse
import contextlib
import json
import threading
from pathlib import Path

from recallflow.sandbox import Sandbox


def main() -> None:
    """Serves until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m recallflow.sandbox",
        description="A local stand-in for the service, to try clients against.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=4010, help="port to listen on, 0 for any free one (%(default)s)")
    parser.add_argument("--api-key", help="API key that is accepted (that of the documents)")
    parser.add_argument("--api-secret", help="secret that requests are signed with (that of the documents)")
    parser.add_argument("--seed", type=Path, help="JSON file with the flows and tasks to start with")
    parser.add_argument("--shape", choices=["flat", "page", "flat-with-paging"], default="flat")
    given = parser.parse_args()
    try:
        sandbox = Sandbox(
            host=given.host,
            port=given.port,
            api_key=given.api_key,
            api_secret=given.api_secret,
            seed=None if given.seed is None else json.loads(given.seed.read_text(encoding="utf-8")),
            shape=given.shape,
        )
    except (OSError, ValueError) as error:
        parser.exit(1, f"{error}\n")
    with sandbox:
        # A secret that somebody chose may be one that they use elsewhere.
        secret = sandbox.api_secret if given.api_secret is None else "…"
        print(f"export RECALLFLOW_BASE_URL={sandbox.url}")
        print(f"export RECALLFLOW_API_KEY={sandbox.api_key} RECALLFLOW_API_SECRET={secret}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
