"""Requests that no browser sends, byte for byte to a real server: refused, or one answer, and nothing smuggled."""

import socket
from contextlib import closing

import pytest

from tests.server import serving

HOST = b"Host: desk\r\n"
SEND = b"POST /requests/new HTTP/1.1\r\n" + HOST
SMUGGLED = b"GET /robots.txt HTTP/1.1\r\nHost: desk\r\n\r\n"
REFUSED = range(400, 506)  # 505 is a version of HTTP that nobody speaks here.

LINES = {
    "a length and chunks": SEND + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks and a length": SEND + b"Transfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": SEND + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + SMUGGLED,
    "a length of two numbers": SEND + b"Content-Length: 0, 44\r\n\r\n" + SMUGGLED,
    "a length with a sign": SEND + b"Content-Length: +44\r\n\r\n" + SMUGGLED,
    "a length in hexadecimal": SEND + b"Content-Length: 0x2c\r\n\r\n" + SMUGGLED,
    "chunks under another name": SEND + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks twice": SEND + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a blank before the colon": SEND + b"Content-Length : 44\r\n\r\n" + SMUGGLED,
    "a folded header": SEND + b"Content-Length:\r\n 44\r\n\r\n" + SMUGGLED,
    "a header without a name": b"GET / HTTP/1.1\r\n" + HOST + b": x\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X-Odd: a\x00b\r\n\r\n",
    "a lone carriage return in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X-Odd: a\rSet-Cookie: b\r\n\r\n",
    "two hundred headers": b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: x\r\n" % n for n in range(200)) + b"\r\n",
    "a header of sixteen thousand letters": b"GET / HTTP/1.1\r\n" + HOST + b"X-Odd: " + b"x" * 16_384 + b"\r\n\r\n",
    "an address of sixteen thousand letters": b"GET /search?q=" + b"x" * 16_384 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a blank in the address": b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
    "a version of its own": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "no words of HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03hello\r\n\r\n",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("lines"), delivery=False, WEB_WORKERS=1) as running:
        yield running


def said_to(desk, raw):
    """All that comes back until the line is closed."""
    with closing(socket.create_connection(("127.0.0.1", desk.port), timeout=30)) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.mark.parametrize("raw", LINES.values(), ids=LINES)
def test_what_is_not_plain_is_refused_and_nothing_is_smuggled_behind_it(desk, raw):
    answer = said_to(desk, raw)

    assert answer.count(b"HTTP/1.1 ") <= 1, answer
    assert not answer or int(answer.split(b" ", 2)[1]) in REFUSED, answer
    assert b"User-agent: *" not in answer
    assert b"Traceback" not in answer
    assert desk.get("/healthz").status == 200
    assert "Traceback" not in desk.log()


ODD_HOSTS = {
    "another’s": b"evil.example",
    "in capitals": b"DESK",
    "with a port": b"evil.example:99",
    "with a name before": b"desk@evil.example",
    "empty": b"",
    "with a path": b"evil.example/x",
    "with a mark": b'evil.example"><script>',
    "of IPv6": b"[::1]:8000",
    "of 5,000 letters": b"evil." * 1_000 + b"example",
}


@pytest.mark.parametrize("host", ODD_HOSTS.values(), ids=ODD_HOSTS)
@pytest.mark.parametrize("path", [b"/", b"/articles/cost/", b"/desk/", b"/sitemap.xml", b"/requests/new"])
def test_a_host_name_somebody_made_up_stands_in_no_answer(desk, host, path):
    """Without a word about hosts in the settings, as the desk is when it is new."""
    answer = said_to(desk, b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")

    assert int(answer.split(b" ", 2)[1]) in {200, 301, 303, 308, 400, 404}
    assert b"evil" not in answer
    assert "Traceback" not in desk.log()


def test_two_hosts_and_an_address_that_names_another(desk):
    for raw in (
        b"GET / HTTP/1.1\r\nHost: desk\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"GET http://evil.example/desk/ HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n",
    ):
        answer = said_to(desk, raw)
        assert answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 3", b"HTTP/1.1 4"))
        assert b"evil" not in answer
