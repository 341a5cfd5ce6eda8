"""pyreqwest with msgspec."""

import sys
from datetime import timedelta

import structs
from contender import TIMEOUT, URL, headers, leave_out, run

if sys.version_info < (3, 11):
    leave_out("pyreqwest needs Python 3.11")

from pyreqwest.client import SyncClientBuilder

client = SyncClientBuilder().timeout(timedelta(seconds=TIMEOUT)).build()


def call() -> None:
    request = client.post(URL).headers(headers()).body_bytes(structs.request()).build()
    structs.read(request.send().bytes())


run(call)
