"""Reading one page from its bytes, without any network."""

import json

import msgspec
import orjson
import recallflow as rf

import dicts
import report
import rounds
import structs
from clients import ours
from options import Options
from rounds import Contender
from server import Server
from targets import OURS, Target


def measure(server: Server, options: Options) -> list[Target]:
    """Measures it; there is no target."""
    # recallflow's envelope is private, so that everyone reads what is within.
    page = orjson.dumps(orjson.loads(server.page())["data"])
    as_struct = msgspec.json.Decoder(structs.Page).decode
    contenders = [
        Contender.repeat(OURS, lambda: ours.touch(rf.GroupCallPage.from_wire(page))),
        Contender.repeat("msgspec", lambda: structs.touch(as_struct(page))),
        Contender.repeat("orjson", lambda: dicts.touch(orjson.loads(page))),
        Contender.repeat("json", lambda: dicts.touch(json.loads(page))),
    ]
    rows = rounds.measure(contenders, options)
    report.print_calls(f"decode a page of 100 records, {len(page):,} bytes, and read every field", rows)
    return []
