"""What nginx says for itself, when the desk is away, silent, or asked too much: kind words, a phone number, 911."""

import re
import socket
from contextlib import closing, contextmanager
from types import SimpleNamespace

import pytest

from supportdesk.settings import SETTINGS
from tests.conftest import ROOT
from tests.faults.machines import Proxy
from tests.server import free_port, serving

PAGES = sorted((ROOT / "deploy" / "pages").glob("*.html"))
PHONE = next(setting.default for setting in SETTINGS if setting.name == "PHONE")


@contextmanager
def nginx_before(folder, port, **changes):
    proxy = Proxy(folder / "proxy", [SimpleNamespace(port=port)], changes.get("changes"))
    try:
        proxy.start_web()
        yield proxy
    finally:
        proxy.stop_all()


def is_kind(answer, title):
    assert f"<h1>{title}</h1>" in answer.text
    assert PHONE in answer.text
    assert 'href="tel:911"' in answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return True


def test_a_desk_that_is_away(tmp_path):
    with nginx_before(tmp_path, free_port()) as nginx:
        looked, sent = nginx.get("/"), nginx.post("/requests/new", {"message": "My zeppelin is late."})

    assert (looked.status, sent.status) == (502, 502)
    assert is_kind(looked, "We can’t answer right now")
    assert is_kind(sent, "We can’t answer right now")
    assert "zeppelin" not in sent.text
    assert sent.headers["Retry-After"] == "30"


def test_a_desk_that_says_nothing(tmp_path):
    at_once = {"proxy_read_timeout 60s": "proxy_read_timeout 1s"}
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as silent,
        nginx_before(tmp_path, silent.getsockname()[1], changes=at_once) as nginx,
    ):
        answer = nginx.get("/")

    assert answer.status == 504
    assert is_kind(answer, "We can’t answer right now")


def said_to(port, raw):
    """What nginx answers to bytes that no browser of ours would send: status line with headers, and page."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65_536), b"")).decode()
    head, _, page = answer.partition("\r\n\r\n")
    return head, page


UNREADABLE = {
    "an address of 40,000 letters": (414, b"GET /search?q=" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: desk\r\n\r\n"),
    "a header of 40,000 letters": (400, b"GET / HTTP/1.1\r\nHost: desk\r\nCookie: " + b"x" * 40_000 + b"\r\n\r\n"),
    "a form without a host": (400, b"POST /requests/new HTTP/1.1\r\nContent-Length: 4\r\n\r\nname"),
    "a length that is none": (400, b"POST /requests/new HTTP/1.1\r\nHost: desk\r\nContent-Length: x\r\n\r\n"),
    "two lengths": (400, b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
    "a way of sending that nobody knows": (
        501,
        b"POST / HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: xchunked\r\n\r\n",
    ),
    "a trace": (405, b"TRACE / HTTP/1.1\r\nHost: desk\r\n\r\n"),
}


@pytest.mark.parametrize(("status", "raw"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read(tmp_path, status, raw):
    with nginx_before(tmp_path, free_port()) as nginx:
        head, page = said_to(nginx.port, raw)

    assert head.startswith(f"HTTP/1.1 {status} "), head
    assert "<h1>We could not read that</h1>" in page
    assert "it was not sent" in page
    assert PHONE in page
    assert 'href="tel:911"' in page
    assert "Server: nginx\r\n" in head + "\r\n", "its version is nobody’s business"


def test_http_where_https_is_spoken(tmp_path):
    with nginx_before(tmp_path, free_port()) as nginx:
        head, page = said_to(nginx._https, b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n")

    assert head.startswith("HTTP/1.1 400 ")
    assert "<h1>We could not read that</h1>" in page


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_what_is_not_for_patients(tmp_path, path):
    with nginx_before(tmp_path, free_port()) as nginx:
        answer = nginx.get(path)

    assert answer.status == 404
    assert is_kind(answer, "We can’t find that page")


def test_a_message_that_is_too_long(tmp_path):
    with nginx_before(tmp_path, free_port()) as nginx:
        answer = nginx.post("/requests/new", {"message": "x" * 600_000})

    assert answer.status == 413
    assert is_kind(answer, "That is too long to send")
    assert "Retry-After" not in answer.headers


def test_too_much_from_one_address(tmp_path):
    with nginx_before(tmp_path, free_port(), changes={"rate=50r/s": "rate=1r/m", " burst=200 nodelay": ""}) as nginx:
        answers = [nginx.get("/") for _ in range(2)]

    assert answers[1].status == 429
    assert is_kind(answers[1], "Please wait a minute")
    assert answers[1].headers["Retry-After"] == "60"


def test_the_pages_are_not_to_be_asked_for(tmp_path):
    with nginx_before(tmp_path, free_port()) as nginx:
        assert {nginx.get(f"/{page.name}").status for page in PAGES} == {404}


def test_the_desks_own_not_sent_goes_through_with_every_word(tmp_path):
    with (
        serving(tmp_path / "desk", delivery=False, TRUSTED_PROXIES=1) as desk,
        nginx_before(tmp_path, desk.port) as nginx,
    ):
        form = nginx.fill_in(message="My zeppelin is late.")
        with desk.locked():
            answer = nginx.post("/requests/new", form)

    assert answer.status == 503
    assert "My zeppelin is late." in answer.text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_needs_nothing_from_anywhere(page):
    text = page.read_text(encoding="utf-8")

    assert re.findall(r"src=|<link|<script|url\(|https?:|@import", text) == []
    assert set(re.findall(r'href="(\w+:)', text)) == {"tel:"}
    assert f"tel:+{re.sub('[^0-9]', '', PHONE)}" in text
