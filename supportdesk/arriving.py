"""How requests arrive: gunicorn's threaded worker, which gives a thread to whole requests alone.

A request whose header or body comes byte by byte waits beside the threads, with thousands of bytes and no more to its
name, until it is whole or its time is over.  So whoever is slow, or pretends to be, holds up nobody.  nginx does the
same where it stands in front; a desk without it does it for itself.
"""

import re
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS, BODY_SECONDS = 15.0, 120.0  # For all of it, however often another byte comes.
LEAVING_SECONDS = 2.0  # A client gets so long to read our answer and close, or to begin when we are about to stop.
ANSWER_BYTES = 1 << 20  # The system may hold so much of an answer for who reads slowly: more than any page has.
_ANSWER_TIME = struct.pack("ll", 30, 0)  # Seconds without any progress; then the thread is free again.
_HEAD_BYTES = 1 << 16
_PIECE = 1 << 16
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:([^\r\n]*)")
_CODING = re.compile(rb"(?im)^transfer-encoding[ \t]*:")
_EXPECTS = re.compile(rb"(?im)^expect[ \t]*:[ \t]*100-continue[ \t]*\r\n")


@dataclass
class Arrival:
    """What has come of a request so far."""

    ends_at: float
    bytes: bytearray = field(default_factory=bytearray)
    wanted: int | None = None  # How many bytes it has in all, once its header says so.


class WholeRequests(ThreadWorker):  # type: ignore[misc]
    """gunicorn calls `enqueue_req` for whatever it would give to a thread; here a connection begins to wait first."""

    longest_body: ClassVar[int] = 1 << 19  # Set by gunicorn.conf.py.  What is longer is refused unread.

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: dict[TConn, Arrival] = {}
        self._leaving: dict[TConn, float] = {}
        self._looked_at = 0.0

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """All of its threads, now.  Where memory is short one may die as it starts, and who starts it waits for ever:
        that would be the one who listens, with every patient behind it.
        """
        pool = ThreadPoolExecutor(self.cfg.threads)
        all_here = threading.Barrier(self.cfg.threads + 1)
        for _ in range(self.cfg.threads):
            pool.submit(all_here.wait)
        all_here.wait()
        return pool

    def enqueue_req(self, conn: TConn) -> None:
        if not conn.initialized:
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BYTES)
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _ANSWER_TIME)
        before = conn.parser.unreader.take_buffered() if conn.initialized else b""
        self._arriving[conn] = Arrival(time.monotonic() + HEAD_SECONDS, bytearray(before))
        self._listen(conn, self._on_bytes)
        if before:
            self._look(conn)
        if self.nr_conns >= self.worker_connections and len(self._arriving) > 1:
            self._lose(next(iter(self._arriving)))  # The house is full: who takes longest makes room.

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """As gunicorn does it; but it would wait for a client to close, with everybody behind it."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
        else:
            self._see_out(conn)

    def murder_pending(self) -> None:
        """Called after each round of events, for what has waited too long."""
        super().murder_pending()
        now = time.monotonic()
        if now - self._looked_at < 1:
            return
        self._looked_at = now
        late = [conn for conn, arrival in self._arriving.items() if self._is_late(arrival, now)]
        for conn in late + [conn for conn, ends_at in self._leaving.items() if ends_at < now]:
            self._lose(conn)

    def _is_late(self, arrival: Arrival, now: float) -> bool:
        stops_before_it_began = not self.alive and not arrival.bytes
        return arrival.ends_at < now + (HEAD_SECONDS - LEAVING_SECONDS if stops_before_it_began else 0)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:  # noqa: FBT001  As gunicorn has it.
        """What was left unread would have to be waited for."""
        return bool(keepalive and not conn.is_cut and super()._keepalive_after(conn, keepalive))

    def _listen(self, conn: TConn, then: Callable[[TConn, Any], None]) -> None:
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(then, conn))

    def _on_bytes(self, conn: TConn, _file: Any) -> None:
        arrival = self._arriving.get(conn)
        if arrival is None:  # Lost to another event of the same round.
            return
        piece = _read(conn.sock)
        if piece is None:
            return
        if piece:
            arrival.bytes += piece
            self._look(conn)
        else:
            self._lose(conn)

    def _look(self, conn: TConn) -> None:
        """Is it whole by now?"""
        arrival = self._arriving[conn]
        if arrival.wanted is None:
            self._read_head(conn, arrival)
        if arrival.wanted is not None and len(arrival.bytes) >= arrival.wanted:
            self._give_to_a_thread(conn)
        elif arrival.wanted is None and len(arrival.bytes) > _HEAD_BYTES:
            self._refuse(conn)

    def _read_head(self, conn: TConn, arrival: Arrival) -> None:
        end = arrival.bytes.find(b"\r\n\r\n", 2)  # An empty line may come before all others.
        if end < 0:
            return
        end += len(b"\r\n\r\n")
        head = bytes(arrival.bytes[:end])
        lengths = [length.strip() for length in _LENGTH.findall(head)]
        length = int(lengths[0]) if len(lengths) == 1 and re.fullmatch(rb"[0-9]{1,12}", lengths[0]) else 0
        # What the desk refuses, or never reads, is not waited for, and nothing can come after it on this line.
        conn.is_cut = length > self.longest_body or bool(_CODING.search(head)) or len(lengths) > 1
        arrival.wanted = end if conn.is_cut else end + length
        arrival.ends_at = time.monotonic() + BODY_SECONDS
        if length and not conn.is_cut and _EXPECTS.search(head):
            self._say_go_on(conn, arrival, head)

    def _say_go_on(self, conn: TConn, arrival: Arrival, head: bytes) -> None:
        """In place of gunicorn, which would say so when the body is long here."""
        plain = _EXPECTS.sub(b"", head)
        arrival.bytes[: len(head)] = plain
        arrival.wanted = (arrival.wanted or 0) - len(head) + len(plain)
        _say(conn.sock, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _give_to_a_thread(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        arrival = self._arriving.pop(conn)
        conn.init()
        conn.parser.unreader.unread(bytes(arrival.bytes))
        conn.data_ready = True
        super().enqueue_req(conn)

    def _refuse(self, conn: TConn) -> None:
        _say(conn.sock, _TOO_LONG)
        self.poller.unregister(conn.sock)
        del self._arriving[conn]
        self._see_out(conn)

    def _see_out(self, conn: TConn) -> None:
        """Close, once the client has read what we said: closed at once, with bytes unread, it might lose our answer."""
        self._leaving[conn] = time.monotonic() + LEAVING_SECONDS
        try:
            self._listen(conn, self._on_farewell)
            conn.sock.shutdown(socket.SHUT_WR)
        except (OSError, ValueError):
            self._lose(conn)

    def _on_farewell(self, conn: TConn, _file: Any) -> None:
        if conn in self._leaving and _read(conn.sock) == b"":
            self._lose(conn)

    def _lose(self, conn: TConn) -> None:
        self._arriving.pop(conn, None)
        self._leaving.pop(conn, None)
        with suppress(OSError, KeyError, ValueError):  # It was never there, or is closed.
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()


def _read(line: socket.socket) -> bytes | None:
    """What has come; None where nothing has after all, and nothing where the other side has gone."""
    try:
        return line.recv(_PIECE)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _say(line: socket.socket, words: bytes) -> None:
    with suppress(OSError):  # Then its next byte will not come either.
        line.send(words)  # So few bytes that they never wait.
