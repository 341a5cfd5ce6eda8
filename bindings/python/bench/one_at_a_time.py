"""Whole calls, one after the other: sign, encode, send, receive, decode, read every field."""

import sys
from collections.abc import Callable
from contextlib import ExitStack, closing

import report
import rounds
from clients.kinds import Api
from clients.ours import Ours
from clients.with_httpx import Httpx
from clients.with_pycurl import Pycurl
from clients.with_requests import Requests
from clients.with_socket import Socket
from clients.with_urllib3 import Urllib3
from options import Options
from rounds import Contender
from server import Server
from targets import OURS, Target, times_as_fast

CLIENTS: dict[str, Callable[[str], Api]] = {
    OURS: Ours,
    "bare socket + msgspec": Socket,
    "pycurl + orjson": Pycurl,
    "urllib3": Urllib3,
    "httpx": Httpx,
    "requests": Requests,
}
if sys.version_info >= (3, 11):  # There is no pyreqwest for older versions.
    from clients.with_pyreqwest import Pyreqwest

    CLIENTS["pyreqwest + msgspec"] = Pyreqwest

TIMES_AS_FAST = {"httpx": 4.0, "requests": 6.0, "pycurl + orjson": 1.0, "pyreqwest + msgspec": 1.0}


def measure(server: Server, options: Options) -> list[Target]:
    """Measures small answers, and pages."""
    with ExitStack() as stack:
        clients = {name: stack.enter_context(closing(make(server.base_url))) for name, make in CLIENTS.items()}
        loads = {
            "small answer, one at a time": [Contender.repeat(name, api.small) for name, api in clients.items()],
            "page of 100 records, one at a time": [Contender.repeat(name, api.page) for name, api in clients.items()],
        }
        targets: list[Target] = []
        for title, contenders in loads.items():
            rows = rounds.measure(contenders, options)
            report.print_requests(title, rows)
            targets += times_as_fast(title, rows, TIMES_AS_FAST)
    return targets
