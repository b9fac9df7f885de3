"""A hundred clients so slow that they never finish, at once: everybody else is answered as ever."""

import socket
import time
from contextlib import ExitStack, closing
from urllib.parse import urlencode

import pytest

from tests.faults.machines import Proxy
from tests.faults.slow import BODY, HEADER, SILENT, slow_clients
from tests.server import serving, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SLOW = 100
BOUND = 10.0  # Seconds in which a patient has looked, written and read the thank-you page.
WORKERS = 2


def answered_in_time(door):
    """A patient searches, opens the form, sends it and reads the thank-you page, again and again for every worker."""
    begun = time.monotonic()
    for number in range(4 * WORKERS):
        assert door.get(f"/search.json?q=password+{number}").status == 200
    assert door.send().startswith("NC-")
    assert time.monotonic() - begun < BOUND


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("slow"), delivery=False, TRUSTED_PROXIES=1) as running:
        yield running


@pytest.fixture(scope="module")
def nginx(desk, tmp_path_factory):
    proxy = Proxy(tmp_path_factory.mktemp("nginx") / "proxy", [desk])
    proxy.start_web()
    yield proxy
    proxy.stop_all()


def test_slow_clients_hold_up_nobody_without_a_proxy(desk):
    with slow_clients(desk.port, SLOW, HEADER, BODY, SILENT):
        answered_in_time(desk)


def test_slow_clients_hold_up_nobody_behind_nginx(nginx):
    with slow_clients(nginx.port, SLOW, HEADER, BODY, SILENT):
        answered_in_time(nginx)


def test_more_of_them_than_the_desk_can_hold_make_room_for_who_comes_after(tmp_path):
    with serving(tmp_path, delivery=False, WEB_WORKERS=1) as desk, slow_clients(desk.port, 600, HEADER):
        answered_in_time(desk)


def test_who_reads_the_answer_slowly_or_never_closes_holds_up_nobody(desk):
    with ExitStack() as stack:
        for _ in range(SLOW):
            line = stack.enter_context(closing(socket.socket()))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            line.connect(("127.0.0.1", desk.port))
            line.sendall(b"GET /all HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")
        answered_in_time(desk)


def test_a_form_that_comes_in_many_pieces_is_taken_whole(desk):
    body = urlencode(desk.fill_in(message="My line is bad. " * 500)).encode()
    with slow_line(desk) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(BODY.replace(b"400\r\n", b"%d\r\nConnection: close\r\n" % len(body)).removesuffix(b"name="))
        for start in range(0, len(body), 100):
            line.sendall(body[start : start + 100])
        assert until_closed(line).startswith(b"HTTP/1.1 303")


def test_two_requests_sent_at_once_on_one_line_are_both_answered(desk):
    with slow_line(desk) as line:
        one = b"GET /healthz HTTP/1.1\r\nHost: desk\r\n"
        line.sendall(one + b"\r\n" + one + b"Connection: close\r\n\r\n")
        said = until_closed(line)

    assert said.count(b"HTTP/1.1 200") == 2


def test_a_header_without_an_end_is_refused_and_the_line_closed(desk):
    with slow_line(desk) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: desk\r\nX-Long: " + b"x" * 70_000)
        assert until_closed(line).startswith(b"HTTP/1.1 431")


def test_a_body_longer_than_the_desk_takes_is_refused_before_it_has_come(desk):
    with slow_line(desk) as line:
        line.sendall(BODY.replace(b"400", b"9000000"))
        assert until_closed(line).startswith(b"HTTP/1.1 413")


def slow_line(desk):
    return closing(socket.create_connection(("127.0.0.1", desk.port), timeout=10))


def until_closed(line):
    pieces = []
    until(lambda: not pieces.append(line.recv(65_536)) and not pieces[-1], "the desk to close the line")
    return b"".join(pieces)
