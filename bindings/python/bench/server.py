"""The server, in a process of its own, so that its time is not the contenders'."""

import http.client
import subprocess
from pathlib import Path

from fixture import QUERY_PATH


class Server:
    """A running server, which ends when it is closed, or with this process."""

    def __init__(self, program: Path) -> None:
        """Starts it; it is ready when this returns."""
        self.process = subprocess.Popen([program, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        """Host and port."""
        if not self.address:
            raise RuntimeError("the server does not start")

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://{self.address}"

    def page(self) -> bytes:
        """The answer to a query."""
        connection = http.client.HTTPConnection(self.address)
        connection.request("POST", QUERY_PATH, b"{}")
        body = connection.getresponse().read()
        connection.close()
        return body

    def close(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.communicate()
