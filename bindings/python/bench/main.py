"""Measures what recallflow costs beside what a competent user writes with other libraries, in turns in one run."""

import os
import sys
from contextlib import closing

import decode
import in_flight
import one_at_a_time
import options
import report
import start_up
import threads
from server import Server

SECTIONS = {
    "sync": one_at_a_time.measure,
    "threads": threads.measure,
    "asyncio": in_flight.measure,
    "decode": decode.measure,
    "import": start_up.measure,
}


def main() -> None:
    """Runs the sections that were asked for, and tells which targets hold."""
    chosen = options.read(list(SECTIONS))
    forget_proxies()
    with closing(Server(chosen.server)) as server:
        if chosen.pin:
            pin(server)
        targets = [target for section in chosen.sections for target in SECTIONS[section](server, chosen)]
    report.print_targets(targets)


def forget_proxies() -> None:
    """The server is on this machine, so that a proxy of the environment would not find it."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]


def pin(server: Server) -> None:
    """Gives a core to the server and another to this process, and to the threads and processes that it starts later."""
    if not hasattr(os, "sched_setaffinity"):
        sys.exit("--pin: this system cannot pin processes to cores")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("--pin: there is only one core")
    os.sched_setaffinity(0, {cores[0]})
    os.sched_setaffinity(server.process.pid, {cores[1]})


if __name__ == "__main__":
    main()
