"""A bare socket with msgspec, without an HTTP library or any error handling: the lower limit for all clients."""

import socket
from urllib.parse import urlsplit

import structs
from contender import BASE_URL, PATH, TIMEOUT, headers, run

LENGTH = b"Content-Length: "
END = b"\r\n\r\n"

address = urlsplit(BASE_URL)
connection = socket.create_connection((str(address.hostname), int(address.port or 80)), TIMEOUT)
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def call() -> None:
    body = structs.request()
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers().items())
    head = f"POST {PATH} HTTP/1.1\r\nHost: {address.netloc}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    received = bytearray()
    while (end := received.find(END)) < 0:
        received += receive()
    start = received.index(LENGTH) + len(LENGTH)
    length = int(received[start : received.index(b"\r\n", start)])
    end += len(END)
    while len(received) < end + length:
        received += receive()
    structs.read(memoryview(received)[end:])


def receive() -> bytes:
    some = connection.recv(65_536)
    if not some:
        raise RuntimeError("the server closed the connection")
    return some


run(call)
