"""A bare socket with msgspec: no library of HTTP, and nothing that could go wrong is handled."""

import socket
from urllib.parse import urlsplit

from clients.kinds import TIMEOUT, WithStructs
from signing import headers

LENGTH = b"Content-Length: "
END = b"\r\n\r\n"


class Socket(WithStructs):
    """One connection."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        assert address.hostname is not None
        assert address.port is not None
        self.host = address.netloc
        self.socket = socket.create_connection((address.hostname, address.port), TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: bytes) -> memoryview:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers().items())
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)
        received = bytearray()
        while (end := received.find(END)) < 0:
            received += self.receive()
        start = received.index(LENGTH) + len(LENGTH)
        length = int(received[start : received.index(b"\r\n", start)])
        end += len(END)
        while len(received) < end + length:
            received += self.receive()
        return memoryview(received)[end:]

    def receive(self) -> bytes:
        """What has come."""
        some = self.socket.recv(65_536)
        if not some:
            raise RuntimeError("the server closed the connection")
        return some

    def close(self) -> None:
        self.socket.close()
