"""Clients who ask as fast as they are answered, all in one thread: so light that the servers have the machine."""

import selectors
import socket
import time


class Line:
    """One client on a connection of its own, which it keeps."""

    def __init__(self, port, requests):
        self.requests = requests
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.ask()

    def ask(self):
        self.begun, self.answer = time.perf_counter(), b""
        self.socket.sendall(next(self.requests))

    def hear(self):
        """Read what came; True where that was the end of an answer."""
        came = self.socket.recv(262_144)
        assert came, "the server hung up"
        self.answer += came
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end:
            return False
        self.status = head[9:12]
        assert self.status in {b"200", b"303", b"503"}, head
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
        return len(body) >= int(length)


def crowd(port, requests, clients, seconds):
    """Answers per second, and every wait in ms; `requests` is an iterator of requests as they go over the line.

    What a busy desk asks to send again (503) is no answer; how many that were is printed.
    """
    waits, refused, doors = [], 0, selectors.DefaultSelector()
    begun = time.perf_counter()
    ends = begun + seconds
    lines = [Line(port, requests) for _ in range(clients)]
    for line in lines:
        doors.register(line.socket, selectors.EVENT_READ, line)
    while doors.get_map():
        for key, _ in doors.select():
            line = key.data
            if line.hear():
                now = time.perf_counter()
                if line.status == b"503":
                    refused += 1
                else:
                    waits.append((now - line.begun) * 1000)
                if now < ends:
                    line.ask()
                else:
                    doors.unregister(line.socket)
                    line.socket.close()
    if refused:
        print(f"{refused} of {refused + len(waits)} were asked to come back (503)")
    return len(waits) / (time.perf_counter() - begun), waits
