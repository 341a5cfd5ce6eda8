"""Exits while 8 daemon threads call the client, with a log handler that releases the lock of the interpreter."""

import logging
import threading
import time

import recallflow as rf


class Slow(logging.Handler):
    """A handler that several threads run at once."""

    def handle(self, record: logging.LogRecord) -> bool:
        # Without the lock of handlers, which would let in one thread at a time.
        logged.release()
        time.sleep(0.002)
        return True


def call() -> None:
    while True:
        client.query_recall_flow_detail(12)


logged = threading.Semaphore(0)
logging.basicConfig(level=logging.DEBUG, handlers=[Slow()])
client = rf.Client.from_env()
for _ in range(8):
    threading.Thread(target=call, daemon=True).start()
for _ in range(40):
    if not logged.acquire(timeout=60):
        raise SystemExit("no log record arrived within 60 s")
