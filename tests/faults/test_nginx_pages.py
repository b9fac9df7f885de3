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
