"""Clients that never finish: each sends a byte of its header, or of its body, now and then."""

import socket
import threading
from contextlib import ExitStack, closing, contextmanager, suppress

HEADER = b"GET / HTTP/1.1\r\nHost: desk\r\nX-Slow: "
BODY = (
    b"POST /requests/new HTTP/1.1\r\nHost: desk\r\nContent-Length: 400\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname="
)
SILENT = b""


@contextmanager
def slow_clients(port, number, *beginnings):
    """So many of them, each begun in one of these ways; meanwhile another byte of each comes twice a second."""
    with ExitStack() as stack:
        lines = []
        for n in range(number):
            line = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=10)))
            line.sendall(beginnings[n % len(beginnings)])
            lines.append(line)
        stop = threading.Event()
        dripping = threading.Thread(target=_drip, args=(lines, stop))
        dripping.start()
        try:
            yield lines
        finally:
            stop.set()
            dripping.join()


def _drip(lines, stop):
    while not stop.wait(0.5):
        for line in lines:
            with suppress(OSError):  # The desk may have closed it.
                line.send(b"x")
